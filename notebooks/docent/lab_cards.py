"""The words of the violation lab: one experiment, several beside each other, none at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from detection.changing import Change
from docent.cards import violation_pieces
from docent.display import Code, Facts, Folded, Grid, Paragraph, Piece, Shown, Steps
from prevention.decision import Obstacle
from prevention.experiment_report import ExperimentReport, Told

HURTS: Final = ("breaks", "silent")
"""The verdicts about changes that hurt somebody."""

CHANGES: Final = {
    "rename column": "rename it to {to}",
    "drop column": "drop it",
    "retype column": "change its type to {to}",
    "allow null": "allow null",
    "forbid null": "forbid null",
    "blank values": "blank 2 % of its values",
    "repeat a value": "repeat a value in another row",
    "stop the clock": "let 30 days pass without a new row",
    "add column": "add a column {column} of type {to}",
    "rename table": "rename it to {to}",
    "drop table": "drop it",
}


def change_label(change: Change) -> str:
    """A change, once it is known what is changed: ``rename it to image``."""
    label = CHANGES[change.kind].format(column=change.column, to=change.to)
    return f"{label}, casting every value" if change.cast else label


def experiment_card(report: ExperimentReport) -> Shown[ExperimentReport]:
    """What came of a change: for Postgres, the promises, each consumer; and what to do instead."""
    tried = Facts(
        (
            ("Tried", "\n".join(report.changes)),
            ("Postgres says", report.refusal or ""),
            ("Version", _version(report)),
            ("Evidence", "\n".join(report.evidence)),
        )
    )
    pieces: list[Piece] = [tried, Code(report.ddl)]
    pieces += violation_pieces(report.decision.findings)
    if report.refusal is None:
        pieces += _consumer_pieces(report.told)
    if report.views:
        pieces += [
            Paragraph("Views that hang on it", look="topic"),
            *(Paragraph(f"{view}.") for view in report.views),
        ]
    if path := report.safe_path:
        pieces += [Paragraph("The safe path", "topic"), Paragraph(path.why), Steps(path.steps)]
    if report.comment:
        folded = Folded("The comment on the pull request, as Markdown", (Code(report.comment),))
        pieces.append(folded)
    pieces.append(Paragraph("All of it was undone: your database is as it was.", look="aside"))
    return Shown(
        report,
        report.headline,
        tuple(pieces),
        kind=report.verdict,
        full=report.verdict in HURTS,
    )


def _version(report: ExperimentReport) -> str:
    """The bump that the contract owes, and the rules that say so."""
    if report.required_bump is None:
        return ""
    rules = ", ".join(f"`{rule}`" for rule in report.demanded_by)
    owed = f"its contract owes a {report.required_bump} version"
    if report.raised:
        owed += f", {report.raised}"
    return f"{owed}, by the rule {rules}" if rules else owed


def _consumer_pieces(told: Sequence[Told]) -> Iterator[Piece]:
    """Each consumer with its queries, by whether and how it would notice."""
    if not told:
        yield Paragraph("No consumer's query reads what is changed.", look="aside")
    loud = [each for each in told if each.loud]
    silent = [each for each in told if each.hurt and not each.loud]
    as_before = [each for each in told if not each.hurt and not each.loud]
    for heading, group in (
        ("Stopped by an error", loud),
        ("Other answers, and no error that says so", silent),
        ("As before", as_before),
    ):
        if group:
            yield Paragraph(heading, look="topic")
            yield Facts(tuple(_by_consumer(group)), wide=True)


def _by_consumer(told: Iterable[Told]) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[Told]] = {}
    for each in told:
        groups.setdefault(each.consumer, []).append(each)
    for consumer, group in groups.items():
        lines = [f"`{each.query}` {each.sentence}" for each in group]
        if group[0].hurt:
            lines.append(f"Tell {group[0].contact}")
        yield consumer, "\n".join(lines)


def comparison_card(
    subject: str, reports: Sequence[tuple[Change, ExperimentReport]]
) -> Shown[tuple[ExperimentReport, ...]]:
    """Several changes of one table or column, a line each."""
    rows = tuple(
        (
            change_label(change),
            report.verdict,
            report.required_bump or "",
            report.refusal or report.headline,
        )
        for change, report in reports
    )
    return Shown(
        tuple(report for _, report in reports),
        f"What becomes of {subject}",
        (Grid(("change", "verdict", "version", "what came of it"), rows),),
        kind=f"{len(rows)} changes" if len(rows) != 1 else "1 change",
    )


def trouble_card(obstacles: Sequence[Obstacle]) -> Shown[None]:
    """Why there was no experiment, and what to do."""
    pieces: list[Piece] = []
    for obstacle in obstacles:
        at = f"{obstacle.location}: " if obstacle.location else ""
        pieces += [Paragraph(f"{at}{obstacle.what}"), Facts((("Next", obstacle.next_step),))]
    pieces.append(Paragraph("Then run the cell again, or choose another change.", look="aside"))
    return Shown(None, "There was no experiment", tuple(pieces), kind="stopped")
