"""Content by its hash in a table."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite

from trailbook.adapters.storage.engine import READ_ONLY, unavailable_when_down
from trailbook.adapters.storage.tables import BlobRow
from trailbook.services.ports.blobs import checked, sha256_of


class SqlBlobs:
    """See `trailbook.services.ports.blobs.Blobs`. Each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, content: bytes) -> str:
        """Keep the content and return its sha256; safe to repeat."""
        sha256 = sha256_of(content)
        insert = insert_in_sqlite if self._engine.dialect.name == "sqlite" else insert_in_postgresql
        statement = insert(BlobRow).values(sha256=sha256, content=content).on_conflict_do_nothing()
        with unavailable_when_down(), self._engine.begin() as connection:
            connection.execute(statement)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the content with this sha256; `Unavailable` when it is missing or damaged."""
        with unavailable_when_down(), self._engine.connect() as plain:
            connection = plain.execution_options(**{READ_ONLY: True})
            return checked(connection.scalar(select(BlobRow.content).where(BlobRow.sha256 == sha256)), sha256)
