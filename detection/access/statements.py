"""A gap between rights as SQL: as few GRANTs and REVOKEs as say it, in the order to run them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal, LiteralString

from psycopg import sql

from detection.access.difference import Gap
from detection.access.model import PUBLIC, Place, Right, Target

Verb = Literal["GRANT", "REVOKE"]

_ORDER: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
_ON: Final[dict[str, LiteralString]] = {
    "schema": "SCHEMA ", "sequence": "SEQUENCE ", "table": "", "column": "",
}  # fmt: skip


def statements(gap: Gap, *, create_roles: bool = False) -> tuple[sql.Composed, ...]:
    """What closes a gap: first what is taken back, then what is given.

    create_roles:  make the roles that are not there, with no right to log in.
    """
    made = [
        sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name))
        for name in (gap.absent if create_roles else ())
    ]
    hanging = frozenset((held.grantor, held.right.target.place) for held in gap.lost)
    taken = _grouped("REVOKE", [held.right for held in gap.too_much], hanging)
    return (*made, *taken, *_grouped("GRANT", gap.missing))


Privileges = tuple[tuple[str, tuple[str, ...]], ...]
"""Privileges in the order of SQL, each with the columns that it is limited to; () for none."""
_FIRST: Final = ("schema", "sequence", "table", "column")


def _grouped(
    verb: Verb, rights: Sequence[Right], hanging: Collection[tuple[str, Place]] = ()
) -> Iterator[sql.Composed]:
    """One statement for all things of a kind on which a role gets or loses the same.

    hanging:  roles and tables on which rights that they granted go along; it takes a CASCADE.
    """
    by_target: defaultdict[tuple[str, Target], defaultdict[str, set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for right in rights:
        target = replace(right.target, column="")
        names = {right.target.column} if right.target.kind == "column" else set()
        by_target[right.role, target][right.privilege] |= names
    alike: defaultdict[tuple[int, str, Privileges, bool], list[Target]] = defaultdict(list)
    for (role, target), by_privilege in by_target.items():
        privileges = tuple(
            (name, tuple(sorted(by_privilege[name]))) for name in sorted(by_privilege, key=_place)
        )
        cascade = (role, target.place) in hanging
        alike[_FIRST.index(target.kind), role, privileges, cascade].append(target)
    for (kind, role, privileges, cascade), targets in sorted(alike.items()):
        words = sql.SQL(", ").join(_privilege(*each) for each in privileges)
        said = _statement(verb, words, _FIRST[kind], sorted(targets), role)
        yield said + sql.SQL(" CASCADE") if cascade else said


def _privilege(name: str, columns: tuple[str, ...]) -> sql.Composable:
    if not columns:
        return sql.SQL(_known(name))
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("{} ({})").format(sql.SQL(_known(name)), listed)


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
