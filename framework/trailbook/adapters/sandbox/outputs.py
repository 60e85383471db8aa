"""A cell's outputs as they come out of a sandbox, untrusted, and the notebook that keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from trailbook.domain.runs import CellRun
from trailbook.services.ports import Notebook


def is_output(output: object) -> bool:
    """Whether a value has the shape of an output that a notebook can keep."""
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr", "text": str()}:
            return True
        case {"output_type": "error", "ename": str(), "evalue": str(), "traceback": list(lines)}:
            return all(isinstance(line, str) for line in lines)
        case {"output_type": "execute_result" | "display_data", "data": dict(), "metadata": dict()}:
            return True
    return False


def with_outputs(notebook: Notebook, runs: Mapping[int, CellRun]) -> Notebook:
    """Return the executed notebook, as nbgrader keeps it in ``autograded/``."""
    cells = [
        {**cell, "outputs": list(runs[index].outputs), "execution_count": runs[index].execution_count}
        if index in runs
        else cell
        for index, cell in enumerate(notebook["cells"])
    ]
    return {**notebook, "cells": cells}


def as_text(notebook: Notebook) -> str:
    """Return a notebook's JSON; halves of characters, which a program can print, are no text and become ``?``."""
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8", errors="replace").decode("utf-8")
