"""Contracts drawn at random over the whole model, for ways of writing that must lose nothing."""

from __future__ import annotations

from dataclasses import MISSING, fields
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st

from contracts.checks import OPERATORS, arguments_text
from contracts.dialects.form import as_json
from contracts.model import (
    Check,
    Column,
    Contract,
    DataType,
    ForeignKey,
    Table,
)
from contracts.plain import PAIRS, forms_of
from contracts.types import completed, parse_type

UNSAID = {"source", "position", "extension", "dialect", "spec_version"}

texts = st.sampled_from(
    ["", "no", "1.0", "null", "~", "0o17", "1e3", "12:30", " x ", "a\nb\n", "{}", "&a", "docent:x"]
) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
names = st.sampled_from(["object_id", "title", "Air_Quality", "a.b", 'say "no"', "select"]) | (
    texts.filter(bool)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
SPELLINGS = (
    "smallint", "integer", "numeric", "numeric(6,2)", "real", "text", "varchar", "varchar(20)",
    "char(3)", "bpchar", "date", "time(0)", "timestamptz", "timestamp(3)", "interval year to month",
    "uuid", "jsonb", "text[]", "numeric(6,2)[]", '"bit"', "bit(3)", "int4range", "public.mood",
)  # fmt: skip
KEYS = (
    "id", "name", "deprecated", "physicalType", "logicalType", "items", "properties", "map", "enum",
    "price", "team", "domain", "tenant", "status", "description", "classification", "required",
    "logicalTypeOptions", "relationships", "customProperties", "partitioned", "businessImpact",
    "meaning", "grain", "dataType", "docent:meaning", "check", "order", "port", "rule", "engine",
    "implementation", "physicalName", "primaryKeyPosition", "semanticType", "tags", "unstated",
)  # fmt: skip
PLAUSIBLE = (
    "an-id", True, {"minLength": 3}, {"required": ["a"], "minProperties": 1}, [{"value": "a"}],
    {"priceAmount": 9.5}, {"name": "Registry", "members": [{"username": "anna"}]}, "confidential",
    {"purpose": "x", "authoritativeDefinitions": [{"url": "u", "type": "t"}]}, "serial", "number",
    [{"to": "object.object_id"}], [{"to": "a#b.c"}], {"logicalType": "string"}, "pending", "rule",
    [{"property": "meaning", "description": "why"}], [{"name": "total", "semanticType": "measure"}],
    {"key": {"logicalType": "string"}, "value": {"logicalType": "string"}}, "soda", {"type": "x"},
)  # fmt: skip
customs = st.lists(
    st.tuples(st.sampled_from(KEYS) | texts, (st.sampled_from(PLAUSIBLE) | values).map(as_json)),
    max_size=3,
).map(tuple)

data_types: st.SearchStrategy[DataType] = st.deferred(
    lambda: (
        st.sampled_from(SPELLINGS).map(parse_type)
        | st.sampled_from(SPELLINGS).map(lambda text: completed(parse_type(text)))
        | st.sampled_from(["string", "number", "object", "timestamp"]).map(
            lambda name: DataType(name, "logical")
        )
        | st.builds(
            DataType,
            name=names,
            kind=st.sampled_from(["enum", "domain", "array", "composite", "unknown", "base"]),
            schema=st.none() | names,
            length=st.none() | st.integers(-1, 5),
            element=st.none() | data_types,
            base=st.none() | data_types,
            labels=st.none() | st.lists(texts, max_size=2).map(tuple),
        )
    )
)


def of_form(form: Any) -> st.SearchStrategy[Any]:
    """What a field of this type can hold."""
    if form == PAIRS:
        return st.lists(st.tuples(texts, texts), max_size=2).map(tuple)
    if get_origin(form) is Literal:
        return st.sampled_from(get_args(form))
    if get_origin(form) is tuple:
        return st.lists(of_form(get_args(form)[0]), max_size=2).map(tuple)
    if hasattr(form, "__args__"):
        return st.one_of(*(of_form(option) for option in get_args(form)))
    plain: dict[object, st.SearchStrategy[Any]] = {
        str: texts, bool: st.booleans(), int: st.integers(-1, 9), object: values,
        NoneType: st.none(), DataType: data_types,
        float: st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
    }  # fmt: skip
    return plain[form] if form in plain else nouns(form)


@st.composite
def nouns(draw: st.DrawFn, /, noun: Any, **given: st.SearchStrategy[Any]) -> Any:
    """A noun of which most fields say nothing, and every field says something now and then."""
    said: dict[str, Any] = {}
    forms = forms_of(noun)
    for field in fields(noun):
        if field.name in UNSAID:
            continue
        if field.name in given:
            said[field.name] = draw(given[field.name])
        elif field.name == "custom":
            said["custom"] = draw(customs) if draw(st.integers(0, 2)) == 0 else ()
        elif field.default is MISSING or draw(st.integers(0, 2)) == 0:
            said[field.name] = draw(of_form(forms[field.name]))
    return noun(**said)


@st.composite
def tables(draw: st.DrawFn, schema: str, name: str) -> Table:
    column_names = draw(st.lists(names, max_size=3, unique=True))
    columns = tuple(draw(nouns(Column, name=st.just(one))) for one in column_names)
    chosen = st.lists(st.sampled_from([*column_names, "elsewhere"]), max_size=2, unique=True)
    keys = st.lists(
        nouns(
            ForeignKey,
            columns=chosen.map(tuple),
            references_table=st.sampled_from(["object", "a.b", "museum"]),
            references_schema=st.sampled_from([schema, "public", "art"]),
            references_columns=chosen.map(tuple),
        ),
        max_size=2,
    )
    table: Table = draw(
        nouns(
            Table,
            name=st.just(name),
            schema=st.just(schema),
            columns=st.just(columns),
            primary_key=st.none() | chosen.map(tuple),
            foreign_keys=keys.map(tuple),
        )
    )
    return table


@st.composite
def checks(draw: st.DrawFn, of: tuple[Table, ...]) -> Check:
    column_names = [column.name for table in of for column in table.columns]
    arguments = st.dictionaries(st.sampled_from(["validValues", "properties"]), values, max_size=2)
    check: Check = draw(
        nouns(
            Check,
            measure=st.sampled_from(
                ["rowCount", "nullValues", "duplicateValues", "sql", "custom", "text", "freshness"]
            ),
            operator=st.none() | st.sampled_from(OPERATORS),
            bound=st.lists(st.integers() | values, max_size=2).map(tuple),
            columns=st.lists(st.sampled_from([*column_names, "gone"]), max_size=2).map(tuple),
            table=st.none() | st.sampled_from([*(one.qualified_name for one in of), "art.gone"]),
            arguments=st.none() | arguments.map(arguments_text) | texts,
            level=st.sampled_from(["error", "error", "warning", "note"]),
            severity=st.none() | st.sampled_from(["error", "warning", "info"]) | texts,
            dimension=st.none() | st.sampled_from(["completeness"]) | texts,
        )
    )
    return check


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Any contract that the model can hold and no document would be refused for."""
    placed = draw(
        st.lists(
            st.tuples(st.sampled_from(["public", "art", 'a"b', ""]), st.just("object") | names),
            max_size=2,
            unique=True,
        )
    )
    of = tuple(draw(tables(*one)) for one in placed)
    contract: Contract = draw(
        nouns(
            Contract,
            name=names,
            id=st.none() | names | st.just("object_id"),
            version=st.none() | st.sampled_from(["1.0.0", "0.1.0-rc.1+build.5"]),
            tables=st.just(of),
            checks=st.lists(checks(of), max_size=3).map(tuple),
        )
    )
    return contract
