"""Every way of telling a decision, on the same decisions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from contracts.model import Location, Owner
from detection.model import CheckLabel, Violation
from prevention.decision import Checked, Decision, Finding, HurtConsumer, decide, finding_of
from prevention.render import book, github, json_report, junit, markdown, text
from prevention.render.plain import label_of
from prevention.report import read_report
from tests.prevention.museum import (
    ARRAY_MISSING,
    BROKEN,
    CHECKED,
    DECISIONS,
    DOWN,
    HELD,
    IMAGES,
    LABELLED,
    MISSING,
    NORMALIZED,
    RENAMED,
    TABLE_MISSING,
    uncovered,
)

SCHEMA = json.loads(
    Path(json_report.__file__).parents[1].joinpath("report.schema.json").read_text()
)


def test_text_is_a_block_for_each_cause_and_a_line_that_counts() -> None:
    assert text.render(BROKEN) == (
        "error  column-renamed  public.object_images.primary_image\n"
        "  Column 'primary_image' is defined in contract but renamed to 'image' in data catalog\n"
        f"  contract  {IMAGES}\n"
        "  promised  primary_image\n"
        "  found     image\n"
        "  owner     Data Engineering Team <data-eng@museum.org>\n"
        "  promise   contracts/object_images_contract_spec.json:31\n"
        "  next      Rename 'image' back to 'primary_image', or agree with Data Engineering Team "
        "<data-eng@museum.org> on the new name: keep both columns until every reader has moved.\n"
        "\n"
        "error  table-missing  public.object_images_normalized\n"
        "  Table 'object_images_normalized' is under contract but missing from data catalog\n"
        f"  contract  {NORMALIZED}\n"
        "  owner     Data Engineering Team <data-eng@museum.org>\n"
        "  promise   contracts/object_images_normalized_contract_spec.json:14\n"
        "  folded    4 findings under this one; --unfold lists them\n"
        "  next      Create the table (has every migration run? alembic upgrade head), or agree "
        "with Data Engineering Team <data-eng@museum.org> to retire the contract.\n"
        "\n"
        "warning  column-undeclared  public.object_images.notes\n"
        "  Column 'notes' is present in data catalog but not declared in contract\n"
        f"  contract  {IMAGES}\n"
        "  found     text\n"
        "  owner     Data Engineering Team <data-eng@museum.org>\n"
        "  next      Declare the column in the contract together with Data Engineering Team "
        "<data-eng@museum.org>, or drop it.\n"
        "\n"
        "warning  table-uncovered  public.guestbook\n"
        "  Table 'guestbook' is present in data catalog but under no contract\n"
        "  next      Draft a contract for it: docent draft public.guestbook\n"
        "\n"
        "2 promises broken; 2 warnings. Checked 2 contracts, 2 tables and 8 columns in museum.\n"
    )


@pytest.mark.parametrize(
    ("label", "told"),
    [
        (None, None),
        (CheckLabel("no_ghosts"), "no_ghosts"),
        (CheckLabel("no_ghosts", "Why."), "no_ghosts: Why."),
        (CheckLabel(dimension="completeness"), "completeness"),
        (CheckLabel(None, "Why\nnot.", None, "high"), "severity high: Why not."),
        (CheckLabel("no_ghosts", "Why.", "completeness", "high"),
         "no_ghosts (completeness, severity high): Why."),
    ],
)  # fmt: skip
def test_what_an_author_calls_a_check_is_one_line(
    label: CheckLabel | None, told: str | None
) -> None:
    assert label_of(replace(finding_of(MISSING), label=label)) == told


@pytest.mark.parametrize("form", [text, markdown, junit])
def test_what_an_author_calls_a_check_is_told(form: ModuleType) -> None:
    assert "no_ghosts (completeness, severity high): A work" in form.render(LABELLED)
    assert "check: " not in form.render(decide([MISSING], CHECKED))


@pytest.mark.parametrize(
    ("decision", "last"),
    [
        (HELD, "All promises hold. Checked 2 contracts, 2 tables and 8 columns in museum."),
        (
            decide([], Checked(("museum/object",), 1, 1)),
            (
                "The documents are in order. "
                "Checked 1 contract, 1 table and 1 column, without a database."
            ),
        ),
        (
            decide([MISSING], CHECKED),
            "1 promise broken. Checked 2 contracts, 2 tables and 8 columns in museum.",
        ),
        (
            decide([MISSING], CHECKED, accepted={finding_of(MISSING).fingerprint, "old"}),
            (
                "All promises hold; 1 known before; 1 entry of the baseline no longer needed. "
                "Checked 2 contracts, 2 tables and 8 columns in museum."
            ),
        ),
        (DOWN, "Could not judge."),
    ],
)
def test_the_last_line_is_the_outcome(decision: Decision, last: str) -> None:
    assert text.render(decision).splitlines()[-1] == last
    assert github.render(decision).splitlines()[-1] == last


def test_tables_without_a_contract_are_one_block_until_somebody_asks() -> None:
    decision = decide([uncovered(f"guestbook_{number}") for number in range(5)], CHECKED)
    folded = text.render(decision)
    assert folded.count("table-uncovered") == 1
    assert (
        "  found     public.guestbook_0, public.guestbook_1, public.guestbook_2 and 2 more; "
        "--unfold lists them" in folded
    )
    assert text.render(decision, unfold=True).count("table-uncovered") == 5


def test_a_great_many_tables_without_a_contract_are_counted_in_the_comment_too() -> None:
    decision = decide([uncovered(f"guestbook_{number}") for number in range(5_000)], CHECKED)
    comment = markdown.render(decision)
    assert "### warning: 5000 tables under no contract" in comment
    assert "`public.guestbook_49` and 4950 more" in comment
    assert len(github.render(decision).splitlines()) == 2


def test_unfolded_text_names_the_cause_of_each_part() -> None:
    lines = text.render(BROKEN, unfold=True)
    assert lines.count("cause     table-missing public.object_images_normalized") == 4


def test_colour_changes_nothing_but_the_colour() -> None:
    painted = text.render(BROKEN, colour=True)
    assert "\x1b[1;31merror\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == text.render(BROKEN)


@pytest.mark.parametrize("unfold", [False, True])
@pytest.mark.parametrize("name", DECISIONS)
def test_json_is_as_its_schema_says_and_comes_back_the_same(
    name: str, unfold: bool, tmp_path: Path
) -> None:
    decision = DECISIONS[name]
    written = tmp_path / "report.json"
    written.write_text(json_report.render(decision, unfold=unfold))
    jsonschema_rs.validator_for(SCHEMA).validate(json.loads(written.read_text()))
    assert read_report(written) == (decision.unfolded() if unfold else decision)


def test_json_has_the_published_shape() -> None:
    alone = replace(RENAMED, parts=())
    report = json.loads(json_report.render(decide([alone], CHECKED)))
    finding = report["findings"][0]
    assert finding.pop("fingerprint") == finding_of(alone).fingerprint
    assert finding.pop("next").startswith("Rename 'image' back to 'primary_image'")
    assert finding.pop("issue").startswith("Column 'primary_image' is defined in contract but")
    assert report == {
        "schema": "urn:docent:report:1.0.0",
        "status": "broken",
        "exit": 1,
        "checked": {
            "contracts": 2,
            "tables": 2,
            "columns": 8,
            "database": "museum",
            "contract_names": [IMAGES, NORMALIZED],
            "measured": 0,
            "functions": 0,
        },
        "findings": [
            {
                "rule": "column-renamed",
                "level": "error",
                "contract": IMAGES,
                "element": "public.object_images.primary_image",
                "schema": "public",
                "table": "object_images",
                "column": "primary_image",
                "promised": "primary_image",
                "found": "image",
                "rows": [],
                "check": None,
                "violationType": None,
                "message": None,
                "life": None,
                "owner": {"name": "Data Engineering Team", "email": "data-eng@museum.org"},
                "location": {
                    "file": "contracts/object_images_contract_spec.json",
                    "line": 31,
                    "column": 7,
                },
                "consumers": [],
                "cause": None,
                "acknowledged": False,
                "acknowledged_by": None,
                "aspect": None,
                "kin": None,
                "verdict": None,
                "changed_at": None,
                "parts": [],
            }
        ],
        "obstacles": [],
        "stale_baseline_entries": 0,
        "compared": None,
        "comparison": None,
        "queries": None,
    }


def test_every_field_of_the_schema_is_described() -> None:
    jsonschema_rs.meta.validate(SCHEMA)

    def undescribed(schema: object, path: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        fields = {**schema.get("properties", {}), **schema.get("$defs", {})}
        missing = [f"{path}/{name}" for name, field in fields.items() if "description" not in field]
        below = (undescribed(field, f"{path}/{name}") for name, field in fields.items())
        return missing + [name for names in below for name in names]

    assert undescribed(SCHEMA, "") == []


def test_the_book_numbers_every_column_that_breaks_its_promise() -> None:
    decision = decide([MISSING, ARRAY_MISSING, uncovered("guestbook")], CHECKED)
    assert book.render(decision) == (
        "1. Contract: object_images_contract_spec\n"
        "   Table: object_images\n"
        "   Column: primary_image\n"
        "   Issue: Column 'primary_image' is defined in contract but missing from data catalog\n"
        "\n"
        "2. Contract: object_images_contract_spec\n"
        "   Table: object_images\n"
        "   Column: additional_images\n"
        "   Issue: Column 'additional_images' is defined in contract but missing from data catalog"
    )


def test_the_book_unfolds_a_missing_table_and_names_it() -> None:
    decision = decide([TABLE_MISSING], CHECKED)
    issues = [line.strip() for line in book.render(decision).splitlines() if "Issue" in line]
    assert issues == [
        f"Issue: Column '{column}' is defined in contract but missing from data catalog"
        for column in ("object_id", "image", "is_primary_image", "created_at")
    ]
    assert book.missing_tables(decision) == ["object_images_normalized"]


def test_the_book_tells_a_rename_as_a_missing_column_with_a_hint() -> None:
    assert book.render(decide([RENAMED], CHECKED)).splitlines()[-2:] == [
        "   Issue: Column 'primary_image' is defined in contract but missing from data catalog",
        "   Hint: it looks renamed to 'image'",
    ]


def test_github_annotates_the_line_of_the_promise() -> None:
    lines = github.render(BROKEN).splitlines()
    owner = "Data Engineering Team <data-eng@museum.org>"
    assert lines[0] == (
        "::error file=contracts/object_images_contract_spec.json,line=31,col=7,"
        "title=column-renamed public.object_images.primary_image::"
        "Column 'primary_image' is defined in contract but renamed to 'image' in data catalog"
        f"%0AContract: {IMAGES}%0AOwner: {owner}%0A"
        f"Next: Rename 'image' back to 'primary_image', or agree with {owner} on the new name: "
        "keep both columns until every reader has moved."
    )
    kinds = [line.partition(" ")[0] for line in lines]
    assert kinds == ["::error", "::error", "::warning", "::warning", "2"]


@pytest.mark.parametrize(
    ("text", "data", "parameter"),
    [
        ("plain", "plain", "plain"),
        ("50%", "50%25", "50%25"),
        ("%0A", "%250A", "%250A"),
        ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ("a: b, c", "a: b, c", "a%3A b%2C c"),
        ("::error::x", "::error::x", "%3A%3Aerror%3A%3Ax"),
    ],
)
def test_github_escapes_as_its_runner_undoes(text: str, data: str, parameter: str) -> None:
    assert (github.data(text), github.parameter(text)) == (data, parameter)


def test_github_counts_paths_from_the_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "museum").mkdir()
    monkeypatch.chdir(tmp_path / "museum")
    assert "file=museum/contracts/object_images" in github.render(BROKEN, root=str(tmp_path))
    assert "file=contracts/object_images" in github.render(BROKEN, root="/somewhere/else")


def test_junit_has_a_suite_for_each_contract() -> None:
    suites = ET.fromstring(junit.render(BROKEN))
    assert {suite.get("name"): len(suite) for suite in suites} == {
        IMAGES: 2,
        NORMALIZED: 1,
        "without a contract": 1,
    }
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("4", "2", "0")
    failure = suites.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "column-renamed"
    assert "owner: Data Engineering Team" in str(failure.text)


def test_junit_shows_contracts_that_hold_and_why_nothing_was_judged() -> None:
    held = ET.fromstring(junit.render(HELD))
    assert [case.get("name") for case in held.iter("testcase")] == ["every promise holds"] * 2
    down = ET.fromstring(junit.render(DOWN))
    assert down.get("errors") == "2"
    assert [error.get("message") for error in down.iter("error")] == [
        "The server is down.",
        "at name: It is empty.",
    ]


def test_markdown_is_found_again_and_says_who_is_asked() -> None:
    comment = markdown.render(BROKEN)
    lines = comment.splitlines()
    assert lines[0] == "<!-- docent:contract-check -->"
    assert lines[1] == "## Data contracts: 2 promises broken"
    assert "### error: `public.object_images.primary_image`" in lines
    assert (
        "Column `primary_image` is defined in contract but renamed to `image` in data catalog "
        "(`column-renamed`)" in lines
    )
    assert "- owner: `Data Engineering Team <data-eng@museum.org>`" in lines
    assert "- promise: `contracts/object_images_contract_spec.json:31`" in lines
    assert "- folded: `object_id`, `image`, `is_primary_image`, `created_at`" in lines


@pytest.mark.parametrize(
    ("decision", "resolved", "title"),
    [
        (HELD, False, "## Data contracts: all promises hold"),
        (HELD, True, "## Data contracts: resolved, all promises hold"),
        (DOWN, False, "## Data contracts: could not judge"),
    ],
)
def test_the_title_of_the_comment_is_the_outcome(
    decision: Decision, resolved: bool, title: str
) -> None:
    assert markdown.render(decision, resolved=resolved).splitlines()[1] == title


def test_markdown_keeps_within_the_limit_and_points_to_the_rest() -> None:
    many = [replace(MISSING, column=f"ä{number}" * 20) for number in range(2_000)]
    comment = markdown.render(decide(many, CHECKED))
    assert 50_000 < len(comment.encode()) <= markdown.COMMENT_LIMIT
    left = 2_000 - comment.count("\n### ")
    assert comment.rstrip().endswith(
        f"**{left} more findings did not fit here.** "
        "The rest is in the job's summary and in the report that it keeps."
    )


HOSTILE = st.one_of(
    st.sampled_from(
        [
            "@museum/everyone",
            "![x](https://example.org/x.png)",
            "[click](https://example.org)",
            "<img src=x onerror=alert(1)>",
            "https://example.org",
            "www.example.org",
            "`` ` ``",
            "`",
            "\n\n# heading\n",
            "\r\n::error::planted",
            "-->",
            "<!-- docent:contract-check -->",
            "| a | b |",
            "\\`@museum`",
            "&#64;museum",
            "a@museum.org",
            "#1 museum/museum#2",
            "\x1b]0;title\x07",
            "\u202eright to left",
            "]]>",
            "\x00",
            "",
            " ",
        ]
    ),
    st.text(max_size=40),
    st.text(alphabet="`\\<>[]()!@#*_~|&;:/.\n\r -x", max_size=20),
)


@st.composite
def hostile_findings(draw: st.DrawFn) -> Finding:
    hostile = draw(st.lists(HOSTILE, min_size=10, max_size=10))
    return Finding(
        rule=draw(
            st.sampled_from(["column-missing", "column-renamed", "table-uncovered", hostile[0]])
        ),
        level=draw(st.sampled_from(["error", "warning", "note"])),
        contract=draw(st.none() | st.just(hostile[1])),
        schema=hostile[2],
        table=hostile[3],
        column=hostile[4],
        promised=hostile[5],
        found=hostile[6],
        owner=Owner(hostile[7], draw(HOSTILE)),
        location=Location(hostile[8], 3),
        consumers=(HurtConsumer(hostile[9]),),
        cause=draw(st.none() | HOSTILE),
    )


hostile_decisions = st.builds(
    Decision,
    status=st.just("broken"),
    checked=st.builds(
        Checked,
        contracts=st.lists(HOSTILE, max_size=2).map(tuple),
        tables=st.just(1),
        columns=st.just(1),
        database=st.none() | HOSTILE,
    ),
    findings=st.lists(hostile_findings(), max_size=3).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(hostile_decisions)
def test_nothing_that_an_author_plants_survives_in_the_comment(decision: Decision) -> None:
    tokens = (
        MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown.render(decision))
    )
    blocks = [token for token in tokens if token.type == "html_block"]
    assert [block.content.strip() for block in blocks] == [markdown.MARKER]
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= {"text", "code_inline", "softbreak"} | {
        "strong_open",
        "strong_close",
    }
    prose = "".join(child.content for child in inline if child.type == "text")
    assert not re.search(r"[@<>\[\]]|://|www\.|#\d|museum", prose)


@settings(max_examples=100, deadline=None)
@given(hostile_decisions)
def test_junit_is_xml_whatever_it_tells(decision: Decision) -> None:
    ET.fromstring(junit.render(decision).encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(hostile_decisions)
def test_a_log_line_is_never_a_command_that_somebody_planted(decision: Decision) -> None:
    lines = github.render(decision).split("\n")
    pattern = r"::(error|warning|notice) (file=[^,:]*,line=\d+,col=\d+,)?title=[^,:]*::"
    assert all(re.match(pattern, line) for line in lines[:-2])
    assert not lines[-2].startswith("::")
    for line in text.render(decision).split("\n"):
        assert line.isprintable()
        assert not line.startswith("::")


def test_values_of_a_violation_are_shown_as_they_are() -> None:
    quoted = Violation("column-missing", "error", "m/o", "Odd Schema", 'a "table"', "Größe")
    assert 'Odd Schema.a "table".Größe' in text.render(decide([quoted], CHECKED))
