"""What the commands of a grading cluster share: its certificates as arguments."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_tls_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--ca``, ``--cert`` and ``--key``."""
    parser.add_argument("--ca", metavar="FILE", type=Path, required=True, help="the cluster's authority, a PEM file")
    parser.add_argument(
        "--cert", metavar="FILE", type=Path, required=True, help="this machine's certificate, a PEM file"
    )
    parser.add_argument("--key", metavar="FILE", type=Path, required=True, help="its private key, a PEM file")


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
