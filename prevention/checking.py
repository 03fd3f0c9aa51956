"""The check as one Python call: contracts and a database in, a decision out."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
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
from detection.model import Catalog
from detection.periods import standing
from prevention.beyond import look_beyond
from prevention.configuration import Configuration, configure
from prevention.consumers import load_registered
from prevention.decision import Decision, NotJudged, Obstacle, not_judged
from prevention.families import with_inherited
from prevention.judging import judge, promised_schemas, read_over
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


def day_of(terms: RowTerms | None) -> date:
    """The day of a check: that of its time, in UTC, else today."""
    return day_at(terms.now) if terms and terms.now else today_in_utc()


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
