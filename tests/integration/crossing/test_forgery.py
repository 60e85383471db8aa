"""What a learner's code may try with the link: nothing makes a test pass, or shows what it must not see."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from support.crossing import Cell, Told, Zygote, run_apart

REFERENCE = """
import numpy as np
import pandas as pd
number, text, flag = 42, "right", True
values = [1, 2, 3]
array = np.arange(3)
frame = pd.DataFrame({"a": [1, 2]})
def add(a, b):
    return a + b
def apply(f, x):
    return f(x)
class Dog:
    def speak(self):
        return "woof"
"""
SHARED = """
import unittest, pytest
DATA = [1, 2, 3]
def double(x):
    return 2 * x
"""
TESTS = {
    "plain": "assert number == 42 and text == 'right' and flag is True",
    "list": "assert values == [1, 2, 3]",
    "array": "assert (array == [0, 1, 2]).all()",
    "frame": "assert frame.equals(type(frame)({'a': [1, 2]}))",
    "call": "assert add(1, 2) == 3",
    "truth": "assert add(1, 2)",
    "equal": "expected = 3\nassert expected == add(1, 2)",
    "instance": "assert Dog().speak() == 'woof' and isinstance(Dog(), Dog)",
    "unittest": """
        class T(unittest.TestCase):
            def test_add(self):
                self.assertEqual(add(1, 2), 3)
        assert unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(T)).wasSuccessful()
        """,
    "loop": "for i in range(3):\n    assert add(i, 1) == i + 1\ndone = True",
    "helper": "assert double(4) == 8 and add(1, 2) == 3",
    "builtins": "assert all([add(1, 2) == 3]) and isinstance(add(1, 1), int) and len(values) == 3 and sum(values) == 6",
    "data": "assert add(1, 2) == 3 and sum(DATA) == 6 and add(sum(DATA), 0) == 6",
    "numpy": "assert np.all(np.array([add(1, 2)]) == 3) and np.isclose(add(1, 2), 3)",
    "raises": "with pytest.raises(TypeError):\n    add(1)\nassert add(1, 2) == 3",
}
LIAR = """
    class Liar:
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __bool__(self): return True
        def __lt__(self, other): return True
        __gt__ = __le__ = __ge__ = __lt__
        def __hash__(self): return hash(3)
        def __getattr__(self, name): return Liar()
        def __call__(self, *args, **options): return self
        def __len__(self): return 3
        def __iter__(self): return iter([])
        def __contains__(self, each): return True
        def __instancecheck__(self, each): return True
        def __array__(self, *args, **options): return __import__("numpy").array(3)
        def __radd__(self, other): return self
"""
TRICKS = {
    "objects that say they are equal": f"""
        {LIAR}
        number = text = flag = values = array = frame = Liar()
        def add(a, b=1): return Liar()
        Dog = Liar
        apply = Liar()
        np = pd = Liar()
        """,
    "a class that names another": """
        class Fake:
            __class__ = property(lambda self: int)
            def __eq__(self, other): return True
            def __len__(self): return 3
        Fake.__name__, Fake.__qualname__, Fake.__module__ = "int", "int", "builtins"
        number = text = flag = values = array = frame = Fake()
        def add(a, b=1): return Fake()
        class Dog:
            def speak(self): return Fake()
        """,
    "derived from plain types": """
        import numpy, pandas
        class Int(int):
            def __eq__(self, other): return True
            def __bool__(self): return True
            __hash__ = int.__hash__
        class Str(str):
            def __eq__(self, other): return True
            __hash__ = str.__hash__
        class List(list):
            def __eq__(self, other): return True
            def __len__(self): return 3
        class Array(numpy.ndarray):
            def __eq__(self, other): return numpy.ones(3, bool)
        class Frame(pandas.DataFrame):
            def equals(self, other): return True
        number, text, flag = Int(0), Str("wrong"), Int(1)
        values, array = List(), numpy.zeros(3).view(Array)
        frame = Frame({"a": [0, 0]})
        def add(a, b=1): return Int(0)
        class Dog:
            def speak(self): return Str("")
        """,
    "an exception that ends a run": """
        import unittest
        def stop(*args):
            raise unittest.SkipTest("skipped")
        add = stop
        class Dog:
            def __init__(self): stop()
        """,
    "an exception that pytest skips with": """
        import pytest
        def add(a, b=1): pytest.skip("no")
        """,
    "an exception that ends a loop": """
        def add(a, b=1): raise StopIteration
        """,
    "an exception that ends a program": """
        def add(a, b=1): raise SystemExit(0)
        """,
    "an interruption": """
        def add(a, b=1): raise KeyboardInterrupt
        """,
    "an exception of no known kind": """
        class Quiet(BaseException): pass
        def add(a, b=1): raise Quiet
        """,
    "the end of the process": """
        import os
        def add(a, b=1): os._exit(0)
        """,
    "names of the language's own": """
        all = any = isinstance = len = sum = type = print = lambda *args: True
        def assert_equal(*args): pass
        def double(x): return 8
        def add(a, b=1): return 0
        values = [9, 9, 9]
        """,
    "the tools of tests replaced": """
        import builtins, numpy, unittest
        builtins.all = builtins.isinstance = builtins.sum = lambda *args: True
        numpy.all = numpy.isclose = lambda *args, **options: True
        unittest.TestCase.assertEqual = lambda *args: None
        def add(a, b=1): return 0
        """,
    "values of the instructor's changed": """
        DATA.clear()
        DATA.append(6)
        expected = 0
        def add(a, b=1):
            global expected
            expected = 0
            DATA[:] = [0]
            return 0
        """,
}


def make_cells(answer: str) -> list[Cell]:
    """Return a notebook with an answer and every test."""
    tests: list[Cell] = [("test", dedent(test).strip()) for test in TESTS.values()]
    return [("shared", SHARED), ("answer", dedent(answer)), *tests]


@pytest.fixture(scope="module")
def recorded(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return the run of the reference."""
    return run_apart(zygote, tmp_path_factory.mktemp("recorded"), make_cells(REFERENCE), record=True)


def test_the_reference_passes_every_test(recorded: Told) -> None:
    assert recorded.errors() == []
    assert len(recorded.verdicts()) == len(TESTS)


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_that_is_wrong_passes(zygote: Zygote, tmp_path: Path, recorded: Told, trick: str) -> None:
    told = run_apart(zygote, tmp_path, make_cells(TRICKS[trick]), contract=recorded.end["contract"])

    passed = [name for name, verdict in zip(TESTS, told.verdicts(), strict=True) if verdict]
    assert passed == []


def test_an_object_is_refused_by_name(zygote: Zygote, tmp_path: Path, recorded: Told) -> None:
    told = run_apart(
        zygote, tmp_path, make_cells(TRICKS["derived from plain types"]), contract=recorded.end["contract"]
    )

    assert told.errors()[0] == "ExpectedPlain: expected plain data, got an object of type Int"


SPY = """
seen = []
def look(path, f):
    try:
        seen.append((path, repr(f())[:300]))
    except BaseException as error:
        seen.append((path, type(error).__name__))
def apply(f, x):
    look("globals", lambda: f.__globals__["hidden"])
    look("code", lambda: f.__code__.co_consts)
    look("closure", lambda: [cell.cell_contents for cell in f.__closure__ or ()])
    look("class", lambda: type(f).__subclasses__())
    look("private", lambda: x._private)
    look("dict", lambda: vars(x)["secret"])
    look("slots", lambda: x.__dict__)
    look("method", lambda: x.method.__func__.__globals__["hidden"])
    look("init", lambda: type(x).__init__.__globals__["hidden"])
    look("reduce", lambda: x.__reduce_ex__(2))
    try:
        f("boom")
    except Exception as error:
        look("frames", lambda: [each.f_locals for each in frames(error)])
        look("context", lambda: error.__context__)
    return 0
def frames(error):
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next
"""


def test_a_function_of_a_test_shows_nothing_of_the_test(zygote: Zygote, tmp_path: Path) -> None:
    test = """
        hidden = "xyzzy-the-answer"
        class Thing:
            _private = "xyzzy-private"
            def __init__(self):
                self.secret = 1
                self._kept = "xyzzy-kept"
            def method(self):
                return hidden
        def f(x, hint=None):
            inside = hidden + "-inside"
            return int(x)
        apply(f, Thing())
        print(seen)
        """
    told = run_apart(zygote, tmp_path, [("answer", SPY), ("test", dedent(test))])

    text = told.tester[1]["outputs"][0]["text"]
    assert "globals" in text
    assert "xyzzy" not in text


def test_functions_of_installed_modules_are_the_learners_own(zygote: Zygote, tmp_path: Path) -> None:
    answer = """
        import os
        def apply(f, x):
            return (f.__module__, f(x)) if x == "pid" else f(x)
        mine = os.getpid()
        """
    test = """
        import os
        def test_pid(_):
            return 0
        class Popen: pass
        assert apply(eval, "__import__('os').getpid()") == mine != os.getpid()
        assert apply(open, "/proc/self/stat").read().split()[0] == str(mine)
        """
    told = run_apart(zygote, tmp_path, [("answer", dedent(answer)), ("test", dedent(test))])

    assert told.errors() == []


def test_names_a_test_assigns_stay_with_it_unless_the_reference_uses_them(zygote: Zygote, tmp_path: Path) -> None:
    test: Cell = ("test", "solution = [4, 5]\nassert f() == 1")
    recorded = run_apart(zygote, tmp_path / "1", [("answer", "def f():\n    return 1"), test], record=True)
    greedy = "solution = None\ndef f():\n    print('got', solution)\n    return 1"
    told = run_apart(zygote, tmp_path / "2", [("answer", greedy), test], contract=recorded.end["contract"])

    assert told.tester[1]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "got None\n"}]


def test_files_of_the_learner_replace_nothing_of_the_tests(zygote: Zygote, tmp_path: Path) -> None:
    answer = """
        import os
        for name in ("checks.py", "statistics2.py", "expected.txt", "json.py", "sitecustomize.py"):
            with open(name, "w") as f:
                f.write("def check(x): pass\\nexpected = 0\\n")
        os.symlink("/etc/passwd", "link.txt")
        def f():
            return 0
        """
    test = """
        import json, os, sys
        from checks import check
        assert open("expected.txt").read() == "7\\n"
        assert not os.path.lexists("link.txt") and json.dumps([]) == "[]"
        assert "" not in sys.path and os.getcwd() not in sys.path
        check(f())
        """
    files = {"checks.py": b"def check(x):\n    assert x == 7\n", "expected.txt": b"7\n"}
    told = run_apart(zygote, tmp_path, [("answer", dedent(answer)), ("test", dedent(test))], files=files)

    assert told.errors() == ["AssertionError: "]


@pytest.mark.parametrize(
    "test",
    [
        "import pickle\nwith open('model.pkl', 'rb') as f:\n    model = pickle.load(f)",
        "import numpy as np\nnp.load('model.npy', allow_pickle=True)",
        "import pandas as pd\npd.read_pickle('model.pkl')",
        "import inspect\nspace = {}\nexec(inspect.getsource(f), space)",
        "assert eval(expression) == 3",
        "exec(text)",
    ],
)
def test_nothing_that_came_is_run(zygote: Zygote, tmp_path: Path, test: str) -> None:
    answer = """
        import pickle
        import numpy as np
        class Evil:
            def __reduce__(self):
                return exec, ("import builtins; builtins.forged = 1",)
        with open("model.pkl", "wb") as file:
            pickle.dump(Evil(), file)
        np.save("model.npy", np.array([Evil()], dtype=object), allow_pickle=True)
        expression, text = "1 + 2", "import builtins; builtins.forged = 1"
        def f():
            return 1
        """
    cells: list[Cell] = [
        ("answer", dedent(answer)),
        ("test", test),
        ("test", "import builtins\nassert not hasattr(builtins, 'forged')"),
    ]
    told = run_apart(zygote, tmp_path, cells)

    assert told.verdicts() == [False, True]
    assert told.errors()[0].startswith("Refused: ")
