"""Reads a report back, as something that strangers may have written.

The words of a report are not read: they are found again from its facts, so that no sentence
of a stranger's is ever shown as ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NoReturn

from contracts.model import Location, Owner
from detection.answers import Pace
from detection.change import VersionVerdict
from detection.model import CheckLabel, Kin, Lifetime
from prevention.decision import (
    Checked,
    Compared,
    Comparison,
    Decision,
    Finding,
    HurtConsumer,
    Meaning,
    NotJudged,
    Obstacle,
    QueryOutcome,
)

LARGEST: Final = 10_000_000
"""The bytes that a report may have."""


def read_report(path: Path) -> Decision:
    """The decision that a report holds; raises NotJudged when it holds none."""
    try:
        report = _parse(path)
    except (ValueError, RecursionError) as error:
        _refuse(path, f"is no JSON document: {error}")
    problem = next(_validator().iter_errors(report), None)
    if problem is not None:
        at = "/".join(map(str, problem.instance_path)) or "the document"
        _refuse(path, f"is no report of a contract check: {problem.message[:200]} (at {at})")
    return _decision(report)


def _parse(path: Path) -> Any:
    size = path.stat().st_size
    if size > LARGEST:
        _refuse(path, f"has {size} bytes; a report has at most {LARGEST}.")
    return json.loads(path.read_bytes().decode("utf-8"), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _refuse(path: Path, what: str) -> NoReturn:
    step = "Write the report with docent check --format json --output FILE."
    raise NotJudged(Obstacle(f"{os.fspath(path)} {what}", step))


@cache
def _validator() -> Any:
    import jsonschema_rs

    text = resources.files("prevention").joinpath("report.schema.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


def _decision(report: Mapping[str, Any]) -> Decision:
    return Decision(
        status=report["status"],
        checked=_checked(report["checked"]),
        findings=tuple(_finding(finding) for finding in report["findings"]),
        obstacles=tuple(
            Obstacle(obstacle["what"], obstacle["next"], _location(obstacle["location"]))
            for obstacle in report["obstacles"]
        ),
        stale=report["stale_baseline_entries"],
        compared=Compared(**_known(Compared, report["compared"]))
        if report.get("compared")
        else None,
        comparison=_comparison(report.get("comparison")),
        queries=_queries(report.get("queries")),
    )


def _queries(stated: Sequence[Mapping[str, Any]] | None) -> tuple[QueryOutcome, ...] | None:
    if stated is None:
        return None
    return tuple(
        QueryOutcome(
            **{
                **_known(QueryOutcome, each),
                "before": _pace(each.get("before")),
                "after": _pace(each.get("after")),
            }
        )
        for each in stated
    )


def _pace(stated: Mapping[str, float] | None) -> Pace | None:
    return Pace(stated["cost"], stated["seconds"]) if stated else None


def _comparison(stated: Mapping[str, Any] | None) -> Comparison | None:
    if stated is None:
        return None
    return Comparison(
        old=stated["old"],
        new=stated["new"],
        documents=_two(stated["documents"]),
        same=stated["same_documents"],
        tables=_two(stated["tables"]),
        versions=tuple(_version(version) for version in stated["versions"]),
    )


def _two(counts: Mapping[str, int] | None) -> tuple[int, int] | None:
    return (counts["old"], counts["new"]) if counts else None


def _version(stated: Mapping[str, Any]) -> VersionVerdict:
    known = _known(VersionVerdict, stated)
    return VersionVerdict(**{**known, "location": _location(stated["location"])})


def _known(noun: type, stated: Mapping[str, Any]) -> dict[str, Any]:
    """What a noun knows of what is stated; a newer report may state more."""
    return {field.name: stated[field.name] for field in fields(noun) if field.name in stated}


def _checked(checked: Mapping[str, Any]) -> Checked:
    names = tuple(checked["contract_names"])
    counts = checked["tables"], checked["columns"]
    later = checked.get("measured", 0), checked.get("functions", 0)
    return Checked(names, *counts, checked["database"], *later)


def _finding(finding: Mapping[str, Any]) -> Finding:
    owner = finding["owner"]
    return Finding(
        rule=finding["rule"],
        level=finding["level"],
        contract=finding["contract"],
        schema=finding["schema"],
        table=finding["table"],
        column=finding["column"],
        promised=finding["promised"],
        found=finding["found"],
        rows=tuple(finding.get("rows", ())),
        label=_label(finding.get("check")),
        life=_life(finding.get("life")),
        owner=Owner(owner["name"], owner["email"]) if owner else None,
        location=_location(finding["location"]),
        consumers=tuple(
            HurtConsumer(consumer["name"], consumer["contact"]) for consumer in finding["consumers"]
        ),
        cause=finding["cause"],
        acknowledged=finding["acknowledged"],
        acknowledged_by=finding.get("acknowledged_by"),
        aspect=finding.get("aspect"),
        kin=_kin(finding.get("kin")),
        meaning=_meaning(finding.get("verdict")),
        changed_at=_location(finding.get("changed_at")),
        parts=tuple(_finding(part) for part in finding["parts"]),
    )


def _label(label: Mapping[str, Any] | None) -> CheckLabel | None:
    return CheckLabel(**_known(CheckLabel, label)) if label else None


def _kin(kin: Mapping[str, Any] | None) -> Kin | None:
    return Kin(**_known(Kin, kin)) if kin else None


def _life(life: Mapping[str, Any] | None) -> Lifetime | None:
    if life is None:
        return None
    return Lifetime(**{**_known(Lifetime, life), "readers": tuple(life.get("readers", ()))})


def _meaning(verdict: Mapping[str, Any] | None) -> Meaning | None:
    if verdict is None:
        return None
    proofs = tuple(verdict["proofs"])
    return Meaning(verdict["reader"], verdict["writer"], proofs, verdict.get("witness"))


def _location(location: Mapping[str, Any] | None) -> Location | None:
    return Location(location["file"], location["line"], location["column"]) if location else None
