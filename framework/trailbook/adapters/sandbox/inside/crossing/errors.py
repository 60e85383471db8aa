"""Exceptions across: exactly the same class where it is a known one, else a class that stands for the other side's.

What the machinery of a test takes for more than an error must not come from a learner: skipping a test, ending an
iteration, interrupting.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
from typing import Any

from .kinds import Malformed

BUILTIN = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
NOT_RAISED = frozenset(["StopIteration", "StopAsyncIteration", "GeneratorExit", "KeyboardInterrupt", "BaseException"])
"""Raised by an ordinary call they would end a loop or a run of the tester's, and with it the checks in it."""
KNOWN = {
    "json.decoder": frozenset(["JSONDecodeError"]),
    "csv": frozenset(["Error"]),
    "_csv": frozenset(["Error"]),
    "decimal": frozenset(["DivisionByZero", "InvalidOperation", "Inexact", "Overflow"]),
    "re": frozenset(["error"]),
    "sqlite3": frozenset(
        [
            "Error",
            "DatabaseError",
            "IntegrityError",
            "OperationalError",
            "ProgrammingError",
            "InterfaceError",
            "DataError",
        ]
    ),
    "zoneinfo._common": frozenset(["ZoneInfoNotFoundError"]),
    "numpy.linalg": frozenset(["LinAlgError"]),
    "numpy.exceptions": frozenset(["AxisError", "DTypePromotionError", "ComplexWarning", "VisibleDeprecationWarning"]),
    "pandas.errors": frozenset(
        ["MergeError", "ParserError", "EmptyDataError", "UndefinedVariableError", "InvalidIndexError"]
    ),
    "statistics": frozenset(["StatisticsError"]),
    "dataclasses": frozenset(["FrozenInstanceError"]),
    "configparser": frozenset(["Error", "NoSectionError", "NoOptionError"]),
    "queue": frozenset(["Empty", "Full"]),
    "copy": frozenset(["Error"]),
    "binascii": frozenset(["Error"]),
    "struct": frozenset(["error"]),
    "subprocess": frozenset(["CalledProcessError", "TimeoutExpired"]),
    "concurrent.futures._base": frozenset(["CancelledError", "TimeoutError"]),
    "asyncio.exceptions": frozenset(["CancelledError", "InvalidStateError"]),
}
"""Well-known classes of errors by the module they say they are from."""


EXTRAS: dict[type[BaseException], tuple[str, ...]] = {
    OSError: ("filename",),
    NameError: ("name",),
    AttributeError: ("name",),
    ImportError: ("name", "path"),
}
"""What exceptions of the language keep beside their arguments."""


def set_extras(error: BaseException, attributes: dict[str, Any]) -> None:
    """Give an exception what those of its class keep beside their arguments, as far as it is text."""
    for base, names in EXTRAS.items():
        for name in names:
            if isinstance(error, base) and type(attributes.get(name)) is str:
                vars(base)[name].__set__(error, attributes[name])


def name_of_error(kind: type[BaseException]) -> str | None:
    """Return ``module:name`` of a class of errors that both sides have, None for any other."""
    if kind.__module__ == "builtins" and kind.__name__ in BUILTIN:
        return f"builtins:{kind.__name__}" if getattr(builtins, kind.__name__) is kind else None
    if (
        kind.__name__ in KNOWN.get(kind.__module__, ())
        and getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind
    ):
        return f"{kind.__module__}:{kind.__name__}"
    return None


def error_of_name(name: object) -> type[BaseException]:
    """Return the class of a name; raises `Malformed` for one that may not be named or is not loaded."""
    if not isinstance(name, str):
        raise Malformed("no name of an error")
    module, _, attribute = name.partition(":")
    if module == "builtins" and attribute in BUILTIN:
        found: type[BaseException] = getattr(builtins, attribute)
        return found
    loaded = sys.modules.get(module)
    found = getattr(loaded, attribute, None) if attribute in KNOWN.get(module, ()) else None  # type: ignore[assignment]
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise Malformed("no error that crosses by name")
    return found


def make_error(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """Return an exception without running the code of its class."""
    base: Any = next(each for each in kind.__mro__ if each.__module__ == "builtins")
    error: BaseException = base.__new__(kind, *args)
    with contextlib.suppress(TypeError):
        base.__init__(error, *args)  # UnicodeError and OSError keep what they are given in places of their own
    vars(BaseException)["args"].__set__(error, args)  # not through the class, which may ask for it
    return error
