"""Ask the database anything from a notebook, and get a table or a plain sentence back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    import pandas as pd


class SqlError(Exception):
    """What Postgres has against a statement, in its own words and without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Say what IPython shows instead of a traceback: the reader's statement is at fault."""
        return str(self).splitlines()


def sql(statement: str, database_url: str = "") -> pd.DataFrame:
    """Run one or more SQL statements and return the last result as a table.

    A statement that returns no rows gives a table of one row that says what was done
    (``ALTER TABLE``, ``UPDATE 12``). All statements of one call are one transaction: they
    happen all, or, after an error, not at all. ``database_url`` is the sandbox's by default.

    Raises :class:`SqlError` with what Postgres said, the place, and its hint.
    """
    from data_assets.postgres import connect
    from data_assets.postgres import database_url as sandbox_url

    with connect(database_url or sandbox_url()) as connection:
        try:
            cursor = connection.execute(statement)  # type: ignore[arg-type]  # the learner's own SQL
        except psycopg.Error as error:
            raise SqlError(explain(error, statement)) from None
        return last_result(cursor)


def last_result(cursor: psycopg.Cursor[tuple[object, ...]]) -> pd.DataFrame:
    """Read the rows of the last statement, or the words in which Postgres says what it did."""
    import pandas as pd

    while cursor.nextset():
        pass
    if cursor.description is None:
        return pd.DataFrame({"done": [cursor.statusmessage or "nothing to do"]})
    names = [column.name for column in cursor.description]
    return pd.DataFrame(cursor.fetchall(), columns=pd.Index(names))


def explain(error: psycopg.Error, statement: str) -> str:
    """Put an error of Postgres into a few lines: what, where in the statement, what it suggests."""
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
