"""A database's rights, read from ``pg_catalog`` in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.rows import tuple_row

from detection.access.model import (
    Access,
    DefaultRight,
    HeldRight,
    Membership,
    OwnedSequence,
    Policy,
    Relation,
    Right,
    RoleSeen,
    Target,
    ViewRead,
)

_STATEMENT: Final = Path(__file__).with_name("access.sql")
_PIN: Final = (
    "select pg_catalog.current_setting('search_path'),"
    " pg_catalog.set_config('search_path', '', true)"
)
_UNPIN: Final = "select pg_catalog.set_config('search_path', %s, true)"
"""Nothing that somebody left in a schema can stand in for what the statement calls."""
_TRUE: Final = frozenset({"true", "on", "yes", "1"})
"""How the option of a view that is switched on may be spelt."""

Fields = Sequence[str | None]


def read_access(connection: psycopg.Connection[Any]) -> Access:
    """Who may do what in the database, as the connection sees it now.

    It goes in one transaction, or in the one that is open: what was granted in that is seen.
    """
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        before = cursor.execute(_PIN).fetchone()
        for kind, fields in cursor.execute(_STATEMENT.read_bytes()).fetchall():
            rows[kind].append(fields)
        if before:
            cursor.execute(_UNPIN, before[:1])
    relations = [_relation(each) for each in rows["relation"]]
    return Access(
        roles={name: RoleSeen(name, *map(_is, flags)) for name, *flags in sorted(rows["role"])},
        memberships=tuple(
            Membership(member, group, _is(inherits), _is(may_set))
            for member, group, inherits, may_set in sorted(rows["membership"])
        ),
        relations={one.place: one for one in sorted(relations, key=lambda each: each.place)},
        schemas=dict(sorted(rows["schema"])),
        held=tuple(
            sorted(map(_held, rows["right"]), key=lambda each: (each.right.order, each.grantor))
        ),
        policies=tuple(_policy(each) for each in sorted(rows["policy"], key=lambda one: one[:3])),
        defaults=tuple(DefaultRight(*each) for each in sorted(rows["default"])),
        view_reads=tuple(
            ViewRead((one, two), (three, four), five)
            for one, two, three, four, five in sorted(rows["view reads"])
        ),
        sequences=tuple(
            OwnedSequence(one, two, (three, four), five)
            for one, two, three, four, five in sorted(rows["sequence"])
        ),
    )


def _is(text: str | None) -> bool:
    return (text or "").lower() in _TRUE


_KINDS: Final = {
    "r": "table", "p": "partitioned table", "v": "view", "m": "materialized view",
    "f": "foreign table",
}  # fmt: skip


def _relation(fields: Sequence[Any]) -> Relation:
    schema, name, kind, owner, guarded, forced, invoker, *parent, extension = fields
    return Relation(
        schema=schema,
        name=name,
        kind=_KINDS[kind],
        owner=owner,
        row_security=_is(guarded),
        forced=_is(forced),
        invoker=_is(invoker),
        parent=(parent[0], parent[1]) if parent[1] is not None else None,
        of_extension=_is(extension),
    )


def _held(fields: Sequence[Any]) -> HeldRight:
    kind, schema, name, column, role, privilege, grantor, grantable = fields
    right = Right(role, privilege, Target(kind, schema, name, column))
    return HeldRight(right, grantor, _is(grantable))


def _policy(fields: Sequence[Any]) -> Policy:
    schema, table, name, permissive, command, using, check, *roles = fields
    return Policy(schema, table, name, _is(permissive), command, tuple(roles), using, check)
