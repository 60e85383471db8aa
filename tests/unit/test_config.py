"""Settings: a file, the environment over it, and what is wrong with either in one line."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbook.config import OPTIONS, Settings, load_settings
from trailbook.domain.errors import Invalid


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.yaml"
    path.write_text(text, "utf-8")
    return path


def refused(path: Path | None, env: dict[str, str] | None = None) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        load_settings(path, env or {})
    return refusal.value


def test_no_file_and_no_environment_give_the_defaults() -> None:
    settings = load_settings(None, {})
    assert settings == Settings()
    assert settings.database == f"sqlite:///{Path.cwd() / '.trailbook' / 'trailbook.db'}"


def test_file_is_read_with_paths_from_its_folder(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "state_folder: my state\ncourses: [a, /srv/b]\nworkers: 3\nlease_seconds: 10\ninsecure: true\n"
        "database_url: postgresql:///trailbook\ndask_tls_ca: ca.pem\nidentity: single\n"
        "course_environments: {stats 1: stats}\n",
    )
    settings = load_settings(path, {})
    assert settings == Settings(
        state_folder=tmp_path / "my state",
        courses=(tmp_path / "a", Path("/srv/b")),
        workers=3,
        lease_seconds=10.0,
        insecure=True,
        database_url="postgresql:///trailbook",
        dask_tls_ca=tmp_path / "ca.pem",
        identity="single",
        course_environments={"stats 1": "stats"},
    )
    assert settings.database == "postgresql:///trailbook"


def test_environment_wins_and_can_name_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "workers: 3\nmax_tries: 5\n")
    env = {
        "TRAILBOOK_SETTINGS": str(path),
        "TRAILBOOK_WORKERS": "7",
        "TRAILBOOK_INSECURE": "1",
        "TRAILBOOK_COURSES": f"/srv/a{os.pathsep}{tmp_path / 'b c'}",
        "TRAILBOOK_DASK_TLS_CA": "",
        "TRAILBOOK_COURSE_ENVIRONMENTS": "stats 1=stats, ml=gpu",
        "TRAILBOOK_DATABASE_URL": "sqlite:////x: y.db",
        "TRAILBOOK_MANUAL_GRADE_POLL_SECONDS": "0.5",
        "TRAILBOOK_TOKEN": "is of another program",
    }
    assert load_settings(None, env) == Settings(
        workers=7,
        max_tries=5,
        insecure=True,
        courses=(Path("/srv/a"), tmp_path / "b c"),
        course_environments={"stats 1": "stats", "ml": "gpu"},
        database_url="sqlite:////x: y.db",
        manual_grade_poll_seconds=0.5,
    )


def test_state_folder_may_have_a_home_of_someone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings(None, {"TRAILBOOK_STATE_FOLDER": "~/state"}).state_folder == tmp_path / "state"


def test_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, "# nothing yet\n"), {}) == Settings()


def test_unknown_key_names_line_and_nearest_key(tmp_path: Path) -> None:
    path = write(tmp_path, "workers: 2\n\nmax_trys: 3\n")
    refusal = refused(path)
    assert refusal.code == "unknown_setting"
    assert refusal.message == f"{path}, line 3: there is no setting 'max_trys'. Did you mean 'max_tries'?"
    assert refusal.details == {"file": str(path), "line": 3, "nearest": "max_tries"}


@pytest.mark.parametrize("text", ["[a]", "text", "a: [", "workers: 1\n\t- x", "!!python/object:os.system {}", "1: 2"])
def test_file_that_is_no_settings_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(write(tmp_path, text)).code in ("unreadable_settings", "unknown_setting")


def test_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.yaml").code == "unreadable_settings"
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    assert refused(tmp_path / "binary.yaml").code == "unreadable_settings"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("workers: many", "It must be a whole number of at least 1."),
        ("workers: 0", "It must be a whole number of at least 1."),
        ("workers: true", "It must be a whole number of at least 1."),
        ("workers: 1.5", "It must be a whole number of at least 1."),
        ("lease_seconds: .nan", "It must be a number of at least 1."),
        ("lease_seconds: '9'", "It must be a number of at least 1."),
        ("insecure: 'yes'", "It must be true or false."),
        ("identity: anyone", "It must be a text: hub or single."),
        ("courses: a", "It must be a list of paths."),
        ("courses: [1]", "It must be a list of paths."),
        ("state_folder:", "It must be a path."),
        ("dask_tls_ca: 5", "It must be a path."),
        ("home_url: 5", "It must be a text."),
        ("course_environments: [stats]", "It must be names with a name each."),
        ("course_environments: {stats: }", "It must be names with a name each."),
    ],
)
def test_value_of_the_wrong_kind_says_what_is_right(tmp_path: Path, line: str, expected: str) -> None:
    path = write(tmp_path, line)
    refusal = refused(path)
    assert (refusal.code, refusal.details) == ("bad_setting", {"setting": line.partition(":")[0]})
    assert refusal.message.startswith(f"{path}, line 1: ")
    assert refusal.message.endswith(expected)


def test_bad_value_in_the_environment_names_the_variable() -> None:
    assert refused(None, {"TRAILBOOK_WORKERS": "x"}).message.startswith("TRAILBOOK_WORKERS: workers is 'x'.")
    assert refused(None, {"TRAILBOOK_WORKERS": "["}).code == "bad_setting"


@given(st.dictionaries(st.sampled_from(sorted(OPTIONS)), st.text(max_size=20), max_size=3))
def test_any_environment_gives_settings_or_a_clear_refusal(values: dict[str, str]) -> None:
    env = {f"TRAILBOOK_{name.upper()}": text for name, text in values.items()}
    with suppress(Invalid):  # anything else is a failure
        assert isinstance(load_settings(None, env), Settings)
