"""Look at GRANTs that a learner wrote: tried as the role itself, and undone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from docent.answers import kind_of, told
from docent.examining import unwrapped
from docent.examining_upgrades import ends_a_transaction
from docent.exercise import Examine, Outcome, correct, hindered, incomplete, stopped, wrong
from docent.room import Room

if TYPE_CHECKING:
    from contracts.model import Contract
    from detection.access.model import Access
    from detection.model import Catalog

Connection = psycopg.Connection[Any]


def grants(role: str, contracts: Collection[str], url: Callable[[], str]) -> Examine:
    """SQL that gives a role what these contracts promise it, and nothing else.

    contracts:  names of contracts of the schema ``reporting``.
    url:        the database in which the schema is.
    """

    def examine(answer: object, _room: Room) -> Outcome:
        answer = unwrapped(answer)
        if not isinstance(answer, str):
            return wrong(
                f"Your answer is {kind_of(answer)}: {told(answer)}.",
                "Statements of SQL are expected, as a text.",
            )
        lines = (line.partition("--")[0] for line in answer.splitlines())
        if not "".join(lines).strip(" \t\r\n;.…"):
            return incomplete("There is no statement yet.")
        if word := ends_a_transaction(answer):
            return wrong(f"Your statements say {word}.", next_step="Leave transactions out.")
        promised = [one for one in _published() if one.name in contracts]
        with _undone(url()) as connection:
            if not _has_role(connection, role):
                return hindered(
                    f"This server does not let you make the role {role} to try it with.",
                    "Ask whoever runs it for the right CREATEROLE; the sandbox's own has it.",
                )
            return _tried(connection, role, promised, answer)

    return examine


def _published() -> tuple[Contract, ...]:
    from contracts import load_folder
    from data_assets.reporting import CONTRACTS

    return load_folder(CONTRACTS)


@contextlib.contextmanager
def _undone(url: str) -> Any:
    from data_assets.postgres import connect

    with contextlib.closing(connect(url)) as connection:
        connection.execute(
            "select set_config(name, '5s', true)"
            " from unnest(array['lock_timeout', 'statement_timeout']) as name"
        )
        yield connection
        connection.rollback()


def _has_role(connection: Connection, role: str) -> bool:
    """Make the role, with no right but those that everybody has, where the server lets us."""
    from data_assets.roles import make_role

    make_role(connection, role)
    refused = psycopg.errors.InsufficientPrivilege
    with contextlib.suppress(refused), connection.transaction():
        connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))
    found = connection.execute(
        "select pg_catalog.pg_has_role(oid, 'MEMBER') from pg_catalog.pg_roles where rolname = %s",
        [role],
    ).fetchone()
    return bool(found and found[0])


def _tried(connection: Connection, role: str, promised: Sequence[Contract], answer: str) -> Outcome:
    try:
        connection.execute(answer.encode())
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error)
        return stopped(f"Postgres says: {said}.", "Mend the statement; nothing was changed.")
    for contract in promised:
        (table,) = contract.tables
        if refused := _refusal(connection, role, table.qualified_name):
            step = (
                "A right on a view does not open the schema that it is in."
                if "schema" in refused
                else "Both versions are promised for as long as both are there."
            )
            return wrong(f"As {role}, reading {table.qualified_name}: {refused}.", next_step=step)
    return _compared(connection, role, promised)


def _refusal(connection: Connection, role: str, view: str) -> str:
    """What Postgres says to this role when it reads a view; ``""`` where it lets it."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
            name = sql.Identifier(*view.split("."))
            connection.execute(sql.SQL("select count(*) from {}").format(name))
    except psycopg.errors.InsufficientPrivilege as error:
        return error.diag.message_primary or str(error)
    return ""


def _compared(connection: Connection, role: str, promised: Sequence[Contract]) -> Outcome:
    """Whether the rights are those that the contracts give, by the look of ``docent grants``."""
    from detection.access.difference import find_gap
    from detection.access.reading import read_access
    from detection.catalog import read_catalog

    catalog, access = read_catalog(connection), read_access(connection)
    gap = find_gap(promised, catalog, access)
    if gap.too_much:
        right = gap.too_much[0].right
        place = ".".join(right.target.place)
        who = right.role or "Everybody"
        step = "A contract gives reading alone, of what it promises, to the role that it names."
        return wrong(f"{who} may {right.privilege} {place}, which nobody promised.",
                     "What both contracts give, and nothing else.", step)  # fmt: skip
    if gap.missing:
        place = ".".join(gap.missing[0].target.place)
        return wrong(f"{role} cannot read all columns of {place} yet.",
                     next_step="Grant the whole view: all of it is promised.")  # fmt: skip
    refused = _refusal(connection, role, "public.object")
    if not refused:
        return wrong(f"{role} can read both cards, and public.object behind them, too.",
                     "The cards, and nothing else.",
                     "No membership and no other power: two rights do.")  # fmt: skip
    if around := _around(role, promised, catalog, access):
        return wrong(f"{around}.", "The cards, as they are today, and nothing else.")
    return correct(f"As {role}, both cards can be read. The table behind them: {refused}.")


def _around(role: str, promised: Sequence[Contract], catalog: Catalog, access: Access) -> str:
    """What else the role could do, now or later, by ``docent grants --check``."""
    from prevention.granting import judge_access
    from prevention.words import issue

    said = map(issue, judge_access(promised, catalog, access).findings)
    return next((one for one in said if role in one), "")
