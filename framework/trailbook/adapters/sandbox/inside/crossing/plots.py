"""Plots of matplotlib: what a notebook does with them at the end of a cell, and the learner's for a test that looks."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable
from typing import Any

Show = Callable[[str, dict[str, Any], dict[str, Any]], None]

ASKED = ("gca", "gcf", "get_fignums", "get_figlabels", "fignum_exists", "axes", "gci")
"""Functions of pyplot that look at the current figure: in a test at the learner's, where the test has none."""


def close_all(show: Show | None) -> None:
    """Close all figures, as a notebook does at the end of a cell, after they were shown."""
    helpers: Any = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is None:
        return
    if show is not None:
        for manager in list(helpers.Gcf.figs.values()):
            figure, file = manager.canvas.figure, io.BytesIO()
            figure.savefig(file, format="png", bbox_inches="tight")
            image = base64.b64encode(file.getvalue()).decode()
            show("display_data", {"image/png": image, "text/plain": repr(figure)}, {})
    helpers.Gcf.destroy_all()


def look_at_learners(ask: Callable[[str, tuple[Any, ...]], Any], may_ask: Callable[[], bool]) -> None:
    """Let pyplot's questions for what is current go to the learner's process while a test runs and has no plot itself.

    Parameters
    ----------
    ask
        Calls a function of pyplot's over there; None where there is no figure.
    """
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or hasattr(pyplot.gca, "asks"):
        return
    for name in ASKED:
        if hasattr(pyplot, name):
            setattr(pyplot, name, _asking(name, getattr(pyplot, name), pyplot, ask, may_ask))
    close = pyplot.close

    def close_both(fig: Any = None) -> None:
        if fig == "all" and may_ask():
            ask("close", ("all",))
        close(fig)

    pyplot.close = close_both


def _asking(name: str, own: Any, pyplot: Any, ask: Any, may_ask: Callable[[], bool]) -> Any:
    def function(*args: Any, **options: Any) -> Any:
        if may_ask() and not options and not has_plot(pyplot):
            found = ask(name, args)
            if found is not None:
                return found
        return own(*args, **options)

    function.asks = True  # type: ignore[attr-defined]
    function.__name__ = name
    return function


def has_plot(pyplot: Any) -> bool:
    """Whether a figure of this process has anything in it."""
    managers = pyplot._pylab_helpers.Gcf.figs.values()
    return any(axes.has_data() for manager in managers for axes in manager.canvas.figure.axes)


def do(name: str, args: list[Any]) -> Any:
    """Call a function of pyplot's for a test, if there is a figure."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or name not in (*ASKED, "close") or not pyplot.get_fignums():
        return None
    return getattr(pyplot, name)(*args)
