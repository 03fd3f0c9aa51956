"""A gap between rights as SQL: as few GRANTs and REVOKEs as say it, in the order to run them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, LiteralString

from psycopg import sql

from detection.access.difference import Gap
from detection.access.model import PUBLIC, Right, Target

Verb = Literal["GRANT", "REVOKE"]

_ORDER: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
_ON: Final[dict[str, LiteralString]] = {
    "schema": "SCHEMA ", "sequence": "SEQUENCE ", "table": "", "column": "",
}  # fmt: skip


def statements(gap: Gap, *, create_roles: bool = False) -> tuple[sql.Composed, ...]:
    """What closes a gap: first what is taken back, then what is given.

    create_roles:  make the roles that are not there, with no right to log in. What they may is
                   known once they are there.
    """
    made = [
        sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name))
        for name in (gap.absent if create_roles else ())
    ]
    taken = _grouped("REVOKE", [held.right for held in gap.too_much])
    return (*made, *taken, *_grouped("GRANT", gap.missing))


def _grouped(verb: Verb, rights: Sequence[Right]) -> Iterator[sql.Composed]:
    """One statement for all things of a kind on which a role gets or loses the same."""
    of_table: defaultdict[tuple[str, Target], set[str]] = defaultdict(set)
    of_column: defaultdict[tuple[str, Target], defaultdict[str, set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for right in rights:
        if right.target.kind == "column":
            table = Target("column", *right.target.place)
            of_column[right.role, table][right.privilege].add(right.target.column)
        else:
            of_table[right.role, right.target].add(right.privilege)
    alike: defaultdict[tuple[str, str, tuple[str, ...]], list[Target]] = defaultdict(list)
    for (role, target), privileges in of_table.items():
        alike[role, target.kind, tuple(sorted(privileges, key=_place))].append(target)
    first = ("schema", "sequence", "table")
    for (role, kind, names), targets in sorted(alike.items(), key=lambda e: _key(first, e[0])):
        words = sql.SQL(", ").join(sql.SQL(_known(name)) for name in names)
        yield _statement(verb, words, kind, sorted(targets), role)
    for (role, table), by_privilege in sorted(of_column.items()):
        words = sql.SQL(", ").join(
            sql.SQL("{} ({})").format(
                sql.SQL(_known(name)),
                sql.SQL(", ").join(map(sql.Identifier, sorted(by_privilege[name]))),
            )
            for name in sorted(by_privilege, key=_place)
        )
        yield _statement(verb, words, "column", [table], role)


def _statement(
    verb: Verb, words: sql.Composable, kind: str, targets: Iterable[Target], role: str
) -> sql.Composed:
    names = sql.SQL(", ").join(
        sql.Identifier(*filter(None, (target.schema, target.name))) for target in targets
    )
    return sql.SQL("{} {} ON {}{} {} {}").format(
        sql.SQL(verb),
        words,
        sql.SQL(_ON[kind]),
        names,
        sql.SQL("TO" if verb == "GRANT" else "FROM"),
        sql.SQL("PUBLIC") if role == PUBLIC else sql.Identifier(role),
    )


_PRIVILEGES: Final[tuple[LiteralString, ...]] = (*_ORDER, "USAGE", "CREATE", "MAINTAIN")


def _known(name: str) -> LiteralString:
    """The keyword for a privilege, out of those that there are."""
    return next(known for known in _PRIVILEGES if known == name)


def _place(privilege: str) -> int:
    return _ORDER.index(privilege) if privilege in _ORDER else len(_ORDER)


def _key(first: Sequence[str], group: tuple[str, str, tuple[str, ...]]) -> tuple[object, ...]:
    role, kind, names = group
    return first.index(kind), role, names
