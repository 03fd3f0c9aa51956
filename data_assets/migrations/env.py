"""How Alembic reaches the database: one that is marked as a sandbox, or an empty one.

The database is ``sqlalchemy.url`` where a caller has set it, else ``DATABASE_URL``, else the
learner's database in the sandbox.
"""

from __future__ import annotations

from logging.config import fileConfig
from typing import cast

import psycopg
from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, exc, pool

from data_assets import postgres, urls
from data_assets.errors import SandboxError
from data_assets.marking import require_mark

config = context.config

# A caller that wants no log of its own to be disturbed leaves the file name out.
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

LOCK = 0x00A1EB1C
"""Two migrations of one database, one after the other."""


def database() -> str:
    """The URL of the database to migrate."""
    named = config.get_main_option("sqlalchemy.url")
    return urls.normalise(named) if named else postgres.database_url()


def write_sql() -> None:
    """Print the SQL of the migrations (``--sql``); no database is needed for that."""
    context.configure(
        dialect_name="postgresql", literal_binds=True, dialect_opts={"paramstyle": "named"}
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate(url: str) -> None:
    """Run the migrations in one transaction."""
    # We connect ourselves: SQLAlchemy does not read every address that libpq does.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: postgres.connect(url), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        prepare(connection)
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


def prepare(connection: Connection) -> None:
    """See that the database is ours to migrate, and that nobody else is migrating it."""
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    require_mark(driver, adopt=True)
    driver.execute(  # whoever has set a time of their own keeps it
        "select set_config('lock_timeout', '15s', false) "
        "where current_setting('lock_timeout') = '0'"
    )
    driver.execute("select pg_advisory_lock(%s)", [LOCK])  # until the connection is closed
    driver.commit()


def explain(error: exc.DBAPIError, url: str) -> SandboxError:
    """Say what a failed migration means; the one that learners meet has words of its own."""
    if isinstance(error.orig, psycopg.errors.UndefinedTable | psycopg.errors.DuplicateTable):
        said = error.orig.diag.message_primary
        return SandboxError(
            f"The migration does not fit the database: {said}. Nothing was changed.",
            "when you edit a migration that has been run: first alembic downgrade base, "
            "then edit, then alembic upgrade head; docent reset always gives a fresh start",
        )
    if isinstance(error.orig, psycopg.Error):
        return postgres.explain(error.orig, url)
    return SandboxError(f"The migration failed: {error.orig}", "mend that, then repeat")


def run() -> None:
    """Migrate, and say what went wrong in the way that Alembic's command line prints."""
    url = database()
    try:
        migrate(url)
    except exc.DBAPIError as error:
        raise explain(error, url) from error
    except psycopg.Error as error:
        raise postgres.explain(error, url) from error


if context.is_offline_mode():
    write_sql()
else:
    try:
        run()
    except SandboxError as error:
        raise CommandError(str(error)) from error
