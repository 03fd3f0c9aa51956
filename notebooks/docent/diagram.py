"""The tables of a database as a picture, drawn from its catalogue and from nothing else.

Two forms of one thing: an SVG for notebooks, and Mermaid's ``erDiagram`` for wherever text is
kept. A line is drawn for a foreign key only: what ties tables together by name alone, the
database does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.model import Column, ForeignKey, Table
from contracts.types import type_name
from docent.display import escaped, plain

WIDTH: Final = 330
"""Of a table's box; all measures are pixels."""
GUTTER: Final = 60
"""Between the two columns of boxes: all lines run in it, so that none crosses a box."""
HEAD: Final = 30
ROW: Final = 22
GAP: Final = 18

SHORTER: Final = (
    ("timestamp without time zone", "timestamp"),
    ("timestamp with time zone", "timestamptz"),
    ("character varying", "varchar"),
    ("double precision", "double"),
)
"""Types whose names are too long for a box, and the short names that Postgres takes as well."""

STYLE: Final = """\
.docent-schema { --accent: #0b6e6e; --ink: #1f2328; max-width: 46rem; width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { .docent-schema { --accent: #54c7c1; --ink: #e6e8ea; } }
body[data-jp-theme-light="true"] .docent-schema, body.vscode-light .docent-schema \
{ --accent: #0b6e6e; --ink: #1f2328; }
body[data-jp-theme-light="false"] .docent-schema, body.vscode-dark .docent-schema \
{ --accent: #54c7c1; --ink: #e6e8ea; }
.docent-schema text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; \
fill: var(--ink); }
.docent-schema .name { font-weight: 600; }
.docent-schema .key { fill: var(--accent); font-weight: 600; }
.docent-schema .type { text-anchor: end; opacity: .64; }
.docent-schema .box { fill: none; stroke: var(--ink); stroke-opacity: .3; }
.docent-schema .head { fill: var(--ink); fill-opacity: .06; }
.docent-schema .tie { fill: none; stroke: var(--accent); stroke-width: 2; }
.docent-schema .end { fill: var(--accent); }"""


@dataclass(frozen=True, slots=True)
class Diagram:
    """Tables, ready to be shown."""

    tables: tuple[Table, ...]

    @property
    def svg(self) -> str:
        """The picture; its style and its colours come with it."""
        return draw(self.tables)

    @property
    def mermaid(self) -> str:
        """The same for Mermaid, to be pasted where a page draws it."""
        return write_mermaid(self.tables)

    def __repr__(self) -> str:
        return self.mermaid

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return {"text/html": self.svg, "text/plain": self.mermaid}


def schema_diagram(tables: Sequence[Table]) -> Diagram:
    """The picture of these tables, in their order."""
    return Diagram(tuple(tables))


# ------------------------------------------------------------------ the picture


@dataclass(frozen=True, slots=True)
class _Box:
    """A table and where its box stands; ``side`` is 0 on the left and 1 on the right."""

    table: Table
    side: int
    top: int

    @property
    def left(self) -> int:
        return self.side * (WIDTH + GUTTER)

    @property
    def height(self) -> int:
        return HEAD + ROW * max(1, len(self.table.columns)) + 6

    @property
    def inner_edge(self) -> int:
        """The edge towards the gutter."""
        return self.left if self.side else self.left + WIDTH

    def middle_of(self, column: str) -> int:
        """The height at which a line to a column ends."""
        names = [one.name for one in self.table.columns]
        return self.top + HEAD + ROW * names.index(column) + ROW // 2 + 2


def draw(tables: Sequence[Table]) -> str:
    """The SVG of these tables: two columns of boxes, and the lines of the foreign keys."""
    boxes = tuple(_placed(tables))
    height = max((box.top + box.height for box in boxes), default=0) + 2
    inside = "".join(map(_box, boxes)) + "".join(_ties(boxes))
    names = escaped(", ".join(table.name for table in tables))
    return (
        f'<svg class="docent-schema" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="Tables: {names}" viewBox="-1 -1 {2 * WIDTH + GUTTER + 2} {height}">'
        f"<style>{STYLE}</style>{inside}</svg>"
    )


def _placed(tables: Sequence[Table]) -> Iterator[_Box]:
    """A box for each table, put where there is most room."""
    bottoms = [0, 0]
    for table in tables:
        side = bottoms.index(min(bottoms))
        box = _Box(table, side, bottoms[side])
        bottoms[side] += box.height + GAP
        yield box


def _box(box: _Box) -> str:
    left, top = box.left, box.top
    frame = f'x="{left}" y="{top}" width="{WIDTH}" rx="6"'
    parts = [
        f'<rect class="head" {frame} height="{HEAD}"/>',
        f'<rect class="box" {frame} height="{box.height}"/>',
        label("name", left + 12, top + 20, box.table.name, 40),
    ]
    for number, column in enumerate(box.table.columns):
        line = top + HEAD + ROW * number + 17
        look = "key" if column.primary_key else "column"
        parts.append(label(look, left + 12, line, column.name, 26))
        parts.append(label("type", left + WIDTH - 12, line, _short_type(column), 16))
    return "".join(parts)


def label(look: str, x: int, y: int, text: str, most: int) -> str:
    """A text at a place; what is too long is cut, and told in full to whoever points at it."""
    said = text if len(text) <= most else f"{text[: most - 1]}…"
    whole = f"<title>{escaped(text)}</title>" if said != text else ""
    return f'<text class="{look}" x="{x}" y="{y}">{whole}{escaped(said)}</text>'


def _short_type(column: Column) -> str:
    name = type_name(column.data_type) if column.data_type else ""
    for long, short in SHORTER:
        name = name.replace(long, short)
    return name


def _ties(boxes: Sequence[_Box]) -> Iterator[str]:
    """A line in the gutter for each column of each foreign key whose both ends are drawn."""
    by_name = {(box.table.schema, box.table.name): box for box in boxes}
    middle = WIDTH + GUTTER // 2
    for box in boxes:
        for key in box.table.foreign_keys:
            target = by_name.get((key.references_schema, key.references_table))
            if target is None:
                continue
            for column, referenced in zip(key.columns, key.references_columns, strict=True):
                x1, y1 = box.inner_edge, box.middle_of(column)
                x2, y2 = target.inner_edge, target.middle_of(referenced)
                yield f'<path class="tie" d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>'
                yield f'<circle class="end" cx="{x2}" cy="{y2}" r="4"/>'


# ------------------------------------------------------------------ the text


def write_mermaid(tables: Sequence[Table]) -> str:
    """The ``erDiagram`` of these tables."""
    lines = ["erDiagram"]
    for table in tables:
        lines += [f"    {_entity(table.name)} {{", *map(_attribute, table.columns), "    }"]
    drawn = {(table.schema, table.name) for table in tables}
    for table in tables:
        for key in table.foreign_keys:
            if (key.references_schema, key.references_table) in drawn:
                lines.append(_relation(table, key))
    return "\n".join(lines)


def _entity(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) else f'"{_quotable(name)}"'


def _quotable(text: str) -> str:
    """A text for between Mermaid's quotes, of which it knows no escape."""
    return " ".join(plain(text).split()).replace('"', "'").replace("%", "％").replace("\\", "/")


def _attribute(column: Column) -> str:
    """A column; Mermaid knows neither spaces nor commas in names and types."""
    kind = re.sub(r"[^\w()\[\]-]", "_", _short_type(column), flags=re.ASCII) or "unknown"
    name = re.sub(r"\W", "_", column.name, flags=re.ASCII)
    return f"        {kind} {name}{' PK' if column.primary_key else ''}"


def _relation(table: Table, key: ForeignKey) -> str:
    """A foreign key; one that is the table's own key too can come once at most."""
    many = "o|" if key.columns == table.primary_key else "o{"
    words = _quotable(", ".join(key.columns))
    return f'    {_entity(key.references_table)} ||--{many} {_entity(table.name)} : "{words}"'
