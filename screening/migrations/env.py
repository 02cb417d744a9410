"""Alembic's entry: the caller (store.migrate) hands the connection over, its transaction included."""

from __future__ import annotations

from alembic import context

from screening.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite"
)
context.run_migrations()
