"""Rules about functions, indexes, replication and servers: what stands around the tables."""

from __future__ import annotations

from detection.change import Change


def function_removed(change: Change) -> bool:
    """A function or procedure is gone.

    **Who is hurt.** Everybody who calls it.

    **Before and after.** `drop function open_works(integer)`.

    **Safe path.** Deprecate it in the contract, have it warn, and drop it after its date.
    """
    return change.kind == "function-removed"


def function_added(change: Change) -> bool:
    """A function or procedure is new.

    **Who is hurt.** Nobody, unless a call fits two functions of one name now.

    **Before and after.** `create function open_works(department text)`.

    **Safe path.** Give it a name of its own.
    """
    return change.kind == "function-added"


def function_signature_changed(change: Change) -> bool:
    """A function or procedure takes other arguments, or returns something else.

    The names of arguments count: a call may name them.

    **Who is hurt.** Everybody who calls it. For a procedure that is how the data is written,
    these are the writers.

    **Before and after.** `open_works(gallery integer)` becomes `open_works(gallery text)`.

    **Safe path.** Create the new one beside it under another name, migrate the callers, and
    drop the old one after its date.
    """
    return change.kind == "function-signature-changed"


def function_body_changed(change: Change) -> bool:
    """A function or procedure does something else, with the same signature.

    **Who is hurt.** Everybody who calls it, if it returns or writes something else.

    **Before and after.** `open_works` leaves out what is on loan.

    **Safe path.** Call both with the same arguments, and compare.

    **Evidence.** `meaning: unchanged` in the contract, or a parity result.
    """
    return change.kind == "function-body-changed"


def replication_changed(change: Change) -> bool:
    """A table is replicated otherwise: its replica identity, or the publications that it is in.

    **Who is hurt.** Nobody who queries the table; whoever follows its changes.

    **Before and after.** `alter table object replica identity full`.

    **Safe path.** Tell whoever follows the changes beforehand, and read all anew where rows
    could have been missed.
    """
    return change.kind == "replication-changed"


def stream_changed(change: Change) -> bool:
    """What the stream of a table's changes promises is another thing, or promised no longer.

    It can be the publication, the order, how what was there before arrives, which changes of the
    table come without notice, or whether a reader must bear the same change twice.

    **Who is hurt.** Nobody who queries the table; whoever follows its changes.

    **Before and after.** `publication: museum_changes` becomes `collection_changes`.

    **Safe path.** Send both for a while, and tell whoever follows the changes beforehand.
    """
    return change.kind in ("stream-changed", "stream-withdrawn")


def stream_key_changed(change: Change) -> bool:
    """Other columns tell rows apart in the stream of a table's changes.

    **Who is hurt.** Whoever follows the changes: what has one key there becomes several rows, or
    several become one; and whoever writes the stream.

    **Before and after.** `key: [object_id]` becomes `[object_id, department]`.

    **Safe path.** Publish a second stream with the new key, and let readers start anew from it.
    """
    return change.kind in ("stream-key-changed", "stream-key-withdrawn")


def index_added(change: Change) -> bool:
    """There is an index more, which keeps nothing unique.

    **Who is hurt.** Nobody: queries return the same, some of them sooner.

    **Before and after.** `create index on object (department)`.

    **Safe path.** Build it concurrently, so that writers need not wait.
    """
    return change.kind == "index-added"


def index_removed(change: Change) -> bool:
    """There is an index less; it kept nothing unique.

    **Who is hurt.** Nobody's answers; a query may take longer.

    **Before and after.** `drop index object_department_idx`.

    **Safe path.** See first that nobody used it (`pg_stat_user_indexes`).
    """
    return change.kind == "index-removed"


def server_changed(change: Change) -> bool:
    """The data is no longer at a place that the contract names, or at another one.

    **Who is hurt.** Readers and writers who connect there.

    **Before and after.** `production` was at `pg1.museum.org` and is at `pg2.museum.org`.

    **Safe path.** Keep both up until the last connection has moved, or move the name with it.

    **Evidence.** A declaration that the old name leads to the new place.
    """
    return change.kind in ("server-changed", "server-removed")


def server_added(change: Change) -> bool:
    """The contract names one place more where the data is.

    **Who is hurt.** Nobody.

    **Before and after.** `staging` is new.

    **Safe path.** Say what it is for.
    """
    return change.kind == "server-added"
