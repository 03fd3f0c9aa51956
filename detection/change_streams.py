"""Streams of changes against what contracts say of them: publication, key, deletes (CDC)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from contracts.meaning import ChangeStream
from contracts.model import Contract, Table
from detection.comparison import Difference
from detection.conditions import same_condition
from detection.discovery.streams import Identity, Publication, Published, Streams
from detection.model import Catalog, Violation
from detection.promises import broken
from detection.rules import Rule
from detection.stream_rules import (
    STREAM_RULES,
    stream_changes_unsent,
    stream_columns_narrowed,
    stream_deletes_unsent,
    stream_identity_unfit,
    stream_not_logical,
    stream_publication_missing,
    stream_rows_filtered,
    stream_table_unpublished,
)

NO_DELETES: Final = frozenset(
    {"none", "never", "no", "soft", "logical", "ignored", "omitted", "archive", "archived"}
)
"""The words for a way of deleting of which a stream has nothing to tell."""


_BY_STATES: Final[Mapping[Callable[..., Difference | None], Rule]] = {
    one.states: one for one in STREAM_RULES
}


def promises_streams(contracts: Sequence[Contract]) -> bool:
    """Whether a contract says part by part what a stream of changes is like."""
    return any(isinstance(contract.cdc, ChangeStream) for contract in contracts)


def find_stream_violations(
    contracts: Sequence[Contract], catalog: Catalog, streams: Streams
) -> tuple[Violation, ...]:
    """What contracts say of streams of changes, and the database does not keep."""
    return tuple(
        violation
        for contract in contracts
        if isinstance(contract.cdc, ChangeStream)
        for table in _sources(contract, contract.cdc)
        if catalog.table(table.schema, table.name)
        for violation in _of_table(contract, contract.cdc, table, catalog, streams)
    )


def _sources(contract: Contract, stream: ChangeStream) -> tuple[Table, ...]:
    """The tables of a contract whose changes are sent: the one that it names, else all."""
    named = tuple(
        table
        for table in contract.tables
        if stream.source_table in (table.name, table.qualified_name)
    )
    return named if stream.source_table else contract.tables


def _of_table(
    contract: Contract, stream: ChangeStream, table: Table, catalog: Catalog, streams: Streams
) -> Iterator[Violation]:
    """What of a stream is not kept for one table, as violations at the section's place."""
    stated = list(_differences(stream, table, catalog, streams))
    if streams.wal_level != "logical":
        stated.append((stream_not_logical, stream_not_logical(streams.wal_level)))
    for states, difference in stated:
        violation = broken(_BY_STATES[states], contract, table, None, difference)
        source = contract.source
        yield replace(violation, location=source.at("cdc") if source else violation.location)


Stated = tuple[Callable[..., Difference | None], Difference]
"""A rule by its function, and what it states."""


def _differences(
    stream: ChangeStream, table: Table, catalog: Catalog, streams: Streams
) -> Iterator[Stated]:
    if not stream.publication:
        return
    publication = streams.publications.get(stream.publication)
    if publication is None:
        yield stream_publication_missing, stream_publication_missing(stream)
        return
    published = _published(table, publication, catalog)
    if published is None:
        yield stream_table_unpublished, stream_table_unpublished(publication)
        return
    yield from _left_out(table, published, catalog)
    yield from _unsent(stream, publication)
    if publication.publishes & {"update", "delete"}:
        yield from _unfit(stream, table, publication, catalog, streams)


def _unfit(
    stream: ChangeStream,
    table: Table,
    publication: Publication,
    catalog: Catalog,
    streams: Streams,
) -> Iterator[Stated]:
    """The replica identities by which rows cannot be told apart as the contract says.

    Of a partitioned table it is that of each partition which counts; its own is that of none.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for leaf in _leaves(table, publication, catalog):
        identity = streams.identities.get((leaf.schema, leaf.name))
        if identity and (demanded := _demanded(stream, identity)):
            found.setdefault((demanded, _named(identity)), []).append(leaf.qualified_name)
    for (demanded, named), leaves in found.items():
        own = leaves == [table.qualified_name]
        said = named if own else f"{named} ({', '.join(leaves)})"
        yield stream_identity_unfit, stream_identity_unfit(demanded, said)


def _leaves(table: Table, publication: Publication, catalog: Catalog) -> list[Table]:
    """The tables that hold the rows of a published one: itself, or its published partitions."""
    parts: dict[str, list[Table]] = {}
    for one in catalog.tables:
        if one.partition_of:
            parts.setdefault(one.partition_of, []).append(one)
    found: list[Table] = []
    ahead = [(table, False)]
    while ahead:
        one, is_published = ahead.pop()
        is_published = is_published or (one.schema, one.name) in publication.tables
        below = parts.get(one.qualified_name, [])
        ahead += [(each, is_published) for each in below]
        if is_published and not below:
            found.append(one)
    return sorted(found, key=lambda one: one.qualified_name)


def _left_out(table: Table, published: Published, catalog: Catalog) -> Iterator[Stated]:
    """The promised columns, and the rows, that a publication leaves out of a table."""
    there = catalog.table(table.schema, table.name) or table
    missing = [
        column.name
        for column in table.columns
        if there.column(column.name) and column.name not in published.columns
    ]
    if missing:
        yield stream_columns_narrowed, stream_columns_narrowed(missing, published)
    if published.row_filter and not _says(table, published.row_filter):
        yield stream_rows_filtered, stream_rows_filtered(published.row_filter)


def _unsent(stream: ChangeStream, publication: Publication) -> Iterator[Stated]:
    """The kinds of change that a publication does not send."""
    if _sends_deletes(stream) and "delete" not in publication.publishes:
        yield stream_deletes_unsent, stream_deletes_unsent(stream, publication)
    if not {"insert", "update"} <= publication.publishes:
        yield stream_changes_unsent, stream_changes_unsent(publication)


def _published(table: Table, publication: Publication, catalog: Catalog) -> Published | None:
    """The table in a publication, or a partition of it, by which it then is."""
    found = publication.tables.get((table.schema, table.name))
    if found is not None:
        return found
    part_of = {one.qualified_name: one.partition_of for one in catalog.tables}
    for (schema, name), each in publication.tables.items():
        whole = part_of.get(f"{schema}.{name}")
        while whole is not None and whole != table.qualified_name:
            whole = part_of.get(whole)
        if whole is not None:
            return each
    return None


def _says(table: Table, row_filter: str) -> bool:
    return table.filter is not None and same_condition(table.filter, row_filter, table.schema)


def _sends_deletes(stream: ChangeStream) -> bool:
    words = (stream.delete_mode or "").lower().replace("_", " ").replace("-", " ").split()
    return bool(words) and NO_DELETES.isdisjoint(words)


def _demanded(stream: ChangeStream, identity: Identity) -> str | None:
    """What a replica identity would have to be; ``None`` where it is."""
    before = "before" in (stream.delete_mode or "").lower()
    if identity.kind == "full":
        return None
    if before:
        return f"all columns, for delete_mode {stream.delete_mode}"
    if identity.kind == "nothing" or not identity.columns:
        return ", ".join(stream.key) or "any key"
    if not set(stream.key) <= set(identity.columns):
        return ", ".join(stream.key)
    return None


def _named(identity: Identity) -> str:
    if identity.kind == "nothing":
        return "none"
    if not identity.columns:
        return "the primary key, and there is none"
    return ", ".join(identity.columns)
