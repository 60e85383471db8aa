"""Children of a zygote: what they are given, that they talk, and how they end."""

from __future__ import annotations

import ast
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from trailbook.adapters.sandbox.isolation import Child, Pair, Tier, Zygote
from trailbook.adapters.sandbox.isolation.children import SPARE_CPU_SECONDS
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable

from .conftest import ROLES, run

READ_NOTEBOOKS = """
import os, sys
out = []
for folder, _, names in os.walk(sys.prefix):
    for name in names:
        if name.endswith(".ipynb"):
            try:
                out += [name] if "BEGIN SOLUTION" in open(os.path.join(folder, name)).read() else []
            except OSError:
                continue
"""

ITS_OWN_DOING = ("ended: exit", "ended: killed")
"""Without a namespace a child can kill itself; it counts as killed when the system lacked memory meanwhile."""

Fork = Callable[..., Pair]


def test_child_has_the_packages_and_a_folder_of_its_own(fork: Fork) -> None:
    source = (
        "import os, sys; out = [os.getcwd() == os.environ['HOME'] + '/work', os.listdir(), 'pandas' in sys.modules]"
    )
    assert ast.literal_eval(run(fork().learner, source)) == [True, [], True]


def test_children_of_a_pair_talk_over_their_link_and_share_no_files(fork: Fork) -> None:
    pair = fork()
    assert pair.tester is not None
    assert run(pair.learner, "link.sendall(b'21'); open('answer', 'w').write('x')") == "None"
    assert run(pair.tester, "import os; out = int(link.recv(2)) * 2, os.listdir()") == "(42, [])"


def test_learner_alone_has_no_link(fork: Fork) -> None:
    pair = fork("learner")
    assert pair.tester is None
    assert run(pair.learner, "out = link") == "None"


def test_child_has_a_listed_environment(fork: Fork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of the course service")
    names = ast.literal_eval(run(fork().learner, "import os; out = sorted(os.environ)"))
    assert "SECRET" not in names
    assert {"HOME", "PATH", "NBGRADER_EXECUTION"} <= set(names)


def test_courses_that_come_with_packages_cannot_be_read(fork: Fork) -> None:
    """nbgrader's documentation and tests are in every environment of Trailbook's, with their solutions."""
    said = run(fork().learner, READ_NOTEBOOKS)
    assert ast.literal_eval(said) == []


def test_interrupt_reaches_the_childs_main_thread(fork: Fork) -> None:
    child = fork().learner
    child.control.settimeout(20)
    child.control.sendall(b"import time; control.send(b'.'); time.sleep(60)")
    assert child.control.recv(1) == b"."
    child.interrupt()
    assert child.control.recv(100) == b"KeyboardInterrupt: \n"
    assert child.is_alive()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import os; os._exit(0)", "exit"),
        ("import ctypes; ctypes.string_at(1)", "exit"),
    ],
)
def test_child_that_ends_says_why(fork: Fork, source: str, why: str) -> None:
    assert run(fork().learner, source) == f"ended: {why}"


def test_child_killed_from_outside_was_killed(zygote: Zygote, fork: Fork) -> None:
    child = fork().learner
    signal.pidfd_send_signal(child._pidfd, signal.SIGKILL)
    assert run(child, "") in (ITS_OWN_DOING if zygote.tier is Tier.LANDLOCK else ("ended: killed",))


def test_child_that_kills_all_it_can_harms_itself_only(zygote: Zygote, fork: Fork) -> None:
    child, neighbour = fork().learner, fork().learner
    said = run(child, "import os\nfor who in (0, -1, os.getppid(), 1): os.kill(who, 9)")
    alive = ("ProcessLookupError: [Errno 3] No such process",)  # the first of its namespace
    assert said in (ITS_OWN_DOING if zygote.tier is Tier.LANDLOCK else alive)
    assert run(neighbour, "out = 1") == "1"


def test_killed_child_gives_the_first_reason(fork: Fork) -> None:
    child = fork().learner
    assert (child.is_alive(), child.why_ended()) == (True, "")
    child.kill("timeout")
    child.kill()
    assert child.control.recv(1) == b""
    assert (child.is_alive(), child.why_ended()) == (False, "timeout")


def test_data_lies_beside_the_notebook_and_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text("1,2")
    with forked(data={"data/big": tmp_path}) as child:
        assert run(child, "out = open('data/big/numbers.csv').read()") == "'1,2'"
        assert run(child, "open('data/big/numbers.csv', 'w')").startswith("OSError: [Errno 30] Read-only")
        assert run(child, "open('data/big/more', 'w')").startswith("OSError: [Errno 30] Read-only")


def test_zygote_that_does_not_start_refuses_to_fork() -> None:
    with closing(Zygote([], tier=Tier.NAMESPACES, programs=ROLES, roles=["there_is_no_such_role"])) as zygote:
        with pytest.raises(Unavailable, match="does not start"):
            zygote.fork(["learner"], GradingLimits())
        assert not zygote.is_alive()


def test_child_that_used_all_its_processor_time_ran_out_of_time(zygote: Zygote) -> None:
    limits = GradingLimits(total_timeout_seconds=1 - SPARE_CPU_SECONDS)
    with closing(zygote.fork(["learner"], limits)) as pair:
        assert run(pair.learner, "while True: pass") == "ended: timeout"


def test_closed_zygote_refuses_to_fork_and_ends_its_children() -> None:
    zygote = Zygote([], tier=Tier.NAMESPACES, programs=ROLES)
    with closing(zygote.fork(["learner"], GradingLimits())) as pair:
        zygote.close()
        assert pair.learner.control.recv(1) == b""
    with pytest.raises(Unavailable):
        zygote.fork(["learner"], GradingLimits())


def test_missing_package_is_told_and_no_reason_to_fail(caplog: pytest.LogCaptureFixture) -> None:
    with forked("there_is_no_such_package") as child:
        assert run(child, "out = 1") == "1"
    assert "there_is_no_such_package" in caplog.text


@contextmanager
def forked(*imports: str, data: Mapping[str, Path] | None = None) -> Iterator[Child]:
    """Give a learner's process from a zygote made for it."""
    zygote = Zygote(imports, tier=Tier.NAMESPACES, programs=ROLES, data=data)
    with closing(zygote), closing(zygote.fork(["learner"], GradingLimits())) as pair:
        yield pair.learner
