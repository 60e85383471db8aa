"""What keeps the service from starting is said in one line that names what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from trailbook import wiring
from trailbook.config import Settings
from trailbook_service.__main__ import main

HUB = {
    "JUPYTERHUB_API_TOKEN": "a token of the hub",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api",
    "JUPYTERHUB_CLIENT_ID": "service-trailbook",
    "JUPYTERHUB_SERVICE_PREFIX": "/services/trailbook/",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> pytest.MonkeyPatch:
    for name in ("TRAILBOOK_SETTINGS", *HUB):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRAILBOOK_STATE_FOLDER", str(settings.state_folder))
    monkeypatch.setenv("TRAILBOOK_COURSES", str(settings.courses[0]))
    return monkeypatch


def said(capsys: pytest.CaptureFixture[str]) -> str:
    errors = capsys.readouterr().err
    assert errors.startswith("trailbook: ")
    assert errors.count("\n") == 1
    return errors


def test_service_without_a_hub_says_who_starts_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 2
    assert "JUPYTERHUB_API_TOKEN is not set" in said(capsys)


def test_one_person_needs_a_secret(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.setenv("TRAILBOOK_IDENTITY", "single")
    environment.setenv("TRAILBOOK_TOKEN", "short")
    assert main() == 2
    assert "at least 16 characters" in said(capsys)


def test_schema_of_another_trailbook_is_refused(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    for name, value in HUB.items():
        environment.setenv(name, value)
    wiring.build(settings).stop()
    database = sqlite3.connect(settings.state_folder / "trailbook.db")
    with database:
        database.execute("UPDATE trailbook_schema SET version_num = 'long gone'")
    database.close()
    assert main() == 2
    assert "The database has schema long gone, which this Trailbook does not know." in said(capsys)


def test_unknown_setting_is_named(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("state_foldr: x\n", "utf-8")
    environment.setenv("TRAILBOOK_SETTINGS", str(file))
    assert main() == 2
    assert "line 1: there is no setting 'state_foldr'. Did you mean 'state_folder'?" in said(capsys)


def test_grading_that_cannot_start_is_said(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, value in HUB.items():
        environment.setenv(name, value)
    (tmp_path / "settings.yaml").write_text("dask_address: tcp://127.0.0.1:9\n", "utf-8")
    environment.setenv("TRAILBOOK_SETTINGS", str(tmp_path / "settings.yaml"))
    environment.setenv("TRAILBOOK_INSECURE", "1")
    assert main() == 2
    assert "TLS" in said(capsys)
