"""``docent explain``: every promise of a contract, and the one place that it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prevention.configuration import Configuration
from prevention.decision import NotJudged
from prevention.explaining import explain
from prevention.render.explanation import as_html
from tests.prevention.running import Ran, docent

ENTERPRISE = """\
contract: enterprise-base
version: "1.0.0"
status: active
owner: Data Office <data-office@museum.example>
sla:
  freshness: < 24 hours
  availability: 99%
notice:
  lead_days: 30
minimum_classification: internal
"""
DOMAIN = """\
name: visitors-domain
version: 1.2.0
status: active
extends: {name: enterprise-base, version: 1.0.0}
models: {}
sla:
  freshness: 6h
"""
PRODUCT = """\
name: visitors
version: 2.1.0
status: active
extends: visitors-domain
owner: Visitor Experience
consumers: [gallery-map]
models:
  visitors:
    elements:
      email:
        type: string
        required: true
      seen_at:
        type: timestamp
        classification: public
sla:
  freshness: 4h
"""
CONSUMERS = """\
consumers:
  - name: guide-app
    team: Museum Assistant
    mode: operational
    migration_contact: guide@museum.example
    subscriptions:
      - contract: visitors
        version: 2.1.0
        since: "2025-02-03"
        table: visitors
        columns: [email]
"""
FILES = {"a-base.yaml": ENTERPRISE, "b-domain.yaml": DOMAIN, "c-product.yaml": PRODUCT}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contracts = tmp_path / "contracts"
    contracts.mkdir()
    for name, text in {**FILES, "consumers.yaml": CONSUMERS}.items():
        (contracts / name).write_text(text)
    return tmp_path


PARENT = "'enterprise-base (v1.0.0) – classification of visitors.seen_at: internal'"
CHILD = "'visitors (v2.1.0) – classification of visitors.seen_at: public (weaker)'"


def explained(folder: Path, *words: str) -> Ran:
    return docent("explain", *words, folder=folder)


def test_an_invariant_of_several_lines_is_one_promise(folder: Path) -> None:
    file = folder / "contracts" / "a-base.yaml"
    file.write_text(
        f"{ENTERPRISE}invariants:\n  - |\n    opened <= closed\n    closed > 0\n  - ' '\n"
    )
    ran = explained(folder, "enterprise-base", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    said = [one["value"] for one in json.loads(ran.out)["promises"] if one["aspect"] == "invariant"]
    assert said[0] == "opened <= closed; closed > 0"


def test_each_promise_is_told_with_the_contract_and_the_line_that_it_comes_from(
    folder: Path,
) -> None:
    ran = explained(folder, "visitors", "--format", "json")
    told = json.loads(ran.out)
    found = {
        (one["about"], one["aspect"], one["value"]): (
            one["contract"], one["version"], one["location"]["file"], one["location"]["line"],
            one["inherited"],
        )
        for one in told["promises"]
    }  # fmt: skip
    base = ("enterprise-base", "1.0.0", "contracts/a-base.yaml")
    own = ("visitors", "2.1.0", "contracts/c-product.yaml")
    email, seen = "public.visitors.email", "public.visitors.seen_at"
    assert found == {
        ("", "notice", "30 days"): (*base, 8, True),
        ("", "minimum classification", "internal"): (*base, 10, True),
        ("", "freshness", "4 hours"): (*own, 17, False),
        ("", "availability", "99 percent"): (*base, 7, True),
        (email, "column", "is there"): (*own, 10, False),
        (email, "type", "string"): (*own, 11, False),
        (email, "nullable", "NOT NULL"): (*own, 12, False),
        (email, "classification", "internal"): (*base, 10, True),
        (seen, "column", "is there"): (*own, 13, False),
        (seen, "type", "timestamp"): (*own, 14, False),
        (seen, "classification", "public"): (*own, 15, False),
    }
    assert [each["contract"] for each in told["parents"]] == ["visitors-domain", "enterprise-base"]
    assert told["consumers"] == [
        {"name": "guide-app", "contact": "guide@museum.example", "columns": ["visitors.email"],
         "version": "2.1.0", "since": "2025-02-03"},
        {"name": "gallery-map", "contact": None, "columns": [], "version": None, "since": None},
    ]  # fmt: skip


def test_what_is_weaker_than_a_parent_stands_on_top_in_the_form_of_the_seed(folder: Path) -> None:
    ran = explained(folder, "visitors")
    assert (ran.code, ran.err) == (0, "")
    said = ran.out.splitlines()
    assert said[:2] == [
        "visitors 2.1.0, active",
        f"  problem   Contract inheritance violation: parent {PARENT}; child {CHILD}",
    ]
    assert "  extends   visitors-domain 1.2.0, then enterprise-base 1.0.0" in said
    assert "  consumer  gallery-map (not registered)" in said


@pytest.mark.parametrize("name", ["visitors", "public.visitors", "VISITORS"])
def test_a_contract_goes_by_its_identity_its_name_and_its_table(folder: Path, name: str) -> None:
    if name.isupper():
        ran = explained(folder, name)
        assert ran.code == 2
        assert "Did you mean visitors?" in ran.err
    else:
        assert explained(folder, name).out.startswith("visitors 2.1.0")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["visitor"], "No contract goes by visitor, and none is about such a table."),
        (["x"], "There are: enterprise-base, visitors, visitors-domain."),
        ([], "Missing argument 'NAME'"),
        (["visitors", "nowhere"], "nowhere"),
        (["visitors", "--format", "xml"], "xml"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_message(
    folder: Path, words: list[str], said: str
) -> None:
    ran = explained(folder, *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_parent_is_found_in_the_projects_folder_when_a_single_file_is_named(
    folder: Path,
) -> None:
    (folder / "elsewhere.yaml").write_text(PRODUCT.replace("name: visitors\n", "name: guests\n"))
    ran = explained(folder, "guests", "elsewhere.yaml")
    assert "  extends   visitors-domain 1.2.0, then enterprise-base 1.0.0\n" in ran.out


def test_two_contracts_of_one_table_are_told_apart_by_their_names(folder: Path) -> None:
    other = PRODUCT.replace("name: visitors\n", "name: guests\n")
    (folder / "contracts" / "d.yaml").write_text(other)
    ran = explained(folder, "public.visitors")
    assert ran.code == 2
    assert "Name one: guests, visitors" in ran.err


def test_the_call_returns_what_the_command_prints_and_html_escapes_what_others_wrote(
    folder: Path,
) -> None:
    evil = ENTERPRISE.replace("Data Office <data-office@museum.example>", '"<b>&|`"')
    (folder / "contracts" / "a-base.yaml").write_text(evil)
    settings = Configuration(contracts=folder / "contracts")
    found = explain("enterprise-base", configuration=settings)
    assert str(found) == explained(folder, "enterprise-base").out.replace(
        "contracts/", f"{folder}/contracts/"
    )
    assert "<b>" not in as_html(found)
    assert "&lt;b&gt;" in as_html(found)
    with pytest.raises(NotJudged):
        explain("nobody", configuration=settings)


def test_markdown_keeps_what_others_wrote_in_code_spans(folder: Path) -> None:
    ran = explained(folder, "visitors", "--format", "markdown", "--output", "page.md")
    assert (ran.code, ran.out) == (0, "")
    page = (folder / "page.md").read_text()
    row = "| `availability` | `99 percent` | `contracts/a-base.yaml:7  enterprise-base 1.0.0` |"
    assert row in page


ODCS = """\
apiVersion: v3.1.0
kind: DataContract
id: 0b1f6a52-6f0e-4d43-9c0f-5a1e1c3b7a02
name: enterprise-base
version: 1.0.0
status: active
slaProperties:
  - property: completeness
    value: 99
    unit: percent
    element: loans.borrower
  - property: freshness
    value: 24
    unit: h
"""
TWO_TABLES = """\
name: visits
extends: enterprise-base
models:
  visitors:
    elements:
      seen_at:
        type: timestamp
  tickets:
    elements:
      sold_at:
        type: timestamp
"""


def test_a_level_in_a_list_keeps_its_place_when_another_does_not_concern_the_child(
    tmp_path: Path,
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "a.odcs.yaml").write_text(ODCS)
    (tmp_path / "contracts" / "b.yaml").write_text(TWO_TABLES)
    told = json.loads(explained(tmp_path, "visits", "--format", "json").out)["promises"]
    levels = [(one["aspect"], one["value"], one["location"]["line"]) for one in told[:3]]
    assert levels[:2] == [
        ("freshness", "24 h on visitors", 12),
        ("freshness", "24 h on tickets", 12),
    ]
    assert levels[2][0] == "column"


PROBLEMS = {
    "no such parent": (
        {"c-product.yaml": PRODUCT.replace("visitors-domain", "visitor-domain")},
        "visitors", [], [], "Contract 'visitors' extends 'visitor-domain', and there is no such",
    ),
    "a circle": (
        {"a-base.yaml": ENTERPRISE.replace("owner:", "extends: visitors\nowner:")},
        "visitors", ["visitors-domain", "enterprise-base"], ["enterprise-base"],
        ("Contract 'visitors' extends itself in a circle: 'visitors → visitors-domain → "
        "enterprise-base → visitors'"),
    ),
    "another version": (
        {"a-base.yaml": ENTERPRISE.replace('"1.0.0"', '"1.1.0"')},
        "visitors-domain", ["enterprise-base"], ["visitors"],
        "Contract 'visitors-domain' extends version '1.0.0' of its parent, and there is '1.1.0'",
    ),
    "a parent that is retired": (
        {"a-base.yaml": ENTERPRISE.replace("active", "retired")},
        "visitors-domain", ["enterprise-base"], ["visitors"],
        "Contract 'visitors-domain' extends 'enterprise-base', which is 'retired'",
    ),
    "nothing": ({}, "enterprise-base", [], ["visitors-domain"], None),
}  # fmt: skip


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_wrong_with_its_place_in_the_family_stands_on_top(folder: Path, name: str) -> None:
    files, contract, parents, children, problem = PROBLEMS[name]
    for file, text in files.items():
        (folder / "contracts" / file).write_text(text)
    ran = explained(folder, contract, "--format", "json")
    told = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert [each["contract"] for each in told["parents"]] == parents
    assert [each["contract"] for each in told["children"]] == children
    if problem is None:
        assert told["problems"] == []
    else:
        assert told["problems"][0].startswith(problem)
        (first, second, *_) = explained(folder, contract).out.splitlines()
        assert first.startswith(contract)
        assert second.startswith(f"  problem   {problem}")


def test_what_is_explained_is_what_is_checked(folder: Path) -> None:
    from contracts.loading import load_folder
    from detection.family import in_effect

    settings = Configuration(contracts=folder / "contracts")
    contracts = load_folder(folder / "contracts")
    product = next(one for one in contracts if one.name == "visitors")
    (whole,) = in_effect([product], contracts)
    assert whole != product
    assert explain("visitors", configuration=settings).contract == whole


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("public.objct", "Did you mean public.object?"),
        ("objct", "Did you mean object?"),
        ("public.object_image", "Did you mean public.object_images?"),
        ("public.visitors", "There are: "),  # near to nothing but a schema
    ],
)
def test_a_suggestion_is_near_by_the_table_s_own_name(name: str, step: str) -> None:
    ran = docent("explain", name)
    assert (ran.code, ran.out) == (2, "")
    assert f"\nNext: {step}" in ran.err
