"""From which columns of tables each column of a view is made, and whether it is one unchanged.

Known limits: what a function reads behind its name is not followed, and a column that only picks
rows (in WHERE, ON, GROUP BY) is not part of what is handed on. A count tells how many, and hands
on nothing. Of a view that cannot be followed, every column is made from all that it reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from contracts.model import Table
from contracts.queries import NoQueryError, parse
from detection.access.difference import whole_of
from detection.access.model import Access, Place
from detection.access.tracing import Origin, Origins, Tracing
from detection.model import Catalog

VIEWS = ("view", "materialized view")


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
        found = _direct(view, catalog)
        if len(found) != len(view.columns):
            found = [_all_read(place, catalog, access)] * len(view.columns)
        for column, direct in zip(view.columns, found, strict=True):
            known[place, column.name] = frozenset(
                origin for each in direct for origin in _behind(each, known, roots, access)
            )
    return {where: origins for where, origins in known.items() if origins}


def _behind(
    origin: Origin,
    known: Mapping[tuple[Place, str], Origins],
    roots: Mapping[Place, frozenset[str]],
    access: Access,
) -> Iterator[Origin]:
    """An origin that matters, or those behind it where it is a view's column itself."""
    place = origin.schema, origin.table
    for at in dict.fromkeys((place, whole_of(place, access))):
        if origin.column in roots.get(at, ()):
            yield Origin(*at, origin.column, origin.computed)
            break
    for each in known.get((place, origin.column), ()):
        yield Origin(each.schema, each.table, each.column, origin.computed or each.computed)


def _dependents(access: Access, roots: Mapping[Place, frozenset[str]]) -> set[Place]:
    """The views that read one of these tables, or read such a view.

    Which of its columns is no matter: beside a column Postgres notes no reading of the whole row.
    """
    readers: defaultdict[Place, set[Place]] = defaultdict(set)
    ahead: list[Place] = []
    for each in access.view_reads:
        readers[each.read].add(each.view)
        if each.read in roots or whole_of(each.read, access) in roots:
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
    from sqlglot import exp
    from sqlglot.optimizer.scope import build_scope

    try:
        query = parse(view.definition or "")
        if isinstance(query, exp.Values):
            query = exp.select("*").from_(exp.alias_(query, "rows", table=True))
        scope = build_scope(query)
    except NoQueryError:
        scope = None
    if scope is None:
        return []
    return Tracing(catalog, scope).outputs(scope)


def _all_read(view: Place, catalog: Catalog, access: Access) -> Origins:
    """Every column of whatever a view reads."""
    read = {each.read for each in access.view_reads if each.view == view}
    tables = (catalog.table(*place) for place in read)
    return frozenset(
        Origin(table.schema, table.name, column.name, computed=True)
        for table in tables
        if table is not None
        for column in table.columns
    )
