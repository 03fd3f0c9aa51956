"""What became of a consumer's query, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from detection.answers import AnswerDifference, Output, RowsDifference
from prevention.render.plain import count, one_line

LONGEST = 60
"""The characters of one value that are shown."""


def explain(difference: AnswerDifference) -> str:
    """What became of a query: the error, the columns, or the rows, with the first example."""
    said = difference.failure
    if difference.outcome == "fails" and said:
        return f"fails: {_sentence(said.message, said.hint)}"
    if difference.outcome == "not asked" and said:
        return f"was not asked: {_sentence(said.message, said.hint)}"
    if difference.outcome == "unanswered" and said:
        return f"was not answered in time: {_sentence(said.message)}"
    if difference.outcome == "failed before" and said:
        return f"failed before, and fails now: {_sentence(said.message)}"
    if difference.outcome == "mended":
        return "failed before, and works now"
    if difference.outcome == "same":
        proof = "no value that it reads was touched" if difference.by_plan else ""
        return f"returns the same{': ' + proof if proof else ', row for row'}"
    parts = [_columns(difference), _rows(difference.rows)]
    return f"returns {', and '.join(part for part in parts if part)}"


def _sentence(message: str, hint: str | None = None) -> str:
    return one_line(f"{message.removesuffix('.')}. {hint}" if hint else message)


def _columns(difference: AnswerDifference) -> str | None:
    before, after = difference.columns_before, difference.columns_after
    if difference.outcome == "other types":
        changed = [
            f"{old.name} as {new.type} instead of {old.type}"
            for old, new in zip(before, after, strict=True)
            if old != new
        ]
        return ", ".join(changed)
    if difference.outcome == "other columns":
        return f"other columns: {_names(after)} instead of {_names(before)}"
    return None


def _names(columns: Sequence[Output]) -> str:
    return ", ".join(column.name for column in columns) or "none"


def _rows(rows: RowsDifference | None) -> str | None:
    if rows is None:
        return None
    if not rows.differing:
        return "the same rows in another order"
    how_many = f"{count(rows.differing, 'row')} different"
    if rows.before != rows.after:
        how_many += f" ({count(rows.after, 'row')} instead of {rows.before})"
    if rows.withheld:
        from detection.quality.wording import not_shown

        return f"{how_many}; {not_shown(rows.withheld)}"
    return f"{how_many}, such as {_example(rows)}"


def _example(rows: RowsDifference) -> str:
    """One row that became another: the cells that differ, or the whole row that came or went."""
    if rows.lost is None:
        return f"a new row ({_shown(rows.gained or ())})"
    if rows.gained is None or not any(
        old == new for old, new in zip(rows.lost, rows.gained, strict=True)
    ):
        return f"one row less ({_shown(rows.lost)})"
    return ", ".join(
        f"{name} {_value(new)} instead of {_value(old)}"
        for name, old, new in zip(rows.columns, rows.lost, rows.gained, strict=True)
        if old != new
    )


def _shown(row: Sequence[str | None]) -> str:
    return ", ".join(map(_value, row))


def _value(value: str | None) -> str:
    if value is None:
        return "NULL"
    text = one_line(value)
    return f"'{text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}'"
