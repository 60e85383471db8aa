"""The log of choices in a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, insert, select
from sqlalchemy.orm import Mapped, Session

from trailbook.adapters.storage.plain import to_text
from trailbook.adapters.storage.tables import Base, BigId
from trailbook.services.ports.choices import Choice


class ChoiceRow(Base):
    """What was proposed next; triggers refuse to change or delete it."""

    __tablename__ = "choices"
    __table_args__ = (Index("ix_choices_of_learner", "learner", "course", "id"), {"sqlite_autoincrement": True})

    id: Mapped[BigId]
    course: Mapped[str]
    learner: Mapped[str]
    at: Mapped[datetime]
    model: Mapped[int]  # version of the learner model
    record: Mapped[str]  # the chosen one, the seed, the alternatives with their probabilities; a JSON object


class SqlChoices:
    """See `trailbook.services.ports.choices.Choices`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, choice: Choice) -> None:
        """Add a choice."""
        self._session.execute(
            insert(ChoiceRow).values(
                course=choice.course,
                learner=choice.learner,
                at=choice.at,
                model=choice.model,
                record=to_text(choice.record),
            )
        )

    def latest(self, learner: str, course: str) -> Choice | None:
        """Return the last choice for a learner, or None."""
        return next(iter(self.of_learner(learner, course, limit=1)), None)

    def of_learner(self, learner: str, course: str, *, limit: int = 100) -> Sequence[Choice]:
        """Return a learner's latest choices, the newest first."""
        row = ChoiceRow
        found = self._session.scalars(
            select(row).where(row.learner == learner, row.course == course).order_by(row.id.desc()).limit(limit)
        )
        return [Choice(each.course, each.learner, each.at, json.loads(each.record), each.model) for each in found]
