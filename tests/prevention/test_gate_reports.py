"""The gate's decisions in every form, and read back from a report of whoever wrote it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from contracts.model import Location, Owner
from detection.change import IMPACTS, Impact
from detection.evolution import CHANGE_RULES
from prevention.acknowledgements import fingerprint_of
from prevention.acknowledging import let_pass
from prevention.change_words import GATE_WORDS
from prevention.decision import (
    Checked,
    Compared,
    Decision,
    Finding,
    HurtConsumer,
    Meaning,
)
from prevention.gate_rules import GATE_RULES
from prevention.render import github, json_report, junit, markdown, text
from prevention.report import read_report
from prevention.words import issue, next_step, reason_of
from tests.prevention.changed import FILE, IMAGES, finding
from tests.prevention.test_render import HOSTILE, SCHEMA

READERS = (HurtConsumer("gallery-map", "visitor-experience@museum.org"),)
REMOVED = finding(consumers=READERS, owner=Owner("Data Engineering", "data-eng@museum.org"))
UNANNOUNCED = replace(
    REMOVED,
    rule="migration-unannounced",
    cause="column-removed public.object_images.primary_image",
    changed_at=Location("migrations/versions/2_drop.py", 9, 5),
)
ADDED = finding(
    "photographer", rule="column-added", level="note", promised=None, found="text",
    meaning=Meaning("additive", "additive", ("guide-app bears columns that it does not know",)),
)  # fmt: skip
TOO_LOW = Finding(
    "version-too-low", "error", IMAGES, "", "", promised="2.0.0", found="1.3.0",
    aspect="version", location=Location(FILE, 4, 3),
)  # fmt: skip
EXPIRED = Finding(
    "acknowledgement-expired", "warning", IMAGES, "", "",
    promised="column-removed of public.object_images.tags", found="2026-01-31",
    owner=Owner("Ada"), location=Location("contracts/acknowledgements.yaml", 5, 5),
)  # fmt: skip
CHECKED = Checked((IMAGES,), 1, 4, "a scratch database")
COMPARED = Compared("origin/main", "a" * 40, "b" * 40, migrated=True)
RED = Decision(
    "broken", CHECKED, (REMOVED, UNANNOUNCED, ADDED, TOO_LOW, EXPIRED), compared=COMPARED
)
GREEN = Decision(
    "held", CHECKED, (let_pass(REMOVED, "--accept"), ADDED),
    compared=replace(COMPARED, head=None, migrated=False),
)  # fmt: skip


def test_every_rule_of_the_gate_has_words_and_a_page() -> None:
    assert set(GATE_WORDS) == {rule.id for rule in GATE_RULES}
    for rule in GATE_RULES:
        assert "**Example.**" in rule.page, rule.id
        assert "**What to do.**" in rule.page, rule.id


@pytest.mark.parametrize("rule", [rule.id for rule in CHANGE_RULES])
def test_every_change_has_words(rule: str) -> None:
    found = finding(rule=rule, promised="before", found="after")
    assert issue(found).endswith(" ('before' → 'after')")
    assert "`before`" in issue(found, markdown.code)
    assert next_step(found)
    assert reason_of(found)


@pytest.mark.parametrize(
    ("promised", "found", "ends"),
    [
        ("text", None, " (it was 'text')"),
        (None, "text", " (it is 'text')"),
        (None, None, "A column is gone"),
        ("text", "", " ('text' → '')"),
    ],
)
def test_what_was_and_what_is(promised: str | None, found: str | None, ends: str) -> None:
    assert issue(finding(promised=promised, found=found)).endswith(ends)


def test_text_tells_a_change_whom_it_hurts_and_how_it_may_pass() -> None:
    told = text.render(RED)
    assert told.startswith(
        "error  column-removed  public.object_images.primary_image\n"
        "  A column is gone (it was 'text')\n"
        f"  contract  {IMAGES}\n"
        "  before    text\n"
        "  verdict   breaking for readers, breaking for writers\n"
        "  hurt      Readers who name the column: their queries fail. Writers who fill it, too.\n"
        "  owner     Data Engineering <data-eng@museum.org>\n"
        f"  promise   {FILE}:28\n"
        "  consumers gallery-map (visitor-experience@museum.org)\n"
    )
    assert f"  accept    docent ack {fingerprint_of(REMOVED)}\n" in told
    assert "  changed   migrations/versions/2_drop.py:9\n" in told
    assert (
        "note  column-added  public.object_images.photographer: "
        "A column that may be null, or says nothing of it, is new (it is 'text')\n"
    ) in told
    assert told.endswith(
        "3 reasons to stop; 1 warning; 1 note. Compared commit bbbbbbbb with origin/main at "
        "aaaaaaaa, and ran the migrations of both. "
        "Checked 1 contract, 1 table and 4 columns in a scratch database.\n"
    )


def test_what_may_pass_is_told_in_full_and_marked() -> None:
    told = text.render(GREEN)
    assert told.startswith("ACKED  column-removed  public.object_images.primary_image\n")
    assert "  ACKED     --accept\n" in told
    assert "docent ack" not in told
    assert "Nothing stops this change; 1 ACKED; 1 note. Compared the working tree with" in told
    assert "and ran no migrations." in told


def test_what_nothing_excuses_is_not_offered_to_pass() -> None:
    invalid = finding(rule="child-weaker", meaning=Meaning("invalid", "invalid"))
    assert "docent ack" not in text.render(replace(RED, findings=(invalid,)))


def test_annotations_stand_on_the_line_that_changed() -> None:
    lines = github.render(RED).splitlines()
    assert lines[0].startswith(f"::error file={FILE},line=28,col=7,title=column-removed ")
    assert lines[1].startswith("::error file=migrations/versions/2_drop.py,line=9,col=5,")
    assert "Consumers: gallery-map (visitor-experience@museum.org)" in lines[0]
    (acked, *_) = github.render(GREEN).splitlines()
    assert acked.startswith("::notice ")
    assert "ACKED: --accept" in acked


def test_junit_fails_what_stops_and_skips_what_may_pass() -> None:
    red = ET.fromstring(junit.render(RED))
    assert (red.get("name"), red.get("failures"), red.get("skipped")) == ("docent gate", "3", "0")
    green = ET.fromstring(junit.render(GREEN))
    assert (green.get("failures"), green.get("skipped")) == ("0", "1")
    assert green.find(".//skipped").get("message").startswith("ACKED (--accept): ")  # type: ignore[union-attr]
    gone = replace(RED, checked=Checked(("m/other",), 1, 1))
    suites = [suite.get("name") for suite in ET.fromstring(junit.render(gone))]
    assert suites == ["m/other", IMAGES]


def test_the_comment_tells_how_many_reasons_there_are() -> None:
    red, green = markdown.render(RED), markdown.render(GREEN)
    assert "## Data contracts: 3 reasons to stop\n" in red
    assert "- verdict: breaking for readers, breaking for writers\n" in red
    assert "- consumers: `gallery-map` (`visitor-experience@museum.org`)\n" in red
    assert "- changed: `migrations/versions/2_drop.py:9`\n" in red
    assert "## Data contracts: nothing stops this change\n" in green
    assert "### ACKED: `public.object_images.primary_image`\n" in green
    assert "resolved, nothing stops this change" in markdown.render(GREEN, resolved=True)


@pytest.mark.parametrize("decision", [RED, GREEN])
def test_a_report_has_the_published_shape_and_is_read_back_as_it_was(
    decision: Decision, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    file.write_text(json_report.render(decision))
    jsonschema_rs.validator_for(SCHEMA).validate(json.loads(file.read_text()))
    again = read_report(file)
    assert again == decision
    for render in (text.render, github.render, junit.render, markdown.render):
        assert render(again) == render(decision)


def test_a_report_of_before_the_gate_is_still_read(tmp_path: Path) -> None:
    """The shape only ever grows: none of the new keys is asked for."""
    report = json.loads(json_report.render(replace(GREEN, findings=(finding(meaning=None),))))
    new = {"acknowledged_by", "aspect", "verdict", "changed_at"}
    for found in report["findings"]:
        for key in new:
            del found[key]
    del report["compared"]
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report))
    read = read_report(file)
    assert (read.compared, read.findings[0].meaning) == (None, None)


SIDES: st.SearchStrategy[Impact | None] = st.sampled_from((*IMPACTS, None))
RULES = st.sampled_from([rule.id for rule in CHANGE_RULES] + [rule.id for rule in GATE_RULES])


@st.composite
def hostile_changes(draw: st.DrawFn) -> Finding:
    hostile = draw(st.lists(HOSTILE, min_size=12, max_size=12))
    return Finding(
        rule=draw(RULES),
        level=draw(st.sampled_from(["error", "warning", "note"])),
        contract=draw(st.none() | st.just(hostile[0])),
        schema=hostile[1],
        table=hostile[2],
        column=hostile[3],
        promised=draw(st.none() | st.just(hostile[4])),
        found=draw(st.none() | st.just(hostile[5])),
        owner=Owner(hostile[6]),
        location=Location(hostile[7], 3),
        consumers=(HurtConsumer(hostile[8], hostile[9]),),
        cause=draw(st.none() | st.just(hostile[10]) | RULES),
        acknowledged_by=draw(st.none() | st.just(hostile[11])),
        aspect=draw(st.none() | HOSTILE),
        meaning=Meaning(draw(SIDES), draw(SIDES), (draw(HOSTILE),)),
        changed_at=draw(st.none() | st.just(Location(hostile[7], 4))),
    )


hostile_decisions = st.builds(
    Decision,
    status=st.just("broken"),
    checked=st.just(CHECKED),
    findings=st.lists(hostile_changes(), max_size=3).map(tuple),
    compared=st.builds(Compared, HOSTILE, st.just("a" * 40), st.none()),
)


@settings(max_examples=100, deadline=None)
@given(hostile_decisions)
def test_nothing_that_an_author_plants_survives(decision: Decision) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown.render(decision))
    blocks = [token for token in tokens if token.type == "html_block"]
    assert [block.content.strip() for block in blocks] == [markdown.MARKER]
    inline = [child for token in tokens for child in token.children or []]
    kinds = {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
    assert {child.type for child in inline} <= kinds
    prose = "".join(child.content for child in inline if child.type == "text")
    assert not re.search(r"[@<>\[\]]|://|www\.|#\d", prose)
    ET.fromstring(junit.render(decision).encode("utf-8", "surrogatepass"))
    for line in text.render(decision).split("\n"):
        assert line.isprintable()
        assert not line.startswith("::")
    pattern = r"::(error|warning|notice) file=[^,:]*,line=\d+,col=\d+,title=[^,:]*::"
    assert all(re.match(pattern, line) for line in github.render(decision).split("\n")[:-2])
    jsonschema_rs.validator_for(SCHEMA).validate(json.loads(json_report.render(decision)))
