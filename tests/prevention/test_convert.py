"""``docent convert``: the text, what was left behind, and files that are never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from contracts.conversion import TARGETS
from contracts.loading import load_all
from prevention.commands.convert import DIALECTS
from tests.contracts.samples import DBT_MODELS, LEADS, ORDERS
from tests.prevention.running import REPOSITORY, docent, docent_process

IMAGES = REPOSITORY / "contracts" / "object_images_contract_spec.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a contract of leads, one of orders, and models of dbt."""
    (tmp_path / "leads.yaml").write_text(LEADS)
    (tmp_path / "orders.yaml").write_text(ORDERS)
    (tmp_path / "schema.yml").write_text(DBT_MODELS)
    return tmp_path


def test_every_target_is_an_option_of_the_command() -> None:
    assert tuple(TARGETS) == DIALECTS


@pytest.mark.parametrize("to", DIALECTS)
def test_the_text_goes_out_and_what_is_left_behind_is_told_beside_it(folder: Path, to: str) -> None:
    ran = docent("convert", IMAGES, "--to", to, folder=folder)
    assert ran.code == 0
    value = yaml.safe_load(ran.out)
    assert isinstance(value, dict)
    identity = "met-museum-data/object-images-contract-spec"
    if to in ("book", "odcs"):
        assert ran.err == f"{identity} is carried over whole.\n"
    else:
        assert ran.err.startswith(f"{identity}: ")
        owner = '{"name": "Data Engineering Team", "email": "data-eng@museum.org"}'
        told = f"  left behind  owner: {owner} (contract)\n"
        assert (told in ran.err) == (to != "dbt")


def test_what_shares_a_fate_stands_on_one_line_with_every_element(folder: Path) -> None:
    ran = docent("convert", IMAGES, "--to", "soda", folder=folder)
    assert (
        "  left behind  nullable: false (public.object_images.object_id, "
        "public.object_images.created_at)\n"
    ) in ran.err
    assert "  left behind  name: object-images-contract-spec, now object_images (con" in ran.err


def test_as_json_it_is_one_object(folder: Path) -> None:
    ran = docent("convert", IMAGES, "--to", "soda", "--format", "json", folder=folder)
    assert (ran.code, ran.err) == (0, "")
    report = json.loads(ran.out)
    assert {key: report[key] for key in ("schema", "contract", "from", "to", "output")} == {
        "schema": 1,
        "contract": "met-museum-data/object-images-contract-spec",
        "from": "book",
        "to": "soda",
        "output": None,
    }
    assert yaml.safe_load(report["text"])["dataset"].endswith("public/object_images")
    assert {
        "element": "public.object_images.object_id",
        "property": "nullable",
        "value": False,
        "became": None,
    } in report["left_behind"]
    assert {"element": "contract", "property": "strict", "value": False} in report["added"]


def test_a_file_that_is_there_stays_until_it_is_said_otherwise(folder: Path) -> None:
    target = folder / "images.yaml"
    arguments = ("convert", IMAGES, "--to", "soda", "--output", target)
    ran = docent(*arguments, folder=folder)
    assert (ran.code, ran.out) == (0, f"Wrote {target}.\n")
    assert load_all(target)[0].dialect == "soda"
    target.write_text("mine")
    ran = docent(*arguments, folder=folder)
    assert ran.code == 2
    assert ran.err == (
        f"docent: {target} is there already, and was left as it is.\n"
        "Next: Name another file, or say --overwrite.\n"
    )
    assert target.read_text() == "mine"
    assert docent(*arguments, "--overwrite", folder=folder).code == 0
    assert target.read_text() != "mine"
    report = json.loads(docent(*arguments, "--overwrite", "--format", "json", folder=folder).out)
    assert (report["output"], report["text"]) == (str(target), None)


def test_the_table_that_the_project_binds_is_the_one_that_is_written(folder: Path) -> None:
    refused = docent("convert", "leads.yaml", "--to", "book", folder=folder)
    assert refused.code == 2
    assert refused.err == (
        "leads.yaml:1:1: salesforce_lead_v2 names no table, and book must name one.\n"
        "Next: Name it by table: schema.table in the document, or in [tool.docent.bind].\n"
    )
    (folder / "pyproject.toml").write_text(
        '[tool.docent.bind]\nsalesforce_lead_v2 = "crm.signups"\n'
    )
    ran = docent("convert", "leads.yaml", "--to", "odcs", folder=folder)
    assert ran.code == 0
    assert "signups" in ran.out


@pytest.mark.parametrize(
    ("file", "arguments", "said"),
    [
        (
            "schema.yml",
            (),
            "docent: schema.yml states 2 contracts, about marts.dim_customers_v2, p",
        ),
        ("orders.yaml", (), "orders.yaml:1:1: soda is about one table, and urn:datacontract:check"),
        (
            "orders.yaml",
            ("--table", "order"),
            "orders.yaml:1:1: There is no table order.\nNext: Na",
        ),
        ("gone.yaml", (), "gone.yaml:1:1: There is no such file.\n"),
    ],
)
def test_what_cannot_be_converted_says_what_next(
    folder: Path, file: str, arguments: tuple[str, ...], said: str
) -> None:
    ran = docent("convert", file, "--to", "soda", *arguments, folder=folder)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)


@pytest.mark.parametrize(
    ("file", "table"), [("schema.yml", "orders"), ("orders.yaml", "checkout.line_items")]
)
def test_one_table_of_several_can_be_named(folder: Path, file: str, table: str) -> None:
    ran = docent("convert", file, "--to", "soda", "--table", table, folder=folder)
    assert ran.code == 0
    assert yaml.safe_load(ran.out)["dataset"].endswith(table.rpartition(".")[2])


def test_a_whole_process_ends_with_0(folder: Path) -> None:
    ran = docent_process("convert", str(IMAGES), "--to", "jsonschema", folder=folder)
    assert ran.code == 0
    assert json.loads(ran.out)["title"] == "met-museum-data/object-images-contract-spec"


@pytest.mark.parametrize("dialect", ["soda", "dbt"])
def test_a_draft_in_another_dialect_holds(museum: str, tmp_path: Path, dialect: str) -> None:
    settings = {"DATABASE_URL": museum}
    target = tmp_path / "contracts" / "images.yaml"
    arguments = ("draft", "object_images", "--dialect", dialect, "--output", target)
    assert docent(*arguments, folder=tmp_path, settings=settings).code == 0
    (contract,) = load_all(target)
    assert contract.dialect == dialect
    assert [column.data_type for column in contract.tables[0].columns] != [None] * 4
    ran = docent("check", target, "--format", "json", folder=tmp_path, settings=settings)
    rules = {finding["rule"] for finding in json.loads(ran.out)["findings"]}
    assert rules <= {"owner-unnamed"}
