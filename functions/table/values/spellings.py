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
# What stands for "missing" in columns of numbers, by statistical offices and by people: Eurostat
# and OECD flags, the College Scorecard, the US Census, Dutch, German and French forms.
MARKS = frozenset(
    (
        *("unknown", "unk", "missing", "not available", "not applicable", "not reported", "none."),
        *("nd", "n.d.", "n/d", "nr", "ns", "x", "(x)", "(d)", "(s)", "(na)", "not_available"),
        *("privacysuppressed", "suppressed", "withheld", "confidential"),
        *("n.v.t.", "nvt", "onbekend", "unbekannt", "k.a.", "keine angabe", "inconnu"),
        "non disponible",
    )
)
