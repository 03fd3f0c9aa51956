"""A family of contracts as a picture: who extends whom, and what each of them adds.

Two forms of one thing, as with the picture of the tables: an SVG for notebooks, and a tree of
text for everywhere else. Only contracts are read; no database is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.model import Column, Contract
from contracts.types import type_name
from detection.family import Family, weaker_promises
from detection.family.promises import list_promises
from docent.diagram import GAP, HEAD, ROW, STYLE, label
from docent.display import escaped, plain

WIDTH: Final = 690
"""Of the picture; all measures are pixels."""
STEP: Final = 34
"""How far a child stands to the right of its parent."""
WORDS: Final = 54
"""Characters of a promise beside which there is room for what it is compared with."""
LONGEST: Final = 84

STYLE_OF_TREES: Final = """\
.docent-schema .than { text-anchor: end; opacity: .64; }
.docent-schema .weak { fill: #b3261e; font-weight: 600; }
.docent-schema .weak.than { text-anchor: end; opacity: 1; }
.docent-schema .nothing { font-style: italic; opacity: .64; }
@media (prefers-color-scheme: dark) { .docent-schema .weak { fill: #ff8a7d; } }
body[data-jp-theme-light="true"] .docent-schema .weak, body.vscode-light .docent-schema .weak \
{ fill: #b3261e; }
body[data-jp-theme-light="false"] .docent-schema .weak, body.vscode-dark .docent-schema .weak \
{ fill: #ff8a7d; }"""

NOTHING: Final = "adds nothing"

Key = tuple[str | None, str]
"""What a promise is about: a column, if any, and the aspect of it."""


@dataclass(frozen=True, slots=True)
class Added:
    """A promise that a contract adds to those above it.

    words:      the promise, such as ``freshness: 6 hours``.
    than:       what the nearest contract above says of the same; empty where none does.
    is_weaker:  whether it promises less than that, which no child may.
    """

    words: str
    than: str = ""
    is_weaker: bool = False

    @property
    def compared(self) -> str:
        """How it stands to what is said above; empty where nothing is."""
        if not self.than:
            return "weaker" if self.is_weaker else ""
        return f"{'weaker' if self.is_weaker else 'stricter'} than {self.than}"


@dataclass(frozen=True, slots=True)
class Member:
    """A contract of the family, in its place.

    depth:   how many contracts stand above it.
    parent:  the number of the one that it extends, among all; ``None`` for the first of a family.
    """

    contract: Contract
    depth: int
    parent: int | None
    added: tuple[Added, ...]

    @property
    def title(self) -> str:
        """Its name and its version."""
        version = f" {self.contract.version}" if self.contract.version else ""
        return f"{self.contract.name}{version}"


@dataclass(frozen=True, slots=True)
class FamilyTree:
    """A family, ready to be shown."""

    members: tuple[Member, ...]

    @property
    def svg(self) -> str:
        """The picture; its style and its colours come with it."""
        return draw(self.members)

    @property
    def text(self) -> str:
        """The same in lines."""
        return write(self.members)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return {"text/html": self.svg, "text/plain": self.text}


def family_tree(contracts: Sequence[Contract]) -> FamilyTree:
    """The picture of these contracts, each below the one that it extends.

    A parent that is not among them is not drawn, and neither is the tie that closes a circle.
    """
    family = Family.of(contracts)
    weak = {
        (change.contract, (change.column, change.aspect or ""))
        for change in weaker_promises(contracts)
    }
    members: list[Member] = []
    for contract, depth, parent in _placed(contracts, family):
        said = _said(contract)
        above = [_said(each) for each in family.lineage(contract)]
        mine = {key for name, key in weak if name == contract.identity}
        members.append(Member(contract, depth, parent, tuple(_added(said, above, mine))))
    return FamilyTree(tuple(members))


def _placed(
    contracts: Sequence[Contract], family: Family
) -> Iterator[tuple[Contract, int, int | None]]:
    """Each contract with its depth and its parent's number, the first of a family first."""
    placed: dict[str, int] = {}

    def below(contract: Contract, depth: int) -> Iterator[tuple[Contract, int, int | None]]:
        parent = family.parent(contract)
        number = placed.get(parent.identity) if parent else None
        placed[contract.identity] = len(placed)
        yield contract, depth, number
        for child in contracts:
            if family.parent(child) == contract and child.identity not in placed:
                yield from below(child, depth + 1)

    known = {contract.identity for contract in contracts}
    for is_second_look in (False, True):  # whoever stands in a circle has nobody above it
        for contract in contracts:
            parent = family.parent(contract)
            is_first = parent is None or parent.identity not in known
            if contract.identity not in placed and (is_first or is_second_look):
                yield from below(contract, 0)


def _said(contract: Contract) -> dict[Key, tuple[str, str]]:
    """What a contract itself says: by what it is about, its words, and the value alone."""
    found: dict[Key, tuple[str, str]] = {}
    levels = {level.property for level in contract.service_levels}
    whole = [stated for stated in list_promises(contract) if not stated.about]
    for stated in sorted(whole, key=lambda one: one.aspect not in levels):
        found[None, stated.aspect] = (f"{stated.aspect}: {stated.value}", stated.value)
    for table in contract.tables:
        for column in table.columns:
            value = ", ".join(_of_column(column)) or "is there"
            found[column.name, "column"] = (f"{column.name}: {value}", value)
    return found


def _of_column(column: Column) -> Iterator[str]:
    if column.states:
        yield f"one of {', '.join(column.states)}"
    elif column.data_type:
        yield type_name(column.data_type)
    if column.nullable is not None:
        yield "NULL" if column.nullable else "NOT NULL"
    if column.primary_key:
        yield "key"
    if column.classification:
        yield column.classification


def _added(
    said: Mapping[Key, tuple[str, str]],
    above: Sequence[Mapping[Key, tuple[str, str]]],
    weak: set[Key],
) -> Iterator[Added]:
    """What is said here and not above in the same words."""
    for key, (words, value) in said.items():
        theirs = next((each[key][1] for each in above if key in each), "")
        column, aspect = key
        is_weaker = any(
            column == about and (aspect in ("column", dimension)) for about, dimension in weak
        )
        if value != theirs or is_weaker:
            yield Added(words, theirs, is_weaker)


# ------------------------------------------------------------------ the picture


def draw(members: Sequence[Member]) -> str:
    """The SVG of a family: a box each, below and to the right of the one that it extends."""
    tops: list[int] = []
    bottom = 0
    for member in members:
        tops.append(bottom)
        bottom += _height(member) + GAP
    inside = "".join(
        _box(member, top) + _tie(member, top, members, tops)
        for member, top in zip(members, tops, strict=True)
    )
    names = escaped(", ".join(member.contract.name for member in members))
    return (
        f'<svg class="docent-schema" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="A family of contracts: {names}"'
        f' viewBox="-1 -1 {WIDTH + 2} {max(bottom - GAP, 0) + 2}">'
        f"<style>{STYLE}\n{STYLE_OF_TREES}</style>{inside}</svg>"
    )


def _height(member: Member) -> int:
    return HEAD + ROW * max(1, len(member.added)) + 6


def _box(member: Member, top: int) -> str:
    left = STEP * member.depth
    frame = f'x="{left}" y="{top}" width="{WIDTH - left}" rx="6"'
    parts = [
        f'<rect class="head" {frame} height="{HEAD}"/>',
        f'<rect class="box" {frame} height="{_height(member)}"/>',
        label("name", left + 12, top + 20, member.title, LONGEST),
    ]
    for number, added in enumerate(member.added):
        line = top + HEAD + ROW * number + 17
        look = "weak" if added.is_weaker else "promise"
        most = WORDS if added.compared else LONGEST
        parts.append(label(look, left + 12, line, added.words, most - 5 * member.depth))
        if added.compared:
            look = "weak than" if added.is_weaker else "than"
            parts.append(label(look, WIDTH - 12, line, added.compared, 34))
    if not member.added:
        parts.append(label("nothing", left + 12, top + HEAD + 17, NOTHING, LONGEST))
    return "".join(parts)


def _tie(member: Member, top: int, members: Sequence[Member], tops: Sequence[int]) -> str:
    """The line from a parent's lower edge to its child's left one."""
    if member.parent is None:
        return ""
    parent = members[member.parent]
    x = STEP * parent.depth + STEP // 2
    y = tops[member.parent] + _height(parent)
    middle = top + HEAD // 2
    end = STEP * member.depth
    return (
        f'<path class="tie" d="M{x} {y}V{middle}H{end}"/>'
        f'<circle class="end" cx="{end}" cy="{middle}" r="4"/>'
    )


# ------------------------------------------------------------------ the text


def write(members: Sequence[Member]) -> str:
    """The family as lines of text, each contract set in below the one that it extends."""
    lines: list[str] = []
    for member in members:
        lead = "    " * member.depth
        tie = "└── " if member.parent is not None else ""
        lines.append(f"{lead[4:] if tie else lead}{tie}{plain(member.title)}")
        for added in member.added:
            compared = f" ({added.compared})" if added.compared else ""
            lines.append(f"{lead}  {plain(added.words)}{plain(compared)}")
        if not member.added:
            lines.append(f"{lead}  {NOTHING}")
    return "\n".join(lines)
