"""Which names a cell binds and needs, and which modules it imports, read from its text without running it."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
ASSIGNED_MAGIC = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$", re.MULTILINE)
CELL_MAGIC = re.compile(r"\A\s*%%(\w+).*\n?")
PYTHON_CELL_MAGICS = ("time", "timeit", "capture", "prun")
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Names:
    """What the text of a cell says of its names.

    Attributes
    ----------
    binds
        Names the cell gives a value at top level, or changes in place there.
    needs
        Names it reads before it has bound them itself.
    is_clear
        False where the text does not say: it is no Python, or it imports ``*``. Then any name may be bound.
    """

    binds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    is_clear: bool = True


@functools.lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """Return what a cell binds and needs.

    >>> names = names_of("y = f(x)\\nz[0] = y")
    >>> sorted(names.binds), sorted(names.needs)
    (['y', 'z'], ['f', 'x', 'z'])
    """
    tree = parse(source)
    if tree is None:
        return Names(is_clear=False)
    binds: set[str] = set()
    needs: set[str] = set()
    is_clear = True
    for statement in tree.body:
        needs |= _loads(statement) - binds
        bound = _bound(statement)
        changed = _changed(statement)
        needs |= changed - binds
        is_clear = is_clear and "*" not in bound
        binds |= bound | changed
    return Names(frozenset(binds), frozenset(needs), is_clear)


@functools.lru_cache(maxsize=4096)
def modules_of(source: str) -> frozenset[str]:
    """Return the modules a cell imports anywhere, as written.

    >>> sorted(modules_of("import numpy as np\\nfrom matplotlib import pyplot"))
    ['matplotlib', 'matplotlib.pyplot', 'numpy']
    """
    tree = parse(source)
    found: set[str] = set()
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")
    return frozenset(found)


def packages_of(source: str) -> frozenset[str]:
    """Return the top-level packages a cell imports."""
    return frozenset(module.partition(".")[0] for module in modules_of(source))


def parse(source: str) -> ast.Module | None:
    """Return a cell's syntax tree, lines of IPython's own left out; None where it is no Python."""
    head = CELL_MAGIC.match(source)
    if head is not None:
        if head[1] not in PYTHON_CELL_MAGICS:
            return None
        source = "\n" + source[head.end() :]
    plain = MAGIC.sub(r"\1pass", ASSIGNED_MAGIC.sub(r"\1None", source))
    for text in (source, plain):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _bound(statement: ast.AST) -> set[str]:
    """Return the names a statement binds in the cell's own scope."""
    found: set[str] = set()
    for node in _own_scope(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update((alias.asname or alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
    # A function may say that it binds names of the notebook.
    for node in ast.walk(statement):
        if isinstance(node, ast.Global):
            found.update(node.names)
    return found


def _changed(statement: ast.AST) -> set[str]:
    """Return the names whose values a statement changes in place: ``x[0] = 1``, ``x.y = 1``."""
    found = set()
    for node in _own_scope(statement):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            base: ast.expr = node
            while isinstance(base, ast.Subscript | ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name):
                found.add(base.id)
    return found


def _own_scope(statement: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement and what is in it, but for the insides of functions, classes and comprehensions."""
    yield statement
    if isinstance(statement, (*SCOPES, ast.ClassDef)):
        return
    for child in ast.iter_child_nodes(statement):
        yield from _own_scope(child)


def _loads(node: ast.AST) -> set[str]:
    """Return the names read in a piece of code, but for the local ones of its functions."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        found |= _loads(child)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found.add(node.target.id)
    if isinstance(node, SCOPES):
        found -= _locals(node)
    return found


def _locals(scope: ast.AST) -> set[str]:
    """Return the names that are a function's or a comprehension's own."""
    names: set[str] = set()
    told: set[str] = set()
    for part in ast.iter_child_nodes(scope):
        if isinstance(part, ast.arguments):
            names |= {node.arg for node in ast.walk(part) if isinstance(node, ast.arg)}
        elif isinstance(part, ast.stmt | ast.comprehension):
            names |= _bound(part)
            told |= {name for node in ast.walk(part) if isinstance(node, ast.Global) for name in node.names}
    return names - told
