"""Queries and statements of NEW, put to the names under which NEW is published meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import overload

from contracts.consumers import Consumer
from contracts.parser import parse_one
from prevention.planning.model import TableName, Version


@overload
def moved(what: str, versions: Sequence[Version]) -> str: ...
@overload
def moved(what: Consumer, versions: Sequence[Version]) -> Consumer: ...


def moved(what: str | Consumer, versions: Sequence[Version]) -> str | Consumer:
    """A statement, or the queries of a consumer, in which each table goes by its second name."""
    if isinstance(what, Consumer):
        queries = (replace(each, sql=moved(each.sql, versions)) for each in what.queries)
        return replace(what, queries=tuple(queries))
    return named_otherwise(what, {each.plain: each.new for each in versions}) if versions else what


def named_otherwise(statement: str, names: Mapping[str, TableName]) -> str:
    """A statement in which tables go by other names; ``names`` are by their bare names."""
    from sqlglot import exp

    tree = parse_one(statement)
    spoken = {column.table for column in tree.find_all(exp.Column)}
    for table in list(tree.find_all(exp.Table)):
        if table.name in names:
            schema, name = names[table.name]
            written = isinstance(table.parent, exp.Insert | exp.Schema)
            if table.name in spoken and not table.alias and not written:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(name, quoted=True))
            table.set("db", exp.to_identifier(schema, quoted=True))
    return tree.sql(dialect="postgres")
