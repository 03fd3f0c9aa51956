"""Queries and statements of NEW, put to the names under which NEW is published meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
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
    return _moved(what, {each.plain: each.new for each in versions}) if versions else what


def _moved(statement: str, names: dict[str, TableName]) -> str:
    from sqlglot import exp

    tree = parse_one(statement)
    for table in list(tree.find_all(exp.Table)):
        if table.name in names:
            schema, name = names[table.name]
            written = isinstance(table.parent, exp.Insert | exp.Schema)
            if not table.alias and not written:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(name, quoted=True))
            table.set("db", exp.to_identifier(schema, quoted=True))
    return tree.sql(dialect="postgres")
