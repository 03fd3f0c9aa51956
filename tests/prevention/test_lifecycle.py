"""The life of contracts as the check and the gate tell of it: in words, in JSON, in exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from contracts.consumers import Consumer, Subscription
from contracts.model import Contract, Deprecation, Owner, Table
from detection.diff import diff
from detection.judgement import judge as weigh
from detection.model import Catalog
from detection.periods import Periods
from detection.rules import HEALTH_RULES, LIFECYCLE_RULES
from prevention import report
from prevention.decision import Finding
from prevention.gate import Moment, Terms, judge_change
from prevention.judging import judge, read_over
from prevention.lifecycle_words import LIFECYCLE_WORDS, MESSAGES, message
from prevention.render import json_report, text
from prevention.words import bare, issue, next_step
from tests.prevention.histories import History
from tests.prevention.running import Ran, docent

ENDS = Deprecation("2026-01-03", "2026-02-03", "customers-v2")
OLD = Contract(
    "my-customers", status="deprecated", version="1.5.0", deprecation=ENDS, owner=Owner("Data"),
    tables=(Table("customers"),),
)  # fmt: skip
NEXT = Contract(
    "customers-v2", status="active", version="2.0.0", owner=Owner("Data"),
    tables=(Table("customers_v2"),),
)  # fmt: skip
SUNSET, RETIRED = replace(OLD, status="sunset"), replace(OLD, status="retired")
ON = date(2026, 1, 24)


def reader(name: str = "crm-sync", since: str | None = "2025-06-01", **facts: Any) -> Consumer:
    usual = {"contract": "my-customers", "version": "1.5.0", **facts}
    subscription = Subscription("customers", (), since=since, **usual)
    return Consumer(name, "CRM", "operational", f"{name}@museum.org", (subscription,))


NEW = reader("lead-score", "2026-01-20")


def found(contract: Contract, today: date = ON) -> dict[str, Finding]:
    decision = read_over((contract, NEXT), (reader(), NEW), today)
    return {finding.rule: finding for finding in decision.findings}


def test_every_rule_has_words_and_no_words_are_left_over() -> None:
    ids = {rule.id for rule in (*LIFECYCLE_RULES, *HEALTH_RULES)}
    assert set(LIFECYCLE_WORDS) == ids
    assert set(MESSAGES) == {each for each in ids if each.startswith("lifecycle-")}
    types = [kind for kind, _ in MESSAGES.values()]
    assert len(set(types)) == len(types)


SENTENCES = [
    (OLD, ON, "lifecycle-deprecated", "deprecation_warning",
     "Contract my-customers is deprecated. Sunset: 2026-02-03. Migrate to: customers-v2",
     "Contract 'my-customers' is deprecated: its sunset is 2026-02-03, in 10 days",
     "Move to customers-v2."),
    (OLD, ON, "lifecycle-new-to-deprecated", "new_consumer_warning",
     ("Contract my-customers is deprecated. New consumer: lead-score. Sunset: 2026-02-03. "
     "Migrate to: customers-v2"),
     ("Consumer 'lead-score' came to 'my-customers' after its end was announced: its sunset is "
     "2026-02-03, in 10 days"),
     "Agree with CRM <lead-score@museum.org> to subscribe to customers-v2."),
    (OLD, date(2026, 2, 4), "lifecycle-sunset-overdue", "sunset_overdue",
     "Contract my-customers is deprecated. Sunset: 2026-02-03. Status due: sunset",
     "Contract 'my-customers' is still deprecated, and its sunset was 2026-02-03, 1 day ago",
     "Write status: sunset in the contract, or agree with Data on a later date."),
    (SUNSET, date(2026, 2, 10), "lifecycle-sunset", "sunset_urgent_warning",
     "Contract my-customers is in sunset. Removal: 2026-02-10. Migrate to: customers-v2",
     ("Contract 'my-customers' is in its sunset and may be removed from 2026-02-10 on, which is "
     "today"),
     "Move to customers-v2 now, or ask Data for a later date."),
    (SUNSET, date(2026, 2, 11), "lifecycle-sunset", "sunset_urgent_warning",
     "Contract my-customers is in sunset. Removal: 2026-02-10. Migrate to: customers-v2",
     ("Contract 'my-customers' is in its sunset and could have been removed on 2026-02-10, 1 day "
     "ago"),
     "Move to customers-v2 now, or ask Data for a later date."),
    (OLD, date(2026, 2, 4), "lifecycle-deprecated", "deprecation_warning",
     "Contract my-customers is deprecated. Sunset: 2026-02-03. Migrate to: customers-v2",
     "Contract 'my-customers' is deprecated: its sunset was 2026-02-03, 1 day ago",
     "Move to customers-v2."),
    (SUNSET, date(2026, 2, 10), "lifecycle-new-to-sunset", "new_consumer_error",
     ("Contract my-customers is in sunset. New consumer: lead-score. Removal: 2026-02-10. "
     "Migrate to: customers-v2"),
     ("Consumer 'lead-score' came to 'my-customers' after its end was announced, and in its sunset "
     "it takes nobody in"),
     "Agree with CRM <lead-score@museum.org> to subscribe to customers-v2."),
    (SUNSET, date(2026, 2, 11), "lifecycle-retirement-overdue", "retirement_overdue",
     "Contract my-customers is in sunset. Removal: 2026-02-10. Status due: retired",
     "Contract 'my-customers' is still in its sunset, and could have gone on 2026-02-10, 1 day ago",
     "Retire or remove the contract together with Data, once nobody is registered for it."),
    (RETIRED, ON, "lifecycle-retired-read", "retired_error",
     "Contract my-customers is retired. Consumer: lead-score. Migrate to: customers-v2",
     ("Consumer 'lead-score' is registered for 'my-customers', which is retired: nothing is "
     "promised any more"),
     ("Agree with CRM <lead-score@museum.org> to move to customers-v2, or take the subscription "
     "out.")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "today", "rule", "kind", "line", "sentence", "step"), SENTENCES
)
def test_what_is_said_to_programs_and_to_people(
    contract: Contract, today: date, rule: str, kind: str, line: str, sentence: str, step: str
) -> None:
    finding = found(contract, today)[rule]
    shown = json_report._finding(finding)
    assert (shown["violationType"], shown["message"]) == (kind, line)
    assert (issue(finding), next_step(finding, bare)) == (sentence, step)


def test_what_is_not_said_leaves_no_gap() -> None:
    dbt = replace(OLD, status=None, deprecation=Deprecation(sunset_date="2026-02-03"))
    finding = found(dbt)["lifecycle-deprecated"]
    assert message(finding) == "Contract my-customers is deprecated. Sunset: 2026-02-03."
    assert next_step(finding) == "Move to what its owner names instead."
    guided = replace(OLD, deprecation=replace(ENDS, migration_guide="https://wiki/v2"))
    assert next_step(found(guided)["lifecycle-deprecated"], bare) == (
        "Move to customers-v2 (https://wiki/v2)."
    )


def test_a_finding_of_which_little_is_known_still_has_words() -> None:
    for rule in (
        *LIFECYCLE_RULES,
        *HEALTH_RULES,
    ):  # as a notice has it
        finding = Finding(rule.id, rule.level, "my-customers", "", "")
        assert "{" not in issue(finding) + next_step(finding) + (message(finding) or "")


def test_json_is_as_its_schema_says_and_comes_back_the_same(tmp_path: Path) -> None:
    decision = read_over((OLD, NEXT), (reader(), NEW), date(2026, 2, 4))
    written = tmp_path / "report.json"
    written.write_text(json_report.render(decision))
    schema = Path(json_report.__file__).parents[1] / "report.schema.json"
    jsonschema_rs.validator_for(json.loads(schema.read_text())).validate(
        json.loads(written.read_text())
    )
    assert report.read_report(written).findings == decision.findings
    life = json.loads(written.read_text())["findings"][0]["life"]
    assert (life["state"], life["days_left"], life["readers"]) == ("deprecated", -1, ["crm-sync"])


def test_a_finding_is_the_same_from_day_to_day() -> None:
    first, later = (found(OLD, day)["lifecycle-deprecated"] for day in (ON, date(2026, 2, 1)))
    assert first.fingerprint == later.fingerprint
    assert first != later


def test_the_consumers_concerned_are_named_with_how_to_reach_them() -> None:
    told = found(SUNSET)
    assert [each.contact for each in told["lifecycle-sunset"].consumers] == ["crm-sync@museum.org"]
    newcomer = told["lifecycle-new-to-sunset"]
    assert [each.name for each in newcomer.consumers] == ["lead-score"]
    assert newcomer.owner == Owner("CRM", "lead-score@museum.org")


# ------------------------------------------------------------------ with a database


def there(*names: str) -> Catalog:
    return Catalog(
        "museum", 180000, ("public",), tuple(Table(name, kind="table") for name in names)
    )


def test_a_retired_contract_promises_nothing() -> None:
    both = there("customers", "customers_v2")
    kept = judge((OLD, NEXT), there("customers_v2"), today=ON)
    assert "table-missing" in {each.rule for each in kept.findings}
    gone = judge((RETIRED, NEXT), there("customers_v2"), today=ON)
    assert (gone.status, gone.findings) == ("held", ())
    left = judge((RETIRED, NEXT), both, today=ON)
    assert [(each.rule, each.table) for each in left.findings] == [("table-uncovered", "customers")]


def test_without_a_day_nothing_is_said_of_ends() -> None:
    assert judge((OLD, NEXT), there("customers", "customers_v2")).findings == ()


# ------------------------------------------------------------------ in the gate


def gated(
    before: Contract,
    after: Contract,
    consumers: tuple[tuple[Consumer, ...], tuple[Consumer, ...]] = ((), ()),
    today: date = ON,
    **terms: Any,
) -> list[tuple[str, str]]:
    decision = judge_change(
        Moment((before, NEXT), consumers[0]), Moment((after, NEXT), consumers[1]),
        Terms(today=today, **terms),
    )  # fmt: skip
    return [(each.level, each.rule) for each in decision.findings if each.level != "note"]


ACTIVE = replace(OLD, status="active", deprecation=None)
MORE = replace(ACTIVE, version="1.6.0")
STEPS: dict[str, tuple[Contract, Contract, date, str | None]] = {
    "announced in time": (
        ACTIVE, replace(OLD, version="1.6.0"), date(2026, 1, 3), None,
    ),
    "announced too late": (
        ACTIVE, replace(OLD, version="2.0.0"), date(2026, 1, 5), "notice-too-short",
    ),
    "sunset on its date": (OLD, replace(SUNSET, version="1.6.0"), date(2026, 2, 3), None),
    "sunset a day early": (
        OLD, replace(SUNSET, version="2.0.0"), date(2026, 2, 2), "notice-too-short",
    ),
    "retired a week later": (
        SUNSET, replace(RETIRED, version="2.0.0"), date(2026, 2, 10), "contract-retired",
    ),
    "retired a day early": (
        SUNSET, replace(RETIRED, version="2.0.0"), date(2026, 2, 9), "notice-too-short",
    ),
    "a state left out": (
        ACTIVE, replace(SUNSET, version="2.0.0"), date(2026, 2, 3), "state-skipped",
    ),
    "a step back": (OLD, replace(ACTIVE, version="2.0.0"), ON, "state-stepped-back"),
    "the next version on its day": (
        SUNSET, replace(ACTIVE, version="2.0.0"), date(2026, 2, 10), "contract-retired",
    ),
    "the next version a day early": (
        SUNSET, replace(ACTIVE, version="2.0.0"), date(2026, 2, 9), "state-stepped-back",
    ),
    "an earlier date": (
        OLD, replace(OLD, version="2.0.0", deprecation=replace(ENDS, sunset_date="2026-02-01")),
        ON, "sunset-moved-earlier",
    ),
    "a later date": (
        OLD, replace(OLD, version="1.6.0", deprecation=replace(ENDS, sunset_date="2026-03-01")),
        ON, None,
    ),
    "a later date in the sunset": (
        SUNSET,
        replace(SUNSET, version="1.7.0", deprecation=replace(ENDS, sunset_date="2026-03-01")),
        date(2026, 2, 5), None,
    ),
    "no replacement": (
        ACTIVE, replace(OLD, version="2.0.0", deprecation=replace(ENDS, replacement=None)),
        date(2026, 1, 3), "deprecation-incomplete",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_the_steps_of_a_life_in_the_gate(name: str) -> None:
    before, after, today, rule = STEPS[name]
    errors = [each[1] for each in gated(before, after, today=today) if each[0] == "error"]
    extra = ["lifecycle-incomplete"] if name == "no replacement" else []
    assert errors == ([rule, *extra] if rule else [])


TOO_SOON = [
    (OLD, SUNSET, date(2026, 1, 24), "2026-02-03", "2026-01-24, 10 days sooner"),
    (SUNSET, RETIRED, date(2026, 2, 9), "2026-02-10", "2026-02-09, 1 day sooner"),
]


@pytest.mark.parametrize(("before", "after", "today", "due", "said"), TOO_SOON)
def test_a_step_too_soon_is_told_by_both_days(
    before: Contract, after: Contract, today: date, due: str, said: str
) -> None:
    (verdict,) = weigh(diff([before], [after]), today=today)
    change = verdict.change
    assert (verdict.rule, change.old, change.new) == ("notice-too-short", due, said)


def test_a_project_sets_its_own_periods() -> None:
    late = replace(OLD, version="1.6.0")
    assert ("error", "notice-too-short") in gated(ACTIVE, late, today=date(2026, 1, 20))
    shorter = gated(ACTIVE, late, today=date(2026, 1, 20), periods=Periods(14, 7))
    assert [each[1] for each in shorter if each[0] == "error"] == []


def test_whoever_joins_in_the_sunset_is_stopped_by_the_gate() -> None:
    nameless = reader("lead-score", None)
    joined = gated(SUNSET, SUNSET, ((), (nameless,)))
    assert ("error", "lifecycle-new-to-sunset") in joined
    stayed = gated(SUNSET, SUNSET, ((nameless,), (nameless,)))
    assert [each for each in stayed if each[0] == "error"] == []


def test_the_table_of_a_retired_contract_goes_unannounced() -> None:
    both, one = there("customers", "customers_v2"), there("customers_v2")
    decision = judge_change(
        Moment((RETIRED, NEXT), catalog=both), Moment((RETIRED, NEXT), catalog=one),
        Terms(today=ON),
    )  # fmt: skip
    assert (decision.status, decision.findings) == ("held", ())


# ------------------------------------------------------------------ the commands

DOCUMENT = """\
apiVersion: v3.0.2
kind: DataContract
name: my-customers
version: 1.5.0
status: {status}
owner: Data
{deprecation}models:
  customers:
    elements:
      id: {{type: int}}
"""
DEPRECATION = """\
deprecation:
  announced: "2026-01-03"
  sunset_date: "2026-02-03"
  replacement: customers-v2
"""
SUCCESSOR = """\
apiVersion: v3.0.2
kind: DataContract
name: customers-v2
version: 2.0.0
status: active
owner: Data
models:
  customers_v2:
    elements:
      id: {type: int}
"""
REGISTRY = """\
consumers:
  - name: lead-score
    team: CRM
    mode: operational
    migration_contact: crm@museum.org
    subscriptions:
      - {{contract: my-customers, version: "{version}", since: {since},
         table: customers, columns: [id]}}
"""


def folder(
    tmp_path: Path, status: str = "sunset", version: str = "1.5.0", since: str = "2026-01-20"
) -> Path:
    (tmp_path / "contracts").mkdir()
    ends = DEPRECATION if status != "active" else ""
    for name, content in {
        "customers.yaml": DOCUMENT.format(status=status, deprecation=ends),
        "customers_v2.yaml": SUCCESSOR,
        "consumers.yaml": REGISTRY.format(version=version, since=since),
    }.items():
        (tmp_path / "contracts" / name).write_text(content)
    return tmp_path


def findings(ran: Ran) -> list[tuple[str, str, int | None]]:
    return [
        (each["rule"], each["level"], each["location"] and each["location"]["line"])
        for each in json.loads(ran.out)["findings"]
    ]


def test_check_says_what_a_state_means_today(tmp_path: Path) -> None:
    there_are = folder(tmp_path)
    ran = docent(
        "check", "--documents", "--now", "2026-02-03", "--format", "json", folder=there_are
    )
    assert ran.code == 1, ran.err
    assert findings(ran) == [
        ("lifecycle-sunset", "warning", 5), ("lifecycle-new-to-sunset", "error", 7),
    ]  # fmt: skip
    plain = docent("check", "--documents", "--now", "2026-02-03", folder=there_are)
    assert "'lead-score' came to 'my-customers'" in plain.out


def test_a_time_is_the_day_that_it_is_in_utc(tmp_path: Path) -> None:
    there_are = folder(tmp_path, "deprecated", since="2025-01-01")

    def rules(now: str) -> list[str]:
        ran = docent("check", "--documents", "--now", now, "--format", "json", folder=there_are)
        return [each[0] for each in findings(ran)]

    assert rules("2026-02-04T00:30+02:00") == ["lifecycle-deprecated"]
    assert rules("2026-02-04T00:30-02:00") == ["lifecycle-deprecated", "lifecycle-sunset-overdue"]


@pytest.mark.parametrize("version", ["latest", "*", ""])
def test_a_consumer_of_the_latest_is_a_finding_and_no_broken_document(
    tmp_path: Path, version: str
) -> None:
    ran = docent(
        "check", "--documents", "--format", "json", folder=folder(tmp_path, "active", version)
    )
    assert (ran.code, findings(ran)) == (1, [("subscription-floating", "error", 7)])


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    for command in ("check", "gate"):
        ran = docent(command, "--documents", "--now", "2026-02-30", folder=folder(tmp_path))
        assert (ran.code, ran.out) == (2, ""), ran
        (tmp_path / "contracts").rename(tmp_path / command)


def test_the_gate_hears_the_projects_periods(tmp_path: Path) -> None:
    history = History(tmp_path / "shop")
    settings = '[tool.docent]\nbase = "main"\nnotice-days = 14\nsunset-days = 1\n'
    was = DOCUMENT.format(status="active", deprecation="")
    history.commit({"pyproject.toml": settings, "contracts/customers.yaml": was,
                    "contracts/customers_v2.yaml": SUCCESSOR})  # fmt: skip
    history.branch("work")
    ends = DOCUMENT.format(status="deprecated", deprecation=DEPRECATION)
    history.commit({"contracts/customers.yaml": ends.replace("1.5.0", "1.6.0")})

    def gate(now: str) -> tuple[int, set[str]]:
        ran = docent("gate", "--now", now, "--format", "json", folder=history.root)
        return ran.code, {each["rule"] for each in json.loads(ran.out)["findings"]}

    assert gate("2026-01-20") == (0, {"contract-deprecated", "lifecycle-deprecated"})
    code, rules = gate("2026-01-21")
    assert code == 1
    assert "notice-too-short" in rules
    assert gate("2026-01-21T01:00+02:00")[0] == 0  # still the day before, in UTC


@pytest.mark.parametrize(
    ("before", "after", "environment", "refused"),
    [
        ("notice-days = 14", "notice-days = 14", {}, False),
        ("notice-days = 14", "notice-days = 1", {}, False),  # what was owed before was given
        ("notice-days = 60", "notice-days = 1", {}, True),
        ("notice-days = 60", None, {}, True),
        ("notice-days = 'two'", "notice-days = 14", {}, True),  # what is usual
        (None, "notice-days = 14", {}, True),  # what is usual
        ("notice-days = 60", "notice-days = 60", {"DOCENT_NOTICE_DAYS": "14"}, False),
        (None, None, {"DOCENT_NOTICE_DAYS": "14"}, False),
    ],
)
def test_no_branch_shortens_its_own_notice(
    tmp_path: Path,
    before: str | None,
    after: str | None,
    environment: dict[str, str],
    refused: bool,
) -> None:
    history = History(tmp_path / "shop")

    def project(said: str | None) -> str:
        return f"[tool.docent]\n{said}\n" if said else "[project]\nname = 'docent'\n"

    was = DOCUMENT.format(status="active", deprecation="")
    history.commit({"pyproject.toml": project(before), "contracts/customers.yaml": was,
                    "contracts/customers_v2.yaml": SUCCESSOR})  # fmt: skip
    history.branch("work")
    ends = DOCUMENT.format(status="deprecated", deprecation=DEPRECATION).replace("1.5.0", "1.6.0")
    history.commit({"pyproject.toml": project(after), "contracts/customers.yaml": ends})
    ran = docent(
        "gate", "--base", "main", "--now", "2026-01-20", "--format", "json",
        folder=history.root, settings=environment,
    )  # fmt: skip
    rules = {each["rule"] for each in json.loads(ran.out)["findings"]}
    assert ("notice-too-short" in rules, ran.code) == (refused, int(refused))


PARENT = """\
contract: house
version: "1.0.0"
status: active
owner: Data
notice:
  lead_days: 60
"""


def test_the_notice_that_a_parent_promises_is_owed(tmp_path: Path) -> None:
    history = History(tmp_path / "shop")
    child = DOCUMENT.replace("name: my-customers\n", "name: my-customers\nextends: house\n")
    was = child.format(status="active", deprecation="")
    history.commit({"contracts/house.yaml": PARENT, "contracts/customers.yaml": was,
                    "contracts/customers_v2.yaml": SUCCESSOR})  # fmt: skip
    history.branch("work")
    ends = child.format(status="deprecated", deprecation=DEPRECATION).replace("1.5.0", "1.6.0")
    history.commit({"contracts/customers.yaml": ends})
    ran = docent("gate", "--base", "main", "--now", "2026-01-03", "--format", "json",
                 folder=history.root)  # fmt: skip
    short = [each for each in json.loads(ran.out)["findings"] if each["rule"] == "notice-too-short"]
    assert [(each["promised"], each["found"]) for each in short] == [("60 days", "31 days")]

    ends = child.format(status="active", deprecation="")
    history.commit({"contracts/customers.yaml": ends})
    words = ("deprecate", "my-customers", "--replacement", "customers-v2", "--now", "2026-01-03")
    ended = docent(*words, "--dry-run", folder=history.root)
    assert "2026-03-11" in ended.out, ended  # sixty days, and a week for the review
    file = history.root / "contracts" / "customers.yaml"
    file.write_text(was.replace("id: {type: int}", "number: {type: int}"))
    planned = docent("plan", "main:contracts", "contracts", "--now", "2026-01-03",
                     folder=history.root)  # fmt: skip
    assert "60 days of notice" in planned.out, planned


def test_the_museum_has_no_end_in_sight() -> None:
    ran = docent("check", "--documents", "--now", "2026-03-01", "--format", "json")
    assert (ran.code, findings(ran)) == (0, [])


def test_the_text_says_whom_it_concerns() -> None:
    shown = text.render(read_over((OLD, NEXT), (reader(), NEW), ON))
    assert "crm-sync" in shown
