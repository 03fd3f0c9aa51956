import ast
from collections import Counter
from pathlib import Path

from contracts.model import Column, Contract, DataType, Location, Source, Table
from tests.conftest import REPOSITORY

ENGINE = ("contracts", "detection", "prevention")
CENTRAL = (
    "contracts/model.py",
    "contracts/consumers.py",
    "detection/model.py",
    "detection/change.py",
    "prevention/decision.py",
)
"""Where the nouns are that travel between the packages."""
SHARED = {
    "Change",  # tried on the database by a person, and found between two contracts
    "Comparison",  # of two columns, and of all that docent diff was given
    "Source",  # where in a document an element stands, and a file at a commit
}
"""Names that stand for two things."""


def test_where_something_was_written_takes_no_part_in_equality() -> None:
    here = Source(Location("a.json", 1))
    there = Source(Location("b.json", 9), {"data_type": Location("b.json", 10)})
    assert Column("title", source=here) == Column("title", source=there)
    assert Table("object", source=here) == Table("object", source=there)
    assert Contract("object", source=here) == Contract("object", source=there)
    assert Column("title", DataType("text")) != Column("title", DataType("integer"))


def test_a_source_knows_the_place_of_each_key_and_falls_back_to_the_element() -> None:
    source = Source(Location("a.json", 3), {"constraints.data_type": Location("a.json", 7, 9)})
    assert source.at("constraints.data_type") == Location("a.json", 7, 9)
    assert source.at("constraints.is_nullable") == Location("a.json", 3)
    assert source.at("nothing", "constraints.data_type") == Location("a.json", 7, 9)
    assert str(source.at("constraints.data_type")) == "a.json:7"


def test_identity_is_namespace_and_name() -> None:
    assert Contract("images", namespace="met-museum-data").identity == "met-museum-data/images"
    assert Contract("images").identity == "images"


def test_a_table_finds_its_columns_by_exact_name() -> None:
    table = Table("object", columns=(Column("title"), Column("Title")))
    assert table.column("Title") == Column("Title")
    assert table.column("TITLE") is None
    assert table.qualified_name == "public.object"


def test_nouns_can_be_kept_in_sets() -> None:
    assert len({Column("a"), Column("a"), Column("b")}) == 2


def classes(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [each.name for each in tree.body if isinstance(each, ast.ClassDef)]


def test_a_noun_that_travels_is_one_class_in_one_place() -> None:
    modules = [path for package in ENGINE for path in (REPOSITORY / package).rglob("*.py")]
    everywhere = Counter(name for path in modules for name in classes(path))
    central = [name for path in CENTRAL for name in classes(REPOSITORY / path)]
    assert len(central) > 30
    assert {name for name in central if everywhere[name] > 1} - SHARED == set()
