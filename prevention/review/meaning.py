"""Questions about what rows and values mean, as far as a contract has to say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from contracts.meaning import ChangeStream, in_one_line
from contracts.model import Column
from prevention.review.keys import say
from prevention.review.model import Evidence, Facts, Question, place_of

_TIMES: Final = ("timestamp", "date", "time")


def about_meaning(facts: Facts) -> Iterator[Question]:
    """What a reader would otherwise have to guess."""
    yield _grain(facts)
    yield _of_columns(
        facts,
        "Is it said what a null means, wherever there can be one?",
        [one for one in _columns(facts) if _may_be_null(one)],
        lambda column: bool(column.null_reasons),
        "null_reasons",
        "no column is promised that can be null",
    )
    yield _of_columns(
        facts,
        "Is it said of every list of states what a reader does with an unknown one?",
        [one for one in _columns(facts) if one.states or one.extensible],
        lambda column: bool(column.unknown_value_policy),
        "unknown_value_policy",
        "no column has a list of states",
    )
    yield _of_columns(
        facts,
        "Is it said of every time what it is the time of?",
        [one for one in _columns(facts) if _is_time(one)],
        lambda column: bool(column.meaning or column.origin or facts.contract.time),
        "meaning",
        "no column is a time",
    )
    yield _deletes(facts)
    yield _names_fit(facts)


def _grain(facts: Facts) -> Question:
    asks = "Is it said what one row stands for?"
    silent = [table for table in facts.contract.tables if not (table.grain or table.meaning)]
    if silent:
        found = tuple(
            Evidence(f"{table.qualified_name} has no grain", place_of(table)) for table in silent
        )
        step = say(facts.contract, "grain",
                   "Say it under {}: the columns that tell rows apart, or a sentence.")  # fmt: skip
        return Question("Meaning", asks, "no", found, worry=True, next_step=step)
    found = tuple(
        Evidence(f"{table.qualified_name}: {', '.join(table.grain or ()) or table.meaning}",
                 place_of(table, "grain", "dataGranularityDescription"))
        for table in facts.contract.tables
    )  # fmt: skip
    return Question("Meaning", asks, "yes", found)


def _of_columns(
    facts: Facts,
    asks: str,
    asked: list[Column],
    is_said: Callable[[Column], bool],
    key: str,
    none: str,
) -> Question:
    """A question to each of some columns; those that do not answer are the evidence."""
    if not asked:
        return Question("Meaning", asks, "yes", (Evidence(none, facts.at()),))
    silent = [column for column in asked if not is_said(column)]
    if silent:
        found = tuple(
            Evidence(f"{column.name} does not say", place_of(column)) for column in silent
        )
        return Question("Meaning", asks, "no", found, worry=True,
                        next_step=say(facts.contract, key, "Say it under {} of the column."),
                        )  # fmt: skip
    found = tuple(Evidence(column.name, place_of(column, key)) for column in asked)
    return Question("Meaning", asks, "yes", found)


def _deletes(facts: Facts) -> Question:
    asks = "Is it said what becomes of deleted rows?"
    if facts.contract.deletes is not None:
        said = Evidence(in_one_line(facts.contract.deletes), facts.at("deletes", "deletion"))
        return Question("Meaning", asks, "yes", (said,))
    step = say(facts.contract, "deletes",
               "Say it under {}: for good, marked, or archived, and what readers see.")  # fmt: skip
    return Question("Meaning", asks, "no", worry=True, next_step=step)


def _names_fit(facts: Facts) -> Question:
    asks = "Do these sections name only states and columns that the contract has?"
    unknown = tuple(_unknown_names(facts))
    if unknown:
        step = "Correct the name, or list the state or the column."
        return Question("Meaning", asks, "no", unknown, worry=True, next_step=step)
    return Question("Meaning", asks, "yes", (Evidence("no other is named", facts.at()),))


def _unknown_names(facts: Facts) -> Iterator[Evidence]:
    for column in _columns(facts):
        named = (*column.terminal_states, *column.transient_states, *dict(column.external_terms))
        for state in dict.fromkeys(named):
            if state not in (column.states or (state,)):
                yield Evidence(f"{column.name} lists no state {state}", place_of(column))
    cdc = facts.contract.cdc
    if not isinstance(cdc, ChangeStream):
        return
    columns = {column.name for column in _columns(facts)}
    for name in cdc.key:
        if columns and name not in columns:
            yield Evidence(f"the stream's key {name} is no column", facts.at("cdc.key", "cdc"))
    tables = {name for one in facts.contract.tables for name in (one.name, one.qualified_name)}
    if cdc.source_table is not None and cdc.source_table not in tables:
        said = f"the stream's table {cdc.source_table} is not in the contract"
        yield Evidence(said, facts.at("cdc.source_table", "cdc"))


def _columns(facts: Facts) -> Iterator[Column]:
    return (column for table in facts.contract.tables for column in table.columns)


def _may_be_null(column: Column) -> bool:
    return column.nullable is True and not column.primary_key


def _is_time(column: Column) -> bool:
    return column.data_type is not None and column.data_type.name.startswith(_TIMES)
