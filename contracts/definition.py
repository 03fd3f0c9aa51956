"""A table as the SQL that makes it: what was read from one database can be made in another.

Names reach SQL as identifiers and never as text. A default, a CHECK, the expression of a
generated column and the query of a view are SQL already; each is refused unless it is one
expression, or one query, from its first token to its last. Types that somebody made have to be
there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from psycopg import sql

from contracts.model import Column, DataType, ForeignKey, Table, UniqueKey
from contracts.parser import tokens_of
from contracts.types import parse_type, type_name

MADE: Final = ("table", "partitioned table", "view", "materialized view")
"""The kinds of table that can be made from what a contract says."""

_SEQUENCE = re.compile(r"nextval\('((?:[^']|'')+)'::regclass\)")
_CHECK = re.compile(
    r"CHECK\s*\((.*)\)\s*((?:NO INHERIT)?\s*(?:NOT VALID)?)", re.IGNORECASE | re.DOTALL
)
_IDENTIFIER = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
# A locale of the operating system is a collation of Postgres's own, dot or not: en_US.utf8
_LOCALE = re.compile(r"[a-z]{2,3}_[A-Z]{2}(@\w+)?\..+|C\..+")


class DefinitionError(ValueError):
    """A table that cannot be made from what is said of it; the message says what is missing."""


def create_table(table: Table) -> sql.Composed:
    """The statements that make a table or view with its keys, its checks and its comments.

    :class:`DefinitionError` where it cannot be made: a partition without its bounds, a foreign
    table without its server, an expression that is none.
    """
    kind = table.kind or "table"
    if kind not in MADE:
        raise DefinitionError(
            f"{table.qualified_name} is a {kind}, which cannot be made from here."
        )
    made = _view(table, kind) if kind.endswith("view") else _table(table)
    return sql.SQL(";\n").join([*made, *_comments(table, kind)])


def _table(table: Table) -> Iterator[sql.Composable]:
    sequences = {column.name: _sequence(column) for column in table.columns if column.default}
    made = {name: sequence for name, sequence in sequences.items() if sequence}
    for name, sequence in made.items():
        yield sql.SQL("create sequence if not exists {} as {}").format(
            sql.Identifier(*sequence), _type(_column(table, name).data_type, table)
        )
    parts = [*(_column_definition(column, table) for column in table.columns), *_constraints(table)]
    statement = sql.SQL("create table {} (\n    {}\n)").format(
        _name(table), sql.SQL(",\n    ").join(parts)
    )
    if table.kind == "partitioned table":
        statement += sql.SQL(" partition by {}").format(_partition_key(table))
    yield statement
    for name, sequence in made.items():
        if sequence[-1] == f"{table.name}_{name}_seq":  # as serial would have named it
            yield sql.SQL("alter sequence {} owned by {}.{}").format(
                sql.Identifier(*sequence), _name(table), sql.Identifier(name)
            )


def _view(table: Table, kind: str) -> Iterator[sql.Composable]:
    if not table.definition:
        raise DefinitionError(f"The view {table.qualified_name} has no query.")
    query = _sql(table.definition.strip().removesuffix(";"), table)
    yield sql.SQL("create {} {} as\n{}").format(sql.SQL(_words(kind)), _name(table), query)


def _comments(table: Table, kind: str) -> Iterator[sql.Composable]:
    if table.description:
        yield sql.SQL("comment on {} {} is {}").format(
            sql.SQL(_words(kind)), _name(table), sql.Literal(table.description)
        )
    for column in table.columns:
        if column.description:
            yield sql.SQL("comment on column {}.{} is {}").format(
                _name(table), sql.Identifier(column.name), sql.Literal(column.description)
            )


def _words(kind: str) -> Any:
    return {"view": "view", "materialized view": "materialized view"}.get(kind, "table")


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(table.schema, table.name)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def _column_definition(column: Column, table: Table) -> sql.Composed:
    parts: list[sql.Composable] = [sql.Identifier(column.name), _type(column.data_type, table)]
    if column.collation:
        parts += [sql.SQL("collate"), _collation(column.collation)]
    if column.nullable is False:
        parts.append(sql.SQL("not null"))
    if column.generated:
        expression = _sql(column.generated, table)
        parts.append(sql.SQL("generated always as ({}) stored").format(expression))
    elif column.identity:
        word = "always" if column.identity == "always" else "by default"
        parts.append(sql.SQL("generated {} as identity").format(sql.SQL(word)))
    elif column.default:
        parts.append(sql.SQL("default ({})").format(_sql(column.default, table)))
    return sql.SQL(" ").join(parts)


def _constraints(table: Table) -> Iterator[sql.Composable]:
    key = table.primary_key
    if key is None:
        key = tuple(column.name for column in table.columns if column.primary_key)
    if key:
        yield sql.SQL("primary key ({})").format(_names(key))
    named = {one.columns for one in table.unique_keys}
    alone = [column.name for column in table.columns if column.unique]
    yield from (_unique(one) for one in table.unique_keys)
    yield from (_unique(UniqueKey("", (name,))) for name in alone if (name,) not in named)
    for check in table.checks:
        if _is_of_a_domain(check.expression, check.columns, table):
            continue
        yield _constraint(check.name, _check(check.expression, table))
    yield from (_foreign_key(one) for one in table.foreign_keys)


def _constraint(name: str, said: sql.Composable) -> sql.Composable:
    return sql.SQL("constraint {} {}").format(sql.Identifier(name), said) if name else said


def _unique(key: UniqueKey) -> sql.Composable:
    distinct = sql.SQL("nulls not distinct " if key.nulls_not_distinct else "")
    return _constraint(key.name, sql.SQL("unique {}({})").format(distinct, _names(key.columns)))


def _check(expression: str, table: Table) -> sql.Composed:
    """A CHECK, from what the catalogue prints of it or from its condition alone."""
    match = _CHECK.fullmatch(expression.strip())
    condition, after = match.groups() if match else (expression, "")
    words: Any = f" {' '.join(after.lower().split())}" if after else ""
    return sql.SQL("check ({}){}").format(_sql(condition, table), sql.SQL(words))


def _foreign_key(key: ForeignKey) -> sql.Composable:
    said = sql.SQL("foreign key ({}) references {} ({}) on update {} on delete {}").format(
        _names(key.columns),
        sql.Identifier(key.references_schema, key.references_table),
        _names(key.references_columns),
        _action(key.on_update),
        _action(key.on_delete),
    )
    return _constraint(key.name, said)


def _action(words: str) -> sql.SQL:
    known = ("NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT")
    if words.upper() not in known:
        raise DefinitionError(f"{words!r} is nothing that a foreign key can do.")
    return sql.SQL(known[known.index(words.upper())].lower())


def _type(data_type: DataType | None, table: Table) -> sql.Composable:
    """A type by its name: one that somebody made as identifiers, others as they are spelled."""
    if data_type is None or data_type.kind == "logical":
        raise DefinitionError(f"{table.qualified_name} has a column without a type of Postgres.")
    if data_type.kind == "array":
        return sql.SQL("{}[]").format(_type(data_type.element, table))
    if data_type.schema is not None:
        return sql.Identifier(data_type.schema, data_type.name)
    if data_type.kind in ("base", "range"):
        spelled: Any = type_name(data_type)
        parse_type(spelled)  # so that it can be nothing but a type
        return sql.SQL(spelled)
    in_catalog = data_type.kind == "composite"
    return sql.Identifier(*(["pg_catalog"] if in_catalog else []), data_type.name)


def _collation(name: str) -> sql.Identifier:
    schema, dot, bare = name.partition(".")
    if dot and not _LOCALE.fullmatch(name):
        return sql.Identifier(schema, bare)
    return sql.Identifier("pg_catalog", name)


def _sequence(column: Column) -> tuple[str, ...]:
    """The names of the sequence that a default takes its numbers from; empty if there is none."""
    match = _SEQUENCE.fullmatch(column.default or "")
    named = match[1].replace("''", "'") if match else ""
    return tuple(quoted.replace('""', '"') or plain for quoted, plain in _IDENTIFIER.findall(named))


def _partition_key(table: Table) -> sql.SQL:
    if table.storage is None or not table.storage.partition_key:
        raise DefinitionError(f"{table.qualified_name} does not say by what it is parted.")
    return _sql(table.storage.partition_key, table)


def _is_of_a_domain(expression: str, columns: Sequence[str], table: Table) -> bool:
    """Whether a CHECK comes with the domain of its column, which speaks of it as ``VALUE``."""
    types = [column.data_type for column in table.columns if column.name in columns]
    if not any(one is not None and one.kind == "domain" for one in types):
        return False
    return any(token.text == "VALUE" for token in _tokens(expression, table) if _is_bare(token))


def _is_bare(token: Any) -> bool:
    return bool(token.token_type.name in ("VAR", "VALUES"))


def _sql(text: str, table: Table) -> sql.SQL:
    """A piece of SQL that stands for itself: it ends nothing that it has not begun."""
    depth = 0
    tokens = _tokens(text, table)
    for token in tokens:
        depth += {"L_PAREN": 1, "R_PAREN": -1}.get(token.token_type.name, 0)
        if depth < 0 or token.token_type.name == "SEMICOLON" or token.comments:
            break
    else:
        if tokens and depth == 0:
            trusted: Any = text
            return sql.SQL(trusted)
    raise DefinitionError(f"{table.qualified_name} says {text!r}, which is no piece of SQL.")


def _tokens(text: str, table: Table) -> list[Any]:
    from sqlglot.errors import TokenError

    try:
        return list(tokens_of(text))
    except TokenError as error:
        raise DefinitionError(f"{table.qualified_name} says {text!r}, which is no SQL.") from error
