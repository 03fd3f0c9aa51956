"""A pull request as a page: its title, its commits, its checks, its one comment.

The page looks like the one that people know, in light and in dark, and has a text form. All that
comes from elsewhere, such as the title of a commit or a comment, is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from docent.display import escaped, plain
from prevention.github_api import GitHub, Response
from prevention.github_comment import AUTHOR
from prevention.render.markdown import MARKER
from prevention.render.plain import count

State = Literal["held", "broken", "not-judged", "waiting"]

MARKS: Final[Mapping[State, str]] = {
    "held": "✓", "broken": "✗", "not-judged": "!", "waiting": "○",
}  # fmt: skip

WORDS: Final[Mapping[State, str]] = {
    "held": "passed", "broken": "failed", "not-judged": "could not judge", "waiting": "not run yet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as the page lists it: the first digits of its name, its title, its check."""

    name: str
    title: str
    state: State


@dataclass(frozen=True, slots=True)
class Check:
    """One job of the workflow on the newest commit, and a few words about it."""

    name: str
    state: State
    said: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A pull request; ``comment`` is the Markdown of the workflow's comment, ``""`` for none."""

    title: str
    branch: str
    base: str = "main"
    number: int = 1
    commits: tuple[Commit, ...] = ()
    checks: tuple[Check, ...] = ()
    comment: str = ""

    @property
    def state(self) -> State:
        """The worst that a check of it says."""
        states = [check.state for check in self.checks] or ["waiting"]
        worst: tuple[State, ...] = ("broken", "not-judged", "waiting")
        return next((state for state in worst if state in states), "held")

    @property
    def verdict(self) -> str:
        """Whether it can be merged, in a sentence."""
        return {
            "held": "All checks have passed. A colleague can review it, and it can be merged.",
            "broken": "Merging is blocked: a required check has failed.",
            "not-judged": "Merging is blocked: a required check could not judge.",
            "waiting": "The checks have not run yet.",
        }[self.state]

    def html(self) -> str:
        """The page as HTML, its style included."""
        head = (
            f'<div class="title">{escaped(self.title)} <span>#{self.number}</span></div>'
            f'<div class="branches"><b>Open</b> {count(len(self.commits), "commit")} into '
            f"<code>{escaped(self.base)}</code> from <code>{escaped(self.branch)}</code></div>"
        )
        commits = "".join(
            f"<li>{_mark(commit.state)}<span>{escaped(commit.title)}</span>"
            f"<code>{escaped(commit.name)}</code></li>"
            for commit in self.commits
        )
        said = comment_html(self.comment) if self.comment else ""
        checks = "".join(
            f"<li>{_mark(check.state)}<span><b>{escaped(check.name)}</b> "
            f"{escaped(check.said or WORDS[check.state])}</span></li>"
            for check in self.checks
        )
        verdict = f'<p class="verdict {self.state}">{escaped(self.verdict)}</p>'
        body = f"{head}<ul>{commits}</ul>{said}<ul>{checks}</ul>{verdict}"
        return f"<style>{_style()}</style>{_OPENING}{body}</div>"

    def plain(self) -> str:
        """The page as text."""
        lines = [f"#{self.number} {self.title}", f"{self.branch} into {self.base}", ""]
        lines += [f"  {MARKS[one.state]} {one.name} {one.title}" for one in self.commits]
        if self.comment:
            lines += ["", f"{AUTHOR} commented:", *_set_in(visible(self.comment))]
        lines += ["", *(f"  {MARKS[c.state]} {c.name}: {c.said or WORDS[c.state]}"
                        for c in self.checks)]  # fmt: skip
        return plain("\n".join([*lines, self.verdict]))

    def __repr__(self) -> str:
        return self.plain()

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return {"text/html": self.html(), "text/plain": self.plain()}


@dataclass(frozen=True, slots=True)
class Comment:
    """The workflow's comment alone."""

    markdown: str

    def html(self) -> str:
        """The comment as HTML, its style included."""
        return f"<style>{_style()}</style>{_OPENING}{comment_html(self.markdown)}</div>"

    def __repr__(self) -> str:
        return plain("\n".join([f"{AUTHOR} commented:", *_set_in(visible(self.markdown))]))

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return {"text/html": self.html(), "text/plain": repr(self)}


@dataclass(frozen=True, slots=True)
class LocalGitHub(GitHub):
    """GitHub's list of comments, kept here instead of there; everything above it is the real code.

    calls:  what it was asked to do, in order: ``POST``, ``PATCH``, ``DELETE``.
    """

    repository: str = "museum/guide"
    token: str = field(default="none", repr=False)
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def _send(self, method: str, path: str, content: Mapping[str, object] | None) -> Response:
        if method == "GET":
            return Response(200, {}, list(self.comments))
        self.calls.append(method)
        if method == "POST":
            number = max((one["id"] for one in self.comments), default=0) + 1
            self.comments.append({"id": number, "user": {"login": AUTHOR}, **(content or {})})
            return Response(201, {}, self.comments[-1])
        at = int(path.rpartition("/")[2])
        found = next(one for one in self.comments if one["id"] == at)
        if method == "DELETE":
            self.comments.remove(found)
            return Response(204, {}, None)
        found.update(content or {})
        return Response(200, {}, found)


def visible(markdown: str) -> str:
    """The Markdown without its hidden first line, by which the comment is found again."""
    return markdown.removeprefix(MARKER).strip()


def comment_html(markdown: str) -> str:
    """A comment in its frame, with the name of whoever wrote it."""
    return (
        f'<div class="comment"><div class="author"><b>{escaped(AUTHOR)}</b> commented</div>'
        f'<div class="said">{"".join(_blocks(visible(markdown).splitlines()))}</div></div>'
    )


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    """Headings, lists and paragraphs: as much Markdown as the comment is written in."""
    listing = False
    for line in lines:
        item = line.startswith("- ")
        if item != listing:
            yield "<ul>" if item else "</ul>"
            listing = item
        if item:
            yield f"<li>{inline(line[2:])}</li>"
        elif heading := re.fullmatch(r"(#{2,3}) (.*)", line):
            level = len(heading[1]) + 1
            yield f"<h{level}>{inline(heading[2])}</h{level}>"
        elif line.strip():
            yield f"<p>{inline(line)}</p>"
    if listing:
        yield "</ul>"


def inline(text: str) -> str:
    """Code spans, bold words and links of https; everything else as it stands, escaped."""
    pieces = []
    at = 0
    for span in re.finditer(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", text):
        pieces.append(_words(text[at : span.start()]))
        inside = span[2]
        if len(inside) > 2 and inside[0] == inside[-1] == " ":
            inside = inside[1:-1]
        pieces.append(f"<code>{escaped(inside)}</code>")
        at = span.end()
    return "".join([*pieces, _words(text[at:])])


def _words(text: str) -> str:
    words = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escaped(text))
    return re.sub(r"\[([^\]]+)\]\((https://[^\s)]+)\)", r'<a href="\2">\1</a>', words)


def _mark(state: State) -> str:
    return f'<i class="{state}" role="img" aria-label="{WORDS[state]}">{MARKS[state]}</i>'


def _set_in(text: str) -> list[str]:
    return [f"    {line}".rstrip() for line in text.splitlines()]


def _style() -> str:
    here = Path(__file__)
    names = ("style.css", "pull_page.css")
    return "".join(here.with_name(name).read_text(encoding="utf-8") for name in names)


_OPENING: Final = '<div class="docent pull mathjax_ignore tex2jax_ignore">'
