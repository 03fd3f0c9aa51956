"""What the database itself knows of its readers: rights, views, functions, statements, streams."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from detection.access.model import OWN_ROLES, PUBLIC, Access, Place
from detection.access.reach import Reach, Way
from detection.discovery.model import Observation
from detection.discovery.statements import Reading
from detection.discovery.streams import Streams
from detection.model import Catalog
from detection.reads import ColumnRead

MOST: Final = 20_000
"""Statements that are read from pg_stat_statements; those called most often come first."""

_EXTENSION: Final = """
select n.nspname
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_stat_statements'
"""
_STATEMENTS: Final = """
select coalesce(r.rolname::text, s.userid::text), s.query, sum(s.calls)::bigint
from {}.pg_stat_statements s
left join pg_catalog.pg_roles r on r.oid = s.userid
where s.dbid = (
    select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()
)
group by 1, 2
order by 3 desc, 1, 2
limit {}
"""
_HIDDEN: Final = "<insufficient privilege>"
_BODY: Final = re.compile(r"\bAS\s+(\$[^$]*\$)(.*)\1", re.DOTALL | re.IGNORECASE)
_ATOMIC: Final = re.compile(r"\bBEGIN ATOMIC\b(.*)\bEND\b", re.DOTALL | re.IGNORECASE)
_FIRST: Final = re.compile(r"\b(select|with|insert|perform)\b", re.IGNORECASE)


def from_rights(
    access: Access, promised: dict[Place, tuple[str, ...]], named: Collection[str]
) -> Iterator[Observation]:
    """The roles that may read tables under contract.

    These are everybody, where it was granted to PUBLIC, and whoever can connect or holds a right
    by name. Owners, superusers and Postgres's own roles are left out.

    promised:  the columns under contract, by table.
    named:     the roles that contracts name themselves.
    """
    reach = Reach(access)
    holders = {held.right.role for held in access.held if held.right.privilege == "SELECT"}
    groups = {each.group for each in access.memberships}
    roles = {
        name
        for name, role in access.roles.items()
        if not role.superuser
        and not name.startswith("pg_")
        and name not in OWN_ROLES
        and (role.can_login or (name in holders and name not in groups))
    }
    for role in sorted(roles | ({PUBLIC} & holders)):
        reads: set[ColumnRead] = set()
        ways: set[Way] = set()
        for place, columns in promised.items():
            relation = access.relations.get(place)
            if relation is None or relation.owner == role:
                continue
            for column in columns:
                found = [
                    way for way in reach.ways(role, place, "SELECT", column)
                    if way.holder == role or way.holder != PUBLIC
                ]  # fmt: skip
                if found:
                    reads.add(ColumnRead(*place, column))
                    ways |= set(found)
        if reads:
            yield Observation(
                "role",
                role or "PUBLIC",
                "grant",
                ", ".join(sorted({_way(role, way) for way in ways})),
                frozenset(reads),
                may_only=True,
                by_contract=all(way.holder in named for way in ways),
            )


def _way(role: str, way: Way) -> str:
    if way.holder == role:
        return "its own right"
    how = f"SET ROLE {way.holder}" if way.by_set_role else f"member of {way.holder}"
    return f"{how}, the owner" if way.owns else how


def read_by_views(
    access: Access, catalog: Catalog, reading: Reading, promised: Collection[Place]
) -> Mapping[Place, frozenset[ColumnRead]]:
    """The columns that each view under no contract reads, of tables and of other views.

    Where Postgres notes no column of a table (``to_jsonb(s)``, ``count(*)``), they are all of its
    columns. Of a whole row beside a single column it notes nothing: that is in the view's text.
    """
    found: defaultdict[Place, set[ColumnRead]] = defaultdict(set)
    for each in access.view_reads:
        table = catalog.table(*each.read)
        if each.view not in promised:
            whole = [column.name for column in table.columns] if table else []
            names = [each.column] if each.column else whole
            found[each.view] |= {ColumnRead(*each.read, name) for name in names}
    for place, reads in found.items():
        view = catalog.table(*place)
        if view and view.definition and (statement := reading.read(view.definition)):
            reads |= statement.reads
    return {place: frozenset(reads) for place, reads in found.items()}


def from_views(
    access: Access, reads: Mapping[Place, frozenset[ColumnRead]], promised: Collection[Place]
) -> Iterator[Observation]:
    """The views that read a table under contract, by what each reads (``read_by_views``)."""
    for place, read in sorted(reads.items()):
        view = access.relations.get(place)
        found = frozenset(one for one in read if (one.schema, one.table) in promised)
        if found and view is not None and not view.of_extension:
            yield Observation("view", ".".join(place), "view", view.kind, found)


def from_functions(
    catalog: Catalog, reading: Reading, known: Collection[tuple[str, str]]
) -> Iterator[Observation]:
    """The functions in whose text a statement reads a table.

    known:  the functions that a contract promises, by schema and name.
    """
    for function in catalog.functions:
        if (function.schema, function.name) in known or not function.definition:
            continue
        reads: set[ColumnRead] = set()
        for text in _pieces(function.definition):
            if statement := reading.read(text):
                reads |= statement.reads
        if reads:
            name = f"{function.schema}.{function.name}"
            yield Observation("function", name, "function", function.kind, frozenset(reads))


def _pieces(definition: str) -> Iterator[str]:
    """What may be a statement in the body of a function."""
    found = _BODY.search(definition)
    body = found[2] if found else ""
    if not found and (atomic := _ATOMIC.search(definition)):
        body = atomic[1]
    for piece in body.split(";"):
        if first := _FIRST.search(piece):
            word = "select" if first[1].lower() == "perform" else first[1]
            yield f"{word}{piece[first.end() :]}"


def from_statements(
    connection: psycopg.Connection[Any], reading: Reading
) -> tuple[tuple[Observation, ...], tuple[str, ...]]:
    """Which role ran which query, as pg_stat_statements counts them; and what is to be said of it.

    The extension can be in any schema, or nowhere; it can be there without being loaded; and it
    hides the text of what others ran from whoever may not see statistics.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        schema = cursor.execute(_EXTENSION).fetchone()
        if schema is None:
            return (), (
                "pg_stat_statements is not installed, so that no query of the past is known",
            )
        asked = sql.SQL(_STATEMENTS).format(sql.Identifier(schema[0]), sql.Literal(MOST))
        try:
            with connection.transaction():
                rows = cursor.execute(asked).fetchall()
        except psycopg.errors.ObjectNotInPrerequisiteState:
            return (), (
                "pg_stat_statements is installed and not loaded (shared_preload_libraries)",
            )
        except psycopg.errors.InsufficientPrivilege:
            return (), ("pg_stat_statements may not be read; grant pg_read_all_stats",)
    found = []
    hidden = 0
    for role, query, calls in rows:
        if query is None or query == _HIDDEN:
            hidden += 1
        elif role not in OWN_ROLES and (statement := reading.read(query)):
            times = f"{calls} call{'' if calls == 1 else 's'}"
            found.append(
                Observation(
                    "role", role, "pg_stat_statements", times, statement.reads,
                    query=statement.shown, fingerprint=statement.fingerprint,
                )
            )  # fmt: skip
    notes = []
    if hidden:
        notes.append(
            f"{hidden} statements of others are hidden from this user; grant pg_read_all_stats"
        )
    if len(rows) == MOST:
        notes.append(f"of pg_stat_statements only the {MOST} most called statements were read")
    return tuple(found), tuple(notes)


def from_streams(
    streams: Streams, promised: Collection[Place]
) -> tuple[tuple[Observation, ...], tuple[str, ...]]:
    """Who follows changes of tables under contract: slots, and publications that nobody follows.

    A slot does not say which publication it follows: it may follow all there are.
    """
    published = {
        name: frozenset(
            ColumnRead(*place, column)
            for place, table in publication.tables.items()
            if place in promised
            for column in table.columns
        )
        for name, publication in streams.publications.items()
    }
    offered = frozenset(read for reads in published.values() for read in reads)
    logical = [slot for slot in streams.slots if slot.logical]
    found = [
        Observation(
            "slot",
            slot.name,
            "slot",
            f"{slot.plugin or 'no plugin'}, {'active' if slot.active else 'not active'}",
            offered,
            application=slot.follower,
        )
        for slot in logical
        if offered
    ]
    notes = [
        f"the slot {slot.name} follows the whole server, and reads every table"
        for slot in streams.slots
        if not slot.logical
    ]
    notes += [
        f"the slot {slot.name} ({slot.plugin}) follows changes, and no publication says of which "
        "tables"
        for slot in logical
        if not offered
    ]
    if not logical:
        found += [
            Observation(
                "publication",
                name,
                "publication",
                "no slot follows it",
                reads,
                may_only=True,
                by_contract=True,
            )
            for name, reads in published.items()
            if reads
        ]
    notes += [
        f"the subscription {name} writes into this database" for name in streams.subscriptions
    ]
    return tuple(found), tuple(notes)
