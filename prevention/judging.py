"""Contracts and a catalogue that are at hand, judged; no database is asked and no file is read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.model import Catalog, Violation
from detection.periods import USUAL, Periods, standing
from prevention.consumers import name_the_hurt
from prevention.decision import Checked, Decision, Obstacle, decide, not_judged
from prevention.families import find_faults, with_inherited


def judge(
    contracts: Sequence[Contract],
    catalog: Catalog,
    *,
    strict: bool = False,
    accepted: Collection[str] = (),
    whole: bool = True,
    schemas: Collection[str] | None = None,
    consumers: Sequence[Consumer] = (),
    breaches: Sequence[Violation] = (),
    measured: int = 0,
    queries: bool = False,
    today: date | None = None,
    periods: Periods = USUAL,
    relatives: Sequence[Contract] = (),
) -> Decision:
    """Judge contracts against a catalogue that is at hand; no database is asked.

    ``whole`` says that these are all the contracts there are, so that a table under none of
    them is worth telling; ``schemas`` are those in which it is (all, without it). A promise
    is judged in whichever schema it is made. Each broken promise names those of the
    ``consumers`` who rely on it, and the registry itself is looked over. ``breaches`` are the
    promises about rows that are not kept, of ``measured`` ones (see ``prevention.rows``).
    With ``queries``, what the consumers' queries read is compared with what is registered.
    ``today`` is the day on which the ends of contracts are looked at; without one, they are not.
    A contract that extends another is held to what it inherits, too; ``relatives`` are contracts
    that may be extended and are not judged themselves.
    """
    from detection.coverage import find_uncovered
    from detection.ownership import find_unowned
    from detection.violations import find_violations

    faults = find_faults(standing(contracts), (*contracts, *relatives))
    contracts = with_inherited(contracts, relatives)
    checked = replace(what_is_checked(contracts, catalog), measured=measured)
    looked_at = set(schemas or ()) if whole else set()
    if unknown := sorted(looked_at - set(catalog.schemas) - promised_schemas(contracts)):
        return not_judged(_no_schema(unknown, catalog), checked=checked)
    if checked.tables and is_empty(catalog, contracts):
        wanted = set(schemas or ()) or promised_schemas(contracts)
        return not_judged(_empty(catalog, wanted), checked=checked)
    promising = standing(contracts)
    coverage = [
        found
        for found in find_uncovered(promising, catalog)
        if found.contract is not None or (whole and (not schemas or found.schema in schemas))
    ]
    registry = look_over(consumers, contracts) if whole else ()
    reads = compare_reads(consumers, catalog) if queries else ()
    violations = [
        *find_violations(promising, catalog, strict=strict),
        *breaches,
        *coverage,
        *find_unowned(contracts),
        *ends_of(contracts, consumers, today, periods, whole=whole),
        *registry,
        *reads,
        *faults,
    ]
    return name_the_hurt(decide(violations, checked, accepted=accepted), consumers)


def read_over(
    contracts: Sequence[Contract],
    consumers: Sequence[Consumer],
    today: date,
    periods: Periods = USUAL,
    *,
    accepted: Collection[str] = (),
    whole: bool = True,
    relatives: Sequence[Contract] = (),
) -> Decision:
    """Judge what documents say on a day, the registry included; no database is asked.

    ``relatives`` may be extended by these contracts, and are not judged themselves.
    """
    from detection.ownership import find_unowned

    inheriting = with_inherited(contracts, relatives)
    violations = (
        *find_unowned(contracts),
        *ends_of(contracts, consumers, today, periods, whole=whole),
        *look_over(consumers, inheriting),
        *find_faults(standing(contracts), (*contracts, *relatives)),
    )
    decision = decide(violations, what_is_checked(inheriting), accepted=accepted)
    return name_the_hurt(decision, consumers)


def ends_of(
    contracts: Sequence[Contract],
    consumers: Sequence[Consumer],
    today: date | None,
    periods: Periods = USUAL,
    *,
    whole: bool = True,
) -> tuple[Violation, ...]:
    """What there is to tell of the ends of contracts on a day; nothing without a day."""
    from detection.lifetimes import find_lifetimes

    if today is None:
        return ()
    return find_lifetimes(contracts, consumers, today, periods, whole=whole)


def look_over(
    consumers: Sequence[Consumer], contracts: Sequence[Contract]
) -> tuple[Violation, ...]:
    """What is careless in the registry of consumers, or names what nobody promises."""
    if not consumers:
        return ()
    from detection.consumers import find_careless_queries, find_unknown_promises
    from detection.subscriptions import find_unfit_versions

    return (
        *find_careless_queries(consumers),
        *find_unknown_promises(consumers, contracts),
        *find_unfit_versions(consumers, contracts),
    )


def compare_reads(consumers: Sequence[Consumer], catalog: Catalog) -> tuple[Violation, ...]:
    """What queries read and nobody registered, and the other way round; slow to import."""
    from detection.consumers import find_undeclared_reads

    return find_undeclared_reads(consumers, catalog)


def promised_schemas(contracts: Sequence[Contract]) -> set[str]:
    """The schemas of all tables and functions that these contracts are about."""
    tables = {table.schema for contract in contracts for table in contract.tables}
    return tables | {one.schema for contract in contracts for one in contract.functions}


def what_is_checked(contracts: Sequence[Contract], catalog: Catalog | None = None) -> Checked:
    """What there is to look at in these contracts, and in which database."""
    tables = [table for contract in contracts for table in contract.tables]
    return Checked(
        contracts=tuple(contract.identity for contract in contracts),
        tables=len(tables),
        columns=sum(len(table.columns) for table in tables),
        database=catalog.database if catalog else None,
        functions=sum(len(contract.functions) for contract in contracts),
    )


REPORTING: Final = "reporting"
"""The schema of the museum's published views, which no other migration makes."""
PUBLISH: Final = "alembic --name reporting upgrade reporting@head"


def _no_schema(unknown: Sequence[str], catalog: Catalog) -> Obstacle:
    return Obstacle(
        f"Nothing was checked: the database {catalog.database} has no schema {unknown[0]}.",
        "Correct --schema, or schemas in [tool.docent].",
    )


def is_empty(catalog: Catalog, contracts: Sequence[Contract] = ()) -> bool:
    """Whether there is no table to judge.

    The one in which Alembic keeps its version is none, and neither are Docent's own, nor what an
    extension brought along, unless a contract is about it.
    """
    from detection.coverage import MIGRATIONS, is_ours

    promised = {table.qualified_name for contract in contracts for table in contract.tables}
    return not any(
        table.qualified_name in promised
        or (table.name != MIGRATIONS and table.extension is None and not is_ours(table.schema))
        for table in catalog.tables
    )


def _empty(catalog: Catalog, wanted: Collection[str]) -> Obstacle:
    """Why there is nothing to judge: none of the schemas is there, or no table in them."""
    if not set(wanted) & set(catalog.schemas):
        names = " or ".join(sorted(wanted))
        step = "Run the migrations that make it, or correct --schema"
        if REPORTING in wanted:
            step += f". The museum's published views are put in by {PUBLISH}"
        return Obstacle(
            f"Nothing was checked: the database {catalog.database} has no schema {names}.",
            f"{step}.",
        )
    schemas = ", ".join(catalog.schemas) or "any schema"
    return Obstacle(
        f"Nothing was checked: the database {catalog.database} has no table in {schemas}.",
        "Run the migrations (docent up, or alembic upgrade head), "
        "or name the schemas to look at by --schema.",
    )
