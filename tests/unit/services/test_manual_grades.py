"""What graders score reaches the learner, once, and the path follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from support.contexts import World, learner
from support.courses import NOW, TRAP, key
from support.doing import grade, hand_over

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.errors import LessonLocked
from trailbook.domain.exercise import Exercise
from trailbook.domain.progress import ExerciseState
from trailbook.domain.results import GradingResult
from trailbook.services.open_lesson import open_lesson
from trailbook.services.ports import Attempt, Event, ManualGrade, Notebook
from trailbook.services.record_manual_grades import record_manual_grades
from trailbook.services.view_path import view_path


@dataclass
class EnteredGrades:
    """A gradebook of which only what graders entered matters."""

    entered: list[ManualGrade] = field(default_factory=list)

    def enter(self, grade_id: str, score: float | None, *, who: str = TRAP, comment: str = "", **more: bool) -> None:
        """Enter a grade in place of the one before."""
        self.entered = [each for each in self.entered if (each.learner, each.grade_id) != (who, grade_id)]
        self.entered.append(ManualGrade(who, key("one"), grade_id, score, 4.0, comment, **more))

    def manual_grades(self, since: str) -> tuple[str, Sequence[ManualGrade]]:
        return f"after {len(self.entered)}", tuple(self.entered)

    def register(self, course: Course, versions: dict[LessonKey, Notebook]) -> None:
        raise NotImplementedError

    def write_submission(self, attempt: Attempt, notebook: Notebook, files: dict[str, bytes]) -> None:
        raise NotImplementedError

    def write_result(self, attempt: Attempt, exercises: Sequence[Exercise], result: GradingResult) -> None:
        raise NotImplementedError


@pytest.fixture
def gradebook() -> EnteredGrades:
    return EnteredGrades()


def record(world: World, gradebook: EnteredGrades) -> None:
    assert record_manual_grades(world.context, gradebook, "course", since="") == f"after {len(gradebook.entered)}"


def shown(world: World, exercise: str, who: str = TRAP) -> tuple[str, float, str]:
    delivery = open_lesson(world.context, learner(who), "course", key("one"))
    found = next(each for each in delivery.exercises if each.id == exercise)
    return found.state, found.score, found.comment


def test_points_and_comment_reach_the_learner_and_unlock(world: World, gradebook: EnteredGrades) -> None:
    sent = hand_over(world)
    grade(world, sent.id, a_test=4, b_test=2)
    assert shown(world, "w") == ("needs_review", 0.0, "")
    with pytest.raises(LessonLocked, match="an answer waits for a grader"):
        open_lesson(world.context, learner(), "course", key("two"))
    world.published.clear()

    gradebook.enter("w", 2.0, comment="Clear.")
    record(world, gradebook)

    assert shown(world, "w") == ("graded", 2.0, "Clear.")
    given, unlocked, moved = world.log()[-3:]
    data = {"cell": "w", "grade": {"share": 1.0}}
    assert given == Event("manual_grade", NOW, "course", TRAP, key("one"), "w", actor="grader", data=data)
    because = "Open because you reached 80 % in One."
    assert unlocked == Event("lesson_unlocked", NOW, "course", TRAP, key("two"), data={"because": because})
    assert moved.kind == "path_changed"
    assert [event.kind for event in world.published] == ["manual_grade", "lesson_unlocked", "path_changed"]
    assert open_lesson(world.context, learner(), "course", key("two")).lesson.title == "Two"


def test_same_grades_again_change_nothing(world: World, gradebook: EnteredGrades) -> None:
    grade(world, hand_over(world).id, a_test=4, b_test=4)
    gradebook.enter("w", 1.0)
    record(world, gradebook)
    log = world.log()
    record(world, gradebook)
    assert world.log() == log


def test_lowered_grade_locks_what_was_not_started(world: World, gradebook: EnteredGrades) -> None:
    grade(world, hand_over(world).id, a_test=4, b_test=4)
    gradebook.enter("b-test", 0.0, comment="Copied.")
    record(world, gradebook)
    assert shown(world, "b") == ("graded", 0.0, "Copied.")
    two = view_path(world.context, learner(), "course").modules[0].lessons[1]
    assert (two.status, two.because[:48]) == ("locked", "Opens when you reach 80 % in One (you have 40 %,")
    assert [event.kind for event in world.log()][-2:] == ["manual_grade", "path_changed"]


def test_comment_on_the_code_itself_reaches_the_learner_with_the_points(world: World, gradebook: EnteredGrades) -> None:
    grade(world, hand_over(world).id, a_test=4, b_test=4)
    gradebook.enter("b", None, comment="Shorter: sum(values).")  # nbgrader's comments are the answer cell's
    gradebook.enter("b-test", 3.0)
    record(world, gradebook)
    assert shown(world, "b") == ("graded", 3.0, "Shorter: sum(values).")


def test_grades_of_several_learners_are_each_their_own(world: World, gradebook: EnteredGrades) -> None:
    for who in ("ann", "bob"):
        grade(world, hand_over(world, who=learner(who)).id, a_test=4, b_test=4)
    gradebook.enter("w", 1.0, who="bob", comment="b")
    gradebook.enter("w", 2.0, who="ann", comment="a")
    record(world, gradebook)
    assert shown(world, "w", "ann") == ("graded", 2.0, "a")
    assert shown(world, "w", "bob") == ("graded", 1.0, "b")


def test_points_of_an_earlier_hand_in_wait_for_confirmation(world: World, gradebook: EnteredGrades) -> None:
    grade(world, hand_over(world).id, a_test=4, b_test=4)
    gradebook.enter("w", 2.0)
    record(world, gradebook)
    grade(world, hand_over(world, answers={"w": "New."}, idempotency_key="2").id, a_test=0, b_test=0)
    gradebook.enter("w", 2.0, needs_review=True)
    record(world, gradebook)
    assert shown(world, "w") == (ExerciseState.NEEDS_REVIEW, 2.0, "")
    gradebook.enter("w", 2.0)
    record(world, gradebook)
    assert shown(world, "w") == (ExerciseState.GRADED, 2.0, "")


def test_grade_of_a_cell_or_course_that_is_gone_is_passed_over(world: World, gradebook: EnteredGrades) -> None:
    gradebook.enter("gone", 2.0)
    gradebook.entered.append(ManualGrade(TRAP, key("nine"), "w", 2.0, 2.0, ""))
    record(world, gradebook)
    record_manual_grades(world.context, gradebook, "nowhere", since="")
    assert world.log() == []
