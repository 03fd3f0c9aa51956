"""What the SQL in a contract may do: read the tables and columns of that contract, and no more.

A contract is a file that somebody else may have written. What it says is looked through before
Postgres sees any of it; the role, the read-only transaction and the time limit under which it
then runs (see ``measuring``) are a second wall behind this one. Neither is enough alone: a
function that sheds the role is stopped here, and a column that nobody could see being read, there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from psycopg import sql

from contracts.model import Check, Table
from contracts.queries import NoQueryError, require_query, without_end
from detection.quality.authored import (
    RefusedError,
    Token,
    called,
    folded,
    holds_query,
    named,
    operators,
    require_expression,
    require_one_statement,
    tokens_of,
)
from detection.quality.model import Call, Reach, Sql

if TYPE_CHECKING:
    from sqlglot import exp

    from detection.reads import ColumnRead

_PLACEHOLDER = re.compile(
    r"\$?\{\s*(table|object|dataset|model|column|property|field|now)\s*\}", re.IGNORECASE
)


def allowed_condition(text: str, table: Table, reach: Reach) -> tuple[Sql, frozenset[Call]]:
    """A condition on the rows of a table as it goes to Postgres, and all that it may call.

    RefusedError says what it does that it may not.
    """
    tokens = tokens_of(text)
    require_expression(tokens)
    promised = reach.columns.get((table.schema, table.name), frozenset())
    there = {column.name for column in table.columns}
    words = {token.value for token in tokens if token.kind in ("name", "quoted")}
    if holds_query(tokens) or not named(tokens) <= promised:
        _require_reads(f"select 1 from {quoted(table)} where ({text}\n)", reach)  # noqa: S608
    elif unpromised := sorted(words & (there - promised)):
        raise _unpromised(table.qualified_name, unpromised[0])
    return f"({text}\n)", _calls(tokens)


def allowed_query(
    check: Check, table: Table, reach: Reach, now: Sql
) -> tuple[Sql, frozenset[Call]]:
    """The query of a check as it goes to Postgres, and all that it may call.

    ``{table}`` and ``{column}`` in it are those of the check, ``{now}`` is the time of the check.
    RefusedError says what it does that it may not.
    """
    column = sql.Identifier(check.columns[0]).as_string() if check.columns else None
    put = {
        **dict.fromkeys(("table", "object", "dataset", "model"),
                        quoted(table)),
        **dict.fromkeys(("column", "property", "field"), column),
        "now": now,
    }  # fmt: skip
    query = without_end(_PLACEHOLDER.sub(lambda found: _put(found, put), check.query or ""))
    tokens = tokens_of(query)
    require_one_statement(tokens)
    try:
        require_query(query)
    except NoQueryError as error:
        raise RefusedError(error.what, error.next_step) from error
    _require_reads(query, reach)
    return query, _calls(tokens)


def _calls(tokens: Sequence[Token]) -> frozenset[Call]:
    """All by which SQL could have Postgres call a function."""
    words = {token.value for token in tokens if token.kind in ("name", "quoted")}
    return frozenset(
        (
            *(Call("function", name) for name in called(tokens)),
            *(Call("operator", signs) for signs in operators(tokens)),
            *(Call("type", word) for word in words),
        )
    )


def _put(found: re.Match[str], put: Mapping[str, str | None]) -> str:
    value = put[found[1].lower()]
    if value is None:
        raise RefusedError(
            f"{found[0]} stands for a column, and the check is about none.",
            "Name the column in the query.",
        )
    return value


def columns_read(query: str, reach: Reach) -> frozenset[ColumnRead]:
    """The columns that a query reads; RefusedError for one of tables that the contract lacks."""
    from contracts.queries import parse
    from detection.reads import find_reads

    try:
        tree = parse(query).copy()
    except NoQueryError as error:
        raise RefusedError(error.what, error.next_step) from error
    for table in _tables_in(tree):
        _require_table(table, reach)
    try:
        return find_reads(tree.sql("postgres"), reach.catalog)
    except (NoQueryError, RecursionError) as error:
        raise RefusedError(
            "It cannot be seen what this reads.", "Write it more plainly."
        ) from error


def _require_reads(query: str, reach: Reach) -> None:
    """Raise RefusedError unless a query reads promised columns of the contract's tables only."""
    for read in sorted(columns_read(query, reach)):
        at = (read.schema, read.table)
        columns = reach.columns.get(at, frozenset())
        there = reach.catalog.table(*at)
        wanted = {read.column}
        if read.column == "*":
            wanted = {column.name for column in there.columns} if there else set()
        if missing := sorted(wanted - columns):
            raise _unpromised(f"{read.schema}.{read.table}", missing[0])


def _tables_in(tree: exp.Expr) -> list[exp.Table]:
    """The tables that a query names; what it defines itself by WITH is none of them."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope, traverse_scope

    defined = {
        id(table)
        for scope in traverse_scope(tree)
        for table in scope.tables
        if isinstance(scope.sources.get(table.alias_or_name), Scope) and not table.args.get("db")
    }
    return [
        table
        for table in tree.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier) and id(table) not in defined
    ]


def _require_table(table: exp.Table, reach: Reach) -> None:
    """Raise RefusedError unless a table is the contract's; give it its schema where it has none."""
    from sqlglot import exp

    name = _name(table.this)
    if table.args.get("catalog"):
        raise RefusedError("It names another database.", "Name schema and table alone.")
    if table.args.get("db"):
        schema = _name(table.args["db"])
    else:
        schema = next((one for one in reach.schemas if reach.catalog.table(one, name)), "")
        table.set("db", exp.to_identifier(schema, quoted=True))
    if (schema, name) in reach.columns:
        return
    shown = f"{schema}.{name}" if schema else name
    if schema and schema not in reach.schemas:
        raise RefusedError(
            f"It reads {shown}, and the contract is about {', '.join(reach.schemas)} alone.",
            "Promise that table in the same contract, or ask it in a contract of its own.",
        )
    raise RefusedError(
        f"It reads {shown}, which the contract does not promise.",
        "Promise the table in the same contract.",
    )


def _unpromised(table: str, column: str) -> RefusedError:
    return RefusedError(
        f"It reads {column} of {table}, which the contract does not promise.",
        "Promise the column, or do without it.",
    )


def quoted(table: Table) -> Sql:
    """The name of a table as SQL."""
    return sql.Identifier(table.schema, table.name).as_string()


def _name(identifier: exp.Expr) -> str:
    text = str(identifier.this)
    return text if identifier.args.get("quoted") else folded(text)
