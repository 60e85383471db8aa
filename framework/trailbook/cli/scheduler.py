"""`trailbook scheduler`: the meeting point of a course service and its grading workers."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from trailbook.cli.cluster_options import add_tls_options, log_to_stderr
from trailbook.cli.output import add_json_option, print_json

DESCRIPTION = """\
Run the scheduler of a grading cluster: Dask's, with TLS only and without pages.
The course service (dask_address) and `trailbook worker` connect to it; it sees
jobs pass by and keeps nothing. Ctrl-C ends it; gradings under way run again.

example:
  trailbook scheduler --host 10.0.0.5 --ca ca.pem --cert cert.pem --key key.pem
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "scheduler",
        help="run the scheduler of a grading cluster",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--host", metavar="ADDRESS", default="127.0.0.1", help="where it listens (default: %(default)s)"
    )
    parser.add_argument("--port", metavar="N", type=int, default=8786, help="port (default: %(default)s)")
    add_tls_options(parser)
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Schedule until a signal."""
    from trailbook.adapters.dask.secure import TlsFiles
    from trailbook.adapters.dask.worker import run_scheduler

    log_to_stderr()

    def ready(address: str) -> None:
        if args.json:
            print_json({"scheduler": address})
            sys.stdout.flush()

    run_scheduler(TlsFiles(args.ca, args.cert, args.key), host=args.host, port=args.port, ready=ready)
    return 0
