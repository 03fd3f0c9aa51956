"""The page of a pull request: it shows what it was given, and lets nothing through as HTML."""

from __future__ import annotations

import pytest

from docent.pull_page import Check, Comment, Commit, LocalGitHub, Page, State, inline
from prevention.decision import Checked, Decision, Finding
from prevention.github_comment import publish
from prevention.render import markdown

EVIL = "<script>alert('x')</script>"
BROKEN = Decision(
    "broken",
    Checked(("c",), 1, 1),
    (
        Finding(
            "type-differs", "error", f"{EVIL}`", "public", EVIL, "a**b**", "[x](https://y)", "`"
        ),
    ),
)
HELD = Decision("held", Checked(("c",), 1, 1))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain & <b>", "plain &amp; &lt;b&gt;"),
        ("a `code <i>` b", "a <code>code &lt;i&gt;</code> b"),
        ("`` a`b ``", "<code>a`b</code>"),
        ("`one` and `two`", "<code>one</code> and <code>two</code>"),
        ("an ` alone", "an ` alone"),
        ("**two more**", "<b>two more</b>"),
        ("`**not bold**`", "<code>**not bold**</code>"),
        ("[here](https://x.example/a)", '<a href="https://x.example/a">here</a>'),
        ("[here](javascript:alert(1))", "[here](javascript:alert(1))"),
        ('[a](https://x/"onclick=)', '<a href="https://x/&quot;onclick=">a</a>'),
        ("`[here](https://x)`", "<code>[here](https://x)</code>"),
    ],
)
def test_the_markdown_of_a_line(text: str, html: str) -> None:
    assert inline(text) == html


def test_nothing_of_others_becomes_html() -> None:
    page = Page(
        EVIL, EVIL, commits=(Commit("abc", EVIL, "broken"),),
        checks=(Check(EVIL, "broken", EVIL),), comment=markdown.render(BROKEN),
    )  # fmt: skip
    for shown in (page.html(), Comment(markdown.render(BROKEN)).html()):
        assert "<script" not in shown
        assert "<a " not in shown
        assert "&lt;script&gt;" in shown
    assert EVIL in page.plain()
    assert markdown.MARKER not in page.plain()


@pytest.mark.parametrize(
    ("states", "worst", "words"),
    [
        ((), "waiting", "have not run"),
        (("held",), "held", "All checks have passed"),
        (("held", "broken"), "broken", "Merging is blocked"),
        (("not-judged", "held"), "not-judged", "could not judge"),
        (("not-judged", "broken"), "broken", "failed"),
    ],
)
def test_the_verdict(states: tuple[State, ...], worst: str, words: str) -> None:
    page = Page("t", "b", checks=tuple(Check("check", state) for state in states))
    assert (page.state, words in page.verdict, words in page.plain()) == (worst, True, True)


def test_one_comment_through_many_pushes() -> None:
    github = LocalGitHub()
    for decision in (HELD, BROKEN, BROKEN, HELD, BROKEN, HELD):
        publish(decision, github, 1)
    assert github.calls == ["POST", "PATCH", "PATCH", "PATCH"]
    assert ["resolved" in one["body"] for one in github.comments] == [True]


def test_what_a_race_has_added_is_taken_away() -> None:
    github = LocalGitHub()
    publish(BROKEN, github, 1)
    github.comments.append({**github.comments[0], "id": 9})
    publish(HELD, github, 1)
    assert (len(github.comments), github.calls) == (1, ["POST", "DELETE", "PATCH"])
