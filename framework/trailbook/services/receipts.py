"""Receipts of attempts: signed when they are received, and made anew from what is stored for whoever asks."""

from __future__ import annotations

from dataclasses import replace

from trailbook.domain.receipts import Receipt, content_sha256
from trailbook.services.ports import Attempt
from trailbook.services.ports.receipts import Signer


def signed(attempt: Attempt, signer: Signer) -> Attempt:
    """Return a new attempt with the hash of its answers and the signature of its receipt."""
    hashed = replace(attempt, sha256=content_sha256(attempt.answers))
    return replace(hashed, signature=signer.sign(_unsigned(hashed).signed_bytes()))


def receipt_of(attempt: Attempt) -> Receipt | None:
    """Return the receipt of a stored attempt, None for one from before there were receipts."""
    return _unsigned(attempt) if attempt.signature else None


def _unsigned(attempt: Attempt) -> Receipt:
    return Receipt(
        id=attempt.id,
        kind=attempt.kind.value,
        course=attempt.course,
        lesson=str(attempt.lesson),
        version=attempt.version,
        exercise=attempt.exercise,
        learner=attempt.learner,
        cells=tuple(sorted(attempt.answers)),
        sha256=attempt.sha256,
        received_at=attempt.created_at,
        signature=attempt.signature,
    )
