"""Whatever is made of a contract, a person gets a message: never a traceback."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prevention import cli
from tests.contracts.odcs_documents import LOANS, value_of
from tests.prevention.running import REPOSITORY

SPECS = [
    (REPOSITORY / "contracts" / "object_images_contract_spec.json").read_bytes(),
    json.dumps(value_of(LOANS)).encode(),
]

texts = st.text(max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def paths(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    inside: Any = document.items() if isinstance(document, dict) else ()
    inside = enumerate(document) if isinstance(document, list) else inside
    return [path, *(found for key, value in inside for found in paths(value, (*path, key)))]


@st.composite
def mutated_values(draw: st.DrawFn) -> bytes:
    """The contract with one value replaced, taken away, or one key renamed."""
    document = json.loads(draw(st.sampled_from(SPECS)))
    *above, key = draw(st.sampled_from(paths(document)[1:]))
    place = document
    for step in above:
        place = place[step]
    change = draw(st.sampled_from(["replace", "remove", "rename"]))
    if change == "replace":
        place[key] = draw(values)
    else:
        value = place.pop(key)
        if change == "rename" and isinstance(place, dict):
            place[draw(st.text(max_size=12))] = value
    return json.dumps(document).encode()


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    """The contract with a few bytes exchanged for others."""
    spec = draw(st.sampled_from(SPECS))
    start = draw(st.integers(0, len(spec) - 1))
    length = draw(st.integers(0, 40))
    return spec[:start] + draw(st.binary(max_size=8)) + spec[start + length :]


@settings(max_examples=100, deadline=None)
@given(
    content=mutated_values() | mutated_bytes() | st.binary(max_size=60),
    suffix=st.sampled_from([".json", ".yaml"]),
    form=st.sampled_from(["text", "json", "junit", "github", "markdown"]),
)
def test_no_document_whatever_shows_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str, form: str
) -> None:
    file = tmp_path_factory.getbasetemp() / f"mutated{suffix}"
    file.write_bytes(content)
    said = run("check", "--documents", str(file), "--format", form)
    assert "A defect of Docent" not in said


def run(*arguments: str) -> str:
    """What ``docent`` says, run in this process; its exit code is one of ours."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(arguments)
    assert code in {0, 2}
    assert (code == 2) is (bool(err.getvalue()) or out.getvalue().startswith("::error "))
    return err.getvalue()


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_no_settings_whatever_show_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "settings"
    folder.mkdir(exist_ok=True)
    content = f"[tool.docent]\n{text}".encode("utf-8", "surrogatepass")
    (folder / "pyproject.toml").write_bytes(content)
    contracts = Path(REPOSITORY / "contracts")
    with contextlib.chdir(folder):
        assert "A defect of Docent" not in run("check", "--documents", str(contracts))
