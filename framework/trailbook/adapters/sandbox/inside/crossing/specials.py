"""The special methods that cross: what operators and statements of the language call."""

from __future__ import annotations

BINARY = [
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "lshift",
    "rshift",
    "and",
    "or",
    "xor",
    "divmod",
]
OPERATORS = frozenset(
    [f"__{prefix}{name}__" for name in BINARY for prefix in ("", "r", "i") if name != "divmod" or prefix != "i"]
    + ["__neg__", "__pos__", "__abs__", "__invert__", "__round__", "__trunc__", "__floor__", "__ceil__"]
)
COMPARISONS = frozenset(["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"])
CONVERSIONS = frozenset(
    ["__bool__", "__int__", "__float__", "__complex__", "__index__", "__hash__", "__bytes__", "__fspath__"]
)
TEXTS = frozenset(["__repr__", "__str__", "__format__"])
CONTAINERS = frozenset(
    [
        "__len__",
        "__length_hint__",
        "__getitem__",
        "__setitem__",
        "__delitem__",
        "__contains__",
        "__iter__",
        "__reversed__",
        "__next__",
    ]
)
CALLING = frozenset(
    [
        "__call__",
        "__enter__",
        "__exit__",
        "__await__",
        "__aenter__",
        "__aexit__",
        "__aiter__",
        "__anext__",
        "__dir__",
        "__copy__",
        "__deepcopy__",
        "__instancecheck__",
        "__subclasscheck__",
        "__class_getitem__",
    ]
)
ALL = OPERATORS | COMPARISONS | CONVERSIONS | TEXTS | CONTAINERS | CALLING
DECIDING = COMPARISONS | frozenset(["__bool__", "__contains__", "__len__", "__instancecheck__", "__subclasscheck__"])
"""Those whose answer an assertion is likely to be about: the learner's own code then decides it."""
CLASS_LEVEL = frozenset(["__instancecheck__", "__subclasscheck__", "__class_getitem__"])
