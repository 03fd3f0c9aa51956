from __future__ import annotations

import contextlib
import gzip
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_assets import records
from data_assets.errors import SandboxError
from data_assets.records import Record, read_records

ANNA = '{"objectID": 1, "title": "Anna"}'
BEN = '{"objectID": 2, "title": "Bén"}'


def read(path: Path, content: bytes | str) -> list[Record]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_records(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "objects.json"


@pytest.fixture(params=[1, 3, 1 << 20], ids=["by one", "by three", "at once"])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is read in pieces of one byte, of three, or whole."""
    monkeypatch.setattr(records, "CHUNK", request.param)


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"[{ANNA}, {BEN}]", [1, 1]),
        (f" [\n{ANNA}\n,\r\n{BEN}\n]\n", [2, 4]),
        (f"\ufeff[{ANNA},{BEN}]", [1, 1]),
        (f"{ANNA}\n{BEN}\n", [1, 2]),
        (f"{ANNA}\r\n\r\n{BEN}", [1, 3]),
        (f"\ufeff{ANNA}\n\n{BEN}", [1, 3]),
        (json.dumps(json.loads(ANNA), indent=2) + "\n" + BEN, [1, 5]),
        (ANNA + BEN, [1, 1]),
    ],
)
def test_a_file_of_records(path: Path, text: str, lines: list[int], zipped: bool) -> None:
    content = text.encode()
    found = read(path, gzip.compress(content) if zipped else content)
    assert [record.value for record in found] == [json.loads(ANNA), json.loads(BEN)]
    assert [record.line for record in found] == lines
    assert [record.position for record in found] == [1, 2]
    assert [json.loads(record.text) for record in found] == [record.value for record in found]


TWICE = '{"objectID": 1, "title": "a", "tags": [{"term": "b", "term": "c"}], "title": "d"}'


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("text", [f"[{TWICE}, {ANNA}]", f"{TWICE}\n{ANNA}", f"{TWICE}{ANNA}"])
def test_a_key_that_is_there_twice_is_not_swallowed(path: Path, text: str) -> None:
    first, second = read(path, text.encode())
    assert (first.value, first.text, first.line) == (None, TWICE, 1)
    assert first.problem == 'the key "term" is there twice'
    assert (second.value, second.problem) == (json.loads(ANNA), None)


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        (f"[{ANNA}", ":1:34: record 1 (begun on line 1) is no JSON: the file ends there"),
        (f"[{ANNA},", ":1:35: record 2 (begun on line 1) is no JSON: the file ends there"),
        (f"[{ANNA},]", ":1:35: record 1 (begun on line 1) is no JSON: expected a record"),
        (f"[{ANNA} {BEN}]", ":1:35: record 1 (begun on line 1) is no JSON: expected ',' or ']'"),
        (f"[\n{ANNA},\n{{'a': 1}}]", ":3:2: record 2 (begun on line 3) is no JSON: expecting prop"),
        (
            f'[\n{ANNA},\n{{"a":\n\n x}}]',
            ":5:2: record 2 (begun on line 3) is no JSON: expecting v",
        ),
        (f"[{ANNA}] x", ":1:36: record 1 (begun on line 1) is no JSON: expected nothing after"),
        (f"[{ANNA}][{BEN}]", "expected nothing after the array's ']'"),
        ('[{"a": NaN}]', "NaN is no JSON number"),
        ('[{"a": "\n"}]', "invalid control character"),
        ('[{"a": ' + "1" * 5000 + "}]", "endless digits"),
        ("[" + "[" * 200_000, "nested too deeply"),
    ],
)
def test_an_array_that_breaks_is_refused_with_the_place(path: Path, text: str, said: str) -> None:
    with pytest.raises(SandboxError) as caught:
        read(path, text)
    assert said in caught.value.what
    assert str(path) in caught.value.what


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("{'a': 1}", "no JSON: expecting property name enclosed in double quotes"),
        ('{"objectID": 3', "no JSON: expecting ',' delimiter"),
        ('{"objectID": "3', "no JSON: invalid control character at"),
        ('{"a": Infinity}', "no JSON: Infinity is no JSON number"),
        ("nonsense", "no JSON: expecting value"),
    ],
)
def test_between_lines_a_bad_one_is_told_and_passed(path: Path, bad: str, problem: str) -> None:
    found = read(path, f"{ANNA}\n{bad}\r\n{BEN}\n")
    assert [(record.position, record.line, record.problem) for record in found] == [
        (1, 1, None),
        (2, 2, problem),
        (3, 3, None),
    ]
    assert found[1].text == bad
    assert found[2].value == json.loads(BEN)


def test_a_last_line_that_is_cut_off_is_a_bad_one(path: Path) -> None:
    found = read(path, f'{ANNA}\n{{"objectID": 2, "title": "B')
    assert [record.problem for record in found] == [
        None,
        "no JSON: unterminated string starting at",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[\n{"a": "\xff"}]', ":2: byte 10 of its text is not UTF-8"),
        (f"[{ANNA}]".encode("utf-16"), ":1: byte 1 of its text is not UTF-8"),
        (b'{"a": 1}\n{"a": "\xc3', ":2: byte 17 of its text is not UTF-8"),
    ],
)
def test_other_encodings_are_refused(path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SandboxError) as caught:
        read(path, content)
    assert said in caught.value.what


def test_a_damaged_gzip_is_refused(path: Path) -> None:
    whole = gzip.compress(f"[{ANNA}]".encode())
    for content in (whole[:-9], whole[:15], whole[:-8] + b"\0" * 8, whole + b"rest"):
        with pytest.raises(SandboxError, match="damaged or missing"):
            read(path, content)


def test_a_file_that_is_gzip_by_its_name_only(tmp_path: Path) -> None:
    path = tmp_path / "objects.json.gz"
    with pytest.raises(SandboxError, match="is not gzip, although its name says so"):
        read(path, b"\x93\xfe\x00\xff")
    with pytest.raises(SandboxError, match="byte 10 of its text"):
        read(path, gzip.compress(b'[\n{"a": "\xff"}]'))
    assert read(path, f"[{ANNA}]")[0].value == json.loads(ANNA)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(SandboxError, match=said):
            list(read_records(path))


def test_a_pipe_is_as_good_as_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = gzip.compress(f"[{ANNA}]".encode())
    writer = threading.Thread(target=lambda: pipe.write_bytes(content))
    writer.start()
    found = list(read_records(pipe))
    writer.join()
    assert [record.value for record in found] == [json.loads(ANNA)]


def test_an_endless_record_is_not_swallowed_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LONGEST_RECORD", 1 << 20)
    monkeypatch.setattr(records, "CHUNK", 1 << 16)
    with pytest.raises(SandboxError, match=r"record 2 .*longer than 1 MB"):
        read(path, f'[{ANNA}, {{"a": "' + "x" * (4 << 20))
    with pytest.raises(SandboxError, match="a line without an end"):
        read(path, f'{ANNA}\n{{"a": "' + "x" * (4 << 20))


def test_no_more_than_a_chunk_and_a_record_is_in_memory(path: Path) -> None:
    """A zipped file of 200 MB, read in a process that may not have that much."""
    import subprocess
    import sys

    with gzip.open(path, "wb", compresslevel=1) as stream:
        line = (json.dumps({"objectID": 1, "title": "x" * 999_000}) + "\n").encode()
        for _ in range(200):
            stream.write(line)
    code = (
        "import resource, sys, pathlib; from data_assets.records import read_records;"
        "resource.setrlimit(resource.RLIMIT_AS, (180 << 20, 180 << 20));"
        "print(sum(1 for _ in read_records(pathlib.Path(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("200", "")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5
)


@given(
    st.lists(st.dictionaries(st.text(), ANYTHING), min_size=1),
    st.sampled_from([1, 2, 7, 64]),
    st.sampled_from(["array", "lines", "spread"]),
    st.booleans(),
)
def test_whatever_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    values: list[dict[str, object]],
    chunk: int,
    form: str,
    escaped: bool,
) -> None:
    path = tmp_path_factory.getbasetemp() / "whatever.json"
    indent = 1 if form == "spread" else None
    texts = [json.dumps(value, ensure_ascii=escaped, indent=indent) for value in values]
    text = f"[{','.join(texts)}]" if form == "array" else "\n".join(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK", chunk)
        content = text.encode(errors="surrogatepass")
        try:
            content.decode()
        except UnicodeDecodeError:
            with pytest.raises(SandboxError, match="not UTF-8"):
                read(path, content)
            return
        found = read(path, content)
    assert [record.value for record in found] == values
    assert not [record.problem for record in found if record.problem]


WHOLE = f'[{ANNA},\n{BEN},\n{{"a": [1, {{"b": null}}], "c": "\\u00e9\\ud83d\\ude00"}}]'.encode()


@given(st.data())
def test_a_spoilt_file_is_refused_or_told_of(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Cut, change or add bytes anywhere: there is an answer, and no traceback."""
    path = tmp_path_factory.getbasetemp() / "spoilt.json"
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(len(WHOLE), start + 5)))
    spoilt = WHOLE[:start] + data.draw(st.binary(max_size=4)) + WHOLE[end:]
    content = gzip.compress(spoilt)[: data.draw(st.integers(1, 200))] if start % 2 else spoilt
    with contextlib.suppress(SandboxError):
        for record in read(path, content):
            assert (record.value is None) == (record.problem is not None or record.text == "null")
