"""`trailbook verify-receipt`: who has a receipt and the public key can tell whether it is right, without a service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.courses import NOW, TRAP, attempt
from support.notebooks import answer, check, notebook

from trailbook.adapters.signing import open_signer
from trailbook.services.receipts import receipt_of, signed

from .conftest import Run

ANSWERS = {"a": "a = 1  # ü", "b": ""}


@dataclass(frozen=True)
class Files:
    """A receipt as downloaded, and what is beside it."""

    receipt: Path
    key: Path

    @property
    def content(self) -> dict[str, Any]:
        """Return the receipt's fields."""
        return json.loads(self.receipt.read_text())

    def write(self, content: object) -> Path:
        """Put something else in the receipt's place."""
        self.receipt.write_text(json.dumps(content))
        return self.receipt


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A receipt of two answers, and the public key it was signed with, in the state folder of the settings."""
    state = tmp_path / "the state"
    receipt = receipt_of(signed(attempt("x", answers=ANSWERS), open_signer(state)))
    assert receipt is not None
    [key] = state.glob("*.pem")
    made = Files(tmp_path / "my receipt.json", key)
    made.write(receipt.as_json())
    return made


def write_json(path: Path, value: object) -> Path:
    """Write a JSON file and return it."""
    path.write_text(json.dumps(value))
    return path


def test_receipt_that_is_right_is_valid_with_the_public_key_alone(run: Run, files: Files) -> None:
    ran = run("verify-receipt", files.receipt, "--key", files.key)

    said = f"Valid: {TRAP} sent attempt x of course, Übung 1/one, at {NOW.isoformat()}."
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"{said} Name the answers too, to see whether it is of them.\n"


def test_keys_of_the_settings_are_used_where_none_is_named(run: Run, files: Files) -> None:
    assert run("verify-receipt", files.receipt).status == 0
    files.key.unlink()
    ran = run("verify-receipt", files.receipt)
    assert ran.status == 2
    assert ran.refusal.startswith("trailbook: There is no public key in ")


def test_json_says_what_was_found_and_what_the_receipt_says(run: Run, files: Files) -> None:
    ran = run("verify-receipt", files.receipt, "--json")
    assert ran.json == {"valid": True, "code": "", "message": ran.json["message"], **files.content}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "y"),
        ("kind", "submission"),
        ("course", "another"),
        ("lesson", "Übung 1/two"),
        ("version", 2),
        ("exercise", None),
        ("exercise", "b"),
        ("learner", "ada"),
        ("cells", ["a"]),
        ("cells", ["b", "a"]),
        ("sha256", "0" * 64),
        ("received_at", "2026-03-01T23:29:59+00:00"),
    ],
)
def test_receipt_with_a_changed_field_is_not_valid(run: Run, files: Files, field: str, value: object) -> None:
    files.write({**files.content, field: value})

    ran = run("verify-receipt", files.receipt, "--key", files.key, "--json")

    assert (ran.status, ran.json["valid"], ran.json["code"]) == (1, False, "bad_signature")
    assert ran.json["message"] == "Not valid: it was changed after it was signed. Download it anew."


def test_every_field_is_tried(files: Files) -> None:
    [tried] = [mark for mark in test_receipt_with_a_changed_field_is_not_valid.pytestmark if mark.name == "parametrize"]
    assert {field for field, _ in tried.args[1]} | {"signature", "format"} == set(files.content)


@pytest.mark.parametrize("place", [0, 40, -1])
def test_receipt_with_a_changed_signature_is_not_valid(run: Run, files: Files, place: int) -> None:
    key, _, signature = files.content["signature"].partition(".")
    letters = list(signature)
    letters[place] = chr(ord(letters[place]) + 1) if letters[place] not in "9Zz_-" else "B"
    files.write({**files.content, "signature": f"{key}.{''.join(letters)}"})

    ran = run("verify-receipt", files.receipt, "--key", files.key)

    assert (ran.status, ran.out) == (1, "Not valid: it was changed after it was signed. Download it anew.\n")


@pytest.mark.parametrize("signature", ["", "no-key.AAAA", "."])
def test_receipt_of_a_key_that_is_not_known_is_not_valid(run: Run, files: Files, signature: str) -> None:
    files.write({**files.content, "signature": signature})
    ran = run("verify-receipt", files.receipt, "--key", files.key, "--json")
    assert (ran.status, ran.json["code"]) == (1, "unknown_key")


def test_receipt_that_another_service_signed_is_not_valid(run: Run, files: Files, tmp_path: Path) -> None:
    open_signer(tmp_path / "another")
    [other] = (tmp_path / "another").glob("*.pem")

    ran = run("verify-receipt", files.receipt, "--key", other)

    assert ran.status == 1
    assert "which is not among these" in ran.out
    assert run("verify-receipt", files.receipt, "--key", other, "--key", files.key).status == 0


@pytest.mark.parametrize(
    ("answers", "status", "said"),
    [
        (ANSWERS, 0, "and these are the answers."),
        ({**ANSWERS, "another cell": "1"}, 0, "and these are the answers."),
        ({**ANSWERS, "a": "a = 2"}, 1, "Not valid for these answers: something else was sent."),
        ({"a": ANSWERS["a"]}, 1, "Not valid for these answers: something else was sent."),
        ({}, 1, "Not valid for these answers: something else was sent."),
    ],
)
def test_answers_are_compared(
    run: Run, files: Files, tmp_path: Path, answers: dict[str, str], status: int, said: str
) -> None:
    ran = run("verify-receipt", files.receipt, "--answers", write_json(tmp_path / "answers.json", answers))
    assert ran.status == status
    assert ran.out.endswith(f"{said}\n")


def test_notebook_is_compared_by_its_answer_cells(run: Run, files: Files, tmp_path: Path) -> None:
    kept = write_json(tmp_path / "kept.ipynb", notebook(answer("a", ANSWERS["a"]), check("a-test"), answer("b", "")))
    edited = write_json(tmp_path / "edited.ipynb", notebook(answer("a", "a = 2"), check("a-test"), answer("b", "")))

    assert run("verify-receipt", files.receipt, "--notebook", kept).status == 0
    assert run("verify-receipt", files.receipt, "--notebook", edited).status == 1


def test_notebook_as_jupyter_saves_it_is_compared(run: Run, files: Files, tmp_path: Path) -> None:
    saved = notebook(answer("a", ANSWERS["a"]), answer("b", ""))
    for cell in saved["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    assert run("verify-receipt", files.receipt, "--notebook", write_json(tmp_path / "n.ipynb", saved)).status == 0


@pytest.mark.parametrize(
    "content", [[], "text", {}, {"id": "x"}, {"format": "trailbook-receipt-2"}, {"received_at": "2026-03-01T23:30:00"}]
)
def test_file_that_is_no_receipt_is_refused(run: Run, files: Files, content: object) -> None:
    files.write({**files.content, **content} if isinstance(content, dict) and len(content) == 1 else content)
    if content == {"id": "x"}:
        files.write({name: value for name, value in files.content.items() if name != "cells"})

    ran = run("verify-receipt", files.receipt, "--key", files.key)

    assert ran.status == 2
    assert ran.refusal == "trailbook: This is no receipt of Trailbook's. Download it anew from the lesson page."


def test_key_that_is_none_is_refused(run: Run, files: Files) -> None:
    ran = run("verify-receipt", files.receipt, "--key", files.receipt)
    assert (ran.status, ran.refusal) == (2, "trailbook: This is no public key. It begins with BEGIN PUBLIC KEY.")


def test_file_that_is_not_there_is_refused(run: Run, files: Files, tmp_path: Path) -> None:
    ran = run("verify-receipt", tmp_path / "none.json", "--key", files.key)
    assert (ran.status, ran.refusal) == (
        2,
        f"trailbook: {tmp_path / 'none.json'} cannot be read: No such file or directory.",
    )
