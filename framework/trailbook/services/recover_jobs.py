"""Makes up for what did not happen: jobs that nobody runs any more, and results the gradebook does not have."""

from __future__ import annotations

import logging

from trailbook.services.grading_context import GradingContext
from trailbook.services.record_result import try_to_record

AT_ONCE = 500

log = logging.getLogger(__name__)


def take_back_jobs(context: GradingContext) -> None:
    """Queue every job that runs, whatever its lease says.

    Only for the start of the process that holds the leases: what ran before, it had run itself.
    """
    with context.storage() as work:
        for attempt_id in work.attempts.requeue_running():
            log.warning("attempt %s was left behind by a course service that ended; it runs again", attempt_id)


def record_missing(context: GradingContext) -> None:
    """Write what the gradebook lacks; for the start and from time to time."""
    with context.storage(read_only=True) as work:
        unrecorded = work.attempts.unrecorded(limit=AT_ONCE)
    for attempt in unrecorded:
        try_to_record(context, attempt.id)
