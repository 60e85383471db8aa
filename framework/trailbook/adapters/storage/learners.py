"""Progress, events and decisions in tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.adapters.storage.tables import DecisionRow, EventRow, ExerciseProgressRow, LessonProgressRow, table_of
from trailbook.domain.course import LessonKey
from trailbook.domain.path import Status
from trailbook.domain.progress import ExerciseProgress
from trailbook.services.ports import Decision, Event, StoredProgress

EVENTS, LESSONS = table_of(EventRow), table_of(LessonProgressRow)
APPEND = insert(EVENTS).returning(EVENTS.c.id)
DONE = table_of(ExerciseProgressRow)
EXERCISES_OF = select(DONE.c.module, DONE.c.lesson, DONE.c.detail).where(
    DONE.c.learner == bindparam("learner"), DONE.c.course == bindparam("course")
)
LESSONS_OF = select(LESSONS.c.module, LESSONS.c.lesson, LESSONS.c.started, LESSONS.c.handed_in).where(
    LESSONS.c.learner == bindparam("learner"), LESSONS.c.course == bindparam("course")
)
OF_COURSE = (
    select(EventRow)
    .where(EventRow.id > bindparam("after"), EventRow.course == bindparam("course"))
    .where(EventRow.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(EventRow.id)
)
IS_STARTED = select(LESSONS.c.started).where(
    *(LESSONS.c[name] == bindparam(name) for name in ("course", "learner", "module", "lesson"))
)


@lru_cache(maxsize=16_384)
def _progress(text: str) -> ExerciseProgress:
    """Return a standing on an exercise; every look at a path reads all that the learner ever reached."""
    return from_text(ExerciseProgress, text)


class SqlProgress:
    """See `trailbook.services.ports.ProgressTable`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_learner(self, learner: str, course: str) -> Mapping[LessonKey, StoredProgress]:
        """Return all that is stored of a learner in a course, by lesson."""
        asked = {"learner": learner, "course": course}
        # By pairs of names, which are cheaper than keys: there may be a thousand rows.
        exercises: dict[tuple[str, str], dict[str, ExerciseProgress]] = {}
        for module, lesson, detail in self._session.execute(EXERCISES_OF, asked):
            progress = _progress(detail)
            exercises.setdefault((module, lesson), {})[progress.exercise] = progress
        flags = {
            (module, lesson): (started, handed_in)
            for module, lesson, started, handed_in in self._session.execute(LESSONS_OF, asked)
        }
        found = {}
        for place in sorted({*exercises, *flags}):
            started, handed_in = flags.get(place, (False, False))
            found[LessonKey(*place)] = StoredProgress(exercises.get(place, {}), started=started, handed_in=handed_in)
        return found

    def put_exercise(self, learner: str, course: str, lesson: LessonKey, exercise: ExerciseProgress) -> None:
        """Store a learner's standing on an exercise, in place of the one before."""
        row = ExerciseProgressRow
        place = {"course": course, "learner": learner, "module": lesson.module, "lesson": lesson.name}
        values = {
            "state": exercise.state.value,
            "score": exercise.score,
            "max_score": exercise.max_score,
            "detail": to_text(exercise),
        }
        done = self._session.execute(
            update(row).filter_by(**place, exercise=exercise.exercise).values(**values).returning(row.exercise)
        )
        if done.first() is None:
            self._session.execute(insert(row).values(**place, exercise=exercise.exercise, **values))

    def is_started(self, learner: str, course: str, lesson: LessonKey) -> bool:
        """Return whether the lesson was opened."""
        place = {"course": course, "learner": learner, "module": lesson.module, "lesson": lesson.name}
        return bool(self._session.scalar(IS_STARTED, place))

    def mark_started(self, learner: str, course: str, lesson: LessonKey) -> bool:
        """Note that the lesson was opened; True the first time."""
        return self._mark(learner, course, lesson, flag="started")

    def mark_handed_in(self, learner: str, course: str, lesson: LessonKey) -> None:
        """Note that the lesson was handed in."""
        self._mark(learner, course, lesson, flag="handed_in")

    def learners(self, course: str) -> Sequence[str]:
        """Return everyone with progress in the course, in the order of names."""
        both = (
            select(LessonProgressRow.learner)
            .where(LessonProgressRow.course == course)
            .union(select(ExerciseProgressRow.learner).where(ExerciseProgressRow.course == course))
        )
        return sorted(self._session.scalars(both))

    def _mark(self, learner: str, course: str, lesson: LessonKey, *, flag: str) -> bool:
        row = LessonProgressRow
        place = {"course": course, "learner": learner, "module": lesson.module, "lesson": lesson.name}
        known = self._session.scalar(select(getattr(row, flag)).filter_by(**place))
        if known is None:
            self._session.execute(insert(row).values(**place, **{"started": False, "handed_in": False, flag: True}))
        elif not known:
            self._session.execute(update(row).filter_by(**place).values(**{flag: True}))
        return not known


class SqlEventLog:
    """See `trailbook.services.ports.EventLog`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, event: Event) -> Event:
        """Add an event and return it with its id."""
        event_id = self._session.scalar(
            APPEND,
            {
                "kind": event.kind,
                "at": event.at,
                "course": event.course,
                "learner": event.learner,
                "module": event.lesson.module if event.lesson else None,
                "lesson": event.lesson.name if event.lesson else None,
                "exercise": event.exercise,
                "actor": event.actor,
                "trusted": event.trusted,
                "data": to_text(event.data),
            },
        )
        return replace(event, id=event_id or 0)

    def after(self, event_id: int, *, learner: str | None = None, limit: int = 500) -> Sequence[Event]:
        """Return events with a greater id, oldest first: all, or those of one learner and of no learner."""
        query = select(EventRow).where(EventRow.id > event_id).order_by(EventRow.id).limit(limit)
        if learner is not None:
            query = query.where(EventRow.learner.in_([learner, ""]))
        return [_event(row) for row in self._session.scalars(query)]

    def of_course(self, course: str, *, kinds: Collection[str], after: int = 0) -> Sequence[Event]:
        """Return the events of a course of these kinds with a greater id, oldest first."""
        found = self._session.scalars(OF_COURSE, {"course": course, "kinds": list(kinds), "after": after})
        return [_event(row) for row in found]

    def last_id(self) -> int:
        """Return the id of the newest event, 0 before the first."""
        return self._session.scalar(select(func.max(EventRow.id))) or 0


class SqlDecisions:
    """See `trailbook.services.ports.Decisions`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, decision: Decision) -> None:
        """Add a decision."""
        self._session.execute(
            insert(DecisionRow).values(
                course=decision.course,
                learner=decision.learner,
                module=decision.lesson.module,
                lesson=decision.lesson.name,
                status=decision.status.value,
                because=decision.because,
                at=decision.at,
            )
        )

    def latest(self, learner: str, course: str) -> Mapping[LessonKey, Decision]:
        """Return the last decision on each lesson of a learner."""
        newest = (
            select(func.max(DecisionRow.id))
            .where(DecisionRow.learner == learner, DecisionRow.course == course)
            .group_by(DecisionRow.module, DecisionRow.lesson)
        )
        return {
            LessonKey(row.module, row.lesson): Decision(
                row.course, row.learner, LessonKey(row.module, row.lesson), Status(row.status), row.because, row.at
            )
            for row in self._session.scalars(select(DecisionRow).where(DecisionRow.id.in_(newest)))
        }


def _event(row: EventRow) -> Event:
    return Event(
        kind=row.kind,
        at=row.at,
        course=row.course,
        learner=row.learner,
        lesson=LessonKey(row.module or "", row.lesson) if row.lesson is not None else None,
        exercise=row.exercise,
        actor=row.actor,
        trusted=row.trusted,
        data=json.loads(row.data),
        id=row.id,
    )
