"""Gives receipts: of what was received, to whom it belongs."""

from __future__ import annotations

from trailbook.domain.errors import NotFound
from trailbook.domain.people import Identity
from trailbook.domain.receipts import Receipt
from trailbook.services.context import Context
from trailbook.services.find_attempt import get_own_attempt
from trailbook.services.receipts import receipt_of


def view_receipt(context: Context, identity: Identity, attempt_id: str) -> Receipt:
    """Return the receipt of an attempt or a submission of the person's own, or of a course the person is staff of.

    Raises
    ------
    NotFound
        ``unknown_attempt``: there is none with this id, or it is someone else's; ``no_receipt``: it was received before
        Trailbook gave receipts.
    """
    with context.storage(read_only=True) as work:
        attempt = get_own_attempt(work, identity, attempt_id)
    receipt = receipt_of(attempt)
    if receipt is None:
        raise NotFound(
            "no_receipt",
            "This was received before Trailbook gave receipts. Send it again to have one.",
            attempt=attempt_id,
        )
    return receipt
