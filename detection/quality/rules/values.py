"""Rules about single rows: what a row lacks, and what in it is not valid."""

from __future__ import annotations

from detection.comparison import Difference
from detection.quality.judging import difference
from detection.quality.model import Measurement


def rows_null(measurement: Measurement) -> Difference | None:
    """Report more nulls in a column than promised, or a share of values that is too small.

    `completeness` of 99.5 percent and fewer than 0.5 percent `nullValues` are one promise. A
    table without rows lacks nothing; promise a number of rows as well.

    **Who is hurt.** Readers who count, join or average: they lose the rows, and no error says so.

    **Example.** The lead contract promises `completeness: >= 99.5% on email`, and 9 of 1000
    sign-ups came without. An empty text is a value: `missingValues` counts that.

    **What to do.** Find out which writer leaves the column out and since when; fill what can be
    filled; or promise what can be kept.
    """
    return difference(measurement)


def rows_missing(measurement: Measurement) -> Difference | None:
    """Report more missing values than promised, where more than a null counts as missing.

    **Who is hurt.** Readers who ask for `is not null` and take the rest for filled.

    **Example.** `missingValues: [null, "", "n/a"]` of `primary_image` must be 0, and the source
    sends an empty text for a work without a picture.

    **What to do.** Turn what means nothing into null where rows come in, or promise what can be
    kept.
    """
    return difference(measurement)


def rows_unlisted(measurement: Measurement) -> Difference | None:
    """Report values that are not among those that the contract lists. A null is not judged here.

    **Who is hurt.** Readers who branch on the values, and have no branch for this one.

    **Example.** `validValues` of `signup_source` are web, mobile, api and partner, and the app
    began to write `ios`.

    **What to do.** Correct the writer; or add the value to the contract, and tell its readers
    before it appears.
    """
    return difference(measurement)


def rows_of_unknown_state(measurement: Measurement) -> Difference | None:
    """Report a state that the contract does not list.

    It is a note where the contract says that states may join them (`extensible`); what readers
    then do with an unknown one is told with it.

    **Who is hurt.** Readers that take the list for whole: dashboards, exports, state machines.

    **Example.** `status` is promised as OPEN or CLOSED, and a row says SUSPENDED.

    **What to do.** Correct the writer; or announce the state, and say what unknown ones are to
    be taken for.
    """
    return difference(measurement)


def rows_out_of_range(measurement: Measurement) -> Difference | None:
    """Report values below or above what is promised. What is no number (`NaN`) is in no range.

    **Who is hurt.** Readers whose scales, averages and charts are made for the range.

    **Example.** `object_begin_date` is promised up to 2100, and a typing error made it 18889.

    **What to do.** Correct the values at their source; let a CHECK see to it.
    """
    return difference(measurement)


def rows_of_wrong_length(measurement: Measurement) -> Difference | None:
    """Report texts that are shorter or longer than promised, counted in characters.

    **Who is hurt.** Readers with fields of fixed width, who cut or refuse them.

    **Example.** `country_code` is promised with 2 characters, and `DEU` came.

    **What to do.** Correct the values at their source, or agree on another length.
    """
    return difference(measurement)


def rows_malformed(measurement: Measurement) -> Difference | None:
    """Report values that do not look as promised: by a pattern of Postgres's, or by a format.

    **Who is hurt.** Readers who take them apart, or hand them on: to a mail server, a browser.

    **Example.** `primary_image` is promised as `^https://`, and a path came.

    **What to do.** Correct the values at their source; let a CHECK see to it.
    """
    return difference(measurement)


def rows_orphaned(measurement: Measurement) -> Difference | None:
    """Report keys that do not occur in the table that they refer to. A null refers to nothing.

    **Who is hurt.** Readers who join: their rows go missing, or stand beside nothing.

    **Example.** `object_images.object_id` refers to `object`, and a work was deleted there alone.

    **What to do.** Delete in both, or let a foreign key see to it.
    """
    return difference(measurement)


def rows_invalid(measurement: Measurement) -> Difference | None:
    """Report values that break one of several conditions that are promised together.

    **Who is hurt.** Readers who rely on any of them.

    **Example.** `accession_number` is promised with a pattern and at most 20 characters.

    **What to do.** Correct the values at their source; two checks would say which one it is.
    """
    return difference(measurement)


def rows_required_null(measurement: Measurement) -> Difference | None:
    """Report rows that lack a value which they must have on a condition.

    **Who is hurt.** Readers who rely on the value wherever the condition holds.

    **Example.** `closure_reason` is `required_when: status = CLOSED`, and a closed case has none.

    **What to do.** Have the writer fill it together with what requires it; let a CHECK see to it.
    """
    return difference(measurement)


def rows_null_unexplained(measurement: Measurement) -> Difference | None:
    """Report a null without one of the reasons that the contract lists, or a reason too many.

    The reason stands in a column beside it, such as `closed_at_null_reason` beside `closed_at`;
    where there is a value, there must be no reason.

    **Who is hurt.** Readers who must tell "not yet" from "not known" and "not for you".

    **Example.** `closed_at` is null, and so is `closed_at_null_reason`.

    **What to do.** Have the writer say why; let a CHECK see to it.
    """
    return difference(measurement)


def rows_against_invariant(measurement: Measurement) -> Difference | None:
    """Report rows for which an invariant of the contract is false.

    An invariant that reads as a condition on columns is checked, also one with a query of other
    tables of the contract; one in words is for people. Where it is null, it is not false.

    **Who is hurt.** Readers who trust it so far that they no longer look.

    **Example.** `object_begin_date <= object_end_date`, and a work ends before it begins.

    **What to do.** Correct the rows at their source; let a CHECK see to it.
    """
    return difference(measurement)
