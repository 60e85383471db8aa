"""Tests of what a learner reads: the most helpful sentence there is, and never a word of a hidden test."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.notebooks import answer, check, notebook
from support.runs import died_in, error, ran, timed_out

from trailbook.domain.course import GradingLimits
from trailbook.domain.explanations import visible_lines
from trailbook.domain.runs import CellRun
from trailbook.domain.verdicts import judge

LIMITS = GradingLimits(cell_timeout_seconds=30, total_timeout_seconds=120, memory_mib=512, max_output_bytes=1_000_000)
VISIBLE = """\
\"\"\"Check squares\"\"\"
assert squares(1) == [1]
assert squares(2) == [1, 4], "two numbers, please"
assert squares(3) == [
    1, 4, 9,
], f"got {squares(3)}"
try:
    squares(0)
except ValueError:
    pass
else:
    raise AssertionError("did not raise")
"""
HIDDEN = """\
assert squares(1) == [1]
### BEGIN HIDDEN TESTS
SECRET = 49
assert squares(7)[-1] == SECRET, "the secret is 49"
### END HIDDEN TESTS
assert squares(2) == [1, 4], "two numbers, please"
"""
HIDDEN_SEEN = 'assert squares(1) == [1]\nassert squares(2) == [1, 4], "two numbers, please"\n'


def message(
    test: str, run: CellRun | None, *, seen: str | None = None, answer_run: CellRun | None = None, stopped: str = ""
) -> str:
    """Return the message of one test after one answer."""
    source = notebook(answer("squares", "…"), check("test", test))
    released = notebook(answer("squares", "raise NotImplementedError()"), check("test", test if seen is None else seen))
    runs = {each.index: each for each in (answer_run or ran(0), run) if each is not None}
    judged = judge(source, released, runs, stopped=stopped, limits=LIMITS, answers={"squares": "mine"})
    return judged.tests[0].message


def failed(name: str = "AssertionError", text: str = "", *, line: int) -> CellRun:
    """Return the test cell, failed in a line."""
    return ran(1, error(name, text, line=line, count=2))


def test_a_blank_answer_is_called_so() -> None:
    source = notebook(answer("squares", "x"), check("test"))
    released = notebook(answer("squares", "raise NotImplementedError()"), check("test"))

    judged = judge(
        source,
        released,
        {1: failed(line=1)},
        stopped="",
        limits=LIMITS,
        answers={"squares": "raise NotImplementedError()"},
    )

    assert judged.tests[0].message == "This exercise has no answer yet."


def test_the_authors_message_is_shown() -> None:
    assert message(VISIBLE, failed(text="two numbers, please", line=3)) == "two numbers, please"


def test_a_message_made_while_it_ran_is_shown() -> None:
    assert message(VISIBLE, failed(text="got [1, 4]", line=4)) == "got [1, 4]"


def test_a_check_without_a_message_is_quoted() -> None:
    assert message(VISIBLE, failed(line=2)) == "This check failed: assert squares(1) == [1]"


def test_a_raised_message_is_shown() -> None:
    assert message(VISIBLE, failed(text="did not raise", line=12)) == "did not raise"


def test_another_error_is_named_with_the_line_that_met_it() -> None:
    said = message(VISIBLE, failed("TypeError", "can't multiply", line=2))

    assert said == "The test stopped with TypeError: can't multiply in: assert squares(1) == [1]"


def test_an_unfinished_function_is_called_so() -> None:
    said = message(VISIBLE, failed("NotImplementedError", line=2))

    assert said == "This is not finished: the code still raises NotImplementedError."


def test_an_answer_that_stopped_is_the_reason_with_its_line() -> None:
    broken = ran(0, error("ZeroDivisionError", "division by zero", line=3, count=1))

    said = message(VISIBLE, failed("NameError", line=2), answer_run=broken)

    assert said == "Your code stopped in line 3 of your answer: ZeroDivisionError: division by zero"


def test_an_answer_that_is_no_python_says_where() -> None:
    broken = ran(0, error("SyntaxError", "invalid syntax (2959750420.py, line 4)"))

    said = message(VISIBLE, failed("NameError", line=2), answer_run=broken)

    assert said == "Your answer cannot be read as Python, line 4 (invalid syntax)."


def test_each_stop_has_its_sentence() -> None:
    said = {
        reason: message(VISIBLE, died_in(1), stopped=reason)
        for reason in ("timeout", "memory", "output", "exit", "processes", "protocol")
    }

    assert said == {
        "timeout": "The lesson's code was stopped before this test: it may run for 30 seconds a cell and 120 in all. "
        "Look for a loop that never ends.",
        "memory": "The code used more than 512 MiB of memory and was stopped.",
        "output": "The code printed more than 1,000,000 bytes and was stopped. Look for a print in a loop.",
        "exit": "The code ended Python itself before this test ran. Remove calls such as exit() or os._exit().",
        "processes": "The code started more than 64 processes and was stopped.",
        "protocol": "The test did not run: the code disturbed the grading.",
    }


def test_a_loop_in_answer_or_test_has_its_sentence() -> None:
    sentence = "Your code ran longer than 30 seconds and was stopped. Look for a loop that never ends."

    assert message(VISIBLE, failed(line=2), answer_run=timed_out(0)) == sentence
    assert message(VISIBLE, timed_out(1)) == sentence
    assert message(VISIBLE, None, answer_run=timed_out(0), stopped="timeout") == sentence


def test_a_long_message_is_cut() -> None:
    assert len(message(VISIBLE, failed(text="x" * 5000, line=4))) == 300


def test_a_hidden_check_says_nothing_of_itself() -> None:
    said = message(HIDDEN, failed(text="the secret is 49", line=4), seen=HIDDEN_SEEN)

    assert said == "A hidden test did not pass. Think of other inputs your code may get, such as edge cases."


def test_an_error_in_a_hidden_check_says_nothing_of_itself() -> None:
    said = message(HIDDEN, failed("IndexError", "index 49", line=4), seen=HIDDEN_SEEN)

    assert "hidden" in said
    assert "49" not in said


def test_a_visible_check_beside_a_hidden_one_has_the_authors_words_only() -> None:
    quoted = message(HIDDEN, failed(text="made up: 49", line=6), seen=HIDDEN_SEEN)
    checked = message(HIDDEN, failed(text="made up: 49", line=1), seen=HIDDEN_SEEN)
    stopped = message(HIDDEN, failed("KeyError", "49", line=1), seen=HIDDEN_SEEN)

    assert quoted == "two numbers, please"
    assert checked == "This check failed: assert squares(1) == [1]"
    assert stopped == "The test stopped with KeyError in: assert squares(1) == [1]"


def test_after_a_hidden_test_ran_no_exception_text_is_shown() -> None:
    source = notebook(answer("one", "…"), check("first", HIDDEN), answer("two", "…"), check("second", VISIBLE))
    released = notebook(answer("one"), check("first", HIDDEN_SEEN), answer("two"), check("second", VISIBLE))

    def second(*runs: CellRun) -> str:
        by_index = {run.index: run for run in (ran(0), ran(1), *runs)}
        answers = {"one": "mine", "two": "mine"}
        return judge(source, released, by_index, stopped="", limits=LIMITS, answers=answers).tests[1].message

    made_up = ran(3, error("Leak49", "saw 49", line=2, count=4))
    raised = ran(2, error("ValueError", "saw 49", line=1, count=3))
    syntax = ran(2, error("SyntaxError", "saw 49 (x.py, line 7)"))

    assert second(ran(2), made_up) == "The test stopped with an error in: assert squares(1) == [1]"
    assert second(raised, made_up) == "Your code stopped in line 1 of your answer: ValueError"
    assert second(syntax, made_up) == "Your answer cannot be read as Python, line 7."


def test_a_line_that_a_forged_traceback_names_reveals_what_is_visible_only() -> None:
    for line in range(1, 8):
        said = message(HIDDEN, failed(text="the secret is 49", line=line), seen=HIDDEN_SEEN)
        assert "49" not in said


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "b", "  c", "d = 1", ""])), max_size=12))
def test_visible_lines_are_text_the_learner_has(lines: list[tuple[bool, str]]) -> None:
    source = "\n".join(text for _, text in lines)
    released = "\n".join(text for visible, text in lines if visible)

    shown = visible_lines(source, released)

    seen = {line.strip() for line in released.splitlines()}
    assert all(source.splitlines()[number - 1].strip() in seen for number in shown)
    assert len(shown) == len([line for line in released.splitlines() if line.strip()])
