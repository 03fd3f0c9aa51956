"""What somebody's SQL would have Postgres call, as the catalogue of functions knows it.

A function can be called by its name, through an operator, or by making a value one of a type.
Only what is Postgres's own or an extension's, and changes nothing, may be called at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

import psycopg
from psycopg.rows import tuple_row

from detection.quality.authored import RefusedError
from detection.quality.model import Call

REVEALING: Final = re.compile(
    r"(table|query|cursor|schema|database)_to_xml|crosstab|connectby$|xpath_table$"
)
"""Functions that read what a text says, some of them any query; some of them count as harmless."""

_FOREIGN: Final = """
  n.nspname <> 'pg_catalog' and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      and d.objid = p.oid and d.deptype = 'e')
"""
_FUNCTIONS: Final = f"""
select p.proname, bool_or(p.provolatile = 'v'), bool_or({_FOREIGN})
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where p.proname = any (%s) and (n.nspname = 'pg_catalog' or n.nspname = any (%s))
group by p.proname
"""  # noqa: S608 - put together from constants
_HARMFUL: Final = f"""
select distinct p.proname
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where p.proname = any (%s) and p.provolatile = 'v' and not ({_FOREIGN})
"""  # noqa: S608 - put together from constants
_OPERATORS: Final = f"""
select distinct o.oprname
from pg_catalog.pg_operator as o
join pg_catalog.pg_namespace as within on within.oid = o.oprnamespace
join pg_catalog.pg_proc as p on p.oid = o.oprcode
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where within.nspname = any (%s) and {_FOREIGN}
"""  # noqa: S608 - put together from constants
_TYPES: Final = f"""
select t.typname
from pg_catalog.pg_type as t
where t.typname = any (%s) and exists (
  select from pg_catalog.pg_proc as p
  join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
  where {_FOREIGN} and (
    p.oid in (select castfunc from pg_catalog.pg_cast where casttarget = t.oid)
    or (t.typtype = 'b' and p.oid = t.typinput)
    or p.oid in (
      select uses.refobjid from pg_catalog.pg_constraint as c
      join pg_catalog.pg_depend as uses on uses.objid = c.oid
        and uses.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
        and uses.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      where c.contypid in (t.oid, t.typbasetype))))
"""  # noqa: S608 - put together from constants
"""Types that call a function which is not Postgres's own when a value is made one of theirs."""


def find_refused(
    connection: psycopg.Connection[Any], calls: Collection[Call], schemas: Collection[str]
) -> dict[Call, RefusedError]:
    """Of all that somebody's SQL may call, what it may not, with the reason.

    ``schemas`` are those in which Postgres will look for it, besides its own. A name that no
    function has is a word of SQL, a common table expression, or an error that Postgres will find.
    """
    if not calls:
        return {}
    with connection.cursor(row_factory=tuple_row) as cursor:
        return {
            **_refused_functions(cursor, _of_kind("function", calls), list(schemas)),
            **_refused_operators(cursor, _of_kind("operator", calls), list(schemas)),
            **_refused_types(cursor, _of_kind("type", calls)),
        }


def find_harmful(
    connection: psycopg.Connection[Any], names: Collection[str]
) -> dict[str, RefusedError]:
    """Of the functions that a consumer's query may call, what it may not, with the reason.

    A consumer may call what is the database's own: that is promised like a table, and does what
    its owner lets it do. Of Postgres's own functions and those of extensions, whichever schema
    they are in, it may call what changes nothing.
    """
    found = {name: _revealing(name).what for name in names if REVEALING.match(name)}
    if others := [name for name in names if name not in found]:
        with connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(_HARMFUL, (others,))
            found.update({name: _volatile(name).what for (name,) in cursor.fetchall()})
    without = "Register the query without that call."
    return {name: RefusedError(what, without) for name, what in found.items()}


def _of_kind(kind: str, calls: Collection[Call]) -> list[str]:
    return [call.name for call in calls if call.kind == kind]


def _refused_functions(
    cursor: psycopg.Cursor[Any], names: Sequence[str], schemas: list[str]
) -> dict[Call, RefusedError]:
    found = {name: _revealing(name) for name in names if REVEALING.match(name)}
    others = [name[:63] for name in names if name not in found]
    if others:
        cursor.execute(_FUNCTIONS, (others, schemas))
        for name, volatile, foreign in cursor.fetchall():
            if volatile or foreign:
                found[name] = _volatile(name) if volatile else _foreign(f"{name}()", "function")
    return {Call("function", name): error for name, error in found.items()}


def _refused_operators(
    cursor: psycopg.Cursor[Any], runs: Sequence[str], schemas: list[str]
) -> dict[Call, RefusedError]:
    if not runs:
        return {}
    cursor.execute(_OPERATORS, (schemas,))
    names = [name for (name,) in cursor.fetchall()]
    return {
        Call("operator", run): _foreign(name, "operator")
        for run in runs
        for name in names
        if name in run
    }


def _refused_types(cursor: psycopg.Cursor[Any], words: Sequence[str]) -> dict[Call, RefusedError]:
    cursor.execute(_TYPES, ([word[:63] for word in words],))
    return {Call("type", name): _foreign(name, "type") for (name,) in cursor.fetchall()}


def _volatile(name: str) -> RefusedError:
    return RefusedError(
        f"It calls {name}(), which may change something or answer differently each time.",
        "Leave it out; the time of the check is {now}.",
    )


def _foreign(name: str, kind: str) -> RefusedError:
    return RefusedError(
        f"It calls {name}, which is no {kind} of Postgres's own.",
        "Make a view that calls it, and put that under contract.",
    )


def _revealing(name: str) -> RefusedError:
    return RefusedError(
        f"It calls {name}(), which reads whatever its text says.", "Read the tables by name."
    )
