"""The sample is what its README says: in shape, in frequencies, in what is real."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from data_assets.raw_data.api_record import fields, find_problems
from data_assets.raw_data.build_sample import SAMPLE_FILE, write_sample
from data_assets.raw_data.describing import accession_year
from tests.raw_data.conftest import Record

Measure = Callable[[Record], bool]


def test_built_again_the_sample_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    write_sample(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == SAMPLE_FILE.read_bytes()


def test_one_record_stands_on_each_line_and_the_file_stays_small() -> None:
    lines = SAMPLE_FILE.read_text(encoding="utf-8").split("\n")
    assert (lines[0], lines[-2:], len(lines)) == ("[", ["]", ""], 3003)
    assert SAMPLE_FILE.stat().st_size < 6_200_000


def test_every_record_has_the_shape_of_the_api_in_its_order(sample: list[Record]) -> None:
    assert {tuple(record) for record in sample} == {fields()}
    assert [find_problems(record) for record in sample if find_problems(record)] == []


def test_ids_are_unique_and_in_order(sample: list[Record]) -> None:
    ids = [record["objectID"] for record in sample]
    assert ids == sorted(set(ids))
    assert len(ids) == 3000


def empty(field: str) -> Measure:
    return lambda record: record[field] in ("", [], None)


# What real records show, in percent, and how far the sample may be from it, in points.
SHARES = {
    "public domain": (lambda record: record["isPublicDomain"], 83.3, 0.5),
    "with a main image": (lambda record: bool(record["primaryImage"]), 83.3, 0.5),
    "highlights": (lambda record: record["isHighlight"], 8.1, 0.1),
    "on the timeline": (lambda record: record["isTimelineWork"], 22.4, 0.1),
    "no title": (empty("title"), 0.1, 0.05),
    "no artist": (empty("artistDisplayName"), 51.0, 1.0),
    "no period": (empty("period"), 64.3, 1.0),
    "no culture": (empty("culture"), 54.6, 1.0),
    "no date": (empty("objectDate"), 1.8, 0.3),
    "no medium": (empty("medium"), 0.0, 0.0),
    # The well-known works have none; README.md says why.
    "no dimensions": (empty("dimensions"), 1.2, 2.8),
    "no classification": (empty("classification"), 18.7, 0.5),
    "no tags": (empty("tags"), 25.0, 1.5),
    "no further images": (empty("additionalImages"), 49.7, 0.2),
    "no gallery": (empty("GalleryNumber"), 0.2, 0.05),
    "dimensions on several lines": (lambda record: "\r\n" in record["dimensions"], 14.0, 1.5),
}


@pytest.mark.parametrize("name", SHARES)
def test_shares_are_those_of_real_records(name: str, sample: list[Record]) -> None:
    measure, percent, tolerance = SHARES[name]
    assert 100 * sum(map(measure, sample)) / len(sample) == pytest.approx(percent, abs=tolerance)


DEPARTMENTS = {
    "European Paintings": 1115, "Greek and Roman Art": 872, "Egyptian Art": 702, "Asian Art": 614,
    "European Sculpture and Decorative Arts": 547, "The American Wing": 357,
    "Modern and Contemporary Art": 357, "Arms and Armor": 259, "Islamic Art": 257,
    "Medieval Art": 230, "The Cloisters": 157, "Robert Lehman Collection": 121,
    "Musical Instruments": 49, "Drawings and Prints": 30, "The Michael C. Rockefeller Wing": 16,
    "Photographs": 7, "Ancient Near Eastern Art": 2, "The Libraries": 1,
}  # fmt: skip
"""How many of 5,693 real records each department has."""


def test_departments_divide_as_in_reality(sample: list[Record]) -> None:
    counts = Counter(record["department"] for record in sample)
    assert {name: counts[name] for name in DEPARTMENTS} == {
        name: pytest.approx(objects * 3000 / 5693, abs=1) for name, objects in DEPARTMENTS.items()
    }
    assert set(counts) == set(DEPARTMENTS)


# The most frequent values of real records, the first one first.
FREQUENT = {
    "classification": ["Paintings", "Sculpture", "Vases", "Bronzes", "Ceramics"],
    "culture": ["American", "China", "Greek, Attic", "Roman", "Greek", "French"],
    "period": ["Archaic", "New Kingdom", "Classical"],
    "medium": ["Oil on canvas", "Terracotta", "Bronze", "Oil on wood", "Silver"],
}


@pytest.mark.parametrize("field", FREQUENT)
def test_what_is_frequent_in_reality_is_frequent_here(field: str, sample: list[Record]) -> None:
    wanted = FREQUENT[field]
    ranked = [value for value, _ in Counter(record[field] for record in sample).most_common()]
    ranked.remove("") if "" in ranked else None
    assert ranked[0] == wanted[0]
    assert set(wanted) <= set(ranked[: len(wanted) + 1])


def test_the_most_frequent_tags_are_men_women_and_horses(sample: list[Record]) -> None:
    terms = Counter(tag["term"] for record in sample for tag in record["tags"] or [])
    assert {term for term, _ in terms.most_common(3)} == {"Men", "Women", "Horses"}


def test_public_domain_and_image_go_together_in_all_but_a_few(sample: list[Record]) -> None:
    apart = [
        record for record in sample if record["isPublicDomain"] != bool(record["primaryImage"])
    ]
    assert 1 <= len(apart) <= 3
    closed = [record for record in sample if not record["isPublicDomain"]]
    assert not any(record["primaryImage"] or record["additionalImages"] for record in closed)


def test_modern_art_is_hardly_ever_in_the_public_domain(sample: list[Record]) -> None:
    modern = [record for record in sample if record["department"].startswith("Modern")]
    assert 0 < sum(record["isPublicDomain"] for record in modern) <= 0.03 * len(modern)


def test_further_images_have_a_long_tail_with_repeats(sample: list[Record]) -> None:
    images = [record["additionalImages"] for record in sample]
    assert sum(map(len, images)) / len(sample) == pytest.approx(2.1, abs=0.05)
    assert max(map(len, images)) == 209
    assert sum(len(set(each)) < len(each) for each in images) == 7
    assert sum(record["primaryImage"] in record["additionalImages"] for record in sample) == 4


def test_the_oddities_of_real_records_are_there(sample: list[Record]) -> None:
    titles = [record["title"] for record in sample]
    assert sum("\n" in title for title in titles) == 4
    assert 3 <= sum("<i>" in title for title in titles) <= 12
    assert 3 <= sum("<i>" in record["medium"] for record in sample) <= 15
    assert max(map(len, titles)) == 243
    assert 2400 < max(len(record["dimensions"]) for record in sample) <= 2463
    assert sum(record["objectBeginDate"] > record["objectEndDate"] for record in sample) == 4


def test_some_galleries_are_no_numbers_and_some_begin_with_zero(sample: list[Record]) -> None:
    galleries = {record["GalleryNumber"] for record in sample}
    words = {gallery for gallery in galleries if not gallery.isdigit()}
    assert words == {"", "on Fifth Avenue", "in Great Hall", "Watson Library"}
    assert {"001", "014"} <= galleries


def test_galleries_suit_their_departments(sample: list[Record]) -> None:
    cloisters = {
        record["GalleryNumber"] for record in sample if record["department"] == "The Cloisters"
    }
    assert cloisters
    assert all(gallery.startswith("0") for gallery in cloisters if gallery.isdigit())


def test_the_last_arrival_is_fixed_and_others_trail_behind(sample: list[Record]) -> None:
    times = sorted(record["metadataDate"] for record in sample)
    assert times[0] > "2024"
    assert times[-1] == "2026-06-30T04:54:25.483Z"
    assert sum(time > "2026-06-16" for time in times) > 100


def test_dates_suit_periods(made_up: list[Record]) -> None:
    tang = [record for record in made_up if record["period"].startswith("Tang")]
    assert tang
    for record in tang:
        begin, end = sorted((record["objectBeginDate"], record["objectEndDate"]))
        assert end >= 600
        assert begin <= 907
    assert all(
        int(record["accessionYear"]) >= min(2024, record["objectBeginDate"]) for record in made_up
    )


def test_made_up_records_say_so(made_up: list[Record]) -> None:
    assert len(made_up) == 2883
    for record in made_up:
        addresses = [record["primaryImage"], record["objectURL"], *record["additionalImages"]]
        assert all("example.org/" in address for address in addresses if address)
        assert re.match(r"\d{2,4}\.9\d{3}(?!\d)", record["accessionNumber"])
        assert "Workshop" in record["artistDisplayName"] or not record["artistDisplayName"]
        assert record["repository"] == "The Docent Sample, where nothing hangs"


def test_well_known_works_name_no_image_of_the_museum(well_known: list[Record]) -> None:
    for record in well_known:
        assert record["isHighlight"]
        assert bool(record["primaryImage"]) == record["isPublicDomain"]
        assert (
            record["primaryImage"].startswith("https://images.example.org/")
            or not (record["isPublicDomain"])
        )


ACCESSION_YEARS = [
    ("07.123", "1907"), ("89.15.21", "1889"), ("69.278.2", "1969"), ("70.1", "1870"),
    ("1993.132", "1993"), ("33.92ab", "1933"), ("JP1847", ""), ("X.21.1", ""), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("number", "year"), ACCESSION_YEARS)
def test_the_year_is_read_from_the_accession_number(number: str, year: str) -> None:
    assert accession_year(number) == year


FACTS = (
    "title", "artistDisplayName", "objectDate", "objectBeginDate", "objectEndDate", "medium",
    "department", "accessionNumber", "accessionYear", "classification", "culture",
    "isPublicDomain", "objectURL",
)  # fmt: skip


def test_facts_about_well_known_works_are_facts(
    well_known: list[Record], real_records: list[Record]
) -> None:
    def facts(record: Record) -> dict[str, object]:
        return {
            field: re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else value
            for field in FACTS
            for value in [record[field]]
        }

    real = {record["objectID"]: record for record in real_records}
    checked = [work for work in well_known if work["objectID"] in real]
    assert len(checked) == 98
    assert [facts(work) for work in checked] == [facts(real[work["objectID"]]) for work in checked]


def test_at_least_eighty_works_are_well_known(well_known: list[Record]) -> None:
    assert len(well_known) == 117


@pytest.mark.parametrize(
    "field",
    ["title", "accessionNumber", "dimensions", "primaryImage", "artistDisplayName", "objectURL"],
)
def test_nothing_made_up_is_found_in_real_records(
    field: str, made_up: list[Record], real_records: list[Record]
) -> None:
    ours = {record[field] for record in made_up if record[field]}
    theirs = {record[field] for record in real_records}
    assert ours & theirs == set()


def test_further_images_of_made_up_records_are_nobody_elses(
    made_up: list[Record], real_records: list[Record]
) -> None:
    ours = {image for record in made_up for image in record["additionalImages"]}
    theirs = {image for record in real_records for image in record["additionalImages"]}
    assert ours & theirs == set()
