"""Rules about all rows together: how many, how different, how old."""

from __future__ import annotations

from detection.comparison import Difference
from detection.quality.judging import difference
from detection.quality.model import Measurement


def rows_duplicate(measurement: Measurement) -> Difference | None:
    """Report rows that repeat the value, or the values, of another row.

    Counted is how many rows there are too many: three rows of one value are two. A row with a
    null in one of the columns repeats nothing, as with UNIQUE.

    **Who is hurt.** Readers whose joins fan out: sums and counts grow, and no error says so.

    **Example.** `duplicateValues` of `accession_number` must be 0, and a work was imported twice.

    **What to do.** Find the writer that repeats itself; take the double rows away; let a UNIQUE
    constraint see to it.
    """
    return difference(measurement)


def rows_off_grain(measurement: Measurement) -> Difference | None:
    """Report two rows of one grain: the table promises one row for each combination of columns.

    A null is a value here: two rows of the same day and no gallery are two rows of one grain.

    **Who is hurt.** Whoever counts rows: the count means something else than the contract says.

    **Example.** `grain: [gallery_number, day]`, and a job that was started twice wrote a day twice.

    **What to do.** Write by upsert on the columns of the grain, and let a key see to it.
    """
    return difference(measurement)


def rows_distinct_values(measurement: Measurement) -> Difference | None:
    """Report a column with fewer or more different values than promised. Null is none of them.

    **Who is hurt.** Readers who group by it: a group that is gone shows nowhere.

    **Example.** `department` is promised with at least 15 values; an import took one department.

    **What to do.** See whether the last load was whole.
    """
    return difference(measurement)


def rows_count(measurement: Measurement) -> Difference | None:
    """Report a table with fewer or more rows than promised.

    **Who is hurt.** Everybody: a table that was emptied keeps every other promise about its rows.

    **Example.** `rowCount` must be greater than 400, and the load stopped half way.

    **What to do.** See whether the last load was whole.
    """
    return difference(measurement)


def rows_query(measurement: Measurement) -> Difference | None:
    """Report a query of the contract's own that returns another number than promised, or rows.

    A query without a bound returns the rows that are wrong, and must return none; so does a
    condition that is counted.

    **Who is hurt.** Whoever the query was written for; its description says it.

    **Example.** `select count(*) from object where object_end_date < object_begin_date` must be 0.

    **What to do.** Look at the rows that it counts; let a CHECK see to it where one can.
    """
    return difference(measurement)


def rows_aggregate(measurement: Measurement) -> Difference | None:
    """Report an average, a sum or another figure of a column that is not as promised.

    Of no rows there is no figure, which keeps no promise.

    **Who is hurt.** Readers whose figures are made from this one.

    **Example.** The average of `price` must be between 5 and 50, and prices came in cents.

    **What to do.** Look for what changed at the source: a unit, a currency, a load that is not
    whole.
    """
    return difference(measurement)


def rows_stale(measurement: Measurement) -> Difference | None:
    """Report data that is older than promised: the newest row, or the watermark of its table.

    A row that is dated in the future has not arrived yet. A table without rows is as stale as
    can be.

    **Who is hurt.** Readers who take yesterday's answer for today's.

    **Example.** `freshness: < 5 minutes`, and the newest sign-up is 3 hours old.

    **What to do.** See whether the job that writes it runs; if nothing happens at night, promise
    less, or have the job write a watermark.
    """
    return difference(measurement)


def rows_late(measurement: Measurement) -> Difference | None:
    """Report rows that landed later after their event than promised.

    **Who is hurt.** Readers who closed the hour, and have rows come into it afterwards.

    **Example.** `latency` of 15 minutes on `created_at, landed_at`, and one source sends once a
    day. A row that has not landed has no delay.

    **What to do.** Find the source that is late; or promise what the slowest of them keeps.
    """
    return difference(measurement)


def rows_retention(measurement: Measurement) -> Difference | None:
    """Report rows that are kept longer than promised, or not as long.

    A duration alone is how long rows are kept at most; `at least 90 days` says the other.

    **Who is hurt.** The people whom the rows are about; or readers who look back.

    **Example.** `retention: 3 years`, and nobody deletes.

    **What to do.** Delete what is too old; or agree with the owner on another time.
    """
    return difference(measurement)
