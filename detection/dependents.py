"""Which views hang on a table or on one of its columns, as Postgres itself records it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import psycopg
from psycopg.rows import tuple_row

from detection.model import Catalog

ViewKind = Literal["view", "materialized view"]

_STATEMENT: Final = """
with recursive dependents as (
    select v.oid, 1 as depth
    from pg_catalog.pg_depend d
    join pg_catalog.pg_rewrite r on r.oid = d.objid
    join pg_catalog.pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm')
    join pg_catalog.pg_class t on t.oid = d.refobjid
    join pg_catalog.pg_namespace n on n.oid = t.relnamespace
    left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attname = %(column)s
    where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and n.nspname = %(schema)s and t.relname = %(table)s and v.oid <> t.oid
      and (%(column)s::text is null or d.refobjsubid = a.attnum)
  union
    select v.oid, p.depth + 1
    from dependents p
    join pg_catalog.pg_depend d on d.refobjid = p.oid
      and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    join pg_catalog.pg_rewrite r on r.oid = d.objid
    join pg_catalog.pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm') and v.oid <> p.oid
    where p.depth < 32
)
select n.nspname, v.relname,
       case v.relkind when 'm' then 'materialized view' else 'view' end,
       pg_catalog.pg_get_viewdef(v.oid)
from dependents p
join pg_catalog.pg_class v on v.oid = p.oid
join pg_catalog.pg_namespace n on n.oid = v.relnamespace
group by v.oid, n.nspname, v.relname, v.relkind
order by max(p.depth), n.nspname, v.relname
"""


@dataclass(frozen=True, slots=True)
class DependentView:
    """A view that reads what is changed, itself or through other views.

    dropped:  whether it had to go so that the change could be made.
    """

    schema: str
    name: str
    kind: ViewKind
    definition: str
    dropped: bool = False

    @property
    def qualified_name(self) -> str:
        """``schema.view``, unquoted: for people, never for SQL."""
        return f"{self.schema}.{self.name}"


def has_views(catalog: Catalog) -> bool:
    """Whether there is any view that could hang on anything."""
    return any(table.kind in ("view", "materialized view") for table in catalog.tables)


def find_dependents(
    connection: psycopg.Connection[Any], schema: str, table: str, column: str | None = None
) -> tuple[DependentView, ...]:
    """The views that hang on a table, or on one column of it; the nearest first."""
    named = {"schema": schema, "table": table, "column": column}
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(_STATEMENT, named)
        return tuple(DependentView(*row) for row in cursor)
