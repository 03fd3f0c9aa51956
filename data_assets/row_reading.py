"""Who reads rows for a check: a role that sees the columns under contract, where there is one.

In a sandbox its rights are kept as the contracts are. Anywhere else nothing is granted: whoever
runs the database may have given the role what it needs, and then it is taken on; else rows are
read as whoever is connected, in a transaction that only reads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from data_assets.postgres import ROW_READER
from data_assets.roles import make_role

if TYPE_CHECKING:
    import psycopg

Columns = Mapping[tuple[str, str], Collection[str]]
"""The columns that are to be read, by schema and table."""

LOCK: Final = 0x00D0CE48
"""Two checks that see to the rights of the role, one after the other."""

_GRANTED: Final = """
select n.nspname, c.relname, a.attname
from pg_catalog.pg_attribute as a
join pg_catalog.pg_class as c on c.oid = a.attrelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
cross join lateral pg_catalog.aclexplode(a.attacl) as given
join pg_catalog.pg_roles as r on r.oid = given.grantee and r.rolname = %s
where given.privilege_type = 'SELECT' and not a.attisdropped
"""

_SUFFICES: Final = """
select not exists (
  select from unnest(%(schemas)s::text[], %(tables)s::text[], %(columns)s::text[])
    as wanted (nspname, relname, attname)
  join pg_catalog.pg_namespace as n using (nspname)
  join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = wanted.relname
  join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = wanted.attname
  where c.relrowsecurity
    or not pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
    or not pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT'))
from pg_catalog.pg_roles as r
where r.rolname = %(role)s and pg_catalog.pg_has_role(r.oid, 'MEMBER')
"""


def row_reader(
    connection: psycopg.Connection, columns: Columns, *, ours: bool, whole: bool
) -> str | None:
    """The role to read these columns as; ``None`` for whoever is connected.

    ours:   the database is a sandbox, whose rights are ours to keep.
    whole:  these are all the columns under contract, so that rights to others are taken back.

    Rows that a policy hides from the role would make another table of it: then it is not used.
    """
    import psycopg

    if ours:
        no_right = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
        with contextlib.suppress(*no_right):
            _keep_rights(connection, columns, whole=whole)
    if not _suffices(connection, columns):
        return None
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        with connection.transaction(force_rollback=True):
            connection.execute("select set_config('role', %s, true)", [ROW_READER])
        return ROW_READER
    return None


def _keep_rights(connection: psycopg.Connection, columns: Columns, *, whole: bool) -> None:
    """Give the role the right to read these columns, and take back the others where told so."""
    wanted = {(*table, column) for table, names in columns.items() for column in names}
    if _granted(connection) == wanted:
        return
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        make_role(connection, ROW_READER)
        there = _granted(connection)
        for schema in sorted({schema for schema, _ in columns}):
            _order(connection, "grant usage on schema {} to {}", schema)
        for each in sorted(wanted - there):
            _order(connection, "grant select ({2}) on {0}.{1} to {3}", *each)
        for each in sorted(there - wanted) if whole else ():
            _order(connection, "revoke select ({2}) on {0}.{1} from {3}", *each)


def _granted(connection: psycopg.Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute(_GRANTED, [ROW_READER]).fetchall()
    return {(schema, table, column) for schema, table, column in rows}


def _suffices(connection: psycopg.Connection, columns: Columns) -> bool:
    """Whether there is such a role, open to us, that can read all rows of these columns."""
    wanted = [(*table, column) for table, names in columns.items() for column in names]
    schemas, tables, names = zip(*wanted, strict=True) if wanted else ((), (), ())
    row = connection.execute(
        _SUFFICES,
        {
            "schemas": list(schemas),
            "tables": list(tables),
            "columns": list(names),
            "role": ROW_READER,
        },
    ).fetchone()
    return bool(row and row[0])


def _order(connection: psycopg.Connection, text: str, *names: str) -> None:
    from psycopg import sql

    identifiers = map(sql.Identifier, (*names, ROW_READER))
    connection.execute(sql.SQL(text).format(*identifiers))
