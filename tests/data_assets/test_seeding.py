from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_assets.columns import TABLES, Row, read_row
from data_assets.errors import SandboxError
from data_assets.seed_report import BadRecordsError, NothingGoodError, SeedReport, TableCount
from data_assets.seeding import seed
from tests.data_assets.conftest import a_record, comment, rows, without

Write = Callable[..., Path]


def load(url: str, path: Path, **options: Any) -> SeedReport:
    with psycopg.connect(url) as connection:
        return seed(connection, path, **options)


def counts(url: str) -> list[int]:
    return [rows(url, f"select count(*) from {table}")[0][0] for table in TABLES]


def test_a_record_is_stored_as_it_is(museum: str, write: Write) -> None:
    load(museum, write(a_record()))
    assert rows(museum, "select object_id, title, artist_display_name from object") == [
        (284, "Kitten in a Cradle", None)
    ]
    assert rows(museum, "select period, culture, object_date from object_history") == [
        (None, "American", "1830–70")
    ]
    assert rows(
        museum, "select medium, dimensions, classification from object_physical_properties"
    ) == [("Parian porcelain", "Overall: 4 3/8 in.\r\nBase: 1 in.", None)]
    assert rows(
        museum, "select gallery_number, department, accession_number from object_gallery_info"
    ) == [("774", "The American Wing", "47.90.159")]
    assert rows(museum, "select tags from object_tags") == [
        ([{"term": "Cats", "AAT_URL": None, "Wikidata_URL": None}],)
    ]
    assert rows(museum, "select primary_image, additional_images from object_images") == [
        ("https://example.org/kitten.jpg", ["https://example.org/kitten-2.jpg"])
    ]
    assert rows(museum, "select primary_image, is_public_domain from object_copyright") == [
        ("https://example.org/kitten.jpg", True)
    ]
    assert rows(museum, "select metadata_date from object_api_metadata") == [
        (datetime(2023, 2, 7, 4, 46, 51, 340000),)  # noqa: DTZ001
    ]


STRANGE = [
    'quote " backslash \\ brace } comma , tab \t newline \n return \r',
    "null",
    "NULL",
    r"\N",
    "\\.",
    " ",
    "{}",
    "🐈 é ﷽ \u2028 \x7f",
]


def test_strange_text_comes_through(museum: str, write: Write) -> None:
    tags = [{"term": text, "more": [text]} for text in STRANGE]
    records = [
        a_record(number, title=text, additionalImages=STRANGE, tags=tags)
        for number, text in enumerate(STRANGE, start=1)
    ]
    load(museum, write(*records))
    assert rows(museum, "select title from object order by object_id") == [(t,) for t in STRANGE]
    assert rows(museum, "select distinct additional_images from object_images") == [(STRANGE,)]
    assert rows(museum, "select tags from object_tags limit 1") == [(tags,)]


@pytest.mark.parametrize(("tags", "stored"), [(None, None), ([], [])])
def test_no_tags_and_an_empty_list_of_tags_differ(
    museum_18: str, write: Write, tags: object, stored: object
) -> None:
    load(museum_18, write(a_record(tags=tags, additionalImages=[])))
    assert rows(museum_18, "select tags from object_tags") == [(stored,)]
    assert rows(museum_18, "select additional_images from object_images") == [([],)]


def test_what_became_null_is_counted(museum_18: str, write: Write) -> None:
    report = load(museum_18, write(a_record(1, GalleryNumber="", primaryImage=""), a_record(2)))
    assert report.emptied == {
        "object.artist_display_name": 2,
        "object_history.period": 2,
        "object_physical_properties.classification": 2,
        "object_gallery_info.gallery_number": 1,
        "object_images.primary_image": 1,
        "object_copyright.primary_image": 1,
    }


def test_a_second_seed_brings_up_to_date(museum: str, write: Write) -> None:
    load(museum, write(a_record(1), a_record(2), a_record(3)))
    before = rows(museum, "select object_id, created_at from object order by 1")
    report = load(museum, write(a_record(1), a_record(2, title="Cat", tags=None), a_record(4)))
    assert report.tables == tuple(
        TableCount(table, 1, *((1, 1) if table in {"object", "object_tags"} else (0, 2)))
        for table in TABLES
    )
    assert counts(museum) == [4] * 8
    assert rows(museum, "select title from object where object_id = 2") == [("Cat",)]
    assert rows(museum, "select tags from object_tags where object_id = 2") == [(None,)]
    after = rows(museum, "select object_id, created_at from object order by 1")
    assert after[:3] == before


def test_of_a_work_that_comes_twice_the_last_record_counts(museum: str, write: Write) -> None:
    path = write(a_record(1, title="First"), a_record(2), a_record(1, title="Second"),
                 a_record(1, title="Third"))  # fmt: skip
    report = load(museum, path)
    assert (report.records, report.works, report.superseded) == (4, 2, 2)
    assert rows(museum, "select title from object where object_id = 1") == [("Third",)]


def test_progress_is_told(museum_18: str, write: Write) -> None:
    told: list[int] = []
    load(museum_18, write(*(a_record(n) for n in range(1, 1202))), progress=told.append)
    assert told == [500, 1000, 1201]


def test_one_bad_record_keeps_the_whole_file_out(museum: str, write: Write, tmp_path: Path) -> None:
    path = write(
        a_record(1), a_record(2, title=None, isPublicDomain="no"), {"message": "not found"}
    )
    with pytest.raises(BadRecordsError) as caught:
        load(museum, path)
    assert caught.value.rejected == 2
    assert "2 of 3 records are bad, and nothing was loaded" in caught.value.what
    assert (
        "record 2 (line 1, objectID 2): title: expected text, found null; "
        'isPublicDomain: expected true or false, found text "no"' in caught.value.what
    )
    assert (
        "record 3 (line 1): 17 keys are missing: objectID, title, artistDisplayName (and 14 more)"
        in caught.value.what
    )
    assert f"docent seed --skip-bad {path}" in caught.value.next_step
    assert counts(museum) == [0] * 8
    assert list(tmp_path.iterdir()) == [path]


def test_many_bad_records_fit_on_a_screen(museum_18: str, write: Write) -> None:
    with pytest.raises(BadRecordsError) as caught:
        load(museum_18, write(*(a_record(n, title=None) for n in range(1, 101))))
    assert "and 90 more" in caught.value.what
    assert caught.value.what.count("\n") == 11


def test_bad_records_can_be_skipped_and_are_kept(museum: str, tmp_path: Path) -> None:
    path = tmp_path / "objects.jsonl"
    bad = json.dumps(a_record(2, title=None, dimensions="a\r\nb"), indent=2)
    path.write_text(f'{json.dumps(a_record(1))}\n{bad}\n{{"broken\n{json.dumps(a_record(3))}')
    report = load(museum, path, skip_bad=True)
    assert (report.records, report.works, report.rejected) == (4, 2, 2)
    assert [(one.position, one.line, one.object_id) for one in report.bad] == [
        (2, 2, 2),
        (3, 2 + bad.count("\n") + 1, None),
    ]
    assert report.rejects_file == tmp_path / "objects.jsonl.rejects.jsonl"
    kept = report.rejects_file.read_text().splitlines()
    assert json.loads(kept[0]) == json.loads(bad)
    assert kept[1:] == ['{"broken']
    assert counts(museum) == [2] * 8


def test_when_every_record_is_bad_they_are_kept_and_nothing_is_loaded(
    museum_18: str, write: Write, tmp_path: Path
) -> None:
    path = write(a_record(1, title=None), a_record(2, medium=2))
    with pytest.raises(BadRecordsError, match="2 of 2 records are bad") as refused:
        load(museum_18, path)
    assert "--skip-bad" not in str(refused.value)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(NothingGoodError) as caught:
        load(museum_18, path, skip_bad=True)
    rejects = tmp_path / "objects.json.rejects.jsonl"
    assert caught.value.what.splitlines() == [
        (
            f"{path}: no record could be loaded, since all 2 records are bad. "
            f"They are kept in {rejects}:"
        ),
        "  record 1 (line 1, objectID 1): title: expected text, found null",
        "  record 2 (line 1, objectID 2): medium: expected text, found a number 2",
    ]
    assert [json.loads(line)["objectID"] for line in rejects.read_text().splitlines()] == [1, 2]
    assert counts(museum_18) == [0] * 8


@pytest.mark.parametrize("skip_bad", [False, True])
@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("# The museum\n\n1. Cats\n", "record 1 (line 1): no JSON: expecting value"),
        ("[1, 2]", "record 1 (line 1): expected an object, found a number 1"),
        ('{"objectID": 1', "record 1 (line 1): no JSON: expecting ',' delimiter"),
    ],
)
def test_what_is_no_file_of_records_is_called_so(
    museum_18: str, tmp_path: Path, content: str, first: str, skip_bad: bool
) -> None:
    path = tmp_path / "README.md"
    path.write_text(content)
    with pytest.raises(SandboxError, match="is no file of records") as caught:
        load(museum_18, path, skip_bad=skip_bad)
    assert caught.value.what.endswith(first)
    assert "--skip-bad" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]


def test_mended_rejects_can_be_loaded_and_none_is_overwritten(museum_18: str, write: Write) -> None:
    path = write(a_record(1, title=None), a_record(2))
    first = load(museum_18, path, skip_bad=True).rejects_file
    second = load(museum_18, path, skip_bad=True).rejects_file
    assert first is not None
    assert second is not None
    assert second.name == "objects.json.rejects-2.jsonl"
    first.write_text(first.read_text().replace('"title": null', '"title": "Anna"'))
    assert load(museum_18, first).works == 1
    assert rows(museum_18, "select title from object where object_id = 1") == [("Anna",)]


def test_without_a_bad_record_no_file_of_rejects_is_made(
    museum_18: str, write: Write, tmp_path: Path
) -> None:
    path = write(a_record(1))
    assert load(museum_18, path, skip_bad=True).rejects_file is None
    assert list(tmp_path.iterdir()) == [path]


def test_when_nothing_is_loaded_no_rejects_are_left(museum_18: str, tmp_path: Path) -> None:
    path = tmp_path / "objects.json"
    path.write_text(f"[{json.dumps(a_record(1, title=None))}, {json.dumps(a_record(2))}, x]")
    with pytest.raises(SandboxError, match="record 3"):
        load(museum_18, path, skip_bad=True)
    assert list(tmp_path.iterdir()) == [path]
    assert counts(museum_18) == [0] * 8


@pytest.mark.parametrize("content", ["[]", " [ ]\n"])
def test_a_file_without_records_is_refused(museum_18: str, tmp_path: Path, content: str) -> None:
    path = tmp_path / "objects.json"
    path.write_text(content)
    with pytest.raises(SandboxError, match="holds no record"):
        load(museum_18, path)


def test_a_database_that_is_not_marked_is_left_alone(museum_18: str, write: Write) -> None:
    comment(museum_18, "the till")
    with pytest.raises(SandboxError, match="is not marked as a sandbox") as caught:
        load(museum_18, write(a_record()))
    assert "point DATABASE_URL at an empty database" in caught.value.next_step
    assert counts(museum_18) == [0] * 8


def test_a_database_without_the_tables_says_so(database: str, write: Write) -> None:
    comment(database, "docent sandbox")
    with pytest.raises(SandboxError, match="none of the museum's tables"):
        load(database, write(a_record()))


EXPERIMENTS: list[tuple[str, tuple[str, ...], str, list[tuple[Any, ...]]]] = [
    (
        "alter table object_images rename column primary_image to image",
        ("object_images.primary_image",),
        "select image, cardinality(additional_images) from object_images",
        [(None, 1)],
    ),
    ("drop table object_tags", ("object_tags",), "select count(*) from object", [(1,)]),
    (
        "alter table object_images alter object_id type bigint",
        (),
        "select object_id from object_images",
        [(284,)],
    ),
    (
        "alter table object_tags alter tags type jsonb[] using tags::jsonb[]",
        (),
        "select tags[1] ->> 'term' from object_tags",
        [("Cats",)],
    ),
    (
        "alter table object alter title type varchar(30)",
        (),
        "select title from object",
        [("Kitten in a Cradle",)],
    ),
    (
        "alter table object_api_metadata alter metadata_date type timestamptz",
        (),
        "select metadata_date at time zone 'UTC' from object_api_metadata",
        [(datetime(2023, 2, 7, 4, 46, 51, 340000),)],  # noqa: DTZ001
    ),
]


@pytest.mark.parametrize(("change", "left_out", "query", "expected"), EXPERIMENTS)
def test_tables_that_somebody_has_changed(
    museum: str,
    write: Write,
    change: str,
    left_out: tuple[str, ...],
    query: str,
    expected: list[tuple[Any, ...]],
) -> None:
    with psycopg.connect(museum) as connection:
        connection.execute(change)
    report = load(museum, write(a_record()))
    assert report.left_out == left_out
    assert rows(museum, query) == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("alter table object alter title type varchar(5)", "value too long for type"),
        ("alter table object drop constraint object_pkey", "object has no primary key"),
        ("alter table object alter title type integer using 1", "is of type integer but expr"),
        ("alter table object add check (title <> 'Kitten in a Cradle')", "violates check"),
    ],
)
def test_tables_that_no_longer_take_the_records(
    museum: str, write: Write, change: str, said: str
) -> None:
    with psycopg.connect(museum) as connection:
        connection.execute(change)
    with pytest.raises(SandboxError, match=said):
        load(museum, write(a_record()))
    assert counts(museum) == [0] * 8


def test_inside_a_transaction_of_the_callers_the_caller_decides(
    museum_18: str, write: Write
) -> None:
    with psycopg.connect(museum_18) as connection:
        connection.execute("select 1")
        seed(connection, write(a_record()))
        connection.rollback()
    assert counts(museum_18) == [0] * 8


def test_an_autocommit_connection_seeds_all_or_nothing_too(museum_18: str, write: Write) -> None:
    with psycopg.connect(museum_18, autocommit=True) as connection:
        seed(connection, write(a_record(1)))
        with pytest.raises(SandboxError):
            seed(connection, write(a_record(2), a_record(3, title=None)))
    assert counts(museum_18) == [1] * 8


def test_a_key_that_a_record_lacks_is_told(museum_18: str, write: Write) -> None:
    with pytest.raises(BadRecordsError, match="GalleryNumber: expected text, found no such key"):
        load(museum_18, write(without(a_record(), "GalleryNumber")))


TEXT = st.text(max_size=20)
STORABLE = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXT,
        "dimensions": TEXT,
        "GalleryNumber": TEXT,
        "additionalImages": st.lists(TEXT, max_size=3),
        "tags": st.none() | st.lists(st.fixed_dictionaries({"term": TEXT}), max_size=3),
        "isPublicDomain": st.booleans(),
    },
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STORABLE, min_size=1, max_size=8))
def test_whatever_is_accepted_comes_back_as_it_was(
    museum_18: str, write: Write, changes: list[dict[str, Any]]
) -> None:
    records = [a_record(number, **change) for number, change in enumerate(changes, start=1)]
    good = [record for record in records if isinstance(read_row(record), Row)]
    if not good:
        return
    with psycopg.connect(museum_18) as connection:
        seed(connection, write(*records), skip_bad=True)
        found = connection.execute(
            "select object_id, title, dimensions, gallery_number, additional_images, tags, "
            "is_public_domain from object join object_physical_properties using (object_id) "
            "join object_gallery_info using (object_id) join object_images using (object_id) "
            "join object_tags using (object_id) join object_copyright using (object_id) "
            "where object_id = any(%s) order by object_id",
            [[record["objectID"] for record in good]],
        ).fetchall()
    assert found == [
        (
            record["objectID"],
            record["title"] or None,
            record["dimensions"] or None,
            record["GalleryNumber"] or None,
            record["additionalImages"],
            record["tags"],
            record["isPublicDomain"],
        )
        for record in good
    ]
