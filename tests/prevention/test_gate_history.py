"""The gate over real repositories with real history: contracts alone, no database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.prevention.histories import History, book
from tests.prevention.running import Ran, docent

IMAGES = "contracts/object_images.json"
OBJECT = "contracts/object.json"
WITHOUT_IMAGE = book(columns={"object_id": "integer"})
WITH_TITLE = book(columns={"object_id": "integer", "primary_image": "text", "credit_line": "text"})


def visitors(version: str | None = "1.2.0", elements: str = "email, city", **more: str) -> str:
    """A contract with a version, about those who visit the museum."""
    lines = ["name: visitors", "owner: Visitor Experience"]
    lines += [f"{key}: {value}" for key, value in more.items()]
    lines += [f"version: {version}"] if version else []
    lines += ["models:", "  visitors:", "    elements:"]
    for element in elements.split(", "):
        lines += [f"      {element}:", "        type: string", "        required: true"]
    return "\n".join(lines) + "\n"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository whose main branch promises two tables, and a branch of work."""
    made = History(tmp_path / "museum")
    made.commit({IMAGES: book(), OBJECT: book("object")})
    made.branch("work")
    return made


def gate(history: History, *arguments: str | Path, **settings: str | None) -> Ran:
    """The gate in a repository whose main branch is not elsewhere."""
    options = ["--base", "main"] if "--base" not in arguments else []
    return docent("gate", *options, *arguments, folder=history.root, settings=settings)


def report(history: History, *arguments: str | Path) -> tuple[int, list[tuple[str, str, str]]]:
    """The exit code, and level, rule and element of all that is told, notes left out."""
    ran = gate(history, "--format", "json", *arguments)
    told = json.loads(ran.out)
    assert told["exit"] == ran.code
    findings = [(each["level"], each["rule"], each["element"]) for each in told["findings"]]
    return ran.code, [each for each in findings if each[0] != "note"]


GONE = ("error", "column-removed", "public.object_images.primary_image")


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({}, 0, []),
        ({"README.md": "# Museum"}, 0, []),
        ({IMAGES: WITHOUT_IMAGE}, 1, [GONE]),
        ({IMAGES: WITH_TITLE}, 0, []),
        ({IMAGES: book(doc="Said in other words.")}, 0, []),
        ({"contracts/tags.json": book("object_tags")}, 0, []),
        (
            {OBJECT: None}, 1,
            [("error", "contract-removed", "met-museum-data/object-contract-spec")],
        ),
        ({OBJECT: None, "contracts/art/object.json": book("object")}, 0, []),
        ({IMAGES: None, "contracts/b.json": WITHOUT_IMAGE}, 1, [GONE]),
        ({IMAGES: book().replace("\n", "\r\n")}, 0, []),
    ],
)  # fmt: skip
def test_what_a_branch_does_to_contracts(
    history: History,
    change: Mapping[str, str | None],
    code: int,
    told: list[tuple[str, str, str]],
) -> None:
    history.commit(change)
    assert report(history) == (code, told)


def test_what_others_have_merged_meanwhile_is_not_this_branch_s(history: History) -> None:
    history.commit({IMAGES: WITH_TITLE})
    history.switch("main")
    history.commit({OBJECT: None})
    history.switch("work")
    assert report(history) == (0, [])  # behind its base
    history.git("merge", "--quiet", "--no-edit", "main")
    assert report(history) == (0, [])  # merged
    history.commit({IMAGES: WITHOUT_IMAGE})
    assert report(history) == (1, [GONE])


def test_a_rebase_changes_nothing_of_what_is_told(history: History) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE})
    history.switch("main")
    history.commit({OBJECT: book("object", doc="New words.")})
    history.switch("work")
    before = report(history)
    history.git("rebase", "--quiet", "main")
    assert report(history) == before == (1, [GONE])


def test_a_break_that_is_taken_back_on_the_branch_is_none(history: History) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE})
    history.commit({IMAGES: book()})
    assert report(history) == (0, [])


def test_a_detached_head_and_a_folder_below_are_no_hindrance(history: History) -> None:
    commit = history.commit({IMAGES: WITHOUT_IMAGE})
    history.git("checkout", "--quiet", "--detach", commit)
    assert report(history) == (1, [GONE])
    ran = docent("gate", "--base", "main", ".", folder=history.root / "contracts")
    assert ran.code == 1
    assert "promise   contracts/object_images.json:" in ran.out


def test_only_what_is_committed_counts_unless_the_working_tree_is_asked(history: History) -> None:
    history.write({IMAGES: WITHOUT_IMAGE})
    assert report(history) == (0, [])
    assert report(history, "--worktree") == (1, [GONE])
    history.write({IMAGES: None})
    code, told = report(history, "--worktree")
    assert (code, [rule for _, rule, _ in told]) == (1, ["contract-removed"])


def test_documents_and_folders_may_be_named(history: History) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE, "promises/tags.json": book("object_tags")})
    assert report(history, OBJECT) == (0, [])
    assert report(history, "contracts", "promises") == (1, [GONE])
    assert report(history, "promises") == (0, [])


# ------------------------------------------------------------------ the base


def test_the_usual_base_is_main_at_origin(history: History, tmp_path: Path) -> None:
    history.switch("main")
    clone = history.clone(tmp_path / "clone")
    clone.branch("work")
    clone.commit({IMAGES: WITHOUT_IMAGE})
    ran = docent("gate", folder=clone.root)
    assert (ran.code, "Compared commit" in ran.out, "with origin/main at" in ran.out) == (
        1,
        True,
        True,
    )


def test_settings_name_another_base_and_a_flag_goes_before_them(history: History) -> None:
    history.git("branch", "release")
    history.commit({"pyproject.toml": '[tool.docent]\nbase = "release"\n'})
    history.commit({IMAGES: WITHOUT_IMAGE})
    history.git("branch", "later")
    assert docent("gate", folder=history.root).code == 1
    assert docent("gate", "--base", "later", folder=history.root).code == 0
    assert docent("gate", settings={"DOCENT_BASE": "later"}, folder=history.root).code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "There is no commit origin/main here."),
        (["--base", "nowhere"], "There is no commit nowhere here."),
        (["--base", "main", "--now", "soon"], "--now is 'soon', which is no day"),
        (["--base", "main", "--documents", "--schema", "x"], "--documents asks no database"),
        (["--base", "main", "--connection", "staging"], "No connection 'staging' is named"),
        (["--base", "main", "--baseline", "no.json"], "no.json: No such file"),
        (["--base", "main", "--pr-body-file", "no.txt"], "no.txt: No such file"),
        (["--base", "main", "/etc"], "/etc is not in the repository"),
        (["--base", "main", "--policy", "mine"], "'mine' is not one of 'docent', 'seed-004'"),
    ],
)
def test_what_cannot_be_judged_ends_in_one_message(
    history: History, arguments: list[str], says: str
) -> None:
    ran = docent("gate", *arguments, folder=history.root)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("Next: ") == 1


def test_a_shallow_clone_is_told_how_to_deepen_itself(history: History, tmp_path: Path) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE})
    history.switch("main")
    history.commit({"README.md": "x"})
    history.switch("work")
    clone = history.clone(tmp_path / "clone", "--depth=1", "--no-single-branch")
    ran = docent("gate", folder=clone.root)
    assert (ran.code, "git fetch --unshallow" in ran.err) == (2, True)
    clone.git("fetch", "--quiet", "--unshallow")
    assert docent("gate", folder=clone.root).code == 1


def test_no_repository_and_no_contract(tmp_path: Path) -> None:
    ran = docent("gate", folder=tmp_path)
    assert (ran.code, "is in no git repository" in ran.err) == (2, True)
    empty = History(tmp_path / "empty")
    empty.commit({"README.md": "x"})
    ran = gate(empty)
    assert (ran.code, "Nothing was checked" in ran.err) == (2, True)


def test_a_base_without_the_folder_promised_nothing(tmp_path: Path) -> None:
    made = History(tmp_path / "museum")
    made.commit({"README.md": "x"})
    made.branch("work")
    made.commit({IMAGES: book()})
    assert report(made) == (0, [])


def test_the_last_contract_may_not_go_unnoticed_either(history: History) -> None:
    history.commit({IMAGES: None, OBJECT: None})
    code, told = report(history)
    assert (code, [rule for _, rule, _ in told]) == (1, ["contract-removed"] * 2)


# ------------------------------------------------------------------ documents that are none

BROKEN_YAML = "dataset: [museum\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BROKEN_YAML, "contracts/odd.yaml:"),
        (b"\xff\xfe\x00bad", "contracts/odd.yaml:1:1: The file is written in UTF-16"),
        (b"name: caf\xe9\n", "contracts/odd.yaml:1:10: Byte 9 of the file (0xE9) is not UTF-8."),
        ("greeting: hello\n", "contracts/odd.yaml:1:1: No dialect recognises this document"),
    ],
)
def test_a_document_that_is_none_cannot_be_judged(
    history: History, content: str | bytes, says: str
) -> None:
    history.commit({"contracts/odd.yaml": content})
    ran = gate(history, "--accept", "met-museum-data/object-images-contract-spec")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    reported = gate(history, "--format", "json")
    assert (reported.code, json.loads(reported.out)["status"]) == (2, "not-judged")


def test_one_that_was_none_before_may_be_mended(tmp_path: Path) -> None:
    made = History(tmp_path / "museum")
    made.commit({IMAGES: book(), OBJECT: book("object")[:-20]})
    made.branch("work")
    made.commit({"README.md": "x"})
    assert gate(made).code == 2
    made.commit({OBJECT: book("object")})
    assert report(made) == (0, [("warning", "base-unread", "")])
    made.commit({IMAGES: WITHOUT_IMAGE})
    assert report(made)[0] == 1


def test_acknowledgements_and_the_registry_must_be_in_order_too(history: History) -> None:
    history.commit({"contracts/acknowledgements.yaml": "acknowledgements: maybe\n"})
    ran = gate(history)
    assert (ran.code, "contracts/acknowledgements.yaml:1:19" in ran.err) == (2, True)
    history.commit(
        {"contracts/acknowledgements.yaml": None, "contracts/consumers.yaml": "consumers: 1\n"}
    )
    ran = gate(history)
    assert (ran.code, "contracts/consumers.yaml:1:12" in ran.err) == (2, True)


# ------------------------------------------------------------------ versions


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (visitors(), []),
        (visitors("2.0.0", "email"), [("error", "column-removed", "visitors.city")]),
        (visitors("1.3.0", "email"),
         [("error", "column-removed", "visitors.city"),
          ("error", "version-too-low", "visitors (version)")]),
        (visitors("1.2.0", "email"),
         [("error", "column-removed", "visitors.city"),
          ("error", "version-unchanged", "visitors (version)")]),
        (visitors("1.1.0"), [("error", "version-lower", "visitors (version)")]),
        (visitors("1.2.1", description="Said otherwise."), []),
        (visitors(description="Said otherwise."),
         [("error", "version-unchanged", "visitors (version)")]),
        (visitors(None), [("error", "version-withdrawn", "visitors (version)")]),
    ],
)  # fmt: skip
def test_a_version_is_held_to_what_changed(
    tmp_path: Path, new: str, told: list[tuple[str, str, str]]
) -> None:
    made = History(tmp_path / "museum")
    made.commit({"contracts/visitors.yaml": visitors()})
    made.branch("work")
    made.commit({"contracts/visitors.yaml": new})
    found = report(made)[1]
    assert {rule for _, rule, _ in found} == {rule for _, rule, _ in told}
    accepted = report(made, "--accept", "visitors")[0]
    assert accepted == int(any(rule.startswith("version-") for _, rule, _ in told))


def test_the_suggested_version_is_printed_where_it_goes(tmp_path: Path) -> None:
    made = History(tmp_path / "museum")
    made.commit({"contracts/visitors.yaml": visitors()})
    made.branch("work")
    made.commit({"contracts/visitors.yaml": visitors("1.2.1", "email")})
    ran = gate(made)
    assert "The version of 'visitors' is '1.2.1'; its changes demand '2.0.0' or more" in ran.out
    assert "  promise   contracts/visitors.yaml:3\n" in ran.out
    assert "  next      Write '2.0.0' as its version.\n" in ran.out


def test_a_version_that_is_none_cannot_be_judged(tmp_path: Path) -> None:
    made = History(tmp_path / "museum")
    made.commit({"contracts/visitors.yaml": visitors()})
    made.branch("work")
    made.commit({"contracts/visitors.yaml": visitors("latest", "email")})
    ran = gate(made)
    assert ran.code == 2
    assert "contracts/visitors.yaml:3" in ran.err


def test_a_child_that_is_weaker_than_its_parent_cannot_be_accepted(tmp_path: Path) -> None:
    def promise(name: str, hours: int, **more: str) -> str:
        extra = "".join(f"{key}: {value}\n" for key, value in more.items())
        levels = f"sla:\n  freshness: {hours}h\n"
        model = "models:\n  visitors:\n    elements:\n      email:\n        type: string\n"
        return f"name: {name}\nversion: 1.0.0\n{extra}{model}{levels}"

    made = History(tmp_path / "museum")
    made.commit({"contracts/parent.yaml": promise("enterprise-base", 24)})
    made.branch("work")
    made.commit({"contracts/child.yaml": promise("visitors", 48, extends="enterprise-base")})
    code, told = report(made, "--accept", "visitors,enterprise-base")
    assert (code, [rule for level, rule, _ in told if level == "error"]) == (1, ["child-weaker"])


# ------------------------------------------------------------------ what may pass

BODY = "Retires the picture.\n\naccept-breaking-change: public.object_images\n"


def test_the_seed_s_ways_of_accepting(history: History, tmp_path: Path) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE, OBJECT: None})
    body = tmp_path / "body.txt"
    body.write_text(BODY)
    images, other = "met-museum-data/object-images-contract-spec", "object-contract-spec"
    both = f"{images},{other}"
    cases: list[tuple[list[str | Path], str | None, int]] = [
        ([], None, 1),
        (["--accept", both], None, 0),
        (["--accept", images], None, 1),
        ([], both, 0),
        (["--accept", images], both, 1),  # the flag goes before the variable
        (["--accept", ""], both, 1),
        (["--pr-body-file", body], None, 1),
        (["--pr-body-file", body, "--accept", other], None, 0),  # body and flag add up
        (["--pr-body-file", body], other, 0),
    ]
    for arguments, variable, code in cases:
        ran = gate(history, *arguments, ACCEPT_BREAKING_CHANGE=variable)
        assert ran.code == code, (arguments, variable, ran.out)


def test_what_was_accepted_is_told_all_the_same(history: History) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE})
    ran = gate(history, "--accept", "public.object_images,nobody")
    assert ran.code == 0
    assert "ACKED  column-removed  public.object_images.primary_image\n" in ran.out
    assert "  ACKED     --accept\n" in ran.out
    assert "No breaking change goes by the accepted name 'nobody'" in ran.out
    assert "Nothing stops this change; 1 ACKED; 1 warning; 1 note." in ran.out


def test_one_change_is_acknowledged_in_the_file(history: History) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE})
    first = gate(history)
    (accept,) = [line.split()[-1] for line in first.out.splitlines() if "docent ack" in line]
    who = ["--approver", "Ada, data-eng@museum.org", "--reason", "Nobody shows it."]
    how = ["--base", "main", *who, "--expires", "2026-03-31", "--now", "2026-01-20"]
    ran = docent("ack", accept[:6], *how, folder=history.root)
    assert (ran.code, ran.err) == (0, "")
    assert "Wrote contracts/acknowledgements.yaml: column-removed of" in ran.out
    day = ["--now", "2026-01-20"]
    assert gate(history, *day).code == 1  # not committed yet
    assert gate(history, *day, "--worktree").code == 0
    history.commit()
    told = gate(history, *day)
    assert told.code == 0
    assert "  ACKED     Ada, data-eng@museum.org, until 2026-03-31: Nobody shows it.\n" in told.out
    again = docent("ack", accept, *how, folder=history.root)
    assert (again.code, "may pass already" in again.err) == (2, True)
    late = gate(history, "--now", "2026-04-01")
    assert late.code == 1
    assert "counted until '2026-03-31'" in late.out
    assert "  promise   contracts/acknowledgements.yaml:5\n" in late.out
    history.commit({IMAGES: book()})
    unused = gate(history, *day)
    assert (unused.code, "acknowledgement-unused" in unused.out) == (0, True)


@pytest.mark.parametrize(
    ("fingerprint", "says"),
    [
        ("ffffffffffffffff", "No change has the fingerprint ffffffffffffffff."),
        ("", "No change has the fingerprint ."),
    ],
)
def test_a_fingerprint_of_nothing(history: History, fingerprint: str, says: str) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE})
    how = ["--base", "main", "--reason", "r", "--approver", "a", "--expires", "2026-03-31"]
    ran = docent("ack", fingerprint, *how, folder=history.root)
    assert (ran.code, says in ran.err) == (2, True)
    assert "(column-removed of public.object_images.primary_image)" in ran.err
    assert not (history.root / "contracts/acknowledgements.yaml").exists()


def test_a_change_that_breaks_nothing_needs_no_entry(history: History) -> None:
    history.commit({IMAGES: WITH_TITLE})
    told = json.loads(gate(history, "--format", "json").out)["findings"]
    (fingerprint,) = [f["verdict"]["fingerprint"] for f in told if f["rule"] == "column-added"]
    how = ["--base", "main", "--reason", "r", "--approver", "a", "--expires", "2026-03-31"]
    ran = docent("ack", fingerprint, *how, folder=history.root)
    assert (ran.code, "needs no acknowledgement" in ran.err) == (2, True)


# ------------------------------------------------------------------ whom it hurts

REGISTRY: dict[str, Any] = {
    "consumers": [
        {
            "name": name, "team": name, "mode": "dashboard",
            "migration_contact": f"{name}@museum.org",
            "subscriptions": [{"table": "object_images", "columns": columns}],
        }
        for name, columns in {
            "gallery-map": ["object_id", "primary_image"], "counter": ["object_id"],
        }.items()
    ]
}  # fmt: skip


def hurt(history: History) -> dict[str, list[str]]:
    """The consumers that each breaking change names."""
    told = json.loads(gate(history, "--format", "json").out)["findings"]
    return {
        each["rule"]: [f"{one['name']} {one['contact']}" for one in each["consumers"]]
        for each in told
        if each["level"] == "error"
    }


def test_consumers_are_named_by_column_with_their_contact(history: History) -> None:
    history.switch("main")
    history.commit({"contracts/consumers.yaml": json.dumps(REGISTRY)})
    history.branch("other")
    history.commit({IMAGES: WITHOUT_IMAGE})
    expected = {"column-removed": ["gallery-map gallery-map@museum.org"]}
    assert hurt(history) == expected
    # Whoever takes the witness away with what it saw does not hide that it was hurt.
    one = {"consumers": [each for each in REGISTRY["consumers"] if each["name"] == "counter"]}
    history.commit({"contracts/consumers.yaml": json.dumps(one)})
    assert hurt(history) == {**expected, "consumer-removed": expected["column-removed"]}
    assert report(history, "--accept", "public.object_images")[0] == 1
    assert report(history, "--accept", "public.object_images,gallery-map")[0] == 0
    history.commit({IMAGES: None})
    assert [name.split()[0] for name in hurt(history)["contract-removed"]] == [
        "counter", "gallery-map",
    ]  # fmt: skip


def test_a_reader_of_a_contract_is_told_when_it_goes(history: History) -> None:
    registry = json.loads(json.dumps(REGISTRY))
    for consumer in registry["consumers"]:
        consumer["subscriptions"][0]["contract"] = "met-museum-data/object-images-contract-spec"
    history.switch("main")
    history.commit({"contracts/consumers.yaml": json.dumps(registry)})
    history.branch("other")
    history.commit({IMAGES: None})
    assert [name.split()[0] for name in hurt(history)["contract-removed"]] == [
        "gallery-map", "counter",
    ]  # fmt: skip


# ------------------------------------------------------------------ where it stands


def test_what_is_gone_stands_at_the_line_where_it_was(history: History) -> None:
    history.commit({IMAGES: WITHOUT_IMAGE})
    ran = gate(history, "--format", "github")
    line = 1 + next(
        number
        for number, (old, new) in enumerate(
            zip(book().splitlines(), WITHOUT_IMAGE.splitlines(), strict=False)
        )
        if old != new
    )
    assert f"::error file={IMAGES},line={line}," in ran.out or (
        f"::error file={IMAGES},line={line + 1}," in ran.out
    )


def test_thousands_of_contracts(tmp_path: Path) -> None:
    made = History(tmp_path / "museum")
    made.commit({f"contracts/{n}.json": book(f"room_{n}") for n in range(2000)})
    made.branch("work")
    fewer = {"object_id": "integer"}
    made.commit({f"contracts/{n}.json": book(f"room_{n}", columns=fewer) for n in range(100)})
    told = json.loads(gate(made, "--format", "json").out)
    broken = [each["element"] for each in told["findings"] if each["level"] == "error"]
    assert told["checked"]["contracts"] == 2000
    assert sorted(broken) == sorted(f"public.room_{n}.primary_image" for n in range(100))
