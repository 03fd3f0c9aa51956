"""The mark on a database that is the sandbox's to change: a comment on it that begins so.

Whatever migrates, seeds, resets or drops asks for the mark first. An empty database may be
adopted, since there is nothing of anybody's in it to harm; anything else is left alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from data_assets import urls
from data_assets.errors import SandboxError

if TYPE_CHECKING:
    import psycopg

PREFIX: Final = "docent sandbox"

Kind = Literal["learner", "template", "put aside", "adopted", "scratch"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the comment on a database of ours says.

    kind:   what the database is for.
    of:     for one that was put aside, the name that it had; for a scratch database, the one
            that it was made from.
    made:   what its migrations and its data were made from (see ``sandbox.fingerprint``).
    clock:  the time that it was set to, in ISO 8601; ``""`` where nobody did (see ``clock``).
    """

    kind: Kind = "adopted"
    of: str = ""
    made: str = ""
    clock: str = ""

    def __str__(self) -> str:
        said = {"kind": self.kind, "of": self.of, "made": self.made, "clock": self.clock}
        return f"{PREFIX} {json.dumps({key: value for key, value in said.items() if value})}"


def read_mark(comment: str | None) -> Mark | None:
    """The mark in a database's comment; ``None`` when it is not ours."""
    if not comment or not comment.startswith(PREFIX):
        return None
    try:
        said = json.loads(comment.removeprefix(PREFIX))
        words = (str(said.get(key, "")) for key in ("of", "made", "clock"))
        return Mark(said.get("kind", "adopted"), *words)
    except (ValueError, AttributeError):  # written by hand: that is as good
        return Mark()


def mark_of(connection: psycopg.Connection) -> Mark | None:
    """The mark of the database that we are connected to."""
    row = connection.execute(
        "select shobj_description(oid, 'pg_database') from pg_catalog.pg_database "
        "where datname = current_database()"
    ).fetchone()
    return read_mark(row[0] if row else None)


def read_marks(connection: psycopg.Connection) -> dict[str, Mark]:
    """The databases of this server that are ours, and what their marks say."""
    found = connection.execute(
        "select datname, shobj_description(oid, 'pg_database') from pg_catalog.pg_database"
    ).fetchall()
    return {name: mark for name, comment in found if (mark := read_mark(comment))}


def write_mark(connection: psycopg.Connection, name: str, mark: Mark) -> None:
    """Mark a database."""
    from psycopg import sql

    connection.execute(
        sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal(str(mark)))
    )


STRANGERS: Final = """
select n.nspname, c.relname
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp%'
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and d.objid = c.oid and d.deptype = 'e')
union all
select n.nspname, p.proname
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where n.nspname not in ('pg_catalog', 'information_schema')
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      and d.objid = p.oid and d.deptype = 'e')
order by 1, 2
limit 4
"""
"""What somebody has made in a database; what came with an extension does not count."""


def require_mark(connection: psycopg.Connection, *, adopt: bool = False) -> Mark:
    """The mark of the database that we are connected to; SandboxError when it has none.

    adopt:  mark an empty database that has none.
    """
    import psycopg

    name = connection.info.dbname
    if mark := mark_of(connection):
        return mark
    strangers = connection.execute(STRANGERS).fetchall()
    if strangers or not adopt:
        found = ", ".join(f"{schema}.{relation}" for schema, relation in strangers[:3])
        holds = f" and holds {found}{' and more' if len(strangers) > 3 else ''}" if found else ""
        raise SandboxError(
            f"The database {name!r} is not marked as a sandbox{holds}; it is left as it is.",
            "point DATABASE_URL at an empty database, or unset it for the embedded one. "
            f"If all in {name!r} is yours to lose: comment on database "
            f"{psycopg.sql.Identifier(name).as_string(connection)} is '{PREFIX}';",
        )
    mark = Mark("adopted")
    try:
        with connection.transaction():
            write_mark(connection, name, mark)
    except psycopg.errors.InsufficientPrivilege as error:
        raise SandboxError(
            f"The database {name!r} cannot be marked as a sandbox: only its owner may do that.",
            f"connect as its owner ({urls.EXAMPLE})",
        ) from error
    return mark
