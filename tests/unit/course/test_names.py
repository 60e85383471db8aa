from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trailbook.domain.names import find_name_fault, learner_of, nearest_of, student_id_of


@given(st.text(min_size=1))
@example("..")
@example("./a%2F")
@example(" a ")
@example("-rf")
@example("a*[b]{c}+")
def test_student_id_leads_back_to_the_learner_and_is_one_safe_folder(name: str) -> None:
    student = student_id_of(name)
    assert learner_of(student) == name
    assert student == student.strip()
    assert student[0] not in ".-"
    assert not set(student) & set("/\\*?[]{}+\0\n")


def test_ordinary_and_odd_names_stay_readable() -> None:
    assert [student_id_of(name) for name in ("ada", "te<s'&\">t ü", "a@b.c")] == ["ada", "te<s'&\">t ü", "a@b.c"]


@pytest.mark.parametrize("name", ["01-names", "Übung 1: Namen", "a.b_c", "1"])
def test_usable_name_has_no_fault(name: str) -> None:
    assert find_name_fault(name, kind="lesson") == ""


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", " a", "a ", "a\nb", "a\0", "a*", "-a", "x" * 129, "ü" * 110]
)
def test_unusable_name_has_a_fault(name: str) -> None:
    assert find_name_fault(name, kind="lesson")


def test_plus_is_a_fault_in_modules_only() -> None:
    assert find_name_fault("c++", kind="module")
    assert not find_name_fault("c++", kind="lesson")


def test_nearest_of_nothing_near_says_nothing() -> None:
    assert nearest_of("xyz", ["title"]) == ""
