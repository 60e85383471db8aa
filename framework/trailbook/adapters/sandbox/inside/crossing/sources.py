"""The submitted text, for tests that read it by `inspect.getsource` and the like: nobody asks the learner's process."""

from __future__ import annotations

import ast
import linecache
from types import CodeType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

PREFIX = "<answer "


def as_python(text: str) -> str:
    """Return a cell's text as Python, line by line; a magic of a whole cell leaves an empty line."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        lines[first] = "pass"
    transformer: Any = TransformerManager
    blank = "\n" * first  # which the transformer takes away
    return blank + str(transformer().transform_cell("\n".join(lines[first:])))


class Sources:
    """Where in the submitted text functions are."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, int]] = {}
        self._codes: dict[str, CodeType] = {}

    def add(self, name: str, text: str) -> None:
        """Take in the text of an answer, which goes on from earlier ones."""
        filename = f"{PREFIX}{name}>"
        lines = text.splitlines(keepends=True)
        linecache.cache[filename] = (len(text), None, lines, filename)
        try:
            plain = as_python(text)
            tree = ast.parse(plain)
            self._add_codes(compile(plain, filename, "exec"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        stack: list[tuple[ast.AST, str]] = [(tree, "")]
        while stack:
            node, prefix = stack.pop()
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    path = prefix + child.name
                    first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                    self._places[path] = (filename, first)
                    inner = "." if isinstance(child, ast.ClassDef) else ".<locals>."
                    stack.append((child, path + inner))
                elif isinstance(child, ast.Assign) and isinstance(child.value, ast.Lambda):
                    self._places[f"{prefix}<lambda>:{child.lineno}"] = (filename, child.lineno)
                else:
                    stack.append((child, prefix))

    def _add_codes(self, code: CodeType) -> None:
        stack = [code]
        while stack:
            for each in stack.pop().co_consts:
                if isinstance(each, CodeType):
                    self._codes[each.co_qualname] = each
                    stack.append(each)

    def names(self) -> set[str]:
        """Return the names of the functions and classes in the texts."""
        return {qualname for qualname in self._codes if "." not in qualname and "<" not in qualname}

    def code_of(self, said: dict[str, Any]) -> CodeType | None:
        """Return the code of the text that a function is described as, None where there is none."""
        qualname = said.get("qualname")
        return self._codes.get(qualname) if isinstance(qualname, str) else None

    def place_of(self, said: dict[str, Any]) -> tuple[str, int]:
        """Return the file and line of a function that is described."""
        qualname = said.get("qualname")
        if not isinstance(qualname, str):
            return "<elsewhere>", 1
        if qualname.endswith("<lambda>"):
            qualname = f"{qualname}:{said.get('line')}"
        return self._places.get(qualname, ("<elsewhere>", 1))
