"""An experiment in words: what was tried, what broke and for whom, and the safe path instead.

Plain text throughout; only the pull-request comment is Markdown. How it looks on a page is up
to whoever shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from contracts.consumers import Consumer
from contracts.model import Contract
from contracts.versions import Bump, read_version
from detection.answers import Outcome
from detection.change import Verdict as ChangeVerdict
from detection.changing import Change
from detection.dependents import DependentView
from detection.diff import diff_catalogs
from detection.experiment import Evidence, Experiment
from detection.judgement import judge as judge_changes
from detection.versions import required_bump
from prevention.decision import Checked, Decision, HurtConsumer, decide, finding_of
from prevention.evidence import explain
from prevention.render import markdown
from prevention.render.plain import count, listed
from prevention.safe_paths import SafePath, safe_path

Verdict = Literal["refused", "breaks", "silent", "warns", "harmless"]
"""What came of it: Postgres would not make the change; something fails or a promise is broken;
no promise is broken and nothing fails, yet somebody gets other answers; there is only something
to look at; nobody notices."""

NONSENSE: Final[frozenset[str]] = frozenset({"42701", "42704", "42P07"})
"""Why Postgres refuses what has no safe path either: the column is there already, the type is
none, the table is there already."""

LOUD: Final[frozenset[Outcome]] = frozenset({"fails", "unanswered"})
"""The outcomes that a consumer notices by itself."""


MOST_NAMED: Final = 4
"""How many consumers are named in one sentence."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one consumer's query has to say.

    ``loud`` is whether its consumer would notice by an error; ``hurt`` whether anything became
    different for it at all.
    """

    consumer: str
    contact: str
    query: str
    sentence: str
    hurt: bool
    loud: bool


@dataclass(frozen=True, slots=True)
class ExperimentReport:
    """An experiment, ready to be shown.

    headline:      what came of it, in a sentence.
    changes:       what was tried, a sentence each.
    ddl:           the SQL of it, ready to be copied.
    refusal:       what Postgres said, if it would not.
    decision:      the new violations, judged; ``prevention.render`` shows it in any form.
    views:         what became of each view that hangs on what was changed.
    told:          each query that was asked, those that are hurt most first.
    comment:       the comment that a pull request with this change would get.
    safe_path:     how to get there without hurting anybody; ``None`` where there is no "there".
    required_bump: the version bump that a contract about it owes; ``None`` for none.
    demanded_by:   the rules that demand it.
    raised:        the contract's version as it is and as it must be: ``1.4.0 → 2.0.0``.
    evidence:      what the queries that were asked show of a breaking change, or what is still
                   open, as consumers and contracts say of themselves; a sentence each.
    """

    verdict: Verdict
    headline: str
    changes: tuple[str, ...]
    ddl: str
    refusal: str | None
    decision: Decision
    views: tuple[str, ...]
    told: tuple[Told, ...]
    comment: str
    safe_path: SafePath | None
    required_bump: Bump | None = None
    demanded_by: tuple[str, ...] = ()
    raised: str = ""
    evidence: tuple[str, ...] = ()


def report(
    experiment: Experiment, contracts: Sequence[Contract], consumers: Sequence[Consumer] = ()
) -> ExperimentReport:
    """An experiment in words.

    ``contracts`` and ``consumers`` are those that it was judged by; what a consumer says that
    it can bear may lower the bump.
    """
    decision = judge(experiment, contracts)
    told = tuple(sorted(map(_tell, experiment.evidence), key=lambda each: not each.loud))
    told = tuple(sorted(told, key=lambda each: not each.hurt))
    refused = experiment.refusal
    path = None if refused and refused.code in NONSENSE else safe_path(experiment.changes[0])
    verdict = _verdict(experiment, decision)
    headline = _headline(experiment, decision, verdict)
    bump, demanding = _demand(experiment, consumers)
    return ExperimentReport(
        verdict=verdict,
        headline=headline,
        changes=tuple(map(describe, experiment.changes)),
        ddl="".join(f"{statement};\n" for statement in experiment.ddl),
        refusal=_refusal(experiment),
        decision=decision,
        views=tuple(map(_view, experiment.views)),
        told=told,
        comment=_comment(experiment, decision, headline, told, path),
        safe_path=path,
        required_bump=bump,
        demanded_by=tuple(dict.fromkeys(each.rule for each in demanding)),
        raised=_raised(experiment, contracts, bump),
        evidence=tuple(_evidence(experiment, demanding)),
    )


def _demand(
    experiment: Experiment, consumers: Sequence[Consumer]
) -> tuple[Bump | None, tuple[ChangeVerdict, ...]]:
    """The bump that the change demands of a contract about it, and the verdicts that say so."""
    if experiment.before is None or experiment.catalog is None:
        return None, ()
    verdicts = judge_changes(diff_catalogs(experiment.before, experiment.catalog), consumers)
    bump = required_bump(verdicts)
    return bump, tuple(each for each in verdicts if bump and required_bump([each]) == bump)


def _raised(experiment: Experiment, contracts: Sequence[Contract], bump: Bump | None) -> str:
    """The version of the one contract about it, and the least that it must become."""
    about = [one for one in contracts if one.identity in experiment.contracts]
    versions = [one.version for one in about if one.version]
    now = read_version(versions[0]) if len(versions) == 1 else None
    return f"{now} → {now.bumped(bump)}" if now and bump else ""


def _evidence(experiment: Experiment, demanding: Sequence[ChangeVerdict]) -> Iterator[str]:
    """What the consumers' queries have to do with a major version that is demanded."""
    levels = {each.reader for each in demanding if each.overall in ("breaking", "conditional")}
    hurt = list(dict.fromkeys(each.consumer.name for each in experiment.hurt))
    if not levels:
        return
    if hurt:
        yield f"the queries of {listed(hurt, MOST_NAMED)} show it"
    elif "breaking" in levels:
        yield "no registered query shows it, which does not make it safe"
    elif "conditional" in levels:
        yield from dict.fromkeys(said for each in demanding for said in each.proofs)
        yield "as long as that is open, it counts as breaking"


def judge(experiment: Experiment, contracts: Sequence[Contract]) -> Decision:
    """The decision about the violations that a change brings, each with the consumers it hurts."""
    tables = [table for contract in contracts for table in contract.tables]
    checked = Checked(
        contracts=tuple(contract.identity for contract in contracts),
        tables=len({table.qualified_name for table in tables}),
        columns=sum(len(table.columns) for table in tables),
        database=experiment.catalog.database if experiment.catalog else None,
    )
    consumers = tuple(
        dict.fromkeys(
            HurtConsumer(each.consumer.name, each.consumer.migration_contact)
            for each in experiment.hurt
        )
    )
    decision = decide(experiment.violations, checked)
    findings = (finding_of(violation) for violation in experiment.violations)
    return replace(
        decision, findings=tuple(replace(finding, consumers=consumers) for finding in findings)
    )


def describe(change: Change) -> str:
    """A change in a few words: ``rename column public.object.title to name``."""
    what = {
        "rename column": "rename column {element} to {to}",
        "drop column": "drop column {element}",
        "retype column": "change the type of {element} to {to}",
        "allow null": "allow null in {element}",
        "forbid null": "forbid null in {element}",
        "add column": "add column {element} of type {to}",
        "blank values": "blank 2 % of the values of {element}",
        "repeat a value": "repeat a value of {element} in another row",
        "stop the clock": "let 30 days pass in which nothing new comes into {element}",
        "rename table": "rename table {element} to {to}",
        "drop table": "drop table {element}",
    }[change.kind]
    forced = ", casting every value" if change.cast else ""
    return what.format(element=change.element, to=change.to) + forced


def _verdict(experiment: Experiment, decision: Decision) -> Verdict:
    if experiment.refusal:
        return "refused"
    loud = any(each.difference.outcome in LOUD for each in experiment.hurt)
    if loud or any(finding.breaks for finding in decision.findings):
        return "breaks"
    if experiment.hurt:
        return "silent"
    return "warns" if decision.findings else "harmless"


def _headline(experiment: Experiment, decision: Decision, verdict: Verdict) -> str:
    if verdict == "refused":
        return "Postgres refuses this change, so nobody is hurt by it."
    kept = "No promise is broken"
    if verdict == "harmless":
        return f"{kept}, and every query that was asked returns what it did."
    broken = sum(finding.breaks for finding in decision.findings)
    parts = [f"{count(broken, 'promise')} broken"] if broken else [kept]
    failing = {each.consumer.name for each in experiment.hurt if _is_loud(each)}
    silent = {each.consumer.name for each in experiment.hurt if not _is_loud(each)}
    if failing:
        parts.append(f"{count(len(failing), 'consumer')} stopped by an error")
    if silent:
        other = "gets other answers" if len(silent) == 1 else "get other answers"
        parts.append(f"{count(len(silent), 'consumer')} {other} without any error")
    if not experiment.hurt:
        parts.append("no registered query returns anything else")
    return f"{'; '.join(parts)}."


def _is_loud(evidence: Evidence) -> bool:
    return evidence.difference.outcome in LOUD


def _tell(evidence: Evidence) -> Told:
    return Told(
        consumer=evidence.consumer.name,
        contact=evidence.consumer.migration_contact,
        query=evidence.query.name,
        sentence=explain(evidence.difference),
        hurt=evidence.difference.outcome not in ("same", "failed before", "mended", "not asked"),
        loud=_is_loud(evidence),
    )


def _view(view: DependentView) -> str:
    fate = "had to be dropped first" if view.dropped else "goes on with what was changed"
    return f"{view.kind} {view.qualified_name} {fate}"


def _refusal(experiment: Experiment) -> str | None:
    said = experiment.refusal
    if said is None:
        return None
    rest = [f"{part}." for part in (said.detail, said.hint) if part]
    return " ".join([f"{said.message.rstrip('.')}.", *(part.replace("..", ".") for part in rest)])


def _comment(
    experiment: Experiment,
    decision: Decision,
    headline: str,
    told: Sequence[Told],
    path: SafePath | None,
) -> str:
    """The comment of the check, followed by what the consumers' queries have to say."""
    if experiment.refusal or path is None:
        return ""
    lines = [markdown.render(decision).rstrip(), "", "### Consumers", "", headline, ""]
    hurt = [
        f"- {markdown.code(each.consumer)} ({markdown.code(each.contact)}): "
        f"{markdown.code(each.query)} {markdown.code(each.sentence)}"
        for each in told
        if each.hurt
    ]
    lines += [*hurt, ""] if hurt else []
    lines += ["### The safe path", "", path.why, ""]
    lines += [f"{number}. {step}" for number, step in enumerate(path.steps, 1)]
    return "\n".join(lines) + "\n"
