"""`trailbook cluster-keys DIR`: the certificates of a grading cluster."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trailbook.cli.cluster_options import at_least_one
from trailbook.cli.output import add_json_option, print_json

DESCRIPTION = """\
Make the certificates of a grading cluster: ca.pem, cert.pem and key.pem in DIR.
Whoever has them can run code on its workers. Copy them to the machines of the
cluster and to nobody else. The authority's own key is thrown away: no other
certificate can be made that this cluster trusts.

example:
  trailbook cluster-keys keys

Next: trailbook scheduler --host ADDRESS --ca keys/ca.pem --cert keys/cert.pem --key keys/key.pem
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "cluster-keys",
        help="make the certificates of a grading cluster",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the files go")
    parser.add_argument(
        "--days", metavar="N", type=at_least_one, default=365, help="how long they are good (default: %(default)s)"
    )
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Make them."""
    from datetime import UTC, datetime

    from trailbook.adapters.dask.keys import write_cluster_keys

    paths = write_cluster_keys(args.folder, now=datetime.now(UTC), days=args.days)
    if args.json:
        print_json({"ca": str(paths[0]), "cert": str(paths[1]), "key": str(paths[2])})
    else:
        print(*paths, sep="\n")
    return 0
