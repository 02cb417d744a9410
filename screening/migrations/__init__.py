"""Alembic's steps of the schema; packaged, so an installed Dini can migrate itself."""
