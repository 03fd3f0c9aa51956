"""The policy's rows about types, keys, nulls, columns and values, asked of Postgres itself.

Each trial runs a reader's queries and a writer's statements before and after a change, on
PostgreSQL 18 and on 15. What becomes of them must be what the trial says, the difference of the
two databases must be told by the rule, and the rule's levels must not be belied by either.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import psycopg
import pytest

from detection.change import Impact
from detection.diff import diff_catalogs
from detection.evolution import (
    COLUMN_RULES,
    FILLING_RULES,
    KEY_RULES,
    TYPE_RULES,
    VALUE_RULES,
    change_rule,
)
from detection.judgement import judge
from tests.conftest import new_database
from tests.detection.evolution.oracle import Trial, prepared, tried
from tests.detection.evolution.trials import ALSO, CANNOT_BE_SHOWN, COLUMNS, KEYS, TYPES
from tests.detection.evolution.trials_besides import BESIDES, DOCUMENTED_ALONE

FIRST = {**TYPES, **KEYS, **COLUMNS}
TRIALS = {rule: [*trials, *BESIDES.get(rule, ())] for rule, trials in FIRST.items()}
SEEN_BY_FEW = {
    "column-added": "`select *` shows it, which is conditional for those who use it",
    "view-kind-changed": "what a reader misses is a row that is there: nothing fails",
}
"""Rules whose harm is seen by some readers only, as their pages say."""
MADE_ANEW = ("value-added",)
"""Rules whose trial makes a type anew, since ALTER TYPE … ADD VALUE cannot be used at once."""


@pytest.mark.parametrize("rule", TRIALS)
def test_postgres_does_what_the_rule_says(any_connection: psycopg.Connection, rule: str) -> None:
    reads, writes, rewritten = set(), set(), False
    for trial in TRIALS[rule]:
        outcome = tried(any_connection, trial)
        assert outcome.reads == trial.reads
        assert outcome.writes == trial.writes
        told = {each.rule for each in judge(diff_catalogs(outcome.before, outcome.after))}
        assert told == {rule} | ALSO.get(rule, set())
        reads |= set(outcome.reads.values())
        writes |= set(outcome.writes.values())
        rewritten |= outcome.rewritten
    found = change_rule(rule)
    assert rule in SEEN_BY_FEW or bears_out(found.reader, reads)
    assert bears_out(found.writer, writes)
    says_so = "writes the whole table again" in found.sections.get("Migration", "")
    assert says_so is rewritten or rule in MADE_ANEW


def bears_out(level: Impact | None, outcomes: AbstractSet[str]) -> bool:
    """Whether what happened is possible under a level.

    Breaking is shown by something that fails or differs; conditional by anything that can be
    noticed; what is harmless shows nothing but another type or width beside the same values.
    """
    harm = {"fails", "other rows", "other columns", "refused", "other value"}
    notice = {"other types", "other width"}
    if level == "breaking":
        return bool(outcomes & harm)
    if level == "conditional":
        return bool(outcomes & (harm | notice))
    return not outcomes & harm


def test_every_rule_of_these_areas_has_a_trial_or_a_reason() -> None:
    areas = (TYPE_RULES, KEY_RULES, COLUMN_RULES, FILLING_RULES, VALUE_RULES)
    rules = {rule.id for area in areas for rule in area}
    reasons = {**CANNOT_BE_SHOWN, **DOCUMENTED_ALONE}
    assert rules - TRIALS.keys() - {"collation-changed"} == reasons.keys()
    assert BESIDES.keys() <= FIRST.keys()


def test_a_prepared_query_fails_when_an_integer_is_widened(
    any_connection: psycopg.Connection,
) -> None:
    any_connection.execute("create table object (object_id integer)")
    with prepared(any_connection, "select object_id from object") as reader:
        any_connection.execute(reader)
        any_connection.execute("alter table object alter object_id type bigint")
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="cached plan must not change"):
            any_connection.execute(reader)


def test_a_row_can_be_missed_in_a_materialized_view(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create table object (object_id integer)")
    any_connection.execute("create view live as select * from object")
    any_connection.execute("create materialized view stale as select * from object")
    any_connection.execute("insert into object values (1)")
    counts = [
        any_connection.execute(f"select count(*) from {name}".encode()).fetchone()
        for name in ("live", "stale")
    ]
    assert counts == [(1,), (0,)]


def test_another_collation_sorts_and_refuses_otherwise(server_15: str) -> None:
    """The embedded server knows no collation but by code point; Debian's knows all of ICU."""
    trial = Trial(
        "create collation case_blind (provider = icu, locale = 'und-u-ks-level2',"
        " deterministic = false);"
        'create table object (object_id integer primary key, thing text collate "C" unique);'
        "insert into object values (1, 'a'), (2, 'B')",
        "alter table object alter thing type text collate case_blind",
        {"select thing from object order by thing": "other rows"},
        {"insert into object values (9, 'A')": "refused"},
    )
    with new_database(server_15) as url, psycopg.connect(url, autocommit=True) as connection:
        outcome = tried(connection, trial)
    assert (outcome.reads, outcome.writes) == (trial.reads, trial.writes)
    verdicts = judge(diff_catalogs(outcome.before, outcome.after))
    assert [verdict.rule for verdict in verdicts] == ["collation-changed"]
