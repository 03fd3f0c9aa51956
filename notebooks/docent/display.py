"""Results as people see them: rich in a notebook, plain text everywhere else.

A result is a tree of a few kinds of pieces, built once; from it come both the HTML and the text,
so that neither says what the other leaves out. Everything that somebody else wrote, be it a
learner or the author of a contract, is escaped in one place, when a piece becomes HTML.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Generic, Literal, Protocol, TypeVar, runtime_checkable

Subject = TypeVar("Subject")

LONGEST_WORD: Final = 20
"""Characters of a word that a column of a table is made wide enough for."""

OUTCOME_TYPE: Final = "application/vnd.docent.outcome+json"
"""The kind of data under which a notebook's output says what a check came to, for programs."""


def plain(text: object) -> str:
    """A text in which nothing can turn the line round, hide, or break the page."""
    return "".join(
        mark if mark in "\n\t" or unicodedata.category(mark)[0] != "C" else f"\\u{ord(mark):04x}"
        for mark in str(text)
    )


def escaped(text: object) -> str:
    """A text as HTML that says exactly this text."""
    return html.escape(plain(text), quote=True)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two; words between backticks are code.

    look:  ``aside`` is fainter than the rest; ``topic`` begins something new.
    """

    text: str
    look: Literal["", "aside", "topic"] = ""

    def html(self) -> str:
        """The paragraph as HTML."""
        return f'<p class="{self.look}">{prose(self.text)}</p>'

    def plain(self) -> str:
        """The paragraph as text."""
        return "\n" * (self.look == "topic") + plain(self.text)


def prose(text: str) -> str:
    """Our own words as HTML: escaped, and with what stands between backticks as code."""
    pieces = escaped(text).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(
        f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces)
    )


@dataclass(frozen=True, slots=True)
class Code:
    """Some lines of code, as they are."""

    source: str

    def html(self) -> str:
        """The lines as HTML."""
        return f"<pre><code>{escaped(self.source)}</code></pre>"

    def plain(self) -> str:
        """The lines, set in."""
        return "\n".join(f"    {line}" for line in plain(self.source).splitlines())


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what there is to say under each; what is empty is left out.

    wide:  whether the names are long, so that several lists of them stand in one line.
    """

    facts: tuple[tuple[str, str], ...]
    wide: bool = False

    def html(self) -> str:
        """The facts as a list of definitions."""
        said = (
            f"<dt>{escaped(name)}</dt><dd>{_lines(fact)}</dd>" for name, fact in self.facts if fact
        )
        look = ' class="wide"' if self.wide else ""
        return f"<dl{look}>{''.join(said)}</dl>"

    def plain(self) -> str:
        """One fact a line; what has more lines is set in."""
        said = [(plain(name), plain(fact)) for name, fact in self.facts if fact]
        width = max((len(name) for name, _ in said), default=0)
        newline = "\n" + " " * (width + 2)
        return "\n".join(
            f"{name:<{width}}  {fact.replace(chr(10), newline)}" for name, fact in said
        )


def _lines(text: str) -> str:
    return prose(text).replace("\n", "<br>")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def html(self) -> str:
        """The rows as a table."""
        head = "".join(f'<th scope="col">{escaped(column)}</th>' for column in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def plain(self) -> str:
        """The rows in columns."""
        table = [self.columns, *([_told(cell) for cell in row] for row in self.rows)]
        lines = [[plain(cell).replace("\n", " ") for cell in row] for row in table]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in lines
        )


@runtime_checkable
class Drawn(Protocol):
    """What may stand in a cell and draws itself there."""

    def html(self) -> str:
        """It, drawn."""

    def plain(self) -> str:
        """It, as text."""


def _cell(cell: object) -> str:
    if isinstance(cell, Drawn):
        return f"<td>{cell.html()}</td>"
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return f'<td class="number">{escaped(cell)}</td>'
    text = _told(cell)
    # A word that is too long for a column may be broken anywhere; no other word is.
    long = any(len(word) > LONGEST_WORD for word in text.split())
    return f'<td class="{"long" if long else ""}">{escaped(text)}</td>'


def _told(cell: object) -> str:
    if isinstance(cell, Drawn):
        return cell.plain()
    return "NULL" if cell is None else str(cell)


@dataclass(frozen=True, slots=True)
class Dots:
    """Exercises in a row, each with how far it got: ``done``, ``begun`` or ``open``."""

    exercises: tuple[tuple[str, str], ...]

    def html(self) -> str:
        """A dot each: full, half or empty."""
        return "".join(
            f'<span class="one"><span class="dot {state}" role="img" aria-label="{state}"></span>'
            f"{escaped(exercise)}</span>"
            for exercise, state in self.exercises
        )

    def plain(self) -> str:
        """A mark each."""
        marks = {"done": "[x]", "begun": "[~]", "open": "[ ]"}
        return "  ".join(f"{marks[state]} {plain(exercise)}" for exercise, state in self.exercises)


@dataclass(frozen=True, slots=True)
class Steps:
    """What to do first, second, third."""

    steps: tuple[str, ...]

    def html(self) -> str:
        """The steps as a numbered list."""
        return f"<ol>{''.join(f'<li>{prose(step)}</li>' for step in self.steps)}</ol>"

    def plain(self) -> str:
        """A step a line, with its number."""
        return "\n".join(f"{number}. {plain(step)}" for number, step in enumerate(self.steps, 1))


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, and all that it says in words.

    The SVG is our own: whoever draws it escapes what others wrote.
    """

    svg: str
    words: str

    def html(self) -> str:
        """The drawing."""
        return self.svg

    def plain(self) -> str:
        """The words."""
        return plain(self.words)


@dataclass(frozen=True, slots=True)
class Folded:
    """Pieces under a heading that a click unfolds; in text they stand below it."""

    heading: str
    pieces: tuple[Piece, ...]

    def html(self) -> str:
        """The pieces, folded away."""
        inside = "".join(piece.html() for piece in self.pieces)
        return f"<details><summary>{prose(self.heading)}</summary>{inside}</details>"

    def plain(self) -> str:
        """The heading, and all that is under it."""
        return "\n".join([f"\n{plain(self.heading)}", *(piece.plain() for piece in self.pieces)])


Piece = Paragraph | Code | Facts | Grid | Dots | Steps | Picture | Folded


@dataclass(frozen=True)
class Shown(Generic[Subject]):
    """A result on its way to the reader.

    subject:  what it is about, for programs: ``check("00.1", 8).subject.kind``.
    kind:     a word in a frame (``correct``), and ``full`` whether the frame is filled.
    red:      whether it is what a build server shows in red.
    data:     facts for programs that read the notebook's output.
    """

    subject: Subject = field(repr=False)
    title: str
    pieces: tuple[Piece, ...] = ()
    kind: str = ""
    full: bool = False
    red: bool = False
    data: Mapping[str, object] | None = None

    def html(self) -> str:
        """The whole as HTML, its style included."""
        badge = f'<span class="kind{" full" if self.full else ""}">{escaped(self.kind)}</span>'
        head = f'{badge if self.kind else ""}<span class="title">{prose(self.title)}</span>'
        body = "".join(piece.html() for piece in self.pieces)
        # MathJax would set what stands between dollar signs as a formula.
        red = " red" if self.red else ""
        opening = f'<div class="docent{red} mathjax_ignore tex2jax_ignore">'
        return f'<style>{_style()}</style>{opening}<div class="head">{head}</div>{body}</div>'

    def plain(self) -> str:
        """The whole as text."""
        head = plain(f"{self.kind.upper()}  {self.title}" if self.kind else self.title)
        return "\n".join([head, *(piece.plain() for piece in self.pieces)])

    def __repr__(self) -> str:
        return self.plain()

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        """What Jupyter asks for; the text goes with it."""
        bundle: dict[str, object] = {"text/html": self.html(), "text/plain": self.plain()}
        return bundle | ({OUTCOME_TYPE: dict(self.data)} if self.data else {})


@cache
def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def show(shown: Shown[Subject]) -> None:
    """Show a result in the middle of a cell; outside a notebook it is printed."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(shown)  # noqa: T201 - there is no other page to show it on
    else:
        display(shown)


def rows_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Shown[None]:
    """Rows as a table that does not scroll sideways."""
    return Shown(None, title, (Grid(tuple(columns), tuple(map(tuple, rows))),))
