"""What is known of a contract, gathered from documents, the database, git and the history."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from contracts import days
from contracts.model import Contract
from detection.family import effective
from detection.family.lineage import Family
from detection.model import Catalog
from prevention.checking import PATIENCE, load_contracts, load_relatives
from prevention.configuration import Configuration, configure
from prevention.consumers import load_registered
from prevention.decision import Decision
from prevention.explaining import find_contract
from prevention.failures import describe
from prevention.judging import promised_schemas
from prevention.review.automation import find_automation
from prevention.review.model import Facts, Seen


def gather(
    name: str,
    paths: Sequence[str | os.PathLike[str]] = (),
    *,
    database: str | None = None,
    documents_only: bool = False,
    base: str | None = None,
    today: date | None = None,
    configuration: Configuration | None = None,
) -> Facts:
    """All that can be known of a contract; what stands in the way of more is told as a trouble.

    A base that is named and is not there is none: NotJudged is raised.
    """
    settings = configuration or configure()
    contracts = load_contracts(paths, settings)
    contracts = (*contracts, *load_relatives(contracts, paths, settings))
    own = find_contract(name, contracts)
    contract = effective(own, Family.of(contracts)).contract
    consumers = load_registered(paths or [settings.contracts], settings.contracts)
    found: dict[str, Any] = {}
    troubles: dict[str, str] = {}
    asked: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("git", partial(find_automation, contract, settings)),
    ]
    if base is None:
        asked.append(("git", partial(_changes, contract, settings.base, today)))
    else:  # who names what to compare with wants it compared
        found |= _changes(contract, base, today)
    if not documents_only:
        asked += [
            ("database", partial(_database, contract, database)),
            ("history", partial(_seen, contract, database, settings)),
        ]
    for what, ask in asked:
        try:
            found |= ask()
        except Exception as error:
            obstacles = describe(error)
            if not obstacles:
                raise
            troubles[what] = obstacles[0].what
    return Facts(
        contract,
        today or days.today(),
        contracts,
        consumers,
        troubles=troubles,
        **{"base": base or settings.base, **found},
    )


def _database(contract: Contract, database: str | None) -> dict[str, Any]:
    """The catalogue, and the views that hang on the contract's tables."""
    from data_assets.postgres import connect, database_url, explained
    from detection.access.reading import read_access
    from detection.catalog import read_catalog
    from detection.change_streams import promises_streams
    from detection.dependents import find_dependents
    from detection.discovery.streams import read_streams

    url = database or database_url()
    with closing(connect(url, structure_only=True)) as connection, explained(url):
        connection.execute(PATIENCE)
        connection.commit()  # outside a transaction, the catalogue may be read a second time
        catalog: Catalog = read_catalog(connection, sorted(promised_schemas([contract])) or None)
        access = read_access(connection) if contract.roles else None
        streams = read_streams(connection) if promises_streams([contract]) else None
        dependents = {
            table.qualified_name: tuple(
                each.qualified_name
                for each in find_dependents(connection, table.schema, table.name)
            )
            for table in contract.tables
            if catalog.table(table.schema, table.name)
        }
    return {
        "catalog": catalog,
        "access": access,
        "streams": streams,
        "dependents": {one: all_ for one, all_ in dependents.items() if all_},
    }


def _changes(contract: Contract, base: str, today: date | None) -> dict[str, Any]:
    """What changed in the contract's document since it parted from the base."""
    from prevention.comparing import compare
    from prevention.git import find_repository

    if contract.file is None:
        return {}
    file = Path(contract.file)
    repository = find_repository(file.parent)
    commit = repository.merge_base(base, "HEAD")
    path = repository.path_of(file)
    if not repository.entries(commit, path):
        return {"is_new": True}
    here = os.path.relpath(file)
    changes: Decision = compare(f"{commit}:{path}", here, today=today)
    return {"changes": changes}


def _seen(contract: Contract, database: str | None, settings: Configuration) -> dict[str, Any]:
    """What the last run of the monitor found; nothing where there is no history."""
    from data_assets.postgres import database_url
    from prevention.history import open_history
    from prevention.history.overview import last_seen

    history = open_history(database or database_url(), settings.history(), make=False)
    if history is None:
        return {}
    with history:
        found = [one for one in last_seen(history) if one.observation.contract == contract.identity]
        broken = [
            one for one in history.open_breaches() if one.promise.contract == contract.identity
        ]
    if not found:
        return {}
    return {"seen": Seen(found[0].at, found[0].observation.outcome, len(broken))}
