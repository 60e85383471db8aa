"""Tells whether a receipt is right, for anybody who has it and a public key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trailbook.domain.receipts import Receipt, matches
from trailbook.services.ports.receipts import Verifier


@dataclass(frozen=True)
class Finding:
    """Whether a receipt is right, and what to tell; ``code`` is "" for one that is."""

    code: str
    message: str

    @property
    def is_valid(self) -> bool:
        """Whether all that was asked is right."""
        return not self.code


def verify_receipt(receipt: Receipt, verifier: Verifier, *, sources: Mapping[str, str] | None) -> Finding:
    """Return whether the receipt was signed by a known key, and is of these answers.

    Parameters
    ----------
    sources
        Sources of cells by ``grade_id`` that the receipt should be of; None to ask only for the signature.
    """
    if not verifier.knows(receipt.key_id):
        return Finding(
            "unknown_key",
            f"Not valid: it is signed with the key {receipt.key_id or '(none)'}, which is not among these.",
        )
    if not verifier.is_right(receipt.signed_bytes(), receipt.signature):
        return Finding("bad_signature", "Not valid: it was changed after it was signed. Download it anew.")
    said = (
        f"{receipt.learner} sent {receipt.kind} {receipt.id} of {receipt.course}, {receipt.lesson}, "
        f"at {receipt.received_at.isoformat()}"
    )
    if sources is None:
        return Finding("", f"Valid: {said}. Name the answers too, to see whether it is of them.")
    if not matches(receipt, sources):
        return Finding("other_content", "Not valid for these answers: something else was sent.")
    return Finding("", f"Valid: {said}, and these are the answers.")
