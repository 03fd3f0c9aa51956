"""One promise in several dialects: what each of them carries, and what each check then notices.

Nothing is typed in here: a contract is converted, the new text is read back, and the two are
compared; a change is made to the database, judged by each text, and taken back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from contracts.conversion import TARGETS, convert
from contracts.differences import Difference, find_differences
from contracts.model import Column, Contract, Table

if TYPE_CHECKING:
    from detection.model import Catalog
    from docent.display import Shown

WRITTEN: Final = ("odcs", "book", "soda", "dbt", "jsonschema")
"""The dialects that a contract can be written in."""
CHECKED: Final = ("book", "odcs", "soda", "dbt")
"""Those whose texts name a table, so that a database can be judged by them."""

State = Literal["kept", "in part", "lost"]
MARKS: Final[Mapping[State, str]] = {"kept": "✓", "in part": "in part", "lost": ""}


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of each property of a contract, by the dialect.

    states:  dialect -> property -> whether it is kept, kept in part or changed, or lost.
    added:   dialect -> how many properties it states that the contract does not.
    """

    states: Mapping[str, Mapping[str, State]]
    added: Mapping[str, int]

    def count(self, dialect: str, state: State) -> int:
        """How many properties are in a state."""
        return list(self.states[dialect].values()).count(state)


def carry(contract: Contract, by_hand: Mapping[str, Contract] | None = None) -> Carried:
    """What becomes of a contract in every dialect that can be written.

    ``by_hand`` holds the same promise in dialects that are only read, as somebody wrote it there.
    """
    differences: dict[str, tuple[Difference, ...]] = {}
    for dialect in WRITTEN:
        converted = convert(contract, dialect)
        differences[dialect] = (*converted.left_behind, *converted.added)
    for dialect, other in (by_hand or {}).items():
        differences[dialect] = find_differences(contract, other)
    stated = _by_property(find_differences(contract, _bare(contract)))
    return Carried(
        {dialect: _states(stated, found) for dialect, found in differences.items()},
        {
            dialect: sum(one.before is None for one in found)
            for dialect, found in differences.items()
        },
    )


def _bare(contract: Contract) -> Contract:
    """The same tables and columns, of which nothing is said."""
    tables = (
        Table("", "", columns=tuple(Column(column.name) for column in table.columns))
        for table in contract.tables
    )
    return replace(Contract(""), tables=tuple(tables))


def _by_property(differences: tuple[Difference, ...]) -> dict[str, list[Difference]]:
    found: dict[str, list[Difference]] = {}
    for one in differences:
        if one.before is not None:
            found.setdefault(one.property.partition(".")[0], []).append(one)
    return found


def _states(
    stated: Mapping[str, list[Difference]], found: tuple[Difference, ...]
) -> dict[str, State]:
    missing = _by_property(found)
    return {name: _state(places, missing.get(name, [])) for name, places in stated.items()}


def _state(stated: list[Difference], missing: list[Difference]) -> State:
    if not missing:
        return "kept"
    gone = sum(one.after is None and "." not in one.property for one in missing)
    return "lost" if gone >= len(stated) else "in part"


def carried_card(carried: Carried) -> Shown[Carried]:
    """A bar for each dialect, and the table of every property behind it."""
    from docent.display import Folded, Grid, Paragraph, Shown
    from docent.drawings import Bar

    bars = []
    for dialect in carried.states:
        kept, part, lost = (carried.count(dialect, state) for state in MARKS)
        told = f"{kept} kept, {part} in part, {lost} lost"
        bars.append((dialect, Bar((kept, part, lost)), told, carried.added[dialect]))
    names = list(next(iter(carried.states.values()), ()))
    rows = tuple(
        (name.replace("_", " "), *(MARKS[states[name]] for states in carried.states.values()))
        for name in names
    )
    pieces = (
        Grid(("dialect", "what it carries", "", "came in"), tuple(bars)),
        Paragraph("In part: in some places only, or in other words.", look="aside"),
        Folded("Every property", (Grid(("property", *carried.states), rows),)),
    )
    return Shown(carried, f"{len(names)} properties of one contract", pieces)


# ------------------------------------------------------------------ what each check notices


def checks_after(contract: Contract, change: str, url: str = "") -> dict[str, tuple[str, ...]]:
    """The rules that each dialect's text finds broken after a change, which is then taken back.

    change:  a statement of SQL; it sees the contract's tables, and nobody else sees it.
    url:     the database; the learner's own by default.
    """
    from contracts.documents import scan_document
    from contracts.loading import contract_in
    from prevention.judging import judge

    texts = {dialect: convert(contract, dialect).text for dialect in CHECKED}
    promises = {
        dialect: contract_in(scan_document(f"{dialect}{TARGETS[dialect]}", text.encode()))
        for dialect, text in texts.items()
    }
    with _changed(change, url) as catalog:
        judged = {name: judge([one], catalog, whole=False) for name, one in promises.items()}
    return {
        dialect: tuple(one.rule for one in decision.findings if one.breaks)
        for dialect, decision in judged.items()
    }


def broken_card(promise: str, found: Mapping[str, tuple[str, ...]]) -> Shown[None]:
    """What each dialect's check says, one line each."""
    from docent.display import Grid, Shown
    from docent.drawings import Light

    rows = tuple(
        (dialect, Light("red", ", ".join(rules)) if rules else Light("green", "nothing broken"))
        for dialect, rules in found.items()
    )
    return Shown(None, promise, (Grid(("dialect", "its check says"), rows),))


@contextlib.contextmanager
def _changed(change: str, url: str) -> Iterator[Catalog]:
    """The catalogue as it is after a change, in a transaction that is rolled back."""
    from data_assets.postgres import connect
    from detection.catalog import read_catalog
    from docent.place import current_url

    with contextlib.closing(connect(url or current_url())) as connection:
        connection.execute("set local lock_timeout = '5s'")
        connection.execute(change.encode())
        yield read_catalog(connection)
        connection.rollback()
