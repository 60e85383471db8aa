"""Values of the standard library: times, exact numbers, paths."""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import pathlib
import uuid
import zoneinfo
from collections.abc import Sequence
from typing import Any

from .kinds import Kind, Malformed, NotPlain, register
from .names import may_import, module_of_name, name_of_type, type_of_name

MOST_DIGITS = 100_000


def pack_zone(encoder: Any, value: Any) -> Any:
    """Return the key of a time zone; one made of a file has none."""
    if value.key is None:
        raise NotPlain
    return value.key


def make_datetime(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a point in time."""
    year, month, day, hour, minute, second, microsecond, fold = head
    return dt.datetime(year, month, day, hour, minute, second, microsecond, parts[0], fold=fold)


def make_time(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a time of day."""
    hour, minute, second, microsecond, fold = head
    return dt.time(hour, minute, second, microsecond, parts[0], fold=fold)


def pack_decimal(encoder: Any, value: Any) -> str:
    """Return a decimal's exact text."""
    text = str(value)
    if len(text) > MOST_DIGITS:
        raise NotPlain
    return text


def make_decimal(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a decimal."""
    if not isinstance(head, str) or len(head) > MOST_DIGITS:
        raise Malformed("a decimal with too many digits")
    return decimal.Decimal(head)


def pack_type(encoder: Any, value: Any) -> str:
    """Return the name of a type that crosses by name."""
    name = name_of_type(value)
    if name is None:
        raise NotPlain
    return name


def pack_module(encoder: Any, value: Any) -> str:
    """Return the name of a module; one of a file beside the notebook is an object."""
    name = str(value.__name__)
    if not may_import(name) or (getattr(value, "__file__", None) or "/").startswith(str(pathlib.Path.cwd())):
        raise NotPlain
    return name


def _path(kind: type[Any]) -> Kind:
    return Kind(f"path.{kind.__name__}", kind, lambda d, head, parts: kind(head), lambda e, v: str(v))


for _kind in (
    Kind("date", dt.date, lambda d, head, parts: dt.date(*head), lambda e, v: [v.year, v.month, v.day]),
    Kind(
        "timedelta",
        dt.timedelta,
        lambda d, head, parts: dt.timedelta(*head),
        lambda e, v: [v.days, v.seconds, v.microseconds],
    ),
    Kind(
        "datetime",
        dt.datetime,
        make_datetime,
        lambda e, v: [v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond, v.fold],
        lambda v: [v.tzinfo],
    ),
    Kind(
        "time",
        dt.time,
        make_time,
        lambda e, v: [v.hour, v.minute, v.second, v.microsecond, v.fold],
        lambda v: [v.tzinfo],
    ),
    Kind(
        "timezone", dt.timezone, lambda d, head, parts: dt.timezone(*parts), None, lambda v: list(v.__getinitargs__())
    ),
    Kind("zone", zoneinfo.ZoneInfo, lambda d, head, parts: zoneinfo.ZoneInfo(head), pack_zone),
    Kind("decimal", decimal.Decimal, make_decimal, pack_decimal),
    Kind(
        "fraction",
        fractions.Fraction,
        lambda d, head, parts: fractions.Fraction(*parts),
        None,
        lambda v: [v.numerator, v.denominator],
    ),
    Kind("uuid", uuid.UUID, lambda d, head, parts: uuid.UUID(hex=head), lambda e, v: v.hex),
    *map(_path, (pathlib.PosixPath, pathlib.PurePosixPath, pathlib.PureWindowsPath)),
    Kind("type", type, lambda d, head, parts: type_of_name(head), pack_type),
    Kind("module", type(pathlib), lambda d, head, parts: module_of_name(head, is_trusting=d.is_trusting), pack_module),
):
    register(_kind)
