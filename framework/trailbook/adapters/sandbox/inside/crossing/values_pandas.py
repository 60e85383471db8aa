"""Frames, series and indexes of pandas, column by column with exact types; nothing of them is pickled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from .kinds import Kind, Malformed, NotPlain, register

INDEXES = (
    pd.Index,
    pd.RangeIndex,
    pd.DatetimeIndex,
    pd.TimedeltaIndex,
    pd.PeriodIndex,
    pd.CategoricalIndex,
    pd.IntervalIndex,
)
MOST_ROWS = 50_000_000


def array_parts(values: Any) -> list[Any]:
    """Return what one column's values are made of: a word for how, and plain arrays or values."""
    dtype = values.dtype
    if isinstance(dtype, np.dtype):
        return ["numpy", np.asarray(values)]
    if isinstance(dtype, pd.CategoricalDtype):
        categorical = values if isinstance(values, pd.Categorical) else values.array
        return ["category", np.asarray(categorical.codes), pd.Index(categorical.categories), bool(categorical.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return [
            "zone",
            values.astype("int64") if isinstance(values, np.ndarray) else _i8(values),
            dtype.unit,
            str(dtype.tz),
        ]
    if isinstance(dtype, pd.StringDtype):
        missing = "nan" if dtype.na_value is np.nan else "NA"
        return ["string", tuple(None if pd.isna(v) else str(v) for v in values), missing, dtype.storage]
    if isinstance(dtype, pd.PeriodDtype):
        return ["period", _i8(values), str(dtype)[len("period[") : -1]]
    if isinstance(dtype, pd.IntervalDtype):
        return ["interval", pd.Index(values.left), pd.Index(values.right), dtype.closed]
    if hasattr(values, "_mask") and hasattr(values, "_data"):
        return ["missing", values._data, values._mask, str(dtype)]
    raise NotPlain


def _i8(values: Any) -> Any:
    return np.asarray(values.asi8)


def make_values(parts: Sequence[Any]) -> Any:
    """Return the values of one column."""
    how, *rest = parts
    match how, rest:
        case "numpy", [np.ndarray() as array]:
            return array
        case "category", [np.ndarray() as codes, categories, bool(ordered)]:
            return pd.Categorical.from_codes(codes, categories=categories, ordered=ordered)
        case "zone", [np.ndarray() as numbers, str(unit), str(zone)]:
            utc = pd.DatetimeIndex(numbers.view(f"M8[{unit}]")).tz_localize("UTC")
            return utc.tz_convert(zone).array
        case "string", [tuple(texts), str(missing), str(storage)]:
            dtype = pd.StringDtype(storage, na_value=np.nan if missing == "nan" else pd.NA)
            return pd.array(list(texts), dtype=dtype)
        case "period", [np.ndarray() as numbers, str(frequency)]:
            return pd.PeriodIndex.from_ordinals(numbers, freq=frequency).array
        case "interval", [left, right, str(closed)]:
            return pd.arrays.IntervalArray.from_arrays(left, right, closed=closed)
        case "missing", [np.ndarray() as data, np.ndarray() as mask, str(name)]:
            kind = pd.array([], dtype=name)
            return type(kind)(data, mask.astype(bool))
    raise Malformed("no values of a column")


def pack_index(encoder: Any, value: Any) -> Any:
    """Return a frequency where there is one."""
    frequency = getattr(value, "freqstr", None)
    return frequency if isinstance(value, pd.DatetimeIndex | pd.TimedeltaIndex) else None


def index_parts(value: Any) -> list[Any]:
    """Return name and values of an index."""
    return [value.name, *array_parts(value.array if not isinstance(value.dtype, np.dtype) else value)]


def make_index(kind: Any) -> Callable[..., Any]:
    """Return what makes an index of a type."""

    def make(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
        name, *values = parts
        made = pd.Index(make_values(values), name=name, copy=False)
        if kind is not pd.Index:
            made = kind(made, name=name)
        if head is not None:
            made.freq = head
        return made

    return make


def make_range(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return an index of consecutive numbers."""
    start, stop, step, name = parts
    return pd.RangeIndex(start, stop, step, name=name)


def multi_parts(value: Any) -> list[Any]:
    """Return levels, codes and names of an index with several levels."""
    return [tuple(value.levels), tuple(np.asarray(codes) for codes in value.codes), tuple(value.names)]


def make_multi(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return an index with several levels."""
    levels, codes, names = parts
    return pd.MultiIndex(levels=levels, codes=codes, names=names)


def series_parts(value: Any) -> list[Any]:
    """Return name, index, attributes and values of a series."""
    return [
        value.name,
        value.index,
        tuple(value.attrs.items()),
        *array_parts(value.array if not isinstance(value.dtype, np.dtype) else value.to_numpy()),
    ]


def make_series(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a series."""
    name, index, attributes, *values = parts
    data = make_values(values)
    made = pd.Series(data, index=index, name=name, dtype=data.dtype, copy=False)
    made.attrs = dict(attributes)
    return made


def frame_parts(value: Any) -> list[Any]:
    """Return index, names and values of the columns of a frame."""
    columns = [value.iloc[:, number] for number in range(value.shape[1])]
    values = [
        tuple(array_parts(each.array if not isinstance(each.dtype, np.dtype) else each.to_numpy())) for each in columns
    ]
    return [value.index, value.columns, tuple(value.attrs.items()), *values]


def make_frame(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a frame."""
    index, columns, attributes, *values = parts
    made = pd.DataFrame(
        {n: pd.Series(make_values(each), index=index, copy=False) for n, each in enumerate(values)}, index=index
    )
    for number, each in enumerate(values):  # a column of objects stays one
        wanted = make_values(each).dtype
        if made.dtypes.iloc[number] != wanted:
            made[number] = pd.Series(make_values(each), index=index, dtype=wanted)
    made.columns = columns
    made.attrs = dict(attributes)
    return made


def merge_frame(old: Any, new: Any) -> bool:
    """Make a frame or series hold what another one holds."""
    old._mgr = new._mgr
    if isinstance(old, pd.Series):
        old.name = new.name
    old.attrs = new.attrs
    return True


def make_timestamp(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a point in time."""
    number, unit, zone = head
    made = pd.Timestamp(np.datetime64(number, unit))
    return made.tz_localize("UTC").tz_convert(zone) if zone is not None else made


def pack_timestamp(encoder: Any, value: Any) -> Any:
    """Return a point in time as a number of its unit."""
    return [int(value.asm8.view("i8")), value.unit, None if value.tz is None else str(value.tz)]


for _kind in (
    Kind("df", pd.DataFrame, make_frame, None, frame_parts, merge=merge_frame),
    Kind("series", pd.Series, make_series, None, series_parts, merge=merge_frame),
    Kind("pd.range", pd.RangeIndex, make_range, None, lambda v: [v.start, v.stop, v.step, v.name]),
    Kind("pd.multi", pd.MultiIndex, make_multi, None, multi_parts),
    *(
        Kind(f"pd.{kind.__name__}", kind, make_index(kind), pack_index, index_parts)
        for kind in INDEXES
        if kind is not pd.RangeIndex
    ),
    Kind("pd.timestamp", pd.Timestamp, make_timestamp, pack_timestamp),
    Kind(
        "pd.timedelta",
        pd.Timedelta,
        lambda d, h, p: pd.Timedelta(np.timedelta64(*h)),
        lambda e, v: [int(v.asm8.view("i8")), v.unit],
    ),
    Kind("pd.nat", type(pd.NaT), lambda d, head, parts: pd.NaT, lambda e, v: None),
    Kind("pd.na", type(pd.NA), lambda d, head, parts: pd.NA, lambda e, v: None, is_odd=True),
    Kind(
        "pd.period", pd.Period, lambda d, h, p: pd.Period(ordinal=h[0], freq=h[1]), lambda e, v: [v.ordinal, v.freqstr]
    ),
    Kind(
        "pd.interval",
        pd.Interval,
        lambda d, h, p: pd.Interval(*p, closed=h),
        lambda e, v: v.closed,
        lambda v: [v.left, v.right],
    ),
    Kind("pd.categorical", pd.Categorical, lambda d, h, p: make_values(p), None, array_parts),
):
    register(_kind)
