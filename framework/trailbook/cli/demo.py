"""`trailbook demo`: a hub with two courses and five people, on this machine."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

from trailbook.cli.foreground import say, stop_on_signals
from trailbook.cli.output import add_json_option, print_json

DESCRIPTION = """\
Start a JupyterHub with two courses: a first course of ours, and nbgrader's own quickstart course, adopted unchanged.
Three learners, a grader and an instructor can sign in. The first start makes everything; a later start finds it again.
Everything is kept in one folder. Ctrl-C stops it all.

example:
  trailbook demo --port 8080
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "demo",
        help="start a hub with two demo courses",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--state", type=Path, default=Path(".demo"), help="folder for everything (default: .demo)")
    parser.add_argument("--port", type=int, default=8000, help="port of the hub (default: 8000)")
    parser.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument(
        "--insecure", action="store_true", help="go without a sandbox where none works; every page then says so"
    )
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Start the demo and wait for Ctrl-C."""
    from trailbook_hub.demo import checks, prepare
    from trailbook_hub.demo.folder import StateFolder
    from trailbook_hub.demo.hub import running_hub, wait_for_hub

    stop_on_signals()
    folder = StateFolder(args.state.absolute())
    checks.check_port(args.ip, args.port, hint="--port (make demo PORT=…)")
    checks.check_sandbox(insecure=args.insecure)
    proxy_command = checks.find_proxy()
    folder.make()
    with folder.locked():
        first = not folder.was_used
        prepare.prepare(folder, insecure=args.insecure, say=say)
        prepare.write_hub_settings(
            folder, ip=args.ip, port=args.port, proxy_command=proxy_command, insecure=args.insecure
        )
        say("Starting the hub")
        with running_hub(folder) as hub:
            url = f"http://{args.ip}:{args.port}/"
            wait_for_hub(hub, folder)
            _announce(folder, url, first=first, insecure=args.insecure, as_json=args.json)
            return _wait(hub, folder.log)


def _wait(hub: subprocess.Popen[bytes], log: Path) -> int:
    """Wait for Ctrl-C, or for a hub that ends by itself."""
    try:
        status = hub.wait()
    except KeyboardInterrupt:
        say("Stopping")
        return 0
    print(f"trailbook: the hub ended by itself with status {status}; {log} says why.", file=sys.stderr)
    return 1


def _announce(folder: Any, url: str, *, first: bool, insecure: bool, as_json: bool) -> None:
    if as_json:
        print_json({"url": url, "state": str(folder.path), "sign_ins": str(folder.sign_ins), "first_start": first})
        sys.stdout.flush()
        return
    print(f"\nTrailbook is at {url}\n")
    if first:
        print(folder.sign_ins.read_text("utf-8"))
        print(f"These sign-ins are shown once; they are kept in {folder.sign_ins}")
    else:
        print(f"Found the courses and people of an earlier start; the sign-ins are in {folder.sign_ins}")
    if insecure:
        print("Started without a sandbox (--insecure): anyone signed in can read this machine's course files.")
    print(f"The log is {folder.log}. Ctrl-C stops everything.", flush=True)
