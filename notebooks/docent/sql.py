"""Ask the database anything from a notebook, and get a table or a plain sentence back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import psycopg

LOCK_PATIENCE = "10s"
"""How long a statement waits for a table that somebody else holds."""


class SqlError(Exception):
    """What Postgres has against a statement, in its own words and without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Say what IPython shows instead of a traceback: the reader's statement is at fault."""
        return str(self).splitlines()


def sql(statement: str, database_url: str = "") -> pd.DataFrame:
    """Run one or more SQL statements and return the last result as a table.

    A statement that returns no rows gives a table of one row that says what was done
    (``ALTER TABLE``, ``UPDATE 12``). All statements of one call are one transaction: they
    happen all, or, after an error, not at all. NULL shows as ``<NA>`` or ``None``, which an
    empty text is not. ``database_url`` is by default the one that ``begin`` was told, else
    the sandbox's.

    Raises :class:`SqlError` with what Postgres said, the place, and its hint.
    """
    import psycopg

    from data_assets.errors import SandboxError
    from data_assets.postgres import connect
    from docent.place import current_url

    try:
        with connect(database_url or current_url()) as connection:
            connection.execute("select set_config('lock_timeout', %s, true)", [LOCK_PATIENCE])
            cursor = connection.execute(statement)
            return last_result(cursor)
    except SandboxError as error:
        raise SqlError(str(error)) from None
    except psycopg.errors.LockNotAvailable:
        raise SqlError(
            "Postgres says: a table that this needs is held by somebody else.\n"
            "Next: end the other transaction, in another notebook or program, then repeat."
        ) from None
    except (psycopg.Error, UnicodeError) as error:
        raise SqlError(explain(error, statement)) from None


def last_result(cursor: psycopg.Cursor[tuple[object, ...]]) -> pd.DataFrame:
    """Read the rows of the last statement, or the words in which Postgres says what it did."""
    import pandas as pd

    while cursor.nextset():
        pass
    if cursor.description is None:
        return pd.DataFrame({"done": [cursor.statusmessage or "nothing to do"]})
    names = [column.name for column in cursor.description]
    return pd.DataFrame(cursor.fetchall(), columns=pd.Index(names)).convert_dtypes()


def explain(error: Exception, statement: str) -> str:
    """Put an error of Postgres into a few lines: what, where in the statement, what it suggests."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return f"This text cannot be sent to Postgres: {error}"
    said = error.diag
    lines = [f"Postgres says: {said.message_primary or error}"]
    if said.message_detail:
        lines.append(said.message_detail)
    if said.statement_position:
        lines.extend(point_at(statement, int(said.statement_position) - 1))
    if said.message_hint:
        lines.append(f"Next: {said.message_hint}")
    return "\n".join(lines)


def point_at(statement: str, position: int) -> list[str]:
    """Return the line of the statement that holds this character, with a mark below it."""
    start = statement.rfind("\n", 0, position) + 1
    line = statement[start:].split("\n", 1)[0]
    return [f"    {line}", "    " + " " * (position - start) + "^"]
