"""Functions and procedures under contract, compared with those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from contracts.model import Contract, Function
from detection.comparison import Difference
from detection.functions import call_of, same_signature
from detection.model import Catalog, Violation
from detection.rules import Rule, rule

_MISSING: Final = rule("function-missing")
_DIFFERS: Final = rule("function-differs")


def find_broken_functions(contracts: Sequence[Contract], catalog: Catalog) -> Iterator[Violation]:
    """Every promised function that is missing, or is there with another signature only."""
    for contract in contracts:
        for promised in contract.functions:
            there = [
                each
                for each in catalog.functions
                if (each.schema, each.name) == (promised.schema, promised.name)
            ]
            if any(same_signature(promised, each) for each in there):
                continue
            if not there:
                yield _broken(_MISSING, contract, promised, _MISSING.states(promised))
                continue
            called = [each for each in there if call_of(each) == call_of(promised)]
            nearest = (called or there)[0]
            yield _broken(_DIFFERS, contract, promised, _DIFFERS.states(promised, nearest))


def _broken(
    broken_rule: Rule, contract: Contract, promised: Function, difference: Difference | None
) -> Violation:
    stated = difference or Difference(None, None)
    source = promised.source or contract.source
    return Violation(
        rule=broken_rule.id,
        level=broken_rule.level,
        contract=contract.identity,
        schema=promised.schema,
        table=call_of(promised),
        promised=stated.promised,
        found=stated.found,
        owner=contract.owner,
        location=source.location if source else None,
    )
