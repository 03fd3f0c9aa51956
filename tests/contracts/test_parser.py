"""SQL that the parser does not know is told to nobody: it may have somebody's name in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = "create policy own on customer for select using (name = 'Secret Person')"
WAYS = {
    "one statement": "from contracts.parser import parse_one; parse_one({0!r})",
    "several": "from contracts.parser import parse_all; parse_all({0!r})",
    "a query": "from contracts.queries import parse; parse({0!r})",
    "in a program with a log of its own": (
        "import logging; logging.basicConfig(level=0); "
        "from contracts.parser import parse_one; parse_one({0!r})"
    ),
}
PARSES = re.compile(r"\bsqlglot\.(?:parse\w*|tokenize|transpile)\(|(?m:^\s*import sqlglot\b)")


@pytest.mark.parametrize("way", WAYS)
def test_what_is_unknown_is_not_told(way: str) -> None:
    code = WAYS[way].format(UNKNOWN)
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_all_parsing_is_done_in_one_place() -> None:
    folders = ("contracts", "data_assets", "detection", "prevention", "notebooks/docent")
    found = [
        str(file.relative_to(ROOT))
        for folder in folders
        for file in sorted((ROOT / folder).rglob("*.py"))
        if PARSES.search(file.read_text(encoding="utf-8"))
    ]
    assert found == ["contracts/parser.py"]
