"""Joins the use cases to the adapters; nothing else does. Doors use an `Application` and know no adapter."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from trailbook.adapters.free_space import FreeSpace
from trailbook.adapters.fsrs import FsrsForgetting
from trailbook.adapters.leftovers import remove_leftovers, scratch_folder
from trailbook.adapters.live import InProcessLive, LogFollower
from trailbook.adapters.signing import open_signer
from trailbook.adapters.storage import SqlStorage, open_storage
from trailbook.config import Settings
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import NotFound
from trailbook.domain.overrides import Action
from trailbook.domain.people import Identity
from trailbook.domain.receipts import Receipt
from trailbook.services import find_attempt as attempts
from trailbook.services import hand_in as handing_in
from trailbook.services import open_lesson as lessons
from trailbook.services import overrides, reviews
from trailbook.services import record_manual_grades as manual_grades
from trailbook.services import release as releases
from trailbook.services import report_events as reports
from trailbook.services import submit_answer as answering
from trailbook.services import view_class as classes
from trailbook.services import view_events as events
from trailbook.services import view_home as home
from trailbook.services import view_path as paths
from trailbook.services import view_receipt as receipts
from trailbook.services.arrivals import Arrivals
from trailbook.services.class_views import ClassFlow, LearnerPath
from trailbook.services.context import Addresses, Context
from trailbook.services.overload import Overload
from trailbook.services.override_views import OverrideView
from trailbook.services.ports import Grader
from trailbook.services.receive import Receiving
from trailbook.services.review_views import ReviewsView, ReviewView
from trailbook.services.views import AttemptView, CoursePath, EventView, HomeView, LessonDelivery
from trailbook.wiring.courses import CourseFolders, CourseParts
from trailbook.wiring.grading import Grading
from trailbook.wiring.own_ways import OwnWays

LOG_LOOK_SECONDS = 0.5  # how late a page may hear of what another process did


@dataclass
class Application:
    """Every use case, ready to use from any thread.

    Attributes
    ----------
    live
        Tells what happened; ``subscribe(learner, listener)`` listens.
    courses
        The course folders by course name.
    """

    settings: Settings
    storage: SqlStorage
    live: InProcessLive
    courses: CourseFolders
    context: Context
    grading: Grading
    _cursors: dict[str, str] = field(default_factory=dict)
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start grading, take up what was left ungraded, and tell of what other processes write.

        Before that, what a killed run left on this machine is ended and removed.
        """
        remove_leftovers()
        with ExitStack() as starting:
            starting.enter_context(scratch_folder())
            starting.callback(self.grading.stop)
            self.grading.start()
            follower = LogFollower(self.storage, self.live, every_seconds=LOG_LOOK_SECONDS)
            starting.callback(follower.stop)
            follower.start()
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Stop grading and close the database; what was under way is graded after the next start."""
        self._running.close()
        self.storage.close()

    @property
    def own_ways(self) -> OwnWays:
        """What learners do by their own choice."""
        return OwnWays(self.context)

    def view_home(self, identity: Identity) -> HomeView:
        """See `services.view_home`."""
        return home.view_home(self.context, identity)

    def view_path(self, identity: Identity, course: str) -> CoursePath:
        """See `services.view_path`."""
        return paths.view_path(self.context, identity, course)

    def open_lesson(self, identity: Identity, course: str, lesson: LessonKey) -> LessonDelivery:
        """See `services.open_lesson`."""
        return lessons.open_lesson(self.context, identity, course, lesson)

    def submit_answer(
        self,
        identity: Identity,
        course: str,
        lesson: LessonKey,
        *,
        exercise: str,
        version: int,
        answers: Mapping[str, str],
        key: str,
    ) -> AttemptView:
        """See `services.submit_answer`."""
        return self.begin_answer(
            identity, course, lesson, exercise=exercise, version=version, answers=answers, key=key
        ).wait()

    def begin_answer(
        self,
        identity: Identity,
        course: str,
        lesson: LessonKey,
        *,
        exercise: str,
        version: int,
        answers: Mapping[str, str],
        key: str,
    ) -> Receiving:
        """See `services.submit_answer`; for an event loop."""
        return answering.begin_answer(
            self.context, identity, course, lesson, exercise=exercise, version=version, answers=answers, key=key
        )

    def hand_in(
        self,
        identity: Identity,
        course: str,
        lesson: LessonKey,
        *,
        version: int,
        answers: Mapping[str, str],
        key: str,
    ) -> AttemptView:
        """See `services.hand_in`."""
        return self.begin_hand_in(identity, course, lesson, version=version, answers=answers, key=key).wait()

    def begin_hand_in(
        self,
        identity: Identity,
        course: str,
        lesson: LessonKey,
        *,
        version: int,
        answers: Mapping[str, str],
        key: str,
    ) -> Receiving:
        """See `services.hand_in`; for an event loop."""
        return handing_in.begin_hand_in(
            self.context, identity, course, lesson, version=version, answers=answers, key=key
        )

    def find_attempt(self, identity: Identity, attempt_id: str) -> AttemptView:
        """See `services.find_attempt`."""
        return attempts.find_attempt(self.context, identity, attempt_id)

    def view_reviews(self, identity: Identity, course: str) -> ReviewsView:
        """See `services.reviews`."""
        return reviews.view_reviews(self.context, identity, course)

    def start_review(self, identity: Identity, course: str, *, minutes: float) -> ReviewView:
        """See `services.reviews`."""
        return reviews.start_review(self.context, identity, course, minutes=minutes)

    def view_receipt(self, identity: Identity, attempt_id: str) -> Receipt:
        """See `services.view_receipt`."""
        return receipts.view_receipt(self.context, identity, attempt_id)

    def public_keys(self) -> Mapping[str, bytes]:
        """Return the keys that receipts can be verified with, each as PEM by its id; anybody may have them."""
        return self.context.signer.public_keys()

    def list_attempts(self, identity: Identity, course: str, lesson: LessonKey) -> list[AttemptView]:
        """See `services.find_attempt`."""
        return attempts.list_attempts(self.context, identity, course, lesson)

    def report_events(
        self, identity: Identity, course: str, lesson: LessonKey, items: Sequence[Mapping[str, Any]]
    ) -> None:
        """See `services.report_events`."""
        reports.report_events(self.context, identity, course, lesson, items)

    def list_events(self, identity: Identity, *, after: int) -> tuple[int, list[EventView]]:
        """See `services.view_events`."""
        return events.list_events(self.context, identity, after=after)

    def last_event_id(self) -> int:
        """See `services.view_events`."""
        return events.last_event_id(self.context)

    def override(
        self,
        identity: Identity,
        course: str,
        lesson: LessonKey,
        *,
        action: Action,
        reason: str,
        learner: str = "",
        group: str = "",
    ) -> OverrideView:
        """See `services.overrides`."""
        return overrides.override(
            self.context, identity, course, lesson, action=action, reason=reason, learner=learner, group=group
        )

    def withdraw_override(self, identity: Identity, course: str, override_id: int, *, reason: str) -> OverrideView:
        """See `services.overrides`."""
        return overrides.withdraw(self.context, identity, course, override_id, reason=reason)

    def list_overrides(self, identity: Identity, course: str) -> list[OverrideView]:
        """See `services.overrides`."""
        return overrides.list_overrides(self.context, identity, course)

    def view_class(self, identity: Identity, course: str) -> ClassFlow:
        """See `services.view_class`."""
        return classes.view_class(self.context, identity, course)

    def view_learner(self, identity: Identity, course: str, learner: str) -> LearnerPath:
        """See `services.view_class`."""
        return classes.view_learner(self.context, identity, course, learner)

    def record_manual_grades(self, course: str) -> None:
        """Take over what graders scored since the last look; see `services.record_manual_grades`."""
        gradebook = self._parts(course).gradebook
        since = self._cursors.get(course, "")
        self._cursors[course] = manual_grades.record_manual_grades(self.context, gradebook, course, since=since)

    def release(
        self, course: str, keys: Sequence[LessonKey] | None = None, *, by: str, grader: Grader | None = None
    ) -> releases.ReleaseReport:
        """See `services.release`; without a grader the running one tries the lessons, if there is one."""
        parts = self._parts(course)
        return releases.release(
            self.context,
            parts.folder,
            parts.stripper,
            parts.gradebook,
            course=course,
            lessons=keys,
            by=by,
            grader=grader or self.grading.grader,
        )

    def recover_jobs(self) -> None:
        """Bring jobs that nobody works on to the workers again, and write what gradebooks lack."""
        self.grading.recover()

    def _parts(self, course: str) -> CourseParts:
        parts = self.courses.get(course)
        if parts is None:
            raise NotFound(
                "unknown_course",
                f"No course folder of the settings is named {course!r}. Check its course.yaml with `trailbook check`.",
                course=course,
            )
        return parts


def build(settings: Settings) -> Application:
    """Return the application of these settings; grading begins with `Application.start`.

    Raises
    ------
    Conflict
        The database's schema is not this Trailbook's.
    Invalid
        A setting names something that is not there, or two courses have one name.
    """
    storage = open_storage(settings.database)
    live = InProcessLive()
    courses = CourseFolders(settings.courses)

    def clock() -> datetime:
        return datetime.now(UTC)

    arrivals = Arrivals()
    grading = Grading(settings, courses, storage, live, clock, arrivals)
    space = FreeSpace(settings.state_folder, min_free_bytes=settings.min_free_bytes)
    overload = Overload(storage, clock, max_waiting=settings.max_waiting_jobs)

    def refuse_when_full() -> None:
        space.refuse_when_full()
        overload.refuse()

    storage.learner_models.forgetting = FsrsForgetting()
    context = Context(
        storage=storage,
        queue=grading,
        live=live,
        clock=clock,
        new_id=lambda: secrets.token_urlsafe(16),
        addresses=Addresses(settings.home_url, settings.learner_server_url, settings.staff_server_url),
        signer=open_signer(settings.state_folder),
        refuse_when_full=refuse_when_full,
        why_waiting=grading.why_waiting,
        arrivals=arrivals,
        max_submission_bytes=settings.max_submission_bytes,
        insecure=settings.insecure,
    )
    return Application(settings, storage, live, courses, context, grading)
