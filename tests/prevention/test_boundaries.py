"""The published views in a museum that has them: under their contracts, and beside each other."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data_assets import postgres, reporting, urls
from data_assets.clock import set_clock
from prevention.checking import check
from prevention.comparing import compare_databases
from prevention.configuration import Configuration
from prevention.decision import NotJudged
from prevention.parity import parity
from tests.prevention.running import REPOSITORY, Ran, docent

CONTRACTS = "data_assets/reporting_contracts"
V1, V2 = "reporting.object_card_v1", "reporting.object_card_v2"
FOLLOWED = (
    "--map", "artist=artist_display_name",
    "--map", "gallery=coalesce(gallery_number, gallery_place)",
)  # fmt: skip


@pytest.fixture(scope="module")
def template(museum_template: str, server_18: str) -> Iterator[str]:
    """URL of a museum with the schema reporting, to be cloned; nobody stays connected."""
    name = f"{urls.name_in(museum_template)}_reporting"
    of = urls.name_in(museum_template)
    with psycopg.connect(server_18, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{of}"')
        connection.execute(f"comment on database \"{name}\" is 'docent sandbox'")
    url = urls.with_name(museum_template, name)
    reporting.apply(url)
    try:
        yield url
    finally:
        with psycopg.connect(server_18, autocommit=True) as connection:
            connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def published(template: str, server_18: str) -> Iterator[str]:
    """URL of such a museum of the test's own."""
    of = urls.name_in(template)
    with psycopg.connect(server_18, autocommit=True) as connection:
        connection.execute(f'create database "{of}_x" template "{of}"')
        connection.execute(f"comment on database \"{of}_x\" is 'docent sandbox'")
    try:
        yield urls.with_name(template, f"{of}_x")
    finally:
        with psycopg.connect(server_18, autocommit=True) as connection:
            connection.execute(f'drop database "{of}_x" with (force)')


def broken(url: str) -> set[tuple[str, str, str | None]]:
    """The promises of the published views that a database breaks: rule, view, column."""
    decision = check(REPOSITORY / CONTRACTS, database=url, schemas=["reporting"])
    assert decision.status in ("held", "broken")
    return {(one.rule, one.table, one.column) for one in decision.findings if one.breaks}


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def compared(url: str, *arguments: str) -> Ran:
    return docent("parity", *arguments, "--contracts", CONTRACTS, settings={"DATABASE_URL": url})


# ------------------------------------------------------------------ the contracts


def test_what_is_published_keeps_its_promises(published: str) -> None:
    decision = check(
        REPOSITORY / CONTRACTS, database=published, schemas=["reporting"], queries=True
    )
    assert (decision.status, decision.findings) == ("held", ())
    assert decision.checked.tables == 6
    assert decision.checked.measured > 0


def test_the_museum_is_as_green_with_the_branch_as_without(museum: str, published: str) -> None:
    outcomes = [
        docent("check", settings={"DATABASE_URL": url}).out.split(" in ")[0]
        for url in (museum, published)
    ]
    assert outcomes[0].startswith("All promises hold")
    assert outcomes[0] == outcomes[1]


def test_where_the_branch_is_not_applied_its_contracts_say_so(museum: str) -> None:
    ran = docent("check", CONTRACTS, "--schema", "reporting", settings={"DATABASE_URL": museum})
    assert (ran.code, ran.out) == (2, "")
    assert "Nothing was checked" in ran.err


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("drop view reporting.object_card_v1", {("table-missing", "object_card_v1", None)}),
        ("alter view reporting.object_card_v1 rename column artist to artist_display_name",
         {("column-renamed", "object_card_v1", "artist")}),
        ("drop materialized view reporting.gallery_overview",
         {("table-missing", "gallery_overview", None)}),
    ],
)  # fmt: skip
def test_an_accident_is_found(
    published: str, statement: str, expected: set[tuple[str, str, str | None]]
) -> None:
    change(published, statement)
    assert broken(published) == expected


def test_a_missing_column_is_found(published: str) -> None:
    change(
        published,
        "drop view reporting.object_card_v2",
        "create view reporting.object_card_v2 as select object_id, title, artist as "
        "artist_display_name, made, medium, department, gallery as gallery_number, "
        "picture, pictures from reporting.object_card_v1",
    )
    assert broken(published) == {("column-missing", "object_card_v2", "gallery_place")}


def test_a_view_that_is_not_refreshed_becomes_stale(published: str) -> None:
    with contextlib.closing(postgres.connect(published)) as connection:
        at = reporting.publish(connection)
        set_clock(connection, at + timedelta(minutes=59))
        connection.commit()
        assert broken(published) == set()
        set_clock(connection, at + timedelta(hours=2))
        connection.commit()
        stale = broken(published)
    assert stale == {
        ("rows-stale", "gallery_overview", "refreshed_at"),
        ("rows-stale", "published_object_card", "produced_at"),
    }


OTHER_MEANING = """
create or replace view reporting.object_card_v1 as
select object_id, title, artist_display_name as artist, made, medium, department,
       coalesce(gallery_number, gallery_place) as gallery, picture, pictures
from reporting.object_card_v2
"""
"""The shape of version 1, with the meaning of version 2: pictures counts the main one too."""


def test_a_view_that_means_something_else_is_found_though_its_shape_is_the_same(
    template: str, published: str
) -> None:
    change(published, OTHER_MEANING)
    assert broken(published) == set()  # the shape and the rows keep what is promised of them
    settings = Configuration(contracts=REPOSITORY / CONTRACTS)
    decision = compare_databases(template, published, schemas=["reporting"], configuration=settings)
    changed = {(one.rule, one.table) for one in decision.findings if one.breaks}
    assert ("view-query-changed", "object_card_v1") in changed


def test_parity_tells_what_the_shape_does_not(published: str) -> None:
    change(published, f"create view reporting.object_card_v1_before as {_query(published)}")
    change(published, OTHER_MEANING)
    found = parity("reporting.object_card_v1_before", V1, key="object_id", database=published)
    differing = {name: number for name, number in found.by_column.items() if number}
    with psycopg.connect(published) as connection:
        row = connection.execute("select count(primary_image) from object_images").fetchone()
    assert row is not None
    assert differing == {"pictures": row[0]}


SHADOW = """
create view reporting.shadow as
select object_id, title, artist_display_name as artist, made, medium, department,
       coalesce(gallery_number, gallery_place) as gallery, picture,
       pictures{0} as pictures
from reporting.object_card_v2
"""
LESS_ONE = " - (picture is not null)::integer"


@pytest.mark.parametrize(
    ("shadow", "switched", "wish", "outcome"),
    [
        (LESS_ONE, LESS_ONE, {}, "additive"),  # all rows are the same, in every column
        (LESS_ONE, LESS_ONE, {"ignore": ["title"]}, "conditional"),  # not in every column
        (LESS_ONE, LESS_ONE, {"where": "object_id < 20000"}, "conditional"),  # not in all rows
        (LESS_ONE, LESS_ONE, {"tolerances": {"pictures": "9"}}, "conditional"),  # not exactly
        ("", "", {}, "breaking"),  # the rows differ
        (LESS_ONE, "", {}, "conditional"),  # another query was compared than is asked now
    ],
)
def test_parity_is_evidence_for_the_query_that_was_compared(
    template: str, published: str, shadow: str, switched: str, wish: dict[str, Any], outcome: str
) -> None:
    settings = Configuration(contracts=REPOSITORY / CONTRACTS)
    change(published, SHADOW.format(shadow))
    found = parity(V1, "reporting.shadow", key="object_id", database=published, **wish)
    change(
        published,
        "drop view reporting.shadow",
        SHADOW.format(switched).replace(
            "create view reporting.shadow", f"create or replace view {V1}"
        ),
    )
    decision = compare_databases(
        template, published, schemas=["reporting"], configuration=settings, parities=[found]
    )
    (finding,) = [one for one in decision.findings if one.table == "object_card_v1"]
    assert finding.rule == "view-query-changed"
    assert finding.meaning is not None
    assert finding.meaning.reader == outcome
    told = any("which ask the same two queries" in said for said in finding.meaning.proofs)
    assert told is (outcome != "conditional")


def _query(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"select pg_get_viewdef('{V1}'::regclass)").fetchone()
    assert row is not None
    return str(row[0])


# ------------------------------------------------------------------ docent parity


def test_the_second_version_says_the_same_where_it_should(published: str) -> None:
    ran = compared(published, V1, V2, "--key", "object_id", *FOLLOWED, "--ignore", "pictures")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"{V1} and {V2} say the same in 7 columns of 3000 rows.\n  Ignored: pictures\n"
    )


def test_tables_that_have_little_in_common_are_told_to_have(published: str) -> None:
    ran = compared(published, "public.object", "public.object_images", "--key", "object_id")
    assert (ran.code, ran.err) == (0, "")
    first, said, *rest = ran.out.splitlines()
    assert first == (
        "public.object and public.object_images say the same in the little that both have, "
        "1 column of 3000 rows."
    )
    assert said == "  Compared: created_at"
    assert [line.partition(":")[0].strip() for line in rest] == [
        "Only in public.object, and not compared",
        "Only in public.object_images, and not compared",
    ]


def test_what_differs_is_told_with_its_values(published: str) -> None:
    ran = compared(published, V1, V2, "--key", "object_id", *FOLLOWED, "--limit", "1",
                   "--where", "object_id < 10482")  # fmt: skip
    assert ran.code == 1
    assert ran.out.splitlines() == [
        f"{V1} and {V2} differ.",
        "  2 rows of 2 that both have, with another value",
        "    in pictures: 2",
        "    object_id '10154': pictures '0' against '1'",
    ]


def test_what_has_no_counterpart_is_told(published: str) -> None:
    ran = compared(published, V1, V2, "--key", "object_id", "--ignore", "pictures")
    assert ran.code == 0
    assert ran.out.splitlines()[1:] == [
        "  Compared: title, made, medium, department, picture",
        f"  Only in {V1}, and not compared: artist, gallery",
        f"  Only in {V2}, and not compared: artist_display_name, gallery_number, gallery_place",
        "  Ignored: pictures",
    ]


def test_no_value_is_told_without_a_contract_that_lets_it_be(published: str) -> None:
    arguments = ("parity", V1, V2, "--key", "object_id", "--where", "object_id < 10482")
    ran = docent(*arguments, settings={"DATABASE_URL": published})
    assert ran.code == 1
    assert "object_id (not shown): pictures (not shown)" in ran.out
    assert "10154" not in ran.out
    # created_at is internal: who may see the others still is not told it.
    change(published, "update reporting.object_images_normalized set created_at = '1999-09-09'")
    ran = docent("parity", "public.object_images", "reporting.object_images", "--key", "object_id",
                 "--contracts", CONTRACTS, "--contracts", "contracts", "--limit", "1",
                 settings={"DATABASE_URL": published})  # fmt: skip
    assert ran.code == 1
    assert "created_at (not shown)" in ran.out
    assert "1999" not in ran.out


def test_it_reads_as_the_role_that_sees_the_columns_under_contract(published: str) -> None:
    change(
        published,
        "create view reporting.who_a as select object_id, current_user::text as title "
        "from reporting.object_card_v1 where object_id = 10154",
        "create view reporting.who_b as select object_id, 'nobody' as title "
        "from reporting.object_card_v1 where object_id = 10154",
    )
    contracts = [REPOSITORY / CONTRACTS]
    found = parity("reporting.who_a", "reporting.who_b", key="object_id", database=published)
    assert found.differing == 1
    assert found.examples[0].key == (None,)
    parity(V1, V2, key="object_id", database=published, contracts=contracts)
    with psycopg.connect(published) as connection:
        seen = connection.execute(
            "select has_table_privilege('docent_row_reader', 'public.object', 'select'), "
            f"has_column_privilege('docent_row_reader', '{V1}', 'artist', 'select')"
        ).fetchone()
    assert seen == (False, True)


def test_as_json_and_as_markdown(published: str, tmp_path: Path) -> None:
    arguments = (V1, V2, "--key", "object_id", *FOLLOWED, "--limit", "1")
    told = json.loads(compared(published, *arguments, "--format", "json").out)
    assert (told["status"], told["exit"], told["matched"], told["covers_old"]) == (
        "different", 1, 3000, True
    )  # fmt: skip
    assert told["rows"] == {"old": 3000, "new": 3000}
    assert told["columns"][-1]["old"] == "pictures"
    assert told["columns"][-1]["differing"] == told["differing"] > 0
    assert told["examples"][0]["key"] == {"object_id": "10154"}
    file = tmp_path / "parity.md"
    ran = compared(published, *arguments, "--format", "markdown", "--output", str(file))
    assert (ran.code, ran.out) == (1, f"{V1} and {V2} differ. Wrote {file}.\n")
    text = file.read_text()
    assert text.startswith("### Different\n")
    assert "  - `object_id` `10154`: `pictures` `0` against `1`" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((V1, V2), "Missing option '--key'"),
        ((V1, "--key", "object_id"), "Missing argument 'NEW_VIEW'"),
        (("reporting.object_card_v3", V2, "--key", "object_id"), "Did you mean"),
        ((V1, V2, "--key", "object_idd"), "Did you mean object_id?"),
        ((V1, V2, "--key", "object_id", "--map", "artist"), "write it like NAME=VALUE"),
        ((V1, V2, "--key", "object_id", "--map", "made=x", "--map", "made=y"), "names made twice"),
        ((V1, V2, "--key", "object_id", "--map", "artist=artist_name"), "artist_display_name?"),
        ((V1, V2, "--key", "object_id", "--where", "false"), "Nothing was compared"),
        ((V1, V2, "--key", "object_id", "--where", "galery = '1'"), "galery"),
        ((V1, V2, "--key", "object_id", "--limit", "-1"), "--limit"),
        ((V1, V2, "--key", "object_id", "--time-limit", "0"), "--time-limit"),
        ((V1, V2, "--key", "object_id", "--time-limit", "0.001"), "longer than it may"),
        ((V1, V2, "--key", "object_id", "--tolerance", "title=1"), "no nearly the same"),
        ((V1, V2, "--key", "object_id", "--contracts", "/nowhere"), "/nowhere"),
        ((V1, V2, "--key", "object_id", "--connection", "nowhere"), "No connection 'nowhere'"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_one_message(
    template: str, arguments: tuple[str, ...], said: str
) -> None:
    ran = docent("parity", *arguments, settings={"DATABASE_URL": template})
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("docent:") <= 1


def test_what_could_not_be_judged_is_json_too(template: str) -> None:
    ran = compared(template, V1, V2, "--key", "object_id", "--where", "false", "--format", "json")
    told = json.loads(ran.out)
    assert (ran.code, told["status"], told["exit"]) == (2, "not-judged", 2)
    assert "Nothing was compared" in told["obstacles"][0]["what"]
    with pytest.raises(NotJudged, match="Nothing was compared"):
        parity(V1, V2, key="object_id", where="false", database=template)


def test_without_a_database_there_is_one_message() -> None:
    ran = docent("parity", V1, V2, "--key", "object_id")
    assert ran.code == 2
    assert "there is no sandbox" in ran.err


def test_names_in_quotes(published: str) -> None:
    change(published, 'create view public."A ""b"".c" as select 1 as "Id"')
    found = parity('"A ""b"".c"', 'public."A ""b"".c"', key="Id", database=published)
    assert found.is_same
