"""What the text of an answer says of its names, read without running it."""

from __future__ import annotations

import ast


def names_bound(text: str) -> set[str]:
    """Return the names a cell binds or changes at top level.

    >>> sorted(names_bound("def f(): pass\\na, b = 1, 2\\nimport numpy as np\\nd['x'] = 1\\nl.append(2)"))
    ['a', 'b', 'd', 'f', 'l', 'np']
    """
    tree = parse(text)
    found: set[str] = set()
    stack: list[ast.AST] = list(tree.body) if tree else []
    while stack:
        node = stack.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                found |= {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            case ast.Name(ctx=ast.Store() | ast.Del()):
                found.add(node.id)
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                found |= root_of(node)
            case ast.Call(func=ast.Attribute() as method):
                found |= root_of(method)
        stack += ast.iter_child_nodes(node)
    return found


def root_of(node: ast.AST) -> set[str]:
    """Return the name that an attribute or item is one of, in a set; an empty one for none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def names_read(text: str) -> set[str]:
    """Return the names that a cell's text reads anywhere."""
    tree = parse(text)
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)} if tree else set()


def parse(text: str) -> ast.Module | None:
    """Return a text's tree, None for what is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
