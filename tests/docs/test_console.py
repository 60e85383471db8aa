"""The runner of the pages' commands finds what is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .console import Step, run_step, steps_of

PAGE = """\
Do this:

```console
$ echo one
one
$ true
```

   ```console
   $ echo two; echo three
   two
   …
   ```

<!-- not run: it never ends -->
```console
$ sleep infinity
```

```yaml
$ this: is no command
```
"""


def test_steps_are_the_commands_of_console_blocks_that_can_be_run() -> None:
    assert list(steps_of(PAGE)) == [Step("echo one", "one"), Step("true", ""), Step("echo two; echo three", "two\n…")]


@pytest.mark.parametrize(
    "step",
    [
        Step("echo one", "one"),
        Step("echo one", ""),
        Step("printf 'a\\nb\\nc\\n'", "a\n…"),
        Step("printf 'a\\nb\\nc\\n'", "a\n…\nc"),
        Step("echo wrote 17 files", "wrote … files"),
    ],
)
def test_what_the_page_shows_is_accepted(step: Step, tmp_path: Path) -> None:
    assert run_step(step, folder=tmp_path, environment=os.environ) == ""


@pytest.mark.parametrize(
    "step",
    [
        Step("false", ""),
        Step("echo one", "two"),
        Step("printf 'a\\nb\\n'", "a"),
        Step("echo wrote 17", "wrote … files"),
    ],
)
def test_what_the_page_does_not_show_is_a_complaint(step: Step, tmp_path: Path) -> None:
    assert step.command in run_step(step, folder=tmp_path, environment=os.environ)
