"""Rules about promises of rows that were not measured, and why."""

from __future__ import annotations

from detection.comparison import Difference
from detection.quality.judging import trouble
from detection.quality.model import Measurement


def rows_refused(measurement: Measurement) -> Difference | None:
    """Report SQL in a contract that does more than read what the contract is about.

    It is not run. One statement may read the promised columns of the contract's own tables, and
    call functions of Postgres that change nothing and answer alike each time.

    **Who is hurt.** Whoever runs the check, if it were run.

    **Example.** A query that deletes, reads `pg_shadow` or another schema, calls `pg_sleep` or
    `set_config`, or holds two statements. `{now}` stands for the time of the check.

    **What to do.** Correct the query together with the owner; promise what it has to read.
    """
    return trouble(measurement, "refused")


def rows_unmeasured(measurement: Measurement) -> Difference | None:
    """Report a promise about rows that could not be measured: Postgres refused, or took too long.

    A promise that nobody could look at is not kept, as far as anybody knows.

    **Who is hurt.** Readers, who are told nothing.

    **Example.** `minimum: 0` for a text; a query without a table; a scan beyond the time limit.

    **What to do.** Correct the check; for a large table use `--sample`, `--where` or more time.
    """
    return trouble(measurement, "failed", "unanswered")


def rows_unread(measurement: Measurement) -> Difference | None:
    """Report a promise about rows that nobody can measure as it stands.

    It is a note where it is left to another tool, or put in prose; else a warning.

    **Who is hurt.** Readers, who believe that somebody looks.

    **Example.** `freshness: 5 minutes` for a table with two times and no word which one counts;
    `support: weekdays` is no promise about rows, and is not told.

    **What to do.** Name the column, the unit, the values.
    """
    return trouble(measurement, "unread")


def rows_unsampled(measurement: Measurement) -> Difference | None:
    """Report a promise that was left out because a sample of the rows cannot tell.

    **Who is hurt.** Nobody, as long as somebody looks at all rows from time to time.

    **Example.** `docent check --sample 1`, and `duplicateValues` must be 0: the other row may be
    outside the sample.

    **What to do.** Check without `--sample`, at night perhaps.
    """
    return trouble(measurement, "unsampled")
