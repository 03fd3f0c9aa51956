"""A department's made-up objects: what each is, when and by whom it was made, where it hangs."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from data_assets.raw_data.chance import Chance
from data_assets.raw_data.vocabulary import Department, Kind, Setting, Vocabulary, Word
from data_assets.raw_data.wording import Dating, date_hijri, date_object, fill


@dataclass(frozen=True, slots=True)
class Workshop:
    """A workshop that never was, with the years in which it worked."""

    number: int
    name: str
    setting: Setting
    years: tuple[int, int]
    bio: str


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up object, before it is numbered and written as a record."""

    department: Department
    setting: Setting
    kind: Kind
    title: str
    medium: str
    dating: Dating
    tags: tuple[str, ...]
    workshop: Workshop | None
    attributed: bool
    public: bool
    gallery: str


def compose_department(
    department: Department, count: int, *, public: int, vocabulary: Vocabulary
) -> list[MadeUp]:
    """``count`` objects of a department, ``public`` of them in the public domain."""
    chance = Chance(f"department {department.name}")
    workshops = found_workshops(department, count, vocabulary, chance)
    by_workshop = chance.deal(count, round(department.artist * count))
    tagged = chance.deal(count, round(department.tagged * count))
    dated = chance.deal(count, count - round(department.undated * count))
    free = chance.deal(count, public)
    return [
        _compose(department, vocabulary, chance, workshops if named else [], shown, known, open_)
        for named, shown, known, open_ in zip(by_workshop, tagged, dated, free, strict=True)
    ]


def _compose(
    department: Department,
    vocabulary: Vocabulary,
    chance: Chance,
    workshops: list[Workshop],
    tagged: bool,
    dated: bool,
    public: bool,
) -> MadeUp:
    # A few workshops made much of what is left, most made little.
    workshop = workshops[chance.small(len(workshops))] if workshops else None
    setting = workshop.setting if workshop else _settle(department, chance)
    kind = _kind_in(department, setting, chance)
    title = fill(chance.pick(kind.titles), vocabulary.words, chance)
    years = workshop.years if workshop else setting.years
    return MadeUp(
        department=department,
        setting=setting,
        kind=kind,
        title=title.text,
        medium=chance.weigh(kind.media),
        dating=_date(department, years, dated, chance),
        tags=_tags(kind, title) if tagged else (),
        workshop=workshop,
        attributed=chance.often(7),
        public=public,
        gallery=chance.weigh(department.galleries),
    )


def _settle(department: Department, chance: Chance) -> Setting:
    return chance.weigh([(setting, setting.weight) for setting in department.settings])


def _kind_in(department: Department, setting: Setting, chance: Chance) -> Kind:
    return chance.weigh(
        [(kind, kind.weight) for kind in department.kinds if kind.belongs_to(setting)]
    )


def _tags(kind: Kind, title: Word) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title.tags + kind.tags)) or ("Ornament",)


def _date(department: Department, years: tuple[int, int], dated: bool, chance: Chance) -> Dating:
    if department.code == "is" and chance.often(12):
        return date_hijri(years, chance)
    dating = date_object(years, department.era, chance)
    return dating if dated else Dating("", dating.begin, dating.end)


def found_workshops(
    department: Department, count: int, vocabulary: Vocabulary, chance: Chance
) -> list[Workshop]:
    """The workshops that a department's objects come from, the busiest first."""
    names: dict[str, None] = {}
    words = {
        key: tuple(Word(text) for text in texts) for key, texts in vocabulary.workshops.items()
    }
    wanted = max(1, round(0.8 * department.artist * count))
    while len(names) < wanted:
        names[fill(chance.pick(vocabulary.workshops["patterns"]), words, chance).text] = None
    first = zlib.crc32(department.name.encode()) % 900 * 1000
    return [_found(first + place, name, department, chance) for place, name in enumerate(names)]


def _found(number: int, name: str, department: Department, chance: Chance) -> Workshop:
    setting = _settle(department, chance)
    first, last = setting.years
    opened = chance.between(first, max(first, last - 25))
    closed = min(last, opened + chance.between(15, 55))
    span = f"{-opened}–{-closed} {department.era}" if closed < 0 else f"{opened}–{closed}"
    bio = ", ".join(filter(None, (setting.school, f"active ca. {span}")))
    return Workshop(number, name, setting, (opened, closed), bio if chance.often(91) else "")
