"""What people see: the same in HTML and in text, and harmless whatever others wrote."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import Location, Owner
from detection.model import Violation
from docent import cards
from docent.display import OUTCOME_TYPE, Shown, escaped, plain, prose, rows_table, show
from docent.exercise import Outcome
from docent.expecting import expectation_card
from docent.lessons import EXERCISES, LESSONS
from docent.records import Progress, Record
from docent.shell import Ran
from prevention.decision import Checked, decide, finding_of

EXERCISE = EXERCISES["00.1"]

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>body{display:none}</style>",
    "</code></pre><h1>",
    "`<b>` and `",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "\x1b[31mred\x07\x00",
    "\u202egnp.exe",
    "\ud800",
    "$\\href{javascript:alert(1)}{x}$",
    "a" * 500,
]


class Tags(HTMLParser):
    """Collect what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {
    "style", "div", "span", "p", "code", "pre", "dl", "dt", "dd", "br", "table", "thead", "tbody",
    "tr", "th", "td",
}  # fmt: skip


def assert_harmless(shown: Shown[object]) -> Tags:
    tags = Tags()
    tags.feed(re.sub(r"<style>.*?</style>", "<style></style>", shown.html(), flags=re.DOTALL))
    assert tags.tags <= OURS
    assert tags.attributes <= {"class", "scope", "role", "aria-label"}
    assert shown.html().count("<style>") == 1
    for text in (shown.html(), repr(shown)):
        assert not {mark for mark in text if unicodedata.category(mark) in ("Cc", "Cf", "Cs")} - {
            "\n",
            "\t",
        }
    json.dumps(shown._repr_mimebundle_()).encode("utf-8")
    return tags


def cards_about(text: str) -> list[Shown[object]]:
    """Every card there is, with this text wherever somebody else's words can stand."""
    outcome = Outcome("wrong", text, text, text, text, text)
    violation = Violation(
        "column-renamed", "error", text, text, text, text, text, text, Owner(text, text),
        Location(text, 1),
    )  # fmt: skip
    folded = replace(violation, rule="table-missing", column=None, parts=(violation, violation))
    unknown = replace(violation, rule=text)
    record = Record(last_kind="wrong", last_message=text, last_at="2026-01-01")
    progress = Progress(text, text, {text: record})
    decision = decide([violation, folded, unknown], Checked((text,), 1, 1, text))
    return [
        cards.outcome_card(EXERCISE, outcome, Record(), [text]),  # type: ignore[list-item]
        cards.progress_map(LESSONS, progress, [text]),  # type: ignore[list-item]
        cards.violations_table([violation, finding_of(folded), unknown]),  # type: ignore[list-item]
        cards.violations_table(decision),  # type: ignore[list-item]
        cards.note_card(text, text),  # type: ignore[list-item]
        expectation_card([text], decision),  # type: ignore[list-item]
        rows_table(text, [text, "n"], [(text, 1), (None, True)]),  # type: ignore[list-item]
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_others_wrote_is_shown_and_does_nothing(text: str) -> None:
    for shown in cards_about(text):
        tags = assert_harmless(shown)
        assert plain(text).replace("`", "") in tags.text.replace("`", "")


@given(st.text(st.characters()))
def test_any_text_is_harmless(text: str) -> None:
    for shown in cards_about(text)[:3]:
        assert_harmless(shown)


@given(st.text(st.characters()))
def test_escaping_keeps_the_words(text: str) -> None:
    tags = Tags()
    tags.feed(escaped(text) + "<p>")
    assert tags.text == plain(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("ask `hint` now", "ask <code>hint</code> now"),
        ("one ` alone", "one ` alone"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("a & b", "a &amp; b"),
    ],
)
def test_prose(text: str, html: str) -> None:
    assert prose(text) == html


def test_an_outcome_says_all_of_it_both_ways_and_to_programs() -> None:
    outcome = Outcome("wrong", "Seen so.", "Expected that.", "Because.", "Try this.", "line 1")
    shown = cards.outcome_card(EXERCISE, outcome, Record(), ["A note."])
    bundle = shown._repr_mimebundle_()
    tags = assert_harmless(shown)  # type: ignore[arg-type]
    for words in ("Seen so.", "Expected that.", "Because.", "Try this.", "line 1", "A note.",
                  "00.1", EXERCISE.title, "not yet"):  # fmt: skip
        assert words in tags.text
        assert words.lower() in str(bundle["text/plain"]).lower()
    assert bundle[OUTCOME_TYPE] == {
        "exercise": "00.1",
        "kind": "wrong",
        "message": "Seen so.\nline 1\nExpected that.\nTry this.",
    }


def test_what_is_gone_with_a_finding_is_told_where_it_is_more_than_the_finding() -> None:
    renamed = Violation(
        "column-renamed", "error", "c", "public", "object", "title", "title", "name"
    )
    lost = replace(renamed, rule="column-missing")
    one = repr(cards.violations_table([replace(renamed, parts=(lost,))]))
    two = repr(cards.violations_table([replace(renamed, parts=(lost, replace(lost, column="x")))]))
    assert "With it" not in one
    assert "With it   2 columns: title, x" in two


def test_only_what_a_build_server_shows_in_red_is_red() -> None:
    for code in (0, 1, 2, 127):
        page = str(Ran("docent check", code, "")._repr_mimebundle_()["text/html"])
        assert ('class="docent red ' in page, 'class="kind full"' in page) == (code > 0, code > 0)
    assert "docent red" not in cards.note_card("red", "red").html()


def test_a_lesson_says_what_it_takes() -> None:
    said = repr(cards.lesson_card(LESSONS[0]))
    assert said.splitlines()[:2] == ["LESSON 00  Start here", "Time       about 15 minutes"]
    assert all(f"{one.id} {one.title}" in said for one in LESSONS[0].exercises)


def test_null_is_not_an_empty_text() -> None:
    text = repr(rows_table("works", ["title", "image"], [("Wheat", None), ("", "")]))
    assert text == "works\ntitle  image\nWheat  NULL" + "\n"


def test_outside_a_notebook_a_result_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    show(cards.note_card("Title", "Words."))
    assert capsys.readouterr().out == "Title\nWords.\n"


def test_nothing_scrolls_sideways() -> None:
    from docent.display import _style

    assert "nowrap" not in "".join(re.findall(r"(?:pre|td)(?!:has)[^{]*\{[^}]*\}", _style()))
    assert "overflow-x" not in _style()
    assert "pre-wrap" in _style()
