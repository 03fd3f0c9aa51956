"""Objects written as the Met API writes them: 57 fields in their order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from data_assets.raw_data.api_record import fields
from data_assets.raw_data.chance import Chance
from data_assets.raw_data.composing import MadeUp
from data_assets.raw_data.measuring import LINE_END, measure, measure_part
from data_assets.raw_data.vocabulary import Department, Size, Vocabulary

Record = dict[str, Any]

IMAGES = "https://images.example.org"

LAST_ARRIVAL = datetime(2026, 6, 30, 4, 54, 25, 483000, tzinfo=UTC)
"""When the youngest record of the sample came in."""

# Of a hundred objects, so many are measured in more than one part.
SEVERAL_PARTS = 15

# Terms that stand in no thesaurus.
NOT_IN_THESAURUS = {"Gazelles", "Herons"}


def describe_well_known(work: Record, department: Department, chance: Chance) -> Record:
    """The record of a well-known work: its facts, and stand-ins for what a sandbox needs."""
    facts = {key: value for key, value in work.items() if key != "tags"}
    record = blank_record() | facts
    record |= {
        "accessionYear": accession_year(work["accessionNumber"]),
        "artistRole": "Artist" if work["artistDisplayName"] else "",
        "isHighlight": True,
        "metadataDate": _arrive(chance),
        "repository": "Metropolitan Museum of Art, New York, NY",
        "objectURL": f"https://www.metmuseum.org/art/collection/search/{work['objectID']}",
        "tags": _tags(work["tags"]),
        "GalleryNumber": chance.weigh(department.galleries),
    }
    if work["isPublicDomain"]:
        show_images(record, 0)
    return record


def describe(made_up: MadeUp, number: int, vocabulary: Vocabulary, chance: Chance) -> Record:
    """The record of a made-up object, its images left out."""
    year = chance.between(max(1872, min(2024, made_up.dating.end)), 2024)
    setting, department, kind = made_up.setting, made_up.department, made_up.kind
    country = setting.country or (department.country if chance.often(60) else "")
    record = blank_record()
    record |= {
        "objectID": number,
        "accessionNumber": _accession_number(year, chance),
        "accessionYear": str(year),
        "isPublicDomain": made_up.public,
        "department": department.name,
        "objectName": kind.name,
        "title": made_up.title,
        "culture": setting.culture,
        "period": setting.period,
        "dynasty": setting.dynasty,
        "reign": setting.reign,
        "objectDate": made_up.dating.text,
        "objectBeginDate": made_up.dating.begin,
        "objectEndDate": made_up.dating.end,
        "medium": made_up.medium,
        "creditLine": _credit(vocabulary.workshops["donors"], year, chance),
        "geographyType": "From" if country else "",
        "country": country,
        "region": setting.region if country else "",
        "classification": kind.classification,
        "metadataDate": _arrive(chance),
        "repository": "The Docent Sample, where nothing hangs",
        "objectURL": f"https://example.org/objects/{number}",
        "tags": _tags(made_up.tags),
        "objectWikidata_URL": f"https://example.org/wikidata/{number}",
        "GalleryNumber": made_up.gallery,
    }
    return record | _maker(made_up) | _measurements(vocabulary.sizes[kind.size], chance)


def blank_record() -> Record:
    """A record of which nothing is known."""
    blank: Record = dict.fromkeys(fields(), "")
    blank |= dict.fromkeys(("isHighlight", "isPublicDomain", "isTimelineWork"), False)
    blank |= dict.fromkeys(("constituents", "measurements", "tags"))
    blank |= dict.fromkeys(("objectBeginDate", "objectEndDate"), 0)
    return blank | {"additionalImages": []}


def show_images(record: Record, further: int) -> None:
    """Give a record its main image and so many further ones."""
    number = record["objectID"]
    record["primaryImage"] = f"{IMAGES}/original/{number}.jpg"
    record["primaryImageSmall"] = f"{IMAGES}/web-large/{number}.jpg"
    record["additionalImages"] = [
        f"{IMAGES}/original/{number}-{place:03}.jpg" for place in range(1, further + 1)
    ]


def accession_year(number: str) -> str:
    """The year in an accession number: the museum began in 1870, and wrote 96 for 1896."""
    match = re.match(r"(\d{4}|\d{2})\.", number)
    if not match:
        return ""
    year = int(match[1])
    return str(year if year > 99 else year + (1800 if year >= 70 else 1900))


def _maker(made_up: MadeUp) -> Record:
    """What the record says of the workshop, if it names one."""
    if not (workshop := made_up.workshop):
        return {}
    opened, closed = workshop.years
    maker = {
        "constituentID": 9_000_000 + workshop.number,
        "role": made_up.department.role,
        "name": workshop.name,
        "constituentULAN_URL": "",
        "constituentWikidata_URL": "",
        "gender": "",
    }
    return {
        "constituents": [maker],
        "artistRole": made_up.department.role,
        "artistPrefix": "Attributed to the" if made_up.attributed else "",
        "artistDisplayName": workshop.name,
        "artistDisplayBio": workshop.bio,
        "artistAlphaSort": workshop.name.removeprefix("Workshop of the "),
        "artistNationality": workshop.setting.school,
        "artistBeginDate": str(opened) if workshop.bio else "",
        "artistEndDate": str(closed) if workshop.bio else "",
    }


def _measurements(size: Size, chance: Chance) -> Record:
    """The dimensions in words and in numbers."""
    measured = [measure(size, chance)]
    if chance.often(SEVERAL_PARTS):
        parts = chance.shuffle(size.parts)[: chance.weigh([(1, 6), (2, 3), (3, 1)])]
        measured += [measure_part(size, part, chance) for part in parts]
    return {
        "dimensions": LINE_END.join(part.line for part in measured),
        "measurements": [
            {
                "elementName": part.name,
                "elementDescription": None,
                "elementMeasurements": dict(part.centimeters),
            }
            for part in measured
        ],
    }


def _accession_number(year: int, chance: Chance) -> str:
    """A number that no object has: the second parts of the museum's own end long before 9001."""
    start = str(year) if year >= 1970 else f"{year % 100:02}"
    number = f"{start}.{chance.between(9001, 9899)}"
    if chance.often(78):
        number += f".{1 + chance.small(420)}"
    return number + chance.weigh([("", 88), ("a, b", 7), ("a–c", 3), ("a–e", 1), ("b", 1)])


def _credit(donors: tuple[str, ...], year: int, chance: Chance) -> str:
    way = chance.weigh([("Gift of {}, {}", 6), ("Bequest of {}, {}", 2), ("Purchase, {}, {}", 3)])
    donor = chance.pick(donors)
    if way.startswith("Purchase"):
        donor = donor.removeprefix("the ")
        donor = donor[0].upper() + donor[1:]
    return way.format(donor, year)


def _arrive(chance: Chance) -> str:
    """When a record came in: at night, most often long ago, now and then in the last weeks."""
    days = chance.weigh([(0, 4), (271, 22), (883, 22), (-1, 52)])
    if days < 0:
        days = chance.small(60) if chance.often(30) else chance.between(0, 900)
    earlier = 0 if days in (0, 271, 883) else chance.between(0, 600_000)
    time = LAST_ARRIVAL - timedelta(days=days, milliseconds=earlier)
    return (
        time.isoformat(timespec="milliseconds").replace("+00:00", "").rstrip("0").rstrip(".") + "Z"
    )


def _tags(terms: list[str] | tuple[str, ...]) -> list[Record] | None:
    return [_tag(term) for term in terms] or None


def _tag(term: str) -> Record:
    word = term.lower().replace(" ", "-")
    return {
        "term": term,
        "AAT_URL": None if term in NOT_IN_THESAURUS else f"https://example.org/aat/{word}",
        "Wikidata_URL": f"https://example.org/wikidata/{word}",
    }
