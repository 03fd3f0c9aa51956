"""Contracts that nobody answers for yet: drafts whose owner is still to be named.

Nobody's promise is broken by that, so the database is not asked. Facts only, as violations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.drafting import is_owned
from contracts.model import Contract, Table
from detection.comparison import Difference
from detection.model import Violation
from detection.rules import rule

_UNNAMED: Final = rule("owner-unnamed")


def find_unowned(contracts: Sequence[Contract]) -> tuple[Violation, ...]:
    """A violation for each contract without an owner, at the place where one is to be named.

    It stands under the first table of the contract; no owner is told, as there is none.
    """
    return tuple(
        _unowned(contract, contract.tables[0])
        for contract in contracts
        if contract.tables and not is_owned(contract)
    )


def _unowned(contract: Contract, table: Table) -> Violation:
    stated = _UNNAMED.states() or Difference(None, None)
    return Violation(
        rule=_UNNAMED.id,
        level=_UNNAMED.level,
        contract=contract.identity,
        schema=table.schema,
        table=table.name,
        location=contract.source.at(*stated.keys) if contract.source else None,
    )
