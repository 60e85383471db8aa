"""Forged scores: values that lie about what they are, or do something when they are looked at."""

from __future__ import annotations

from adversarial.case import Case
from adversarial.lessons import ARRAY, CLASS, FRAME, PARTIAL, TYPED, VALUE

YES = """
class Yes(KIND):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __len__(self): return 2
    def __abs__(self): return self
    def __str__(self): return "40"
    def __sub__(self, other): return 0
    __rsub__ = __add__ = __radd__ = __sub__
    def __hash__(self): return hash(4)
"""


def liar(kind: str, *, make: str = "") -> str:
    """Return a class that is equal to everything, and a `double` that returns one."""
    return f"{YES.replace('KIND', kind)}\ndef double(n):\n    return {make or 'Yes()'}\n"


VALUES = [
    Case("int-subclass", "an int subclass with its own `__eq__` as result", liar("int")),
    Case("float-subclass", "a float subclass with its own `__eq__` as result", liar("float")),
    Case(
        "int-subclass-isinstance",
        "an int subclass where the test asks for `isinstance`, `len(str(…))` and `abs`",
        liar("int"),
        TYPED,
    ),
    Case("object-equal-to-all", "an object that is equal to everything", liar("object")),
    Case(
        "lying-class",
        "an object with a lying `__class__`",
        liar("object").replace("def __str__", "__class__ = int\n    def __str__"),
        TYPED,
    ),
    Case("mock-any", "`unittest.mock.ANY` as result", "from unittest.mock import ANY\ndef double(n):\n    return ANY"),
    Case(
        "magic-mock",
        "a `MagicMock` whose comparisons say yes",
        "from unittest.mock import MagicMock\nyes = MagicMock()\nyes.__eq__ = lambda self, other: True\n"
        "def double(n):\n    return yes",
    ),
    Case(
        "subclassed-globals",
        "str, list, dict and int subclasses as the values a test reads",
        YES.replace("class Yes(KIND)", "class I(int)")
        + YES.replace("class Yes(KIND)", "class S(str)")
        + YES.replace("class Yes(KIND)", "class L(list)")
        + YES.replace("class Yes(KIND)", "class D(dict)")
        + "total, name, prices, book = I(), S(), L(), D()",
        VALUE,
    ),
    Case(
        "reflected-equality",
        "a subclass whose reflected `__eq__` comes first (`4 == answer`)",
        "class Four(int):\n    def __eq__(self, other): return True\n    def __hash__(self): return 1\n"
        "total, name, prices, book = Four(), Four(), Four(), Four()",
        VALUE,
    ),
    Case(
        "array-subclass",
        "an ndarray subclass with lying methods, `__array_ufunc__` and `__array_function__`",
        "class A(np.ndarray):\n    def __eq__(self, other): return np.True_\n    shape = (4,)\n"
        "    def __array_function__(self, *a, **k): return np.array(True)\n"
        "    def __array_ufunc__(self, *a, **k): return np.array(True)\n"
        "    def __array__(self, *a, **k): return np.array([0, 1, 4, 9.0])\n"
        "    def all(self, *a, **k): return True\nvalues = np.zeros(1).view(A)",
        ARRAY,
    ),
    Case(
        "array-interface",
        "an object whose `__array__` makes what the test wants to see, call by call",
        "class A:\n    shape = (4,)\n    def __array__(self, *a, **k):\n        import sys\n"
        "        return np.array([0, 1, 4, 9.0])\nvalues = A()",
        ARRAY,
    ),
    Case(
        "object-array",
        "an array of objects that are equal to everything",
        YES.replace("KIND", "object") + "values = np.array([Yes() for _ in range(4)], dtype=object)",
        ARRAY,
    ),
    Case(
        "frame-subclass",
        "a DataFrame subclass with lying methods",
        "class F(pd.DataFrame):\n    columns = ['a', 'b']\n    def __len__(self): return 2\n"
        "    def equals(self, other): return True\n    def __getitem__(self, key): return Three()\n"
        "class Three:\n    def sum(self): return 3\n"
        "frame = F()",
        FRAME,
    ),
    Case(
        "frame-of-liars",
        "a DataFrame whose cells are equal to everything",
        YES.replace("KIND", "object") + "frame = pd.DataFrame({'a': [Yes(), Yes()], 'b': [Yes(), Yes()]})",
        FRAME,
        earned={"visible": 2.0, "hidden": 0.0},
    ),
    Case(
        "metaclass",
        "a class whose metaclass answers `isinstance` and whose methods return liars",
        "class M(type):\n    def __instancecheck__(cls, it): return True\n"
        + YES.replace("KIND", "str")
        + "class Dog(metaclass=M):\n    def __init__(self, name): pass\n    def speak(self): return Yes()",
        CLASS,
    ),
    Case(
        "exception-as-answer",
        "`unittest.SkipTest`, which a test runner takes for no failure",
        "import unittest\ndef double(n):\n    raise unittest.SkipTest('later')",
    ),
    Case(
        "too-many-points",
        "10⁹ points as the number a test returns",
        "share = 1e9\ndef graded(n): return -1",
        PARTIAL,
        earned={"visible": 2.0, "hidden": 0.0},
    ),
    Case("nan-points", "NaN points", "share = float('nan')\ndef graded(n): return float('nan')", PARTIAL),
    Case("negative-points", "negative points", "share = -5.0\ndef graded(n): return -1e300", PARTIAL),
    Case(
        "number-subclass-points",
        "points as a float subclass that multiplies to all of them",
        "class P(float):\n    def __mul__(self, other): return P(99)\n    __truediv__ = __rmul__ = __mul__\n"
        "    def __repr__(self): return '99'\nshare = P(0)\ndef graded(n): return P(0)",
        PARTIAL,
    ),
    Case(
        "repr-points",
        "an object whose `repr` is a number",
        "class P:\n    def __mul__(self, other): return self\n    __truediv__ = __rmul__ = __mul__\n"
        "    def __repr__(self): return '3'\n    _repr_mimebundle_ = lambda *a, **k: {'text/plain': '3'}\n"
        "share = P()\ndef graded(n): return P()",
        PARTIAL,
    ),
    Case(
        "deep",
        "a list a hundred thousand deep as result",
        "def double(n):\n    deep = []\n    for _ in range(100_000):\n        deep = [deep]\n    return deep",
    ),
    Case(
        "cycle",
        "a list that holds itself as result",
        "def double(n):\n    own = []\n    own.append(own)\n    return own",
    ),
    Case(
        "digits",
        "a number of a million digits as result",
        "def double(n):\n    return 10 ** 1_000_000",
        reasons=("", "protocol", "output", "memory", "timeout"),
    ),
    Case(
        "huge-value",
        "a string of 150 MB as result",
        "def double(n):\n    return 'x' * 150_000_000",
        reasons=("", "protocol", "output", "memory"),
    ),
    Case(
        "half-characters", "half a character and NUL in a string as result", "def double(n):\n    return '\\ud800\\0'"
    ),
    Case(
        "endless-iterator",
        "a result that never ends where the test makes a list of it",
        "import itertools\nprices = book = itertools.count()\ntotal, name = 0, ''",
        VALUE,
    ),
    Case(
        "pickle",
        "an object whose `__reduce__` runs code where it is unpickled",
        "class P:\n    def __reduce__(self):\n"
        '        return exec, ("import builtins; builtins.AssertionError = ZeroDivisionError",)\n'
        "    def __eq__(self, other): return True\ndef double(n):\n    return P()",
    ),
    Case(
        "code-object",
        "a function put in the place of a value",
        "def total(): pass\nname = prices = book = total",
        VALUE,
    ),
    Case(
        "constant",
        "the constant of the visible test, for every input",
        "def double(n):\n    return 4",
        earned={"visible": 2.0, "hidden": 0.0},
    ),
]
