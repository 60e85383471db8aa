"""alembic's entry: runs the migrations on the connection that `schema` opened."""

from __future__ import annotations

from alembic import context

from trailbook.adapters.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="trailbook_schema",
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
