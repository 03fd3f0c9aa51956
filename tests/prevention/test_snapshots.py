"""The contracts of one moment, read from git or from the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.consumers import read
from contracts.model import Location
from contracts.problems import DocumentError
from contracts.reading import MAX_BYTES
from prevention.decision import NotJudged
from prevention.git import find_repository
from prevention.snapshots import REGISTRY, Snapshot, read_commit, read_working_tree
from tests.prevention.histories import History, book

FOLDER = ("contracts",)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "museum")


def at(history: History, commit: str = "HEAD", known: Snapshot | None = None) -> Snapshot:
    return read_commit(find_repository(history.root), commit, FOLDER, known=known)


def on_disk(history: History, known: Snapshot | None = None) -> Snapshot:
    return read_working_tree(find_repository(history.root), FOLDER, known=known)


def identities(snapshot: Snapshot) -> list[str]:
    return [contract.identity.removeprefix("met-museum-data/") for contract in snapshot.contracts]


def problems(snapshot: Snapshot) -> list[str]:
    return [f"{each.location} {each.what}" for each in snapshot.problems]


def test_places_are_given_from_the_root_of_the_repository(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.commit({"contracts/art/ü pictures.json": book()})
    monkeypatch.chdir(history.root / "contracts")
    for snapshot in (at(history), on_disk(history)):
        (contract,) = snapshot.contracts
        assert contract.file == "contracts/art/ü pictures.json"
        (table,) = contract.tables
        column = table.column("primary_image")
        assert column is not None
        assert column.source is not None
        line = book().splitlines().index('      "primary_image": {') + 1
        assert column.source.location == Location("contracts/art/ü pictures.json", line, 7)


def test_what_is_a_contract_is_the_same_as_on_the_disk(history: History) -> None:
    history.commit(
        {
            "contracts/a.json": book("object"),
            "contracts/deep/b.YML": book("object_tags"),
            "contracts/c.schema.json": "{",
            "contracts/.hidden.json": "{",
            "contracts/.hidden/d.json": "{",
            "contracts/README.md": "# Contracts",
            "contracts/consumers.yaml": "consumers: []",
            "contracts/acknowledgements.yaml": "acknowledgements: []",
            "contracts/deep/consumers.yaml": "{",
            "elsewhere/e.json": "{",
            "contracts.json": "{",
        }
    )
    for snapshot in (at(history), on_disk(history)):
        assert identities(snapshot) == ["object-contract-spec", "object-tags-contract-spec"]
        assert problems(snapshot) == []
        assert sorted(source.path for source in snapshot.beside) == [
            "contracts/acknowledgements.yaml",
            "contracts/consumers.yaml",
        ]
        (registry,) = snapshot.documents(REGISTRY)
        assert registry.file == "contracts/consumers.yaml"
        assert read(registry) == ()


def test_a_document_that_is_the_same_is_read_once(history: History) -> None:
    old = history.commit({"contracts/a.json": book("object"), "contracts/b.json": book()})
    history.commit({"contracts/b.json": book(doc="Something else")})
    before = at(history, old)
    for after in (at(history, known=before), on_disk(history, known=before)):
        pairs = zip(before.contracts, after.contracts, strict=True)
        assert [one is other for one, other in pairs] == [True, False]


def test_a_document_that_moved_has_its_new_place(history: History) -> None:
    old = history.commit({"contracts/a.json": book("object")})
    history.git("mv", "contracts/a.json", "contracts/b.json")
    history.commit()
    before = at(history, old)
    (contract,) = at(history, known=before).contracts
    assert contract.file == "contracts/b.json"
    assert before.contracts == (contract,)


def test_longer_ids_are_known_again(tmp_path: Path) -> None:
    history = History(tmp_path / "long", "--object-format=sha256")
    commit = history.commit({"contracts/a.json": book()})
    before = at(history, commit)
    assert on_disk(history, known=before).contracts[0] is before.contracts[0]


def test_the_disk_shows_what_is_not_committed(history: History) -> None:
    history.commit({"contracts/a.json": book("object"), "contracts/gone.json": book("museum")})
    history.write({"contracts/new.json": book(), "contracts/gone.json": None})
    assert identities(at(history)) == ["museum-contract-spec", "object-contract-spec"]
    assert identities(on_disk(history)) == ["object-contract-spec", "object-images-contract-spec"]


def test_no_folder_holds_nothing(history: History) -> None:
    history.commit({"README.md": "x"})
    assert at(history).contracts == on_disk(history).contracts == ()
    assert at(history).problems == on_disk(history).problems == ()


def test_one_document_may_be_named_and_so_may_the_root(history: History) -> None:
    history.commit({"a.json": book("object"), "deep/b.json": book()})
    repository = find_repository(history.root)
    for paths, expected in {
        ("a.json",): ["object-contract-spec"],
        ("",): ["object-contract-spec", "object-images-contract-spec"],
        ("deep", "a.json"): ["object-contract-spec", "object-images-contract-spec"],
        ("deep", ""): ["object-contract-spec", "object-images-contract-spec"],
    }.items():
        assert identities(read_commit(repository, "HEAD", paths)) == expected
        assert identities(read_working_tree(repository, paths)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff{}", "contracts/bad.json:1 Byte 0 of the file (0xFF) is not UTF-8."),
        (b"{", "contracts/bad.json:1 The document ends where } was expected."),
        (b"", "contracts/bad.json:1 The document is empty."),
        (b"{}", "contracts/bad.json:1 No dialect recognises this document"),
        (b" " * (MAX_BYTES + 1), "contracts/bad.json:1 The file is larger than 5,000,000 bytes."),
        (
            book("object").encode(),
            "contracts/bad.json:3 The contract met-museum-data/object-contract-spec is stated in",
        ),
    ],
)
def test_what_is_wrong_with_a_document(history: History, content: bytes, expected: str) -> None:
    history.commit({"contracts/a.json": book("object"), "contracts/bad.json": content})
    for snapshot in (at(history), on_disk(history)):
        assert [each.startswith(expected) for each in problems(snapshot)] == [True]
        assert "object-contract-spec" in identities(snapshot)


def test_a_registry_that_cannot_be_read(history: History) -> None:
    history.commit({"contracts/consumers.yaml": "a: 1\na: 2\n"})
    with pytest.raises(DocumentError, match=r'contracts/consumers.yaml:2 at a: The key "a"'):
        list(at(history).documents(REGISTRY))


def test_links_within_the_folder_count_and_those_that_lead_out_are_refused(
    history: History,
) -> None:
    history.write({"contracts/text.txt": book("object"), "outside.json": book()})
    contracts = history.root / "contracts"
    (contracts / "inside.json").symlink_to("text.txt")
    history.commit()
    for snapshot in (at(history), on_disk(history)):
        assert [contract.file for contract in snapshot.contracts] == ["contracts/inside.json"]
    (contracts / "outside.json").symlink_to("../outside.json")
    (contracts / "away.json").symlink_to("/etc/passwd")
    (contracts / "nowhere.json").symlink_to("gone.json")
    history.commit()
    assert [str(each.location) for each in at(history).problems] == [
        "contracts/away.json:1",
        "contracts/nowhere.json:1",
        "contracts/outside.json:1",
    ]
    assert on_disk(history).problems


def test_the_folder_itself_may_be_a_link_within_the_repository(history: History) -> None:
    history.write({"real/a.json": book("object")})
    (history.root / "contracts").symlink_to("real")
    history.commit()
    assert identities(at(history)) == identities(on_disk(history)) == ["object-contract-spec"]


def test_a_folder_that_leads_out_or_is_a_submodule(history: History) -> None:
    (history.root / "contracts").symlink_to("..")
    commit = history.commit()
    with pytest.raises(DocumentError, match="contracts:1: This link leads to no document"):
        at(history)
    history.git("rm", "--quiet", "contracts")
    history.git("update-index", "--add", "--cacheinfo", f"160000,{commit},contracts")
    history.git("commit", "--quiet", "--message", "a submodule")
    with pytest.raises(NotJudged, match="contracts is a submodule"):
        at(history)
