"""Commits read from git, in real repositories with real history."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from prevention.decision import NotJudged
from prevention.git import Entry, Repository, environment, find_repository
from tests.prevention.histories import History


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "museum")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(NotJudged) as caught:
        call()
    (obstacle,) = caught.value.obstacles
    return f"{obstacle.what} {obstacle.next_step}"


def paths(repository: Repository, commit: str, folder: str = "") -> list[str]:
    return [entry.path for entry in repository.entries(commit, folder)]


def test_a_repository_is_found_from_any_folder_below(history: History) -> None:
    history.commit({"contracts/art/pictures.json": "{}"})
    below = history.root / "contracts" / "art"
    assert find_repository(below) == find_repository(history.root) == Repository(history.root)


@pytest.mark.parametrize("name", ["with space", "ünï-collection", "two\nlines", " ends ", "\n"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    history = History(tmp_path / name / "museum")
    history.commit({"contracts/a.json": "{}"})
    repository = find_repository(history.root / "contracts")
    assert repository.root == history.root
    assert repository.path_of(history.root / "contracts") == "contracts"


def test_the_merge_base_is_where_a_branch_began(history: History) -> None:
    start = history.commit({"a.txt": "1"})
    history.branch("work")
    history.commit({"b.txt": "1"})
    history.switch("main")
    history.commit({"c.txt": "1"})
    history.switch("work")
    assert find_repository(history.root).merge_base("main", "HEAD") == start


def test_after_a_merge_of_the_base_the_merge_base_is_its_tip(history: History) -> None:
    history.commit({"a.txt": "1"})
    history.branch("work")
    history.commit({"b.txt": "1"})
    history.switch("main")
    tip = history.commit({"c.txt": "1"})
    history.switch("work")
    history.git("merge", "--quiet", "--no-edit", "main")
    assert find_repository(history.root).merge_base("main", "HEAD") == tip


def test_after_a_rebase_the_merge_base_moves_along(history: History) -> None:
    history.commit({"a.txt": "1"})
    history.branch("work")
    history.commit({"b.txt": "1"})
    history.switch("main")
    tip = history.commit({"c.txt": "1"})
    history.switch("work")
    history.git("rebase", "--quiet", "main")
    assert find_repository(history.root).merge_base("main", "HEAD") == tip


def test_a_detached_head_a_tag_and_an_id_are_commits_too(history: History) -> None:
    first = history.commit({"a.txt": "1"})
    history.git("tag", "--annotate", "--message", "first", "v1")
    second = history.commit({"a.txt": "2"})
    history.git("checkout", "--quiet", "--detach", second)
    repository = find_repository(history.root)
    assert repository.merge_base("v1", "HEAD") == first
    assert repository.commit(second[:8]) == second


def test_entries_and_contents_whatever_a_path_is_called(history: History) -> None:
    files: dict[str, str | bytes | None] = {
        "contracts/plain.json": "{}",
        "contracts/with space.json": "one",
        "contracts/zwei\nzeilen.json": "two\n",
        "contracts/größe/ü.yaml": "three",
        'contracts/a"quote\\.json': b"\xff\xfe\x00",
        "contracts/-option.json": "",
        "contracts/:(glob)*.json": "four",
        "elsewhere/plain.json": "{}",
    }
    commit = history.commit(files)
    repository = find_repository(history.root)
    entries = repository.entries(commit, "contracts")
    contents = repository.contents(entries)
    assert {entry.path: contents[entry.id] for entry in entries} == {
        path: content.encode() if isinstance(content, str) else content
        for path, content in files.items()
        if path.startswith("contracts/")
    }
    assert {entry.size for entry in entries} == {0, 2, 3, 4, 5}
    only = repository.entries(commit, "contracts/:(glob)*.json")
    assert [entry.path for entry in only] == ["contracts/:(glob)*.json"]


def test_a_name_that_is_no_text_is_kept_as_it_is(history: History) -> None:
    (history.root / "contracts").mkdir()
    (Path(os.fsdecode(os.fsencode(history.root) + b"/contracts/\xff.json"))).write_text("{}")
    commit = history.commit()
    (entry,) = find_repository(history.root).entries(commit, "contracts")
    assert os.fsencode(entry.path) == b"contracts/\xff.json"


def test_links_and_submodules_are_told_apart(history: History) -> None:
    history.write({"contracts/real.json": "{}"})
    (history.root / "contracts" / "link.json").symlink_to("real.json")
    commit = history.commit()
    history.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendor")
    history.git("commit", "--quiet", "--message", "a submodule")
    repository = find_repository(history.root)
    entries = {entry.path: entry for entry in repository.entries("HEAD")}
    assert {path: entry.kind for path, entry in entries.items()} == {
        "contracts/link.json": "link",
        "contracts/real.json": "file",
        "vendor": "module",
    }
    link = entries["contracts/link.json"]
    assert repository.contents([link]) == {link.id: b"real.json"}


def test_equal_contents_are_read_once_and_a_folder_may_be_missing(history: History) -> None:
    commit = history.commit({"contracts/a.json": "same", "contracts/b.json": "same"})
    repository = find_repository(history.root)
    assert len(repository.contents(repository.entries(commit))) == 1
    assert repository.entries(commit, "no/such/folder") == ()
    assert repository.contents(()) == {}
    assert paths(repository, commit, "contracts/a.json") == ["contracts/a.json"]


def test_a_repository_with_longer_ids(tmp_path: Path) -> None:
    history = History(tmp_path / "long", "--object-format=sha256")
    commit = history.commit({"contracts/a.json": "{}"})
    repository = find_repository(history.root)
    (entry,) = repository.entries(commit, "contracts")
    assert len(entry.id) == len(commit) == 64
    assert repository.contents([entry]) == {entry.id: b"{}"}


def test_thousands_of_files_are_read_whole(history: History) -> None:
    files: dict[str, str | bytes | None] = {
        f"contracts/{number}.json": f"{number}\n" * 400 for number in range(3000)
    }
    commit = history.commit(files)
    repository = find_repository(history.root)
    entries = repository.entries(commit, "contracts")
    contents = repository.contents(entries)
    assert {e.path: contents[e.id].decode() for e in entries} == files


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"contracts/a.json": "2"},
        {"contracts/a.json": "2", "contracts-of-others/ü\n.json": "new"},
        {"migrations/1.py": None},
    ],
)
def test_which_paths_differ(history: History, changes: dict[str, str | None]) -> None:
    old = history.commit({"contracts/a.json": "1", "migrations/1.py": "pass"})
    repository = find_repository(history.root)
    history.write(changes)
    assert repository.changed(old, None) == tuple(sorted(changes))
    new = history.commit()
    assert repository.changed(old, new) == tuple(sorted(changes))
    assert repository.changed(new, None) == repository.changed(new, new) == ()


def test_what_git_would_track_is_listed(history: History) -> None:
    history.commit({".gitignore": "*.log\n", "a.py": "1", "gone.py": "1"})
    history.write({"new.py": "1", "noise.log": "1", "gone.py": None})
    assert find_repository(history.root).working_files() == (".gitignore", "a.py", "new.py")


def test_the_callers_own_settings_for_git_do_not_matter(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = history.commit({"contracts/ü.json": "{}"})
    other = History(tmp_path / "other")
    other.commit({"contracts/other.json": "{}"})
    traps = tmp_path / "config"
    traps.write_text(
        "[core]\n  quotePath = true\n  fsmonitor = false-program\n  pager = false\n"
        "[alias]\n  ls-tree = !false\n[color]\n  ui = always\n[log]\n  showSignature = true\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(traps))
    for name, value in {
        "GIT_DIR": other.root / ".git",
        "GIT_WORK_TREE": other.root,
        "GIT_INDEX_FILE": "/nonexistent",
        "GIT_OBJECT_DIRECTORY": "/nonexistent",
        "GIT_TRACE": "1",
        "GIT_GLOB_PATHSPECS": "1",
        "GIT_PAGER": "false",
        "GIT_SHALLOW_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, str(value))
    repository = find_repository(history.root)
    assert repository.root == history.root
    assert paths(repository, commit, "contracts") == ["contracts/ü.json"]
    assert repository.working_files() == ("contracts/ü.json",)


def test_git_is_told_whom_to_trust_and_nothing_else() -> None:
    inherited = {
        "PATH": "/bin",
        "GIT_DIR": "elsewhere",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_CONFIG_PARAMETERS": "'core.bare=true'",
    }
    kept = {k: v for k, v in environment(inherited).items() if k in {*inherited, "LC_ALL"}}
    assert kept == {
        "PATH": "/bin",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "LC_ALL": "C",
    }


def test_a_replaced_commit_is_read_as_it_was_made(history: History) -> None:
    old = history.commit({"a.txt": "1"})
    new = history.commit({"b.txt": "1"})
    history.git("replace", new, old)
    assert paths(find_repository(history.root), new) == ["a.txt", "b.txt"]


# ------------------------------------------------------------------ what stands in the way


def test_a_folder_in_no_repository(tmp_path: Path) -> None:
    said = refusal(lambda: find_repository(tmp_path))
    assert f"{tmp_path} is in no git repository" in said
    assert "docent diff OLD NEW" in said


def test_a_repository_without_files(tmp_path: Path) -> None:
    bare = History(tmp_path / "bare", "--bare")
    assert "without files" in refusal(lambda: find_repository(bare.root))


def test_a_folder_that_is_not_there_is_no_missing_git(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_repository(tmp_path / "gone")


def test_git_is_not_installed(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert "Git is not installed" in refusal(lambda: find_repository(history.root))


def test_a_repository_of_another_user(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.commit({"a.txt": "1"})
    # Git's own way to test this: it takes every folder for that of another user.
    real = subprocess.run

    def as_another(*arguments: object, env: dict[str, str], **more: object) -> object:
        env = {**env, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
        return real(*arguments, env=env, **more)  # type: ignore[call-overload]

    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setattr(subprocess, "run", as_another)
    said = refusal(lambda: find_repository(history.root))
    assert "belongs to another user" in said
    assert f"git config --global --add safe.directory {history.root}" in said

    trusting = history.root.parent / "trusting"
    trusting.write_text(f"[safe]\n  directory = {history.root}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(trusting))
    assert find_repository(history.root).root == history.root


def test_no_commit_yet(history: History) -> None:
    repository = find_repository(history.root)
    assert "no commit yet" in refusal(lambda: repository.commit("HEAD"))


@pytest.mark.parametrize("name", ["-x", "--upload-pack=touch", "", " "])
def test_what_is_no_name_is_not_handed_to_git(history: History, name: str) -> None:
    history.commit({"a.txt": "1"})
    repository = find_repository(history.root)
    assert "names no commit" in refusal(lambda: repository.commit(name))


def test_an_unknown_base_gets_the_command_that_brings_it(history: History, tmp_path: Path) -> None:
    history.commit({"a.txt": "1"})
    repository = find_repository(history.root)
    said = refusal(lambda: repository.merge_base("origin/main", "HEAD"))
    assert said.startswith("There is no commit origin/main here. git fetch, or name another")
    assert "Branches here: main." in said
    clone = history.clone(tmp_path / "clone")
    said = refusal(lambda: find_repository(clone.root).merge_base("origin/release", "HEAD"))
    assert "git fetch origin release" in said


def test_no_history_in_common(history: History) -> None:
    history.commit({"a.txt": "1"})
    history.git("checkout", "--quiet", "--orphan", "other")
    history.commit({"b.txt": "1"})
    repository = find_repository(history.root)
    said = refusal(lambda: repository.merge_base("main", "HEAD"))
    assert said.startswith("main and HEAD have no commit in common.")


@pytest.fixture
def forked(history: History) -> History:
    """A branch that left main some commits ago."""
    history.commit({"a.txt": "1"})
    history.branch("work")
    history.commit({"b.txt": "1"})
    history.commit({"b.txt": "2"})
    history.switch("main")
    history.commit({"a.txt": "2"})
    history.commit({"a.txt": "3"})
    history.switch("work")
    return history


def test_a_shallow_clone_says_how_to_deepen_it(forked: History, tmp_path: Path) -> None:
    clone = forked.clone(tmp_path / "clone", "--depth=1", "--no-single-branch")
    repository = find_repository(clone.root)
    assert repository.shallow
    said = refusal(lambda: repository.merge_base("origin/main", "HEAD"))
    assert "This clone is shallow" in said
    assert "git fetch --unshallow (in actions/checkout: fetch-depth: 0)" in said
    clone.git("fetch", "--quiet", "--unshallow")
    repository = find_repository(clone.root)
    expected = forked.git("merge-base", "main", "work")
    assert repository.merge_base("origin/main", "HEAD") == expected


def test_a_shallow_clone_of_one_branch_says_so_too(forked: History, tmp_path: Path) -> None:
    clone = forked.clone(tmp_path / "clone", "--depth=1")
    repository = find_repository(clone.root)
    said = refusal(lambda: repository.merge_base("origin/main", "HEAD"))
    assert "There is no commit origin/main here." in said
    assert "git fetch --unshallow" in said
    assert "git fetch origin main" in said


def test_a_file_whose_content_is_lost(history: History) -> None:
    commit = history.commit({"contracts/a.json": "{}"})
    repository = find_repository(history.root)
    lost = Entry("contracts/a.json", "0" * 40, 2)
    assert "does not have the content" in refusal(lambda: repository.contents([lost]))
    (entry,) = repository.entries(commit)
    folder = history.root / ".git" / "objects" / entry.id[:2]
    for file in folder.iterdir():
        file.unlink()
    assert "git fsck" in refusal(lambda: repository.contents([entry]))


def test_a_path_outside_the_repository(history: History, tmp_path: Path) -> None:
    history.commit({"a.txt": "1"})
    repository = find_repository(history.root)
    assert "is not in the repository" in refusal(lambda: repository.path_of(tmp_path / "x"))
    assert repository.path_of(history.root) == ""
    assert repository.path_of(history.root / ".data" / "contracts") == ".data/contracts"


def test_the_working_tree_may_be_reached_through_a_link(history: History, tmp_path: Path) -> None:
    history.commit({"contracts/a.json": "{}"})
    (tmp_path / "way").symlink_to(history.root)
    repository = find_repository(tmp_path / "way")
    assert repository.path_of(tmp_path / "way" / "contracts") == "contracts"
    assert repository.path_of(tmp_path / "way") == ""
    assert repository.path_of(tmp_path / "way" / "gone") == "gone"
