"""The charts of a report, drawn by Matplotlib as SVG whose colours are left to the page.

Matplotlib works offline, needs no script in the page, and its SVG weighs a few kilobytes. Where it
draws a colour of ``COLOURS``, the SVG says a variable of CSS instead, so that one picture is
good in light and in dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    from prevention.reporting import Report

COLOURS: Final[Mapping[str, str]] = {
    "ink": "#010101",
    "faint": "#020202",
    "grid": "#030303",
    "held": "#040404",
    "broken": "#050505",
    "accent": "#060606",
}
"""The variables of CSS, by the colours that stand for them while Matplotlib draws."""

SIZE: Final = (7.2, 2.0)


class Look(NamedTuple):
    """How a line looks: its colour, and its dashes in Matplotlib and in SVG."""

    colour: str
    style: str
    dashes: str


LOOKS: Final = (
    Look("accent", "-", ""), Look("ink", "--", "6 3"), Look("accent", ":", "1.5 2.5"),
    Look("faint", "-", ""), Look("ink", "-.", "6 2 1.5 2"), Look("faint", "--", "6 3"),
)  # fmt: skip
"""One for each line of a chart; what comes beyond is told by the table alone."""


def compliance_chart(report: Report) -> str:
    """Per cent of the judgements that found a contract to hold, slot by slot."""
    values = report.compliance()
    return _shares(report, dict(enumerate(values)), "held", "Per cent of contracts that held")


def coverage_chart(report: Report) -> str:
    """Per cent of the tables that are under contract, slot by slot."""
    values = {index: coverage.share for index, coverage in report.coverage.items()}
    return _shares(report, values, "accent", "Per cent of tables under contract")


def freshness_chart(report: Report) -> str:
    """How old data was beside what was promised, slot by slot; ``""`` where nothing was.

    100 per cent is the promise. Where there are many, those that came nearest to it are drawn:
    see ``freshness_lines`` for which line is whose.
    """
    lines = _tightest(report)
    if not lines:
        return ""
    figure, axes = _figure(report, "Age of the newest row, per cent of what is promised")
    for look, (_, points) in zip(LOOKS, lines, strict=False):
        axes.plot(
            *_xy(report, points), look.style, color=COLOURS[look.colour], marker=".", markersize=3
        )
    axes.axhline(100, color=COLOURS["broken"], linewidth=1)
    axes.set_ylim(bottom=0)
    return _svg(figure)


def freshness_lines(report: Report) -> list[tuple[str, Look]]:
    """The promise that each line of the chart is about, and how the line looks."""
    return [(name, look) for look, (name, _) in zip(LOOKS, _tightest(report), strict=False)]


def _tightest(report: Report) -> list[tuple[str, dict[int, float | None]]]:
    """The share of its limit that each promise had reached, slot by slot, the tightest first."""
    found: dict[str, dict[int, float | None]] = {}
    for (contract, element, index), fresh in report.worst.items():
        if fresh.age is not None and fresh.limit > 0:
            shares = found.setdefault(f"{contract}: {element}", {})
            shares[index] = 100 * fresh.age / fresh.limit

    def nearest(each: tuple[str, dict[int, float | None]]) -> float:
        return -max(filter(None, each[1].values()), default=0)

    return sorted(found.items(), key=nearest)


def _shares(report: Report, values: Mapping[int, float | None], colour: str, title: str) -> str:
    figure, axes = _figure(report, title)
    moments, shares = _xy(report, values)
    axes.plot(moments, shares, color=COLOURS[colour], marker=".", markersize=4, linewidth=1.6)
    axes.set_ylim(-4, 104)
    axes.set_yticks([0, 50, 100])
    return _svg(figure)


def _xy(report: Report, values: Mapping[int, float | None]) -> tuple[list[datetime], list[float]]:
    """The middles of the slots that have a value, and the values."""
    known = [(index, value) for index, value in sorted(values.items()) if value is not None]
    half = report.slots.width / 2
    return [report.slots.start_of(index) + half for index, _ in known], [v for _, v in known]


def _figure(report: Report, title: str) -> tuple[Any, Any]:
    """A figure with one pair of axes over the time of the report.

    Only words of ours are drawn: what others wrote stands in the page.
    """
    try:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
        from matplotlib.figure import Figure
    except ImportError as error:
        raise NotJudged(
            Obstacle(
                "The page needs Matplotlib for its charts, and it is not installed.",
                "pip install 'docent-data-contracts[report]'",
            )
        ) from error
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontsize=10, color=COLOURS["ink"])
    axes.patch.set_visible(False)
    figure.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(COLOURS["grid"])
    axes.grid(visible=True, axis="y", color=COLOURS["grid"], linewidth=0.6)
    axes.tick_params(colors=COLOURS["faint"], labelsize=8, length=0)
    locator: Any = AutoDateLocator(maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    )
    axes.xaxis.get_offset_text().set(color=COLOURS["faint"], fontsize=8)
    ends = date2num(  # type: ignore[no-untyped-call]
        [report.slots.start, report.slots.start_of(report.slots.count)]
    )
    axes.set_xlim(*ends)
    return figure, axes


def _svg(figure: Any) -> str:
    """The figure as an element of a page, its colours as variables."""
    from matplotlib import rc_context

    stream = io.StringIO()
    plain = {"Creator": None, "Date": None, "Format": None, "Type": None}
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "docent"}):
        figure.savefig(stream, format="svg", metadata=plain)
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :].rstrip()
    for name, stand_in in COLOURS.items():
        svg = svg.replace(stand_in, f"var(--{name})")
    return re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", svg, count=2)
