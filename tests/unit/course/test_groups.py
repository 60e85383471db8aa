"""Groups of learners in `course.yaml`."""

from __future__ import annotations

from dataclasses import replace

from support.courses import course

from trailbook.adapters.course_files.manifest import read_manifest
from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.domain.course import Course

TEXT = """
name: course
title: Course
groups:
  evening: [ada, ben]
  catch-up: [ben]
modules:
  - name: ps1
    lessons:
      - name: one
"""


def test_groups_are_read_and_kept() -> None:
    found = read_manifest(TEXT).course
    assert found is not None
    assert found.groups == {"evening": ("ada", "ben"), "catch-up": ("ben",)}
    assert from_text(Course, to_text(found)) == found


def test_groups_of_a_learner_are_in_the_order_of_names() -> None:
    grouped = replace(course(), groups={"evening": ("ada", "ben"), "catch-up": ("ben",)})
    assert [grouped.groups_of(name) for name in ("ben", "ada", "cy")] == [("catch-up", "evening"), ("evening",), ()]


def test_groups_that_are_no_lists_are_named_with_their_line() -> None:
    found = read_manifest(TEXT.replace("[ada, ben]", "ada"))
    assert found.course is None
    assert [(each.code, each.line) for each in found.problems] == [("bad_value", 5)]
