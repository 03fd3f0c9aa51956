"""How Alembic reaches the database: one that is marked as a sandbox, or an empty one.

The database is ``sqlalchemy.url`` where a caller has set it, else ``DATABASE_URL``, else the
learner's database in the sandbox. A branch of migrations that stands apart from the museum's own
(``alembic --name reporting``) keeps how far it is in a schema of its own, ``version_table_schema``.
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
        dialect_name="postgresql",
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        version_table_schema=own_schema(),
    )
    with context.begin_transaction():
        if own_schema():
            context.execute(f'CREATE SCHEMA IF NOT EXISTS "{own_schema()}"')
        context.run_migrations()


def migrate(url: str) -> None:
    """Run the migrations in one transaction."""
    # We connect ourselves: SQLAlchemy does not read every address that libpq does.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: postgres.connect(url), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        prepare(connection)
        context.configure(connection=connection, version_table_schema=own_schema())
        with context.begin_transaction():
            if own_schema():
                connection.exec_driver_sql(f'create schema if not exists "{own_schema()}"')
            context.run_migrations()
            if own_schema():
                connection.exec_driver_sql(TIDY.format(own_schema()))


TIDY = """
do $$ begin
  if not exists (select from "{0}".alembic_version) then
    drop table "{0}".alembic_version;
    drop schema "{0}";
  end if;
exception when undefined_table or dependent_objects_still_exist then null;
end $$
"""
"""Take a branch's schema away where nothing of the branch is left; what holds anything stays."""


def own_schema() -> str | None:
    """The schema of a branch that stands apart; ``None`` for the museum's own migrations."""
    return config.get_main_option("version_table_schema")


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
    """Say what a failed migration means; those that learners meet have words of their own."""
    if isinstance(error.orig, psycopg.Error) and relies_on(error.orig):
        return SandboxError(
            f"Views rely on what the migration changes: {error.orig.diag.message_primary}. "
            "Nothing was changed.",
            "when they are those of the schema reporting: alembic --name reporting downgrade base; "
            "docent reset always gives a fresh start",
        )
    if own_schema() and isinstance(error.orig, psycopg.errors.UndefinedTable):
        return SandboxError(
            f"The branch {own_schema()} does not fit the database: "
            f"{error.orig.diag.message_primary}. Nothing was changed.",
            "first alembic upgrade head, for the museum's own tables",
        )
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


def relies_on(error: psycopg.Error) -> bool:
    """Whether something else in the database stands in the way of a change."""
    if isinstance(error, psycopg.errors.DependentObjectsStillExist):
        return True
    return isinstance(error, psycopg.errors.FeatureNotSupported) and "used by a view" in str(error)


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
