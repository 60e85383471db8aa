"""The learner model of each course, kept in memory and brought up to the log whenever it is asked.

The log is the truth: a model that was kept up is the same as one made anew from the whole log. So it is made anew when
the log corrects itself (a regrade, a manual grade, a verdict that may be shown now), when the course or the version of
its model changes, and when a transaction was undone that it had already followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING

from trailbook.domain.course import Course, Lesson, LessonKey, MasteryRules
from trailbook.domain.hidden_policy import withheld
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.knowledge import Knowledge
from trailbook.domain.mastery.protocol import Answer, Question
from trailbook.domain.reviewing.memory import NO_FORGETTING, Forgetting
from trailbook.services.answer_history import KINDS, AnswerHistory, Release
from trailbook.services.live_model import Catalogue, LiveModel

if TYPE_CHECKING:
    from trailbook.services.ports import Event, LessonSummary, UnitOfWork
    from trailbook.services.ports.graded import GradedAnswer

Ground = tuple[Course, int, frozenset[str]]
"""What a model stands on beside the log: the course, the version of its model, the modules of withheld verdicts."""


class LearnerModels:
    """The live models of one database, for any thread; one is made when it is first asked for.

    Attributes
    ----------
    forgetting
        How skills that nobody practises fade; who opens the database says so.
    """

    def __init__(self) -> None:
        self.forgetting: Forgetting = NO_FORGETTING
        self._lock = RLock()
        self._live: dict[str, tuple[Ground, LiveModel]] = {}
        self._releases: dict[str, dict[tuple[LessonKey, int], Release]] = {}
        self._catalogues: dict[str, tuple[tuple[Course, dict[LessonKey, int]], Catalogue]] = {}
        self._moves = 0

    @contextmanager
    def forgetting_what_is_undone(self) -> Iterator[None]:
        """Stand around a writing transaction: when it is undone, models that may have followed it are made anew."""
        before = self._moves
        try:
            yield
        except BaseException:
            if self._moves != before:
                with self._lock:
                    self._live.clear()
            raise

    def know(
        self,
        work: UnitOfWork,
        course: Course,
        learner: str,
        *,
        released: Mapping[LessonKey, LessonSummary],
        now: datetime,
    ) -> Knowledge:
        """Return what the course's model says of a learner, with every answer of the transaction taken in."""
        with self._lock:
            live = self._current(work, course, now)
            return live.know(learner, self._catalogue(course, released), at=now.timestamp())

    def answers(self, work: UnitOfWork, course: Course, *, now: datetime, learner: str | None = None) -> list[Answer]:
        """Return the answers that are evidence, of one learner or of all, in the order they were learned from."""
        with self._lock:
            live = self._current(work, course, now)
            return list(live.log if learner is None else live.of_learner.get(learner, ()))

    def predictions(
        self, work: UnitOfWork, course: Course, learner: str, lesson: Lesson, *, exercises: Iterable[str], now: datetime
    ) -> dict[str, float]:
        """Return the probability of a right answer to exercises of a lesson, by their ids."""
        with self._lock:
            predict = self._current(work, course, now).model.predict
            return {
                each: predict(Question(learner, lesson.item_of(each), lesson.skills_of(each), now.timestamp()))
                for each in exercises
            }

    def _catalogue(self, course: Course, released: Mapping[LessonKey, LessonSummary]) -> Catalogue:
        """Return the exercises of the releases, made once for each state of the course."""
        state = (course, {key: summary.number for key, summary in released.items()})
        known = self._catalogues.get(course.name)
        if known is None or known[0] != state:
            catalogue = Catalogue.of(course, {key: summary.exercises for key, summary in released.items()})
            known = self._catalogues[course.name] = (state, catalogue)
        return known[1]

    def _current(self, work: UnitOfWork, course: Course, now: datetime) -> LiveModel:
        version = work.models.latest(course.name)
        hidden = frozenset(each.name for each in course.modules if withheld(course, each.name, now) is not None)
        ground = (course, version.number if version else 0, hidden)
        known = self._live.get(course.name)
        if known is not None and known[0] == ground and self._keep_up(work, course.name, known[1]):
            return known[1]
        rules = course.mastery or MasteryRules()
        fitted = version.fitted if version and version.fitted.model == rules.model else Fitted(rules.model)
        releases = self._releases.setdefault(course.name, {})
        live = LiveModel(course, fitted.fresh(), AnswerHistory(hidden, releases))
        answers, events = self._read(work, course.name, live)
        live.learn(live.history.whole(answers, events))
        self._live[course.name] = (ground, live)
        self._moves += 1
        return live

    def _keep_up(self, work: UnitOfWork, course: str, live: LiveModel) -> bool:
        """Take in what is new in the log; False when the model has to be made anew."""
        answers, events = self._read(work, course, live)
        if not answers and not events:
            return True
        outcomes = live.history.more(answers, events)
        if outcomes is None:
            return False
        live.learn(outcomes)
        self._moves += 1
        return True

    def _read(self, work: UnitOfWork, course: str, live: LiveModel) -> tuple[Sequence[GradedAnswer], Sequence[Event]]:
        """Return what came since, with the releases that were answered at hand, and note how far the log was read."""
        answers = work.graded.after(course, live.last_answer)
        events = work.events.of_course(course, kinds=KINDS, after=live.last_event)
        live.last_event = max(live.last_event, work.events.last_id())
        releases = self._releases[course]
        for answer in answers:
            live.last_answer = answer.number
            if (answer.lesson, answer.version) not in releases:
                version = work.versions.find(course, answer.lesson, answer.version)
                assert version is not None  # noqa: S101 - an attempt refers to its release
                releases[answer.lesson, answer.version] = Release.of(version)
        return answers, events
