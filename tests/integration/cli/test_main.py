from __future__ import annotations

import subprocess
import sys

import pytest

from trailbook.cli.main import COMMANDS

from .conftest import Run


def test_help_names_every_command_and_imports_none() -> None:
    program = (
        "import sys\nfrom trailbook.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted(n for n in sys.modules if n.startswith(('trailbook.', 'nbgrader', 'sqlalchemy', 'yaml'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert all(f"    {name} " in done.stdout and text in done.stdout for name, text in COMMANDS.items())
    loaded = done.stdout.splitlines()[-1]
    assert "trailbook.cli.main" in loaded
    assert not any(
        name in loaded for name in ("nbgrader", "sqlalchemy", "yaml", "trailbook.cli.check", "trailbook.wiring")
    )


@pytest.mark.parametrize("command", [*COMMANDS, "db upgrade"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ran = run(*command.split(), "--help")
    assert ran.status == 0
    assert f"  trailbook {command}" in ran.out, "an example"
    assert "Next" in ran.out or "Ctrl-C" in ran.out or command == "db", "what to do next, or how it ends"
    assert "--json" in ran.out or command == "db"


def test_no_command_prints_the_help(run: Run) -> None:
    ran = run()
    assert ran.status == 2
    assert "usage: trailbook" in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chekc"], "trailbook: argument COMMAND: invalid choice: 'chekc'"),
        (["check", "--nope"], "trailbook: unrecognized arguments: --nope"),
        (["db"], "trailbook db: the following arguments are required: ACTION"),
    ],
)
def test_bad_arguments_are_one_line_and_status_2(run: Run, arguments: list[str], message: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert ran.refusal.startswith(message)


def test_version_is_printed(run: Run) -> None:
    ran = run("--version")
    assert (ran.status, ran.out.split()[0]) == (0, "trailbook")
