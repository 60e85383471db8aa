"""Empty databases of each kind, and a Trailbook that is one schema ahead."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.postgres import Cluster

from trailbook.adapters.storage import schema

NEXT = '''
"""A schema of the future."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    with op.batch_alter_table("courses") as table:
        table.add_column(sa.Column("colour", sa.Text()))
'''


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'a folder' / 'trailbook.db'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.empty_database()


@pytest.fixture
def next_trailbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what turns this Trailbook into the next one, whose schema is 9999."""
    folder = tmp_path / "next migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_next.py").write_text(NEXT.format(newest=schema.newest()))
    return lambda: monkeypatch.setattr(schema, "MIGRATIONS", folder)
