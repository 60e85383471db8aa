"""Makes up for what did not happen: jobs nobody runs, and results the gradebook does not have."""

from __future__ import annotations

import logging
from datetime import timedelta

from trailbook.services.grading_context import GradingContext
from trailbook.services.ports import JobQueue
from trailbook.services.record_result import try_to_record

AT_ONCE = 500
BEYOND_EVERY_LEASE = timedelta(days=365)

log = logging.getLogger(__name__)


def take_back_jobs(context: GradingContext) -> None:
    """Queue every job that runs, whatever its lease says.

    Only for the start of a process that holds the only workers there are: what ran before, it ran itself.
    """
    with context.storage() as work:
        for attempt in work.attempts.waiting(now=context.clock() + BEYOND_EVERY_LEASE, limit=AT_ONCE):
            if attempt.lease_until is not None:
                log.warning("attempt %s was left behind by a worker that ended; it runs again", attempt.id)
                work.attempts.requeue(attempt.id)


def recover_jobs(context: GradingContext, queue: JobQueue) -> int:
    """Dispatch every job that waits, write what the gradebook lacks, and return how many jobs were dispatched.

    For the start and from time to time. A job that is dispatched twice is run once: see `run_job`.
    """
    with context.storage(read_only=True) as work:
        waiting = work.attempts.waiting(now=context.clock(), limit=AT_ONCE)
        unrecorded = work.attempts.unrecorded(limit=AT_ONCE)
    for attempt in waiting:
        queue.dispatch(attempt.id)
    for attempt in unrecorded:
        try_to_record(context, attempt.id)
    return len(waiting)
