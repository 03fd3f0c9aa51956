"""Mistakes in the book's spec, and the exact words about each: place, path, what, next step."""
# ruff: noqa: E501

from __future__ import annotations

from typing import Any, Final

from tests.contracts.specs import column, images

C: Final = "schema.properties.it.constraints"
E: Final = "schema.properties.it.array_element"

MISTAKES: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    (
        images(doc=...),
        ('1:1 : The key "doc" is missing. | Add "doc". What the table holds, what the contract promises about it, and whatever its readers must know.',),
    ),
    (
        images(**{"spec-version": "2.0.0"}),
        ('2:19 spec-version: Expected "1.0.0", found "2.0.0". | Correct the value. The version of this way of writing contracts, not of the contract.',),
    ),
    (
        images(owner__email="nobody"),
        ('9:14 owner.email: Expected a text like "data-eng@museum.org", found "nobody". | Correct the value. An e-mail address that reaches the owner.',),
    ),
    (
        images(owner__email=..., owner__mail="a@b.c"),
        ('9:5 owner.mail: The key "mail" is not known. | Did you mean "email"?',),
    ),
    (
        images(owner=..., Owners={}),
        ('67:3 Owners: The key "Owners" is not known. | Did you mean "owner"?',),
    ),
    (
        images(colour=1),
        ('71:3 colour: The key "colour" is not known. | Delete it. The keys here are spec-version, name, namespace, dataAssetResourceName, doc, owner, strict, schema.',),
    ),
    (
        images(schema__properties={}),
        ("17:19 schema.properties: Expected at least one entry, found an object of 0 keys. | Correct the value. The columns under contract, by their exact names.",),
    ),
    (
        images(schema=None),
        ("11:13 schema: Expected an object, found null. | Correct the value. The table under contract.",),
    ),
    (
        column({"data_type": "txt"}),
        (f'20:24 {C}.data_type: "txt" is no type that Postgres has. | Did you mean "text"?',),
    ),
    (
        column({"data_type": "text", "is_nullable": "YES", "isNullable": True}),
        (
            f'21:26 {C}.is_nullable: Expected true or false, found "YES". | Correct the value. Whether the column may be null. false promises NOT NULL, true promises that null is accepted.',
            f'22:11 {C}.isNullable: The key "isNullable" is not known. | Delete it: "is_nullable" is here already.',
        ),
    ),
    (
        column({"data_type": "integer", "numeric_precision": 0.5}),
        (f"21:32 {C}.numeric_precision: Expected a whole number or null, found 0.5. | Correct the value. For numeric: the number of decimal digits, where null promises that there is no limit. For integers and floats: the number of bits, such as 32 for integer.",),
    ),
    (
        column({"data_type": "interval", "interval_type": "year to day"}),
        (f'21:28 {C}.interval_type: Expected a text like "YEAR TO MONTH", found "year to day". | Correct the value. The fields that an interval is restricted to, such as YEAR TO MONTH. An addition of ours to the book\'s spec.',),
    ),
    (
        column({"identity_generation": "SOMETIMES"}),
        (f'20:34 {C}.identity_generation: Expected "ALWAYS" or "BY DEFAULT" or null, found "SOMETIMES". | Correct the value. For an identity column: whether a writer may give a value of its own (BY DEFAULT) or not (ALWAYS). An addition of ours to the book\'s spec.',),
    ),
    (
        column({"primaryKey": True, "is_nullable": True}),
        (f"21:26 {C}.is_nullable: A primary key is never null, but primaryKey is true and is_nullable is true. | Correct one of the two, or delete it.",),
    ),
    (
        column({"is_generated": "ALWAYS", "column_default": "1", "generation_expression": "2"}),
        (f'21:29 {C}.column_default: A generated column has no default, but generation_expression is "2" and column_default is "1". | Correct one of the two, or delete it.',),
    ),
    (
        column({"is_identity": False, "identity_generation": "ALWAYS"}),
        (f'20:26 {C}.is_identity: Only an identity column numbers rows, but identity_generation is "ALWAYS" and is_identity is false. | Correct one of the two, or delete it.',),
    ),
    (
        column({"data_type": "text", "numeric_scale": 2}),
        (f"21:11 {C}.numeric_scale: numeric_scale is about numbers, but the type is text. | Delete numeric_scale, or correct data_type.",),
    ),
    (
        column({"data_type": "USER-DEFINED", "udt_name": "text", "character_maximum_length": 3}),
        (f"22:11 {C}.character_maximum_length: character_maximum_length is about varchar, char and bit types, but the type is public.text. | Delete character_maximum_length, or correct data_type.",),
    ),
    (
        column({"data_type": "text", "enum_labels": ["a"]}),
        (f"21:11 {C}.enum_labels: enum_labels is about an enum, but the type is text. | Make data_type USER-DEFINED and name the enum in udt_name.",),
    ),
    (
        column({"data_type": "USER-DEFINED", "udt_name": "m", "enum_labels": ["a", "a"]}),
        (f"22:26 {C}.enum_labels: Expected every item only once, found a list of 2 items. | Correct the value. The values of an enum, all of them, in their order. An addition of ours to the book's spec.",),
    ),
    (
        column({"data_type": "USER-DEFINED"}),
        (f"20:24 {C}.data_type: USER-DEFINED does not say which type. | Add udt_name, and udt_schema beside it.",),
    ),
    (
        column({"numeric_scale": 2}),
        (f"20:11 {C}.numeric_scale: numeric_scale is stated, but no data_type. | Add data_type.",),
    ),
    (
        column({"data_type": "varchar(20)", "character_maximum_length": 30}),
        (f'21:11 {C}.character_maximum_length: character_maximum_length is 30, but data_type is "varchar(20)". | Correct one, or delete character_maximum_length.',),
    ),
    (
        column({"data_type": "date", "datetime_precision": 3}),
        (f"21:11 {C}.datetime_precision: datetime_precision is 3, but a date has no seconds. | Delete datetime_precision.",),
    ),
    (
        column({"data_type": "bpchar", "character_maximum_length": 3}),
        (f'21:11 {C}.character_maximum_length: character_maximum_length is 3, but data_type is "bpchar". | Correct one, or delete character_maximum_length.',),
    ),
    (
        column({"data_type": "integer", "udt_name": "int8"}),
        (f'21:11 {C}.udt_name: udt_name is "int8", which is bigint, but the type is integer. | Delete udt_name.',),
    ),
    (
        column({"data_type": "text"}, array_element={"data_type": "text"}),
        (f'22:9 {E}: array_element is about arrays, but the type is text. | Make data_type "ARRAY", or delete array_element.',),
    ),
    (
        column({"data_type": "ARRAY"}, array_element={"data_type": "txt", "x": 1}),
        (
            f'23:24 {E}.data_type: "txt" is no type that Postgres has. | Did you mean "text"?',
            f'24:11 {E}.x: The key "x" is not known. | Delete it. The keys here are data_type, character_maximum_length, numeric_precision, numeric_scale, datetime_precision, interval_type, udt_schema, udt_name, domain_schema, domain_name, enum_labels.',
        ),
    ),
    (
        column({"data_type": "ARRAY"}, array_element={}),
        (f'22:9 {E}: The key "data_type" is missing. | Add "data_type". The column\'s type: a word of information_schema (integer, text, ARRAY, USER-DEFINED) or any spelling that Postgres understands (varchar(20), timestamptz, numeric(6,2), text[], public.mood).',),
    ),
    (
        column({"data_type": "ARRAY"}, array_element={"data_type": "varchar", "numeric_scale": 2}),
        (f"24:11 {E}.numeric_scale: numeric_scale is about numbers, but the type is character varying. | Delete numeric_scale, or correct data_type.",),
    ),
    (
        column({"data_type": "integer[]"}, array_element={"data_type": "text"}),
        (f'22:9 {E}: array_element is text, but data_type is "integer[]". | Make data_type "ARRAY", or delete it.',),
    ),
    (
        images(schema__properties={"x" * 64: {}}),
        (f'18:7 schema.properties.{"x" * 64}: Expected a name of 1 to 63 characters, found "{"x" * 59}…". | Use the name that Postgres has.',),
    ),
]  # fmt: skip
