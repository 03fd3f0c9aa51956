"""A contract in another dialect, and what that dialect has no words for.

What is left behind is not known beforehand: the written text is read back and compared with the
contract, field by field. So nothing can be dropped in silence, not even by a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Final

from contracts.binding import is_bound
from contracts.differences import Difference, about_columns, find_differences
from contracts.documents import scan_document
from contracts.drafting import OWNER_TO_BE_NAMED, documentation_of, resource_of
from contracts.loading import contract_in
from contracts.model import Contract, Owner, Table
from contracts.problems import DocumentError

TARGETS: Final[Mapping[str, str]] = {
    "odcs": ".yaml",
    "book": ".json",
    "soda": ".yaml",
    "dbt": ".yaml",
    "jsonschema": ".json",
}
"""What a contract can be written as, and how such a file's name ends."""

ABOUT_ONE_TABLE: Final = ("book", "soda", "dbt", "jsonschema")
NAMES_ITS_TABLE: Final = ("odcs", "book", "soda", "dbt")


@dataclass(frozen=True, slots=True)
class Converted:
    """A contract as the text of another dialect.

    left_behind:  what the text does not say, or says otherwise than the contract.
    added:        what it says and the contract does not.
    """

    text: str
    left_behind: tuple[Difference, ...] = ()
    added: tuple[Difference, ...] = ()


class ConversionError(Exception):
    """A contract that cannot be written in a dialect at all: what stands in the way, what next."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} Next: {next_step}")
        self.what = what
        self.next_step = next_step


def convert(contract: Contract, to: str, *, table: str | None = None) -> Converted:
    """A contract as the text of a dialect (one of :data:`TARGETS`), with what is left behind.

    ``table`` picks one of several by its name, for a dialect that is about one table; raises
    :class:`ConversionError` where none is picked, and where the dialect would refuse the text.
    """
    chosen = _about_one_table(contract, to, table) if to in ABOUT_ONE_TABLE else contract
    if to in NAMES_ITS_TABLE and not all(map(is_bound, chosen.tables)):
        raise ConversionError(
            f"{contract.identity} names no table, and {to} must name one.",
            "Name it by table: schema.table in the document, or in [tool.docent.bind].",
        )
    written = _writer(to)(_completed(chosen) if to == "book" else chosen)
    differences = find_differences(contract, _read_back(written, to))
    return Converted(
        written,
        tuple(one for one in differences if one.before is not None),
        tuple(one for one in differences if one.before is None),
    )


def _writer(to: str) -> Callable[[Contract], str]:
    name = "json_schema" if to == "jsonschema" else to
    write: Callable[[Contract], str] = import_module(f"contracts.dialects.{name}").write
    return write


def _read_back(text: str, to: str) -> Contract:
    """The contract that a written text states."""
    if to == "jsonschema":
        from contracts.dialects.json_schema import read_back

        return read_back(text)
    try:
        return contract_in(scan_document(f"{to}{TARGETS[to]}", text.encode()))
    except DocumentError as error:
        first, *others = error.problems
        more = f" There are {len(others)} more such problems." if others else ""
        what = f"As {to} this contract would be refused: at {first.path}: {first.what}{more}"
        raise ConversionError(what, first.next_step) from error


def _about_one_table(contract: Contract, to: str, table: str | None) -> Contract:
    """The contract with the one table that is meant."""
    found = [one for one in contract.tables if table in (None, one.name, one.qualified_name)]
    if len(found) == 1:
        return _of_table(contract, found[0])
    names = ", ".join(one.qualified_name for one in contract.tables)
    if not contract.tables:
        what, next_step = f"{contract.identity} promises no table.", "Write it as odcs."
    elif not found:
        what, next_step = f"There is no table {table}.", f"Name one of these: {names}."
    else:
        what = f"{to} is about one table, and {contract.identity} promises {len(found)}: {names}."
        next_step = f"Name one by --table {found[0].qualified_name}, or write it as odcs."
    raise ConversionError(what, next_step)


def _of_table(contract: Contract, table: Table) -> Contract:
    """The contract with one of its tables, and what it says of it or of no table at all."""
    if len(contract.tables) == 1:
        levels = (about_columns(level, table) for level in contract.service_levels)
        return replace(contract, service_levels=tuple(levels))
    checks = (
        replace(check, table=None)
        for check in contract.checks
        if check.table in (None, table.qualified_name)
    )
    others = {one.name for one in contract.tables} - {table.name}
    levels = (
        about_columns(level, table)
        for level in contract.service_levels
        if (level.element or "").partition(".")[0] not in others
    )
    return replace(contract, tables=(table,), checks=tuple(checks), service_levels=tuple(levels))


def _completed(contract: Contract) -> Contract:
    """A contract with all that the book's spec demands, for its owner to put right."""
    (table,) = contract.tables
    owner = contract.owner or OWNER_TO_BE_NAMED
    return replace(
        contract,
        name=contract.name.strip().replace("/", "-"),
        namespace=contract.namespace or table.catalog or "contracts",
        documentation=contract.documentation or documentation_of(table),
        asset=contract.asset or resource_of(table),
        owner=owner if owner.email else Owner(owner.name, OWNER_TO_BE_NAMED.email),
        spec_version=None,
    )
