"""The database: SQLite or PostgreSQL through SQLAlchemy, its schema moved by alembic."""

from trailbook.adapters.storage.database import SqlStorage
from trailbook.adapters.storage.schema import Upgrade, open_storage, upgrade

__all__ = ["SqlStorage", "Upgrade", "open_storage", "upgrade"]
