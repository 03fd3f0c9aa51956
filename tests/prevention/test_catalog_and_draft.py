"""``docent catalog`` and ``docent draft`` against a real Postgres."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.prevention.running import docent
from tests.prevention.test_check import in_use, run


def test_the_catalogue_is_a_line_a_table(museum: str) -> None:
    ran = docent("catalog", settings=in_use(museum))
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert "public.object_images               table  4 columns" in lines
    assert lines[-1].startswith("11 tables in ")


def test_one_table_is_shown_in_full(museum: str) -> None:
    ran = docent("catalog", "object_images", settings=in_use(museum))
    assert ran.out.startswith("public.object_images, table\n")
    (created,) = [line for line in ran.out.splitlines() if line.startswith("created_at")]
    assert "timestamp without time zone" in created
    assert "not null, default CURRENT_TIMESTAMP" in created


def test_the_catalogue_as_json(museum: str) -> None:
    document = json.loads(
        docent("catalog", "public.object_images", "--format", "json", settings=in_use(museum)).out
    )
    (table,) = document["tables"]
    assert (table["schema"], table["name"], table["primary_key"]) == (
        "public",
        "object_images",
        ["object_id"],
    )
    types = {column["name"]: column["type"] for column in table["columns"]}
    assert types == {
        "object_id": "integer",
        "primary_image": "text",
        "additional_images": "text[]",
        "created_at": "timestamp without time zone",
    }


def test_a_draft_in_odcs_is_checked_as_it_is(museum: str, tmp_path: Path) -> None:
    file = tmp_path / "object_tags.odcs.yaml"
    ran = docent(
        "draft", "object_tags", "--dialect", "odcs", "--output", str(file), settings=in_use(museum)
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Wrote {file}. Next: put in the owner's name")
    assert file.read_text().startswith("apiVersion: v3.1.0\nkind: DataContract\n")
    ran = docent("check", str(file), "--format", "json", settings=in_use(museum))
    findings = json.loads(ran.out)["findings"]
    assert {finding["rule"] for finding in findings} <= {"owner-unnamed", "table-uncovered"}
    file.write_text(file.read_text().replace("physicalType: json[]", "physicalType: text[]"))
    ran = docent("check", str(file), "--format", "json", settings=in_use(museum))
    (broken,) = [one for one in json.loads(ran.out)["findings"] if one["level"] == "error"]
    line = broken["location"]["line"]
    assert (ran.code, broken["rule"]) == (1, "array-element-differs")
    assert file.read_text().splitlines()[line - 1].strip() == "physicalType: text[]"


@pytest.mark.parametrize("command", ["catalog", "draft"])
def test_a_table_that_is_not_there_is_answered_with_the_nearest(museum: str, command: str) -> None:
    ran = docent(command, "object_imagse", settings=in_use(museum))
    assert (ran.code, ran.out) == (2, "")
    assert "There is no table object_imagse in " in ran.err
    assert ran.err.endswith("Next: Did you mean object_images?\n")
    ran = docent(command, "zzz", settings=in_use(museum))
    assert ran.err.endswith("Next: docent catalog lists the tables.\n")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("objct", "Did you mean object?"),
        ("nope.object", "Did you mean public.object?"),
        ("public.objct", "Did you mean public.object?"),
        ("public.nope", "docent catalog lists the tables."),
        ("public.guestbook", "docent catalog lists the tables."),
    ],
)
def test_a_suggestion_is_as_full_as_the_name_and_near_to_it(
    museum: str, name: str, step: str
) -> None:
    assert docent("draft", name, settings=in_use(museum)).err.endswith(f"Next: {step}\n")


def test_a_table_in_a_schema_that_is_not_looked_at_is_told_as_that(museum: str) -> None:
    run(museum, "create schema shop", "create table shop.customer (id integer)")
    ran = docent("draft", "shop.customer", settings=in_use(museum, DOCENT_SCHEMAS="public,crm"))
    assert (ran.code, ran.out, ran.err) == (2, "", (
        "docent: There is no table shop.customer in the schemas that were looked at: crm, public.\n"
        "Next: Add shop to schemas in [tool.docent]; docent catalog --schema shop shows what it "
        "has.\n"
    ))  # fmt: skip
    assert docent("catalog", "--schema", "shop", settings=in_use(museum)).code == 0
    ran = docent("draft", "shop.customer", settings=in_use(museum, DOCENT_SCHEMAS="public,shop"))
    assert ran.code == 0


def test_a_draft_makes_the_folder_that_it_goes_to(museum: str, tmp_path: Path) -> None:
    file = tmp_path / "new" / "contracts" / "object.json"
    assert docent("draft", "object", "--output", file, settings=in_use(museum)).code == 0
    assert json.loads(file.read_text())["schema"]["table_name"] == "object"
    ran = docent("draft", "object", "--output", file / "o.json", settings=in_use(museum))
    assert (ran.code, "Next: Name a folder, or a file in one." in ran.err) == (2, True)


def test_a_name_in_two_schemas_has_to_be_whole(museum: str) -> None:
    run(museum, "create schema annex", "create table annex.object (id integer)")
    ran = docent("draft", "object", settings=in_use(museum, DOCENT_SCHEMAS="public,annex"))
    assert (ran.code, "Next: Name one: annex.object, public.object" in ran.err) == (2, True)
    ran = docent("draft", "annex.object", settings=in_use(museum, DOCENT_SCHEMAS="public,annex"))
    assert (ran.code, json.loads(ran.out)["schema"]["table_schema"]) == (0, "annex")


def test_a_draft_is_a_contract_that_holds(museum: str, tmp_path: Path) -> None:
    run(museum, 'create table "Guest Book" (id integer primary key, "Größe" numeric(5,2) not null)')
    file = tmp_path / "guest_book_contract_spec.json"
    ran = docent("draft", "Guest Book", "--output", file, settings=in_use(museum))
    assert ran.code == 0
    assert ran.out.startswith(f"Wrote {file}. Next: ")
    assert json.loads(file.read_text())["namespace"] == "met-museum-data"
    ran = docent("check", "--strict", file, settings=in_use(museum))
    assert ran.code == 0, ran


def test_a_draft_never_takes_the_place_of_a_file(museum: str, tmp_path: Path) -> None:
    file = tmp_path / "contract.json"
    file.write_text("mine")
    ran = docent("draft", "object", "--output", file, settings=in_use(museum))
    assert (ran.code, file.read_text()) == (2, "mine")
    assert f"{file} is there already, and was left as it is." in ran.err
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "target.json")
    assert docent("draft", "object", "--output", link, settings=in_use(museum)).code == 2
    assert not (tmp_path / "target.json").exists()


def test_a_draft_names_the_namespace_that_is_asked_for(museum: str, tmp_path: Path) -> None:
    ran = docent("draft", "object", "--namespace", "annex", settings=in_use(museum))
    assert json.loads(ran.out)["namespace"] == "annex"


@pytest.fixture
def museum_with_an_extension(museum: str) -> str:
    """A museum in which an extension keeps a table ``visit`` and another one called ``object``.

    No extension that comes with the servers of the tests has tables, so one is handed some.
    """
    run(
        museum,
        "create table visit (id integer)",
        "create schema topology",
        "create table topology.object (id integer)",
        "alter extension plpgsql add table visit",
        "alter extension plpgsql add table topology.object",
    )
    return museum


def test_the_catalogue_says_what_an_extension_brought_along(museum_with_an_extension: str) -> None:
    used = in_use(museum_with_an_extension)
    lines = docent("catalog", settings=used).out.splitlines()
    assert "public.visit                       table of the extension plpgsql  1 column" in lines
    ran = docent("catalog", "visit", settings=used)
    assert ran.out.startswith("public.visit, table of the extension plpgsql\n")
    (table,) = json.loads(docent("catalog", "visit", "--format", "json", settings=used).out)[
        "tables"
    ]
    assert (table["kind"], table["extension"]) == ("table", "plpgsql")


def test_a_name_means_ones_own_table_before_that_of_an_extension(
    museum_with_an_extension: str,
) -> None:
    used = in_use(museum_with_an_extension, DOCENT_SCHEMAS="public,topology")
    ran = docent("draft", "object", settings=used)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["schema"]["table_schema"] == "public"
    assert docent("draft", "visti", settings=used).err.endswith(
        "Next: docent catalog lists the tables.\n"
    )


def test_a_draft_says_that_a_table_is_an_extensions(museum_with_an_extension: str) -> None:
    ran = docent("draft", "visit", settings=in_use(museum_with_an_extension))
    assert (ran.code, json.loads(ran.out)["schema"]["table_name"]) == (0, "visit")
    assert ran.err == (
        "docent: public.visit came with the extension plpgsql, and changes when that does.\n"
    )
