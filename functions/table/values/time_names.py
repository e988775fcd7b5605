"""What the name of a column says of dates, durations and times of day."""

import re

_WORD = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])")
_DATE = {"date", "day", "datum", "tag", "fecha", "datetime", "timestamp", "ymd", "yyyymmdd"}
_DATE |= {"dt", "dob", "birthday", "birth"}
_MOMENT = {"timestamp", "time", "ts", "at", "datetime", "date", "epoch", "unix", "unixtime"}
_MOMENT |= {"when", "created", "updated", "modified", "utc", "zeit"}
_MOMENT |= {"seen", "login", "visit", "registered", "signup", "published", "posted", "expires"}
_BIRTH = {"birth", "born", "dob", "birthdate", "birthday", "dateofbirth", "geburtsdatum"}
_DURATION = {
    "duration",
    "elapsed",
    "length",
    "taken",
    "runtime",
    "dauer",
    "laufzeit",
    "lap",
    "laptime",
}
_DURATION |= {"lap", "wait", "waiting", "uptime", "downtime", "playtime", "split", "pace", "spent"}
_DURATION |= {"delay", "walltime", "cputime", "talktime", "handling", "response", "finish"}
_CLOCK = {"hour", "clock", "departure", "arrival", "depart", "arrive", "dep", "arr", "opening"}
_CLOCK |= {"open", "opens", "close", "closes", "closing", "start", "begin", "end", "at", "pickup"}
_CLOCK |= {"dropoff", "scheduled", "sched", "uhrzeit", "hora", "heure", "bedtime", "tod", "hhmm"}


_LOAD = {"load", "loaded", "ingest", "ingested", "ingestion", "etl", "elt", "dwh", "batch"}
_LOAD |= {"import", "imported", "export", "exported", "extract", "extracted", "extraction"}
_LOAD |= {"landed", "snapshot"}
_LOAD |= {"insert", "inserted", "sync", "synced", "fetched", "crawled", "scraped", "retrieved"}
_LOAD |= {"downloaded", "uploaded", "refreshed", "emitted", "processed", "importiert", "geladen"}


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}


def says_day(name: str) -> bool:
    """Tell whether a column's name says that it holds dates."""
    return bool(_words(name) & _DATE) or name.lower().endswith(("date", "datum"))


def says_moment(name: str) -> bool:
    """Tell whether a column's name says that it holds points in time."""
    return bool(_words(name) & _MOMENT) or name.lower().endswith(("timestamp", "date"))


def says_load(name: str) -> bool:
    """Tell whether a column's name says that its times are those of loading."""
    return bool(_words(name) & _LOAD)


def says_birth(name: str) -> bool:
    """Tell whether a column's name says that it holds births, which no future date is."""
    return bool(_words(name) & _BIRTH)


def says_duration(name: str) -> bool:
    """Tell whether a column's name says that it holds durations."""
    return bool(_words(name) & _DURATION)


def says_clock(name: str) -> bool:
    """Tell whether a column's name says that it holds times of day."""
    words = _words(name)
    return (bool(words & _CLOCK) and not words & _DURATION) or words >= {"time", "day"}
