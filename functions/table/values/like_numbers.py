"""What is a number to a person, written in a way that no style reads."""

_NUMBER = r"[$€£]?\s?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:[.,][0-9]+)?)"
_UNIT = r"(?:\s?[A-Za-zµ°%]{1,10}\.?)?"
_BEFORE = (
    r"(?:[<>≤≥≈~±=]=?|ca\.?|c\.|circa|approx\.?|about|around|over|under|up to|"
    r"(?:less|more|fewer) than|at (?:least|most))"
)
_BEHIND = (
    r"(?:\+|\s(?:or|and) (?:more|less|over|above|older|under|younger|below|up)|\s?plus|"
    r"\s?[*†‡]{1,3}|\s?[\[(][A-Za-z0-9]{1,3}[\])])"
)
_FEET = (
    r"[0-9]{1,2}\s?(?:['\x{2032}\x{2019}]|ft\.?|feet|foot)\s?"
    r"(?:[0-9]{1,2}(?:\.[0-9]+)?\s?(?:[\"\x{2033}\x{201d}]|''|in\.?|inch(?:es)?)?)?"
)
_RANK = r"(?:#|no\.?|nr\.?|rank)\s?[0-9]+"
# 5.1 (3.1-7.1), 12 (4.5%), 5 ± 0.2.
_SPREAD = (
    rf"{_NUMBER}%?\s?\(\s?{_NUMBER}%?(?:\s?(?:-|\x{{2013}}|,|;|to)\s?{_NUMBER}%?)?\s?\)"
    rf"|{_NUMBER}\s?(?:±|\+/?-)\s?{_NUMBER}{_UNIT}"
)
MARKED = (
    rf"(?i)^(?:{_BEFORE}\s?{_NUMBER}{_UNIT}{_BEHIND}?|{_NUMBER}{_UNIT}{_BEHIND}"
    rf"|{_NUMBER}{_BEHIND}{_UNIT}|{_NUMBER}\s?[\"\x{{2033}}\x{{201d}}‰]"
    rf"|{_NUMBER}\s(?:per|pro)\s\w+"
    rf"|[A-Za-z]{{1,4}}\.?\s?[0-9]+[.,][0-9]+|[0-9]+\s[0-9]+/[0-9]+|[0-9]*\s?[½¼¾⅓⅔⅛]"
    rf"|{_FEET}|{_RANK}|{_SPREAD})$"
)
"""10+, <1, ~5, 5'11", 3 or more, 12.5*, 1 1/2, 5 ± 0.2, kg 4.5, #7."""
_BETWEEN = r"(?:[-\x{2013}\x{2014}/x\x{d7}]|to|bis|\.\.\.?)"
PAIR = rf"(?i)^{_NUMBER}{_UNIT}\s?{_BETWEEN}\s?{_NUMBER}{_UNIT}$"
"""1-2, 18 to 24, 2/3, 20x30: a range, a share, or a name of a group."""
RANGE = r"^[^0-9]*([0-9][0-9.,]*)[^0-9/x\x{d7}]+([0-9][0-9.,]*)[^0-9]*$"
"""A pair of which the second number is the larger one; 12345-6789 is a code."""
