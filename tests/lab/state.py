"""All that can be seen of a database, to hold it against itself later."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from detection.catalog import read_catalog
from detection.model import Catalog

FILES = """
select n.nspname, c.relname, c.oid, c.relfilenode
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' order by c.oid
"""


def state(connection: psycopg.Connection[Any]) -> tuple[Catalog, object, dict[str, object]]:
    """The catalogue, the files, and a digest of each table's rows with their places and ages."""
    catalog = read_catalog(connection)
    digests = {
        table.qualified_name: connection.execute(
            sql.SQL(
                "select count(*), md5(string_agg(concat(ctid, xmin, t::text), ',' order by ctid))"
                " from {} as t"
            ).format(sql.Identifier(table.schema, table.name))
        ).fetchone()
        for table in catalog.tables
        if table.kind in ("table", "partition")
    }
    return catalog, connection.execute(FILES).fetchall(), digests
