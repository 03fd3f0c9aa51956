"""The check as one Python call: contracts and a database in, a decision out."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.binding import bind, find_unbound
from contracts.consumers import Consumer
from contracts.days import day_at
from contracts.days import today as today_in_utc
from contracts.loading import load_folder
from contracts.model import Contract
from contracts.problems import DocumentError
from detection.model import Catalog, Violation
from detection.periods import USUAL, Periods, standing
from prevention.beyond import look_beyond
from prevention.configuration import Configuration, configure
from prevention.consumers import load_registered, name_the_hurt
from prevention.decision import Checked, Decision, NotJudged, Obstacle, decide, not_judged
from prevention.families import find_faults, with_inherited
from prevention.rows import RowTerms, breaches_of, measure_rows, promise_rows

if TYPE_CHECKING:
    from detection.quality import Measurement

PATIENCE: Final = "set statement_timeout = '60s'; set lock_timeout = '10s'"
"""How long a check waits for the database, so that it ends by itself in any case."""


def check(
    *paths: str | os.PathLike[str],
    database: str | None = None,
    documents_only: bool = False,
    structure_only: bool = False,
    schemas: Sequence[str] | None = None,
    strict: bool | None = None,
    accepted: Collection[str] = (),
    configuration: Configuration | None = None,
    rows: RowTerms | None = None,
    queries: bool = False,
    access: bool = False,
    health: bool = False,
) -> Decision:
    """Judge whether a database keeps what contracts promise. Nothing is changed.

    paths:           contract documents and folders of them; without any, the project's folder.
    database:        a database URL; without it, ``DATABASE_URL`` or else the sandbox.
    documents_only:  only read the documents, and ask no database.
    structure_only:  stay with tables and columns, and look at no row.
    schemas:         where tables should be under contract; without it, as the project says.
    strict:          whether an undeclared column breaks a promise.
    accepted:        fingerprints of findings that are known and accepted (see ``baseline``).
    rows:            how rows are looked at: at which time, which of them. Its time is that of the
                     whole check: the day on which contracts are deprecated, or gone.
    queries:         whether what the consumers' queries read is compared with the registry.
    access:          whether rights are judged, too: see ``prevention.granting``.
    health:          whether to look for the ways in which contracts die (``prevention.health``).

    Raises DocumentError for documents that are no contracts, SandboxError when the database
    cannot be asked, and NotJudged for a configuration that cannot be followed. A check that
    had nothing to look at is a decision: ``not-judged``.
    """
    settings = configuration or configure()
    contracts = load_contracts(paths, settings)
    consumers = load_registered(paths or [settings.contracts], settings.contracts)
    if not contracts:
        return not_judged(_no_contracts(paths, settings))
    if queries and not consumers:
        raise NotJudged(_no_registry(paths, settings))
    if documents_only:
        whole = all(Path(path).is_dir() for path in paths)
        return read_over(
            contracts,
            consumers,
            day_of(rows),
            settings.periods,
            whole=whole,
            relatives=load_relatives(contracts, paths, settings),
        )
    looked = look(
        contracts,
        consumers,
        paths,
        database=database,
        structure_only=structure_only,
        schemas=schemas,
        strict=strict,
        accepted=accepted,
        settings=settings,
        rows=rows,
        queries=queries,
        access=access,
    )
    if health:
        from prevention.health import look_after

        return look_after(looked, consumers, database, settings, accepted)
    return looked.decision


@dataclass(frozen=True, slots=True)
class Looked:
    """A decision, and what was seen on the way to it.

    schemas:  those in which tables should be under contract; ``None`` for all.
    whole:    whether these are all the contracts there are.
    """

    decision: Decision
    contracts: tuple[Contract, ...] = ()
    catalog: Catalog | None = None
    measurements: tuple[Measurement, ...] = ()
    schemas: tuple[str, ...] | None = None
    whole: bool = False


def look(
    contracts: tuple[Contract, ...],
    consumers: Sequence[Consumer],
    paths: Sequence[str | os.PathLike[str]] = (),
    *,
    database: str | None = None,
    structure_only: bool = False,
    schemas: Sequence[str] | None = None,
    strict: bool | None = None,
    accepted: Collection[str] = (),
    settings: Configuration,
    rows: RowTerms | None = None,
    queries: bool = False,
    access: bool = False,
) -> Looked:
    """Judge contracts that were read from ``paths``, and keep all that was seen; see ``check``."""
    if not contracts:
        return Looked(not_judged(_no_contracts(paths, settings)))
    if unbound := sorted(find_unbound(contracts, settings.bind)):
        raise DocumentError(unbound)
    asked = tuple(schemas or settings.schemas or ())
    relatives = load_relatives(contracts, paths, settings)
    inheriting = with_inherited(contracts, relatives)
    promised = promised_schemas(inheriting)
    catalog = read_structure(database, sorted({*asked, *promised}) if asked else None)
    whole = all(Path(path).is_dir() for path in paths)
    promising = standing(inheriting)
    about_rows = not structure_only and promise_rows(promising)
    measurements = (
        measure_rows(promising, catalog, database, rows, whole=whole) if about_rows else ()
    )
    decision = judge(
        contracts,
        catalog,
        strict=settings.strict if strict is None else strict,
        accepted=accepted,
        whole=whole,
        schemas=asked or None,
        consumers=consumers,
        breaches=(
            *breaches_of(promising, measurements),
            *look_beyond(promising, catalog, database, access=access, whole=whole),
        ),
        measured=sum(not one.trouble for one in measurements),
        queries=queries,
        today=day_of(rows),
        periods=settings.periods,
        relatives=relatives,
    )
    return Looked(decision, contracts, catalog, measurements, asked or None, whole)


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
        return not_judged(_empty(catalog), checked=checked)
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


def day_of(terms: RowTerms | None) -> date:
    """The day of a check: that of its time, in UTC, else today."""
    return day_at(terms.now) if terms and terms.now else today_in_utc()


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


def load_contracts(
    paths: Sequence[str | os.PathLike[str]], configuration: Configuration
) -> tuple[Contract, ...]:
    """The contracts in these paths, or in the project's folder; raises DocumentError.

    Those that name no table are about the one that the configuration names for them.
    """
    if not paths and not configuration.contracts.is_dir():
        raise NotJudged(
            Obstacle(
                f"Nothing was checked: there is no folder {configuration.contracts.absolute()}.",
                _beginning(configuration.contracts),
            )
        )
    contracts = load_folder(*(Path(path) for path in paths or [configuration.contracts]))
    return bind(contracts, configuration.bind)


def load_relatives(
    contracts: Sequence[Contract],
    paths: Sequence[str | os.PathLike[str]],
    configuration: Configuration,
) -> tuple[Contract, ...]:
    """The project's other contracts, where one of these extends what is not among them.

    So a single document can be checked, or one in another folder than its parent.
    """
    folder = configuration.contracts
    if not paths or not any(contract.extends for contract in contracts) or not folder.is_dir():
        return ()
    from detection.family.lineage import Family

    family = Family.of(contracts)
    asked = (family.called(one.extends, one.namespace) for one in contracts if one.extends)
    if all(asked) or any(Path(path).resolve() == folder.resolve() for path in paths):
        return ()
    known = {contract.identity for contract in contracts}
    others = load_contracts((), configuration)
    return tuple(each for each in others if each.identity not in known)


def read_structure(database: str | None = None, schemas: Sequence[str] | None = None) -> Catalog:
    """The catalogue of a database, read so that nothing can be written and no row is read."""
    from data_assets.postgres import connect, database_url, explained
    from detection.catalog import read_catalog

    url = database or database_url()
    with closing(connect(url, structure_only=True)) as connection, explained(url):
        connection.execute(PATIENCE)
        connection.commit()  # outside a transaction, the catalogue may be read a second time
        return read_catalog(connection, schemas)


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


def _no_contracts(paths: Sequence[object], configuration: Configuration) -> Obstacle:
    where = ", ".join(map(str, paths)) or str(configuration.contracts.absolute())
    folder = Path(str(paths[0])) if paths else configuration.contracts
    return Obstacle(f"Nothing was checked: there is no contract in {where}.", _beginning(folder))


def _no_registry(paths: Sequence[object], configuration: Configuration) -> Obstacle:
    where = ", ".join(map(str, paths)) or str(configuration.contracts.absolute())
    return Obstacle(
        f"There is no consumers.yaml in {where}, and so no query to read.",
        "Register there who reads what, or leave out --queries.",
    )


def _beginning(folder: Path) -> str:
    return (
        f"docent draft TABLE --output {folder}/TABLE.json makes a beginning. Are your contracts "
        "elsewhere? Name their folder by contracts in [tool.docent] of pyproject.toml."
    )


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


def _empty(catalog: Catalog) -> Obstacle:
    schemas = ", ".join(catalog.schemas) or "any schema"
    return Obstacle(
        f"Nothing was checked: the database {catalog.database} has no table in {schemas}.",
        "Run the migrations (docent up, or alembic upgrade head), "
        "or name the schemas to look at by --schema.",
    )
