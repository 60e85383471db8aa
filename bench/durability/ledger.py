"""What was acknowledged, and whether the database has each of it once: received once, graded once, with its receipt."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from durability.course import EXERCISE, KEY, NAME, answer_of
from trailbook.adapters.signing import Ed25519Verifier, public_keys_in
from trailbook.adapters.storage import SqlStorage
from trailbook.services.ports import Attempt, JobStatus
from trailbook.services.receipts import receipt_of
from trailbook.services.verify_receipt import verify_receipt

NO_LIMIT = 10_000_000


@dataclass
class Ledger:
    """The id each answer was acknowledged with, by learner and number."""

    ids: dict[tuple[str, int], str] = field(default_factory=dict)
    changed: set[tuple[str, int]] = field(default_factory=set)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def note(self, learner: str, number: int, attempt_id: str) -> None:
        """Note an acknowledgement; a second one, for the same answer sent again, must name the same attempt."""
        with self._news:
            if self.ids.setdefault((learner, number), attempt_id) != attempt_id:
                self.changed.add((learner, number))
            self._news.notify_all()

    def wait_for_more_than(self, count: int, seconds: float) -> None:
        """Wait until more than so many are acknowledged, so many seconds at most."""
        with self._news:
            self._news.wait_for(lambda: len(self.ids) > count, timeout=seconds)


@dataclass(frozen=True)
class Audit:
    """How many answers were acknowledged, and with how many of them something is wrong; ``why`` says what.

    Attributes
    ----------
    lost
        Not in the database, or with other content, or without a receipt that is right.
    twice
        Received, graded or told twice, or known by two ids.
    ungraded
        Not graded, or not in the gradebook.
    """

    acknowledged: int
    lost: int
    twice: int
    ungraded: int
    why: tuple[str, ...] = ()


def audit(ledger: Ledger, storage: SqlStorage, state: Path) -> Audit:
    """Compare what was acknowledged with what the database has."""
    verifier = Ed25519Verifier(public_keys_in(state).values())
    with storage(read_only=True) as work:
        learners = {name for name, _ in ledger.ids}
        rows = [each for name in sorted(learners) for each in work.attempts.of_learner(name, NAME, KEY)]
        kinds = Counter((event.kind, str(event.data.get("attempt"))) for event in work.events.after(0, limit=NO_LIMIT))
        results = {each.id: len(work.attempts.results(each.id)) for each in rows}
    stored = {each.id: each for each in rows}
    times = Counter((each.learner, each.key) for each in rows)

    def is_kept(name: str, number: int, attempt_id: str) -> bool:
        found = stored.get(attempt_id)
        return (
            found is not None
            and (found.learner, found.key) == (name, f"key-{number}")
            and _is_right(found, number, verifier)
        )

    def is_twice(name: str, number: int, attempt_id: str) -> bool:
        told = (kinds["attempt_submitted", attempt_id], kinds["attempt_graded", attempt_id], results.get(attempt_id, 0))
        return times[name, f"key-{number}"] > 1 or max(told) > 1

    ungraded = [found for found in ledger.ids.values() if not is_done(stored.get(found))]
    return Audit(
        acknowledged=len(ledger.ids),
        lost=sum(not is_kept(*place, found) for place, found in ledger.ids.items()),
        twice=len(ledger.changed | {place for place, found in ledger.ids.items() if is_twice(*place, found)}),
        ungraded=len(ungraded),
        why=tuple(f"{found}: {_how_it_stands(stored.get(found))}" for found in ungraded),
    )


def is_done(attempt: Attempt | None) -> bool:
    """Whether an attempt was graded, with all points, and the gradebook has it."""
    if attempt is None or attempt.result is None or attempt.recorded_at is None:
        return False
    tests = attempt.result.tests
    return attempt.status is JobStatus.DONE and bool(tests) and all(test.passed for test in tests)


def unfinished(storage: SqlStorage, ledger: Ledger) -> int:
    """Return how many acknowledged answers that are there are not graded and recorded yet."""
    ids = set(ledger.ids.values())
    with storage(read_only=True) as work:
        rows = [each for name in {name for name, _ in ledger.ids} for each in work.attempts.of_learner(name, NAME, KEY)]
    return sum(each.id in ids and each.recorded_at is None for each in rows)


def _how_it_stands(attempt: Attempt | None) -> str:
    if attempt is None:
        return "not there"
    result = attempt.result
    said = (
        f"{result.verdict.value} {result.reason} {[test.message for test in result.tests]}" if result else "no result"
    )
    return f"{attempt.status.value} after {attempt.tries} tries, recorded {attempt.recorded_at}, {said}"


def _is_right(attempt: Attempt, number: int, verifier: Ed25519Verifier) -> bool:
    receipt = receipt_of(attempt)
    sent = {EXERCISE: answer_of(number)}
    return receipt is not None and attempt.answers == sent and verify_receipt(receipt, verifier, sources=sent).is_valid
