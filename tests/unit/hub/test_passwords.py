"""Sign-in by the password file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from trailbook_hub.passwords import PasswordFileAuthenticator, new_password, write_passwords, write_private

NAME = "te<s'&\">t ü"


@pytest.fixture
def authenticator(tmp_path: Path) -> PasswordFileAuthenticator:
    path = tmp_path / "passwords.json"
    write_passwords(path, {"ada": "a secret of ada", NAME: "pässword"})
    return PasswordFileAuthenticator(password_file=str(path), allowed_users={"ada", NAME})


@pytest.mark.parametrize(("name", "password"), [("ada", "a secret of ada"), (NAME, "pässword")])
async def test_authenticate_right_password(authenticator: PasswordFileAuthenticator, name: str, password: str) -> None:
    assert await authenticator.authenticate(None, {"username": name, "password": password}) == name


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada", "pässword"),
        ("ada", ""),
        ("Ada", "a secret of ada"),
        ("nobody", "a secret of ada"),
        ("nobody", ""),
        ("", ""),
    ],
)
async def test_authenticate_wrong_is_nobody(authenticator: PasswordFileAuthenticator, name: str, password: str) -> None:
    assert await authenticator.authenticate(None, {"username": name, "password": password}) is None


def test_write_passwords_keeps_no_password_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "passwords.json"
    write_passwords(path, {"ada": "open sesame"})
    assert "open sesame" not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_write_private_replaces_a_readable_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text("utf-8"), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)


def test_new_password_is_long_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(password) for password in made} == {14}
