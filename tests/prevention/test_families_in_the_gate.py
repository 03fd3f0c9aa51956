"""What a pull request does to a family: to every child, by every level, and to the tree itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.prevention.histories import History
from tests.prevention.running import docent

Files = Mapping[str, str | None]
"""Texts of files; ``None`` for one that goes."""
Told = tuple[str, str, str | None]
"""A finding of the family: its rule, its contract, its cause."""


def member(
    name: str, fresh: str = "", *, extends: str = "", version: str = "1.0.0", of: str = ""
) -> str:
    """A contract; ``of`` is the version of its parent that it names."""
    tie = f"extends: {{name: {extends}{f', version: {of}' if of else ''}}}\n" if extends else ""
    level = f"sla: {{freshness: < {fresh}}}\n" if fresh else ""
    table = f"table: public.{name}\n" if extends else ""
    return (
        f'contract: {name}\nversion: "{version}"\nstatus: active\nowner: Data Office\n'
        f"{tie}{table}{level}"
    )


FAMILY: Files = {
    "base.yaml": member("base", "24 hours"),
    "domain.yaml": member("domain", "6 hours", extends="base"),
    "product.yaml": member("product", "4 hours", extends="domain"),
    "screens.yaml": member("screens", "12 hours", extends="base"),
    "silent.yaml": member("silent", extends="base"),
    "below/archive.yaml": member("archive", "20 hours", extends="silent"),
}
BASE = member("base", "24 hours")
PINNED: Files = {
    "base.yaml": BASE,
    "domain.yaml": member("domain", "6 hours", extends="base", of="1.0.0"),
}
FRESHER = "service-level-strengthened base (freshness)"

CHANGES: dict[str, tuple[Files, Files, set[Told]]] = {
    "stricter than nobody": (
        FAMILY, {"base.yaml": member("base", "20 hours", version="2.0.0")}, set(),
    ),
    "stricter than one grandchild": (
        FAMILY, {"base.yaml": member("base", "18 hours", version="2.0.0")},
        {("child-weaker", "archive", FRESHER)},
    ),
    "stricter than some": (
        FAMILY, {"base.yaml": member("base", "5 hours", version="2.0.0")},
        {("child-weaker", name, FRESHER) for name in ("domain", "screens", "archive")},
    ),
    "stricter than all": (
        FAMILY, {"base.yaml": member("base", "1 hours", version="2.0.0")},
        {("child-weaker", name, FRESHER) for name in ("domain", "product", "screens", "archive")},
    ),
    "a level further down": (
        FAMILY, {"domain.yaml": member("domain", "2 hours", extends="base", version="2.0.0")},
        {("child-weaker", "product", "service-level-strengthened domain (freshness)")},
    ),
    "one that was silent speaks": (
        FAMILY, {"silent.yaml": member("silent", "8 hours", extends="base", version="2.0.0")},
        {("child-weaker", "archive", "service-level-strengthened silent (freshness)")},
    ),
    "looser": (FAMILY, {"base.yaml": member("base", "48 hours", version="2.0.0")}, set()),
    "in other words": (
        FAMILY,
        {"base.yaml": member("base", "24 hours", version="1.0.1") + "purpose: The least.\n"},
        set(),
    ),
    "the child moves, and not its parent": (
        FAMILY, {"screens.yaml": member("screens", "30 hours", extends="base", version="2.0.0")},
        {("child-weaker", "screens", None)},
    ),
    "both move": (
        FAMILY,
        {
            "base.yaml": member("base", "5 hours", version="2.0.0"),
            "domain.yaml": member("domain", "5 hours", extends="base", version="2.0.0"),
            "screens.yaml": member("screens", "5 hours", extends="base", version="2.0.0"),
            "below/archive.yaml": member("archive", "5 hours", extends="silent", version="2.0.0"),
        },
        set(),
    ),
    "a version that a child has not read": (
        PINNED, {"base.yaml": member("base", "20 hours", version="2.0.0")},
        {("parent-version-differs", "domain", None)},
    ),
    "the parent goes": (
        PINNED, {"base.yaml": None}, {("parent-missing", "domain", None)},
    ),
    "the parent gets another name": (
        PINNED, {"base.yaml": member("bass", "24 hours")}, {("parent-missing", "domain", None)},
    ),
    "the parent extends its child": (
        PINNED, {"base.yaml": member("base", "24 hours", extends="domain", version="2.0.0")},
        {
            ("family-cycle", "base", None),
            ("parent-changed", "base", None),
            ("parent-version-differs", "domain", None),
        },
    ),
    "the parent is retired": (
        PINNED, {"base.yaml": BASE.replace("status: active", "status: retired")},
        {("parent-retired", "domain", None)},
    ),
    "the parent is deprecated": (
        PINNED,
        {"base.yaml": BASE.replace("status: active", "status: deprecated")},
        {("parent-ending", "domain", None)},
    ),
}  # fmt: skip
WARNINGS = ("parent-version-differs", "parent-ending")


def opened(folder: Path, old: Files, new: Files) -> History:
    """A pull request that puts new texts in place of some of the old."""
    made = History(folder / "museum")
    made.commit({f"contracts/{name}": text for name, text in old.items()})
    made.branch("work")
    made.commit({f"contracts/{name}": text for name, text in new.items()})
    return made


def judged(made: History, *words: str) -> list[dict[str, Any]]:
    ran = docent(*words, "--format", "json", folder=made.root)
    findings: list[dict[str, Any]] = json.loads(ran.out)["findings"]
    return findings


def of_the_family(findings: list[dict[str, Any]]) -> set[Told]:
    mine = [one for one in findings if one["rule"].startswith(("child-", "parent-", "family-"))]
    told = [(one["rule"], one["contract"], one.get("cause")) for one in mine]
    assert len(told) == len(set(told)), "told twice"
    for one in mine:
        assert one["level"] == ("warning" if one["rule"] in WARNINGS else "error"), one
    return set(told)


@pytest.mark.parametrize("name", CHANGES)
def test_every_child_is_judged_beside_what_its_parents_become(tmp_path: Path, name: str) -> None:
    old, new, expected = CHANGES[name]
    made = opened(tmp_path, old, new)
    findings = judged(made, "gate", "--base", "main", "--documents")
    assert of_the_family(findings) == expected
    untouched = {Path(file).stem for file in old if file not in new}
    owing = [one for one in findings if one["rule"].startswith("version-")]
    assert not [one for one in owing if one["contract"] in untouched]
