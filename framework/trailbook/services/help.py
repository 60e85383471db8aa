"""Help for a learner: what may help now, "too hard", and a question to a person; all of it in the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from trailbook.domain.course import Lesson, LessonKey
from trailbook.domain.errors import Invalid, NotFound
from trailbook.domain.exercise import Exercise
from trailbook.domain.helping import Candidate, Offer, easier_exercise, offers
from trailbook.domain.people import Identity
from trailbook.domain.recommending.gaps import gap_of
from trailbook.domain.recommending.values import Situation, Wishes
from trailbook.domain.struggle import Struggle
from trailbook.services.access import enter_course, enter_course_as_staff, latest_version
from trailbook.services.context import Context
from trailbook.services.help_views import HelpView, QuestionView, help_view
from trailbook.services.notice_struggle import find_struggle
from trailbook.services.open_lesson import refuse_locked
from trailbook.services.ports import Event, LessonVersion, UnitOfWork
from trailbook.services.recommend_next import TOO_HARD
from trailbook.services.standing import Standing, standing_of

HELP_WANTED = "help_wanted"
MAX_QUESTION = 1_000
FINE = "Here is what may help, should you need it."
SAID = "Good that you say so. Here is what may help."


@dataclass(frozen=True)
class _Place:
    """Where help is asked for."""

    work: UnitOfWork
    standing: Standing
    version: LessonVersion
    exercise: Exercise | None
    now: datetime

    @property
    def lesson(self) -> Lesson:
        """The lesson."""
        return self.standing.course.get_lesson(self.version.lesson)


def view_help(
    context: Context, identity: Identity, course: str, lesson: LessonKey, *, exercise: str | None
) -> HelpView:
    """Return whether the person struggles with an exercise, and what may help there or with the lesson (None).

    Raises
    ------
    NotFound, NotAllowed, LessonLocked
        As for `open_lesson`; ``unknown_exercise``.
    """
    with context.storage(read_only=True) as work:
        place = _enter(context, work, identity, course, lesson=lesson, exercise=exercise)
        struggle = _struggle(place)
        return help_view(place.standing, struggle, FINE, _offers(place, is_said=False), context.addresses)


def say_too_hard(
    context: Context, identity: Identity, course: str, lesson: LessonKey, *, exercise: str | None
) -> HelpView:
    """Note that the person finds an exercise, or the whole lesson (None), too hard, and return what may help.

    Raises
    ------
    NotFound, NotAllowed, LessonLocked
        As for `view_help`.
    """
    with context.storage() as work:
        place = _enter(context, work, identity, course, lesson=lesson, exercise=exercise)
        found = _offers(place, is_said=True)
        data = {"offers": [offer.way.value for offer in found]}
        event = work.events.append(Event(TOO_HARD, place.now, course, identity.name, lesson, exercise, data=data))
        view = help_view(place.standing, _struggle(place), SAID, found, context.addresses)
    context.live.publish([event])
    return view


def ask_person(
    context: Context,
    identity: Identity,
    course: str,
    lesson: LessonKey,
    *,
    exercise: str | None,
    question: str,
    is_shared: bool,
) -> None:
    """Keep a question for the course's staff.

    Parameters
    ----------
    question
        1–1,000 characters.
    is_shared
        Others at the same place may read it, without the name.

    Raises
    ------
    NotFound, NotAllowed, LessonLocked
        As for `view_help`.
    Invalid
        ``bad_question``: nothing is asked, or too much.
    """
    question = question.strip()
    if not question or len(question) > MAX_QUESTION:
        raise Invalid("bad_question", f"Write your question in at most {MAX_QUESTION} characters.")
    with context.storage() as work:
        place = _enter(context, work, identity, course, lesson=lesson, exercise=exercise)
        data = {"question": question, "shared": is_shared}
        event = work.events.append(Event(HELP_WANTED, place.now, course, identity.name, lesson, exercise, data=data))
    context.live.publish([event])


def list_questions(context: Context, identity: Identity, course: str) -> list[QuestionView]:
    """Return what learners of a course asked, the newest first, for its graders and instructors.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course_as_staff`.
    """
    with context.storage(read_only=True) as work:
        enter_course_as_staff(work, identity, course)
        asked = work.events.of_course(course, kinds=(HELP_WANTED,))
        return [QuestionView.of(event) for event in reversed(asked)]


def _enter(
    context: Context, work: UnitOfWork, identity: Identity, course: str, *, lesson: LessonKey, exercise: str | None
) -> _Place:
    now = context.clock()
    found = enter_course(work, identity, course)
    version = latest_version(work, found, lesson)
    standing = standing_of(work, found, identity.name, now=now)
    refuse_locked(standing, identity, lesson)
    asked = next((each for each in version.exercises if each.id == exercise), None)
    if exercise is not None and asked is None:
        raise NotFound("unknown_exercise", f"The lesson has no exercise {exercise!r}.", exercise=exercise)
    return _Place(work, standing, version, asked, now)


def _struggle(place: _Place) -> Struggle | None:
    if place.exercise is None:
        return None
    standing = place.standing
    return find_struggle(
        place.work, standing.course, standing.learner, place.version.lesson, exercise=place.exercise.id, now=place.now
    )


def _offers(place: _Place, *, is_said: bool) -> tuple[Offer, ...]:
    standing, key = place.standing, place.version.lesson
    course = standing.course
    models = place.work.learner_models
    skills = models.know(place.work, course, standing.learner, released=standing.released, now=place.now).skills
    too_hard = frozenset([key]) if is_said or place.exercise is not None else frozenset[LessonKey]()
    gap = gap_of(Situation(standing.statuses, skills=skills, too_hard=too_hard), place.lesson, Wishes())
    return offers(
        key,
        easier=_easier(place),
        gap=gap,
        gap_title=course.title_of(gap.skill) if gap else "",
        has_example=_has_example(place.version),
        questions=_questions(place),
    )


def _easier(place: _Place) -> Candidate | None:
    if place.exercise is None:
        return None
    own = _predictions(place, place.lesson, [place.exercise.id])[place.exercise.id]
    return easier_exercise(_candidates(place, place.exercise), predicted=own, home=place.version.lesson)


def _candidates(place: _Place, exercise: Exercise) -> Iterator[Candidate]:
    """Yield what is open, shares a skill with the exercise, and is not solved."""
    standing, home = place.standing, place.lesson
    wanted = set(home.skills_of(exercise.id))
    for key, status in standing.statuses.items():
        summary = standing.released.get(key)
        if not status.is_open or summary is None:
            continue
        lesson, done = status.lesson, status.progress.exercises
        fitting = [
            each
            for each in summary.exercises
            if not (key == home.key and each.id == exercise.id)
            and not each.graded_by_person
            and wanted & set(lesson.skills_of(each.id))
            and not (each.id in done and done[each.id].score >= each.max_score)
        ]
        predicted = _predictions(place, lesson, [each.id for each in fitting])
        for each in fitting:
            is_variant = key == home.key and _are_variants(home, each.id, exercise.id)
            yield Candidate(key, each.id, each.title, predicted[each.id], is_variant)


def _are_variants(lesson: Lesson, one: str, other: str) -> bool:
    roots = [rules.variant_of if (rules := lesson.exercises.get(name)) else None for name in (one, other)]
    return (roots[0] or one) == (roots[1] or other)


def _predictions(place: _Place, lesson: Lesson, exercises: Sequence[str]) -> dict[str, float]:
    standing = place.standing
    return place.work.learner_models.predictions(
        place.work, standing.course, standing.learner, lesson, exercises=exercises, now=place.now
    )


def _has_example(version: LessonVersion) -> bool:
    """Whether the lesson has code of its own that learners run: a code cell that neither asks nor tests."""
    return any(
        cell.get("cell_type") == "code" and not cell.get("metadata", {}).get("nbgrader") and _text(cell).strip()
        for cell in version.released.get("cells", ())
    )


def _text(cell: dict[str, object]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source if isinstance(source, list) else ()))


def _questions(place: _Place) -> list[str]:
    """Return what others asked at this place and let be read, the newest first."""
    exercise = place.exercise.id if place.exercise else None
    asked = place.work.events.of_course(place.standing.course.name, kinds=(HELP_WANTED,))
    return [
        str(event.data["question"])
        for event in reversed(asked)
        if event.data.get("shared")
        and event.learner != place.standing.learner
        and (event.lesson, event.exercise) == (place.version.lesson, exercise)
    ]
