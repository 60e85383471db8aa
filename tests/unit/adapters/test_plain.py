"""Values survive the database's JSON, and older rows are read by newer code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.results import GradingResult


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Sample:
    """A value with a field of each kind the database keeps."""

    name: str
    key: LessonKey
    share: float = 0.5
    colour: Colour | None = None
    keys: tuple[LessonKey, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


@pytest.mark.parametrize("kind", [Course, tuple[Exercise, ...], GradingResult, ExerciseProgress])
@given(st.data())
def test_every_stored_value_comes_back_as_it_was(kind: type[object], data: st.DataObject) -> None:
    finite = st.floats(allow_nan=False, allow_infinity=False)
    st.register_type_strategy(float, finite)
    try:
        value = data.draw(st.from_type(kind))
    finally:
        st.register_type_strategy(float, st.floats())
    assert from_text(kind, to_text(value)) == value


def test_text_is_ascii_without_bare_control_characters() -> None:
    text = to_text(Sample("\x00 \ud800 ü \u2028", LessonKey("m", "l")))
    assert text.isascii()
    assert text.isprintable()


def test_fields_unknown_to_older_rows_get_their_defaults() -> None:
    old = '{"name": "n", "key": {"module": "m", "name": "l"}, "dropped": 1}'
    assert from_text(Sample, old) == Sample("n", LessonKey("m", "l"))


def test_none_enum_and_nested_values() -> None:
    value = Sample("n", LessonKey("m", "l"), colour=Colour.RED, keys=(LessonKey("a", "b"),), scores={"x": 1.0})
    assert from_text(Sample, to_text(value)) == value
    whole = from_text(Sample, to_text(Sample("n", LessonKey("m", "l"), share=1)))
    assert isinstance(whole.share, float)


def test_numbers_that_are_none_are_not_stored() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        to_text(Sample("n", LessonKey("m", "l"), share=float("nan")))
