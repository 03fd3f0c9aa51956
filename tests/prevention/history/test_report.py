"""``docent report``: what the history says over time, as facts, as text and as a page."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.history import Coverage, Freshness, Observation, Run, Slots, Tally, tally_runs
from prevention.decision import NotJudged
from prevention.history import overview
from prevention.render.history import percent, render, strip
from prevention.render.page import fragment
from prevention.render.page import render as render_page
from prevention.reporting import Report, report
from tests.prevention.history.places import DATABASE, NOON, opened, run
from tests.prevention.running import docent

TAGS, IMAGES = "museum/tags", "museum/images"
HOUR = timedelta(hours=1)


def reported(place: str, *runs: Run, now: float = 60, days: float = 30, slots: int = 4) -> Report:
    with opened(place) as history:
        for each in runs:
            history.append(each)
    at = NOON + timedelta(minutes=now)
    return report(database=DATABASE, history_url=place, days=days, slots=slots, now=at)


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "history.db")


WHEN = st.floats(0, 240).filter(lambda minute: minute == round(minute, 3))
STOOD = st.tuples(
    st.integers(0, 240) | WHEN, st.sampled_from([IMAGES, TAGS]), st.sampled_from(["", "a", None])
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STOOD, max_size=12), st.integers(1, 9), st.integers(0, 240), st.integers(0, 240))
def test_the_store_counts_as_the_pure_function_does(
    tmp_path_factory: pytest.TempPathFactory,
    stood: list[tuple[float, str, str | None]],
    count: int,
    start: int,
    length: int,
) -> None:
    slots = Slots(NOON + timedelta(minutes=start), NOON + timedelta(minutes=start + length), count)
    with opened(str(tmp_path_factory.mktemp("history") / "history.db")) as history:
        runs = [
            history.append(
                run(minute, *(broken or ""), judged=broken is not None, contract=contract)
            ).run
            for minute, contract, broken in stood
        ]
        assert overview.tallies(history, slots) == tally_runs(runs, slots)
        within = [each for each in runs if slots.index(each.at) is not None]
        assert overview.count_runs(history, slots) == len(within)


def test_tallies_and_the_worst_of_each_slot(place: str) -> None:
    runs = [run(0), run(14, "a"), run(20, judged=False), run(59), run(60)]
    found = reported(place, *runs)
    (contract,) = found.contracts
    assert contract.slots == (Tally(1, 1), Tally(0, 0, 1), None, Tally(2))
    assert (contract.tally, contract.tally.availability) == (Tally(3, 1, 1), 60)
    assert contract.keeps_availability is False
    worst = {index: fresh.age for (_, _, index), fresh in found.worst.items()}
    assert worst == {0: 840, 1: 1200, 3: 3600}
    assert dict(found.coverage) == {0: Coverage(8, 5), 3: Coverage(8, 5)}
    assert found.compliance() == (50, None, None, 100)
    assert (found.runs, found.last.number) == (5, 5)


def test_a_report_looks_back_so_far_and_knows_when_breaches_began_before(file: str) -> None:
    runs = [run(0, "a", "old"), run(30, "a", "old"), run(40, "a"), run(3000, "a"), run(3010)]
    found = reported(file, *runs, now=3010, days=1)
    assert found.runs == 2
    assert [(b.promise.fingerprint, b.began_at) for b in found.breaches] == [("a", NOON)]
    whole = report(database=DATABASE, history_url=file, days=30, now=found.slots.end)
    assert {b.promise.fingerprint for b in whole.breaches} == {"a", "old"}
    assert whole.slots.start == NOON


def test_the_time_goes_to_the_last_run_where_that_lies_in_the_future(file: str) -> None:
    found = reported(file, run(0), run(600), now=60)
    assert (found.slots.start, found.slots.end) == (NOON, NOON + 10 * HOUR)


def test_what_is_broken_stands_first_and_what_is_gone_last(file: str) -> None:
    last = replace(
        run(3, "a", contract="museum/b"),
        observations=(
            Observation("museum/a", "held"), Observation("museum/b", "broken"),
            Observation("museum/c", "held"),
        ),
    )  # fmt: skip
    found = reported(file, run(1, contract="museum/0"), last)
    assert [(c.last.contract, c.is_current) for c in found.contracts] == [
        ("museum/b", True), ("museum/a", True), ("museum/c", True), ("museum/0", False),
    ]  # fmt: skip


PROMISED = "33.33 percent, promised 99.5: not kept"
TEXT = """\
0 of 1 contracts hold  museum.example:5432/museum
Last run     3, 2026-07-01 12:50 UTC
Looked at    3 runs from 2026-07-01 12:00 UTC to 2026-07-01 13:00 UTC
Covered      5 of 8 tables (62.5 percent) are under contract
History      FILE

state   contract       version       owner   held in        over time             availability
broken  museum/images  1.2.0 active  Images  33.33 percent  =====.....!!!!!!!!!!  PROMISED
= held   ! broken   ? could not judge   . no run

freshness
kept    museum/images  public.images.at  50 minutes old, at most 1 hour

breaches
lasts   museum/images  rows-stale  public.images
        2026-07-01 12:50 UTC - lasts, so far 10 minutes
        promised fresh by b, found b old
ended   museum/images  rows-stale  public.images
        2026-07-01 12:30 UTC - 2026-07-01 12:50 UTC, after 20 minutes
        promised fresh by a, found a old
"""


def test_the_text(file: str) -> None:
    found = reported(file, run(0), run(30, "a"), run(50, "b"))
    assert render(found).replace(file, "FILE") == TEXT.replace("PROMISED", PROMISED)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "-"), (100, "100 percent"), (99.999, "99.99 percent"), (0, "0 percent"),
        (99.9, "99.9 percent"), (66.666, "66.66 percent"), (0.29 * 100, "29 percent"),
    ],
)  # fmt: skip
def test_hundred_per_cent_means_all(value: float | None, said: str) -> None:
    assert percent(value) == said


def test_a_strip_shows_whatever_went_wrong() -> None:
    held, broken, unjudged = Tally(9), Tally(8, 1), Tally(8, 0, 1)
    assert strip([held, broken, held, unjudged, None, None, None, held], 4) == "!?.="
    assert strip([held, broken, None], 3) == "=!."


class Page(HTMLParser):
    """What a page holds: its tags with their attributes, its text, its tables by row and cell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.tables: list[list[list[str]]] = []
        self.in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.in_cell = True
        if tag == "br":
            self.tables[-1][-1][-1] += " | "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.in_cell:
            self.tables[-1][-1][-1] += data


HOSTILE = '_museum/<script>alert("x")</script>&\u202e$x^$'


def test_the_page_needs_nothing_besides_itself(file: str) -> None:
    page = Page(render_page(reported(file, run(0, "a"), run(30, "b"))))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form"}
    assert {"svg", "table", "style"} <= names
    for _, attributes in page.tags:
        assert not {"src", "onclick", "onload"} & attributes.keys()
        assert all(
            str(value).startswith("#")
            for name, value in attributes.items()
            if name in {"href", "xlink:href"}
        )


def test_the_page_tells_what_the_text_tells(file: str) -> None:
    gone = run(0, contract="museum/gone")
    page = Page(render_page(reported(file, gone, run(5), run(30, "a"), run(50, "b"))))
    contracts, freshness, breaches = page.tables
    assert contracts == [
        ["State", "Contract", "Version", "Owner", "Held in", "Over time", "Availability"],
        ["broken", "museum/images", "1.2.0 active", "Images", "33.33 percent",
         "1 held, 2 broken, 0 not judged", PROMISED],
        ["holds, last seen 2026-07-01 12:00 UTC", "museum/gone", "1.2.0 active", "Images",
         "100 percent", "1 held, 0 broken, 0 not judged", "100 percent, promised 99.5: kept"],
    ]  # fmt: skip
    assert freshness == [
        ["State", "Contract", "Column", "Newest row"],
        ["kept", "museum/images", "public.images.at", "50 minutes old, at most 1 hour"],
        ["kept", "museum/gone", "public.images.at", "0 seconds old, at most 1 hour"],
    ]
    assert breaches == [
        ["State", "Contract", "Rule", "Element", "Promised, found", "Began, ended"],
        ["lasts", "museum/images", "rows-stale", "public.images", "fresh by b | b old",
         "2026-07-01 12:50 UTC - lasts, so far 10 minutes"],
        ["ended", "museum/images", "rows-stale", "public.images", "fresh by a | a old",
         "2026-07-01 12:30 UTC - 2026-07-01 12:50 UTC, after 20 minutes"],
    ]  # fmt: skip
    assert "of the tables under contract: 5 of 8" in page.text
    assert "62.5 percent" in page.text
    assert "museum.example:5432/museum, run 4 of 2026-07-01 12:50 UTC." in page.text


def test_a_stale_table_and_one_without_rows_are_told_on_the_page(file: str) -> None:
    fresh = Freshness(IMAGES, "public.images.at", None, 3600, kept=False)
    late = replace(fresh, element="public.images.noted_at", age=7200)
    last = replace(run(0), freshness=(late, fresh), coverage=None)
    page = Page(render_page(reported(file, last)))
    assert page.tables[1][1:] == [
        ["stale", IMAGES, "public.images.at", "no row has arrived, at most 1 hour"],
        ["stale", IMAGES, "public.images.noted_at", "2 hours old, at most 1 hour"],
    ]
    assert "2of 2 promises of freshness not kept" in page.text
    assert "of the tables under contract" not in page.text


def test_colours_of_charts_are_those_of_the_page(file: str) -> None:
    page = render_page(reported(file, run(0, "a"), run(30)))
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    drawn = [chart for chart in charts if "matplotlib" in chart or "axes" in chart]
    assert len(drawn) == 3
    for chart in drawn:
        assert re.findall(r"#[0-9a-fA-F]{6}\b", chart) == []
        assert "var(--ink)" in chart


def test_what_others_wrote_is_text(file: str) -> None:
    hostile = replace(
        run(0, "a", contract=HOSTILE),
        observations=(Observation(HOSTILE, "broken", HOSTILE, HOSTILE, HOSTILE),),
    )
    text = render_page(reported(file, hostile))
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "museum/<script>" in page.text
    assert "\u202e" not in text
    assert "\u202e" not in render(reported(file))


def test_a_history_without_a_contract_makes_a_page(file: str) -> None:
    empty = Run(NOON, "", "not-judged", obstacle="Nothing was checked: there is no contract here.")
    found = reported(file, empty)
    assert "No contract was in any run." in render(found)
    assert "No contract was in any run." in render_page(found)
    assert fragment(found).startswith('<div class="docent-report">')


def test_without_a_run_it_says_what_to_type(file: str, tmp_path: Path) -> None:
    with pytest.raises(NotJudged, match="the monitor has not run"):
        report(database=DATABASE, history_url=file)
    assert not Path(file).exists()
    with opened(file):
        pass
    ran = docent("report", "--history-url", file, settings={"DATABASE_URL": DATABASE})
    assert (ran.code, ran.out) == (2, "")
    assert "Next: docent monitor" in ran.err


def test_without_matplotlib_the_text_is_there_and_the_page_says_what_to_install(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = reported(file, run(0))
    for name in ("matplotlib", "matplotlib.dates", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    assert render(found)
    with pytest.raises(NotJudged, match=r"pip install 'docent-data-contracts\[report\]'"):
        render_page(found)


def test_the_command_writes_text_or_a_page(file: str, tmp_path: Path) -> None:
    with opened(file) as history:
        history.append(replace(run(0, "a"), at=datetime.now(NOON.tzinfo)))
    where = ("--history-url", file)
    text = docent("report", *where, settings={"DATABASE_URL": DATABASE})
    assert (text.code, text.out.splitlines()[0]) == (
        0, "0 of 1 contracts hold  museum.example:5432/museum"
    )  # fmt: skip
    page = tmp_path / "report.html"
    made = docent("report", *where, "--html", str(page), settings={"DATABASE_URL": DATABASE})
    assert (made.code, made.out) == (0, f"Wrote {page}.\n")
    assert page.read_text().startswith("<!doctype html>")
