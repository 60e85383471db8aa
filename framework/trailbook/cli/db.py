"""`trailbook db`: look after the database."""

from __future__ import annotations

import argparse
import os
from typing import Any

from trailbook.cli.output import add_json_option, print_json

DESCRIPTION = """\
Look after Trailbook's database, the one of TRAILBOOK_SETTINGS.

  trailbook db upgrade    bring it to the schema of this version of Trailbook
"""

UPGRADE = """\
Bring the database to the schema of this version of Trailbook.

  trailbook db upgrade

Stop the course service first; it refuses to start on a stale schema and names
this command. An SQLite database is copied before it is changed. When there is
nothing to do, nothing is done.

Next: start the course service again.
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "db", help="upgrade the database", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    upgrade = actions.add_parser(
        "upgrade",
        help="bring the database to this version's schema",
        description=UPGRADE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_json_option(upgrade)
    return parser


def run(args: argparse.Namespace) -> int:
    """Upgrade the database."""
    from trailbook.wiring_commands import upgrade_database

    done = upgrade_database(os.environ)
    if args.json:
        print_json({"before": done.before, "after": done.after, "copy": str(done.copy) if done.copy else None})
    elif done.before == done.after:
        print(f"Nothing to do: the database has schema {done.after}.")
    else:
        print(f"Upgraded the database from {done.before or 'empty'} to {done.after}.")
        if done.copy:
            print(f"The database as it was: {done.copy}")
    return 0
