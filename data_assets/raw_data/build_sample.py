"""Builds ``objects.json``, the sample that the sandbox starts with.

About a hundred of its 3,000 records are real facts about the museum's best-known works
(``well_known_works.json``); the others are made up, with the frequencies of real records:
how often a field is empty, how many objects a department has, what the oddities are.
Built again it is the same file, byte for byte, on every machine:

    python -m data_assets.raw_data.build_sample
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from data_assets.raw_data.chance import Chance
from data_assets.raw_data.composing import MadeUp, compose_department
from data_assets.raw_data.describing import Record, describe, describe_well_known, show_images
from data_assets.raw_data.oddities import add_oddities
from data_assets.raw_data.vocabulary import Department, Vocabulary, read_vocabulary

FOLDER = Path(__file__).parent
SAMPLE_FILE = FOLDER / "objects.json"
WELL_KNOWN_FILE = FOLDER / "well_known_works.json"

RECORDS = 3000
FIRST_MADE_UP_ID = 9_000_000
HIGHLIGHTS, TIMELINE_WORKS = 243, 672

# How many objects have how many further images: the long tail is real, and so is its end.
FURTHER_IMAGES = (
    {1: 424, 2: 333, 3: 244, 4: 147, 5: 104, 6: 72, 7: 44, 8: 27, 9: 19, 10: 20, 11: 10, 12: 7}
    | {13: 4, 14: 3, 15: 13, 16: 4, 17: 3, 18: 6, 25: 1, 28: 1, 29: 1, 30: 1, 31: 1, 32: 1, 33: 1}
    | dict.fromkeys([34, 35, 36, 37, 38, 39, 40, 42, 45, 48, 52, 55, 63, 70, 79, 84, 96, 209], 1)
)


def build() -> list[Record]:
    """All records of the sample, by object id."""
    vocabulary = read_vocabulary()
    works: list[Record] = json.loads(WELL_KNOWN_FILE.read_text(encoding="utf-8"))
    chance = Chance("sample")
    departments = {department.name: department for department in vocabulary.departments}
    known = [describe_well_known(work, departments[work["department"]], chance) for work in works]
    made_up = _describe_all(_compose_all(vocabulary, works), vocabulary, chance)
    _mark(made_up, "isHighlight", HIGHLIGHTS - len(known), chance)
    _mark(known + made_up, "isTimelineWork", TIMELINE_WORKS, chance)
    add_oddities(made_up, chance)
    return sorted(known + made_up, key=lambda record: int(record["objectID"]))


def write_sample(path: Path = SAMPLE_FILE) -> None:
    """Build the sample and write it: a JSON array with one record a line."""
    lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in build())
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8", newline="\n")


def share_out(departments: Sequence[Department], total: int) -> dict[str, int]:
    """How many of ``total`` objects each department gets: none goes without."""
    real = sum(department.objects for department in departments)
    shares = {
        department.name: max(1, department.objects * total // real) for department in departments
    }
    largest = sorted(shares, key=lambda name: -shares[name])
    for name in largest[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def _compose_all(vocabulary: Vocabulary, works: Iterable[Record]) -> list[MadeUp]:
    """The made-up objects of all departments, beside which the well-known works hang."""
    shares = share_out(vocabulary.departments, RECORDS)
    known = Counter(work["department"] for work in works)
    free = Counter(work["department"] for work in works if work["isPublicDomain"])
    composed: list[MadeUp] = []
    for department in vocabulary.departments:
        share = shares[department.name]
        count = share - known[department.name]
        public = round(department.public_domain * share) - free[department.name]
        composed += compose_department(
            department, count, public=min(count, max(0, public)), vocabulary=vocabulary
        )
    return composed


def _describe_all(
    objects: Sequence[MadeUp], vocabulary: Vocabulary, chance: Chance
) -> list[Record]:
    """The records of made-up objects, numbered in an order that mixes the departments."""
    records, number = [], FIRST_MADE_UP_ID
    for made_up in chance.shuffle(objects):
        number += chance.between(1, 7)
        records.append(describe(made_up, number, vocabulary, chance))
    free = [record for record in records if record["isPublicDomain"]]
    counts = [images for images, objects_ in FURTHER_IMAGES.items() for _ in range(objects_)]
    counts = chance.shuffle(counts + [0] * (len(free) - len(counts)))
    for record, further in zip(free, counts, strict=True):
        show_images(record, further)
    return records


def _mark(records: Sequence[Record], field: str, count: int, chance: Chance) -> None:
    """Set a field of exactly so many records."""
    for record, marked in zip(records, chance.deal(len(records), count), strict=True):
        record[field] = marked


if __name__ == "__main__":
    write_sample()
