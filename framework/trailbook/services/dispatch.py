"""Brings queued jobs to workers: the most urgent first, and only as many as can run soon. The rest stay rows.

However many jobs wait, memory holds `LOOK_AHEAD` of them for each environment, and the workers know a handful.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import queue
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from trailbook.domain.errors import CourseError
from trailbook.services.arrivals import Arrivals
from trailbook.services.ports import Clock, Storage
from trailbook.services.ports.jobs import DEFAULT_ENVIRONMENT, Pool, Priority, QueuedJob

LOOK_AHEAD = 100
AHEAD = 1
"""Jobs handed over beyond what runs, so that a worker need not wait for the next; more would only grow old there."""

LOOK_AGAIN_SECONDS = 1.0  # how late it may be noticed that workers came

log = logging.getLogger(__name__)


@dataclass
class Line:
    """The jobs of one environment: those known to wait, and those handed over."""

    waiting: list[tuple[Priority, int, QueuedJob]] = field(default_factory=list)
    handed: dict[str, QueuedJob] = field(default_factory=dict)
    is_complete: bool = False  # whether the database has no waiting job beyond those here

    def has(self, job: QueuedJob) -> bool:
        """Whether the job is here already."""
        return job.id in self.handed or any(each.id == job.id for _, _, each in self.waiting)

    def next(self, *, places: int) -> QueuedJob | None:
        """Return the most urgent job if it may be handed over.

        Less urgent jobs handed over before do not stand in its way: the workers take it before them.
        """
        if not self.waiting:
            return None
        job = self.waiting[0][2]
        before = sum(each.priority <= job.priority for each in self.handed.values())
        if before >= places + AHEAD:
            return None
        heapq.heappop(self.waiting)
        return job


class Dispatcher:
    """Hands jobs to the workers of their course's environment; see `trailbook.services.ports.JobQueue`.

    Parameters
    ----------
    environments
        Environment by course; a course that is not in it is graded in the default one.
    arrivals
        Answers on their way to the disk; while there are any nothing is handed over.
    """

    def __init__(
        self, storage: Storage, clock: Clock, pool: Pool, *, environments: Mapping[str, str], arrivals: Arrivals
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._pool = pool
        self._environments = environments
        self._arrivals = arrivals
        self._lines = {name: Line() for name in (DEFAULT_ENVIRONMENT, *environments.values())}
        self._lacking: frozenset[str] = frozenset()
        self._numbers = itertools.count()
        self._news: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._changed = threading.Lock()
        self._ending = False
        self._thread = threading.Thread(target=self._follow, name="trailbook-dispatch", daemon=True)

    def start(self) -> None:
        """Begin to hand jobs over, with those that wait in the database."""
        self._thread.start()
        self.look_again()

    def stop(self) -> None:
        """Hand over no more; what was handed over is not touched."""
        self._ending = True
        self._news.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def dispatch(self, attempt_id: str) -> None:
        """Bring a job to a worker when its turn comes; returns at once."""
        self._news.put(attempt_id)

    def look_again(self) -> None:
        """Look in the database for jobs that wait, some of which nobody told of."""
        self._forget()
        self._news.put(None)

    def why_waiting(self, course: str) -> str:
        """Return why the jobs of a course do not begin, for its learners; "" when only other jobs are in the way."""
        if self._environment_of(course) not in self._lacking:
            return ""
        return "No grading machine of this course is running now. Your answer is kept, and graded as soon as one is."

    def _environment_of(self, course: str) -> str:
        return self._environments.get(course, DEFAULT_ENVIRONMENT)

    def _follow(self) -> None:
        while True:
            news = self._wait_for_news()
            if self._ending:
                return
            try:
                self._note(news)
                self._hand_over()
            except CourseError as error:
                log.warning("Waiting jobs could not be read, to be tried again: %s", error)
                self._forget()
            except Exception:  # without this thread nothing would be graded any more, and nobody would know
                log.exception("Waiting jobs could not be handed over, to be tried again.")
                self._forget()

    def _wait_for_news(self) -> list[str]:
        """Return the jobs there was news of; none where only time went by, or a place became free."""
        found: list[str | None] = []
        with suppress(queue.Empty):
            found.append(self._news.get(timeout=LOOK_AGAIN_SECONDS))
            self._arrivals.give_way()
            while True:
                found.append(self._news.get_nowait())
        return [each for each in found if each is not None]

    def _forget(self) -> None:
        """Have the next look read the database."""
        with self._changed:
            for line in self._lines.values():
                line.is_complete = False

    def _note(self, news: Sequence[str]) -> None:
        if not news:
            return
        now = self._clock()
        with self._storage(read_only=True) as work:
            found = [work.attempts.find_queued(attempt_id, now=now) for attempt_id in news]
        with self._changed:
            for job in found:
                if job is not None:
                    self._add(self._lines[self._environment_of(job.course)], job)

    def _add(self, line: Line, job: QueuedJob) -> None:
        if line.has(job):
            return
        heapq.heappush(line.waiting, (job.priority, next(self._numbers), job))
        if len(line.waiting) > LOOK_AHEAD:
            line.waiting.remove(max(line.waiting))
            heapq.heapify(line.waiting)
            line.is_complete = False

    def _hand_over(self) -> None:
        places = self._pool.places()
        for environment, line in self._lines.items():
            offered = places.get(environment, 0)
            self._read_more(environment, line)
            self._say_lacking(environment, line, offered=offered)
            while offered and (job := self._next(environment, line, places=offered)) is not None:
                self._pool.start(job, environment, partial(self._ended, line, job))

    def _next(self, environment: str, line: Line, *, places: int) -> QueuedJob | None:
        self._read_more(environment, line)
        with self._changed:
            job = line.next(places=places)
            if job is not None:
                line.handed[job.id] = job
        return job

    def _read_more(self, environment: str, line: Line) -> None:
        """Read the most urgent jobs of an environment that were not handed over, where none is known."""
        if line.waiting or line.is_complete:
            return
        others = [course for course, name in self._environments.items() if name != environment]
        own = [course for course, name in self._environments.items() if name == environment]
        limit = LOOK_AHEAD + len(line.handed)
        with self._storage(read_only=True) as work:
            found = work.attempts.queued(
                now=self._clock(),
                limit=limit,
                courses=None if environment == DEFAULT_ENVIRONMENT else own,
                other_than=others if environment == DEFAULT_ENVIRONMENT else (),
            )
        with self._changed:
            line.is_complete = len(found) < limit
            for job in found:
                self._add(line, job)

    def _ended(self, line: Line, job: QueuedJob) -> None:
        with self._changed:
            line.handed.pop(job.id, None)
        self._news.put(None)

    def _say_lacking(self, environment: str, line: Line, *, offered: int) -> None:
        lacks = not offered and bool(line.waiting)
        if lacks and environment not in self._lacking:
            self._lacking |= {environment}
            log.warning(
                "Grading jobs wait for the environment %s, which no worker offers. Start one: "
                "trailbook worker --environment %s …",
                environment,
                environment,
            )
        elif offered and environment in self._lacking:
            self._lacking -= {environment}
            log.warning("A worker offers the environment %s again; its grading jobs go on.", environment)
