"""The rules about streams of changes (CDC); each docstring is its rule's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.meaning import ChangeStream
from detection.comparison import Difference
from detection.discovery.streams import Publication, Published
from detection.rules import Rule


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
