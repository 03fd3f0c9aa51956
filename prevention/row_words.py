"""The words for rules about rows: what is the matter, and what to do next.

They stand apart from the others so that a check of structure alone does not import them.
"""

from __future__ import annotations

from typing import Final

from prevention.words import Words

_SOURCE: Final = (
    "Find out where these rows come from and since when, "
    "or agree with {owner} on a promise that can be kept."
)
_WRITER: Final = (
    "Correct the writer and the rows that are there, or agree with {owner} on another promise."
)
_LOAD: Final = "See whether the last load was whole, or agree with {owner} on another promise."

ROW_WORDS: Final[dict[str, Words]] = {
    "rows-null": Words("Column {column} of {table} is null more often than promised", _SOURCE),
    "rows-missing": Words("Column {column} of {table} lacks more values than promised", _SOURCE),
    "rows-required-null": Words("Column {column} of {table} is null where it must not be", _WRITER),
    "rows-null-unexplained": Words(
        "Column {column} of {table} is null without one of the promised reasons, or beside one",
        _WRITER,
    ),
    "rows-unlisted": Words("Rows of {table} have values that are not listed", _WRITER),
    "rows-of-unknown-state": Words(
        "Column {column} of {table} has a state that the contract does not list",
        "Correct the writer; or announce the state together with {owner} before it appears.",
    ),
    "rows-out-of-range": Words("Rows of {table} have values out of the promised range", _WRITER),
    "rows-of-wrong-length": Words("Rows of {table} have texts of another length", _WRITER),
    "rows-malformed": Words("Rows of {table} have values that do not look as promised", _WRITER),
    "rows-orphaned": Words("Rows of {table} refer to what is not there", _WRITER),
    "rows-invalid": Words("Rows of {table} have values that are not valid", _WRITER),
    "rows-against-invariant": Words("Rows of {table} break an invariant of its contract", _WRITER),
    "rows-duplicate": Words("Rows of {table} repeat one another", _WRITER),
    "rows-off-grain": Words(
        "Table {table} has several rows where its grain promises one",
        "Write by upsert on the columns of the grain, or agree with {owner} on what a row is.",
    ),
    "rows-distinct-values": Words(
        "Column {column} of {table} has another number of different values than promised", _LOAD
    ),
    "rows-count": Words("Table {table} has another number of rows than promised", _LOAD),
    "rows-aggregate": Words("A figure of {table} is not as promised", _SOURCE),
    "rows-query": Words("A query of the contract for {table} is not answered as promised", _SOURCE),
    "rows-stale": Words(
        "Table {table} is older than promised",
        "See whether the job that writes it runs, "
        "or agree with {owner} on a promise that can be kept.",
    ),
    "rows-late": Words(
        "Rows of {table} landed later than promised",
        "Find the source that is late, or agree with {owner} on a promise that it keeps.",
    ),
    "rows-retention": Words(
        "Rows of {table} are kept for another time than promised",
        "Delete what is too old, or agree with {owner} on another time.",
    ),
    "rows-refused": Words(
        "The contract for {table} holds SQL that may not be run",
        "Correct it together with {owner}.",
    ),
    "rows-unmeasured": Words(
        "A promise about the rows of {table} could not be measured",
        "Correct the check together with {owner}, or give it less to read: --sample, --where.",
    ),
    "rows-unread": Words(
        "Nobody can measure a promise about the rows of {table}",
        "Say it together with {owner} so that rows can tell.",
    ),
    "rows-unsampled": Words(
        "A promise about {table} was left out: a sample cannot tell",
        "Check without --sample from time to time.",
    ),
}
"""The words by the rule's id."""
