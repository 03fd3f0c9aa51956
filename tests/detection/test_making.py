"""Many objects at once are no different from those that the constructor makes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, fields

import pytest

from contracts.model import Column, DataType
from detection.making import made


@dataclass(frozen=True, slots=True)
class Work:
    title: str
    year: int = 1889
    tags: tuple[str, ...] = ()
    place: int | None = field(default=None, compare=False)


def test_they_are_as_the_constructor_makes_them() -> None:
    works = made(Work, place=iter([1, 2]), title=["Irises", "Wheat Field"])
    assert works == [Work("Irises"), Work("Wheat Field")]
    assert {type(work) for work in works} == {Work}
    assert [work.place for work in works] == [1, 2]
    assert hash(works[0]) == hash(Work("Irises"))
    assert repr(works[0]) == repr(Work("Irises", place=1))
    assert made(Work, title=[]) == []


def test_they_are_frozen() -> None:
    (work,) = made(Work, title=["Irises"])
    with pytest.raises(FrozenInstanceError):
        work.title = "Roses"  # type: ignore[misc]


def test_a_column_has_every_field() -> None:
    (column,) = made(Column, name=["title"], data_type=[DataType("text")], position=[1])
    expected = Column("title", DataType("text"), position=1)
    assert [getattr(column, each.name) for each in fields(Column)] == [
        getattr(expected, each.name) for each in fields(Column)
    ]


def test_what_the_constructor_needs_is_needed_here() -> None:
    with pytest.raises(TypeError, match="Work needs a title"):
        made(Work, year=[1889])


def test_what_the_constructor_does_not_know_is_not_known_here() -> None:
    with pytest.raises(TypeError):
        made(Work, title=["Irises"], colour=["blue"])
