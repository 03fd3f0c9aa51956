from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_assets.columns import FILLINGS, KINDS, TABLES, Fault, Row, object_id, read_row
from tests.data_assets.conftest import KITTEN, a_record, without


def values(row: object) -> dict[str, object]:
    assert isinstance(row, Row), row
    return dict(zip(KINDS, row.values, strict=True))


def test_the_eight_tables_and_their_keys() -> None:
    assert TABLES == (
        "object", "object_history", "object_physical_properties", "object_gallery_info",
        "object_tags", "object_images", "object_copyright", "object_api_metadata",
    )  # fmt: skip
    assert {filling.key for filling in FILLINGS} | {"objectID"} == set(KINDS)
    assert set(KINDS) <= set(KITTEN)


def test_a_record_becomes_a_row() -> None:
    row = read_row(a_record())
    assert values(row) == {
        "objectID": 284,
        "title": "Kitten in a Cradle",
        "artistDisplayName": None,
        "period": None,
        "culture": "American",
        "objectDate": "1830–70",
        "medium": "Parian porcelain",
        "dimensions": "Overall: 4 3/8 in.\r\nBase: 1 in.",
        "classification": None,
        "GalleryNumber": "774",
        "department": "The American Wing",
        "accessionNumber": "47.90.159",
        "tags": r'{"{\"term\": \"Cats\", \"AAT_URL\": null, \"Wikidata_URL\": null}"}',
        "primaryImage": "https://example.org/kitten.jpg",
        "additionalImages": '{"https://example.org/kitten-2.jpg"}',
        "isPublicDomain": True,
        "metadataDate": datetime(2023, 2, 7, 4, 46, 51, 340000),  # noqa: DTZ001
    }
    assert isinstance(row, Row)
    assert row.emptied == ("artistDisplayName", "period", "classification")


@pytest.mark.parametrize(
    ("key", "given_value", "stored"),
    [
        ("title", "", None),
        ("title", " ", " "),
        ("title", "<i>Kitten</i>\n", "<i>Kitten</i>\n"),
        ("primaryImage", "", None),
        ("GalleryNumber", "", None),
        ("GalleryNumber", "on Fifth Avenue", "on Fifth Avenue"),
        ("tags", None, None),
        ("tags", [], "{}"),
        ("tags", [{"term": 'a "\\ b'}], r'{"{\"term\": \"a \\\"\\\\ b\"}"}'),
        ("additionalImages", [], "{}"),
        ("additionalImages", ["", 'a"b\\c,d}'], r'{"","a\"b\\c,d}"}'),
        ("isPublicDomain", False, False),
        ("objectID", 1, 1),
        ("objectID", 2**31 - 1, 2**31 - 1),
        ("metadataDate", "2023-02-07T04:46:51Z", datetime(2023, 2, 7, 4, 46, 51)),  # noqa: DTZ001
        ("metadataDate", "2023-02-07T04:46:51+02:00", datetime(2023, 2, 7, 2, 46, 51)),  # noqa: DTZ001
    ],
)
def test_a_value_and_what_is_stored(key: str, given_value: object, stored: object) -> None:
    assert values(read_row(a_record() | {key: given_value}))[key] == stored


ID = "expected a whole number from 1 to 2147483647"
NUL = "expected text that Postgres can hold, found the character \\u0000"
TERM = "expected an object with a term"
EARLY = "0001-01-01T00:00:00+05:00"
TIME = "expected a time with its zone, such as 2023-02-07T04:46:51.34Z"


@pytest.mark.parametrize(
    ("key", "bad", "said"),
    [
        ("objectID", 0, f"{ID}, found a number 0"),
        ("objectID", -1, f"{ID}, found a number -1"),
        ("objectID", 2**31, f"{ID}, found a number 2147483648"),
        ("objectID", 1.0, f"{ID}, found a number 1.0"),
        ("objectID", True, f"{ID}, found true"),
        ("objectID", "284", f'{ID}, found text "284"'),
        ("title", None, "expected text, found null"),
        ("title", 5, "expected text, found a number 5"),
        ("title", ["a"], "expected text, found an array"),
        ("title", "a\0b", f"{NUL} at place 2"),
        ("title", "a\ud800", "expected text, found half a character (\\ud800) at place 2"),
        ("isPublicDomain", "true", 'expected true or false, found text "true"'),
        ("isPublicDomain", 1, "expected true or false, found a number 1"),
        ("isPublicDomain", "", 'expected true or false, found text ""'),
        ("additionalImages", None, "expected an array of text, found null"),
        ("additionalImages", "x", 'expected an array of text, found text "x"'),
        ("additionalImages", ["a", 1], "expected an array of text, found a number 1 as element 2"),
        ("additionalImages", ["\0"], f"{NUL} at place 1"),
        ("tags", {}, "expected an array of objects with a term, or null, found an object"),
        ("tags", ["Cats"], f'{TERM}, found text "Cats" as element 1'),
        ("tags", [{"term": "a"}, {}], f"{TERM}, found an object without one as element 2"),
        ("tags", [{"term": None}], f"{TERM}, found an object without one as element 1"),
        ("tags", [{"term": "a", "x": [{"y\0": 1}]}], f"{NUL} at place 2"),
        ("tags", [{"term": "\udc00"}],
         "expected text, found half a character (\\udc00) at place 11"),
        ("metadataDate", "2023-02-07", f'{TIME}, found text "2023-02-07"'),
        ("metadataDate", "2023-02-07T04:46:51", f'{TIME}, found text "2023-02-07T04:46:51"'),
        ("metadataDate", "yesterday", f'{TIME}, found text "yesterday"'),
        ("metadataDate", "", f'{TIME}, found text ""'),
        ("metadataDate", EARLY, f'{TIME}, found text "{EARLY}"'),
        ("metadataDate", 5, f"{TIME}, found a number 5"),
        ("medium", 10**70, "expected text, found a number " + "1" + "0" * 56 + "..."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_key(key: str, bad: object, said: str) -> None:
    assert read_row(a_record() | {key: bad}) == (Fault(key, said),)


@pytest.mark.parametrize("key", KINDS)
def test_a_key_that_is_missing(key: str) -> None:
    faults = read_row(without(a_record(), key))
    assert isinstance(faults, tuple)
    assert [fault.key for fault in faults] == [key]
    assert "found no such key" in faults[0].what
    assert "capitals" not in faults[0].what


def test_a_key_in_other_capitals_is_hinted_at() -> None:
    record = without(a_record(), "GalleryNumber") | {"galleryNumber": "774"}
    said = "expected text, found no such key; found 'galleryNumber', and capitals count"
    assert read_row(record) == (Fault("GalleryNumber", said),)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (3, None),
        (4, "4 keys are missing: objectID, title, artistDisplayName (and 1 more)"),
        (17, "17 keys are missing: objectID, title, artistDisplayName (and 14 more)"),
    ],
)
def test_many_missing_keys_are_told_together(count: int, said: str | None) -> None:
    keys = list(KINDS)
    record = {key: KITTEN[key] for key in keys[count:]}
    faults = read_row(record)
    assert isinstance(faults, tuple)
    told = [fault.key for fault in faults]
    assert told == ([""] if said else keys[:count])
    if said:
        assert str(faults[0]) == said


def test_many_missing_keys_in_other_capitals_are_hinted_at() -> None:
    faults = read_row({key.lower(): found for key, found in KITTEN.items()} | {"medium": 1})
    assert isinstance(faults, tuple)
    assert str(faults[0]).endswith(" more); found 'objectid', and capitals count")
    assert [str(fault) for fault in faults[1:]] == ["medium: expected text, found a number 1"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    faults = read_row(a_record(title=1, medium=2))
    assert isinstance(faults, tuple)
    assert [str(fault) for fault in faults] == [
        "title: expected text, found a number 1",
        "medium: expected text, found a number 2",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "null"), ([], "an array"), ("x", 'text "x"'), (True, "true")],
)
def test_what_is_no_object(value: object, said: str) -> None:
    assert read_row(value) == (Fault("", f"expected an object, found {said}"),)
    assert object_id(value) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(KINDS)), ANYTHING)
def test_any_value_makes_a_row_or_a_fault(key: str, value: object) -> None:
    row = read_row(a_record() | {key: value})
    assert isinstance(row, Row) or [fault.key for fault in row] == [key]
