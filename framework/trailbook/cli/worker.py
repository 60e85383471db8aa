"""`trailbook worker`: grade on this machine for a course service elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from trailbook.cli.cluster_options import add_tls_options, at_least_one, log_to_stderr
from trailbook.cli.output import add_json_option, print_json
from trailbook.cli.worker_environments import OPTION, environment, is_own, run_each
from trailbook.services.ports.jobs import DEFAULT_ENVIRONMENT

DESCRIPTION = """\
Grade on this machine for the course service that uses a scheduler. It needs no
course folder, no gradebook and no database: lessons and answers come with the
jobs, encrypted, and results go back the same way. Answers run in the sandbox,
with the packages of the Python environment this command is of, or of others
where they are named. It grades for every course of the service whose environment
it has, and for no other. A scheduler that is started again is found again.
Ctrl-C ends it; what it was grading is then graded by another worker.

examples:
  trailbook worker --scheduler tls://grading-1:8786 --ca ca.pem --cert cert.pem --key key.pem
  trailbook worker … --environment default --environment data=/opt/venvs/data
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "worker",
        help="grade on this machine for a course service elsewhere",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", required=True, help="the scheduler: tls://HOST:PORT")
    add_tls_options(parser)
    parser.add_argument("--settings", metavar="FILE", type=Path, help="settings with blob_address, where it is used")
    parser.add_argument("--workers", metavar="N", type=at_least_one, help="gradings at a time (default: one a core)")
    parser.add_argument(
        OPTION,
        metavar="NAME[=FOLDER]",
        type=environment,
        action="append",
        help="environment it grades in: this Python by that name, or the virtual environment in FOLDER, with a process "
        "of its own; may be given several times (default: default)",
    )
    parser.add_argument("--host", metavar="ADDRESS", default="", help="this machine's address for the scheduler")
    parser.add_argument(
        "--cache", metavar="DIR", type=Path, help="where lessons are kept (default: ~/.cache/trailbook)"
    )
    parser.add_argument("--insecure", action="store_true", help="go without a sandbox; for a try-out only")
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Grade until a signal."""
    environments = args.environment or [environment(DEFAULT_ENVIRONMENT)]
    if not is_own(environments):
        return run_each(_others(args), environments)
    from dataclasses import replace

    from trailbook.adapters.dask.secure import TlsFiles
    from trailbook.config import load_settings
    from trailbook.wiring.worker import grade_for

    log_to_stderr()
    settings = load_settings(args.settings)
    places, names = args.workers or os.cpu_count() or 1, [each.name for each in environments]

    def ready() -> None:
        if args.json:
            print_json({"scheduler": args.scheduler, "environments": names, "workers": places})
            sys.stdout.flush()

    grade_for(
        args.scheduler,
        TlsFiles(args.ca, args.cert, args.key),
        replace(settings, insecure=args.insecure or settings.insecure),
        cache_folder=(args.cache or _default_cache()).absolute(),
        places=places,
        environments=names,
        host=args.host,
        ready=ready,
    )
    return 0


def _others(args: argparse.Namespace) -> list[str]:
    """Return the arguments but the environments, as a worker of one of them is given them."""
    words = {
        "--scheduler": args.scheduler,
        "--ca": args.ca,
        "--cert": args.cert,
        "--key": args.key,
        "--settings": args.settings,
        "--workers": args.workers,
        "--host": args.host,
        "--cache": args.cache,
    }
    given = [word for option, value in words.items() if value for word in (option, str(value))]
    switches = {"--insecure": args.insecure, "--json": args.json}
    return [*given, *(option for option, is_set in switches.items() if is_set)]


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "trailbook"
