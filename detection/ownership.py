"""Contracts that nobody answers for yet: drafts whose owner is still to be named.

Nobody's promise is broken by that, so the database is not asked. Facts only, as violations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.drafting import is_owned
from contracts.model import Contract, Level
from detection.model import Violation

LEVELS: Final[dict[str, Level]] = {"owner-unnamed": "warning"}
"""The rule and its level.

owner-unnamed:  a contract names no owner, or still the one that a draft stands in with.
"""


def find_unowned(contracts: Sequence[Contract]) -> tuple[Violation, ...]:
    """A violation for each contract without an owner, at the place where one is to be named.

    It stands under the first table of the contract; no owner is told, as there is none.
    """
    return tuple(
        Violation(
            rule="owner-unnamed",
            level=LEVELS["owner-unnamed"],
            contract=contract.identity,
            schema=contract.tables[0].schema,
            table=contract.tables[0].name,
            location=contract.source.at("owner") if contract.source else None,
        )
        for contract in contracts
        if contract.tables and not is_owned(contract)
    )
