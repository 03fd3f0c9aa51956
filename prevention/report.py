"""Reads a report back, as something that strangers may have written.

The words of a report are not read: they are found again from its facts, so that no sentence
of a stranger's is ever shown as ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NoReturn

from contracts.model import Location, Owner
from prevention.decision import Checked, Consumer, Decision, Finding, NotJudged, Obstacle

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
    )


def _checked(checked: Mapping[str, Any]) -> Checked:
    names = tuple(checked["contract_names"])
    return Checked(names, checked["tables"], checked["columns"], checked["database"])


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
        owner=Owner(owner["name"], owner["email"]) if owner else None,
        location=_location(finding["location"]),
        consumers=tuple(
            Consumer(consumer["name"], consumer["contact"]) for consumer in finding["consumers"]
        ),
        cause=finding["cause"],
        acknowledged=finding["acknowledged"],
        parts=tuple(_finding(part) for part in finding["parts"]),
    )


def _location(location: Mapping[str, Any] | None) -> Location | None:
    return Location(location["file"], location["line"], location["column"]) if location else None
