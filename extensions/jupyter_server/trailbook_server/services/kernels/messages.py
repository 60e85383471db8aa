"""What a learner reads of a test that failed."""

from __future__ import annotations

import re

from trailbook_server.services.kernels.session import Reply

NO_INPUT = "input() cannot ask on a lesson page. Write the value into the code instead."

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_MARKED_LINE = re.compile(r"^-+>\s*\d+\s?(?P<code>.*)$", re.MULTILINE)


def test_message(reply: Reply) -> str:
    """Return one sentence on a failed test: the author's own where there is one.

    >>> test_message(Reply("error", "AssertionError", "square(3) is 9"))
    'square(3) is 9'
    >>> test_message(Reply("error", "NameError", "name 'x' is not defined"))
    "NameError: name 'x' is not defined"
    """
    if reply.error_name != "AssertionError":
        return error_text(reply)
    if reply.error_text:
        return reply.error_text
    line = failed_line(reply)
    return f"This does not hold yet: {line}" if line else "This test does not hold yet."


def error_text(reply: Reply) -> str:
    """Return type and text of an error."""
    if reply.error_name == "KeyboardInterrupt":
        return "It was stopped before it was done."
    if reply.error_name == "StdinNotImplementedError":
        return NO_INPUT
    return f"{reply.error_name}: {reply.error_text}" if reply.error_text else reply.error_name


def failed_line(reply: Reply) -> str:
    """Return the line of the test that raised, without ``assert``; empty when the traceback does not show it.

    >>> failed_line(Reply("error", traceback=("----> 2 assert f(1) == 2",)))
    'f(1) == 2'
    """
    text = _ANSI.sub("", "\n".join(reply.traceback))
    found = _MARKED_LINE.search(text)
    return found["code"].strip().removeprefix("assert").strip() if found else ""
