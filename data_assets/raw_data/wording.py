"""Titles, names and dates, in the words of a museum's label."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from data_assets.raw_data.chance import Chance
from data_assets.raw_data.vocabulary import Word

_GAP = re.compile(r"\{(?:(a|an|the|A|The) )?(\w+)\}")
_SMALL_WORDS = {
    "a", "an", "the", "of", "in", "on", "at", "by", "and", "with", "from", "for", "among", "into",
    "over", "to", "al", "del", "le",
}  # fmt: skip


def fill(pattern: str, words: Mapping[str, tuple[Word, ...]], chance: Chance) -> Word:
    """A pattern with its gaps filled, and the tags of what filled them.

    ``{heron}`` takes a word of the list ``heron``, ``{Heron}`` writes it as titles are
    written, ``{a heron}`` gives it its article.
    """
    tags: list[str] = []

    def fill_gap(gap: re.Match[str]) -> str:
        article, name = gap[1] or "", gap[2]
        word = chance.pick(words[name[0].lower() + name[1:]])
        tags.extend(word.tags)
        text = in_title_case(word.text) if name[0].isupper() else word.text
        return f"{with_article(article, text)} {text}" if article else text

    text = _GAP.sub(fill_gap, pattern)
    text = re.sub(r"(^[“\[]?|: )(\w)", lambda start: start[1] + start[2].upper(), text)
    return Word(text, tuple(dict.fromkeys(tags)))


def with_article(article: str, text: str) -> str:
    """``a``, or ``an`` before a vowel; other articles as they are."""
    if article.lower() not in ("a", "an"):
        return article
    return article[0] + ("n" if text[0].lower() in "aeiou" else "")


def in_title_case(text: str) -> str:
    """``The salt pans of Hoogdijk`` as ``the Salt Pans of Hoogdijk``."""
    parts = [part if part in _SMALL_WORDS else part[0].upper() + part[1:] for part in text.split()]
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Dating:
    """When an object was made: in words, and the first and last year that the words allow."""

    text: str
    begin: int
    end: int


def date_object(years: tuple[int, int], era: str, chance: Chance) -> Dating:
    """A date somewhere in these years, as vague as labels are."""
    first, last = years
    if first < 0:
        styles = [(_whole_range, 4), (_about_a_range, 5), (_part_of_century, 4)]
    elif first < 1400:
        styles = [(_about_a_range, 4), (_part_of_century, 8), (_year, 1)]
    else:
        styles = [(_year, 8), (_about_a_year, 5), (_about_a_range, 5), (_part_of_century, 4)]
    return chance.weigh(styles)(first, last, era, chance)


def date_hijri(years: tuple[int, int], chance: Chance) -> Dating:
    """A year that the object itself gives, by the Muslim calendar and by ours."""
    year = chance.between(*years)
    return Dating(f"dated {(year - 622) * 33 // 32 + 1} AH/{year} CE", year, year)


def _year(first: int, last: int, era: str, chance: Chance) -> Dating:
    year = chance.between(first, last)
    return Dating(_in_era(year, year, era), year, year)


def _about_a_year(first: int, last: int, era: str, chance: Chance) -> Dating:
    year = chance.between(first, last)
    return Dating(f"ca. {_in_era(year, year, era)}", year - 5, year + 5)


def _about_a_range(first: int, last: int, era: str, chance: Chance) -> Dating:
    begin = chance.between(first, max(first, last - 10))
    end = min(last, begin + 5 * chance.between(1, 6))
    return Dating(f"ca. {_in_era(begin, end, era)}", begin, end)


def _whole_range(first: int, last: int, era: str, chance: Chance) -> Dating:
    about = "ca. " if chance.often(70) else ""
    return Dating(about + _in_era(first, last, era), first, last)


def _part_of_century(first: int, last: int, era: str, chance: Chance) -> Dating:
    year = chance.between(first, last) or 1
    century = (-year - 1) // 100 + 1 if year < 0 else (year - 1) // 100 + 1
    start = -100 * century + 1 if year < 0 else 100 * (century - 1)
    label, low, high = chance.pick(
        [("", 0, 99), ("early ", 0, 32), ("mid-", 33, 66), ("late ", 67, 99),
         ("first half of the ", 0, 49), ("second half of the ", 50, 99)]
    )  # fmt: skip
    suffix = f" {era}" if year < 0 else " CE" if era and century <= 10 else ""
    begin, end = (bound or 1 for bound in (start + low, start + high))
    return Dating(f"{label}{_ordinal(century)} century{suffix}", begin, end)


def _in_era(begin: int, end: int, era: str) -> str:
    """``1870–75``, ``550–530 BCE``, ``A.D. 50–75``: one year where both are the same."""
    if end < 0:
        return f"{_span(-begin, -end)} {era}"
    # Whoever writes BCE writes CE only as long as somebody might doubt it.
    if not era or begin >= 1000:
        return _span(begin, end)
    if begin < 0:
        return f"{-begin} {era}–{end} {'A.D.' if era == 'B.C.' else 'CE'}"
    return f"A.D. {_span(begin, end)}" if era == "B.C." else f"{_span(begin, end)} CE"


def _span(begin: int, end: int) -> str:
    if begin == end:
        return str(begin)
    short = begin < end and begin // 100 == end // 100 and begin >= 1000
    return f"{begin}–{end % 100 if short else end}"


def _ordinal(number: int) -> str:
    teen = 10 <= number % 100 <= 20
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
