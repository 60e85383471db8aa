"""The log of graded answers, read from the tables of attempts and of their results."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from trailbook.adapters.storage.plain import from_text
from trailbook.adapters.storage.tables import AttemptRow, ResultRow, table_of
from trailbook.domain.course import LessonKey
from trailbook.domain.results import GradingResult
from trailbook.services.ports import JobKind
from trailbook.services.ports.graded import GradedAnswer

ATTEMPTS, RESULTS = table_of(AttemptRow), table_of(ResultRow)
COUNTING = (JobKind.ATTEMPT.value, JobKind.SUBMISSION.value)
AFTER = (
    select(
        RESULTS.c.id,
        RESULTS.c.attempt,
        ATTEMPTS.c.learner,
        ATTEMPTS.c.module,
        ATTEMPTS.c.lesson,
        ATTEMPTS.c.version,
        ATTEMPTS.c.exercise,
        ATTEMPTS.c.answers,
        RESULTS.c.result,
        RESULTS.c.at,
    )
    .join_from(RESULTS, ATTEMPTS, ATTEMPTS.c.id == RESULTS.c.attempt)
    .where(RESULTS.c.id > bindparam("number"), ATTEMPTS.c.course == bindparam("course"), ATTEMPTS.c.kind.in_(COUNTING))
    .order_by(RESULTS.c.id)
)


class SqlGradedAnswers:
    """See `trailbook.services.ports.graded.GradedAnswers`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def after(self, course: str, number: int) -> Sequence[GradedAnswer]:
        """Return the results with a greater number, oldest first."""
        return [
            GradedAnswer(
                row.id,
                row.attempt,
                row.learner,
                LessonKey(row.module, row.lesson),
                row.version,
                row.exercise,
                json.loads(row.answers),
                from_text(GradingResult, row.result),
                row.at,
            )
            for row in self._session.execute(AFTER, {"course": course, "number": number})
        ]
