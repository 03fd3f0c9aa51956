"""A result replaces an earlier result, and never a document that Docent reads."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from prevention.commands.group import SECTIONS
from prevention.commands.group import docent as group
from tests.prevention.deprecating.samples import project
from tests.prevention.deprecating.test_deprecate import ASKED, files
from tests.prevention.running import docent

BASELINE = '{"docent-baseline": 1, "accepted": []}\n'
TELLING = {
    "catalog": (),
    "check": ("--documents",),
    "consumers": (),
    "diff": ("contracts/v1.yaml", "contracts/v2.yaml"),
    "explain": ("customers-v1",),
    "gate": ("--documents",),
    "grants": (),
    "parity": ("a", "b", "--key", "id"),
    "report": (),
}
KEPT = [
    ("contracts/v1.yaml", "a contract"),
    ("elsewhere.yaml", "a contract"),
    ("contracts/broken.yaml", "a contract"),
    ("contracts/consumers.yaml", "the registry of consumers"),
    ("contracts/acknowledgements.yaml", "the list of acknowledgements"),
    ("known.json", "a baseline"),
    ("pyproject.toml", "the project's settings"),
    ("link.json", "a contract"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = project(tmp_path, acknowledgements="acknowledgements: []\n", broken="a: [\n")
    (folder / "elsewhere.yaml").write_text((folder / "contracts/v2.yaml").read_text())
    (folder / "known.json").write_text(BASELINE)
    (folder / "link.json").symlink_to(folder / "contracts" / "v1.yaml")
    return folder


def test_these_are_all_commands_that_write_a_result_anew() -> None:
    context = click.Context(group)
    found = set()
    for name in (name for commands in SECTIONS.values() for name in commands):
        command = group.get_command(context, name)
        assert command is not None
        options = [option for each in command.params for option in each.opts]
        found |= {name} if "-o" in options else set()
    assert found == {*TELLING, "convert", "draft", "deprecate", "postmortem"}


@pytest.mark.parametrize("command", sorted(TELLING))
@pytest.mark.parametrize(("document", "what"), KEPT)
def test_a_document_is_never_replaced(folder: Path, command: str, document: str, what: str) -> None:
    before = files(folder)
    ran = docent(command, *TELLING[command], "-o", document, folder=folder)
    assert (ran.code, ran.out, files(folder)) == (2, "", before)
    assert ran.err == (
        f"docent: {document} is {what}, and was left as it is.\nNext: Name another file.\n"
    )


NAMED = [
    ("consumers", ("--log", "log.csv")),
    ("check", ("log.csv",)),
    ("diff", ("log.csv", "contracts/v2.yaml")),
    ("parity", ("a", "b", "--key", "id", "--contracts", "log.csv")),
]


@pytest.mark.parametrize(("command", "words"), NAMED)
def test_a_file_that_is_named_besides_is_not_replaced(
    folder: Path, command: str, words: tuple[str, ...]
) -> None:
    (folder / "log.csv").write_text("mine")
    ran = docent(command, *words, "-o", "./log.csv", folder=folder)
    assert (ran.code, ran.out, (folder / "log.csv").read_text()) == (2, "", "mine")
    assert ran.err.startswith("docent: log.csv is named twice, and was left as it is.\n")


AGAIN = [
    ("check", ("--documents", "--format", "json"), "told.json"),
    ("check", ("--documents",), "told.txt"),
    ("explain", ("customers-v1", "--format", "json"), "told.json"),
    ("explain", ("customers-v1", "--review", "--documents", "--format", "json"), "told.json"),
    ("diff", ("contracts/v1.yaml", "contracts/v2.yaml", "--format", "json"), "told.json"),
    ("diff", ("contracts/v1.yaml", "contracts/v2.yaml", "--format", "changelog"), "told.md"),
]


@pytest.mark.parametrize(("command", "words", "output"), AGAIN)
def test_an_earlier_result_is_replaced(
    folder: Path, command: str, words: tuple[str, ...], output: str
) -> None:
    (folder / "contracts" / "broken.yaml").unlink()
    first = docent(command, *words, "-o", output, folder=folder)
    text = (folder / output).read_bytes()
    (folder / output).write_bytes(text + b"\n")
    assert docent(command, *words, "-o", output, folder=folder) == first
    assert first.code < 2
    assert (folder / output).read_bytes() == text


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--sunset", "2026-01-04")])
@pytest.mark.parametrize("output", ["contracts/v1.yaml", "README.md", "contracts"])
def test_deprecate_writes_its_result_into_new_files_only(
    folder: Path, more: tuple[str, ...], output: str
) -> None:
    (folder / "contracts" / "broken.yaml").unlink()
    (folder / "README.md").write_text("mine")
    before = files(folder)
    ran = docent(*ASKED, *more, "-o", output, folder=folder)
    assert (ran.code, ran.out, files(folder)) == (2, "", before)
    assert ran.err == (
        f"docent: {output} is there already, and was left as it is.\nNext: Name another file.\n"
    )


def test_deprecate_keeps_its_result_apart_from_what_it_drafts(folder: Path) -> None:
    (folder / "contracts" / "broken.yaml").unlink()
    before = files(folder)
    ran = docent(*ASKED, "-o", "docs/migrations/customers-v1.md", folder=folder)
    assert (ran.code, ran.out, files(folder)) == (2, "", before)
    assert "is one of the files that this step writes itself." in ran.err


def test_deprecate_leaves_no_result_of_a_step_that_could_not_be_written(folder: Path) -> None:
    (folder / "contracts" / "broken.yaml").unlink()
    (folder / "docs").write_text("a file where the drafts' folder would be")
    before = files(folder)
    ran = docent(*ASKED, "-o", "told.txt", folder=folder)
    assert (ran.code, ran.out, files(folder)) == (2, "", before)
