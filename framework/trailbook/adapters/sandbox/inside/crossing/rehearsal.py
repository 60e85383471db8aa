"""Does once, before the fork, what every cell does first: no child need load and compile it again."""

from __future__ import annotations

import sys
from typing import Any

from .outputs import Outputs

MOST_OUTPUT = 1_000_000
CELLS = ("def f(x):\n    return [x]\nassert f(1) == [1]", "1 / 0")


def rehearse(shell: Any) -> None:
    """Run cells in a shell, and leave nothing of them; then use the packages that are loaded."""
    names = dict(shell.user_ns)
    shell.outputs = Outputs(MOST_OUTPUT, lambda: None)
    for source in CELLS:
        shell.run_cell(source, store_history=False)
    shell.user_ns.clear()
    shell.user_ns.update(names)
    shell.error = None
    if "pandas" in sys.modules:
        _use_pandas(sys.modules["pandas"])
    if "matplotlib.pyplot" in sys.modules:
        pyplot: Any = sys.modules["matplotlib.pyplot"]
        pyplot.figure().subplots().plot([1, 2])
        pyplot.close("all")


def _use_pandas(pandas: Any) -> None:
    frame = pandas.DataFrame({"number": [1.0, 2.0], "text": ["x", "y"]})
    frame.groupby("text").mean()
    frame.loc[frame["number"] == 1, "text"].sum()
    frame._repr_html_()
    pandas.testing.assert_frame_equal(frame, frame.copy())
