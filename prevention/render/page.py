"""A report as one page of HTML that needs nothing besides itself: no script, and no network."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prevention.render.charts import (
    compliance_chart,
    coverage_chart,
    freshness_chart,
    freshness_lines,
)
from prevention.render.history import (
    availability,
    freshness_words,
    headline,
    lasting,
    percent,
    state,
    when,
)
from prevention.render.plain import count, one_line

if TYPE_CHECKING:
    from detection.history import Breach, Freshness, Tally
    from prevention.reporting import ContractReport, Report

STYLE: Final = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing."""
STATES: Final = {"held": "holds", "broken": "broken", "not-judged": "not judged"}


def render(report: Report) -> str:
    """The whole page."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Data contracts of {_text(report.database)}</title>"
        "<style>html, body { margin: 0; }</style></head>\n"
        f'<body class="docent-report">{_styled(_sheet(report))}</body></html>\n'
    )


def fragment(report: Report) -> str:
    """The same as a part of another page, such as a notebook."""
    return f'<div class="docent-report">{_styled(_sheet(report))}</div>'


def _styled(body: str) -> str:
    return f"<style>{STYLE}</style>\n{body}"


def _sheet(report: Report) -> str:
    parts = [_head(report), _figures(report), _charts(report), _contracts(report.contracts)]
    parts += [_freshness(report.contracts), _breaches(report.breaches, report)]
    return f'<main class="sheet">{"".join(parts)}</main>'


def _head(report: Report) -> str:
    start, end = when(report.slots.start), when(report.slots.end)
    return (
        f'<h1 class="{report.last.outcome}">{_text(headline(report))}</h1>'
        f'<p class="faint">{_text(report.database)}, run {report.last.number} of '
        f"{when(report.last.at)}. {count(report.runs, 'run')} from {start} to {end}.</p>"
    )


def _figures(report: Report) -> str:
    lasts = sum(breach.lasts for breach in report.breaches)
    cover = report.last.coverage
    fresh = [one for contract in report.current for one in contract.freshness]
    figures = [(str(lasts), "breach that lasts" if lasts == 1 else "breaches that last")]
    if cover:
        tables = f"of the tables under contract: {cover.covered} of {cover.tables}"
        figures.append((percent(cover.share), tables))
    if fresh:
        late = sum(not one.kept for one in fresh)
        figures.append((str(late), f"of {count(len(fresh), 'promise')} of freshness not kept"))
    figures.append((f"{report.last.at:%Y-%m-%d %H:%M}", "last run, UTC"))
    boxes = (f'<div class="figure"><b>{_text(b)}</b>{_text(said)}</div>' for b, said in figures)
    return f'<div class="figures">{"".join(boxes)}</div>'


def _charts(report: Report) -> str:
    if not report.contracts:
        return ""
    drawn = [compliance_chart(report), coverage_chart(report)]
    if fresh := freshness_chart(report):
        drawn.append(fresh + _legend(report))
    return f'<div class="charts">{"".join(f"<div>{chart}</div>" for chart in drawn)}</div>'


def _legend(report: Report) -> str:
    """Which line of the chart is whose."""
    lines = (
        '<li><svg viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24" '
        f'stroke="var(--{look.colour})" stroke-width="1.8" stroke-dasharray="{look.dashes}"/></svg>'
        f"{_name(name)}</li>"
        for name, look in freshness_lines(report)
    )
    return f'<ul class="legend">{"".join(lines)}</ul>'


def _contracts(contracts: Sequence[ContractReport]) -> str:
    if not contracts:
        return (
            '<h2>Contracts</h2><p class="empty">No contract was in any run. '
            "<code>docent draft TABLE</code> writes a first one.</p>"
        )
    heads = ("State", "Contract", "Version", "Owner", "Held in", "Over time", "Availability")
    return "<h2>Contracts</h2>" + _table(heads, map(_contract, contracts))


def _contract(contract: ContractReport) -> str:
    last = contract.last
    seen = "" if contract.is_current else f", last seen {when(contract.seen_at)}"
    version = " ".join(filter(None, (last.version, last.status))) or "-"
    return _row(
        (f"state {last.outcome}", _text(STATES[last.outcome] + seen)),
        ("name", _name(last.contract)),
        ("", _text(version)),
        ("", _text(last.owner or "nobody")),
        ("number", percent(contract.tally.compliance)),
        ("strip", _strip(contract)),
        ("broken" if contract.keeps_availability is False else "", _text(availability(contract))),
    )


def _strip(contract: ContractReport) -> str:
    """A bar for each slot of time, in parts as its runs held or did not."""
    tally = contract.tally
    said = f"{tally.held} held, {tally.broken} broken, {tally.not_judged} not judged"
    bars = "".join(_bar(at, each) for at, each in enumerate(contract.slots))
    box = f"0 0 {len(contract.slots)} 6"
    return (
        f'<svg viewBox="{box}" preserveAspectRatio="none" role="img" aria-label="{said}">'
        f"<title>{said}</title>{bars}</svg>"
    )


def _bar(at: int, tally: Tally | None) -> str:
    if tally is None:
        return f'<rect class="none" x="{at}.1" y="5.4" width=".8" height=".6"/>'
    kinds = (("broken", tally.broken), ("not-judged", tally.not_judged))
    top, bars = 0.0, []
    for kind, number in kinds:  # what went wrong is always to be seen, however rare
        if number:
            height = max(1.5, 6 * number / tally.runs)
            bars.append(_rect(kind, at, top, height))
            top += height
    if tally.held and top < 6:
        bars.append(_rect("held", at, top, 6 - top))
    return "".join(bars)


def _rect(kind: str, at: int, top: float, height: float) -> str:
    return f'<rect class="{kind}" x="{at}.1" y="{top:g}" width=".8" height="{height:g}"/>'


def _freshness(contracts: Sequence[ContractReport]) -> str:
    promises = [one for contract in contracts for one in contract.freshness]
    if not promises:
        return ""
    promises.sort(key=lambda one: one.kept)
    heads = ("State", "Contract", "Column", "Newest row")
    return "<h2>Freshness</h2>" + _table(heads, map(_fresh, promises))


def _fresh(fresh: Freshness) -> str:
    state, said = ("held", "kept") if fresh.kept else ("broken", "stale")
    return _row(
        (f"state {state}", said),
        ("name", _name(fresh.contract)),
        ("name", _name(fresh.element)),
        ("", _text(freshness_words(fresh))),
    )


def _breaches(breaches: Sequence[Breach], report: Report) -> str:
    if not breaches:
        return '<h2>Breaches</h2><p class="empty">None in this time.</p>'
    heads = ("State", "Contract", "Rule", "Element", "Promised, found", "Began, ended")
    rows = (_breach(breach, report) for breach in breaches)
    return "<h2>Breaches</h2>" + _table(heads, rows)


def _breach(breach: Breach, report: Report) -> str:
    promise = breach.promise
    look = {"lasts": "broken", "accepted": "not-judged", "ended": "held"}[state(breach)]
    said = [_text(each or "nothing") for each in (promise.promised, promise.found)]
    return _row(
        (f"state {look}", state(breach)),
        ("name", _name(promise.contract)),
        ("", _text(promise.rule)),
        ("name", _name(promise.element)),
        ("", f"{said[0]}<br><span class='faint'>{said[1]}</span>"),
        ("", _text(lasting(breach, report.slots.end))),
    )


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(*cells: tuple[str, str]) -> str:
    made = (
        f'<td class="{look}">{said}</td>' if look else f"<td>{said}</td>" for look, said in cells
    )
    return f"<tr>{''.join(made)}</tr>"


def _name(name: str) -> str:
    """A name, which may be broken where its parts meet."""
    return re.sub(r"([/._-])", r"\1<wbr>", _text(name))


def _text(text: str) -> str:
    """What others wrote, as HTML that says just that."""
    return html.escape(one_line(text), quote=True)
