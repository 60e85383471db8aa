"""alembic's folder: `env` and the migrations."""
