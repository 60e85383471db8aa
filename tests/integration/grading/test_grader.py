"""Tests of grading in the sandbox: honest work, work that fails, code that will not stop or wants what it may not."""

from __future__ import annotations

import http.server
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from support.notebooks import answer, check, code, locked, markdown, notebook, task, written
from support.small_course import wait_for

from trailbook.adapters.sandbox import SandboxGrader
from trailbook.adapters.sandbox.usage import tree_of
from trailbook.domain.course import GradingLimits
from trailbook.domain.results import GradingResult, Verdict
from trailbook.services.ports import LessonToGrade

LIMITS = GradingLimits(
    cell_timeout_seconds=3, total_timeout_seconds=20, memory_mib=256, processes=24, max_output_bytes=200_000
)
HIDDEN = "the secret is 42"
SOURCE = notebook(
    markdown("# Doubling"),
    code("import math\nprint('ready')"),
    locked("helper", "def twice(call):\n    return call(2), call(2)"),
    answer("double", "def double(n):\n    return n * 2"),
    code("double(3)"),
    check("double-test", 'assert double(2) == 4, "twice 2 is 4"', points=2),
    check(
        "double-hidden",
        f"### BEGIN HIDDEN TESTS\nassert double(21) == 42, {HIDDEN!r}\n### END HIDDEN TESTS",
        points=3,
    ),
    written("why", "It adds."),
    answer("part", "value = 0.25"),
    check("part-test", "value * 4", points=4),
    task("draw"),
)
RELEASED = notebook(
    *(
        {**cell, "source": {"double": "raise NotImplementedError()", "double-hidden": ""}.get(name, cell["source"])}
        for cell in SOURCE["cells"]
        for name in [cell["metadata"].get("nbgrader", {}).get("grade_id")]
    )
)
RIGHT = {"double": "def double(n):\n    return n + n", "part": "value = 1.0", "why": "It adds."}
FULL = {"double-test": 2.0, "double-hidden": 3.0, "part-test": 4.0}
LOOPS = "while True:\n    pass"
STUBBORN = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
"""
FORKS = """
import os
while True:
    try:
        if os.fork() == 0:
            while True:
                pass
    except OSError:
        pass
"""
MANY_SMALL_HOGS = """
import os
for _ in range(6):
    if os.fork() == 0:
        hog = bytearray(os.urandom(1)) * (100 * 1024 * 1024)
        while True:
            pass
while True:
    pass
"""


@pytest.fixture
def grade(grader: SandboxGrader):
    """Grade the lesson with the right answers but for those given."""

    def graded(
        answers: Mapping[str, str] | None = None,
        *,
        limits: GradingLimits = LIMITS,
        files: Mapping[str, bytes] | None = None,
        only: tuple[str, ...] = (),
        **more: str,
    ) -> GradingResult:
        given = {**RIGHT, **more} if answers is None else answers
        return grader.grade(LessonToGrade(SOURCE, RELEASED, files or {}, limits), given, only=only)

    return graded


def scores(result: GradingResult) -> dict[str, float]:
    """Return the points by test."""
    return {test.grade_id: test.score for test in result.tests}


def messages(result: GradingResult) -> dict[str, str]:
    """Return what the learner reads, by test, where there is something to read."""
    return {test.grade_id: test.message for test in result.tests if test.message}


def test_right_answers_have_all_points(grade) -> None:
    result = grade()

    assert (result.verdict, scores(result), messages(result), result.reason) == (Verdict.GRADED, FULL, {}, "")
    assert 0 < result.seconds < LIMITS.total_timeout_seconds


def test_the_executed_notebook_is_the_instructors_with_outputs(grade) -> None:
    executed = nbformat.reads(grade().autograded, as_version=4)

    nbformat.validate(executed)
    assert [cell.source for cell in executed.cells][:4] == [
        "# Doubling",
        "import math\nprint('ready')",
        SOURCE["cells"][2]["source"],
        RIGHT["double"],
    ]
    assert executed.cells[1].outputs[0].text == "ready\n"
    assert executed.cells[4].outputs[0].data["text/plain"] == "6"
    assert executed.cells[5].metadata.nbgrader.grade_id == "double-test"


def test_no_answers_have_no_points_and_say_so(grade) -> None:
    result = grade({})

    assert scores(result) == {"double-test": 0.0, "double-hidden": 0.0, "part-test": 1.0}  # what was given counts
    assert messages(result)["double-test"] == "This exercise has no answer yet."


def test_a_wrong_answer_reads_the_authors_message_and_nothing_hidden(grade) -> None:
    result = grade(double="def double(n):\n    return 4")

    assert scores(result) == {**FULL, "double-hidden": 0.0}
    assert messages(result) == {
        "double-hidden": "A hidden test did not pass. Think of other inputs your code may get, such as edge cases."
    }
    assert messages(grade(double="def double(n):\n    return n"))["double-test"] == "twice 2 is 4"


def test_a_number_returned_is_partial_credit(grade) -> None:
    result = grade(part="value = 0.5")

    assert scores(result)["part-test"] == 2.0
    assert messages(result)["part-test"] == "Part of the points: the answer is not quite right yet."


def test_a_warning_on_standard_error_costs_nothing(grade) -> None:
    result = grade(
        double="import sys, warnings\nwarnings.warn('old')\n"
        "def double(n):\n    print('x', file=sys.stderr)\n    return n * 2"
    )

    assert scores(result) == FULL


def test_an_answer_that_is_no_python_says_where_and_the_other_exercise_counts(grade) -> None:
    result = grade(double="def double(n):\n    return (n")

    assert scores(result) == {"double-test": 0.0, "double-hidden": 0.0, "part-test": 4.0}
    assert messages(result)["double-test"].startswith("Your answer cannot be read as Python, line 2")


def test_an_answer_that_stops_says_where(grade) -> None:
    result = grade(double="value = 1\nvalue / 0")

    assert messages(result)["double-test"] == (
        "Your code stopped in line 2 of your answer: ZeroDivisionError: division by zero"
    )


def test_magics_async_cells_and_unicode_names_work(grade) -> None:
    result = grade(
        double="%time größe = 2\n!true\nimport asyncio\nawait asyncio.sleep(0)\ndef double(n):\n    return n * größe"
    )

    assert scores(result) == FULL


def test_the_lessons_files_are_beside_the_notebook(grade) -> None:
    reads = "def double(n):\n    return n * int(open('data/faktor ü.txt').read())"

    assert scores(grade(double=reads, files={"data/faktor ü.txt": b"2"})) == FULL


def test_an_attempt_runs_no_further_than_its_own_tests(grade) -> None:
    result = grade(part=LOOPS, only=("double-test",))

    assert scores(result) == {"double-test": 2.0}
    assert (result.reason, result.seconds < LIMITS.cell_timeout_seconds) == ("", True)


def test_an_endless_loop_ends_with_a_reason_and_the_rest_is_graded(grade) -> None:
    result = grade(double=LOOPS)

    assert scores(result) == {"double-test": 0.0, "double-hidden": 0.0, "part-test": 4.0}
    assert result.reason == "timeout"
    assert messages(result)["double-test"] == (
        "Your code ran longer than 3 seconds and was stopped. Look for a loop that never ends."
    )


def test_code_that_will_not_be_interrupted_is_ended(grade) -> None:
    result = grade(double=STUBBORN)

    assert scores(result) == dict.fromkeys(FULL, 0.0)
    assert result.reason == "timeout"
    assert messages(result)["double-test"].startswith("Your code ran longer than 3 seconds")
    assert messages(result)["part-test"].startswith("The lesson's code was stopped before this test")
    assert result.seconds < LIMITS.total_timeout_seconds


def test_all_cells_together_have_a_limit(grade) -> None:
    slow = "import time\ntime.sleep(2)"

    result = grade(double=slow, part=slow, limits=replace(LIMITS, total_timeout_seconds=2.5))

    assert result.reason == "timeout"
    assert "in all" in messages(result)["part-test"]
    assert result.seconds < 10


def test_memory_is_refused_and_said(grade) -> None:
    result = grade(double="hog = bytearray(10**10)")

    assert scores(result)["part-test"] == 4.0
    assert result.reason == "memory"
    assert messages(result)["double-test"] == "The code needed more memory than it may use (256 MiB)."


@pytest.mark.parametrize(
    "hog", ["hog = []\nwhile True:\n    hog.append(bytearray(b'x') * 10_000_000)", MANY_SMALL_HOGS], ids=["one", "many"]
)
def test_memory_taken_bit_by_bit_ends_it(grade, hog: str) -> None:
    result = grade(double=hog)

    assert result.reason in ("memory", "timeout")
    assert scores(result)["double-test"] == 0.0
    assert messages(result)["double-test"] != ""


def test_memory_is_watched_where_there_is_no_control_group(grade, monkeypatch: pytest.MonkeyPatch) -> None:
    children = "trailbook.adapters.sandbox.isolation.children"
    monkeypatch.setattr(f"{children}.make_group", lambda memory_bytes, processes: None)

    result = grade(double=MANY_SMALL_HOGS, limits=replace(LIMITS, memory_mib=200))  # limits no spare box has

    assert result.reason == "memory"
    assert messages(result)["double-test"] == "The code used more than 200 MiB of memory and was stopped."


def test_a_fork_bomb_stays_in_its_box(grade) -> None:
    before = len(tree_of(os.getpid()))

    result = grade(double=FORKS)

    assert result.reason in ("timeout", "processes", "memory")
    assert scores(result)["double-test"] == 0.0
    wait_for(lambda: len(tree_of(os.getpid())) <= before, what="the end of every process")


def test_output_has_a_limit(grade) -> None:
    result = grade(double="while True:\n    print('x' * 1000)")

    assert result.reason == "output"
    assert messages(result)["double-test"] == (
        "The code printed more than 200,000 bytes and was stopped. Look for a print in a loop."
    )
    assert len(result.autograded) < 300_000


def test_a_lot_of_output_below_the_limit_costs_nothing(grade) -> None:
    assert scores(grade(double="for _ in range(1500):\n    print('x' * 100)\n" + RIGHT["double"])) == FULL


def test_a_file_has_a_limit(grade) -> None:
    result = grade(double="with open('big', 'wb') as file:\n    file.truncate(2**40)\n    file.write(bytes(10**9))")

    assert scores(result)["double-test"] == 0.0


@pytest.mark.parametrize("ends", ["import os\nos._exit(0)", "import ctypes\nctypes.string_at(0)"])
def test_code_that_ends_python_has_a_reason(grade, ends: str) -> None:
    result = grade(double=ends)

    assert scores(result) == dict.fromkeys(FULL, 0.0)
    assert result.reason == "exit"
    assert "Remove calls such as exit()" in messages(result)["part-test"]


@pytest.mark.parametrize("ends", ["exit()", "quit()", "import sys\nsys.exit(1)"])
def test_code_that_asks_python_to_end_loses_its_own_exercise_only(grade, ends: str) -> None:
    result = grade(double=ends)

    assert scores(result) == {"double-test": 0.0, "double-hidden": 0.0, "part-test": 4.0}
    assert (result.reason, messages(result)["double-test"]) == (
        "exit",
        "The code ended Python itself. Remove calls such as exit() or sys.exit().",
    )


def test_an_error_that_is_kept_from_being_shown_is_no_pass(grade) -> None:
    silent = "get_ipython().showtraceback = lambda *a, **k: None\nget_ipython().showsyntaxerror = lambda *a, **k: None"

    assert scores(grade(double=silent))["double-test"] == 0.0


@pytest.fixture
def host_service() -> Iterator[int]:
    """A web server on this machine, as the course service is one."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_learner_code_sees_neither_the_host_nor_a_network(grade, tmp_path: Path, host_service: int) -> None:
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret")
    tries = f"""
import json, os, pathlib, socket
def outcome(act):
    try:
        return repr(act())
    except OSError as error:
        return type(error).__name__
print(json.dumps({{
    'secret': outcome(lambda: open({str(secret)!r}).read()),
    'folder': outcome(lambda: os.listdir({str(tmp_path)!r})),
    'checkout': outcome(lambda: os.listdir({str(Path(__file__).parents[2])!r})),
    'service': outcome(lambda: socket.create_connection(('127.0.0.1', {host_service}), 2)),
    'internet': outcome(lambda: socket.create_connection(('192.0.2.1', 80), 2)),
    'names': outcome(lambda: socket.getaddrinfo('example.org', 80)),
    'others': [pid for pid in os.listdir('/proc') if pid.isdigit() and 'py' not in open(f'/proc/{{pid}}/comm').read()],
    'environment': sorted(os.environ),
}}))
"""
    executed = json.loads(grade(double=tries + RIGHT["double"]).autograded)
    seen = json.loads(executed["cells"][3]["outputs"][0]["text"])

    assert {name: seen[name] for name in ("secret", "folder", "checkout")} == dict.fromkeys(
        ("secret", "folder", "checkout"), "FileNotFoundError"
    )
    assert {seen["service"], seen["internet"]} == {"PermissionError"}  # no socket of the internet can be made at all
    assert seen["names"] == "gaierror"
    assert seen["others"] == []
    assert not {"TOKEN", "JUPYTERHUB_API_TOKEN", "TRAILBOOK_SETTINGS"} & set(seen["environment"])


def test_learner_code_reaches_neither_the_runners_memory_nor_its_pipes(grade) -> None:
    tries = """
import os
opened, pipes = [], []
for pid in filter(str.isdigit, os.listdir('/proc')):
    program = open(f'/proc/{pid}/cmdline').read().split(chr(0))[0]
    if int(pid) == os.getpid():
        continue
    for name in ('mem', 'environ'):
        try:
            open(f'/proc/{pid}/{name}', 'rb')
            opened.append(os.path.basename(program))
        except OSError:
            pass
    try:
        links = [os.readlink(f'/proc/{pid}/fd/{fd}') for fd in os.listdir(f'/proc/{pid}/fd')]
        pipes += [link for link in links if 'pipe' in link]
    except OSError:
        pass
print(sorted(set(opened) - {'bwrap'}), pipes)
"""
    executed = json.loads(grade(double=tries + RIGHT["double"]).autograded)

    assert executed["cells"][3]["outputs"][0]["text"] == "[] []\n"


def test_learner_code_finds_no_course_with_solutions(grade) -> None:
    tries = """
import pathlib, sys
print([str(path) for path in pathlib.Path(sys.prefix).rglob('source/**/*.ipynb')])
"""
    executed = json.loads(
        grade(double=tries + RIGHT["double"], limits=replace(LIMITS, cell_timeout_seconds=15)).autograded
    )

    assert executed["cells"][3]["outputs"][0]["text"] == "[]\n"


def test_nothing_is_left_for_the_next_job(grade) -> None:
    leaves = """
import os, pathlib
pathlib.Path('sitecustomize.py').write_text('1/0')
for folder in ('.', os.path.expanduser('~')):
    pathlib.Path(folder, 'left').write_text('left')
"""
    assert scores(grade(double=leaves + RIGHT["double"])) == FULL

    found = "import os\nassert not os.path.exists('left') and not os.path.exists(os.path.expanduser('~/left'))\n"
    assert scores(grade(double=found + RIGHT["double"])) == FULL


def test_without_a_sandbox_the_results_are_the_same_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    grader = SandboxGrader(insecure=True, spares=0)

    result = grader.grade(LessonToGrade(SOURCE, RELEASED, {"a.txt": b"1"}, LIMITS), RIGHT)
    loops = grader.grade(LessonToGrade(SOURCE, RELEASED, {}, LIMITS), {**RIGHT, "double": STUBBORN})
    grader.close()

    assert scores(result) == FULL
    assert loops.reason == "timeout"
    assert list(tmp_path.iterdir()) == []
    lines = [Path(f"/proc/{pid}/cmdline") for pid in tree_of(os.getpid())]
    assert not [line for line in lines if line.exists() and str(tmp_path) in line.read_text()]


def test_an_unknown_kernel_of_a_python_notebook_is_python(grader: SandboxGrader) -> None:
    kernel = {"kernelspec": {"name": "conda-env-stats-py", "display_name": "Stats", "language": "python"}}

    lesson = LessonToGrade({**SOURCE, "metadata": kernel}, {**RELEASED, "metadata": kernel}, {}, LIMITS)
    result = grader.grade(lesson, RIGHT)

    assert scores(result) == FULL


def test_time_of_many_processors_has_a_limit_too(grader: SandboxGrader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailbook.adapters.sandbox.isolation.children.SPARE_CPU_SECONDS", -56)
    limits = replace(LIMITS, cell_timeout_seconds=60, total_timeout_seconds=60)  # the wall clock would say 60 seconds
    busy = "import time\nbegin = time.process_time()\nwhile time.process_time() - begin < 50:\n    pass"

    result = grader.grade(LessonToGrade(SOURCE, RELEASED, {}, limits), {**RIGHT, "double": busy})

    assert result.reason == "timeout"


@pytest.mark.parametrize("text", ["'x'", "'x' * 10_000_000"], ids=["bits", "lumps"])
def test_printing_without_end_is_called_so_however_fast_it_comes(grade, text: str) -> None:
    assert grade(double=f"while True:\n    print({text})").reason == "output"
