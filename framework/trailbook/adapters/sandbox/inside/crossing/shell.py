"""An IPython shell without a kernel: runs cells as a notebook does, and collects their outputs.

It is made once, before the fork, and given a namespace after it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from . import plots
from .outputs import Outputs, Stream, walk
from .rehearsal import rehearse

NAME = "<cell {count}>"


class Names(CachingCompiler):
    """Names the texts of cells."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return the file name of a cell's text."""
        return NAME.format(count=number)


class Results(DisplayHook):
    """Takes the value of a cell's last expression."""

    def __call__(self, result: Any = None) -> None:
        """Take a value, unless a semicolon says that nobody wants it."""
        hook: Any = super()
        if result is None or hook.quiet():
            return
        hook.check_for_underscore()
        data, metadata = hook.compute_format_data(result)
        hook.update_user_ns(result)
        hook.fill_exec_result(result)
        shell: Any = self.shell
        shell.outputs.value = result
        if data:
            shell.outputs.add("execute_result", data, metadata or {}, execution_count=shell.execution_count)


class Displays(DisplayPublisher):
    """Takes what ``display`` shows."""

    def publish(self, data: Any, metadata: Any = None, *args: Any, **options: Any) -> None:
        """Take something shown."""
        if data:
            self.shell.outputs.add("display_data", dict(data), dict(metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has shown."""
        self.shell.outputs.clear()


class Shell(InteractiveShell):
    """The shell; ``outputs`` is set by whoever runs cells."""

    compiler_class = Type(Names)
    displayhook_class = Type(Results)
    display_pub_class = Type(Displays)
    outputs: Outputs
    draws_inline = True
    error: BaseException | None = None

    def transform_cell(self, raw_cell: str) -> str:
        """Return a cell as Python; without the guesses (autocall, automagic) that look names up."""
        transformed: str = self.input_transformer_manager.transform_cell(raw_cell)
        return transformed

    def _clear_warning_registry(self) -> None:
        """Do nothing: it would look a name up."""

    def showtraceback(self, exc_tuple: Any = None, *args: Any, **options: Any) -> None:
        """Take the error a cell ended with."""
        self.error = (exc_tuple or sys.exc_info())[1]
        if self.error is not None:
            self.outputs.add_error(self.error, self.execution_count, names=self.count_of)

    def showsyntaxerror(self, *args: Any, **options: Any) -> None:
        """Take the error that a text is no Python."""
        self.showtraceback()

    def _format_exception_for_storage(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Keep no traceback for a history that nobody reads: IPython's takes longer than the rest of a grading."""
        return {}

    def count_of(self, filename: str) -> int | None:
        """Return the number of the cell whose text has that name."""
        inner = filename[6:-1] if filename.startswith("<cell ") else ""
        return int(inner) if inner.isdigit() else None

    def ask_exit(self) -> None:
        """End the cell: IPython's ``exit()`` does what `sys.exit` does, and the notebook goes on."""
        raise SystemExit

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there is no window."""

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Draw without a window."""
        import matplotlib

        matplotlib.use("agg")
        self.draws_inline = gui in (None, "inline", "auto")
        return "agg", "inline"

    def system(self, cmd: str) -> None:
        """Run a command of the shell, and print what it prints."""
        shell: Any = self
        done = subprocess.run(  # noqa: S602 - what the cell asks for
            shell.var_expand(cmd, depth=1), shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        sys.stdout.write(done.stdout.decode(errors="replace"))
        self.user_ns["_exit_code"] = done.returncode

    system_piped = system_raw = system


class Main:
    """The module ``__main__``: a class of its own, so that its namespace can be any dict."""

    __spec__ = None
    __name__ = "__main__"

    def __getattr__(self, name: str) -> Any:
        """Return what the namespace finds elsewhere."""
        try:
            return vars(self)[name]
        except KeyError:
            raise AttributeError(f"module '__main__' has no attribute '{name}'") from None


@dataclass(frozen=True)
class Ran:
    """How a cell ran.

    Attributes
    ----------
    value
        What its last expression gave; None too when there was none.
    line
        Where in the cell the error arose, None when that is not known.
    """

    error: BaseException | None
    outputs: list[dict[str, Any]]
    value: Any
    line: int | None


def make_shell() -> Shell:
    """Return a shell; takes some 100 ms."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.banner1 = ""
    config.InteractiveShell.cache_size = 1000
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    shell: Shell = Shell.instance(config=config, user_ns={})
    rehearse(shell)
    return shell


def use(shell: Shell, namespace: dict[str, Any], outputs: Outputs) -> None:
    """Give a shell the namespace its cells run in."""
    namespace |= shell.user_ns
    module = Main()
    module.__dict__ = namespace  # the very dict: it may be one that looks names up elsewhere
    shell.user_ns = namespace
    shell.user_module = module
    shell.outputs = outputs
    _notice_use(shell)
    sys.modules["__main__"] = module  # type: ignore[assignment]
    sys.stdout, sys.stderr = Stream("stdout", outputs), Stream("stderr", outputs)


def _notice_use(shell: Shell) -> None:
    """Leave figures open at the end of cells once a cell chooses how matplotlib draws."""
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is None:
        return
    own = matplotlib.use

    def use(backend: str, **options: Any) -> None:
        shell.draws_inline = "inline" in backend.lower()
        own("agg", **options)

    matplotlib.use = use


def run(shell: Shell, source: str, *, shows_plots: bool = False) -> Ran:
    """Run a cell."""
    shell.error = None
    count = shell.execution_count
    runner: Any = shell
    result = runner.run_cell(source, store_history=True)
    error = shell.error or result.error_before_exec or result.error_in_exec
    value = shell.outputs.value
    if shell.draws_inline:
        plots.close_all(shell.outputs.add if shows_plots else None)
    outputs = shell.outputs.take()
    return Ran(error, outputs, value, line_of(error, NAME.format(count=count)))


def line_of(error: BaseException | None, filename: str) -> int | None:
    """Return the line of a file that an error went through last."""
    if error is None:
        return None
    if isinstance(error, SyntaxError) and error.filename == filename:
        return error.lineno
    lines = [line for frame, line in walk(error.__traceback__) if frame.f_code.co_filename == filename]
    return lines[-1] if lines else None
