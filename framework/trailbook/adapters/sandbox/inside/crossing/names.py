"""Types and modules that cross by name: those whose every use is harmless, whoever names them."""

from __future__ import annotations

import _operator  # noqa: F401 - where operator's functions say they are from
import builtins
import cmath
import importlib
import math
import operator
import sys
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, ModuleType
from typing import Any

from .kinds import Malformed

BUILTIN_TYPES = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and not name.startswith("_")
)
# By module: "" for every public class in it.
TYPE_MODULES: dict[str, frozenset[str]] = {
    "builtins": BUILTIN_TYPES | {"NoneType", "function"},
    "types": frozenset(
        [
            "FunctionType",
            "MethodType",
            "GeneratorType",
            "NoneType",
            "SimpleNamespace",
            "ModuleType",
            "LambdaType",
            "BuiltinFunctionType",
            "CoroutineType",
            "AsyncGeneratorType",
            "MappingProxyType",
        ]
    ),
    "collections": frozenset(
        ["Counter", "OrderedDict", "defaultdict", "deque", "UserDict", "UserList", "UserString", "ChainMap"]
    ),
    "collections.abc": frozenset(),
    "datetime": frozenset(["date", "datetime", "time", "timedelta", "timezone", "tzinfo"]),
    "decimal": frozenset(["Decimal"]),
    "fractions": frozenset(["Fraction"]),
    "enum": frozenset(["Enum", "IntEnum", "Flag", "IntFlag", "StrEnum"]),
    "abc": frozenset(["ABC", "ABCMeta"]),
    "numbers": frozenset(["Number", "Complex", "Real", "Rational", "Integral"]),
    "pathlib": frozenset(["Path", "PurePath", "PosixPath", "PurePosixPath"]),
    "uuid": frozenset(["UUID"]),
    "re": frozenset(["Pattern", "Match"]),
    "typing": frozenset(
        [
            "Any",
            "Callable",
            "Dict",
            "List",
            "Optional",
            "Set",
            "Tuple",
            "Union",
            "Generic",
            "TypeVar",
            "Iterable",
            "Iterator",
        ]
    ),
    "array": frozenset(["array"]),
    "numpy": frozenset(),
    "pandas": frozenset(),
    "pandas.api.typing": frozenset(),
}
PUBLIC_MODULES = {"numpy", "pandas", "collections.abc"}
"""Modules whose public classes all may be named."""
MODULE_OF_PARTS = {
    "_collections_abc": "collections.abc",
    "pathlib._local": "pathlib",
    "_decimal": "decimal",
    "_io": "io",
}
NONE_TYPE = type(None)
PROGRAMS = {"antigravity", "this", "idlelib", "test", "turtledemo", "lib2to3", "ensurepip", "venv", "pydoc"}
"""Do something when imported, or hold modules that do."""


def name_of_type(value: Any) -> str | None:
    """Return ``module:name`` of a type that crosses by name, or None for any other."""
    if not isinstance(value, type):
        return None
    if value is NONE_TYPE:
        return "builtins:NoneType"
    module = MODULE_OF_PARTS.get(value.__module__, value.__module__)
    top = module.partition(".")[0]
    for place in (module, top):
        if _may_name(place, value.__name__) and _lookup(place, value.__name__) is value:
            return f"{place}:{value.__name__}"
    return None


def type_of_name(name: object) -> Any:
    """Return the type of a name; raises `Malformed` for one that may not be named."""
    if not isinstance(name, str):
        raise Malformed("no name of a type")
    module, _, attribute = name.partition(":")
    if name == "builtins:NoneType":
        return NONE_TYPE
    found = _lookup(module, attribute) if _may_name(module, attribute) else None
    if not isinstance(found, type):
        raise Malformed("no type that crosses by name")
    return found


SAFE_FUNCTIONS = {
    "builtins": frozenset(
        [
            "abs",
            "all",
            "any",
            "ascii",
            "bin",
            "callable",
            "chr",
            "divmod",
            "hash",
            "hex",
            "id",
            "isinstance",
            "issubclass",
            "iter",
            "len",
            "max",
            "min",
            "next",
            "oct",
            "ord",
            "pow",
            "repr",
            "round",
            "sorted",
            "sum",
        ]
    ),
    "math": frozenset(name for name in vars(math) if not name.startswith("_")),
    "cmath": frozenset(name for name in vars(cmath) if not name.startswith("_")),
    "_operator": frozenset(name for name in vars(operator) if not name.startswith("_") and not name.endswith("getter"))
    - {"methodcaller", "call", "setitem", "delitem"},
}
"""Functions in C that compute a value and do nothing else."""
SAFE_METHODS_OF = frozenset(["str", "bytes", "int", "float", "complex", "tuple", "frozenset"])
"""Types whose methods change nothing."""


def name_of_function(value: Any) -> str | None:
    """Return ``module:name`` of a function that crosses by name, or None for any other."""
    owner = getattr(value, "__objclass__", None)
    if isinstance(owner, type):
        name = f"builtins:{owner.__name__}.{value.__name__}"
    else:
        name = f"{value.__module__}:{value.__name__}"
    return name if _find_function(name) is value else None


def function_of_name(name: object) -> Any:
    """Return the function of a name; raises `Malformed` for one that may not be named."""
    found = _find_function(name) if isinstance(name, str) else None
    if found is None:
        raise Malformed("no function that crosses by name")
    return found


def name_of_known(value: Any) -> str | None:
    """Return ``module:name`` of a function or class of an installed module, None for any other value."""
    if not isinstance(value, type | FunctionType | BuiltinFunctionType | MethodDescriptorType):
        return None
    module = getattr(value, "__module__", None) or "builtins"
    name = f"{module}:{value.__qualname__}"
    if not isinstance(module, str) or module == "__main__":
        return None
    found = _walk_to(module, value.__qualname__)
    # The notebook's own `open` wraps the language's.
    return name if found is not None and found in (value, getattr(value, "__wrapped__", None)) else None


def known_of_name(name: object) -> Any:
    """Return a function or class of an installed module; only for who trusts the other side."""
    module, _, path = str(name).partition(":")
    importlib.import_module(module)
    found = _walk_to(module, path)
    if found is None:
        raise Malformed("nothing of that name is installed")
    return found


def _walk_to(module: str, path: str) -> Any:
    found: Any = sys.modules.get(module)
    for name in path.split("."):
        found = getattr(found, name, None)
    return found


def _find_function(name: str) -> Any:
    module, _, path = name.partition(":")
    owner, _, method = path.rpartition(".")
    if owner:
        is_safe = module == "builtins" and owner in SAFE_METHODS_OF and not method.startswith("_")
        return vars(getattr(builtins, owner)).get(method) if is_safe else None
    return _lookup(module, path) if path in SAFE_FUNCTIONS.get(module, ()) else None


def may_import(name: str) -> bool:
    """Whether a module may be named: one of the standard library without a program in it, or one loaded already."""
    parts = name.split(".")
    if not all(part.isidentifier() and not part.startswith("_") for part in parts) or parts[0] in PROGRAMS:
        return False
    return parts[0] in sys.stdlib_module_names or name in sys.modules


def module_of_name(name: object, *, is_trusting: bool) -> ModuleType:
    """Return a module; raises `Malformed` for one that may not be named or is not here."""
    if not isinstance(name, str) or not (is_trusting or may_import(name)):
        raise Malformed("no module that crosses by name")
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Malformed("a module that is not here") from error


def _may_name(module: str, name: str) -> bool:
    if module in PUBLIC_MODULES:
        return not name.startswith("_")
    return name in TYPE_MODULES.get(module, ())


def _lookup(module: str, name: str) -> Any:
    loaded = sys.modules.get(module)
    return getattr(loaded, name, None) if loaded is not None else None
