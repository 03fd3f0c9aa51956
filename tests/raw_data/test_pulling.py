"""A pull brings what was asked for, once, whatever happens to it on the way."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data_assets.errors import SandboxError
from data_assets.raw_data.met_api import MetApi
from data_assets.raw_data.patience import Timing
from data_assets.raw_data.pulling import PullReport, Request, pull, write_whole
from data_assets.records import read_records
from tests.raw_data.museum_server import SHIELD, Museum, cut_body, record_of, reply

AT_ONCE = Timing(sleep=lambda _: None, jitter=lambda: 0.0)


def run(museum: Museum, request: Request) -> PullReport:
    with MetApi(museum.url, rate=1e9, timing=AT_ONCE) as api:
        return pull(request, api)


def ids_in(path: Path) -> list[int]:
    values: list[Any] = [record.value for record in read_records(path)]
    return [value["objectID"] for value in values]


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    "name", ["met.jsonl", "met.ndjson", "met.json", "met.jsonl.gz", "met.json.gz"]
)
def test_the_file_holds_the_records_in_the_form_its_name_says(
    name: str, museum: Museum, tmp_path: Path
) -> None:
    request = Request(3, tmp_path / name, query="kame")
    assert run(museum, request) == PullReport(3, 0, 0, None)
    assert [record.value for record in read_records(request.output)] == [
        record_of(number) for number in (1, 2, 3)
    ]
    content = request.output.read_bytes()
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode()
    assert text.startswith("[\n" if ".json" in name and ".jsonl" not in name else '{"objectID":1,')
    assert left_in(tmp_path) == {name}


def test_a_search_is_pulled_in_its_order_and_everything_well_mixed(
    museum: Museum, tmp_path: Path
) -> None:
    run(museum, Request(30, tmp_path / "search.jsonl", query="kame"))
    run(museum, Request(30, tmp_path / "all.jsonl"))
    run(museum, Request(30, tmp_path / "again.jsonl"))
    everything = ids_in(tmp_path / "all.jsonl")
    assert ids_in(tmp_path / "search.jsonl") == list(range(1, 31))
    assert everything != sorted(everything) == list(range(1, 31))
    assert ids_in(tmp_path / "again.jsonl") == everything


DEPARTMENTS = [
    ("Asian Art", "/objects?departmentIds=6"),
    ("asian art", "/objects?departmentIds=6"),
    ("11", "/objects?departmentIds=11"),
]


@pytest.mark.parametrize(("department", "path"), DEPARTMENTS)
def test_a_department_is_known_by_name_and_number(
    department: str, path: str, museum: Museum, tmp_path: Path
) -> None:
    run(museum, Request(1, tmp_path / "met.jsonl", department=department))
    assert museum.asked[:2] == ["/departments", path]


def test_an_unknown_department_is_answered_with_the_nearest(museum: Museum, tmp_path: Path) -> None:
    with pytest.raises(SandboxError) as caught:
        run(museum, Request(1, tmp_path / "met.jsonl", department="Asian Arts"))
    assert (caught.value.what, caught.value.next_step) == (
        "The museum has no department called “Asian Arts”.",
        "Did you mean “Asian Art”?",
    )


def test_a_search_that_finds_nothing_is_told(museum: Museum, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="finds no object for “nothing”"):
        run(museum, Request(1, tmp_path / "met.jsonl", query="nothing"))


def test_ids_without_a_record_are_counted_and_made_up_for(museum: Museum, tmp_path: Path) -> None:
    museum.missing = {1: "ObjectID not found", 3: "Not a valid object"}
    request = Request(4, tmp_path / "met.jsonl", query="kame")
    assert run(museum, request) == PullReport(4, 2, 0, None)
    assert ids_in(request.output) == [2, 4, 5, 6]


def test_when_there_are_no_more_the_pull_ends_with_fewer(museum: Museum, tmp_path: Path) -> None:
    museum.objects = [5, 6, 5, 6, 6]
    request = Request(10, tmp_path / "met.jsonl", query="kame")
    assert run(museum, request).records == 2
    assert ids_in(request.output) == [5, 6]


def test_answers_that_break_the_promise_are_kept_aside(museum: Museum, tmp_path: Path) -> None:
    bad = {2: record_of(2) | {"title": None, "tags": []}, 3: ["no record"], 4: record_of(1)}
    museum.records = dict(bad)
    request = Request(3, tmp_path / "met.jsonl", query="kame")
    report = run(museum, request)
    assert ids_in(request.output) == [1, 5, 6]
    assert report == PullReport(
        3, 0, 3, tmp_path / "met.jsonl.rejects.jsonl",
        ("object 2: title: expected text, found null (and 1 more)",
         'object None: the record: expected an object, found ["no record"]',
         "object 1: objectID: another one than was asked for"),
    )  # fmt: skip
    assert report.rejects
    kept = [json.loads(line) for line in report.rejects.read_text(encoding="utf-8").splitlines()]
    assert kept == list(bad.values())


def test_earlier_rejects_are_not_written_over(museum: Museum, tmp_path: Path) -> None:
    museum.records = {1: {}}
    (tmp_path / "met.jsonl.rejects.jsonl").write_text("mine")
    report = run(museum, Request(1, tmp_path / "met.jsonl", query="kame"))
    assert report.rejects == tmp_path / "met.jsonl.rejects2.jsonl"
    assert (tmp_path / "met.jsonl.rejects.jsonl").read_text() == "mine"


def test_letters_that_utf_8_cannot_write_arrive_all_the_same(
    museum: Museum, tmp_path: Path
) -> None:
    odd = record_of(1) | {"title": "half a \ud83d character, and \u2028 a line"}
    museum.records = {1: odd}
    request = Request(2, tmp_path / "met.jsonl", query="kame")
    run(museum, request)
    assert [record.value for record in read_records(request.output)] == [odd, record_of(2)]


def stopped_journal(museum: Museum, request: Request, after: int) -> bytes:
    """The journal of a pull that was stopped when so many records had come."""

    class StopError(Exception):
        pass

    def stop(_: int) -> None:
        if request.journal.read_bytes().count(b'"record"') == after:
            raise StopError

    with MetApi(museum.url, rate=1e9, timing=AT_ONCE) as api, pytest.raises(StopError):
        pull(request, api, stop)
    return request.journal.read_bytes()


def test_wherever_the_journal_was_cut_off_the_next_pull_makes_it_whole(
    museum: Museum, tmp_path: Path
) -> None:
    museum.missing = {2: "Not a valid object"}
    museum.records = {3: {"objectID": 3}}
    whole = stopped_journal(museum, Request(9, tmp_path / "first.jsonl", query="kame"), 3)
    lines = whole.splitlines(keepends=True)
    starts = [sum(map(len, lines[:count])) for count in range(len(lines) + 1)]
    # Every cut near a line's ends, and some in between.
    cuts = {start + step for start in starts for step in (-2, -1, 0, 1, 2)}
    for cut in sorted(
        {min(max(0, cut), len(whole)) for cut in cuts} | set(range(0, len(whole), 977))
    ):
        request = Request(6, tmp_path / f"cut{cut}.jsonl", query="kame")
        request.journal.write_bytes(whole[:cut])
        museum.asked.clear()
        report = run(museum, request)
        assert (report.records, report.missing, report.rejected) == (6, 1, 1), cut
        assert ids_in(request.output) == [1, 4, 5, 6, 7, 8], cut
        known = max(0, sum(start <= cut for start in starts) - 2)
        assert museum.asked_ids() == [1, 2, 3, 4, 5, 6, 7, 8][known:], cut


def test_a_larger_limit_carries_on_from_a_smaller_one(museum: Museum, tmp_path: Path) -> None:
    request = Request(5, tmp_path / "met.jsonl", query="kame")
    stopped_journal(museum, request, 2)
    museum.asked.clear()
    run(museum, replace(request, limit=8))
    assert ids_in(request.output) == list(range(1, 9))
    assert museum.asked_ids() == list(range(3, 9))


def test_what_was_pulled_beyond_a_smaller_limit_is_not_thrown_away(
    museum: Museum, tmp_path: Path
) -> None:
    request = Request(5, tmp_path / "met.jsonl", query="kame")
    stopped_journal(museum, request, 4)
    museum.asked.clear()
    assert run(museum, replace(request, limit=2)).records == 4
    assert museum.asked == []


def test_an_unfinished_pull_of_something_else_is_not_mixed_in(
    museum: Museum, tmp_path: Path
) -> None:
    request = Request(5, tmp_path / "met.jsonl", query="kame")
    before = stopped_journal(museum, request, 2)
    with pytest.raises(SandboxError, match="asked for something else") as caught:
        run(museum, replace(request, query="hares"))
    assert "kame" in caught.value.what
    assert request.journal.read_bytes() == before


def test_where_nothing_came_the_next_question_may_be_another(
    museum: Museum, tmp_path: Path
) -> None:
    request = Request(2, tmp_path / "met.jsonl", query="nothing")
    with pytest.raises(SandboxError, match="finds no object"):
        run(museum, request)
    assert left_in(tmp_path) == set()
    request.journal.write_bytes(b'{"question":{"query":"nothing"}}\n{"id":1,"rec')
    run(museum, replace(request, query="kame"))
    assert ids_in(request.output) == [1, 2]


def test_a_line_that_somebody_else_wrote_is_told_with_its_number(
    museum: Museum, tmp_path: Path
) -> None:
    request = Request(5, tmp_path / "met.jsonl", query="kame")
    journal = stopped_journal(museum, request, 2)
    for line in (
        b"remember the milk\n",
        b'{"milk": 2}\n',
        b"[1]\n",
        journal.splitlines()[0] + b"\n",
    ):
        request.journal.write_bytes(journal + line)
        with pytest.raises(SandboxError, match=r"met\.jsonl\.part:4: this line was written by"):
            run(museum, request)


def test_two_pulls_do_not_write_one_file(museum: Museum, tmp_path: Path) -> None:
    request = Request(2, tmp_path / "met.jsonl", query="kame")
    messages: list[str] = []

    def pull_again(_: int) -> None:
        with pytest.raises(SandboxError) as caught:
            run(museum, request)
        messages.append(caught.value.what)

    with MetApi(museum.url, rate=1e9, timing=AT_ONCE) as api:
        pull(request, api, pull_again)
    assert set(messages) == {f"Another pull is writing {request.journal} right now."}
    assert ids_in(request.output) == [1, 2]


def test_a_file_that_is_there_is_left_alone(museum: Museum, tmp_path: Path) -> None:
    request = Request(3, tmp_path / "met.jsonl", query="kame")
    run(museum, request)
    before = request.output.read_bytes()
    museum.asked.clear()
    assert run(museum, request) == PullReport(3, 0, 0, None, already_there=True)
    with pytest.raises(SandboxError, match=r"met\.jsonl is already there, with 3 records"):
        run(museum, replace(request, limit=4))
    assert (museum.asked, request.output.read_bytes()) == ([], before)


def test_killed_between_the_last_two_steps_nothing_is_left_lying_about(
    museum: Museum, tmp_path: Path
) -> None:
    request = Request(3, tmp_path / "met.jsonl", query="kame")
    journal = stopped_journal(museum, request, 3)
    run(museum, request)
    request.journal.write_bytes(journal)
    assert run(museum, request).already_there
    assert left_in(tmp_path) == {"met.jsonl"}


def test_a_journal_that_holds_more_than_the_file_is_kept(museum: Museum, tmp_path: Path) -> None:
    request = Request(5, tmp_path / "met.jsonl", query="kame")
    stopped_journal(museum, request, 4)
    write_whole(request.output, [record_of(1)])
    assert run(museum, replace(request, limit=1)).already_there
    assert request.journal.exists()


def test_a_pull_through_all_weathers_brings_everything_once(museum: Museum, tmp_path: Path) -> None:
    museum.missing = {7: "ObjectID not found"}
    weather = [SHIELD, cut_body, reply(503, b""), reply(429, b"", Retry_After="3")]
    museum.behaviours = {f"/objects/{number}": list(weather) for number in range(1, 30, 3)}
    museum.behaviours["/search"] = [SHIELD, cut_body]
    request = Request(20, tmp_path / "met.jsonl", query="kame")
    assert run(museum, request) == PullReport(20, 1, 0, None)
    assert ids_in(request.output) == [*range(1, 7), *range(8, 22)]


def test_a_file_that_cannot_be_written_at_the_end_costs_nothing(
    museum: Museum, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(3, tmp_path / "met.jsonl", query="kame")

    def no_room(_: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr("data_assets.raw_data.pulling.os.fsync", no_room)
        with pytest.raises(SandboxError, match=r"met\.jsonl cannot be written: No space left"):
            run(museum, request)
    assert left_in(tmp_path) == {"met.jsonl.part"}
    museum.asked.clear()
    assert run(museum, request).records == 3
    assert museum.asked == []


def test_a_folder_that_is_not_there_is_told(museum: Museum, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"met\.jsonl\.part cannot be written: No such file"):
        run(museum, Request(1, tmp_path / "nowhere" / "met.jsonl", query="kame"))


def test_a_stop_while_writing_leaves_no_half_file(tmp_path: Path) -> None:
    def interrupted() -> Any:
        yield {"objectID": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "met.json", interrupted())
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize(
    ("values", "text"), [([], "[\n]\n"), ([1], "[\n1\n]\n"), ([1, 2], "[\n1,\n2\n]\n")]
)
def test_an_array_is_well_formed_whatever_its_length(
    values: list[int], text: str, tmp_path: Path
) -> None:
    write_whole(tmp_path / "numbers.json", values)
    assert (tmp_path / "numbers.json").read_text() == text


def test_pulled_files_can_be_pulled_into_a_folder_with_a_space(
    museum: Museum, tmp_path: Path
) -> None:
    folder = tmp_path / "my museum – data"
    folder.mkdir()
    run(museum, Request(2, folder / "met data.jsonl", query="kame"))
    assert left_in(folder) == {"met data.jsonl"}
    shutil.rmtree(folder)
