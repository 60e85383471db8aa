"""Sign-in by passwords in a file: for the demo and for a first small server.

The file holds no password, only scrypt hashes, and wants mode 600.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Unicode

_SCRYPT = {"n": 2**14, "r": 8, "p": 1}
_NOBODY = {"salt": "00" * 16, "hash": ""}


class PasswordFileAuthenticator(Authenticator):  # type: ignore[misc]  # jupyterhub has no types
    """Lets in the users of `allowed_users` whose password matches the file's hash."""

    password_file = Unicode(help="JSON file of user name to salt and hash; written by `write_passwords`.").tag(
        config=True
    )

    def normalize_username(self, username: str) -> str:
        """Return the name as it is: names differ by case."""
        return username

    async def authenticate(self, handler: Any, data: Mapping[str, str]) -> str | None:
        """Return the user's name, or None; a wrong name takes as long as a wrong password."""
        stored = await asyncio.to_thread(_read, Path(self.password_file))
        entry = stored.get(data["username"], _NOBODY)
        given = await asyncio.to_thread(_hash, data["password"], bytes.fromhex(entry["salt"]))
        return data["username"] if hmac.compare_digest(given, entry["hash"]) else None


def new_password() -> str:
    """Return a password nobody can guess and anybody can type: 60 bits, in groups of four letters."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def write_passwords(path: Path, passwords: Mapping[str, str]) -> None:
    """Write the file the authenticator reads, replacing it whole."""
    entries = {}
    for name, password in passwords.items():
        salt = secrets.token_bytes(16)
        entries[name] = {"salt": salt.hex(), "hash": _hash(password, salt)}
    write_private(path, json.dumps(entries, indent=1))


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner may read; it is never there half-written, nor readable for a moment."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - the mode at creation
        file.write(text)
    draft.replace(path)


def _read(path: Path) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def _hash(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT).hex()
