"""The violation lab: every verdict on a card, menus that answer, and never a traceback."""

from __future__ import annotations

import builtins
import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import psycopg
import pytest

from contracts.documents import scan_document
from contracts.loading import contract_in
from detection.changing import Change
from detection.experiment import try_change
from docent.display import Folded, Shown, Steps, plain
from docent.lab import Lab, changes_of, find_change, try_all, try_out, violation_lab
from docent.lab_bench import Bench
from docent.lab_cards import change_label, comparison_card, experiment_card, trouble_card
from docent.solving import lint
from prevention.decision import Checked, Decision, Finding, NotJudged, Obstacle
from prevention.experiment_report import ExperimentReport, Told
from prevention.safe_paths import SafePath
from tests.conftest import REPOSITORY
from tests.guide.test_display import HOSTILE
from tests.notebooks.test_first_notebooks import run, said_by

NAME = "violation_lab.ipynb"

OURS = {
    "style", "div", "span", "p", "code", "pre", "dl", "dt", "dd", "br", "table", "thead", "tbody",
    "tr", "th", "td", "ol", "li", "details", "summary",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would act on, and what a reader would read."""

    def __init__(self, shown: Shown[Any]) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(re.sub(r"<style>.*?</style>", "", shown.html(), count=1, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_says(shown: Shown[Any], *words: str) -> None:
    """Both forms say these words, each of them in this order."""
    for text in (Page(shown).text, repr(shown).replace("`", "")):
        at = -1
        for word in words:
            found = text.find(word, at + 1)
            assert found > at, f"{word!r} is not in its place in:\n{text}"
            at = found


# ------------------------------------------------------------------ the cards

VERDICTS: dict[str, tuple[tuple[Any, ...], tuple[str, ...], tuple[str, ...]]] = {
    "refused": (
        ("object", "title", "retype column", "varchar(20)"),
        ("Postgres refuses this change", "Postgres says", "value too long",
         'alter table "public"."object" alter column "title"', "The safe path"),
        ("As before", "The comment on the pull request", "No consumer's query"),
    ),
    "breaks": (
        ("object_images", "primary_image", "rename column", "image"),
        ("3 consumers stopped by an error", 'rename column "primary_image" to "image";',
         "column-renamed", "Data Engineering Team <data-eng@museum.org>",
         "contracts/object_images_contract_spec.json:", "Stopped by an error",
         "data-science-training", "training-pictures", "column i.primary_image does not exist",
         "Tell data-science@museum.org", "guide-app", "gallery-map", "The safe path", "Expand:",
         "The comment on the pull request", "## Data contracts: 1 promise broken", "undone"),
        ("Other answers", "As before", str(REPOSITORY)),
    ),
    "silent": (
        ("object", "artist_display_name", "blank values"),
        ("No promise is broken; 3 consumers get other answers",
         "set \"artist_display_name\" = null", "Other answers, and no error that says so",
         "rows different", "such as", "Tell search-oncall@museum.org",
         "As before", "returns the same: no value that it reads was touched",
         "No shape changed"),
        ("Stopped by an error", "Tell data-science@museum.org", "column-", "rows-"),
    ),
    "warns": (
        ("object", "remarks", "add column", "jsonb"),
        ("No promise is broken", 'add column "remarks" jsonb;', "column-undeclared (warning)",
         "As before", "work-cards", "A nullable column hurts nobody"),
        ("Stopped by an error", "Other answers", "Tell "),
    ),
    "harmless": (
        ("object_gallery_info", "accession_number", "blank values"),
        ("No promise is broken, and every query that was asked", "As before"),
        ("Stopped by an error", "Other answers", "Tell "),
    ),
}  # fmt: skip


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_card_says_all_of_it_both_ways(museum: str, verdict: str) -> None:
    asked, said, unsaid = VERDICTS[verdict]
    shown = try_out(*asked, database_url=museum)
    assert shown.kind == verdict == shown.subject.verdict
    assert shown.full == (verdict in ("breaks", "silent"))
    assert verdict in Page(shown).text
    assert repr(shown).startswith(verdict.upper())
    assert_says(shown, *said)
    for words in unsaid:
        assert words not in Page(shown).text
        assert words not in repr(shown)


def test_the_views_that_had_to_go_are_named(own_museum: str) -> None:
    with psycopg.connect(own_museum) as connection:
        connection.execute("create view titles as select title from object")
    shown = try_out("object", "title", "drop column", database_url=own_museum)
    assert_says(shown, 'drop view "public"."titles"', "view public.titles had to be dropped first.")
    assert "titles" in repr(try_out("titles", None, "drop table", database_url=own_museum))


FAULTS: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("object_gallery_info", "gallery_number", "blank values"): (
        "1 promise broken; 2 consumers get other answers", "rows-null (error)",
        "at least 99 percent", "97.8 percent; 66 of 3000 rows without",
        "visitor-experience@museum.org", "gallery_guide.yaml:8", "Other answers",
        "Promise in the contract how complete gallery_number is.",
    ),
    ("object_gallery_info", "accession_number", "repeat a value"): (
        "1 promise broken; no registered query returns anything else", "rows-duplicate (error)",
        "99.9333 percent; 2 of 3000 rows repeat another", "As before", "add a UNIQUE constraint",
    ),
    ("object_api_metadata", "metadata_date", "stop the clock"): (
        "1 promise broken; no registered query returns anything else",
        'select max("metadata_date") + \'30 days\'::interval', "rows-stale (error)",
        "less than 7 days old", "the newest is 30 days old", "As before", "every few minutes",
    ),
    ("object_gallery_info", "object_id", "repeat a value"): (
        "Postgres refuses this change", "duplicate key value violates unique constraint",
    ),
    ("object", "artist_display_name", "repeat a value"): (
        "No promise is broken; 2 consumers get other answers",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_rows_is_told_by_the_promise_about_rows(
    museum: str, fault: tuple[str, str, str]
) -> None:
    shown = try_out(*fault, database_url=museum)
    assert_says(shown, *FAULTS[fault])
    rules = {finding.rule for finding in shown.subject.decision.findings}
    assert all(rule.startswith("rows-") for rule in rules)


def test_what_was_broken_before_is_no_fault_of_the_change(museum: str) -> None:
    """However much worse it gets: it is no news, and would hide what is."""
    from docent.row_promises import GUIDE_FILE, guide

    strict = contract_in(scan_document(GUIDE_FILE, guide("100", "100", "2700").encode()))
    blank = Change("blank values", "public", "object_gallery_info", "gallery_number")
    with psycopg.connect(museum, autocommit=True) as connection:
        assert try_change(connection, blank, [strict]).violations == ()
        kept = contract_in(scan_document(GUIDE_FILE, guide("99", "100", "2700").encode()))
        found = try_change(connection, blank, [kept]).violations
    assert [each.rule for each in found] == ["rows-null"]


def test_without_a_fault_every_promise_about_rows_of_the_museum_is_kept(museum: str) -> None:
    """Else an experiment would tell of what was broken before it."""
    from contracts import load_folder
    from docent.row_promises import row_promises
    from prevention.checking import read_structure
    from prevention.rows import find_row_breaches

    for contract in (*load_folder(REPOSITORY / "contracts"), *row_promises()):
        _, broken = find_row_breaches([contract], read_structure(museum), museum)
        assert [one.rule for one in broken if one.level == "error"] == []


def report_about(text: str) -> ExperimentReport:
    """A report with this text wherever somebody else's words can stand."""
    finding = Finding("column-renamed", "error", text, text, text, text, text, text)
    return ExperimentReport(
        "breaks", text, (text,), f"{text};\n", text, Decision("broken", Checked(), (finding,)),
        (text,),
        (Told(text, text, text, text, hurt=True, loud=True),
         Told(text, text, text, text, hurt=True, loud=False),
         Told(text, text, text, text, hurt=False, loud=False)),
        text, SafePath(text, (text,)), "major", (text,),
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_others_wrote_is_shown_and_does_nothing(text: str) -> None:
    change = Change("retype column", text, text, text, text)
    told = report_about(text)
    for shown in (
        experiment_card(told),
        experiment_card(replace(told, refusal=None)),
        comparison_card(text, [(change, told), (change, replace(told, refusal=None))]),
        trouble_card([Obstacle(text, text)]),
    ):
        page = Page(shown)
        assert page.tags <= OURS
        assert page.attributes <= {"class", "scope"}
        assert shown.html().count("<style>") == 1
        assert plain(text).replace("`", "") in page.text.replace("`", "")
        for said in (shown.html(), repr(shown)):
            assert {m for m in said if unicodedata.category(m)[0] == "C"} <= {"\n", "\t"}
        json.dumps(shown._repr_mimebundle_()).encode("utf-8")


def test_each_query_stands_in_one_place() -> None:
    told = report_about("x")
    queries = [
        replace(each, query=name)
        for each, name in zip(told.told, ("loud", "silent", "calm"), strict=True)
    ]
    said = repr(experiment_card(replace(told, refusal=None, told=tuple(queries))))
    assert [said.count(f"`{name}`") for name in ("loud", "silent", "calm")] == [1, 1, 1]
    assert said.index("As before") < said.index("`calm`")


def test_the_bump_has_its_place() -> None:
    told = report_about("x")
    assert_says(experiment_card(replace(told, required_bump="major")), "Version", "major")
    assert "Version" not in repr(experiment_card(replace(told, required_bump=None)))
    said = replace(told, required_bump="major", raised="1.4.0 → 2.0.0", demanded_by=("length-cut",))
    assert_says(
        experiment_card(said), "owes a major version, 1.4.0 → 2.0.0, by the rule length-cut"
    )


def test_the_evidence_stands_below_the_version_a_sentence_a_line() -> None:
    told = report_about("x")
    assert "Evidence" not in repr(experiment_card(told))
    said = replace(told, evidence=("guide-app bears no nulls", "as long as that is open"))
    assert_says(experiment_card(said), "Version", "Evidence", "bears no nulls", "as long as")
    lines = repr(experiment_card(said)).splitlines()
    assert [line.split()[0] for line in lines if "no nulls" in line or "as long" in line] == [
        "Evidence",
        "as",
    ]


def test_the_names_of_consumers_stand_in_one_line_whatever_their_group() -> None:
    told = report_about("x")
    html = experiment_card(replace(told, refusal=None)).html()
    assert html.count('<dl class="wide">') == 3


def test_steps_and_what_is_folded() -> None:
    piece = Folded("The `way`", (Steps(("go to `a < b`", "come back")),))
    assert piece.html() == (
        "<details><summary>The <code>way</code></summary>"
        "<ol><li>go to <code>a &lt; b</code></li><li>come back</li></ol></details>"
    )
    assert piece.plain() == "\nThe `way`\n1. go to `a < b`\n2. come back"


# ------------------------------------------------------------------ without widgets


def test_all_changes_of_a_column_beside_each_other(museum: str) -> None:
    shown = try_all("object_gallery_info", "department", database_url=museum)
    assert shown.kind == "8 changes"
    assert [each.verdict for each in shown.subject] == [
        "breaks", "breaks", "refused", "breaks", "refused", "breaks", "breaks", "silent",
    ]  # fmt: skip
    assert_says(shown, "object_gallery_info.department", "rename it to new_department", "drop it",
                "character varying(20)", "refused", "value too long", "blank 2 % of its values",
                "repeat a value in another row", "silent", "without any error")  # fmt: skip
    whole = try_all("object_gallery_info", database_url=museum)
    assert_says(whole, "add a column note of type text", "rename it to", "drop it")


@pytest.mark.parametrize(
    ("asked", "change"),
    [
        (("object", "title", "rename column"), ("rename column", "title", "new_title", False)),
        (("object", "title", "rename column", "name"), ("rename column", "title", "name", False)),
        (("public.object", "title", "drop column"), ("drop column", "title", None, False)),
        (("object", None, "drop table"), ("drop table", None, None, False)),
        (("object", "title", "drop table"), ("drop table", None, None, False)),
        (("object", None, "rename table", "work"), ("rename table", None, "work", False)),
        (("object", None, "add column"), ("add column", "note", "text", False)),
        (("object", "mood", "add column", "jsonb"), ("add column", "mood", "jsonb", False)),
        (("object", "title", "allow null"), ("allow null", "title", "text", False)),
    ],
)
def test_the_change_that_is_meant(
    museum: str, asked: tuple[Any, ...], change: tuple[Any, ...]
) -> None:
    with Lab(museum) as lab:
        found = find_change(lab.catalog(), *asked)
    assert (found.schema, found.table) == ("public", "object")
    assert (found.kind, found.column, found.to, found.cast) == change


def test_a_cast_is_only_made_when_asked_for(museum: str) -> None:
    with Lab(museum) as lab:
        catalog = lab.catalog()
    text = ("object", "title", "retype column")
    assert not find_change(catalog, *text).cast
    assert find_change(catalog, *text, cast=True).cast
    assert not find_change(catalog, *text, "integer").cast
    assert find_change(catalog, *text, "integer", cast=True).to == "integer"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("objekt", None, "drop table"), ("no table called objekt", "Did you mean object?")),
        (("object", "titel", "drop column"), ("no column of object called titel", "mean title?")),
        (("object", None, "drop column"), ("no column of object called None", "object_id, title")),
        (("object", "title", "renam column"), ("no change called", "Did you mean rename column?")),
        (("object", "title", "rename"), ("no change called rename", "Did you mean rename column?")),
        (("object", None, "rename"), ("no change called rename", "Did you mean rename table?")),
        ((None, 3, []), ("no table called None", "There is: object,")),
        (("alembic_version", None, "drop table"), ("no table called alembic_version",)),
    ],
)
def test_what_there_is_not(museum: str, asked: tuple[Any, ...], said: tuple[str, ...]) -> None:
    shown = try_out(*asked, database_url=museum)
    assert shown.kind == "stopped"
    assert_says(shown, "There was no experiment", *said)


def test_a_type_that_nobody_knows_is_refused(museum: str) -> None:
    shown = try_out("object", "title", "retype column", "text); drop table object; --",
                    database_url=museum)  # fmt: skip
    assert shown.kind == "refused"


def test_a_server_that_is_down(tmp_path: Path) -> None:
    for shown in (
        try_out("object", None, "drop table", database_url=f"postgresql:///x?host={tmp_path}"),
        try_all("object", database_url=f"postgresql:///x?host={tmp_path}"),
    ):
        assert_says(shown, "There was no experiment", "is down", "Next", "start it")


def test_a_contract_that_cannot_be_read(museum: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_folder: Path) -> None:
        raise NotJudged(Obstacle("object.json is no JSON.", "Mend line 3."))

    monkeypatch.setattr("contracts.load_folder", nothing)
    assert_says(try_out("object", None, "drop table", database_url=museum), "no JSON", "Mend line")


def test_a_contract_that_was_written_since_is_read_anew(
    museum: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = tmp_path / "contracts" / "object_images_contract_spec.json"
    shutil.copytree(REPOSITORY / "contracts", images.parent)
    monkeypatch.setattr("data_assets.home.clone", lambda: tmp_path)
    change = Change("drop column", "public", "object_images", "additional_images")
    with Lab(museum) as lab:

        def violated() -> set[str]:
            return {each.rule for each in lab.report(change).decision.findings}

        promised = violated(), violated()
        spec = json.loads(images.read_text(encoding="utf-8"))
        del spec["schema"]["properties"]["additional_images"]
        images.write_text(json.dumps(spec), encoding="utf-8")
        assert (*promised, violated()) == ({"column-missing"}, {"column-missing"}, set())


def test_a_defect_is_told_as_one(museum: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.load_folder", lambda _folder: 1 / 0)
    shown = try_out("object", None, "drop table", database_url=museum)
    assert_says(shown, "A defect of Docent", "ZeroDivisionError", "open an issue")


def test_every_change_of_a_table_belongs_to_one_choice(museum: str) -> None:
    from detection.choices import possible_changes

    with Lab(museum) as lab:
        catalog = lab.catalog()
    assert "alembic_version" not in {table.name for table in catalog.tables}
    for table in catalog.tables:
        names = [None, *(column.name for column in table.columns)]
        offered = [each for name in names for each in changes_of(catalog, table, name)]
        every = possible_changes(catalog, table.name, schema=table.schema)
        assert len(offered) == len(every)
        assert set(offered) == set(every)
        for name in names:
            labels = list(map(change_label, changes_of(catalog, table, name)))
            assert len(set(labels)) == len(labels)


# ------------------------------------------------------------------ with widgets


@pytest.fixture
def bench(own_museum: str) -> Iterator[Bench]:
    """Menus over a museum that may be changed."""
    bench = Bench(own_museum)
    yield bench
    bench.lab.close()


def labels(menu: Any) -> list[str]:
    return [label for label, _ in menu.options]


def choose(menu: Any, label: str) -> None:
    """Choose by what the menu says, as a reader does."""
    menu.label = label


def test_the_bench_opens_with_an_experiment(bench: Bench) -> None:
    assert (bench.tables.label, bench.columns.label) == ("object_images", "primary_image")
    assert bench.changes.label == "rename it to new_primary_image"
    assert bench.shown.kind == "breaks"
    assert bench.result.value == bench.shown.html()
    assert len(bench.tables.options) == 10


def test_each_choice_is_tried_at_once(bench: Bench) -> None:
    choose(bench.tables, "object")
    assert bench.columns.label == "the table as a whole"
    assert labels(bench.changes) == ["add a column note of type text", "rename it to new_object",
                                     "drop it"]  # fmt: skip
    assert bench.shown.kind == "warns"
    choose(bench.changes, "drop it")
    assert bench.shown.subject.changes == ("drop table public.object",)
    choose(bench.columns, "title")
    choose(bench.changes, "blank 2 % of its values")
    assert bench.shown.kind == "breaks"
    assert "rows-null" in bench.result.value
    assert bench.result.value == bench.shown.html()


def test_what_was_chosen_stays_chosen_where_it_can(bench: Bench) -> None:
    choose(bench.columns, "created_at")
    choose(bench.changes, "allow null")
    choose(bench.tables, "object_tags")
    assert (bench.columns.label, bench.changes.label) == ("created_at", "allow null")
    choose(bench.columns, "object_id")
    assert bench.changes.label == "allow null"
    assert bench.shown.subject.changes == ("allow null in public.object_tags.object_id",)


def test_the_menus_are_filled_without_trying_each_step(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Change] = []
    report = bench.lab.report

    def noted(change: Change) -> ExperimentReport:
        tried.append(change)
        return report(change)

    monkeypatch.setattr(bench.lab, "report", noted)
    choose(bench.tables, "object_history")
    assert [change.table for change in tried] == ["object_history"]


def test_trying_again_sees_what_is_there_now(bench: Bench, own_museum: str) -> None:
    with psycopg.connect(own_museum) as connection:
        connection.execute("create table loan (object_id integer, lent_to text)")
    bench.again.click()
    assert "loan" in labels(bench.tables)
    assert bench.tables.label == "object_images"
    choose(bench.tables, "loan")
    assert labels(bench.columns) == ["the table as a whole", "object_id", "lent_to"]
    with psycopg.connect(own_museum) as connection:
        connection.execute("drop table loan")
    choose(bench.changes, "drop it")
    assert bench.shown.kind == "refused"
    bench.again.click()
    assert bench.tables.label == "object_images"
    assert bench.shown.kind != "stopped"


def cut_off(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


def test_a_connection_that_was_cut_is_opened_again(bench: Bench, own_museum: str) -> None:
    cut_off(own_museum)
    choose(bench.changes, "drop it")
    assert bench.shown.kind == "breaks"


def test_a_database_that_is_gone_is_told_and_found_again(
    bench: Bench, own_museum: str, server_18: str
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(own_museum)["dbname"]
    with psycopg.connect(server_18, autocommit=True) as connection:
        connection.execute(f"alter database {name} allow_connections false")
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        choose(bench.changes, "drop it")
        assert bench.shown.kind == "stopped"
        assert_says(bench.shown, "lets nobody into this database", "docent reset")
        assert "There was no experiment" in bench.result.value
        connection.execute(f"alter database {name} allow_connections true")
    bench.again.click()
    assert bench.shown.subject.changes == ("drop column public.object_images.primary_image",)


def test_an_empty_database_has_nothing_to_change(database: str) -> None:
    bench = Bench(database)
    assert_says(bench.shown, "There is no table in this database", "docent up")
    bench.lab.close()


def test_a_bench_over_a_server_that_is_down(tmp_path: Path) -> None:
    bench = Bench(f"postgresql:///x?host={tmp_path}")
    assert_says(bench.shown, "is down", "start it")
    bench.choose_table()
    bench.choose_change()
    assert bench.shown.kind == "stopped"


def test_nothing_is_left_of_any_experiment(bench: Bench, own_museum: str) -> None:
    counted = "select count(*), count(title) from object"
    with psycopg.connect(own_museum) as connection:
        before = connection.execute(counted).fetchone()
    choose(bench.tables, "object")
    choose(bench.columns, "title")
    for label in labels(bench.changes):
        choose(bench.changes, label)
    with psycopg.connect(own_museum) as connection:
        assert connection.execute(counted).fetchone() == before


def test_who_sees_no_widgets_sees_the_card(bench: Bench) -> None:
    bundle = bench._repr_mimebundle_()
    assert set(bundle) == {
        "application/vnd.jupyter.widget-view+json", "text/html", "text/plain",
    }  # fmt: skip
    assert bundle["text/plain"] == repr(bench) == repr(bench.shown)
    assert bundle["text/html"] == bench.shown.html()


def test_without_widgets_the_lab_is_a_card(museum: str, monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "docent.lab_bench":
            raise ImportError(name)
        return really(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert violation_lab(museum).kind == "breaks"


# ------------------------------------------------------------------ the notebook


def test_the_notebook_is_as_it_should_be() -> None:
    assert lint(nbformat.read(REPOSITORY / "notebooks" / NAME, as_version=4), NAME, None) == ()


def test_the_notebook_runs_and_answers_its_questions(museum: str, tmp_path: Path) -> None:
    finished = run(NAME, tmp_path, museum)
    assert not [
        output
        for cell in finished.cells
        for output in cell.get("outputs", ())
        if output.output_type in ("error", "stream")
    ]
    assert said_by(finished, 'to="image"').startswith("BREAKS")
    assert said_by(finished, "violation_lab()").startswith("BREAKS")
    assert said_by(finished, "try_all").count("silent") == 1
    assert said_by(finished, '"artist_display_name"').startswith("SILENT")
    for source, rule in (('"gallery_number"', "rows-null"), ("stop the clock", "rows-stale")):
        said = said_by(finished, source)
        assert said.startswith("BREAKS")
        assert rule in said
    assert said_by(finished, 'to="varchar(20)")').startswith("REFUSED")
    for source in ("cast=True", "bigint"):
        said = said_by(finished, source)
        assert said.startswith("BREAKS")
        assert "Other answers" in said
        assert "type-differs" in said
    stricter = said_by(finished, "forbid null")
    assert stricter.startswith("BREAKS")
    assert "Other answers" not in stricter
    assert said_by(finished, "add column").startswith("WARNS")
