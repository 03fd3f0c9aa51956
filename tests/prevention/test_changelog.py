"""The changelog of a contract: an entry from what changed, above those that are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.model import Contract, Deprecation
from detection.diff import diff
from detection.judgement import judge
from prevention.changelog import changelog_entry, with_entry
from tests.prevention.running import docent

DAY = date(2026, 2, 1)


def contract(elements: str, **changes: object) -> Contract:
    text = f"name: c\nversion: 1.0.0\nmodels:\n  c:\n    elements:\n{elements}"
    read = contract_in(scan_document("c.yaml", text.encode()))
    return replace(read, **changes)  # type: ignore[arg-type]


OLD = contract(
    "      id: {type: int, required: true}\n      legacy_id: {type: int}\n"
    "      email: {type: string, description: a}\n      age: {type: int, required: true}\n"
)
NEW = contract(
    "      id: {type: string, required: true}\n"
    "      email: {type: string, description: b}\n      age: {type: int}\n"
    "      nickname: {type: string}\n",
    version="2.0.0",
)
ENTRY = """\
## 2.0.0 - 2026-02-01

### Breaking

- `legacy_id` is gone
- The type of `id` went from `integer` to `string`
- `age` may be null now

### Added

- `nickname` is new, and may be null

### Fixed

- The description of `email` says something else
"""


def test_an_entry_names_every_change_under_what_it_means() -> None:
    assert changelog_entry(judge(diff([OLD], [NEW])), "2.0.0", DAY) == ENTRY


def test_a_version_that_is_none_leaves_the_day() -> None:
    assert changelog_entry((), None, DAY) == "## 2026-02-01\n"


def test_an_announced_end_has_a_heading_of_its_own() -> None:
    ends = Deprecation("2026-02-01", "2026-03-03", "c-v2")
    new = replace(OLD, status="deprecated", deprecation=ends, version="1.1.0")
    assert changelog_entry(judge(diff([OLD], [new])), "1.1.0", DAY) == (
        "## 1.1.0 - 2026-02-01\n\n### Deprecated\n\n"
        "- The contract is deprecated until 2026-03-03; move to `c-v2`\n"
    )


def test_what_an_author_wrote_stays_in_its_code_span() -> None:
    old = contract('      "a`b": {type: int}\n      id: {type: int}\n')
    new = contract("      id: {type: int}\n")
    assert "- ``a`b`` is gone\n" in changelog_entry(judge(diff([old], [new])), "2.0.0", DAY)


CHANGELOGS = {
    "none": ("", f"# Changelog of c\n\n{ENTRY}"),
    "blank": ("\n", f"# Changelog of c\n\n{ENTRY}"),
    "others": (
        "# Mine\n\nWords.\n\n## 1.0.0 - 2026-01-01\n- a\n",
        f"# Mine\n\nWords.\n\n{ENTRY}\n## 1.0.0 - 2026-01-01\n- a\n",
    ),
    "a heading in code": (
        "# Mine\n```\n## no\n```\n## 1\n",
        f"# Mine\n```\n## no\n```\n{ENTRY}\n## 1\n",
    ),
    "words alone": ("# Mine\n\nWords.\n", f"# Mine\n\nWords.\n\n{ENTRY}"),
    "Windows": (
        "# Mine\r\n\r\n## 1\r\n",
        "# Mine\r\n\r\n" + ENTRY.replace("\n", "\r\n") + "\r\n## 1\r\n",
    ),
}


@pytest.mark.parametrize("name", CHANGELOGS)
def test_an_entry_stands_above_the_others_which_stay(name: str) -> None:
    before, after = CHANGELOGS[name]
    assert with_entry(before, ENTRY, "Changelog of c") == after


def test_a_diff_writes_an_entry(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(
        "name: c\nversion: 1.0.0\nmodels: {c: {elements: {a: {type: int}, b: {type: int}}}}"
    )
    two.write_text("name: c\nversion: 2.0.0\nmodels: {c: {elements: {a: {type: int}}}}")
    words = ("diff", one, two, "--format", "changelog", "--now", "2026-02-01")
    ran = docent(*words)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == "## 2.0.0 - 2026-02-01\n\n### Breaking\n\n- `b` is gone\n"
    docent(*words, "--output", tmp_path / "new.md")
    assert (tmp_path / "new.md").read_text() == ran.out


def test_of_several_contracts_each_entry_has_its_name(tmp_path: Path) -> None:
    for side, column in (("old", "a"), ("new", "b")):
        (tmp_path / side).mkdir()
        for name in "cd":
            models = f"models: {{{name}: {{elements: {{{column}: {{}}}}}}}}"
            document = tmp_path / side / f"{name}.yaml"
            document.write_text(f"name: {name}\nversion: 1.0.0\n{models}")
    told = docent("diff", tmp_path / "old", tmp_path / "new", "--format", "changelog").out
    assert [line for line in told.splitlines() if line.startswith("# ")] == [
        "# Changelog of c", "# Changelog of d",
    ]  # fmt: skip


def test_databases_have_no_changelog() -> None:
    ran = docent("diff", "--databases", "a", "b", "--format", "changelog")
    assert (ran.code, ran.out) == (2, "")
    assert "--format changelog is about contracts" in ran.err
