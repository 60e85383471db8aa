"""Receipts: what the course service says it received, so that it can be shown to anybody later.

A receipt is signed; who has the public key can tell whether it is one. It holds no answer, only the hash of them, so it
proves what was in the answers to whoever has both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from trailbook.domain.errors import Invalid

FORMAT = "trailbook-receipt-1"


@dataclass(frozen=True)
class Receipt:
    """That a learner's answers were received.

    Attributes
    ----------
    id
        Of the attempt or the submission.
    lesson
        As ``module/lesson``.
    kind
        ``attempt`` or ``submission``.
    version
        Number of the release the answers are graded against.
    cells
        ``grade_id`` of the answers, in order of names.
    sha256
        Of the answers: see `content_sha256`.
    received_at
        The server's time, aware; never the notebook's or the browser's.
    signature
        ``KEY.SIGNATURE``: which key signed, and the signature of `signed_bytes`.
    """

    id: str
    kind: str
    course: str
    lesson: str
    version: int
    exercise: str | None
    learner: str
    cells: tuple[str, ...]
    sha256: str
    received_at: datetime
    signature: str = ""
    format: str = FORMAT

    @property
    def key_id(self) -> str:
        """Which key signed it; "" for none."""
        return self.signature.partition(".")[0]

    def signed_bytes(self) -> bytes:
        """Return what the signature is of: everything else, as JSON with sorted names and nothing between."""
        return _canonical({name: value for name, value in self.as_json().items() if name != "signature"})

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as plain JSON values; `receipt_of_json` reads them."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**values, "cells": list(self.cells), "received_at": self.received_at.astimezone(UTC).isoformat()}


def content_sha256(answers: Mapping[str, str]) -> str:
    """Return the sha256, in hexadecimal, of answers by ``grade_id``: of their JSON, names sorted, ASCII, no spaces.

    >>> content_sha256({"b": "2", "a": "1"}) == content_sha256({"a": "1", "b": "2"})
    True
    """
    return hashlib.sha256(_canonical(dict(answers))).hexdigest()


def matches(receipt: Receipt, sources: Mapping[str, str]) -> bool:
    """Whether these cells hold what was received; cells the receipt does not name do not count."""
    named = {cell: sources[cell] for cell in receipt.cells if cell in sources}
    return len(named) == len(receipt.cells) and content_sha256(named) == receipt.sha256


def receipt_of_json(value: Any) -> Receipt:
    """Return the receipt that `Receipt.as_json` wrote.

    Raises
    ------
    Invalid
        ``bad_receipt``: it is none, or one this Trailbook does not know.
    """
    names = {each.name for each in fields(Receipt)}
    if not isinstance(value, Mapping) or set(value) != names or value["format"] != FORMAT:
        raise _bad()
    texts = ("id", "kind", "course", "lesson", "learner", "sha256", "signature", "received_at")
    are_texts = all(isinstance(value[name], str) for name in texts) and isinstance(value["exercise"], str | None)
    if not are_texts or type(value["version"]) is not int or not _is_list_of_texts(value["cells"]):
        raise _bad()
    try:
        received_at = datetime.fromisoformat(value["received_at"])
    except ValueError as error:
        raise _bad() from error
    if received_at.tzinfo is None:
        raise _bad()
    return Receipt(**{**value, "cells": tuple(value["cells"]), "received_at": received_at})


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":")).encode("ascii")


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(each, str) for each in value)


def _bad() -> Invalid:
    return Invalid("bad_receipt", "This is no receipt of Trailbook's. Download it anew from the lesson page.")
