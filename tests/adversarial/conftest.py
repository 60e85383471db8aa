"""A grader in each tier, and the marker by which a test gets its line in the table of the docs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from adversarial.case import Case, scores
from adversarial.lessons import DOUBLE, FULL
from adversarial.table import PAGE, Line, line_of, renewed
from trailbook.adapters.sandbox import SandboxGrader
from trailbook.adapters.sandbox.isolation import Tier, choose_tier
from trailbook.domain.errors import Unavailable
from trailbook.domain.results import GradingResult

TIERS = (Tier.NAMESPACES, Tier.LANDLOCK)
AT_A_TIME = 3
OUTCOMES: dict[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run write what it found into the docs."""
    parser.addoption(
        "--write-adversarial", action="store_true", help="write the table of docs/reference/adversarial.md"
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what came of each case: nothing but the call of a test can hold."""
    if report.when == "call" or report.outcome != "passed":
        OUTCOMES[report.nodeid] = {"passed": "held", "skipped": "not tried"}.get(report.outcome, "SUCCEEDED")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table where that was asked for."""
    if session.config.getoption("write_adversarial", default=False):
        pairs = [(line_of(item), OUTCOMES.get(item.nodeid, "not tried")) for item in session.items]
        found: dict[Line, str] = {}
        for line, outcome in pairs:
            if line is not None and found.get(line, "held") == "held":
                found[line] = outcome
        PAGE.write_text(renewed(PAGE.read_text("utf-8"), found), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "case(tried): a case of the table in docs/reference/adversarial.md")


@pytest.fixture(scope="session", params=TIERS, ids=str)
def grader(request: pytest.FixtureRequest) -> Iterator[SandboxGrader]:
    """A grader in each tier, shared by all tests: what one case does to it, the next would feel."""
    try:
        choose_tier(request.param)
    except Unavailable as error:
        pytest.skip(f"the tier {request.param} does not hold on this machine: {error}")
    made = SandboxGrader(tier=request.param, spares=0)  # kept ready, they would be counted as left behind
    made.warm_up(DOUBLE.to_grade().limits, ("numpy", "pandas", "matplotlib.pyplot", "unittest.mock", "pytest"))
    yield made
    made.close()


Ahead = dict[tuple[str, str], Future[GradingResult]]


@pytest.fixture(scope="module")
def ahead(grader: SandboxGrader) -> Iterator[tuple[ThreadPoolExecutor, Ahead]]:
    """Gradings that run while earlier tests are looked at; when all are done, an honest answer has its points."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield pool, {}
    after = grader.grade(DOUBLE.to_grade(), {"answer": DOUBLE.right})
    assert (scores(after), after.reason) == (FULL, "")


@pytest.fixture
def result(
    request: pytest.FixtureRequest, grader: SandboxGrader, case: Case, ahead: tuple[ThreadPoolExecutor, Ahead]
) -> GradingResult:
    """What the grader made of the case: several are graded at a time, beside each other."""
    pool, found = ahead
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.originalname == request.node.originalname:
            other: Case = item.callspec.params["case"]
            if (item.originalname, other.name) not in found:
                lesson = other.lesson.to_grade(other.limits)
                found[item.originalname, other.name] = pool.submit(grader.grade, lesson, {"answer": other.answer})
    return found[request.node.originalname, case.name].result()


@pytest.fixture
def unharmed(grader: SandboxGrader) -> Iterator[None]:
    """After the test, the same grader gives an honest answer its points."""
    yield
    after = grader.grade(DOUBLE.to_grade(), {"answer": DOUBLE.right})
    assert (scores(after), after.reason) == (FULL, "")
