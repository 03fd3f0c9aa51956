from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prevention.baseline import read_baseline, write_baseline
from prevention.decision import Checked, NotJudged, decide
from tests.prevention.museum import BROKEN, CHECKED, MISSING, RENAMED, TABLE_MISSING


def test_what_was_written_accepts_all_that_was_found(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    file.write_text(write_baseline(BROKEN))
    accepted = read_baseline(file)
    assert accepted == {finding.fingerprint for finding in BROKEN.findings}
    again = decide([RENAMED, TABLE_MISSING], CHECKED, accepted=accepted)
    assert (again.status, again.stale) == ("held", 2)
    assert decide([RENAMED, MISSING], CHECKED, accepted=accepted).status == "broken"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This is no JSON"),
        (b"{\n\n]", ":3:"),
        (b"[" * 100_000, "This is no JSON"),
        (b"\xff\xfe", "This is no JSON"),
        (b"[]", "has no list of accepted fingerprints"),
        (b'{"accepted": 3}', "has no list of accepted fingerprints"),
        (b'{"accepted": ["x"]}', "has no list of accepted fingerprints"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "known.json"
    file.write_bytes(content)
    with pytest.raises(NotJudged) as caught:
        read_baseline(file)
    assert says in str(caught.value)


def test_what_newly_follows_from_an_accepted_cause_is_news(tmp_path: Path) -> None:
    """A missing table was accepted; since then its contract has promised one more column."""
    before = decide([TABLE_MISSING], Checked(("museum/object_images",), 1, 1))
    file = tmp_path / "known.json"
    file.write_text(write_baseline(before))
    accepted = read_baseline(file)
    more = replace(TABLE_MISSING.parts[0], column="photographer")
    grown = replace(TABLE_MISSING, parts=(*TABLE_MISSING.parts, more))
    assert decide([TABLE_MISSING], before.checked, accepted=accepted).status == "held"
    after = decide([grown], before.checked, accepted=accepted)
    assert (after.status, after.stale) == ("broken", 1)
