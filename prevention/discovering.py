"""Who reads what is under contract, registered or not: ``docent consumers`` as a Python call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.access.reading import read_access
from detection.access.wanted import given, grantee
from detection.catalog import read_catalog
from detection.discovery.logs import statements_in
from detection.discovery.model import Discovery, Observation
from detection.discovery.readers import Registry, find_readers, promised_columns
from detection.discovery.sources import (
    from_functions,
    from_rights,
    from_statements,
    from_streams,
    from_views,
    read_by_views,
)
from detection.discovery.statements import Reading
from detection.discovery.streams import read_streams
from prevention.checking import PATIENCE, load_contracts
from prevention.configuration import Configuration, configure
from prevention.consumers import REGISTRY, load_registered
from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    import psycopg

OURS: Final = "docent"
"""What Docent calls itself to the server."""
MOST: Final = 1_000_000
"""Statements that are read of one log."""


def discover(
    *paths: str | os.PathLike[str],
    database: str | None = None,
    logs: Sequence[str | os.PathLike[str]] = (),
    scans: Sequence[str | os.PathLike[str]] = (),
    excluded: Sequence[str] = (),
    configuration: Configuration | None = None,
) -> Discovery:
    """Everybody who reads what is under contract, put beside the registry. Nothing is changed.

    paths:     contract documents and folders of them; without any, the project's folder.
    database:  a database URL; without it, ``DATABASE_URL`` or else the sandbox.
    logs:      files in which Postgres wrote the statements that it ran.
    scans:     folders or files in which queries are looked for.
    excluded:  paths, folders and patterns of files that are left out of these.

    Raises DocumentError, SandboxError and NotJudged as ``check`` does, and OSError for a log that
    cannot be read.
    """
    settings = configuration or configure()
    contracts = load_contracts(paths, settings)
    if not any(contract.tables for contract in contracts):
        raise NotJudged(_nothing_promised(paths, settings))
    folders = list(paths or [settings.contracts])
    consumers = load_registered(folders, settings.contracts)
    from data_assets.postgres import connect, database_url, explained

    url = database or database_url()
    with closing(connect(url)) as connection, explained(url):
        connection.execute("set default_transaction_read_only = on")
        connection.execute(PATIENCE)
        connection.commit()
        return _discover(connection, contracts, consumers, logs, scans, excluded, folders)


def _discover(
    connection: psycopg.Connection,
    contracts: Sequence[Contract],
    consumers: Sequence[Consumer],
    logs: Sequence[str | os.PathLike[str]],
    scans: Sequence[str | os.PathLike[str]],
    excluded: Sequence[str],
    folders: Sequence[str | os.PathLike[str]],
) -> Discovery:
    catalog, access = read_catalog(connection), read_access(connection)
    promised = promised_columns(contracts, access)
    reading = Reading(catalog)
    functions = {(one.schema, one.name) for each in contracts for one in each.functions}
    views = read_by_views(access, catalog, reading, set(promised))
    named = {grantee(each.role) for each in given(contracts)}
    ran, about_ran = from_statements(connection, reading)
    followed, about_followed = from_streams(read_streams(connection), promised)
    seen = [
        *from_rights(access, promised, named),
        *from_views(access, views, promised),
        *from_functions(catalog, reading, functions),
        *ran,
        *followed,
    ]
    notes = [*about_ran, *about_followed]
    for log in logs:
        logged, about_log = _of_log(Path(log), reading, catalog.database)
        seen += logged
        notes += about_log
    registries = frozenset((Path(each) / REGISTRY).resolve() for each in folders)
    files = 0
    for folder in scans:
        from prevention.scanning import scan

        scanned = scan(Path(folder), reading, registries, excluded)
        seen += scanned.observations
        notes += scanned.notes
        files += scanned.files
    registry = Registry(consumers, reading)
    readers = find_readers(seen, registry, contracts, views)
    met = {reader.consumer for reader in readers}
    return Discovery(
        catalog.database,
        readers,
        unseen=tuple(each.name for each in consumers if each.name not in met),
        notes=tuple(notes),
        looked_at=("the database", *map(str, logs), *(_scanned(scans, files))),
    )


def _scanned(scans: Sequence[object], files: int) -> Iterator[str]:
    if scans:
        yield f"{files} files in {', '.join(map(str, scans))}"


def _of_log(log: Path, reading: Reading, database: str) -> tuple[list[Observation], list[str]]:
    """Who ran what, as a log says; the statements of one reader that are alike are one sighting."""
    found: dict[tuple[str, str, str], Observation] = {}
    times: dict[tuple[str, str, str], int] = {}
    nameless = number = 0
    with log.open(encoding="utf-8", errors="replace", newline="") as lines:
        for number, logged in enumerate(statements_in(lines), 1):
            if number > MOST:
                break
            if logged.database not in ("", database) or logged.application == OURS:
                continue
            if (statement := reading.read(logged.sql)) is None:
                continue
            nameless += not (logged.user or logged.application)
            who = logged.user or logged.application or "unknown"
            key = (who, logged.application, statement.fingerprint)
            times[key] = times.get(key, 0) + 1
            found.setdefault(
                key,
                Observation(
                    "role", who, "log", f"{log.name}:{logged.line}", statement.reads,
                    application=logged.application,
                    query=statement.shown, fingerprint=statement.fingerprint,
                ),
            )  # fmt: skip
    notes = [f"{log} has no statement in it; is log_statement or log_min_duration_statement set?"]
    if number:
        notes = []
    if number > MOST:
        notes.append(f"of {log} only the first {MOST} statements were read")
    if nameless:
        notes.append(f"{log} does not say who ran {nameless} of its statements; "
                     "put %u, %d and %a into log_line_prefix")  # fmt: skip
    return list(found.values()), notes


def _nothing_promised(paths: Iterable[object], settings: Configuration) -> Obstacle:
    where = ", ".join(map(str, paths)) or str(settings.contracts)
    return Obstacle(
        f"Nothing was looked for: there is no table under contract in {where}.",
        "docent draft TABLE --output contracts/TABLE_contract_spec.json writes a first contract.",
    )
