"""The promise of a record: both validators agree on it, and problems are told in words."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_assets.raw_data.api_record import fields, find_problems, is_record, schema
from data_assets.raw_data.describing import blank_record
from tests.raw_data.conftest import Record

A_TIME = "2026-06-30T04:54:25.48Z"
REFERENCE = jsonschema.Draft202012Validator(schema())


def whole_record() -> Record:
    """A record in which every part of the promise is used."""
    tag = {"term": "Horses", "AAT_URL": None, "Wikidata_URL": "https://example.org/wikidata/horse"}
    constituent = {
        "constituentID": 7, "role": "Maker", "name": "Workshop of the Tin Swallow",
        "constituentULAN_URL": "", "constituentWikidata_URL": "", "gender": "",
    }  # fmt: skip
    measurement = {
        "elementName": "Overall",
        "elementDescription": None,
        "elementMeasurements": {"Height": 12.5, "Width": 7},
    }
    return blank_record() | {
        "objectID": 9_000_001,
        "department": "Arms and Armor",
        "metadataDate": "2026-06-30T04:54:25.48Z",
        "additionalImages": ["https://images.example.org/1.jpg"],
        "constituents": [constituent],
        "measurements": [measurement],
        "tags": [tag],
    }


def test_the_schema_is_a_schema_and_describes_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    parts = [schema(), *schema()["$defs"].values()]
    described = [named["description"] for part in parts for named in part["properties"].values()]
    assert len(fields()) == 57
    assert all(described)
    assert fields() == tuple(schema()["required"])


def test_a_whole_record_and_a_blank_one_keep_the_promise() -> None:
    blank = whole_record() | {"tags": None, "constituents": None, "measurements": None}
    assert find_problems(whole_record()) == ()
    assert find_problems(blank | {"additionalImages": []}) == ()


PROBLEMS: list[tuple[dict[str, Any], list[str]]] = [
    ({"objectID": "7"}, ['objectID: expected a whole number from 1 to 2147483647, found "7"']),
    ({"objectID": 0}, ["objectID: expected a whole number from 1 to 2147483647, found 0"]),
    ({"isHighlight": "true"}, ['isHighlight: expected true or false, found "true"']),
    ({"title": None}, ["title: expected text, found null"]),
    ({"department": ""}, ['department: expected text, not empty, found ""']),
    ({"additionalImages": None}, ["additionalImages: expected a list, found null"]),
    ({"additionalImages": [""]}, ['additionalImages[0]: expected text, not empty, found ""']),
    ({"tags": []}, ["tags: expected a list or null, not empty, found []"]),
    ({"tags": [{"term": "Men", "AAT_URL": 3, "Wikidata_URL": None}]},
     ["tags[0].AAT_URL: expected text or null, found 3"]),
    ({"tags": [{"term": "Men", "AAT_URL": None}]},
     ["tags[0].Wikidata_URL: expected text or null, found no such key"]),
    ({"metadataDate": "30 June"},
     ['metadataDate: expected text such as 2026-06-30T04:54:25.48Z, found "30 June"']),
    ({"metadataDate": "2026-06-30T04:54:25Z\n"},
     [f"metadataDate: expected text such as {A_TIME}, " + r'found "2026-06-30T04:54:25Z\n"']),
    ({"primaryImage": "ftp://example.org"},
     ['primaryImage: expected text such as https://…, found "ftp://example.org"']),
    ({"objectEndDate": 1.5, "culture": 1},
     ["culture: expected text, found 1", "objectEndDate: expected a whole number, found 1.5"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "problems"), PROBLEMS)
def test_a_problem_names_key_promise_and_finding(
    change: dict[str, Any], problems: list[str]
) -> None:
    assert [str(problem) for problem in find_problems(whole_record() | change)] == problems


def test_a_missing_key_is_named() -> None:
    record = whole_record()
    del record["GalleryNumber"]
    (problem,) = find_problems(record)
    assert str(problem) == "GalleryNumber: expected text, found no such key"


# Near misses: unusual, and all right.
@pytest.mark.parametrize(
    "change",
    [
        {"objectBeginDate": 1900, "objectEndDate": 1800},
        {"GalleryNumber": "on Fifth Avenue"},
        {"title": "Samson and\r\nthe <i>Lion</i>"},
        {"metadataDate": "2026-06-30T04:54:25Z"},
        {"objectBeginDate": 1900.0},
        {"a key that the API added": [1, 2]},
    ],
)
def test_what_real_records_do_is_no_problem(change: dict[str, Any]) -> None:
    assert find_problems(whole_record() | change) == ()


@pytest.mark.parametrize("value", [None, 3, "text", [], [whole_record()], {}])
def test_what_is_no_record_at_all_has_problems(value: object) -> None:
    assert find_problems(value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12) | st.sampled_from(["", "\n", "https://x\n", "2026-06-30T04:54:25Z"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@st.composite
def mutated_records(draw: st.DrawFn) -> object:
    """A whole record in which one value, at any depth, was replaced, taken away or doubled."""
    record: Any = whole_record()
    place, step = record, draw(st.sampled_from(fields()))
    while isinstance(place[step], dict | list) and place[step] and draw(st.booleans()):
        place = place[step]
        step = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
    change = draw(st.sampled_from(["replace", "remove", "double"]))
    if change == "replace":
        place[step] = draw(anything)
    elif change == "remove":
        del place[step]
    else:
        place[step] = [copy.deepcopy(place[step])] * 2
    return record


@settings(max_examples=100, deadline=None)
@given(mutated_records() | anything)
def test_both_validators_come_to_the_same_verdict(value: object) -> None:
    assert is_record(value) == REFERENCE.is_valid(value)
    assert bool(find_problems(value)) == (not is_record(value))


def test_every_real_record_keeps_the_promise(real_records: list[Record]) -> None:
    assert [find_problems(record) for record in real_records if not is_record(record)] == []
    assert len(real_records) == 2857


def test_real_records_have_the_fields_in_the_promised_order(real_records: list[Record]) -> None:
    assert {tuple(record) for record in real_records} == {fields()}
