"""`trailbook doctor`: what it says of this machine and of machines on which less works."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from support.machines import run_on

from .conftest import Run

TRAILBOOK = Path(sys.executable).with_name("trailbook")
NAMES = [
    *("system", "python", "trailbook", "bubblewrap", "libseccomp"),
    *("landlock", "control groups", "state folder", "database"),
]


def test_doctor_says_what_was_tried_and_which_tier_is_used(run: Run) -> None:
    ran = run("doctor")
    lines = ran.out.splitlines()
    assert (ran.status, ran.err, lines[-1]) == (0, "", "Gradings use the tier namespaces.")
    assert [line.split() for line in lines if line.endswith("holds")] == [
        ["namespaces", "holds"], ["pod", "holds"], ["landlock", "holds"],
    ]  # fmt: skip
    assert "  io_uring           held        held  held" in ran.out
    assert "Use io_uring." in ran.out


def test_doctor_as_json_has_every_probe_of_every_tier(run: Run) -> None:
    said = run("doctor", "--json").json
    assert {key: said[key] for key in ("tier", "wanted")} == {"tier": "namespaces", "wanted": "auto"}
    assert [finding["name"] for finding in said["machine"]] == NAMES
    for tier in said["tiers"]:
        assert (tier["holds"], tier["reason"]) == (True, "")
        assert len(tier["probes"]) >= 12
    assert next(probe for probe in said["tiers"][0]["probes"] if probe["name"] == "tcp") == {
        "name": "tcp",
        "held": True,
        "seen": "PermissionError: [Errno 13] Permission denied",
        "tried": "Connect to a server on this machine over TCP.",
        "required": True,
    }


def test_doctor_changes_nothing(run: Run, tmp_path: Path) -> None:
    assert run("doctor").status == 0
    assert list(tmp_path.iterdir()) == []


def test_doctor_tells_of_the_database_and_the_space_left(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("db", "upgrade").status == 0
    finding = run("doctor", "--json").json["machine"][-1]
    assert (finding["state"], finding["seen"].partition(", schema ")[2] != "") == ("ok", True)
    monkeypatch.setenv("TRAILBOOK_MIN_FREE_BYTES", str(10**18))
    ran = run("doctor", "--json")
    space = ran.json["machine"][-2]
    assert (ran.status, space["state"], space["advice"]) == (1, "failed", "Free some space, or move `state_folder`.")


def test_doctor_fails_where_the_database_does_not_answer_and_keeps_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAILBOOK_DATABASE_URL", "postgresql://trailbook:secret@127.0.0.1:9/trailbook")
    ran = run("doctor", "--json")
    assert (ran.status, ran.json["machine"][-1]) == (
        1,
        {
            "name": "database",
            "state": "failed",
            "seen": "postgresql://trailbook:***@127.0.0.1:9/trailbook",
            "advice": "Trailbook's database does not answer now. Nothing was changed; try again.",
        },
    )


def test_doctor_reads_the_settings_it_is_given(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("sandbox_tier: landlock\n")
    assert run("doctor", "--settings", "mine.yaml").out.splitlines()[-1] == "Gradings use the tier landlock."
    (tmp_path / "wrong.yaml").write_text("sandbox_tier: pods\n")
    ran = run("doctor", "--settings", "wrong.yaml")
    assert (ran.status, "sandbox_tier" in ran.refusal) == (2, True)


def test_doctor_says_what_to_do_where_only_landlock_is_left(tmp_path: Path) -> None:
    ran = run_on("no namespaces", str(TRAILBOOK), "doctor", "--json", environment=own_environment(tmp_path))
    said = json.loads(ran.stdout)
    assert (ran.returncode, said["tier"], ran.stderr) == (0, "landlock", "")
    pod = said["tiers"][1]
    assert (pod["holds"], pod["probes"], pod["advice"][:44]) == (
        False,
        [],
        "Let the container make user namespaces. Dock",
    )


def test_doctor_fails_where_the_wanted_tier_does_not_hold(tmp_path: Path) -> None:
    environment = own_environment(tmp_path) | {"TRAILBOOK_SANDBOX_TIER": "pod"}
    ran = run_on("no namespaces", str(TRAILBOOK), "doctor", environment=environment)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (
        1,
        "No grading can run: the settings name the tier pod, which does not hold.",
    )


def own_environment(folder: Path) -> dict[str, str]:
    """Return this environment, with the state in the test's folder and no other settings."""
    return {**{name: os.environ[name] for name in ("PATH", "HOME")}, "TRAILBOOK_STATE_FOLDER": str(folder / "state")}
