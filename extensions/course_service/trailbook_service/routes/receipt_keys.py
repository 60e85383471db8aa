"""The public keys that receipts can be verified with."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from trailbook.domain.errors import NotFound
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name
from trailbook_service.contract import REFUSED, PublicKey, PublicKeyList, answering
from trailbook_service.credentials import Caller
from trailbook_service.door import TheDoor

router = APIRouter(tags=["attempts"])


@router.get("/receipt-keys", responses=answering(PublicKeyList))
def list_receipt_keys(caller: Caller, door: TheDoor) -> JsonAnswer:
    """Return every public key that receipts of this service were signed with; today's and older ones."""
    keys = sorted(door.application.public_keys().items())
    return json_answer(PublicKeyList([PublicKey(name, pem.decode("ascii")) for name, pem in keys]))


@router.get("/receipt-keys/{key}", response_class=Response, responses=REFUSED)
def read_receipt_key(key: Name, caller: Caller, door: TheDoor) -> Response:
    """Return one public key as a PEM file, for `trailbook verify-receipt --key`."""
    pem = door.application.public_keys().get(key)
    if pem is None:
        raise NotFound(
            "unknown_key", "No receipt of this service is signed with this key. Look at api/v1/receipt-keys."
        )
    headers = {"Content-Disposition": f'attachment; filename="receipts-{key}.pem"'}
    return Response(pem, media_type="application/x-pem-file", headers=headers)
