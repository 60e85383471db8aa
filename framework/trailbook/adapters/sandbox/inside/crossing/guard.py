"""What a test must not do with what came from the learner: run it. An object in a pickle, a text given to ``exec``.

Such a test cannot have its tester apart, whatever it checks; the release tells the author to declare it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

PICKLED = {
    "builtins": "bool bytearray bytes complex dict float frozenset int list range set slice str tuple",
    "collections": "Counter OrderedDict defaultdict deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "_codecs": "encode",
    "numpy": "dtype ndarray",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy.core.multiarray": "_reconstruct scalar",
    "numpy._core.numeric": "_frombuffer",
    "numpy.core.numeric": "_frombuffer",
    "pandas": "DataFrame Series StringDtype Timestamp Timedelta",
    "pandas.core.frame": "DataFrame",
    "pandas.core.series": "Series",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
    "pandas.core.indexes.base": "Index _new_Index",
    "pandas.core.indexes.range": "RangeIndex",
    "pandas._libs.internals": "_unpickle_block",
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas.core.arrays.string_": "StringArray StringDtype",
}
"""Classes that a pickle may name: plain data, arrays and frames."""
TEXT_RUN = "a test ran text of the answer's; declare the test to run in the learner's process"

Names = Callable[[], set[str]]


class Refused(RuntimeError):
    """A test was about to run what came from the learner."""


class Guard:
    """Watches the tester's process.

    Parameters
    ----------
    names_of_answers
        Returns the names of the functions and classes in the submitted text.
    """

    def __init__(self, names_of_answers: Names) -> None:
        self._names = names_of_answers
        self._texts: set[str] = set()

    def watch(self) -> None:
        """Start; for good, since such a hook stays."""
        sys.addaudithook(self._notice)

    def remember(self, value: Any) -> None:
        """Take in the texts in a value that came from the learner."""
        stack, room = [value], 10_000
        while stack and room:
            each, room = stack.pop(), room - 1
            if type(each) is str:
                self._texts.add(each.strip())
            elif type(each) in (list, tuple, set):
                stack += each
            elif type(each) is dict:
                stack += each.values()

    def _notice(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "pickle.find_class":
            module, name = args
            if name not in PICKLED.get(module, "").split():
                raise Refused(f"a pickle that names {module}.{name}: only plain data, arrays and frames are read")
        elif event == "compile":
            source = args[0]
            text = source.decode(errors="replace") if isinstance(source, bytes) else source
            is_read = sys._getframe(1).f_code is ast.parse.__code__  # which makes nothing that runs
            # Nor does a lone name or number say anything that runs.
            if isinstance(text, str) and text.strip() in self._texts and not (is_read or text.strip().isalnum()):
                raise Refused(TEXT_RUN)
        elif event == "exec" and self._is_answers(args[0]):
            raise Refused(TEXT_RUN)

    def _is_answers(self, code: Any) -> bool:
        """Whether code of a text, not of a cell or a module, defines what an answer defines."""
        if not isinstance(code, CodeType) or code.co_filename not in ("<string>", "<unknown>", "<ast>"):
            return False
        inner = {each.co_name for each in code.co_consts if isinstance(each, CodeType)}
        return bool(inner & self._names())
