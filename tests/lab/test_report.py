from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.answers import AnswerDifference, Failure, Output, RowsDifference
from detection.changing import STATEMENTS, Change, Kind
from detection.experiment import Experiment, try_change
from prevention.decision import HurtConsumer
from prevention.evidence import explain
from prevention.experiment_report import ExperimentReport, describe, report
from prevention.safe_paths import safe_path

TITLE = Output("title", "text")
ROWS = RowsDifference(("object_id", "title"), 2, 2, 1, ("1", "Haystacks"), ("1", None))

SENTENCES = {
    "returns the same, row for row": AnswerDifference("same"),
    "returns the same: no value that it reads was touched": AnswerDifference("same", by_plan=True),
    'fails: column "title" does not exist. Perhaps you meant "o.name".': AnswerDifference(
        "fails",
        Failure("42703", 'column "title" does not exist', hint='Perhaps you meant "o.name".'),
    ),
    "was not answered in time: canceling statement": AnswerDifference(
        "unanswered", Failure("57014", "canceling statement")
    ),
    "failed before, and fails now: lost": AnswerDifference(
        "failed before", Failure("42703", "lost")
    ),
    "failed before, and works now": AnswerDifference("mended"),
    "returns title as character varying(20) instead of text": AnswerDifference(
        "other types", None, (TITLE,), (Output("title", "character varying(20)"),)
    ),
    "returns other columns: title, note instead of title": AnswerDifference(
        "other columns", None, (TITLE,), (TITLE, Output("note", "text"))
    ),
    "returns 1 row different, such as title NULL instead of 'Haystacks'": AnswerDifference(
        "other rows", rows=ROWS
    ),
    "returns 3 rows different (1 row instead of 4), such as one row less ('1', 'Haystacks')":
        AnswerDifference(
            "other rows", rows=replace(ROWS, before=4, after=1, differing=3, gained=None)
        ),
    "returns 1 row different (3 rows instead of 2), such as a new row ('1', NULL)":
        AnswerDifference(
            "other rows", rows=replace(ROWS, after=3, lost=None)
        ),
    "returns the same rows in another order": AnswerDifference(
        "other order", rows=replace(ROWS, differing=0)
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_became_of_a_query_in_a_sentence(sentence: str) -> None:
    assert explain(SENTENCES[sentence]) == sentence


def test_a_long_value_is_cut_and_stays_on_one_line() -> None:
    long = "one\ntwo" + "x" * 100
    said = explain(AnswerDifference("other rows", rows=replace(ROWS, gained=("1", long))))
    assert "\n" not in said
    assert len(said) < 130


@pytest.mark.parametrize("kind", STATEMENTS)
def test_every_kind_of_change_has_its_words(kind: str) -> None:
    change = Change(kind, "public", "object", "title", "text")  # type: ignore[arg-type]
    assert "object" in describe(change)
    path = safe_path(change)
    assert path.why.endswith(".")
    assert len(path.steps) >= 3
    assert all(step.endswith(".") for step in path.steps)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("bigint", "title_as_bigint"),
        ("varchar(20)", "title_as_varchar"),
        ("character varying(20)", "title_as_character_varying"),
        ("Timestamp(3) with time zone", "title_as_timestamp_with_time_zone"),
        ("numeric(10, 2)[]", "title_as_numeric_array"),
        ('public."Mood"', "title_as_public_mood"),
    ],
)
def test_a_column_beside_another_has_a_name_without_quotes(spelling: str, name: str) -> None:
    path = safe_path(Change("retype column", "public", "object", "title", spelling))
    assert f"such as `{name}`, of type" in path.steps[0]


def tried(
    connection: psycopg.Connection,
    change: Change,
    promises: tuple[Contract, ...],
    readers: tuple[Consumer, ...] = (),
) -> tuple[Experiment, ExperimentReport]:
    experiment = try_change(connection, change, promises, readers)
    return experiment, report(experiment, promises, readers)


VERDICTS = {
    Change("rename column", "public", "object_images", "primary_image", "image"): (
        "breaks", "1 promise broken; 3 consumers stopped by an error.",
    ),
    Change("retype column", "public", "object", "title", "varchar(20)", cast=True): (
        "breaks", "1 promise broken; 3 consumers get other answers without any error.",
    ),
    Change("retype column", "public", "object_tags", "tags", "jsonb[]"): (
        "breaks", "1 promise broken; no registered query returns anything else.",
    ),
    Change("blank values", "public", "object_gallery_info", "department"): (
        "breaks", "1 promise broken; 2 consumers get other answers without any error.",
    ),
    Change("blank values", "public", "object", "artist_display_name"): (
        "silent", "No promise is broken; 3 consumers get other answers without any error.",
    ),
    Change("add column", "public", "object", "note", "text"): (
        "warns", "No promise is broken; no registered query returns anything else.",
    ),
    Change("blank values", "public", "object_gallery_info", "accession_number"): (
        "harmless",
        "No promise is broken, and every query that was asked returns what it did.",
    ),
    Change("forbid null", "public", "object", "artist_display_name"): (
        "refused", "Postgres refuses this change, so nobody is hurt by it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", VERDICTS, ids=str)
def test_the_headline(
    collection: psycopg.Connection,
    promises: tuple[Contract, ...],
    readers: tuple[Consumer, ...],
    change: Change,
) -> None:
    _, told = tried(collection, change, promises, readers)
    assert (told.verdict, told.headline) == VERDICTS[change]


def test_a_report_says_all_of_it(
    collection: psycopg.Connection, promises: tuple[Contract, ...], readers: tuple[Consumer, ...]
) -> None:
    change = Change("rename column", "public", "object_images", "primary_image", "image")
    _, told = tried(collection, change, promises, readers)
    assert told.changes == ("rename column public.object_images.primary_image to image",)
    assert told.ddl == (
        'alter table "public"."object_images" rename column "primary_image" to "image";\n'
    )
    assert told.refusal is None
    assert told.required_bump == "major"
    assert told.demanded_by == ("column-name-changed",)
    (finding,) = told.decision.findings
    assert finding.rule == "column-renamed"
    assert finding.consumers == (
        HurtConsumer("data-science-training", "data-science@museum.org"),
        HurtConsumer("guide-app", "museum-assistant@museum.org"),
        HurtConsumer("gallery-map", "visitor-experience@museum.org"),
    )
    assert [each.loud for each in told.told] == [True] * 4
    for said in (
        "## Data contracts: 1 promise broken",
        "`column-renamed`",
        "- consumers: `data-science-training`, `guide-app`, `gallery-map`",
        "### Consumers",
        "`fails: column i.primary_image does not exist`",
        "### The safe path",
        "1. Expand: add `image` beside `primary_image`",
    ):
        assert said in told.comment


def test_a_refusal_is_told_in_postgres_words(
    collection: psycopg.Connection, promises: tuple[Contract, ...], readers: tuple[Consumer, ...]
) -> None:
    change = Change("retype column", "public", "object", "title", "integer")
    _, told = tried(collection, change, promises, readers)
    assert told.refusal == (
        'column "title" cannot be cast automatically to type integer. '
        'You might need to specify "USING title::integer".'
    )
    assert told.comment == ""
    assert told.ddl.endswith(";\n")


@pytest.mark.parametrize(
    ("change", "said", "has_a_path"),
    [
        (
            Change("rename column", "public", "object_images", "primary_image", "object_id"),
            'column "object_id" of relation "object_images" already exists.',
            False,
        ),
        (
            Change("rename table", "public", "object_images", to="object"),
            'relation "object" already exists.',
            False,
        ),
        (
            Change("retype column", "public", "object", "title", "sculpture"),
            (
                '"sculpture" is no type that Postgres has. Write a type of Postgres; one that you '
                "made needs its schema, as in public.mood."
            ),
            False,
        ),
        (
            Change("forbid null", "public", "object", "artist_display_name"),
            'column "artist_display_name" of relation "object" contains null values.',
            True,
        ),
    ],
    ids=str,
)
def test_there_is_a_safe_path_only_to_where_one_can_be(
    collection: psycopg.Connection,
    promises: tuple[Contract, ...],
    change: Change,
    said: str,
    has_a_path: bool,
) -> None:
    _, told = tried(collection, change, promises, ())
    assert (told.refusal, told.safe_path is not None) == (said, has_a_path)


def test_a_version_that_readers_demand_is_told_with_what_they_say(
    collection: psycopg.Connection, promises: tuple[Contract, ...], readers: tuple[Consumer, ...]
) -> None:
    change = Change("add column", "public", "object", "remarks", "text")
    _, told = tried(collection, change, promises, readers)
    assert (told.required_bump, told.demanded_by) == ("major", ("column-added",))
    assert "guide-app does not say that it bears columns that it does not know" in told.evidence
    _, unread = tried(collection, change, promises, ())
    assert (unread.required_bump, unread.evidence) == ("minor", ())


OPEN = "as long as that is open, it counts as breaking"
EVIDENCE = [
    (
        Change("rename column", "public", "object_images", "primary_image", "image"),
        ("the queries of data-science-training, guide-app, gallery-map show it",),
    ),
    (
        Change("drop column", "public", "object_images", "created_at"),
        ("no registered query shows it, which does not make it safe",),
    ),
    (
        Change("add column", "public", "object_images", "remarks", "text"),
        ("guide-app does not say that it bears columns that it does not know", OPEN),
    ),
    (Change("forbid null", "public", "object_images", "additional_images"), ()),
    (Change("blank values", "public", "object_images", "primary_image"), ()),
]


@pytest.mark.parametrize(("change", "evidence"), EVIDENCE, ids=str)
def test_a_major_version_comes_with_what_the_queries_show_of_it(
    collection: psycopg.Connection,
    promises: tuple[Contract, ...],
    readers: tuple[Consumer, ...],
    change: Change,
    evidence: tuple[str, ...],
) -> None:
    _, told = tried(collection, change, promises, readers)
    assert told.evidence == evidence


@pytest.mark.parametrize(
    ("versions", "raised"),
    [
        (("1.4.0",), "1.4.0 → 2.0.0"),
        (("0.3.1",), "0.3.1 → 0.4.0"),
        ((None,), ""),
        (("as agreed",), ""),
        (("1.4.0", "2.1.0"), ""),
    ],
)
def test_the_version_is_told_where_one_contract_has_one(
    collection: psycopg.Connection,
    promises: tuple[Contract, ...],
    versions: tuple[str | None, ...],
    raised: str,
) -> None:
    about = next(one for one in promises if one.tables[0].name == "object_images")
    several = tuple(
        replace(about, name=f"pictures {number}", version=version)
        for number, version in enumerate(versions)
    )
    change = Change("drop column", "public", "object_images", "primary_image")
    _, told = tried(collection, change, several)
    assert told.raised == raised
    calm = Change("blank values", "public", "object_images", "primary_image")
    assert tried(collection, calm, several)[1].raised == ""


@pytest.mark.parametrize("kind", ["forbid null", "add column"])
def test_a_safe_path_ends_in_the_version_that_its_change_demands(
    collection: psycopg.Connection, promises: tuple[Contract, ...], kind: Kind
) -> None:
    column = {"forbid null": "additional_images", "add column": "remarks"}[kind]
    _, told = tried(collection, Change(kind, "public", "object_images", column, "text"), promises)
    assert told.safe_path is not None
    assert f"{told.required_bump} version" in told.safe_path.steps[-1]


def test_what_strangers_write_is_no_markdown(
    any_connection: psycopg.Connection, promises: tuple[Contract, ...]
) -> None:
    any_connection.execute('create table object ("<img src=x> @everyone `x`" text)')
    name = "<img src=x> @everyone `x`"
    change = Change("rename column", "public", "object", name, "[click](http://x) @all")
    _, told = tried(any_connection, change, promises, ())
    spans = told.comment.replace("``" + " " + name + " " + "``", "").replace(f"`` {name} ``", "")
    for planted in ("<img", "@everyone", "[click]"):
        for line in spans.splitlines():
            assert planted not in line or "`" in line[: line.index(planted)]


def test_the_views_are_told(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create table object (title text); create view titles as table object")
    for kind, fate in (("drop column", "had to be dropped first"), ("rename column", "goes on")):
        change = Change(kind, "public", "object", "title", "name")  # type: ignore[arg-type]
        _, told = tried(any_connection, change, (), ())
        (view,) = told.views
        assert view.startswith("view public.titles")
        assert fate in view
