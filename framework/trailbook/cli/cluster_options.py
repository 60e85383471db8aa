"""What the commands of a grading cluster share: its certificates as arguments."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trailbook.services.ports.jobs import DEFAULT_ENVIRONMENT

if TYPE_CHECKING:
    from trailbook.wiring.cluster import ClusterAddress


def add_tls_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--ca``, ``--cert`` and ``--key``."""
    parser.add_argument("--ca", metavar="FILE", type=Path, required=True, help="the cluster's authority, a PEM file")
    parser.add_argument(
        "--cert", metavar="FILE", type=Path, required=True, help="this machine's certificate, a PEM file"
    )
    parser.add_argument("--key", metavar="FILE", type=Path, required=True, help="its private key, a PEM file")


def add_cluster_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--scheduler`` with all that belongs to it, for a command that does without as well."""
    group = parser.add_argument_group("on other machines")
    group.add_argument("--scheduler", metavar="ADDRESS", help="grade on the workers of this scheduler: tls://HOST:PORT")
    group.add_argument(
        "--environment",
        metavar="NAME",
        default=DEFAULT_ENVIRONMENT,
        help="environment the workers must have (default: %(default)s)",
    )
    group.add_argument("--ca", metavar="FILE", type=Path, help="the cluster's authority, a PEM file")
    group.add_argument("--cert", metavar="FILE", type=Path, help="this machine's certificate, a PEM file")
    group.add_argument("--key", metavar="FILE", type=Path, help="its private key, a PEM file")


def cluster_of(args: argparse.Namespace) -> ClusterAddress | None:
    """Return the cluster that arguments name, None where they name none."""
    if not args.scheduler:
        return None
    from trailbook.adapters.dask.secure import TlsFiles
    from trailbook.wiring.cluster import ClusterAddress

    return ClusterAddress(args.scheduler, TlsFiles(args.ca, args.cert, args.key), args.environment)


def log_to_stderr() -> None:
    """Log what an operator should see, and none of Dask's own remarks."""
    import logging

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("distributed", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def at_least_one(text: str) -> int:
    """Return the number an argument says, which is 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
