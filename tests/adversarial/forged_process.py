"""Forged scores: what learner code does to the process that runs it, in the hope that the tests run there too."""

from __future__ import annotations

from adversarial.case import Case
from adversarial.lessons import ARRAY, CALLBACK, CLASS, FRAME, HELPER, MODULES, READING, UNITTEST

WRONG = "\ndef double(n):\n    return 0\n"
WALK = """
import sys
def double(n):
    frame = sys._getframe()
    while frame is not None:
        for constant in frame.f_code.co_consts:
            if isinstance(constant, int) and constant == 2 * n and frame.f_code is not double.__code__:
                return constant
        frame = frame.f_back
    return 0
"""
COLLECT = """
import gc
def double(n):
    texts = [t for d in gc.get_objects() if isinstance(d, dict) for t in list(d.values()) if isinstance(t, str)]
    for text in texts:
        if "assert double(" in text:
            for line in text.splitlines():
                if line.strip().startswith(f"assert double({n})"):
                    return int(line.split("==")[1].split(",")[0])
    return 0
"""
PATCH_SHELL = """
ip = get_ipython()
def run_cell(*a, **k):
    from IPython.core.interactiveshell import ExecutionResult, ExecutionInfo
    return ExecutionResult(ExecutionInfo("", False, False, False, ""))
async def run_cell_async(*a, **k):
    return run_cell()
ip.run_cell, ip.run_cell_async, ip.run_code = run_cell, run_cell_async, run_cell_async
type(ip).run_cell, type(ip).run_cell_async = run_cell, run_cell_async
"""
TRACE = """
import linecache, sys, threading
def trace(frame, event, arg):
    frame.f_trace_lines = True
    if event == "line" and "assert" in linecache.getline(frame.f_code.co_filename, frame.f_lineno):
        frame.f_lineno += 1
    if event == "exception":
        arg[1].__traceback__ = None
    return trace
sys.settrace(trace)
threading.settrace(trace)
def double(n):
    return 0
"""
SWALLOW = """
import builtins
class Never(Exception):
    def __new__(cls, *a): return None
builtins.AssertionError = Never
try:
    exec('__debug__ = False')
except SyntaxError:
    pass
def double(n):
    return 0
"""

PROCESS = [
    Case(
        "ast-transformers",
        "`ast_transformers` that take every assert out",
        "import ast\nclass Drop(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)\n"
        "get_ipython().ast_transformers.append(Drop())" + WRONG,
    ),
    Case(
        "input-transformers",
        "`input_transformers_post` and `_cleanup` that empty every test",
        "ip = get_ipython()\nempty = lambda lines: ['pass\\n'] if any('assert' in line for line in lines) else lines\n"
        "ip.input_transformers_post.append(empty)\nip.input_transformers_cleanup.append(empty)" + WRONG,
    ),
    Case(
        "events",
        "IPython events that put the right function in place before each cell",
        "def put(*a): get_ipython().user_ns['double'] = type('Y', (), {'__call__': lambda s, n: s, "
        "'__eq__': lambda s, o: True})()\n"
        "get_ipython().events.register('pre_run_cell', put)\nget_ipython().events.register('pre_execute', put)" + WRONG,
    ),
    Case(
        "builtins",
        "`isinstance`, `all`, `len`, `abs`, `str` and `__build_class__` of builtins replaced",
        "import builtins\nfor name in ('isinstance', 'all', 'any', 'abs', 'sum'):\n"
        "    setattr(builtins, name, lambda *a, **k: True)\nbuiltins.len = lambda it: 2\n"
        "class Int(int):\n    def __eq__(self, other): return True\nbuiltins.int = Int\nbuiltins.range = lambda *a: ()"
        + WRONG,
        reasons=("", "exit", "protocol", "timeout"),
    ),
    Case(
        "import-hook",
        "`builtins.__import__`, `sys.meta_path` and `sys.modules` that give tests other modules",
        "import builtins, sys, types\nclass Fake(types.ModuleType):\n"
        "    def __getattr__(self, name): return lambda *a, **k: '4'\n"
        "for name in ('numpy.testing', 'statistics', 'json', 'unittest', 'decimal'):\n"
        "    sys.modules[name] = Fake(name)\n"
        "real = builtins.__import__\n"
        "builtins.__import__ = lambda name, *a, **k: sys.modules.get(name) or real(name, *a, **k)" + WRONG,
        MODULES,
        reasons=("", "exit", "protocol", "timeout"),
    ),
    Case("assertion-error", "`AssertionError` and `__debug__` replaced", SWALLOW),
    Case("settrace", "`sys.settrace` that steps over the asserts", TRACE),
    Case(
        "setprofile",
        "`sys.setprofile` that puts its own value into the caller's frame",
        "import sys\ndef profile(frame, event, arg):\n    if frame.f_code.co_name == '<module>':\n"
        "        frame.f_globals['double'] = lambda n: 2 * n if n != 2 else 5\nsys.setprofile(profile)" + WRONG,
    ),
    Case(
        "monitoring",
        "`sys.monitoring` that swallows what tests raise",
        "import sys\nif hasattr(sys, 'monitoring'):\n    m = sys.monitoring\n    m.use_tool_id(0, 'x')\n"
        "    m.register_callback(0, m.events.RAISE, lambda *a: m.DISABLE)\n    m.set_events(0, m.events.RAISE)" + WRONG,
    ),
    Case(
        "thread",
        "a thread that keeps putting liars into every namespace it finds",
        "import threading, time, gc\nclass Yes:\n    def __call__(self, n): return self\n"
        "    def __eq__(self, other): return True\n"
        "def work():\n    while True:\n        for each in gc.get_objects():\n"
        "            if type(each) is dict and 'double' in each:\n                each['double'] = Yes()\n"
        "        time.sleep(0.001)\nthreading.Thread(target=work, daemon=True).start()" + WRONG,
        reasons=("", "exit", "timeout"),
    ),
    Case(
        "timer",
        "a signal handler by timer that ends the test with success",
        "import signal, os\nsignal.signal(signal.SIGALRM, lambda *a: os._exit(0))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.05)\ndef double(n):\n    import time\n    time.sleep(1)",
        reasons=("exit",),
    ),
    Case("os-exit", "`os._exit(0)` in the answer", "import os\nos._exit(0)", reasons=("exit",)),
    Case(
        "os-exit-in-test",
        "`os._exit(0)` in a function the test calls",
        "import os\ndef double(n):\n    os._exit(0)",
        reasons=("exit",),
    ),
    Case(
        "system-exit-in-test",
        "`SystemExit(0)` in a function the test calls",
        "def double(n):\n    raise SystemExit(0)",
        reasons=("", "exit"),
    ),
    Case(
        "keyboard-interrupt",
        "`KeyboardInterrupt` and `GeneratorExit` in a function the test calls",
        "def double(n):\n    raise (KeyboardInterrupt if n == 2 else GeneratorExit)",
    ),
    Case(
        "exec",
        "another program in the place of Python",
        "import os\ndef double(n):\n    os.execv('/bin/true', ['true'])",
        reasons=("exit", "protocol"),
    ),
    Case(
        "exec-python",
        "another Python in its place, which answers what it finds open with passes",
        "import os, sys\ncode = '''\nimport os, json, struct\n"
        "for fd in range(3, 64):\n"
        '    try:\n        os.write(fd, b\'{"type": "cell", "index": 3, "status": "ok", "failed": false, \'\'\'\n'
        "code += '''\"outputs\": [], \"execution_count\": 4}\\\\n')\n    except OSError: pass\n'''\n"
        "os.execv(sys.executable, [sys.executable, '-c', code])",
        reasons=("exit", "protocol"),
    ),
    Case(
        "atexit",
        "`atexit`, `__del__` and a finalizer that print and raise",
        'import atexit, weakref\natexit.register(lambda: print(\'{"type": "end", "reason": ""}\'))\n'
        "class D:\n    def __del__(self): raise RuntimeError('late')\nkept = D()" + WRONG,
    ),
    Case(
        "at-fork",
        "`os.register_at_fork` and audit hooks that wait for the tests",
        "import os, sys\nput = lambda: get_ipython().user_ns.update(double=lambda n: n * 2 if n != 2 else 5)\n"
        "os.register_at_fork(before=put, after_in_child=put)\n"
        "sys.addaudithook(lambda event, args: put() if event == 'compile' else None)" + WRONG,
    ),
    Case(
        "audit-exit",
        "an audit hook that ends Python when a test is compiled",
        "import os, sys\nsys.addaudithook(lambda event, args: os._exit(0) if event == 'compile' and args[0] and "
        "b'assert' in (args[0] if isinstance(args[0], bytes) else str(args[0]).encode()) else None)" + WRONG,
        reasons=("", "exit"),
    ),
    Case(
        "code-patched",
        "`__code__` of functions of the grading replaced",
        "import sys, types\nyes = (lambda *a, **k: True).__code__\n"
        "for module in list(sys.modules.values()):\n"
        "    for value in list(vars(module).values()):\n"
        "        if isinstance(value, types.FunctionType) and value.__name__ in ('determine_grade', 'assert_equal', "
        "'assert_allclose', 'judge', 'compare'):\n"
        "            try:\n                value.__code__ = yes\n            except ValueError:\n                pass\n"
        "values = np.zeros(9)",
        ARRAY,
    ),
    Case(
        "shell-patched",
        "`run_cell` and `run_cell_async` of the shell replaced",
        PATCH_SHELL + WRONG,
        reasons=("", "exit", "protocol", "timeout"),
    ),
    Case(
        "display-hook",
        "a pass sent by hand before the failing assert",
        "def double(n):\n    get_ipython().displayhook(5)\n    get_ipython().display_pub.publish({'text/plain': '5'})\n"
        "    return 0",
    ),
    Case(
        "silent-traceback",
        "the display of errors switched off",
        "ip = get_ipython()\nip.showtraceback = ip._showtraceback = ip.showsyntaxerror = lambda *a, **k: None\n"
        "import sys\nsys.excepthook = lambda *a: None\nsys.stderr = sys.stdout = open('/dev/null', 'w')" + WRONG,
    ),
    Case("frame-walk", "a walk through the callers' frames to the constant the test expects", WALK),
    Case("collector", "a search of all objects for the text of the tests", COLLECT),
    Case(
        "numpy-testing",
        "`numpy.testing` replaced",
        "import numpy.testing as t\nt.assert_allclose = t.assert_array_equal = np.array_equal = lambda *a, **k: True\n"
        "values = np.zeros(4)",
        ARRAY,
    ),
    Case(
        "pandas-testing",
        "`pandas.testing` and the methods of DataFrame replaced",
        "pd.testing.assert_frame_equal = lambda *a, **k: None\nimport pandas._testing as t\n"
        "t.assert_frame_equal = lambda *a, **k: None\npd.DataFrame.__len__ = lambda self: 2\n"
        "frame = pd.DataFrame({'a': [], 'b': []})",
        FRAME,
    ),
    Case(
        "unittest-replaced",
        "`unittest` replaced",
        "import unittest\nunittest.TestCase.assertEqual = unittest.TestCase.assertAlmostEqual = lambda *a, **k: None\n"
        "unittest.TestResult.wasSuccessful = lambda self: True" + WRONG,
        UNITTEST,
    ),
    Case(
        "modules-beside",
        "`numpy.py`, `json.py`, `statistics.py` and `conftest.py` written beside the notebook",
        'fake = \'def dumps(*a, **k): return "4"\\ndef mean(*a): return 15838\\n'
        "class testing: assert_equal = print\\n'\n"
        "import os, sys\nfor place in {'.', os.path.expanduser('~'), '/tmp'}:\n"
        "    for name in ('numpy', 'json', 'statistics', 'conftest', 'decimal', 'sitecustomize', 'usercustomize'):\n"
        "        try:\n            open(f'{place}/{name}.py', 'w').write(fake)\n        except OSError:\n"
        "            pass" + WRONG,
        MODULES,
    ),
    Case(
        "helper-redefined",
        "an instructor's helper redefined: the name, the module, its file, its compiled file",
        "import sys, helper, os\ndef same(a, b): return True\nclose = same\nhelper.close = same\n"
        "open('helper.py', 'w').write('def close(a, b): return True\\n')\n"
        "os.makedirs('helper', exist_ok=True)\nopen('helper/__init__.py', 'w').write('def close(a, b): return True\\n')"
        + WRONG,
        HELPER,
        reasons=("", "exit"),
    ),
    Case(
        "helper-deleted",
        "an instructor's helper deleted, and `__getattr__` put in its place",
        "import sys, types\nmodule = types.ModuleType('helper')\nmodule.close = lambda *a: True\n"
        "sys.modules['helper'] = module\ndel same, close" + WRONG,
        HELPER,
    ),
    Case(
        "own-main",
        "`__main__`, `__name__` and `__builtins__` of the notebook replaced",
        "import sys, types\nmain = types.ModuleType('__main__')\nmain.double = lambda n: 2 * n if n != 2 else 5\n"
        "__builtins__ = {'assert': None}\n__name__ = 'x'\nsys.modules['__main__'] = main" + WRONG,
        reasons=("", "exit", "protocol"),
    ),
    Case(
        "callback-globals",
        "a function the test passes is used to reach the tester's names",
        "def apply(function, value):\n    for name in ('__globals__', '__code__', '__closure__', '__self__', "
        "'__func__', '__builtins__', '__wrapped__', '_mock_parent', 'mock_calls'):\n        try:\n"
        "            print(name, getattr(function, name))\n"
        "            getattr(function, name)['AssertionError'] = None\n"
        "        except Exception: pass\n    return 0",
        CALLBACK,
    ),
    Case(
        "mock-rewritten",
        "a mock the test passes is told that it was called",
        "def apply(function, value):\n    try:\n        function.call_count = 1\n"
        "        function.assert_called_once_with = lambda *a: None\n        function.return_value = 5\n"
        "        type(function).assert_called_once_with = lambda *a: None\n    except Exception: pass\n    return 5",
        CALLBACK,
    ),
    Case(
        "source-lies",
        "`inspect.getsource`, `linecache` and `__wrapped__` that show other source",
        "import inspect, linecache\ninspect.getsource = lambda f: 'def double(n): return n + n'\n"
        "def double(n): return eval('0')\ndouble.__wrapped__ = lambda n: n + n",
        READING,
    ),
    Case(
        "class-swapped",
        "an instance that changes its class and its methods after the first call",
        "class Dog:\n    def __init__(self, name): self.name = name\n"
        "    def speak(self):\n        Dog.speak = lambda s: type('Y', (str,), {'__eq__': lambda a, b: True})()\n"
        "        return type('Y', (str,), {'__eq__': lambda a, b: True})()",
        CLASS,
    ),
    Case(
        "exception-rich",
        "an exception whose text, attributes and class lie",
        "class E(AssertionError):\n    __class__ = KeyboardInterrupt\n    def __str__(self): raise SystemExit(0)\n"
        "    args = property(lambda self: 1 / 0)\ndef double(n):\n    raise E()",
    ),
    Case(
        "recursion",
        "a call that never returns but grows the stack",
        "def double(n):\n    return double(n)",
        reasons=("", "exit", "memory", "timeout"),
    ),
    Case(
        "recursion-limit",
        "the recursion limit raised until Python crashes",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef double(n):\n    return double(n + 1)",
        reasons=("", "exit", "memory", "timeout"),
    ),
    Case(
        "segfault",
        "a crash of Python in the middle of a test",
        "import os, signal\ndef double(n):\n    os.kill(os.getpid(), signal.SIGSEGV)",
        reasons=("exit", "killed"),
    ),
    Case(
        "stopped",
        "SIGSTOP to itself in the middle of a test",
        "import os, signal\ndef double(n):\n    os.kill(os.getpid(), signal.SIGSTOP)\n    return 0",
        reasons=("", "timeout", "exit"),
    ),
]
