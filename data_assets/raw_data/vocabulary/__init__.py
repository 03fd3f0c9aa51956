"""What the made-up part of the sample is made from: words, workshops, sizes, departments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent

Weighted = tuple[tuple[str, int], ...]
"""Texts, each with how often it is drawn."""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a title, and the tags that it earns."""

    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """How large a kind of thing is: axes are (name, least, most) in sixteenths of an inch."""

    axes: tuple[tuple[str, int, int], ...]
    styles: Weighted
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A time and a place that objects come from. Years before our era are negative."""

    years: tuple[int, int]
    weight: int
    group: str = ""
    culture: str = ""
    period: str = ""
    dynasty: str = ""
    reign: str = ""
    school: str = ""
    country: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: its name, its titles, what it is made of, how large it is."""

    name: str
    weight: int
    classification: str
    size: str
    media: Weighted
    titles: tuple[str, ...]
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def belongs_to(self, setting: Setting) -> bool:
        """Whether objects of this kind were made in this setting."""
        return not self.groups or setting.group in self.groups


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the museum. Shares are parts of one."""

    name: str
    code: str
    objects: int
    public_domain: float
    artist: float
    tagged: float
    undated: float
    role: str
    galleries: Weighted
    settings: tuple[Setting, ...]
    kinds: tuple[Kind, ...]
    era: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything of the above. ``workshops`` holds the lists that names are made from."""

    words: Mapping[str, tuple[Word, ...]]
    workshops: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, Size]
    departments: tuple[Department, ...]


def read_vocabulary(folder: Path = FOLDER) -> Vocabulary:
    """Read the four files of a folder."""

    def read(name: str) -> Any:
        return yaml.safe_load((folder / name).read_text(encoding="utf-8"))

    return Vocabulary(
        words={name: tuple(map(_word, words)) for name, words in read("words.yaml").items()},
        workshops={name: tuple(texts) for name, texts in read("artists.yaml").items()},
        sizes={name: _size(size) for name, size in read("sizes.yaml").items()},
        departments=tuple(_department(department) for department in read("departments.yaml")),
    )


def _weighted(texts: list[Any]) -> Weighted:
    """Texts of which ``"Bronze x4"`` counts four times."""
    found = [re.fullmatch(r"(.*?)(?: x(\d+))?", str(text), re.DOTALL) for text in texts]
    return tuple((match[1], int(match[2] or 1)) for match in found if match)


def _word(entry: str | list[str]) -> Word:
    return Word(entry) if isinstance(entry, str) else Word(entry[0], tuple(entry[1:]))


def _size(size: dict[str, Any]) -> Size:
    return Size(
        axes=tuple((name, least, most) for name, least, most in size["axes"]),
        styles=_weighted(size["styles"]),
        parts=tuple(size["parts"]),
    )


def _setting(setting: dict[str, Any]) -> Setting:
    first, last = setting["years"]
    return Setting(**{**setting, "years": (first, last)})


def _kind(kind: dict[str, Any]) -> Kind:
    lists = {key: tuple(kind.get(key, ())) for key in ("titles", "tags", "groups")}
    return Kind(**{**kind, **lists, "media": _weighted(kind["media"])})


def _department(department: dict[str, Any]) -> Department:
    return Department(
        **{
            **department,
            "galleries": _weighted(department["galleries"]),
            "settings": tuple(map(_setting, department["settings"])),
            "kinds": tuple(map(_kind, department["kinds"])),
        }
    )
