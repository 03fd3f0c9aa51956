"""The README's pictures: each is there, is small, and has its twin for the other theme."""

from __future__ import annotations

import re

from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
LARGEST = 300_000


def test_every_picture_is_there_and_small() -> None:
    named = set(re.findall(r'(?:src|srcset)="([^"]+)"', README))
    there = {str(path.relative_to(REPOSITORY)) for path in REPOSITORY.glob("docs/images/*")}
    assert named == there
    for name in named:
        content = (REPOSITORY / name).read_bytes()
        assert content.startswith(b"\x89PNG"), name
        assert len(content) < LARGEST, name


def test_every_picture_has_a_dark_twin_and_says_what_it_shows() -> None:
    pictures = re.findall(r"<picture>(.*?)</picture>", README, re.DOTALL)
    assert len(pictures) == 2
    for picture in pictures:
        (dark,) = re.findall(r'dark\)" srcset="([^"]+)-dark\.png"', picture)
        (light,) = re.findall(r'src="([^"]+)-light\.png"', picture)
        (alt,) = re.findall(r'alt="([^"]+)"', picture)
        assert dark == light
        assert len(alt) > 60
