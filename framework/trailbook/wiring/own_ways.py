"""The use cases by which learners go their own way."""

from __future__ import annotations

from dataclasses import dataclass

from trailbook.domain.course import LessonKey
from trailbook.domain.people import Identity
from trailbook.domain.sittings import Purpose
from trailbook.services import help as helping
from trailbook.services import preferences, take_on
from trailbook.services.context import Context
from trailbook.services.help_views import HelpView, QuestionView
from trailbook.services.preferences import PreferencesView
from trailbook.services.sitting_views import SittingView


@dataclass(frozen=True)
class OwnWays:
    """Practice, test-outs, placements, help and preferences; see `services.take_on`, `.help` and `.preferences`."""

    context: Context

    def take_on(
        self, identity: Identity, course: str, purpose: Purpose, lesson: LessonKey | None = None
    ) -> SittingView:
        """See `services.take_on`."""
        return take_on.take_on(self.context, identity, course, purpose, lesson)

    def skip_question(
        self, identity: Identity, course: str, sitting_id: str, *, lesson: LessonKey, exercise: str
    ) -> SittingView:
        """See `services.take_on`."""
        return take_on.skip_question(self.context, identity, course, sitting_id, lesson=lesson, exercise=exercise)

    def end_sitting(self, identity: Identity, course: str, sitting_id: str) -> SittingView:
        """See `services.take_on`."""
        return take_on.end_sitting(self.context, identity, course, sitting_id)

    def list_sittings(self, identity: Identity, course: str) -> list[SittingView]:
        """See `services.take_on`."""
        return take_on.list_sittings(self.context, identity, course)

    def list_all_sittings(self, identity: Identity, course: str) -> list[SittingView]:
        """See `services.take_on`."""
        return take_on.list_all_sittings(self.context, identity, course)

    def view_help(self, identity: Identity, course: str, lesson: LessonKey, *, exercise: str | None) -> HelpView:
        """See `services.help`."""
        return helping.view_help(self.context, identity, course, lesson, exercise=exercise)

    def say_too_hard(self, identity: Identity, course: str, lesson: LessonKey, *, exercise: str | None) -> HelpView:
        """See `services.help`."""
        return helping.say_too_hard(self.context, identity, course, lesson, exercise=exercise)

    def ask_person(
        self,
        identity: Identity,
        course: str,
        lesson: LessonKey,
        *,
        exercise: str | None,
        question: str,
        is_shared: bool,
    ) -> None:
        """See `services.help`."""
        helping.ask_person(
            self.context, identity, course, lesson, exercise=exercise, question=question, is_shared=is_shared
        )

    def list_questions(self, identity: Identity, course: str) -> list[QuestionView]:
        """See `services.help`."""
        return helping.list_questions(self.context, identity, course)

    def view_preferences(self, identity: Identity, course: str) -> PreferencesView:
        """See `services.preferences`."""
        return preferences.view_preferences(self.context, identity, course)

    def set_preferences(
        self,
        identity: Identity,
        course: str,
        *,
        first: str | None,
        pace: str,
        minutes_a_day: int | None,
        goal: str | None = None,
    ) -> PreferencesView:
        """See `services.preferences`."""
        return preferences.set_preferences(
            self.context, identity, course, first=first, pace=pace, minutes_a_day=minutes_a_day, goal=goal
        )
