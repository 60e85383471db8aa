"""What an author learns of a path, and its drawing."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from support.simulated_course import ASIDE, COURSE, EXERCISES, ONE, THREE, TWO

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.mastery.bkt import Parameters
from trailbook.domain.mastery.gate import Gate
from trailbook.domain.simulation.authors import PathReport, report_path
from trailbook.domain.simulation.compare import Study
from trailbook.domain.simulation.picture import draw_path
from trailbook.domain.simulation.shape import topics_of
from trailbook.domain.simulation.worlds import Slopes, Steps

EASY, HARD = Parameters(0.6, 0.5, 0.2, 0.05), Parameters(0.01, 0.01, 0.02, 0.3)
SLOW = Parameters(0.01, 0.05, 0.02, 0.1)
GATE = Gate(0.7)


def report(course: Course = COURSE, *skills: Parameters) -> PathReport:
    world = replace(Steps(), skills=skills or (EASY,), stuck=0.0).world()
    return report_path(course, Study(world, topics_of(course, EXERCISES), 8, 0), GATE)


def with_lesson(lesson: Lesson) -> Course:
    module = COURSE.modules[0]
    return replace(COURSE, modules=(replace(module, lessons=(lesson, *module.lessons)),))


def test_a_path_says_what_waits_for_what() -> None:
    found = report()
    assert [(each.lesson, each.depth, each.opens) for each in found.lessons] == [
        (ONE, 0, 2),
        (ASIDE, 0, 0),
        (TWO, 1, 1),
        (THREE, 2, 0),
    ]
    assert (found.dead_ends, found.bottlenecks) == ({}, {})


def test_a_novice_takes_longer_than_an_experienced_learner() -> None:
    study = Study(Slopes().world(), topics_of(COURSE, EXERCISES), 8, 0)
    minutes = report_path(COURSE, study, GATE).minutes
    assert minutes["novice"] > minutes["average"] > minutes["experienced"] > 40


def test_a_lesson_that_no_other_requires_and_whose_skill_is_taught_elsewhere_is_not_needed() -> None:
    assert report().not_needed == {
        ASIDE: "No lesson requires Aside, and what it teaches (loops) is taught elsewhere, too."
    }


def test_a_lesson_that_some_do_not_get_through_is_a_bottleneck() -> None:
    found = report(COURSE, EASY, EASY, SLOW, EASY)
    assert (list(found.dead_ends), list(found.bottlenecks)) == ([], [TWO])
    assert "1 lesson waits for it" in found.bottlenecks[TWO]


def test_a_lesson_that_hardly_anybody_gets_through_is_a_dead_end() -> None:
    found = report(COURSE, EASY, EASY, HARD, EASY)
    assert (list(found.dead_ends), list(found.bottlenecks)) == ([TWO], [])
    assert "1 lesson waits for it" in found.dead_ends[TWO]


def test_a_required_lesson_without_exercises_is_a_dead_end() -> None:
    text = LessonKey("m", "text")
    course = with_lesson(Lesson(text, "Text"))
    module = course.modules[0]
    course = replace(
        course,
        modules=(replace(module, lessons=(*module.lessons[:-1], replace(module.lessons[-1], requires=(text,)))),),
    )
    assert list(report(course).dead_ends) == [text]


@pytest.mark.parametrize("skills", [(EASY,), (EASY, EASY, HARD, EASY)])
def test_the_drawing_has_every_lesson_and_arrow(skills: tuple[Parameters, ...]) -> None:
    drawn = draw_path(report(COURSE, *skills), COURSE.title)
    root = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f".//{space}rect")) == 4
    assert len(root.findall(f"{space}path")) == 2
    assert root.get("aria-label") == "A <small> course: path with 4 lessons"
    titles = [found.text or "" for found in root.findall(f".//{space}g/{space}title")]
    assert [title.split(".")[0] for title in titles] == ["One", "Aside", "Two", "Three"]
