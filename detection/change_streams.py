"""Streams of changes against what contracts say of them: publication, key, deletes (CDC).

The rules stand here with what finds them; each docstring is its rule's page.
"""

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

NO_DELETES: Final = frozenset(
    {"none", "never", "no", "soft", "logical", "ignored", "omitted", "archive", "archived"}
)
"""The words for a way of deleting of which a stream has nothing to tell."""


def stream_publication_missing(stream: ChangeStream) -> Difference:
    """Report a publication that a contract names and the database does not have.

    **Who is hurt.** Whoever follows the changes: the subscription or the connector stops, or never
    starts.

    **Example.** The contract says `publication: museum_changes`, and a restored database has none.
    A contract that names no publication is not asked for one.

    **What to do.** `CREATE PUBLICATION … FOR TABLE …`, or correct the name in the contract.
    """
    return Difference(stream.publication, None)


def stream_table_unpublished(publication: Publication) -> Difference:
    """Report a table whose changes a contract promises, and that is not in the publication.

    **Who is hurt.** Whoever follows the changes: they stop coming, and no error says so.

    **Example.** `CREATE PUBLICATION museum_changes FOR TABLE object`, and the contract of
    `object_images` promises its changes by that publication. Of a partitioned table its partitions
    are enough.

    **What to do.** `ALTER PUBLICATION … ADD TABLE …`.
    """
    return Difference(publication.name, ", ".join(".".join(each) for each in publication.tables))


def stream_columns_narrowed(missing: Sequence[str], published: Published) -> Difference:
    """Report promised columns that the publication's column list leaves out.

    **Who is hurt.** Whoever follows the changes, and finds the columns empty or gone.

    **Example.** `FOR TABLE object (object_id, title)`, and the contract promises
    `artist_display_name` as well. A list that leaves out what nobody promises is fine.

    **What to do.** `ALTER PUBLICATION … SET TABLE …` with the columns; or take them out of the
    contract.
    """
    return Difference(", ".join(missing), ", ".join(published.columns))


def stream_identity_unfit(demanded: str, identity: str) -> Difference:
    """Report a replica identity that cannot tell rows apart as the contract says.

    A change and a delete carry the columns of the replica identity: those of the primary key, of
    an index, or all of them.

    **Who is hurt.** Whoever follows the changes: a row that was deleted cannot be found. The
    writers, where there is no identity at all: Postgres refuses their UPDATE and DELETE.

    **Example.** The contract says `key: [email]`, and the replica identity is the primary key
    `signup_id`. An identity that has more columns than the key is fine.

    **What to do.** `ALTER TABLE … REPLICA IDENTITY USING INDEX …`, or name the key in the contract
    as it is. Each partition has an identity of its own: `ALTER TABLE` on the whole table changes
    that of none.
    """
    return Difference(demanded, identity)


def stream_rows_filtered(row_filter: str) -> Difference:
    """Report a publication that leaves out rows, of which the contract says nothing.

    **Who is hurt.** Whoever follows the changes: their copy has fewer rows than the table, and a
    row that leaves the filter looks deleted.

    **Example.** `FOR TABLE object WHERE (is_public_domain)`. A contract whose `filter` says the
    same is fine.

    **What to do.** Say so under `filter`; or publish all rows.
    """
    return Difference(None, row_filter)


def stream_deletes_unsent(stream: ChangeStream, publication: Publication) -> Difference:
    """Report a publication that does not send deletes, where the contract says how they arrive.

    **Who is hurt.** Whoever follows the changes: rows that are long deleted stay with them, those
    of people who wanted to be forgotten among them.

    **Example.** `delete_mode: tombstone`, and `WITH (publish = 'insert, update')`. Where rows are
    deleted softly (`delete_mode: soft`) nothing has to be sent.

    **What to do.** `ALTER PUBLICATION … SET (publish = 'insert, update, delete')`.
    """
    return Difference(stream.delete_mode, ", ".join(sorted(publication.publishes)))


def stream_changes_unsent(publication: Publication) -> Difference:
    """Report a publication that does not send new rows, or changes of rows.

    **Who is hurt.** Whoever follows the changes: their copy is older than they think.

    **Example.** `WITH (publish = 'insert')` for a table whose rows are corrected. One that sends
    no `TRUNCATE` is fine here.

    **What to do.** `ALTER PUBLICATION … SET (publish = …)`, or say under `cdc` what is sent.
    """
    return Difference("insert, update", ", ".join(sorted(publication.publishes)))


def stream_not_logical(wal_level: str) -> Difference:
    """Report a server that writes too little for anybody to follow changes.

    **Who is hurt.** Nobody before somebody makes a logical slot, which is refused.

    **Example.** `wal_level = replica`, which is the usual setting, and a contract about changes.

    **What to do.** `ALTER SYSTEM SET wal_level = logical`, and restart the server.
    """
    return Difference("logical", wal_level)


STREAM_RULES: Final = (
    Rule("stream-publication-missing", "error", stream_publication_missing),
    Rule("stream-table-unpublished", "error", stream_table_unpublished),
    Rule("stream-columns-narrowed", "error", stream_columns_narrowed),
    Rule("stream-identity-unfit", "error", stream_identity_unfit),
    Rule("stream-rows-filtered", "warning", stream_rows_filtered),
    Rule("stream-deletes-unsent", "error", stream_deletes_unsent),
    Rule("stream-changes-unsent", "warning", stream_changes_unsent),
    Rule("stream-not-logical", "note", stream_not_logical),
)
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
