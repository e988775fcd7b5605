"""Spellings of missing, true and false; docs/prepare.md lists them for people."""

# pandas' list (pandas.read_csv, na_values), and what other programs write.
MISSING = (
    *("", "NA", "N/A", "n/a", "na", "N.A.", "n.a.", "NaN", "nan", "NAN", "-NaN", "-nan"),
    *("null", "NULL", "Null", "None", "NONE", "nil", "NIL", "<NA>", "#N/A", "#NA", "#N/A N/A"),
    *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "1.#QNAN", "-1.#IND", "NaT", "\\N"),
    *("?", "-", "--", "."),
)
TRUE = frozenset({"true", "t", "yes", "y", "on", "ja", "oui", "si", "sí", "wahr", "vrai"})
FALSE = frozenset({"false", "f", "no", "n", "off", "nein", "non", "falsch", "faux"})
