"""``docent diff``: files, folders, commits, databases, and migrations that are still to come."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import psycopg
import pytest

from detection.evolution import change_rule
from prevention.comparing import compare
from prevention.report import read_report
from tests.conftest import REPOSITORY
from tests.data_assets.test_alembic_run import INI, USUAL_ENV, revision
from tests.prevention.histories import History, book
from tests.prevention.running import Ran, docent

VISITORS = """\
name: visitors
owner: Visitor Experience
version: {version}
models:
  visitors:
    elements:
{elements}
"""
NEW = "datacontract.yaml"
ONE = "1 document with 1"
CONSUMERS = """\
consumers:
  - name: guide-app
    team: Museum Assistant
    mode: operational
    migration_contact: museum-assistant@museum.org
    subscriptions:
      - table: object_images
        columns: [object_id, primary_image]
"""


def visitors(version: str = "1.2.0", *elements: str) -> str:
    lines = [f"      {each}: {{type: string}}" for each in elements or ("email", "city")]
    return VISITORS.format(version=version, elements="\n".join(lines))


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_dot_", ".")).write_text(text, encoding="utf-8")
    return folder


def told(ran: Ran) -> dict[str, Any]:
    """The report, which must keep to its schema and be read back as it is."""
    report: dict[str, Any] = json.loads(ran.out)
    schema = json.loads((REPOSITORY / "prevention" / "report.schema.json").read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(report)
    assert report["exit"] == ran.code
    return report


def rules(ran: Ran) -> set[tuple[str, str]]:
    return {(each["rule"], each["element"]) for each in told(ran)["findings"]}


@pytest.fixture
def sides(tmp_path: Path) -> Callable[..., Ran]:
    """Two files of one contract, compared."""

    def run(old: str, new: str, *arguments: str) -> Ran:
        write(tmp_path, old_dot_yaml=old, new_dot_yaml=new)
        return docent("diff", "old.yaml", "new.yaml", *arguments, folder=tmp_path)

    return run


def test_the_example_of_the_versioning_guide(tmp_path: Path) -> None:
    """A column goes, and the patch is raised: major is demanded, and 2.0.0 suggested."""
    old, new = visitors("1.2.0"), visitors("1.2.1", "city")
    (tmp_path / "datacontract.yaml.bak").write_text(old, encoding="utf-8")
    (tmp_path / "datacontract.yaml").write_text(new, encoding="utf-8")
    ran = docent("diff", "datacontract.yaml.bak", "datacontract.yaml", folder=tmp_path)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "error  column-removed  public.visitors.email",
        "  A column is gone (it was 'string')",
        "  contract  visitors",
        "  before    string",
        "  verdict   breaking for readers, breaking for writers",
        "  hurt      Readers who name the column: their queries fail. Writers who fill it, too.",
        "  owner     Visitor Experience",
        "  promise   datacontract.yaml.bak:7",
        f"  next      {change_rule('column-removed').sections['Safe path']}",
        "",
        "error  version-too-low  visitors (version)",
        "  The version of 'visitors' is '1.2.1'; its changes demand '2.0.0' or more",
        "  contract  visitors",
        "  promised  2.0.0",
        "  found     1.2.1",
        "  owner     Visitor Experience",
        "  promise   datacontract.yaml:3",
        "  next      Write '2.0.0' as its version.",
        "",
        "versions",
        "  visitors 1.2.0 → 1.2.1 (patch); major is demanded: write 2.0.0",
        "",
        f"1 breaking change, 0 others; 1 version to raise. Compared {NEW} with {NEW}.bak: {ONE}.",
    ]  # fmt: skip


ENDS = [
    (visitors(), visitors(), 0, set(), []),
    (visitors(), visitors("1.2.1"), 0, set(), [("enough", None, "patch", None)]),
    (
        visitors(), visitors("1.3.0", "email", "city", "age"), 0,
        {("column-added", "public.visitors.age")}, [("enough", "minor", "minor", "1.3.0")],
    ),
    (
        visitors(), visitors("1.2.0", "email", "city", "age"), 1,
        {("column-added", "public.visitors.age"), ("version-unchanged", "visitors (version)")},
        [("unchanged", "minor", None, "1.3.0")],
    ),
    (
        visitors(), visitors("2.0.0", "city"), 1,
        {("column-removed", "public.visitors.email")}, [("enough", "major", "major", "2.0.0")],
    ),
    (
        visitors(), visitors("1.1.0"), 1,
        {("version-lower", "visitors (version)")}, [("lower", None, None, None)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "found", "versions"), ENDS)
def test_how_a_comparison_ends(
    sides: Callable[..., Ran], old: str, new: str, code: int, found: set[tuple[str, str]],
    versions: list[tuple[str | None, ...]],
) -> None:  # fmt: skip
    ran = sides(old, new, "--format", "json")
    assert ran.code == code
    assert rules(ran) == found
    judged = told(ran)["comparison"]["versions"]
    keys = ("outcome", "required", "declared", "suggested")
    assert [tuple(each[key] for key in keys) for each in judged] == versions


@pytest.mark.parametrize("form", ["text", "json", "markdown", "junit", "github"])
def test_every_format_tells_the_change_and_the_version(
    sides: Callable[..., Ran], tmp_path: Path, form: str
) -> None:
    old, new = visitors(), visitors("1.2.1", "city")
    ran = sides(old, new, "--format", form, "--output", "out.txt")
    assert ran.code == 1
    text = (tmp_path / "out.txt").read_text(encoding="utf-8")
    for word in ("column-removed", "public.visitors.email", "version-too-low", "2.0.0"):
        assert word in text
    if form == "json":
        decision = read_report(tmp_path / "out.txt")
        assert decision.comparison is not None
        assert decision.comparison.versions[0].suggested == "2.0.0"


def test_folders_are_compared_by_identity_and_their_readers_are_named(tmp_path: Path) -> None:
    write(tmp_path / "old", a_dot_json=book(), b_dot_json=book("object"),
          consumers_dot_yaml=CONSUMERS)  # fmt: skip
    write(tmp_path / "new", moved_dot_json=book(columns={"object_id": "integer"}),
          b_dot_json=book("object"), consumers_dot_yaml=CONSUMERS)  # fmt: skip
    ran = docent("diff", "old", "new", "--format", "json", folder=tmp_path)
    assert rules(ran) == {
        ("contract-moved", "met-museum-data/object-images-contract-spec"),
        ("column-removed", "public.object_images.primary_image"),
    }
    (hurt,) = [each for each in told(ran)["findings"] if each["level"] == "error"]
    assert [each["name"] for each in hurt["consumers"]] == ["guide-app"]
    assert hurt["location"]["file"] == "old/a.json"
    comparison = told(ran)["comparison"]
    assert (comparison["documents"], comparison["same_documents"]) == ({"old": 2, "new": 2}, 1)


def test_a_witness_that_is_taken_out_is_told(tmp_path: Path) -> None:
    write(tmp_path / "old", a_dot_json=book(), consumers_dot_yaml=CONSUMERS)
    write(tmp_path / "new", a_dot_json=book(columns={"object_id": "integer"}))
    ran = docent("diff", "old", "new", "--format", "json", folder=tmp_path)
    by_rule = {each["rule"]: each for each in told(ran)["findings"]}
    assert by_rule.keys() == {"column-removed", "consumer-removed"}
    assert [each["name"] for each in by_rule["column-removed"]["consumers"]] == ["guide-app"]


def test_a_commit_is_a_side(tmp_path: Path) -> None:
    history = History(tmp_path / "museum")
    history.commit({"contracts/a.json": book(), "contracts/consumers.yaml": CONSUMERS})
    history.commit({"contracts/a.json": book(columns={"object_id": "integer"})})
    history.write({"contracts/b.json": book("object")})
    gone = ("column-removed", "public.object_images.primary_image")
    added = ("contract-added", "met-museum-data/object-contract-spec")
    for old, new, expected in (
        ("main~1:contracts", "main:contracts", {gone}),
        ("main~1:contracts", "contracts", {gone, added}),
        ("main:contracts", "contracts", {added}),
        ("main~1:contracts/a.json", "main:contracts/a.json", {gone}),
        ("main~1:contracts/a.json", "contracts/a.json", {gone}),
        ("main:", "main:", set()),
    ):
        ran = docent("diff", old, new, "--format", "json", folder=history.root)
        assert rules(ran) == expected, (old, new)
    below = docent("diff", "main~1:./a.json", "a.json", "--format", "json",
                   folder=history.root / "contracts")  # fmt: skip
    assert rules(below) == {gone}
    places = [each["location"]["file"] for each in told(below)["findings"]]
    assert places == ["main~1:contracts/a.json"]


UNFIT = [
    ((), "Name OLD and NEW; there were 0."),
    (("a.json",), "Name OLD and NEW; there were 1."),
    (("--databases", "a"), "Name two URLs; there were 1."),
    (("--pending", "a"), "--pending takes no name; there were 1."),
    (("--pending", "--databases"), "Compare two databases, or look at what is pending."),
    (("a.json", "a.json", "--connection", "x"), "--connection goes with --pending."),
    (("a.json", "a.json", "--schema", "x"), "--schema goes with --databases and --pending."),
    (("a.json", "a.json", "--now", "soon"), "--now is 'soon', which is no day"),
    (("nothing", "a.json"), "There is no nothing."),
    (("main:x", "a.json"), "is in no git repository"),
    (("a.json", "."), "a.json is a file, and . is a folder."),
    (("empty", "empty"), "Nothing was compared: there is no contract in empty or empty."),
    (("a.json", "broken.json"), "broken.json:1"),
    (("versioned.yaml", "unversioned.yaml"), "is 'next', which is no version."),
    (("a.txt", "a.txt"), "neither JSON nor YAML"),
]


@pytest.mark.parametrize(("words", "said"), UNFIT, ids=[" ".join(words) for words, _ in UNFIT])
def test_what_cannot_be_compared_ends_with_two(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    write(tmp_path, a_dot_json=book(), broken_dot_json="{", a_dot_txt="x",
          unversioned_dot_yaml=visitors("next"))  # fmt: skip
    (tmp_path / "empty").mkdir()
    write(tmp_path, versioned_dot_yaml=visitors("1.0.0", "age"))
    ran = docent("diff", *words, folder=tmp_path, settings={"GIT_CEILING_DIRECTORIES": "/"})
    assert ran.code == 2
    assert said in ran.err
    assert "Next: " in ran.err


def test_it_is_a_call_as_well(tmp_path: Path) -> None:
    write(tmp_path, old_dot_yaml=visitors(), new_dot_yaml=visitors("2.0.0", "city"))
    decision = compare(tmp_path / "old.yaml", tmp_path / "new.yaml")
    assert (decision.status, decision.exit) == ("broken", 1)
    assert [finding.rule for finding in decision.findings] == ["column-removed"]
    assert decision.comparison is not None
    assert [version.outcome for version in decision.comparison.versions] == ["enough"]


# ------------------------------------------------------------------ databases


def make(url: str, statements: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements.encode())
    return url


TABLE = "create table object_images (object_id integer primary key, primary_image text)"


def test_two_databases(any_database: str, database: str, tmp_path: Path) -> None:
    make(any_database, f"{TABLE}; create table object (object_id integer)")
    make(database, f"{TABLE}; create table object (object_id bigint);"
         "create index on object (object_id)")  # fmt: skip
    write(tmp_path / "contracts", a_dot_json=book("object", columns={"object_id": "integer"}))
    ran = docent("diff", "--databases", any_database, database, "--format", "json", folder=tmp_path)
    assert rules(ran) == {
        ("integer-widened", "public.object.object_id"),
        ("index-added", "public.object (index)"),
    }
    assert told(ran)["findings"][0]["contract"] == "met-museum-data/object-contract-spec"
    assert told(ran)["comparison"]["tables"] == {"old": 2, "new": 2}
    same = docent("diff", "--databases", database, database, folder=tmp_path)
    assert same.code == 0
    assert same.out.startswith("No change.")


def test_two_empty_databases_are_nothing_to_compare(database: str) -> None:
    ran = docent("diff", "--databases", database, database)
    assert ran.code == 2
    assert "Nothing was compared" in ran.err


def test_no_password_is_told(database: str) -> None:
    wrong = "postgresql://archivist:secret@localhost:1/museum"
    ran = docent("diff", "--databases", wrong, database)
    assert ran.code == 2
    assert "secret" not in ran.err + ran.out


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two migrations, the second of which takes a column away."""
    files = {
        "alembic.ini": INI,
        "migrations/env.py": USUAL_ENV,
        "migrations/versions/1_step.py": revision(1, TABLE),
        "migrations/versions/2_step.py": revision(
            2, "alter table object_images drop column primary_image"
        ),
        "contracts/a.json": book(),
        "contracts/consumers.yaml": CONSUMERS,
        "pyproject.toml": '[tool.docent]\nschemas = ["public"]\n',
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def migrated(url: str, project: Path, to: str) -> None:
    from data_assets.alembic_run import AlembicProject, migrate

    migrate(url, AlembicProject(project, project / "alembic.ini", project), to)


def test_what_is_pending_and_whom_it_hits(database: str, project: Path) -> None:
    settings = {"DATABASE_URL": database}
    migrated(database, project, "1")
    ran = docent("diff", "--pending", "--format", "json", folder=project, settings=settings)
    assert ran.code == 1
    (finding,) = told(ran)["findings"]
    assert (finding["rule"], finding["element"]) == (
        "column-removed", "public.object_images.primary_image",
    )  # fmt: skip
    assert finding["contract"] == "met-museum-data/object-images-contract-spec"
    assert finding["owner"]["name"] == "Data Engineering"
    assert [each["name"] for each in finding["consumers"]] == ["guide-app"]
    names = told(ran)["comparison"]
    assert names["old"].endswith(" at 1")
    assert names["new"].endswith(" at 2")
    with psycopg.connect(database) as connection:  # the database itself is as it was
        assert connection.execute("select primary_image from object_images").fetchall() == []


def test_nothing_is_pending_at_the_head(database: str, project: Path) -> None:
    migrated(database, project, "heads")
    ran = docent("diff", "--pending", folder=project, settings={"DATABASE_URL": database})
    assert ran.code == 0
    assert ran.out.startswith("No change.")


def test_all_is_pending_for_an_empty_database(database: str, project: Path) -> None:
    ran = docent(
        "diff", "--pending", "--format", "json", folder=project, settings={"DATABASE_URL": database}
    )
    assert rules(ran) == {("table-added", "public.object_images")}
    assert told(ran)["comparison"]["old"].endswith(" at the beginning")


def test_a_database_that_is_elsewhere_than_the_folder(database: str, project: Path) -> None:
    make(database, "create table alembic_version (version_num text);"
         "insert into alembic_version values ('other')")  # fmt: skip
    ran = docent("diff", "--pending", folder=project, settings={"DATABASE_URL": database})
    assert ran.code == 2
    assert "other" in ran.err


def test_without_migrations_nothing_can_be_pending(database: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.docent]\n", encoding="utf-8")
    ran = docent("diff", "--pending", folder=tmp_path, settings={"DATABASE_URL": database})
    assert ran.code == 2
    assert "There are no migrations" in ran.err
