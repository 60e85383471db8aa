"""`trailbook verify-receipt`: tell whether a receipt is right."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trailbook.cli.output import add_json_option, print_json
from trailbook.domain.errors import Invalid, NotFound

DESCRIPTION = """\
Tell whether a receipt is right: signed by the course service, unchanged, and of
these answers. Anybody can ask who has the receipt and the public key; the course
service shows its keys at api/v1/receipt-keys and keeps them in its state folder
as receipts-KEY.pem.

examples:
  trailbook verify-receipt receipt.json --key receipts-0123456789abcdef.pem
  trailbook verify-receipt receipt.json --notebook lesson.ipynb --settings settings.yaml

Exit status: 0 it is right, 1 it is not, 2 it could not be asked.

Next: where it is of other answers, look for the receipt of the later submission.
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "verify-receipt",
        help="tell whether a receipt is right, and what it is of",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("receipt", metavar="RECEIPT.json", type=Path, help="the receipt, as downloaded")
    content = parser.add_mutually_exclusive_group()
    content.add_argument("--notebook", metavar="FILE", type=Path, help="a notebook the receipt should be of")
    content.add_argument("--answers", metavar="FILE", type=Path, help="JSON of the answers by grade_id, instead")
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument(
        "--key",
        metavar="PUBLIC.pem",
        type=Path,
        action="append",
        help="the course service's public key; may be given several times",
    )
    keys.add_argument(
        "--settings", metavar="FILE", type=Path, help="settings whose state folder has the keys (default: as always)"
    )
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Ask, and say what was found."""
    from trailbook.adapters.signing import Ed25519Verifier
    from trailbook.domain.receipts import receipt_of_json
    from trailbook.services.verify_receipt import verify_receipt

    receipt = receipt_of_json(_read_json(args.receipt))
    verifier = Ed25519Verifier(map(_read, args.key) if args.key else _keys_of_settings(args.settings))
    finding = verify_receipt(receipt, verifier, sources=_sources(args))
    if args.json:
        print_json({"valid": finding.is_valid, "code": finding.code, "message": finding.message, **receipt.as_json()})
    else:
        print(finding.message)
    return 0 if finding.is_valid else 1


def _keys_of_settings(path: Path | None) -> list[bytes]:
    from trailbook.adapters.signing import public_keys_in
    from trailbook.config import load_settings

    folder = load_settings(path).state_folder
    found = public_keys_in(folder)
    if not found:
        raise NotFound("no_keys", f"There is no public key in {folder}. Name one with --key, or other --settings.")
    return list(found.values())


def _sources(args: argparse.Namespace) -> Mapping[str, str] | None:
    """Return the sources of cells to compare by ``grade_id``, None when none were named."""
    from trailbook.domain.notebook import grade_cells

    if args.notebook is not None:
        notebook = _read_json(args.notebook)
        if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
            raise Invalid("no_json", f"{args.notebook} is no notebook.")
        return {cell.grade_id: cell.source for cell in grade_cells(notebook)}
    if args.answers is None:
        return None
    answers = _read_json(args.answers)
    if not isinstance(answers, dict) or not all(isinstance(text, str) for text in answers.values()):
        raise Invalid("no_json", f"{args.answers} has no answers: it is an object of texts by grade_id.")
    return answers


def _read_json(path: Path) -> Any:
    try:
        return json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise Invalid("no_json", f"{path} is not JSON.") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid("no_file", f"{path} cannot be read: {error.strerror}.") from error
