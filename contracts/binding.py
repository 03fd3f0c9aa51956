"""Contracts that name no table, and the tables that a project names for them.

A contract on one page is about data, and not about a place. Which table it is about in this
project is said once, under ``[tool.docent.bind]``: by the contract's identity, or its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from contracts.model import Contract, Location, Table
from contracts.problems import Problem


def is_bound(table: Table) -> bool:
    """Whether a promise names its table."""
    return table.schema != ""


def bind(contracts: Sequence[Contract], bindings: Mapping[str, str]) -> tuple[Contract, ...]:
    """The contracts, with the tables that ``bindings`` name for those that name none.

    ``bindings`` maps a contract's identity or name to ``schema.table``, or to a table of the
    schema ``public``. What a document names itself stands.
    """
    return tuple(_bound(contract, bindings) for contract in contracts)


def find_unbound(contracts: Sequence[Contract], bindings: Mapping[str, str]) -> Iterator[Problem]:
    """A problem for each contract whose table nobody named, and which cannot be checked so.

    What others extend needs none: it is about the tables of its children.
    """
    from contracts.dialects.validation import nearest

    extended = {contract.extends for contract in contracts}
    for contract in contracts:
        is_parent = not extended.isdisjoint((contract.identity, contract.name, contract.id or ""))
        if is_parent or all(map(is_bound, contract.tables)):
            continue
        near = nearest(contract.identity, bindings)
        next_step = "Name it by table: schema.table in the document, or bind it in pyproject.toml: "
        next_step += f'[tool.docent.bind] "{contract.identity}" = "schema.table".'
        if near:
            next_step = f'Did you mean "{contract.identity}" where [tool.docent.bind] has "{near}"?'
        place = contract.source.location if contract.source else Location("", 1)
        yield Problem(place, "", f"{contract.identity} names no table.", next_step)


def _bound(contract: Contract, bindings: Mapping[str, str]) -> Contract:
    named = bindings.get(contract.identity, bindings.get(contract.name))
    if named is None or all(map(is_bound, contract.tables)):
        return contract
    schema, _, name = named.rpartition(".")
    (table,) = contract.tables
    return replace(contract, tables=(replace(table, schema=schema or "public", name=name),))
