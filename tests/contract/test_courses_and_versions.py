"""Courses and releases, alike in every database."""

from __future__ import annotations

from dataclasses import replace

from support.courses import course, exercise, key, lesson, version
from support.notebooks import answer, check, markdown, notebook, written

from trailbook.domain.course import GradingLimits
from trailbook.services.ports import LessonSummary, Storage

FILES = {"data/Übung.csv": b"\x00\xff a;b\r\n", "figure.png": b"\x89PNG"}


def test_put_course_again_replaces_it(empty_storage: Storage) -> None:
    first = course(lesson("one"), lesson("two", requires=["one"], pass_share=0.5))
    second = replace(first, title="Größer", grading=GradingLimits(cell_timeout_seconds=2.5, processes=7))
    with empty_storage() as work:
        work.courses.put(first)
    with empty_storage() as work:
        assert work.courses.find("course") == first
        work.courses.put(second)
    with empty_storage(read_only=True) as work:
        assert work.courses.find("course") == second
        assert work.courses.find("other") is None


def test_all_courses_are_in_the_order_of_names(empty_storage: Storage) -> None:
    with empty_storage() as work:
        for name in ("b", "a", "c-1"):
            work.courses.put(course(lesson("one"), name=name))
        assert [each.name for each in work.courses.all()] == ["a", "b", "c-1"]


def test_version_is_found_whole(empty_storage: Storage) -> None:
    source = notebook(markdown("# Ünits \u2028 \U0001f600 \x00"), answer("a", "x = '\x00'"), check("t"), written("w"))
    stored = version("one", source, files=FILES)
    with empty_storage() as work:
        work.courses.put(course(lesson("one")))
        work.versions.add(stored)
    with empty_storage(read_only=True) as work:
        assert work.versions.find_latest("course", key("one")) == stored
        assert work.versions.find("course", key("one"), 1) == stored
        assert work.versions.find("course", key("one"), 2) is None
        assert work.versions.find_latest("course", key("two")) is None
        assert work.versions.find_latest("other", key("one")) is None


def test_latest_of_course_has_the_newest_of_each_lesson(empty_storage: Storage) -> None:
    with empty_storage() as work:
        work.courses.put(course(lesson("one"), lesson("two"), lesson("three")))
        work.courses.put(course(lesson("one"), name="other"))
        work.versions.add(version("one", notebook(answer("a"), check("a-test", points=1))))
        work.versions.add(version("two", notebook(markdown("read"))))
        newest = version("one", notebook(answer("a"), check("a-test", points=10)), number=2)
        work.versions.add(newest)
        work.versions.add(version("one", notebook(), of="other"))
    with empty_storage(read_only=True) as work:
        found = work.versions.latest_of_course("course")
        assert set(found) == {key("one"), key("two")}
        expected = replace(exercise("a", points=10.0), title="Exercise 1")
        assert found[key("one")] == LessonSummary(2, newest.sha256, (expected,))
        assert work.versions.find_latest("course", key("one")) == newest


def test_a_transaction_finds_what_it_wrote_after_looking_before(empty_storage: Storage) -> None:
    found, stored = course(lesson("one")), version("one", notebook(answer("a", "x = 1")))
    summary = LessonSummary(stored.number, stored.sha256, stored.exercises)
    with empty_storage() as work:
        assert work.courses.find("course") is None
        assert work.versions.find_summary("course", key("one")) is None
        work.courses.put(found)
        work.versions.add(stored)
        assert work.courses.find("course") == found
        assert work.versions.find_summary("course", key("one")) == summary
