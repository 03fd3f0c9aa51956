from contracts.model import Column, Contract, DataType, Location, Source, Table


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
