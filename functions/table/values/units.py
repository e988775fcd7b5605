"""What stands behind numbers: units, how their names are written, and the styles that have one."""

SCALED = "k, M"
"""Stands for all suffixes that multiply: 1.2k and 3.4M are numbers of one column."""
_UNITS, _COMMA_UNITS = "unit:", "comma unit:"
_WORD = 3
ORDINALS = frozenset({"st", "nd", "rd", "th"})
# As people write them. What is measured in two of these has two scales.
_MEASURES = {
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramm",
    "g": "g gr gram grams gramm gms",
    "mg": "mg milligram milligrams",
    "t": "t ton tons tonne tonnes tonnen",
    "lb": "lb lbs pound pounds",
    "oz": "oz ounce ounces",
    "km": "km kms kilometer kilometers kilometre kilometres",
    "m": "m mtr meter meters metre metres",
    "cm": "cm cms centimeter centimeters centimetre centimetres",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "mi": "mi mile miles",
    "ft": "ft foot feet",
    "in": "in inch inches",
    "yd": "yd yds yard yards",
    "l": "l L lt ltr ltrs liter liters litre litres",
    "ml": "ml mL",
    "cl": "cl cL",
    "gal": "gal gallon gallons",
    "s": "s sec secs second seconds sek sekunden",
    "ms": "ms msec millisecond milliseconds",
    "min": "min mins minute minutes minuten",
    "h": "h hr hrs hour hours std stunde stunden",
    "day": "d day days tag tage jour jours dag dagen",
    "week": "w wk wks week weeks woche wochen weken",
    "month": "mo mos mth mths month months monat monate mois maand maanden",
    "year": "y yr yrs year years jahr jahre ans jaar",
    "KB": "kB KB kb Kb",
    "MB": "MB mb Mb",
    "GB": "GB gb Gb",
    "TB": "TB tb Tb",
    "°": "° deg degree degrees",
    "°C": "°C C celsius",
    "°F": "°F F fahrenheit",
    "W": "W watt watts",
    "kW": "kW kw KW",
    "MW": "MW",
    "kWh": "kWh kwh KWH",
    "MWh": "MWh",
    "hp": "hp HP bhp PS",
    "km/h": "km/h kmh kph KPH",
    "mph": "mph MPH",
    "kmpl": "kmpl km/l",
    "mpg": "mpg MPG",
    "%": "% percent pct",
    "$": "$ USD usd dollar dollars",
    "€": "€ EUR eur euro euros",
    "£": "£ GBP gbp",
    "¥": "¥ JPY CNY yen",
    "CHF": "CHF Fr",
    "₹": "₹ INR Rs rs rupees",
}
CURRENCIES = frozenset({"$", "€", "£", "¥", "CHF", "₹"})
_KEYS = {name: key for key, names in _MEASURES.items() for name in names.split()}


def measure(unit: str) -> str | None:
    """Return what a unit is called, however it is written; None if it is not known."""
    return _KEYS.get(unit) or (_KEYS.get(unit.lower()) if len(unit) > 1 else None)


def unit_key(unit: str) -> str:
    """Return what spellings of one unit have in common: days, Day and d are one."""
    known = SCALED if unit == SCALED else measure(unit)
    if known is not None:
        return known
    lower = unit.lower()
    plural = len(unit) > _WORD and lower.endswith("s") and not lower.endswith("ss")
    return lower[:-1] if plural else lower if len(unit) >= _WORD else unit


def may_be_left_out(unit: str) -> bool:
    """Tell whether numbers without a unit may mean the same as those with it.

    In 34 days beside 28 it was left out; 3a beside 3, and 2nd beside 2, are codes.
    """
    return measure(unit) is not None or (len(unit) >= _WORD and unit.lower() not in ORDINALS)


def style_of_unit(unit: str, *, comma: bool = False) -> str:
    """Return the style of numbers with a unit behind them, with decimal points or commas."""
    return f"{_COMMA_UNITS if comma else _UNITS}{unit}"


def unit_of(style: str) -> str | None:
    """Return the unit of a style; None if it has none."""
    for prefix in (_UNITS, _COMMA_UNITS):
        if style.startswith(prefix):
            return style.removeprefix(prefix)
    return None


def has_comma(style: str) -> bool:
    """Tell whether a style's numbers have decimal commas."""
    return style == "comma" or style.startswith(_COMMA_UNITS)


def without_unit(style: str) -> str:
    """Return how a style writes numbers that are not plain and have no unit."""
    if unit_of(style) is None:
        return style
    return "comma" if has_comma(style) else "grouped"


def style_key(style: str) -> str:
    """Return the style with its unit as `unit_key` has it."""
    unit = unit_of(style)
    return style if unit is None else style_of_unit(unit_key(unit), comma=has_comma(style))
