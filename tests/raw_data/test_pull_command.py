"""``docent pull`` as a process: killed, stopped, out of room, and whole in the end."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import random
import resource
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data_assets.records import read_records
from tests.conftest import REPOSITORY
from tests.raw_data.museum_server import Museum, record_of, reply

HURRY = ("--rate", "80")


def start(museum: Museum, output: Path, *options: str, **how: Any) -> subprocess.Popen[str]:
    """Start a pull in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "prevention.cli", "pull", "--base-url", museum.url,
         "--output", str(output), "--query", "kame", *options],
        cwd=REPOSITORY, text=True, stdout=subprocess.PIPE, **{"stderr": subprocess.PIPE, **how},
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def ids_in(path: Path) -> list[int]:
    values: list[Any] = [record.value for record in read_records(path)]
    return [value["objectID"] for value in values]


def ids_in_journal(path: Path) -> list[int]:
    """The ids on the whole lines of a journal."""
    if not path.exists():
        return []
    whole = path.read_bytes().rpartition(b"\n")[0]
    return [json.loads(line)["id"] for line in whole.splitlines()[1:]]


def wait_until(museum: Museum, requests: int) -> None:
    deadline = time.monotonic() + 30
    while len(museum.asked) < requests and time.monotonic() < deadline:
        time.sleep(0.002)


def test_a_pull_says_what_it_brought_and_what_to_do_next(museum: Museum, tmp_path: Path) -> None:
    museum.missing = {2: "Not a valid object"}
    museum.records = {3: record_of(3) | {"medium": None}}
    output = tmp_path / "met.jsonl"
    code, out, err = finish(start(museum, output, "--limit", "3", *HURRY))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"3 records in {output}",
        "1 id without a record, which is usual: loans, and gaps",
        f"1 answer not as promised, kept in {output}.rejects.jsonl:",
        "  object 3: medium: expected text, found null",
        f"Next: docent seed {output}",
    ]
    assert ids_in(output) == [1, 4, 5]


def test_what_is_waited_for_is_said(museum: Museum, tmp_path: Path) -> None:
    museum.behaviours["/objects/1"] = [reply(429, b"", Retry_After="0")]
    code, _, err = finish(start(museum, tmp_path / "met.jsonl", "--limit", "1", *HURRY))
    assert code == 0
    assert err.startswith("docent: /objects/1: HTTP 429; asking again in ")


def read_terminal(outer: int) -> Iterator[str]:
    """What was written to a terminal that nobody writes to any more."""
    with contextlib.suppress(OSError):
        while chunk := os.read(outer, 65536):
            yield chunk.decode()


def test_a_terminal_sees_a_bar(museum: Museum, tmp_path: Path) -> None:
    outer, inner = pty.openpty()
    termios.tcsetwinsize(inner, (24, 80))
    process = start(museum, tmp_path / "met.jsonl", "--limit", "3", *HURRY, stderr=inner)
    os.close(inner)
    code, _, _ = finish(process)
    shown = "".join(read_terminal(outer))
    os.close(outer)
    assert code == 0
    assert "3/3" in shown
    assert "records" in shown


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_it_loses_nothing_and_doubles_nothing(
    seed: int, museum: Museum, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    museum.objects = list(range(1, 61))
    museum.missing = {5: "ObjectID not found", 17: "Not a valid object"}
    museum.records = {9: {"objectID": 9}}
    output = tmp_path / "met.jsonl"
    journal = tmp_path / "met.jsonl.part"
    for _ in range(4):
        known, before = ids_in_journal(journal), len(museum.asked)
        process = start(museum, output, "--limit", "45", *HURRY)
        wait_until(museum, before + chance.randint(1, 11))
        time.sleep(chance.random() / 50)
        process.kill()
        finish(process)
        asked = [int(path.split("/")[-1]) for path in museum.asked[before:] if "/objects/" in path]
        assert set(asked).isdisjoint(known)
        assert ids_in_journal(journal)[: len(known)] == known
    code, _, err = finish(start(museum, output, "--limit", "45", *HURRY))
    assert (code, err) == (0, "")
    assert ids_in(output) == [number for number in range(1, 49) if number not in (5, 9, 17)]
    assert ids_in(tmp_path / "met.jsonl.rejects.jsonl") == [9]
    assert not journal.exists()


def test_ctrl_c_keeps_what_there_is_and_says_how_to_go_on(museum: Museum, tmp_path: Path) -> None:
    output = tmp_path / "met.jsonl"
    process = start(museum, output, "--limit", "20", *HURRY)
    wait_until(museum, 6)
    process.send_signal(signal.SIGINT)
    code, out, err = finish(process)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"docent: Stopped. What was pulled so far is kept in {output}.part.",
        "Next: The same command again carries on.",
    ]
    assert finish(start(museum, output, "--limit", "20", *HURRY))[0] == 0
    assert ids_in(output) == list(range(1, 21))


def test_a_disk_that_fills_up_costs_nothing(museum: Museum, tmp_path: Path) -> None:
    output = tmp_path / "met.jsonl"

    def leave_little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))

    process = start(museum, output, "--limit", "20", *HURRY, preexec_fn=leave_little_room)
    code, out, err = finish(process)
    assert (code, out) == (2, "")
    assert err.startswith(f"docent: {output}.part cannot be written: File too large.\nNext: ")
    known = ids_in_journal(tmp_path / "met.jsonl.part")
    museum.asked.clear()
    assert finish(start(museum, output, "--limit", "20", *HURRY))[0] == 0
    assert ids_in(output) == list(range(1, 21))
    assert known
    assert set(museum.asked_ids()).isdisjoint(known)


def test_a_pull_that_is_refused_for_good_ends_with_2(museum: Museum, tmp_path: Path) -> None:
    museum.always = reply(400, b"{}")
    code, out, err = finish(start(museum, tmp_path / "met.jsonl", "--limit", "1"))
    assert (code, out) == (2, "")
    assert "HTTP 400 was not to be expected" in err
    assert "Next: Try again later" in err


def test_without_a_network_it_names_the_host_and_speaks_of_nothing_kept(
    museum: Museum, tmp_path: Path
) -> None:
    museum.url = "http://museum.invalid/v1"
    code, out, err = finish(start(museum, tmp_path / "met.jsonl", "--limit", "1", *HURRY))
    assert (code, out) == (2, "")
    first, *_, last, next_step = err.splitlines()
    assert first.startswith("docent: museum.invalid/search: the connection failed (")
    assert last.startswith("docent: http://museum.invalid/v1/search: the connection failed (")
    assert next_step == ("Next: See that this machine is online, then type the same command again.")
    assert list(tmp_path.iterdir()) == []


WRONG_OPTIONS = [
    ("--limit", "0"),
    ("--limit", "many"),
    ("--rate", "0"),
    ("--rate", "1000"),
    ("--output", os.fspath(REPOSITORY)),
    ("--output", "met.txt"),
    ("--output", "met.gz"),
    ("--output", "met.json.zip"),
    ("--output", "json"),
]


@pytest.mark.parametrize("options", WRONG_OPTIONS)
def test_options_that_make_no_sense_end_with_2(
    options: tuple[str, str], museum: Museum, tmp_path: Path
) -> None:
    code, out, err = finish(start(museum, tmp_path / "met.jsonl", *options))
    assert (code, out) == (2, "")
    assert options[0] in err
    assert museum.asked == []
