"""When a submission was handed in, as far as its `timestamp.txt` can be believed: whoever hands in may have written it.

A time to come, a time before there was nbgrader, and what is no time at all gain nothing: then the time counts at which
the files came to this disk. Any other time is taken as nbgrader takes it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

FIRST_NBGRADER = datetime(2014, 1, 1, tzinfo=UTC)
FORM = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?: ?([A-Za-z+-]\S*))?")
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def handed_in_at(text: str | None, *, arrived: datetime, now: datetime) -> tuple[datetime | None, str]:
    """Return when a submission was handed in, aware and never after now, and a sentence where it was not believed.

    Parameters
    ----------
    text
        What `timestamp.txt` has; None where there is none: then nothing is known, and as in nbgrader nothing is late.
    arrived
        When the files came to this disk.

    Examples
    --------
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> handed_in_at("2025-12-31 23:00:00 America/Los_Angeles", arrived=noon, now=noon)[0].isoformat()
    '2026-01-01T07:00:00+00:00'
    >>> handed_in_at("1970-01-01 00:00:00 UTC", arrived=noon, now=noon)[0].isoformat()
    '2026-01-01T12:00:00+00:00'
    """
    if text is None:
        return None, ""
    said = read_time(text)
    why = ""
    if said is None:
        why = "has no time in it"
    elif said > now:
        why = "names a time to come"
    elif said < FIRST_NBGRADER:
        why = "names a time before there was nbgrader"
    if not why:
        return said, ""
    return min(arrived, now), f"timestamp.txt {why}; the time the file came here counts."


def read_time(text: str) -> datetime | None:
    """Return the time a text names, in UTC, or None; a time without a zone is UTC, as in nbgrader."""
    match = FORM.fullmatch(text.strip())
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(match[group] or 0) for group in range(1, 7))
        microseconds = int(f"{match[7] or 0:0<6}"[:6])
        said = datetime(year, month, day, hour, minute, second, microseconds, _zone(match[8]))
        return said.astimezone(UTC)
    except (ValueError, OverflowError, OSError):  # no such day, or no such zone: its name is looked up as a file
        return None


def _zone(name: str | None) -> tzinfo:
    if name in (None, "UTC", "Z", "GMT"):
        return UTC
    assert name is not None  # noqa: S101  # None is in the list above
    offset = OFFSET.fullmatch(name)
    if offset is not None:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    return ZoneInfo(name)
