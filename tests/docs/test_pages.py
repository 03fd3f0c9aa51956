"""Every page that people read: what it links to is there, and the commands that it names exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import click
import pytest

from prevention.access_words import ACCESS_WORDS
from prevention.commands.group import docent
from prevention.lifecycle_words import LIFECYCLE_WORDS
from prevention.row_words import ROW_WORDS
from prevention.words import WORDS, Words
from tests.conftest import REPOSITORY

PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md"))
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|[\s/(])docent ([a-z]+)((?: [^|;&#\n]*)?)")


def read(page: str) -> str:
    return (REPOSITORY / page).read_text(encoding="utf-8")


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ +(.+?)\s*$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def commands(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each command of ours in a page's code, with the long options that stand behind it."""
    fenced = "\n".join(match[2] for match in FENCE.finditer(text))
    spans = "\n".join(CODE.findall(FENCE.sub("", text)))
    for name, rest in COMMAND.findall(f"{fenced}\n{spans}"):
        yield name, tuple(re.findall(r"(?<= )--[a-z][a-z-]*", rest))


def objections(name: str, options: tuple[str, ...]) -> list[str]:
    """What is wrong with a command as a page names it."""
    command = docent.get_command(click.Context(docent), name)
    if command is None:
        return [f"docent {name}"]
    if command.context_settings.get("ignore_unknown_options"):
        return []
    known = {each for option in command.params for each in (*option.opts, *option.secondary_opts)}
    return [f"docent {name} {each}" for each in options if each not in {*known, "--help"}]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    text = read(page)
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = ((REPOSITORY / page).parent / file).resolve() if file else REPOSITORY / page
        assert place.exists(), target
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_exist(page: str) -> None:
    wrong = [each for named in commands(read(page)) for each in objections(*named)]
    assert wrong == []


@pytest.mark.parametrize("words", [WORDS, ROW_WORDS, ACCESS_WORDS, LIFECYCLE_WORDS])
def test_the_commands_of_the_words_for_findings_exist(words: Mapping[str, Words]) -> None:
    steps = "\n".join(each.next_step for each in words.values())
    wrong = [each for named in commands(f"```\n{steps}\n```") for each in objections(*named)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`docent check --documents`", []),
        ("`docent chek`", ["docent chek"]),
        ("```sh\ndocent check --document\n```\n", ["docent check --document"]),
        ("```sh\n.venv/bin/docent diff OLD NEW --format json\n```\n", []),
        ("the docent dances", []),
        ("`docent` alone", []),
    ],
)
def test_what_counts_as_a_command(text: str, expected: list[str]) -> None:
    assert [each for named in commands(text) for each in objections(*named)] == expected


def test_the_pages_are_found() -> None:
    assert {"README.md", "docs/rollout.md", "docs/worksheets.md"} <= set(PAGES)


def test_anchors_are_those_of_github() -> None:
    assert anchors("# The review each month\n\n## What's `new`?\n") == {
        "the-review-each-month",
        "whats-new",
    }
