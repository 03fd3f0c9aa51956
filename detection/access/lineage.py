"""From which columns of tables each column of a view is made, and whether it is one unchanged.

Known limits: what a function reads behind its name is not followed, and a column that only picks
rows (in WHERE, ON, GROUP BY) is not part of what is handed on. A count tells how many, and hands
on nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.model import Table
from contracts.queries import NoQueryError, parse
from detection.access.model import Access, Place
from detection.model import Catalog

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

VIEWS = ("view", "materialized view")


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A column that another is made from; ``computed`` where it is not handed on as it is."""

    schema: str
    table: str
    column: str
    computed: bool = False


Origins = frozenset[Origin]


def lineage_of_views(
    catalog: Catalog, access: Access, roots: Mapping[Place, frozenset[str]]
) -> Mapping[tuple[Place, str], Origins]:
    """For each column of the views on certain columns of tables: what of those it is made from.

    roots:  the columns that matter, by table. Views that hang on none of them are not read.
    """
    wanted = _dependents(access, roots)
    known: dict[tuple[Place, str], Origins] = {}
    for place in _in_order(wanted, access):
        view = catalog.table(*place)
        if view is None or not view.definition:
            continue
        for column, direct in zip(view.columns, _direct(view, catalog), strict=False):
            known[place, column.name] = frozenset(
                origin for each in direct for origin in _behind(each, known, roots)
            )
    return {where: origins for where, origins in known.items() if origins}


def _behind(
    origin: Origin,
    known: Mapping[tuple[Place, str], Origins],
    roots: Mapping[Place, frozenset[str]],
) -> Iterator[Origin]:
    """An origin that matters, or those behind it where it is a view's column itself."""
    place = origin.schema, origin.table
    if origin.column in roots.get(place, ()):
        yield origin
    for each in known.get((place, origin.column), ()):
        yield Origin(each.schema, each.table, each.column, origin.computed or each.computed)


def _dependents(access: Access, roots: Mapping[Place, frozenset[str]]) -> set[Place]:
    """The views that read one of these columns, or read such a view."""
    readers: defaultdict[Place, set[Place]] = defaultdict(set)
    ahead: list[Place] = []
    for each in access.view_reads:
        readers[each.read].add(each.view)
        if each.column in roots.get(each.read, ()) or (not each.column and each.read in roots):
            ahead.append(each.view)
    found: set[Place] = set()
    while ahead:
        view = ahead.pop()
        if view not in found:
            found.add(view)
            ahead += readers[view]
    return found


def _in_order(views: set[Place], access: Access) -> Iterator[Place]:
    """The views, each after those that it reads."""
    reads: defaultdict[Place, set[Place]] = defaultdict(set)
    for each in access.view_reads:
        if each.view in views and each.read in views:
            reads[each.view].add(each.read)
    done: set[Place] = set()
    ahead = sorted(views, reverse=True)
    while ahead:
        view = ahead.pop()
        before = sorted(reads.pop(view, set()) - done - {view})
        if before:
            ahead += [view, *before]
        elif view not in done:
            done.add(view)
            yield view


def _direct(view: Table, catalog: Catalog) -> list[Origins]:
    """What each column of a view is made from, in their order."""
    from sqlglot.optimizer.scope import build_scope

    try:
        scope = build_scope(parse(view.definition or ""))
    except NoQueryError:
        scope = None
    if scope is None:
        return []
    return _Tracing(catalog).outputs(scope)


class _Tracing:
    """One view's query, followed from its output columns to the tables."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
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
            return self._subquery(value, scope)
        return frozenset(
            Origin(each.schema, each.table, each.column, computed=True)
            for part in self._within(value)
            for each in (
                self._column(part, scope)
                if isinstance(part, exp.Column)
                else self._subquery(part, scope)
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

    def _subquery(self, subquery: exp.Expr, scope: Scope) -> Origins:
        inner = subquery.unnest()
        for each in scope.subquery_scopes:
            if each.expression is inner:
                return frozenset().union(*self.outputs(each))
        return frozenset()

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
        selects = getattr(expression, "selects", ())
        if found.is_udtf or not selects:  # unnest(…), and whatever else makes rows out of values
            inside = self._value(expression, scope)
            return [(name, _computed(inside)) for name in (*found.outer_columns, source)]
        names = [*found.outer_columns] or [each.alias_or_name for each in selects]
        return list(zip(names, self.outputs(found), strict=False))

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
