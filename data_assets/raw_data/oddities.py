"""What is odd in real records, put into made-up ones: as often as in reality, never more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from data_assets.raw_data.chance import Chance
from data_assets.raw_data.describing import Record
from data_assets.raw_data.measuring import LINE_END

LONGEST_DIMENSIONS = 2463
LONGEST_TITLE = 243


def add_oddities(records: Sequence[Record], chance: Chance) -> None:
    """Change a few records in place; none is changed twice."""
    for change, count, fits in _ODDITIES:
        untouched = _pick(records, count, fits, chance)
        for place, record in enumerate(untouched):
            change(record, place)


def _pick(
    records: Sequence[Record], count: int, fits: Callable[[Record], bool], chance: Chance
) -> Iterator[Record]:
    return iter(chance.shuffle([record for record in records if fits(record)])[:count])


def _lose(field: str) -> Callable[[Record, int], None]:
    def lose(record: Record, _place: int) -> None:
        record[field] = ""

    return lose


def _begin_after_end(record: Record, _place: int) -> None:
    record["objectBeginDate"], record["objectEndDate"] = (
        record["objectEndDate"],
        record["objectBeginDate"],
    )


def _break_title(record: Record, place: int) -> None:
    words = record["title"].split(" ")
    half = len(words) // 2
    broken = "\n" if place % 2 else LINE_END
    record["title"] = " ".join(words[:half]) + broken + " ".join(words[half:])


def _repeat_image(record: Record, place: int) -> None:
    images = record["additionalImages"]
    images.append(images[place % len(images)])


def _repeat_primary_image(record: Record, _place: int) -> None:
    record["additionalImages"][0] = record["primaryImage"]


def _lose_primary_image(record: Record, _place: int) -> None:
    record["primaryImage"] = record["primaryImageSmall"] = ""


def _hang_elsewhere(record: Record, place: int) -> None:
    record["GalleryNumber"] = ["on Fifth Avenue", "in Great Hall", "on Fifth Avenue"][place % 3]


def _lengthen_title(record: Record, _place: int) -> None:
    title = (
        f"{record['title']}; (on the reverse, in another hand) A List of the Animals That the "
        "Cook Counted on the Way to Market, of Those That Came Home, and of the One That "
        "Was Sold Twice, with a Drawing of It"
    )
    record["title"] = title[:LONGEST_TITLE].ljust(LONGEST_TITLE, "!")


def _lengthen_dimensions(record: Record, _place: int) -> None:
    """A suite of many pieces, each of them measured."""
    lines, piece = [record["dimensions"]], 0
    while True:
        piece += 1
        line = f"Piece {piece}: {piece % 23 + 2} × {piece % 17 + 3} in."
        if sum(map(len, lines)) + 2 * len(lines) + len(line) > LONGEST_DIMENSIONS:
            break
        lines.append(line)
    record["dimensions"] = LINE_END.join(lines)


def _is_whole(record: Record) -> bool:
    return bool(record["title"] and record["dimensions"] and record["GalleryNumber"])


def _is_long(record: Record) -> bool:
    return len(record["title"]) > 30 and "\n" not in record["title"]


def _has_few_images(record: Record) -> bool:
    images = record["additionalImages"]
    return 2 <= len(images) <= 6 and len(set(images)) == len(images)


def _is_clean(record: Record) -> bool:
    return _has_few_images(record) and record["primaryImage"] not in record["additionalImages"]


def _spans_years(record: Record) -> bool:
    return bool(record["objectBeginDate"] < record["objectEndDate"] and record["objectDate"])


def _has_one_image(record: Record) -> bool:
    return bool(record["primaryImage"]) and len(record["additionalImages"]) == 1


_ODDITIES: Sequence[tuple[Callable[[Record, int], None], int, Callable[[Record], bool]]] = (
    (_lose("title"), 3, _is_whole),
    (_lose("GalleryNumber"), 6, _is_whole),
    (_hang_elsewhere, 3, _is_whole),
    (_begin_after_end, 4, _spans_years),
    (_break_title, 4, _is_long),
    (_lengthen_title, 1, lambda record: _is_long(record) and len(record["title"]) < 60),
    (_lengthen_dimensions, 1, lambda record: LINE_END in record["dimensions"]),
    (_repeat_image, 7, _is_clean),
    (_repeat_primary_image, 4, _is_clean),
    (_lose_primary_image, 2, _has_one_image),
)
