"""Rights as contracts say, as Python calls: what differs, in SQL; judged; applied where asked.

``find_grants`` is ``docent grants``, ``apply_grants`` is ``docent grants --apply``, and
``check_access`` is ``docent grants --check``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.access.difference import Gap, find_gap
from detection.access.model import Access, RoleSeen
from detection.access.reading import read_access
from detection.access.statements import statements
from detection.access.violations import find_access_violations
from detection.access.wanted import gives_rights
from detection.catalog import read_catalog
from detection.model import Catalog
from detection.periods import standing
from prevention.checking import PATIENCE, load_contracts, load_relatives
from prevention.configuration import Configuration, configure
from prevention.consumers import load_registered, name_the_hurt
from prevention.decision import Decision, NotJudged, Obstacle, decide
from prevention.families import with_inherited
from prevention.judging import what_is_checked

if TYPE_CHECKING:
    import psycopg

Paths = Sequence[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Grants:
    """What it takes to make a database's rights those that contracts give.

    sql:       the statements, each without a semicolon, in the order to run them.
    absent:    roles that contracts name and the server does not have; nothing is granted to them.
    elsewhere: rights that only somebody else can take back: who granted them.
    applied:   whether the statements were run.
    """

    database: str
    sql: tuple[str, ...]
    gap: Gap
    absent: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    applied: bool = False

    @property
    def exit(self) -> int:
        """0 where the rights are as the contracts give them (now, if applied), else 1."""
        done = not self.sql or self.applied
        return 0 if done and not self.absent else 1


def find_grants(
    *paths: str | os.PathLike[str],
    database: str | None = None,
    create_roles: bool = False,
    configuration: Configuration | None = None,
) -> Grants:
    """The GRANTs and REVOKEs that a database lacks. Nothing is changed.

    paths:         contract documents and folders of them; without any, the project's folder.
    database:      a database URL; without it, ``DATABASE_URL`` or else the sandbox.
    create_roles:  make the roles that are not there, too, and give them what contracts give them.

    Raises DocumentError, SandboxError and NotJudged as ``check`` does.
    """
    settings = configuration or configure()
    contracts = _with_roles(paths, settings)
    with _connected(database, structure_only=True) as connection:
        return _grants(connection, contracts, _is_whole(paths), create_roles)


def apply_grants(
    *paths: str | os.PathLike[str],
    database: str | None = None,
    create_roles: bool = False,
    configuration: Configuration | None = None,
) -> Grants:
    """Run the GRANTs and REVOKEs that a database lacks, in one transaction: all of them or none.

    Afterwards it is looked at once more; where something still differs, because it is somebody
    else's to take back, all is undone and NotJudged raised. See ``find_grants``.
    """
    settings = configuration or configure()
    contracts, whole = _with_roles(paths, settings), _is_whole(paths)
    with _connected(database, structure_only=False) as connection, connection.transaction():
        found = _grants(connection, contracts, whole, create_roles)
        _run(connection, found.gap, create_roles)
        left = _grants(connection, contracts, whole, create_roles)
        if left.sql and not (left.absent and not left.gap.missing and not left.gap.too_much):
            raise NotJudged(_not_ours(left))
        return Grants(found.database, found.sql, found.gap, left.absent, applied=True)


def check_access(
    *paths: str | os.PathLike[str],
    database: str | None = None,
    configuration: Configuration | None = None,
) -> Decision:
    """Judge whether a database's rights are as contracts say. Nothing is changed.

    Besides what is missing and what is too much it finds who reads around the contracts, and who
    sees columns above a clearance. See ``find_grants``.
    """
    settings = configuration or configure()
    contracts = _in_force(paths, settings)
    consumers = load_registered(paths or [settings.contracts], settings.contracts)
    with _connected(database, structure_only=True) as connection:
        catalog, access = read_catalog(connection), read_access(connection)
    return judge_access(contracts, catalog, access, consumers, whole=_is_whole(paths))


def judge_access(
    contracts: Sequence[Contract],
    catalog: Catalog,
    access: Access,
    consumers: Sequence[Consumer] = (),
    *,
    whole: bool = True,
) -> Decision:
    """Judge rights that are at hand; no database is asked. See ``find_access_violations``."""
    violations = find_access_violations(contracts, catalog, access, whole=whole)
    return name_the_hurt(decide(violations, what_is_checked(contracts, catalog)), consumers)


def _grants(
    connection: psycopg.Connection, contracts: Sequence[Contract], whole: bool, create_roles: bool
) -> Grants:
    catalog, access = read_catalog(connection), read_access(connection)
    gap = find_gap(contracts, catalog, access, whole=whole)
    if create_roles and gap.absent:
        made = {name: RoleSeen(name) for name in gap.absent}
        then = replace(access, roles={**access.roles, **made})
        gap = replace(find_gap(contracts, catalog, then, whole=whole), absent=gap.absent)
    owners = {place: relation.owner for place, relation in access.relations.items()}
    lost = frozenset(gap.lost)
    strangers = sorted(
        {
            f"{held.grantor} granted {held.right.privilege} on "
            f"{'.'.join(held.right.target.place)} to {held.right.role or 'PUBLIC'}"
            for held in gap.too_much
            if held not in lost and held.grantor != owners.get(held.right.target.place)
        }
    )
    return Grants(
        catalog.database,
        tuple(each.as_string(connection) for each in statements(gap, create_roles=create_roles)),
        gap,
        gap.absent,
        tuple(strangers),
    )


def _run(connection: psycopg.Connection, gap: Gap, create_roles: bool) -> None:
    for statement in statements(gap, create_roles=create_roles):
        connection.execute(statement)


@contextmanager
def _connected(database: str | None, *, structure_only: bool) -> Iterator[psycopg.Connection]:
    from data_assets.postgres import connect, database_url, explained

    url = database or database_url()
    with (
        closing(connect(url, structure_only=structure_only)) as connection,
        explained(url),
    ):
        connection.execute(PATIENCE)
        connection.commit()
        yield connection


def _in_force(paths: Paths, settings: Configuration) -> tuple[Contract, ...]:
    """The contracts but for retired ones, each with what it inherits, such as how it classifies."""
    contracts = load_contracts(paths, settings)
    return standing(with_inherited(contracts, load_relatives(contracts, paths, settings)))


def _with_roles(paths: Paths, settings: Configuration) -> tuple[Contract, ...]:
    contracts = _in_force(paths, settings)
    if any(contract.roles and gives_rights(contract) for contract in contracts):
        return contracts
    where = ", ".join(map(str, paths)) or str(settings.contracts)
    but = " but drafts, which give no rights" if any(one.roles for one in contracts) else ""
    raise NotJudged(
        Obstacle(
            f"No contract in {where} names a role{but}.",
            "Say under roles who may use the data (docs/boundaries.md shows how).",
        )
    )


def _is_whole(paths: Paths) -> bool:
    """Whether all the contracts there are were read: a folder of them, not single documents."""
    return all(Path(path).is_dir() for path in paths)


def _not_ours(left: Grants) -> Obstacle:
    said = "; ".join(left.elsewhere) or "; ".join(left.sql)
    return Obstacle(
        f"Some rights could not be put right, and so nothing was changed: {said}.",
        "Have whoever granted them take them back, or connect as the tables' owner.",
    )
