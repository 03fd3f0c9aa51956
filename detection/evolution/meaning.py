"""Rules about meaning: the shape stays, and the truth is another one. And what promises nothing."""

from __future__ import annotations

from detection.change import Change

_UNITS = ("unit", "timezone", "currency", "time")


def documentation_changed(change: Change) -> bool:
    """What is there to be read says something else: a description, a tag, a link, an owner.

    **Who is hurt.** Nobody: no data is touched, and no promise.

    **Before and after.** The description of `primary_image` is clearer. Words that change what
    a value means belong under `meaning`, where they are judged.

    **Safe path.** Raise the patch version, so that readers see that something is new to read.
    """
    return change.kind == "documentation-changed"


def unit_changed(change: Change) -> bool:
    """A value is counted in another unit, currency or time zone.

    **Who is hurt.** Everybody: the same number is another size, price or moment, and nothing
    fails.

    **Before and after.** `unit: cm` becomes `unit: inch`.

    **Safe path.** Add a column in the new unit beside the old one, named after it, and migrate.
    """
    return change.kind == "meaning-changed" and change.aspect in _UNITS


def filter_changed(change: Change) -> bool:
    """Other rows than before are in the table by intention.

    **Who is hurt.** Everybody who counts: the same query has another answer, and nothing fails.

    **Before and after.** `filter: on view` becomes `filter: on view or on loan`.

    **Safe path.** Publish the other choice as a view of its own.
    """
    return change.kind == "meaning-changed" and change.aspect == "filter"


def meaning_changed(change: Change) -> bool:
    """A column or a table means something else by its own words.

    **Who is hurt.** Everybody: the shape is the same, and the truth is another one.

    **Before and after.** `object_date` was "when the work was made" and is "when it was
    acquired".

    **Safe path.** Give the new meaning a new column, and leave the old one alone.
    """
    told_elsewhere = (*_UNITS, "filter")
    return change.kind == "meaning-changed" and change.aspect not in told_elsewhere


def meaning_withdrawn(change: Change) -> bool:
    """The contract no longer says what a value means, or what it is counted in.

    **Who is hurt.** Everybody: whatever it comes to mean, nothing will say so.

    **Before and after.** `unit: cm` is gone.

    **Safe path.** Leave it in. Where it only moved, say so in the same change.
    """
    return change.kind == "meaning-withdrawn"


def meaning_stated(change: Change) -> bool:
    """The contract says what a value means, or what it is counted in, and did not before.

    **Who is hurt.** Nobody: one thing more is promised. Whoever had guessed otherwise reads it
    now.

    **Before and after.** `unit: cm` is new.

    **Safe path.** Say what has been so all along; a new meaning is another change.
    """
    return change.kind in ("meaning-stated", "grain-stated", "null-meaning-stated",
                           "deletes-stated", "consistency-stated",
                           "source-of-truth-stated", "row-lifecycle-stated", "warning-stated",
                           "state-meaning-stated", "stream-stated",
                           "stream-key-stated")  # fmt: skip


def null_meaning_changed(change: Change) -> bool:
    """A null means something else, or something more, or nobody says any longer what.

    **Who is hurt.** Readers who tell the reasons apart; writers who choose between them.

    **Before and after.** A null in `gallery_number` meant "not on view", and means "not on view,
    or on loan".

    **Safe path.** Give each reason a column or a code of its own.
    """
    return change.kind in ("null-meaning-changed", "null-meaning-withdrawn")


def grain_changed(change: Change) -> bool:
    """One row stands for something else.

    **Who is hurt.** Everybody: every count changes, and nothing fails.

    **Before and after.** One row a work becomes one row a work and picture.

    **Safe path.** Publish the other grain as a table of its own.
    """
    return change.kind in ("grain-changed", "grain-withdrawn")


def view_query_changed(change: Change) -> bool:
    """A view asks another query for the columns that it had.

    **Who is hurt.** Readers, if it returns other rows or values: nothing in its shape says so.

    **Before and after.** `gallery_map` leaves out what is on loan.

    **Safe path.** Publish it under a new name beside the old one, compare the two, then switch.

    **Evidence.** `meaning: unchanged` in the contract, or a parity result.
    """
    return change.kind == "view-query-changed"


def view_base_renamed(change: Change) -> bool:
    """A view asks the same of a column or a table that goes by another name now.

    **Who is hurt.** Nobody who reads the view: it keeps its own names. The rename itself is
    another finding.

    **Before and after.** `primary_image` became `image`, and the view has `image as
    primary_image`.

    **Safe path.** This is the safe path for a rename.
    """
    return change.kind == "view-base-renamed"


def detail_stated(change: Change) -> bool:
    """The contract promises a detail of which it said nothing before.

    It can be a default, a collation, whether a column can be updated, the labels of an enum, a
    view's query, a policy for unknown values, a date of sunset.

    **Who is hurt.** Nobody, where the promise says what is so already; the check of the
    database finds out.

    **Before and after.** `created_at` is promised with `default current_timestamp`.

    **Safe path.** Promise what the database has; `docent draft` prints it.
    """
    return change.kind in (
        "default-stated", "collation-stated", "updatability-stated", "detail-stated",
        "query-stated", "unknown-value-policy-stated", "sunset-date-set",
    )  # fmt: skip


def detail_withdrawn(change: Change) -> bool:
    """The contract no longer promises a detail.

    It can be a default, a collation, whether a column can be updated, the labels of an enum, or
    a view's query.

    **Who is hurt.** Readers and writers who relied on it: whatever becomes of it, no check will
    say so.

    **Before and after.** `created_at` was promised with `default current_timestamp`, and its
    default is no longer spoken of.

    **Safe path.** Leave it in.

    **Evidence.** A declaration in the contract that nobody relied on it.
    """
    return change.kind in (
        "default-withdrawn", "collation-withdrawn", "updatability-withdrawn", "detail-withdrawn",
        "query-withdrawn",
    )  # fmt: skip


def backfill_declared(change: Change) -> bool:
    """Old rows are filled or mended.

    **Who is hurt.** Readers who keep what they once read: history is another one.

    **Before and after.** `backfills: "2019 was counted anew"`.

    **Safe path.** Announce it with the rows and the reason, and let readers read them again.

    **Evidence.** A parity result for the rows that readers keep.
    """
    return change.kind == "backfill-declared"


def backfill_withdrawn(change: Change) -> bool:
    """A backfill is no longer spoken of.

    **Who is hurt.** Nobody: it is over.

    **Before and after.** `backfills` is gone.

    **Safe path.** Keep a line of it in the history of the contract.
    """
    return change.kind == "backfill-withdrawn"


def delete_mode_changed(change: Change) -> bool:
    """Rows that go do so in another way: for good, marked only, or into an archive.

    **Who is hurt.** Readers, who meet rows that they took for gone, or miss them; writers who
    delete.

    **Before and after.** `deletes: hard` becomes `deletes: soft, deleted_at is set`.

    **Safe path.** Keep a view of the rows that are left under the old name.
    """
    return change.kind in ("deletes-changed", "deletes-withdrawn")


def consistency_changed(change: Change) -> bool:
    """How far rows agree with one another and with the past is promised otherwise.

    **Who is hurt.** Readers who rely on reading one moment, or the same thing twice.

    **Before and after.** "one transaction a load" becomes "eventually consistent".

    **Safe path.** Publish a snapshot for those who need one moment.

    **Evidence.** `meaning: unchanged` in the contract.
    """
    return change.kind in ("consistency-changed", "consistency-withdrawn")


def source_of_truth_changed(change: Change) -> bool:
    """The data comes from elsewhere.

    **Who is hurt.** Readers, if the other source says something else.

    **Before and after.** `source_of_truth: the Met's API` becomes `the collection database`.

    **Safe path.** Load both side by side, compare them, then switch.

    **Evidence.** `meaning: unchanged` in the contract, or a parity result.
    """
    return change.kind in ("source-of-truth-changed", "source-of-truth-withdrawn")


def state_meaning_changed(change: Change) -> bool:
    """A state is final no longer, or now; only passed through; or others call it something else.

    **Who is hurt.** Readers who stop looking at a row once it is in a final state, who wait for it
    to leave a passing one, or who tell others of it in their words; writers who move rows on.

    **Before and after.** `terminal_values: [RETURNED, LOST]` becomes `[RETURNED]`: a work that was
    lost can come back.

    **Safe path.** Add a state that means the new thing, and leave the old one what it was.
    """
    return change.kind in ("state-meaning-changed", "state-meaning-withdrawn")


def row_lifecycle_changed(change: Change) -> bool:
    """Rows appear, change or are put right in another way.

    **Who is hurt.** Readers who count on a correction being told, or on a row staying as it was
    read; writers who correct.

    **Before and after.** `correction: a new row, the old one stays` becomes `the row is
    overwritten`.

    **Safe path.** Keep the old way under the old name, and publish the new one beside it.
    """
    return change.kind in ("row-lifecycle-changed", "row-lifecycle-withdrawn")


def warning_changed(change: Change) -> bool:
    """What readers are warned of is another thing, or they are warned no longer.

    **Who is hurt.** Readers, if what they were warned of became so, or something else did.

    **Before and after.** "the day of the load, not of the visit" is gone from `visited_on`.

    **Safe path.** Leave the warning in. If the column means something else now, say that.

    **Evidence.** `meaning: unchanged` in the contract.
    """
    return change.kind in ("warning-changed", "warning-withdrawn")
