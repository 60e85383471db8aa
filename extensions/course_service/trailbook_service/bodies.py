"""What requests carry: the shapes, and the limits that are the same for every installation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

MAX_CELLS = 500
MAX_REPORTS = 200

# Control characters have no place in a name, and PostgreSQL keeps no NUL in any text.
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
CellText = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Answers = Annotated[dict[Name, CellText], Field(max_length=MAX_CELLS)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HandIn(_Body):
    """Every answer cell of a lesson, by `grade_id`, and the version it was written for."""

    version: int = Field(ge=1)
    answers: Answers


class Answer(HandIn):
    """The same, with the exercise that counts."""

    exercise: Name


class Report(_Body):
    """One thing that happened on a learner's server."""

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,40}$")]
    exercise: Name | None = None
    seconds: float | None = Field(default=None, ge=0, le=86_400, allow_inf_nan=False)
    data: dict[str, Any] = Field(default_factory=dict)


class Reports(_Body):
    """What happened on a learner's server since it last said so."""

    items: Annotated[list[Report], Field(max_length=MAX_REPORTS)]

    def as_values(self) -> list[dict[str, Any]]:
        """Return the reports as plain values."""
        return [item.model_dump(exclude_none=True) for item in self.items]


class ReviewWish(_Body):
    """How long a review may take, in minutes, 1 to 120."""

    minutes: float = Field(default=10.0, ge=1, le=120, allow_inf_nan=False)


class Release(_Body):
    """The lessons to release, as `module/lesson`; none means all."""

    lessons: list[Name] | None = None


Reason = Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00]*$")]


class Override(_Body):
    """A decision on a lesson (`module/lesson`) for a learner or a group, and why; learners do not read why."""

    lesson: Name
    action: Literal["open", "lock", "master", "reset"]
    reason: Reason
    learner: Name | Literal[""] = ""
    group: Name | Literal[""] = ""


class Withdrawal(_Body):
    """Why a decision is taken back."""

    reason: Reason


class TakingOn(_Body):
    """What a learner takes on: practice in a lesson (`module/lesson`), a test-out of it, or a placement without one."""

    purpose: Literal["practice", "test_out", "placement"]
    lesson: Name | None = None


class Skip(_Body):
    """The question of a placement that the learner does not know the answer to."""

    lesson: Name
    exercise: Name


class Difficulty(_Body):
    """The exercise that is too hard, none for the whole lesson."""

    exercise: Name | None = None


class HelpWanted(Difficulty):
    """A question to the people who teach the course; shared, others at the same place read it without the name."""

    question: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00]*$")]
    shared: bool = False


class Preferred(_Body):
    """What a learner prefers; `minutes_a_day` none for no plan, `goal` (`module/lesson`) none for the whole course."""

    first: Literal["read", "watch", "practise"] | None = None
    pace: Literal["calm", "steady", "brisk"] = "steady"
    minutes_a_day: int | None = Field(default=None, ge=5, le=240)
    goal: Name | None = None
