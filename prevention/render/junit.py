"""A decision as JUnit's XML: a suite for each contract, a case for each finding.

An error is a failure, what was known before is skipped, a warning passes and is told in the
case's output. A contract without findings has one case, which passes. Each
query that was put to the databases has a case, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from prevention.decision import Decision, Finding, Obstacle, QueryOutcome
from prevention.render.plain import (
    label_of,
    place,
    readers_of,
)
from prevention.words import issue, next_step, witness_of

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, whichever way it is written."""


def render(decision: Decision, *, unfold: bool = False) -> str:
    """The decision as an XML document."""
    shown = decision.unfolded() if unfold else decision
    gone = [finding.contract for finding in shown.findings if finding.contract]
    suites = [
        _suite(name, [finding for finding in shown.findings if finding.contract == name])
        for name in dict.fromkeys([*shown.checked.contracts, *gone])
    ]
    others = [finding for finding in shown.findings if not finding.contract]
    if others:
        suites.append(_suite("without a contract", others))
    if shown.queries:
        suites.append(_asked(shown.queries))
    if shown.obstacles:
        suites.append(_trouble(shown.obstacles))
    body = "\n".join(suites)
    counts = f'tests="{body.count("<testcase ")}" failures="{body.count("<failure ")}"'
    errors = f'errors="{body.count("<error ")}" skipped="{body.count("<skipped ")}"'
    command = "docent gate" if decision.compared else "docent check"
    command = "docent diff" if decision.comparison else command
    head = f'<testsuites name="{command}" {counts} {errors}>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{body}\n</testsuites>\n'


def _suite(name: str, findings: Sequence[Finding]) -> str:
    cases = [_case(name, finding) for finding in findings]
    if not cases:
        cases = [f"    <testcase classname={_quote(name)} name={_quote('every promise holds')}/>"]
    failures = sum(finding.breaks for finding in findings)
    skipped = sum(finding.acknowledged for finding in findings)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    body = "\n".join(cases)
    return f"  <testsuite name={_quote(name)} {counts}>\n{body}\n  </testsuite>"


def _case(contract: str, finding: Finding) -> str:
    name = f"{finding.element} {finding.rule}"
    where = ""
    if finding.location:
        where = f' file={_quote(finding.location.file)} line="{finding.location.line}"'
    head = f"    <testcase classname={_quote(contract)} name={_quote(name)}{where}>"
    return f"{head}{_outcome(finding)}</testcase>"


def _outcome(finding: Finding) -> str:
    message = _quote(issue(finding))
    if finding.acknowledged_by:
        message = _quote(f"ACKED ({finding.acknowledged_by}): {issue(finding)}")
    if finding.acknowledged:
        return f"<skipped message={message}/>"
    if finding.level == "error":
        kind = f"type={_quote(finding.rule)} message={message}"
        return f"<failure {kind}>{_text(_facts(finding))}</failure>"
    return f"<system-out>{_text(f'{finding.level}: {_facts(finding)}')}</system-out>"


def _facts(finding: Finding) -> str:
    facts = [
        issue(finding),
        f"promised: {finding.promised}" if finding.promised is not None else None,
        f"found: {finding.found}" if finding.found is not None else None,
        f"check: {label}" if (label := label_of(finding)) else None,
        f"evidence: {'; '.join(finding.meaning.proofs)}"
        if finding.meaning and finding.meaning.proofs
        else None,
        f"witness: {witness}" if (witness := witness_of(finding)) else None,
        f"rows: {'; '.join(finding.rows)}" if finding.rows else None,
        f"owner: {finding.owner}" if finding.owner else None,
        f"promise: {place(finding.location)}" if finding.location else None,
        f"consumers: {readers_of(finding)}" if finding.consumers else None,
        *(f"with it: {part.element}" for part in finding.parts),
        f"next: {next_step(finding)}",
    ]
    return "\n".join(fact for fact in facts if fact)


def _asked(queries: Sequence[QueryOutcome]) -> str:
    """What became of the consumers' queries; the failures are those of the changes."""
    cases = "\n".join(
        f"    <testcase classname={_quote(each.consumer)} name={_quote(each.query)}>"
        f"<system-out>{_text(each.says)}</system-out></testcase>"
        for each in queries
    )
    counts = f'tests="{len(queries)}" failures="0" errors="0" skipped="0"'
    return f'  <testsuite name="queries of consumers" {counts}>\n{cases}\n  </testsuite>'


def _trouble(obstacles: Sequence[Obstacle]) -> str:
    cases = "\n".join(
        f'    <testcase classname="docent" name={_quote(obstacle.what)}>'
        f"<error type={_quote('could not judge')} message={_quote(obstacle.what)}>"
        f"{_text(str(obstacle))}</error></testcase>"
        for obstacle in obstacles
    )
    counts = f'tests="{len(obstacles)}" failures="0" errors="{len(obstacles)}" skipped="0"'
    return f'  <testsuite name="docent" {counts}>\n{cases}\n  </testsuite>'


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))


def _quote(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text))
