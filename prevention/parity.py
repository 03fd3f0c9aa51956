"""Two views compared, as one Python call: ``docent parity``."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from contracts.model import Contract, Table
from detection.model import Catalog
from prevention.configuration import Configuration, configure
from prevention.decision import NotJudged, Obstacle
from prevention.tables import find_table

if TYPE_CHECKING:
    import psycopg

    from detection.pairing import Pairing
    from detection.parity import Parity

TIME_LIMIT = 60.0
"""Seconds that the comparison may take."""


def parity(
    old: str,
    new: str,
    *,
    key: str | Sequence[str],
    mapped: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    tolerances: Mapping[str, str] | None = None,
    where: str | None = None,
    limit: int = 5,
    time_limit: float = TIME_LIMIT,
    contracts: Sequence[str | os.PathLike[str]] = (),
    database: str | None = None,
    configuration: Configuration | None = None,
) -> Parity:
    """Count what is different between two views, or tables, of one database. Nothing is changed.

    old, new:    their names, as ``schema.view``.
    key:         the columns that tell rows apart.
    mapped:      a column of the old view -> the column of the new one in its place, or an
                 expression over the new one's columns.
    columns:     the columns of the old view to compare; without it, all that both have.
    ignore:      columns that are left out.
    tolerances:  a column of the old view -> how far apart values may be: ``0.01``, ``5 seconds``.
    where:       which rows, as a condition on the columns that both have.
    limit:       how many examples are told of each kind of difference.
    contracts:   documents and folders that say which values may be told; without any, the
                 project's folder. A value that no contract promises, or that one classifies, is
                 never told.
    database:    a database URL; without it, ``DATABASE_URL`` or else the sandbox.

    Raises NotJudged where there is nothing to compare or it cannot be compared as asked,
    DocumentError for documents that are no contracts, and SandboxError when the database cannot
    be asked.
    """
    from detection.pairing import PairingError, Wish, pair_columns
    from prevention.checking import read_structure

    settings = configuration or configure()
    promised = _contracts(contracts, settings)
    catalog = read_structure(database)
    views = _view(old, catalog), _view(new, catalog)
    wish = Wish(
        key=(key,) if isinstance(key, str) else tuple(key),
        mapped=mapped or {},
        columns=None if columns is None else tuple(columns),
        ignored=tuple(ignore),
        tolerances=tolerances or {},
        where=where,
    )
    try:
        pairing = pair_columns(*views, wish, catalog, public_columns(promised))
        if not pairing.columns and len(pairing.old.columns) > len(pairing.keys):
            raise NotJudged(_only_the_key(pairing))
        found = _compare(database, pairing, promised, limit, time_limit)
    except PairingError as error:
        raise NotJudged(Obstacle(error.what, error.next_step)) from error
    if found.is_empty:
        rows = f"a row where {where}" if where else "a row"
        what = f"Nothing was compared: neither {old} nor {new} has {rows}."
        raise NotJudged(Obstacle(what, "Compare them where they are filled, or correct --where."))
    return found


def public_columns(contracts: Sequence[Contract]) -> frozenset[tuple[str, str, str]]:
    """The columns whose values may be told: a contract promises them, and none classifies them."""
    from detection.quality.classified import classified_columns

    promised = {
        (table.schema, table.name, column.name)
        for contract in contracts
        for table in contract.tables
        for column in table.columns
    }
    return frozenset(promised - classified_columns(contracts))


def _only_the_key(pairing: Pairing) -> Obstacle:
    return Obstacle(
        f"Nothing was compared: no column of {pairing.old.qualified_name} is left but the key.",
        "Name one by --columns, say by --map what takes its place, or ignore fewer.",
    )


def _contracts(
    paths: Sequence[str | os.PathLike[str]], settings: Configuration
) -> tuple[Contract, ...]:
    from prevention.checking import load_contracts, load_relatives
    from prevention.families import with_inherited

    if not paths and not settings.contracts.is_dir():
        return ()
    contracts = load_contracts(paths, settings)
    return with_inherited(contracts, load_relatives(contracts, paths, settings))


def _view(name: str, catalog: Catalog) -> Table:
    """The view of this name, also where its schema and name are in quotes."""
    if '"' in name:
        from detection.quality.authored import RefusedError, tokens_of

        try:
            tokens = tokens_of(name)
        except RefusedError:
            return find_table(name, catalog)
        if all(token.kind in ("name", "quoted") or token.is_sign(".") for token in tokens):
            return find_table("".join(token.value for token in tokens), catalog)
    return find_table(name, catalog)


def _compare(
    database: str | None,
    pairing: Pairing,
    promised: Sequence[Contract],
    limit: int,
    time_limit: float,
) -> Parity:
    from data_assets.postgres import connect, database_url, explained
    from detection.parity import compare_rows

    url = database or database_url()
    with closing(connect(url, autocommit=True)) as connection, explained(url):
        role = _reader(connection, pairing, promised)
        return compare_rows(connection, pairing, limit=limit, role=role, time_limit=time_limit)


def _reader(
    connection: psycopg.Connection, pairing: Pairing, promised: Sequence[Contract]
) -> str | None:
    """The role that sees the columns under contract, where all that is read is under one."""
    from data_assets.marking import mark_of
    from data_assets.row_reading import row_reader

    columns = {
        (view.schema, view.name): {column.name for column in view.columns}
        for view in (pairing.old, pairing.new)
    }
    ours = mark_of(connection) is not None and _are_promised(columns, promised)
    return row_reader(connection, columns, ours=ours, whole=False)


def _are_promised(
    columns: Mapping[tuple[str, str], Collection[str]], promised: Sequence[Contract]
) -> bool:
    known = {
        (table.schema, table.name, column.name)
        for contract in promised
        for table in contract.tables
        for column in table.columns
    }
    return all((*view, name) in known for view, names in columns.items() for name in names)
