"""The review of a contract: each question, what answers it, and what stays open."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from contracts.consumers import Consumer, Mode, Query, Subscription
from contracts.meaning import ChangeStream, Consistency, Invariant
from contracts.model import (
    CheckConstraint,
    Column,
    Contract,
    Deprecation,
    Dialect,
    Location,
    Notice,
    NullReason,
    Owner,
    Role,
    ServiceLevel,
    Source,
    Storage,
    Table,
)
from contracts.types import parse_type
from detection.access.model import Access, HeldRight, Relation, Right, RoleSeen, Target
from detection.change import VersionVerdict
from detection.model import Catalog
from prevention.checking import load_contracts
from prevention.configuration import configure
from prevention.decision import Checked, Comparison, Decision, Finding, Meaning, NotJudged
from prevention.render.review import as_json, as_markdown, as_text
from prevention.review.automation import find_automation
from prevention.review.keys import KEYS
from prevention.review.model import AREAS, Evidence, Facts, Question, Review, Seen
from prevention.reviewing import answer, review
from tests.conftest import REPOSITORY
from tests.docs.test_pages import commands, objections
from tests.prevention.running import docent

TODAY = date(2026, 3, 1)
KEY = Column("loan_id", parse_type("integer"), nullable=False, primary_key=True)
TABLE = Table("loan", "art", columns=(KEY,), grain=("loan_id",), kind="table")
PLAIN = Contract("loans", version="1.0.0", owner=Owner("Registrar"), tables=(TABLE,))

OUTSIDE = "Does anybody read it besides its owner?"
MEANT = "Is reading it directly meant by both sides?"
SUITS = "Does what is exposed suit each kind of reader, or should a view stand in front?"
HELD = "Do the rights in the database hold the boundary that the contract draws?"
WHO = "Who relies on it?"
KNOWN = "Is everybody who reads it registered?"
TESTED = "Are the queries that they run known, and run before a change?"
KINDS = "Are dashboards, exports, streams of changes and search indexes counted in?"
GRAIN = "Is it said what one row stands for?"
NULLS = "Is it said what a null means, wherever there can be one?"
STATES = "Is it said of every list of states what a reader does with an unknown one?"
TIMES = "Is it said of every time what it is the time of?"
DELETES = "Is it said what becomes of deleted rows?"
FITS = "Do these sections name only states and columns that the contract has?"
ADDS = "Does the change only add?"
MEANS = "Does a field mean something else than before?"
NULLING = "Does it change what may be null, or what a null means?"
WORDS = "Do states or listed values change?"
LIFE = "Do rows come, go or get corrected in another way?"
SERVICE = "Does freshness, another service level or consistency change?"
GRAINS = "Does one row stand for something else?"
OWES = "Does the change owe a new version, and is it declared?"
STAYS = "Can readers stay with the old version until they have moved?"
LONG = "Is it stated how long readers have?"
MOVED = "Can anybody see who has moved to which version?"
RIGHTS = "Does every role that the contract names have the right that it is promised, and no more?"
STRUCTURE = "Are types, keys and NOT NULL in the database what is promised?"
INVARIANTS = "Is every invariant held by a constraint, or measured?"
BUILD = "Is the contract checked by the build, without anybody thinking of it?"
ROWS = "Are there queries that tell whether the rows are what is promised?"
SO_FAR = "Has it held so far?"
ANEW = "Can what is published be made anew?"
AGAIN = "Can what was read once be read again?"
REPLAY = "Can whoever follows the changes start over?"
BACK = "Is it settled how to go back, or on, where the change goes wrong?"


def reader(name: str = "board", mode: Mode = "dashboard", **facts: Any) -> Consumer:
    taken = facts.pop("taken", {})
    usual = {"contract": "loans", "version": "1.0.0"}
    subscription = Subscription("loan", ("loan_id",), "art", **{**usual, **taken})
    asked = (Query("all", "select loan_id from art.loan"),)
    usual_facts = {"team": "Exhibitions", "queries": asked, "migration_contact": "x@museum.org"}
    return Consumer(name=name, mode=mode, subscriptions=(subscription,), **{**usual_facts, **facts})


def loans(**facts: Any) -> Contract:
    return replace(PLAIN, **facts)


def column(**facts: Any) -> Contract:
    return loans(tables=(replace(TABLE, columns=(KEY, Column("it", **facts))),))


def there(**facts: Any) -> Catalog:
    """A database with the table as it is promised, and more."""
    return Catalog("museum", 180000, ("art",), (replace(TABLE, primary_key=("loan_id",), **facts),))


def kept(**facts: Any) -> Catalog:
    return there(storage=Storage(**facts))


def granted(*privileges: str) -> Access:
    """What the role reporting may do with the table."""
    usage = Right("reporting", "USAGE", Target("schema", "art"))
    rights = (Right("reporting", each, Target("table", "art", "loan")) for each in privileges)
    return Access(
        {"reporting": RoleSeen("reporting")},
        relations={("art", "loan"): Relation("art", "loan", "table", "owner")},
        schemas={"art": "owner"},
        held=tuple(HeldRight(each, "owner") for each in (usage, *rights)),
    )


def changed(*rules: tuple[str, str | None], **version: Any) -> Decision:
    """What a comparison found: rules, each with what it means for readers."""
    findings = tuple(
        Finding(rule, "error", "loans", "art", "loan", "it", meaning=Meaning(impact))  # type: ignore[arg-type]
        for rule, impact in rules
    )
    verdicts = (VersionVerdict("loans", **version),) if version else ()
    return Decision(
        "held", Checked(), findings, comparison=Comparison("old", "new", versions=verdicts)
    )


def asked(about: str, contract: Contract = PLAIN, **facts: Any) -> Question:
    found = answer(Facts(contract, TODAY, **{"base": "main", **facts}))
    (question,) = [one for one in found if one.asks == about]
    return question


def told(about: str, contract: Contract = PLAIN, **facts: Any) -> tuple[str, bool]:
    question = asked(about, contract, **facts)
    return question.answer, question.worry


FOLLOWER = reader("index", "async-projection")
GATED = (Evidence("run: docent gate", Location(".github/workflows/a.yml", 9)),)
HOURS = ServiceLevel("freshness", 4, "hours")
NULLABLE: dict[str, Any] = {"data_type": parse_type("text"), "nullable": True}
STAMP: dict[str, Any] = {"data_type": parse_type("timestamptz"), "nullable": False}
SHIPPED = Deprecation("2026-01-01", "2026-06-01", "loans")
BREAKS = changed(("meaning-changed", "breaking"))
NOTHING = changed()
SEEN = datetime(2026, 2, 1, tzinfo=UTC)

CASES: list[tuple[str, str, bool, dict[str, Any]]] = [
    (OUTSIDE, "open", False, {}),
    (OUTSIDE, "yes", False, {"consumers": (reader(),)}),
    (OUTSIDE, "yes", False, {"catalog": kept(grants=("reporting SELECT",))}),
    (OUTSIDE, "no", False, {"catalog": there(), "consumers": (reader(team="Registrar"),)}),
    # a registry with nobody in it is no registry
    (OUTSIDE, "open", False, {"catalog": there()}),
    (MEANT, "open", False, {}),
    (MEANT, "yes", False, {"consumers": (reader(),)}),
    (MEANT, "no", True, {"consumers": (reader(taken={"contract": None}),)}),
    # who reads another contract's table is no reader of this one
    (MEANT, "open", False, {"consumers": (reader(taken={"contract": "works"}),)}),
    (MEANT, "yes", False, {"contract": loans(usage="Anybody in the museum.")}),
    (SUITS, "open", False, {}),
    (SUITS, "yes", False, {"consumers": (reader(),)}),
    (SUITS, "yes", False, {"consumers": (reader(), reader("a", "batch-export"))}),
    # three ways of reading one table
    (SUITS, "no", True, {"consumers": (reader(), reader("a", "batch-export"),
                                       reader("b", "operational"))}),
    (SUITS, "yes", False, {"catalog": there(kind="view"),
                           "consumers": (reader(), reader("a", "batch-export"),
                                         reader("b", "operational"))}),
    # whoever acts on it, and a batch or a materialised view
    (SUITS, "no", True, {"consumers": (reader(mode="operational"),),
                         "contract": loans(service_levels=(HOURS,))}),
    (SUITS, "yes", False, {"consumers": (reader(mode="operational"),),
                           "contract": loans(service_levels=(replace(HOURS, value=1),))}),
    (SUITS, "yes", False, {"consumers": (reader(),),
                           "contract": loans(service_levels=(HOURS,))}),
    (SUITS, "no", True, {"consumers": (reader(mode="operational"),),
                         "catalog": there(kind="materialized view")}),
    (SUITS, "no", True, {"consumers": (reader(freshness=timedelta(hours=3)),),
                         "contract": loans(service_levels=(HOURS,))}),
    (SUITS, "yes", False, {"consumers": (reader(freshness=timedelta(hours=4)),),
                           "contract": loans(service_levels=(HOURS,))}),
    # a follower of changes, and nothing said of the stream
    (SUITS, "no", True, {"consumers": (FOLLOWER,)}),
    (SUITS, "yes", False, {"consumers": (FOLLOWER,), "contract": loans(cdc=ChangeStream())}),
    (HELD, "open", False, {}),
    (HELD, "open", False, {"catalog": Catalog("museum", 180000, ("art",), ())}),
    (HELD, "yes", False, {"catalog": there()}),
    (HELD, "no", True, {"catalog": kept(grants=("reporting SELECT",))}),
    (HELD, "yes", False, {"catalog": kept(grants=("reporting SELECT",)),
                          "contract": loans(roles=(Role("reporting"),))}),
    (WHO, "open", False, {}),
    (WHO, "yes", False, {"consumers": (reader(),)}),
    (KNOWN, "open", False, {"consumers": (reader(),)}),
    (KNOWN, "no", True, {"contract": loans(consumers=("board",))}),
    (KNOWN, "open", False, {"contract": loans(consumers=("board",)), "consumers": (reader(),)}),
    (TESTED, "open", False, {}),
    (TESTED, "no", True, {"consumers": (reader(queries=()), reader("b"))}),
    (TESTED, "open", False, {"consumers": (reader(),)}),
    (TESTED, "open", False, {"consumers": (reader(),),
                             "automation": (Evidence("run: docent check"),)}),
    (TESTED, "yes", False, {"consumers": (reader(),), "automation": GATED}),
    (KINDS, "open", False, {"consumers": (reader(),)}),
    (KINDS, "no", True, {"catalog": kept(publications=("museum_changes",)),
                         "consumers": (reader(),)}),
    (KINDS, "open", False, {"catalog": kept(publications=("museum_changes",)),
                            "consumers": (FOLLOWER,)}),
    (KINDS, "yes", False, {"consumers": (FOLLOWER, reader(), reader("a", "batch-export"),
                                         reader("b", "operational"))}),
    (GRAIN, "yes", False, {}),
    (GRAIN, "no", True, {"contract": loans(tables=(replace(TABLE, grain=None),))}),
    (GRAIN, "yes", False, {"contract": loans(tables=(replace(TABLE, grain=None, meaning="A"),))}),
    (NULLS, "yes", False, {}),
    (NULLS, "no", True, {"contract": column(**NULLABLE)}),
    (NULLS, "yes", False, {"contract": column(**NULLABLE, null_reasons=(NullReason("a", "b"),))}),
    (STATES, "no", True, {"contract": column(states=("a",))}),
    (STATES, "yes", False, {"contract": column(states=("a",),
                                               unknown_value_policy=(("exports", "hold"),))}),
    (STATES, "yes", False, {}),
    (TIMES, "no", True, {"contract": column(**STAMP)}),
    (TIMES, "yes", False, {"contract": column(**STAMP, origin="the desk")}),
    (TIMES, "yes", False, {"contract": replace(column(**STAMP), time="All of the desk's.")}),
    (DELETES, "no", True, {}),
    (DELETES, "yes", False, {"contract": loans(deletes="never")}),
    (FITS, "yes", False, {}),
    (FITS, "no", True, {"contract": column(states=("a",), terminal_states=("b",))}),
    (FITS, "no", True, {"contract": column(states=("a",), external_terms=(("b", "x"),))}),
    (FITS, "yes", False, {"contract": column(states=("a", "b"), transient_states=("b",))}),
    # where no states are listed, nobody can say which there are
    (FITS, "yes", False, {"contract": column(terminal_states=("b",))}),
    (FITS, "no", True, {"contract": loans(cdc=ChangeStream(key=("loan",)))}),
    (FITS, "yes", False, {"contract": loans(cdc=ChangeStream("loan", key=("loan_id",)))}),
    (FITS, "yes", False, {"contract": loans(cdc=ChangeStream("art.loan"))}),
    (FITS, "no", True, {"contract": loans(cdc=ChangeStream("museum.loan"))}),
    *((about, "open", False, {}) for about in (ADDS, MEANS, NULLING, WORDS, LIFE, SERVICE, GRAINS)),
    *((about, "no", False, {"changes": NOTHING})
      for about in (MEANS, NULLING, WORDS, LIFE, SERVICE, GRAINS, OWES)),
    *((about, "no", False, {"is_new": True})
      for about in (MEANS, NULLING, WORDS, LIFE, SERVICE, GRAINS, OWES)),
    (ADDS, "yes", False, {"changes": NOTHING}),
    (ADDS, "yes", False, {"is_new": True}),
    (ADDS, "yes", False, {"changes": changed(("column-added", "additive"))}),
    (ADDS, "no", True, {"changes": changed(("value-added", "conditional"))}),
    (MEANS, "yes", True, {"changes": BREAKS}),
    (MEANS, "no", False, {"changes": changed(("documentation-changed", "patch"))}),
    (MEANS, "yes", False, {"changes": changed(("stream-changed", "patch"))}),
    (NULLING, "yes", True, {"changes": changed(("not-null-dropped", "breaking"))}),
    (NULLING, "yes", False, {"changes": changed(("not-null-added", "additive"))}),
    (WORDS, "yes", True, {"changes": changed(("state-meaning-changed", "breaking"))}),
    (WORDS, "yes", False, {"changes": changed(("value-added", "additive"))}),
    (LIFE, "yes", True, {"changes": changed(("delete-mode-changed", "breaking"))}),
    (SERVICE, "yes", True, {"changes": changed(("service-level-weakened", "conditional"))}),
    (GRAINS, "yes", True, {"changes": changed(("grain-changed", "breaking"))}),
    (OWES, "open", False, {}),
    (OWES, "no", True, {"changes": changed(outcome="unchanged", old="1.0.0", new="1.0.0",
                                           required="major", suggested="2.0.0")}),
    (OWES, "yes", False, {"changes": changed(outcome="enough", old="1.0.0", new="2.0.0",
                                             required="major")}),
    (STAYS, "open", False, {}),
    (STAYS, "yes", False, {"changes": NOTHING}),
    (STAYS, "no", True, {"changes": BREAKS}),
    (STAYS, "yes", False, {"changes": BREAKS,
                           "others": (Contract("loans-v1", deprecation=SHIPPED),)}),
    (STAYS, "no", True, {"changes": BREAKS, "others": (
        Contract("works-v1", deprecation=replace(SHIPPED, replacement="works")),)}),
    (LONG, "no", True, {}),
    (LONG, "yes", False, {"contract": loans(notice=Notice(lead_days=30))}),
    (LONG, "yes", False, {"contract": loans(deprecation=SHIPPED)}),
    # the day itself is not past
    (LONG, "yes", False, {"contract": loans(
        deprecation=replace(SHIPPED, sunset_date="2026-03-01"))}),
    (LONG, "yes", True, {"contract": loans(
        deprecation=replace(SHIPPED, sunset_date="2026-02-28"))}),
    (MOVED, "open", False, {}),
    (MOVED, "yes", False, {"consumers": (reader(),)}),
    (MOVED, "no", True, {"consumers": (reader(taken={"version": None}),)}),
    (MOVED, "no", True, {"consumers": (reader(),), "contract": loans(version=None)}),
    (RIGHTS, "yes", False, {}),
    (RIGHTS, "open", False, {"contract": loans(roles=(Role("reporting"),))}),
    (RIGHTS, "no", True, {"contract": loans(roles=(Role("reporting"),)), "catalog": there(),
                          "access": granted()}),
    (RIGHTS, "yes", False, {"contract": loans(roles=(Role("reporting"),), status="draft"),
                            "catalog": there(), "access": granted("SELECT")}),
    (RIGHTS, "no", True, {"contract": loans(roles=(Role("reporting", "read"),)),
                          "catalog": there(), "access": granted("SELECT", "UPDATE")}),
    (RIGHTS, "yes", False, {"contract": loans(roles=(Role("reporting", "update"),)),
                            "catalog": there(), "access": granted("SELECT", "UPDATE")}),
    (RIGHTS, "yes", False, {"contract": loans(roles=(Role("reporting", "append"),)),
                            "catalog": there(), "access": granted("INSERT")}),
    (STRUCTURE, "open", False, {}),
    (STRUCTURE, "yes", False, {"catalog": there()}),
    (STRUCTURE, "no", True, {"catalog": Catalog("museum", 180000, ("art",), ())}),
    (STRUCTURE, "no", True, {"catalog": there(), "contract": column(**STAMP)}),
    (INVARIANTS, "yes", False, {}),
    (INVARIANTS, "open", False, {"contract": loans(invariants=("loan_id > 0",))}),
    (INVARIANTS, "yes", False, {"contract": loans(invariants=("loan_id > 0",)),
                                "catalog": there()}),
    (INVARIANTS, "no", True, {"contract": loans(invariants=("loan_id > 0", "A loan ends.")),
                              "catalog": there()}),
    (BUILD, "open", False, {}),
    (BUILD, "no", True, {"automation": ()}),
    (BUILD, "yes", False, {"automation": GATED}),
    (ROWS, "no", True, {}),
    (ROWS, "yes", False, {"catalog": there()}),  # the grain alone is measured
    (SO_FAR, "open", False, {}),
    (SO_FAR, "yes", False, {"seen": Seen(SEEN, "held")}),
    (SO_FAR, "no", True, {"seen": Seen(SEEN, "broken", 2)}),
    (ANEW, "open", False, {}),
    (ANEW, "yes", False, {"catalog": there(kind="view")}),
    (ANEW, "yes", False, {"contract": loans(source_of_truth="the ledger")}),
    (AGAIN, "open", False, {}),
    (AGAIN, "open", False, {"contract": loans(consistency="within a row")}),
    (AGAIN, "no", False, {"contract": loans(
        consistency=Consistency(reproducibility="not guaranteed; read loan_daily"))}),
    (AGAIN, "yes", False, {"contract": loans(
        consistency=Consistency(reproducibility="for ninety days"))}),
    (REPLAY, "open", False, {}),
    (REPLAY, "yes", False, {"catalog": there()}),
    (REPLAY, "open", False, {"catalog": kept(publications=("museum_changes",))}),
    (REPLAY, "open", False, {"catalog": there(), "consumers": (FOLLOWER,)}),
    (REPLAY, "yes", False, {"contract": loans(cdc=ChangeStream(snapshot_mode="initial"))}),
    (REPLAY, "open", False, {"contract": loans(cdc=ChangeStream("loan"))}),
    (BACK, "open", False, {}),
    (BACK, "yes", False, {"changes": NOTHING}),
    (BACK, "open", False, {"changes": BREAKS}),
    (BACK, "yes", False, {"changes": BREAKS, "contract": loans(
        deprecation=replace(SHIPPED, migration_guide="https://museum.org/loans"))}),
]  # fmt: skip


@pytest.mark.parametrize(("about", "said", "worry", "facts"), CASES)
def test_a_question_is_answered_by_what_is_known(
    about: str, said: str, worry: bool, facts: dict[str, Any]
) -> None:
    assert told(about, **facts) == (said, worry)


def test_every_question_is_tried_and_each_is_asked_once() -> None:
    questions = [one.asks for one in answer(Facts(PLAIN, TODAY))]
    assert len(set(questions)) == len(questions)
    assert {about for about, *_ in CASES} == set(questions)


def test_each_area_is_asked_about_and_in_order() -> None:
    areas = [one.area for one in answer(Facts(PLAIN, TODAY))]
    assert tuple(dict.fromkeys(areas)) == AREAS


@pytest.mark.parametrize("facts", [facts for *_, facts in CASES])
def test_what_is_open_or_a_worry_says_what_to_do(facts: dict[str, Any]) -> None:
    found = answer(Facts(**{"contract": PLAIN, "today": TODAY, **facts}))
    assert all(one.next_step for one in found if one.answer == "open" or one.worry)
    assert all(one.evidence for one in found if one.answer == "yes")


@pytest.mark.parametrize("dialect", ["book", "odcs", "one_pager", "models", "soda", "dbt"])
def test_the_commands_of_every_step_exist(dialect: Dialect) -> None:
    steps = {
        one.next_step or ""
        for *_, facts in CASES
        for one in answer(Facts(**{"today": TODAY, **facts,
                                   "contract": replace(facts.get("contract", PLAIN),
                                                       dialect=dialect)}))
    }  # fmt: skip
    text = "\n".join(steps)
    assert [each for named in commands(f"```\n{text}\n```") for each in objections(*named)] == []
    assert "docent draft art.loan --with-quality" in text


BARE = Contract(
    "loans", tables=(Table("loan", "art", columns=(KEY, Column("fee", nullable=True))),),
    source=Source(Location("loans.json", 1)),
)  # fmt: skip
ELSEWHERE = "This way of writing has no key for it. In ODCS (docent convert loans.json --to odcs) "
GRAINED = "ay it under `{}`: the columns that tell rows apart, or a sentence."
DELETED = "ay it under `deletes`{}: for good, marked, or archived, and what readers see."
SAID = {
    "one_pager": {GRAIN: "S" + GRAINED.format("grain"), DELETES: "S" + DELETED.format(""),
                  NULLS: "Say it under `null_reasons` of the column."},
    "odcs": {GRAIN: "S" + GRAINED.format("dataGranularityDescription"),
             DELETES: "S" + DELETED.format(" in `customProperties`"),
             NULLS: "Say it under `nullReasons` in `customProperties` of the column."},
    "models": {GRAIN: "S" + GRAINED.format("grain"),
               DELETES: f"{ELSEWHERE}s{DELETED.format(' in `customProperties`')}",
               NULLS: "Say it under `null_reasons` of the column."},
    "book": {GRAIN: f"{ELSEWHERE}s{GRAINED.format('dataGranularityDescription')}",
             DELETES: f"{ELSEWHERE}s{DELETED.format(' in `customProperties`')}",
             NULLS: f"{ELSEWHERE}say it under `nullReasons` in `customProperties` of the column."},
}  # fmt: skip


@pytest.mark.parametrize("dialect", SAID)
def test_a_step_names_a_key_that_the_contract_s_own_way_of_writing_has(dialect: Dialect) -> None:
    found = answer(Facts(replace(BARE, dialect=dialect), TODAY))
    assert {about: of(found, about).next_step for about in SAID[dialect]} == SAID[dialect]


ONE_PAGE = """\
contract: loans
version: 1.0.0
table: art.loan
source_of_truth: the ledger
grain: [loan_id]
deletes: soft
notice: {lead_days: 30}
consistency: {historical_reproducibility: for ninety days}
cdc: {snapshot_mode: initial}
fields:
  status:
    {type: text, meaning: Where it is., null_reasons: {A: none}, unknown_value_policy: Ask.}
"""
STANDARD = """\
apiVersion: v3.1.0
kind: DataContract
id: loans
name: loans
version: 1.0.0
status: active
description: {usage: Whoever lends.}
customProperties:
  - {property: sourceOfTruth, value: the ledger}
  - {property: deletes, value: soft}
  - {property: notice, value: {leadDays: 30}}
  - {property: consistency, value: {reproducibility: for ninety days}}
  - {property: cdc, value: {snapshotMode: initial}}
schema:
  - name: loan
    physicalName: art.loan
    dataGranularityDescription: loan_id
    properties:
      - name: status
        physicalType: text
        customProperties:
          - {property: meaning, value: Where it is.}
          - {property: nullReasons, value: [{code: A, meaning: none}]}
          - {property: unknownValuePolicy, value: Ask.}
"""
MODELS = """\
dataContractSpecification: 1.1.0
id: loans
info: {title: loans, version: 1.0.0}
notice: {lead_days: 30}
terms: {usage: Whoever lends.}
models:
  loan:
    grain: loan_id
    fields:
      status:
        {type: text, meaning: Where it is., null_reasons: {A: none}, unknown_value_policy: Ask.}
"""


@pytest.mark.parametrize(
    ("dialect", "text"), [("one_pager", ONE_PAGE), ("odcs", STANDARD), ("models", MODELS)]
)
def test_what_is_said_under_the_keys_that_a_step_names_is_understood(
    tmp_path: Path, dialect: str, text: str
) -> None:
    (tmp_path / "loans.yaml").write_text(text)
    (contract,) = load_contracts([tmp_path / "loans.yaml"], configure())
    (table,) = contract.tables
    (column,) = table.columns
    cdc, consistency = contract.cdc, contract.consistency
    said = {
        "grain": table.grain or table.meaning,
        "null_reasons": column.null_reasons,
        "unknown_value_policy": column.unknown_value_policy,
        "meaning": column.meaning,
        "deletes": contract.deletes,
        "notice": contract.notice and contract.notice.lead_days,
        "usage": contract.usage,
        "source_of_truth": contract.source_of_truth,
        "consistency": isinstance(consistency, Consistency) and consistency.reproducibility,
        "cdc": isinstance(cdc, ChangeStream) and cdc.snapshot_mode,
    }
    named = {what: getattr(keys, dialect) for what, keys in KEYS.items()}
    assert {what for what, is_said in said.items() if is_said} == {
        what for what, key in named.items() if key
    }
    for key in filter(None, named.values()):
        assert all(word.strip("{} 30") in text for word in key.split(".")[-1].split(": ")), key


@pytest.mark.parametrize(
    ("invariant", "said"),
    [
        ("loan_id > 0", "loan_id > 0: CHECK positive"),
        (Invariant("loan_id > 0", "counted"), "loan_id > 0: CHECK positive"),
        ("loan_id: loan_id > 0", "loan_id: loan_id > 0: CHECK positive"),
        ("loan_id > 1", "loan_id > 1: measured by docent check, and no constraint holds it"),
        ("A loan ends.", "A loan ends.: in words only"),
    ],
)
def test_an_invariant_is_told_with_what_holds_it(invariant: Any, said: str) -> None:
    check = CheckConstraint("positive", ("loan_id",), "CHECK ((loan_id > 0))")
    found = asked(INVARIANTS, loans(invariants=(invariant,)), catalog=there(checks=(check,)))
    assert [str(one) for one in found.evidence] == [said]


def test_a_need_is_told_in_words_people_use() -> None:
    found = asked(
        SUITS, loans(service_levels=(HOURS,)), consumers=(reader(freshness=timedelta(minutes=90)),)
    )
    assert str(found.evidence[0]) == ("board needs the data within 90 minutes, and it may be older")


def test_why_something_could_not_be_asked_is_the_evidence() -> None:
    troubles = {"database": "No server answers.", "git": "This is no repository."}
    found = asked(HELD, troubles=troubles)
    assert [str(one) for one in found.evidence] == ["No server answers."]
    assert [str(one) for one in asked(ADDS, troubles=troubles).evidence] == [
        "This is no repository."
    ]


def small_review(*questions: Question) -> Review:
    return Review(PLAIN, TODAY, questions, "main", "museum")


SETTLED = Question("Operations", "Settled?", "yes", (Evidence("a", Location("b.yaml", 3)),))
WORRY = Question("Consumers", "Worry?", "no", (), worry=True, next_step="Do.")
OPEN = Question("Enforcement", "Open?", "open", (Evidence("c"),), next_step="Ask @all <b>.")


def test_open_questions_stand_on_top_and_the_rest_by_area() -> None:
    assert as_text(small_review(SETTLED, WORRY, OPEN)) == (
        "Review of loans\n"
        "version 1.0.0, compared with main, database museum, as of 2026-03-01.\n"
        "\n"
        "Open (1)\n"
        "? Open?\n"
        "    c\n"
        "    Next: Ask @all <b>.\n"
        "\n"
        "Consumers\n"
        "! Worry? No.\n"
        "    Next: Do.\n"
        "\n"
        "Operations\n"
        "  Settled? Yes.\n"
        "    b.yaml:3: a\n"
        "\n"
        "3 questions: 1 open, 1 worry, 1 settled.\n"
    )


def test_as_markdown_it_is_a_list_to_tick_and_calls_nobody() -> None:
    assert as_markdown(small_review(SETTLED, WORRY, OPEN)) == (
        "## Review of `loans`\n"
        "\n"
        "version 1.0.0, compared with main, database museum, as of 2026-03-01.\n"
        "\n"
        "3 questions: 1 open, 1 worry, 1 settled.\n"
        "\n"
        "### Open\n"
        "\n"
        "- [ ] Open?\n"
        "  - `c`\n"
        "  - Next: Ask &#64;all &lt;b>.\n"
        "\n"
        "### Consumers\n"
        "\n"
        "- [ ] Worry? **No.**\n"
        "  - Next: Do.\n"
        "\n"
        "### Operations\n"
        "\n"
        "- [x] Settled? **Yes.**\n"
        "  - `b.yaml:3: a`\n"
    )


def test_a_notebook_shows_it_as_markdown() -> None:
    found = small_review(SETTLED, OPEN)
    assert found._repr_markdown_() == as_markdown(found)


def test_as_json_the_open_ones_come_first_with_every_fact() -> None:
    value = json.loads(as_json(small_review(SETTLED, OPEN)))
    assert (value["contract"], value["open"], value["worries"]) == ("loans", 1, 0)
    assert [one["question"] for one in value["questions"]] == ["Open?", "Settled?"]
    assert value["questions"][1]["evidence"] == [{"says": "a", "file": "b.yaml", "line": 3}]


def test_a_long_list_of_facts_is_cut_in_a_text_and_whole_in_json() -> None:
    facts = tuple(Evidence(f"fact {number}") for number in range(9))
    many = small_review(replace(SETTLED, evidence=facts))
    assert as_text(many).count("    fact ") == 6
    assert "    and 3 more\n" in as_text(many)
    assert len(json.loads(as_json(many))["questions"][0]["evidence"]) == 9
    nearly = small_review(replace(SETTLED, evidence=facts[:7]))
    assert as_text(nearly).count("    fact ") == 7


PAGE = """\
contract: loans
table: art.loan
version: "1.0.0"
owner: Registrar
grain: [loan_id]
notice: 30
fields:
  loan_id: integer, primary_key
  status: {type: text, required: true, allowed_values: [OPEN, LOST], terminal_values: [LOST]}
deletion: {operational_table: soft}
"""
REGISTRY = """\
consumers:
  - name: board
    team: Exhibitions
    mode: dashboard
    migration_contact: x@museum.org
    subscriptions:
      - {contract: loans, version: "1.0.0", schema: art, table: loan, columns: [loan_id]}
    queries:
      - {name: all, sql: select loan_id from art.loan}
"""


def git(folder: Path, *words: str) -> None:
    setting = ["-c", "user.name=a", "-c", "user.email=a@museum.org"]
    subprocess.run(["git", *setting, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a contract, a registry and a build; on a branch of its own."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/loans.yaml").write_text(PAGE)
    (tmp_path / "contracts/consumers.yaml").write_text(REGISTRY)
    workflows = tmp_path / ".github/workflows"
    workflows.mkdir(parents=True)
    (workflows / "build.yml").write_text("jobs:\n  # docent gate\n  - run: docent gate\n")
    git(tmp_path, "init", "-qb", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "a")
    git(tmp_path, "switch", "-qc", "work")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of(found: Review, about: str) -> Question:
    (question,) = [one for one in found if one.asks == about]
    return question


def test_a_project_is_asked_and_its_places_are_told(project: Path) -> None:
    found = review("loans", documents_only=True, base="main", today=TODAY)
    assert found.database is None
    assert of(found, BUILD).evidence == (
        Evidence("- run: docent gate", Location(".github/workflows/build.yml", 3)),
    )
    assert [str(one) for one in of(found, WHO).evidence] == [
        "contracts/consumers.yaml:2: board (Exhibitions), dashboard"
    ]
    assert of(found, ADDS).answer == "yes"
    assert [str(one) for one in of(found, STATES).evidence] == [
        "contracts/loans.yaml:9: status does not say"
    ]


def test_what_changed_since_the_base_is_judged(project: Path) -> None:
    page = project / "contracts/loans.yaml"
    page.write_text(
        PAGE.replace("terminal_values: [LOST]", "terminal_values: [OPEN, LOST]").replace(
            "soft}", "physical}"
        )
    )
    found = review("loans", documents_only=True, base="main", today=TODAY)
    assert [(of(found, about).answer, of(found, about).worry) for about in (
        ADDS, WORDS, LIFE, MEANS, GRAINS, OWES, STAYS)] == [
        ("no", True), ("yes", True), ("yes", True), ("no", False), ("no", False), ("no", True),
        ("no", True),
    ]  # fmt: skip
    assert "contracts/loans.yaml:10: art" not in as_text(found)
    assert of(found, OWES).next_step == "Write 2.0.0 as its version."


def test_a_contract_that_the_base_has_not_breaks_nothing(project: Path) -> None:
    (project / "contracts/works.yaml").write_text(PAGE.replace("loans", "works"))
    found = review("works", documents_only=True, base="main", today=TODAY)
    assert (of(found, ADDS).answer, of(found, STAYS).answer) == ("yes", "yes")
    assert str(of(found, ADDS).evidence[0]).endswith("the contract is new since main")


def test_without_a_base_or_a_repository_the_questions_stay_open(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(configure(), base="gone")
    found = review("loans", documents_only=True, today=TODAY, configuration=settings)
    assert of(found, ADDS).answer == "open"
    assert "gone" in str(of(found, ADDS).evidence[0])
    assert of(found, BUILD).answer == "yes"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "loans.yaml").write_text(PAGE)
    monkeypatch.chdir(elsewhere)
    found = review("loans", "loans.yaml", documents_only=True, today=TODAY)
    assert (of(found, ADDS).answer, of(found, BUILD).answer) == ("open", "open")


def test_a_base_that_is_named_and_not_there_is_told_once(project: Path) -> None:
    ran = docent("explain", "loans", "--review", "--documents", "--base", "nosuch", folder=project)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("nosuch") == 1
    assert "\nNext: " in ran.err


@pytest.mark.parametrize(
    ("line", "checked"),
    [
        ("docent check", {"loans"}),
        ("docent gate --format json --output report.json", {"loans"}),
        ("docent check views", {"cards"}),
        ("docent check contracts views", {"loans", "cards"}),
        ("docent check views/cards.yaml", {"cards"}),
        ("docent check --structure-only views --schema reporting", {"cards"}),
        ('make check ARGS="--structure-only views"', {"cards"}),
        ("docent check --output views", {"loans"}),
        ("docent check contracts && ls views", {"loans"}),
        ("docent check --structure-only \\\n      views", {"cards"}),
        ("docent check .", {"loans", "cards"}),
    ],
)
def test_a_line_of_the_build_checks_the_contracts_that_it_names(
    project: Path, line: str, checked: set[str]
) -> None:
    (project / "views").mkdir()
    (project / "views/cards.yaml").write_text(PAGE.replace("loans", "cards"))
    (project / ".github/workflows/build.yml").write_text(f"steps:\n  - run: {line}\n")
    told = {
        name: of(review(name, place, documents_only=True, today=TODAY), BUILD)
        for name, place in (("loans", "contracts"), ("cards", "views"))
    }
    assert {name for name, found in told.items() if found.answer == "yes"} == checked
    for name in {"loans", "cards"} - checked:
        file = {"loans": "contracts/loans.yaml", "cards": "views/cards.yaml"}[name]
        (said,) = told[name].evidence
        assert str(said).startswith(".github/workflows/build.yml:2: - run: ")
        assert str(said).endswith(" (other contracts)")
        assert told[name].next_step == f"Name it in the build, too: docent check {file}."


@pytest.mark.parametrize("name", ["lones", "", "art.gone"])
def test_a_name_that_nothing_goes_by_is_refused(project: Path, name: str) -> None:
    with pytest.raises(NotJudged, match="No contract goes by"):
        review(name, documents_only=True)


def test_a_table_and_a_bare_name_lead_there_too(project: Path) -> None:
    for name in ("loans", "art.loan", "loan"):
        assert review(name, documents_only=True, base="main").contract.identity == "loans"


LOANS_FOR_ROLES = """\
apiVersion: v3.1.0
kind: DataContract
id: loans
version: 1.0.0
status: active
schema:
  - name: loan
    physicalName: art.loan
    properties:
      - {name: loan_id, physicalType: integer}
      - {name: status, physicalType: text}
roles:
  - {role: review reader, access: append}
  - {role: nobody there, access: read}
"""


def test_a_database_answers_for_rights_views_and_constraints(project: Path, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            """
            create schema art;
            create table art.loan (loan_id integer primary key, status text not null);
            create view art.open_loan as select loan_id from art.loan where status = 'OPEN';
            do $$ begin create role "review reader"; exception when duplicate_object then end $$;
            grant select on art.loan to "review reader";
            """
        )
    try:
        found = review("loans", database=database, base="main", today=TODAY)
        assert [str(one) for one in of(found, HELD).evidence] == [
            "review reader may select art.loan, and the contract names no such role"
        ]
        assert of(found, RIGHTS).answer == "yes"
        (project / "contracts/loans.yaml").write_text(LOANS_FOR_ROLES)
        found = review("loans", database=database, base="main", today=TODAY)
        assert [each.says for each in of(found, RIGHTS).evidence] == [
            "the role nobody there is not there",
            "review reader may not insert art.loan",
            "review reader may not use the schema art",
            "review reader may select art.loan, which the contract does not give",
        ]
        assert of(found, STRUCTURE).answer == "yes"
        assert (of(found, SO_FAR).answer, of(found, REPLAY).answer) == ("open", "yes")
    finally:
        with psycopg.connect(database) as connection:
            connection.execute('drop owned by "review reader"; drop role "review reader"')


LOANS_THAT_ARE_SENT = (
    LOANS_FOR_ROLES.partition("roles:")[0]
    + """\
customProperties:
  - property: cdc
    value: {publication: changes, key: [loan_id], deleteMode: tombstone, snapshotMode: initial}
"""
)
PUBLISHED = "create publication changes for table art.loan"
SENT = {
    "as it says": (PUBLISHED, []),
    "without a publication": ("select", ["art.loan: stream-publication-missing"]),
    "another table": (
        "create table art.room (id int); create publication changes for table art.room",
        ["art.loan: stream-table-unpublished"],
    ),
    "another identity": (
        f"{PUBLISHED}; alter table art.loan replica identity nothing",
        ["art.loan: stream-identity-unfit"],
    ),
    "no deletes": (
        f"{PUBLISHED} with (publish = 'insert, update')",
        ["art.loan: stream-deletes-unsent"],
    ),
    "more than it says": (f"{PUBLISHED}; alter table art.loan replica identity full", []),
}


@pytest.mark.parametrize("name", SENT)
def test_a_stream_of_changes_is_compared_with_the_database(
    name: str, project: Path, database: str
) -> None:
    made, expected = SENT[name]
    with psycopg.connect(database) as connection:
        connection.execute(b"create schema art")
        connection.execute(b"create table art.loan (loan_id integer primary key, status text)")
        connection.execute(made.encode())
    (project / "contracts/loans.yaml").write_text(LOANS_THAT_ARE_SENT)
    found = of(review("loans", database=database, base="main", today=TODAY), REPLAY)
    assert (found.answer, found.worry) == (("no", True) if expected else ("yes", False))
    assert [each.says for each in found.evidence if "stream-" in each.says] == expected


def test_a_stream_is_not_compared_where_the_database_is_not_asked(project: Path) -> None:
    (project / "contracts/loans.yaml").write_text(LOANS_THAT_ARE_SENT)
    found = review("loans", documents_only=True, base="main", today=TODAY)
    assert of(found, REPLAY).answer == "yes"  # as far as the documents go


def test_a_server_that_does_not_answer_leaves_its_questions_open(project: Path) -> None:
    gone = "postgresql://127.0.0.1:1/museum?connect_timeout=1"
    found = review("loans", database=gone, base="main", today=TODAY)
    assert of(found, STRUCTURE).answer == "open"
    assert of(found, STRUCTURE).evidence
    assert of(found, ADDS).answer == "yes"


def test_only_lines_that_run_are_automation(project: Path) -> None:
    (project / ".gitlab-ci.yml").write_text(
        "# docent check\ncheck: make check\nother: docent seed\nmake: checkout\n"
    )
    contract = replace(PLAIN, source=Source(Location("contracts/loans.yaml", 1)))
    found = find_automation(contract)["automation"]
    assert [str(one) for one in found] == [
        ".github/workflows/build.yml:3: - run: docent gate",
        ".gitlab-ci.yml:2: check: make check",
    ]


def test_what_is_inherited_counts_as_said(project: Path) -> None:
    parent = 'contract: base\nversion: "1.0.0"\ndeletion: {reporting_view: left out}\n'
    (project / "contracts/base.yaml").write_text(parent)
    page = PAGE.replace("deletion: {operational_table: soft}", "extends: base")
    (project / "contracts/loans.yaml").write_text(page)
    found = review("loans", documents_only=True, base="main", today=TODAY)
    assert of(found, DELETES).answer == "yes"


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", "Review of loans\n"), ("markdown", "## Review of `loans`\n"), ("json", "{\n")],
)
def test_the_command_tells_a_review_in_each_form(project: Path, form: str, begins: str) -> None:
    asked = ("explain", "loans", "--review", "--base", "main", "--documents")
    ran = docent(*asked, "--now", "2026-03-01", "--format", form, folder=project)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(begins)
    assert "2026-03-01" in ran.out
    written = docent(*asked, "--now", "2026-03-01", "--format", form, "--output", "review.txt",
                     folder=project)  # fmt: skip
    assert (written.code, (project / "review.txt").read_text()) == (0, ran.out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("loans", "--base", "main"), "--base goes with --review."),
        (("loans", "--documents"), "--documents goes with --review."),
        (("loans", "--now", "2026-03-01"), "--now goes with --review."),
        (("loans", "--connection", "staging"), "--connection goes with --review."),
        (("loans", "--review", "--now", "2026-02-30"), "--now is '2026-02-30', which is no day"),
        (("lones", "--review", "--documents"), "Did you mean loans?"),
        (("loans", "--review", "--connection", "staging"), "No connection 'staging' is named"),
        (("loans", "gone.yaml", "--review"), "gone.yaml"),
    ],
)
def test_what_cannot_be_followed_is_said_in_one_message(
    project: Path, words: tuple[str, ...], said: str
) -> None:
    ran = docent("explain", *words, folder=project)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_every_contract_of_the_museum_is_reviewed_against_its_database(museum: str) -> None:
    for contract in load_contracts((), configure(REPOSITORY)):
        found = review(contract.identity, REPOSITORY / "contracts", database=museum, today=TODAY)
        assert found.database
        assert of(found, STRUCTURE).answer == "yes", contract.identity
        assert of(found, GRAIN).answer in ("yes", "no")
        assert json.loads(as_json(found))["contract"] == contract.identity
