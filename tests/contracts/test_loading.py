"""Which files are contracts, and what a folder of them says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts import DocumentError, find_documents, load, load_folder
from contracts.dialects import WAYS_OF_WRITING
from contracts.loading import contract_in
from tests.contracts.specs import IMAGES, NORMALIZED, document, images


def put(folder: Path, name: str, spec: object = IMAGES) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(spec) if path.suffix == ".json" else yaml.safe_dump(spec, sort_keys=False)
    path.write_text(text)
    return path


def test_contract_documents_are_found_by_their_names(tmp_path: Path) -> None:
    wanted = ["a.json", "b.yaml", "c.YML", "crm/consumers.json", "crm/deep/d.yml"]
    others = [
        "consumers.yaml", "crm/consumers.yaml", "acknowledgements.yaml", "contract.schema.json",
        "notes.md", ".hidden.json", ".git/a.json", "a.json.bak",
    ]  # fmt: skip
    for name in wanted + others:
        put(tmp_path, name)
    assert [str(path.relative_to(tmp_path)) for path in find_documents(tmp_path)] == wanted


def test_paths_are_as_the_user_named_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "contracts/a.json")
    monkeypatch.chdir(tmp_path)
    assert find_documents("contracts") == (Path("contracts/a.json"),)
    assert load_folder("contracts")[0].file == "contracts/a.json"
    assert load("contracts/../contracts/a.json").file == "contracts/../contracts/a.json"


def test_a_link_that_stays_inside_is_followed_and_one_that_leads_out_is_refused(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "contracts"
    put(folder, "a.json")
    put(tmp_path, "elsewhere/b.json")
    (folder / "again").symlink_to(folder)  # a circle ends
    assert [path.name for path in find_documents(folder)] == ["a.json"]
    for name, target in (("out.json", "elsewhere/b.json"), ("out", "elsewhere")):
        (folder / name).symlink_to(tmp_path / target)
        with pytest.raises(DocumentError) as refused:
            find_documents(folder)
        assert str(refused.value) == (
            f"{folder / name}:1: This link leads out of the contracts folder."
            " Next: Put the contract itself into the folder, or name its own folder too."
        )
        (folder / name).unlink()
    (folder / "notes.md").symlink_to(tmp_path / "elsewhere/b.json")  # no contract, no matter
    assert len(find_documents(folder)) == 1


def test_a_link_to_nothing_is_a_problem_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "gone.json")
    with pytest.raises(DocumentError, match=r"a\.json:1: There is no such file\."):
        load_folder(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        find_documents(tmp_path / "none")
    assert (
        str(refused.value) == f"{tmp_path}/none:1: There is no such folder. Next: Check the path."
    )


def test_a_folder_gives_its_contracts_in_the_order_of_their_identities(tmp_path: Path) -> None:
    put(tmp_path, "1.json", NORMALIZED)
    put(tmp_path, "2.yaml", IMAGES)
    put(tmp_path, "3.json", images(namespace="another"))
    identities = [contract.identity for contract in load_folder(tmp_path)]
    assert identities == [
        "another/object-images-contract-spec",
        "met-museum-data/object-images-contract-spec",
        "met-museum-data/object-images-normalized-contract-spec",
    ]
    assert load_folder(tmp_path, tmp_path / "1.json", tmp_path) == load_folder(tmp_path)
    assert load_folder(tmp_path / "2.yaml")[0] == load(tmp_path / "2.yaml")
    assert load_folder() == ()


def test_the_same_contract_twice_names_both_files(tmp_path: Path) -> None:
    put(tmp_path, "a.json")
    put(tmp_path, "b.json")
    put(tmp_path, "c.json", NORMALIZED)
    with pytest.raises(DocumentError) as refused:
        load_folder(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}/b.json:1 at name: The contract met-museum-data/object-images-contract-spec is "
        f"stated in {tmp_path}/a.json already. Next: Rename one of the two, or delete one file."
    )


def test_the_problems_of_all_documents_come_at_once(tmp_path: Path) -> None:
    put(tmp_path, "a.json", images(owner__email="nobody"))
    put(tmp_path, "b.json", {"one": 1})
    (tmp_path / "c.yaml").write_text("a: b: c")
    put(tmp_path, "d.json")
    with pytest.raises(DocumentError) as refused:
        load_folder(tmp_path)
    files = [Path(problem.location.file).name for problem in refused.value.problems]
    assert files == ["a.json", "b.json", "c.yaml"]


UNRECOGNISED: list[tuple[Any, str, str]] = [
    ({"title": "x"}, "1: No dialect recognises this document.", "Write it in one of these: book"),
    ({}, "1: No dialect recognises this document.", "Write it in one of these: book"),
    (
        {"title": "x", "datset": "museum.object"},
        "3 at datset: No dialect recognises this document.",
        'Did you mean "dataset"?',
    ),
    ([], "1: Expected an object, found a list of 0 items.", "Write it in one of these: book"),
    ("text", '1: Expected an object, found "text".', "Write it in one of these: book"),
    (None, "1: Expected an object, found null.", "Write it in one of these: book"),
]


@pytest.mark.parametrize(("value", "what", "next_step"), UNRECOGNISED)
def test_a_document_that_no_dialect_recognises_says_which_there_are(
    value: Any, what: str, next_step: str
) -> None:
    with pytest.raises(DocumentError) as refused:
        contract_in(document(value))
    assert str(refused.value).startswith(f"spec.json:{what} Next: {next_step}")
    for dialect, mark in WAYS_OF_WRITING.items() if next_step.startswith("Write") else ():
        assert f"{dialect} ({mark})" in str(refused.value)


def test_a_file_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, "a.json")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DocumentError, match="The file cannot be read: Permission denied"):
        load(path)
