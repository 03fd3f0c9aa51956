"""One query of a view, followed from each column that it yields to the columns of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detection.model import Catalog

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A column that another is made from; ``computed`` where it is not handed on as it is."""

    schema: str
    table: str
    column: str
    computed: bool = False


Origins = frozenset[Origin]


class Tracing:
    """One view's query, followed from its output columns to the tables."""

    def __init__(self, catalog: Catalog, whole: Scope) -> None:
        self._catalog = catalog
        self._scopes = {id(each.expression): each for each in whole.traverse()}
        self._open: set[int] = set()

    def outputs(self, scope: Scope) -> list[Origins]:
        """The origins of each column that a part of a query yields."""
        from sqlglot import exp

        if id(scope) in self._open:  # a recursive WITH that asks itself
            return []
        self._open.add(id(scope))
        try:
            if isinstance(scope.expression, exp.SetOperation):
                parts = [self.outputs(each) for each in scope.set_operation_scopes]
                widest = max(map(len, parts), default=0)
                return [
                    frozenset().union(*(part[at] for part in parts if at < len(part)))
                    for at in range(widest)
                ]
            found: list[Origins] = []
            for each in getattr(scope.expression, "selects", ()):
                found += self._projection(each, scope)
            return found
        finally:
            self._open.discard(id(scope))

    def _projection(self, projection: exp.Expr, scope: Scope) -> list[Origins]:
        from sqlglot import exp

        inner = projection.unalias()
        if isinstance(inner, exp.Star):
            return [each for name in scope.sources for each in self._all_of(name, scope)]
        if isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star):
            return self._all_of(_folded(inner.args["table"]), scope)
        return [self._value(inner, scope)]

    def _value(self, value: exp.Expr, scope: Scope) -> Origins:
        """The origins of a value: a column as it is, or whatever an expression has in it."""
        from sqlglot import exp

        while isinstance(value, exp.Cast | exp.Paren | exp.Collate):
            value = value.this
        if isinstance(value, exp.Column):
            return self._column(value, scope)
        if isinstance(value, exp.Subquery):
            return self._subquery(value)
        return frozenset(
            Origin(each.schema, each.table, each.column, computed=True)
            for part in self._within(value)
            for each in (
                self._column(part, scope) if isinstance(part, exp.Column) else self._subquery(part)
            )
        )

    def _within(self, value: exp.Expr) -> Iterator[exp.Expr]:
        """The columns and subqueries in an expression, but for what is only counted or asked."""
        from sqlglot import exp

        if isinstance(value, exp.Count | exp.Exists):
            return
        if isinstance(value, exp.Column | exp.Subquery | exp.Select):
            yield value
            return
        for child in value.iter_expressions():
            if isinstance(child, exp.Filter):
                child = child.this
            yield from self._within(child)

    def _subquery(self, subquery: exp.Expr) -> Origins:
        inner = self._scopes.get(id(subquery.unnest()))
        return frozenset().union(*self.outputs(inner)) if inner else frozenset()

    def _column(self, column: exp.Column, scope: Scope) -> Origins:
        from sqlglot import exp

        table = _folded(column.args["table"]) if column.table else None
        if isinstance(column.this, exp.Star):  # a whole row, as Postgres prints to_jsonb(s.*)
            whole = self._all_of(table, scope) if table else []
            return _computed(frozenset().union(*whole))
        name = _folded(column.this)
        around: Scope | None = scope
        while around is not None:
            found = self._in_scope(name, table, around)
            if found is not None:
                return found
            around = around.parent
        return frozenset()

    def _in_scope(self, name: str, table: str | None, scope: Scope) -> Origins | None:
        """The origins of a column here; ``None`` where nothing here is called so."""
        if table is not None:
            return self._of_source(table, name, scope) if table in scope.sources else None
        holders = [
            origins
            for source in scope.sources
            if (origins := self._of_source(source, name, scope)) is not None
        ]
        if holders:
            return frozenset().union(*holders)
        if name in scope.sources:  # a whole row, as in to_jsonb(s)
            return _computed(frozenset().union(*self._all_of(name, scope)))
        return None

    def _of_source(self, source: str, name: str, scope: Scope) -> Origins | None:
        for column, origins in self._columns_of(source, scope):
            if column == name:
                return origins
        return None

    def _all_of(self, source: str, scope: Scope) -> list[Origins]:
        return [origins for _, origins in self._columns_of(source, scope)]

    def _columns_of(self, source: str, scope: Scope) -> Sequence[tuple[str, Origins]]:
        """The columns that a source of a query has, with what they are made from."""
        from sqlglot import exp
        from sqlglot.optimizer.scope import Scope as ScopeClass

        found = scope.sources.get(source)
        if isinstance(found, exp.Table):
            return self._columns_of_table(found)
        if not isinstance(found, ScopeClass):
            return ()
        expression = found.expression
        if isinstance(expression, exp.Lateral) and isinstance(expression.this, exp.Subquery):
            inner = self._scopes[id(expression.this.unnest())]
            names = found.outer_columns or self._names(inner)
            return list(zip(names, self.outputs(inner), strict=False))
        if isinstance(expression, exp.Values):
            return self._columns_of_values(expression, found)
        if isinstance(expression, exp.Table):  # a join in parentheses, with a name of its own
            return self._columns_of_join(expression, found)
        selects = getattr(expression, "selects", ())
        if found.is_udtf or not selects:  # unnest(…), and whatever else makes rows out of values
            inside = self._value(expression, scope)
            return [(name, _computed(inside)) for name in (*found.outer_columns, source)]
        return list(
            zip(found.outer_columns or self._names(found), self.outputs(found), strict=False)
        )

    def _names(self, scope: Scope) -> list[str]:
        """The names of the columns that a part of a query yields."""
        from sqlglot import exp

        if isinstance(scope.expression, exp.SetOperation):
            return self._names(scope.set_operation_scopes[0])
        names: list[str] = []
        for each in getattr(scope.expression, "selects", ()):
            if isinstance(each, exp.Star):  # as VALUES in a WITH is read
                names += [name for one in scope.sources for name, _ in self._columns_of(one, scope)]
            else:
                names.append(each.alias_or_name)
        return names

    def _columns_of_values(self, values: exp.Expr, found: Scope) -> Sequence[tuple[str, Origins]]:
        rows = [row.expressions for row in values.expressions]
        width = max(map(len, rows), default=0)
        names = [*found.outer_columns, *(f"column{n + 1}" for n in range(width))][:width]
        return [
            (name, frozenset().union(*(self._value(row[at], found) for row in rows)))
            for at, name in enumerate(names)
        ]

    def _columns_of_join(self, first: exp.Expr, found: Scope) -> Sequence[tuple[str, Origins]]:
        """The columns of a join: those of USING first, then what each side has besides."""
        joins = first.args.get("joins") or ()
        merged = [_folded(each) for join in joins for each in join.args.get("using") or ()]
        sides = [
            self._columns_of(side.alias_or_name, found)
            for side in (first, *(join.this for join in joins))
        ]
        together = [
            (name, frozenset().union(*(each for side in sides for n, each in side if n == name)))
            for name in dict.fromkeys(merged)
        ]
        beside = [each for side in sides for each in side if each[0] not in merged]
        columns = [*together, *beside]
        names = [*found.outer_columns, *(name for name, _ in columns[len(found.outer_columns) :])]
        return [(name, each) for name, (_, each) in zip(names, columns, strict=False)]

    def _columns_of_table(self, table: exp.Table) -> Sequence[tuple[str, Origins]]:
        from sqlglot import exp

        if not isinstance(table.this, exp.Identifier):
            return ()
        schema = _folded(table.args["db"]) if table.args.get("db") else "public"
        seen = self._catalog.table(schema, _folded(table.this))
        if seen is None:
            return ()
        names = [column.name for column in seen.columns]
        alias = table.args.get("alias")
        renamed = [_folded(each) for each in (alias.columns if alias else ())]
        called = [*renamed, *names[len(renamed) :]]
        return [
            (call, frozenset({Origin(seen.schema, seen.name, name)}))
            for call, name in zip(called, names, strict=True)
        ]


def _computed(origins: Origins) -> Origins:
    return frozenset(Origin(one.schema, one.table, one.column, computed=True) for one in origins)


def _folded(name: exp.Expr) -> str:
    """A name as Postgres stores it: in small letters, unless it was quoted."""
    text = str(name.this)
    return text if name.args.get("quoted") else text.lower()
