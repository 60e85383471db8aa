"""Set a checkout up: a virtual environment, the proxy, the pages' scripts. Standard library only.

Python packages go to ``.venv``, Node's to ``node_modules`` folders, downloads to ``.build``: nothing outside the
checkout is written. What is up to date is left alone.

    python3 hub_config/set_up.py run      what `make demo` needs
    python3 hub_config/set_up.py dev      and what the checks and tests need
"""

from __future__ import annotations  # an old Python must get as far as the line that says so

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
VENV = ROOT / ".venv"
HUB = ROOT / "hub_config"
WEB = ROOT / "extensions" / "web"
LEAST_PYTHON = (3, 11)
LEAST_NODE = 20


def main() -> None:
    """Do each step that is not done yet."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    check_tools()
    BUILD.mkdir(exist_ok=True)
    extras = "[dev]" if kind == "dev" else ""
    done = read_stamps()
    packages = digest(ROOT / "pyproject.toml") + extras
    if done.get("python") == f"{packages}[dev]":
        packages = done["python"]  # an environment with the development tools serves for `run` too
    python = VENV / "bin/python"
    proxy, web = digest(HUB / "package-lock.json"), digest(WEB / "package-lock.json")
    steps = [
        ("Python environment", "venv", str(python), [python], make_venv),
        (
            "Python packages (minutes, the first time)",
            "python",
            packages,
            [python],
            lambda: install_python(extras),
        ),
        ("JupyterHub's proxy", "proxy", proxy, [HUB / "node_modules"], lambda: npm_ci(HUB)),
        ("Packages of the pages", "web", web, [WEB / "node_modules"], lambda: npm_ci(WEB)),
        ("Scripts of the pages", "pages", digest(*web_sources()), [WEB / "dist" / "lesson.js"], build_web),
    ]
    if not python.exists():
        done.pop("python", None)
    for number, (text, name, stamp, needed, act) in enumerate(steps, 1):
        if done.get(name) == stamp and all(path.exists() for path in needed):
            continue
        print(f"{number}/{len(steps)} {text} …", flush=True)
        act()
        done[name] = stamp
        (BUILD / "stamps.json").write_text(json.dumps(done, indent=1), encoding="utf-8")


def check_tools() -> None:
    """Stop with one line when Python, Node or npm is missing or too old."""
    if sys.version_info < LEAST_PYTHON:
        fail(f"Python {sys.version_info[0]}.{sys.version_info[1]} is too old: Trailbook needs 3.11 or newer.")
    if shutil.which("node") is None:
        fail(f"Node is missing: install Node {LEAST_NODE} or newer (Debian: apt install nodejs npm).")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S607
    found = re.match(r"v(\d+)\.", said)
    if found is None or int(found.group(1)) < LEAST_NODE:
        fail(f"Node {said} is too old: Trailbook needs {LEAST_NODE} or newer.")
    if shutil.which("npm") is None:
        fail("npm is missing: install it (Debian: apt install npm).")


def make_venv() -> None:
    """Make the virtual environment; on Debian the module that does it can be missing."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            fail(f"Python's venv is missing: apt install {package}, then run this again.")
        run(["apt-get", "install", "-y", package], "apt")
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(VENV)], "venv")


def install_python(extras: str) -> None:
    """Install Trailbook, editable, with what it needs."""
    (WEB / "dist").mkdir(exist_ok=True)  # the package lists it
    run([str(VENV / "bin/python"), "-m", "pip", "install", "--quiet", "--editable", f"{ROOT}{extras}"], "pip")


def npm_ci(folder: Path) -> None:
    """Install exactly the packages of the lock file."""
    run(["npm", "ci", "--no-audit", "--no-fund"], f"npm-{folder.name}", cwd=folder)


def build_web() -> None:
    """Build the scripts and styles of Home and of the lesson pages."""
    run(["npm", "run", "build"], "web", cwd=WEB)


def web_sources() -> list[Path]:
    """Return the files the build depends on."""
    names = ["package-lock.json", "vite.config.ts", "tsconfig.json"]
    return [WEB / name for name in names] + sorted(path for path in (WEB / "src").rglob("*") if path.is_file())


def run(argv: list[str], name: str, *, cwd: Path = ROOT) -> None:
    """Run a command quietly; when it fails, show the end of its log and stop."""
    log = BUILD / f"{name}.log"
    environment = dict(
        os.environ,
        PIP_CACHE_DIR=str(BUILD / "pip"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        npm_config_cache=str(BUILD / "npm"),
        npm_config_update_notifier="false",
        DEBIAN_FRONTEND="noninteractive",
    )
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603 - our own commands
            argv,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-12:])
        fail(f"`{' '.join(argv[:4])} …` failed; the end of {log}:\n{tail}")


def read_stamps() -> dict[str, str]:
    """Return what was done, by step, and from what."""
    try:
        found: dict[str, str] = json.loads((BUILD / "stamps.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def digest(*files: Path) -> str:
    """Return a hash of files: when it changes, the step is done again."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + file.read_bytes())
    return whole.hexdigest()


def fail(message: str) -> None:
    """Stop with a message and exit status 2."""
    sys.stderr.write(f"trailbook: {message}\n")
    raise SystemExit(2)


main()
