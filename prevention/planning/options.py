"""What a person says of a change on the command line: splits, merges, renames and expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.parser import parse_all, tokens_of
from prevention.decision import NotJudged, Obstacle
from prevention.planning.model import Wishes

_NAME: Final = re.compile(r'[^\W\d][\w$]*(?:\.[^\W\d][\w$]*){0,2}|"[^"=,]+"')


def read_wishes(
    *,
    renames: Sequence[str] = (),
    splits: Sequence[str] = (),
    merges: Sequence[str] = (),
    using: Sequence[str] = (),
    back: Sequence[str] = (),
) -> Wishes:
    """The wishes that these texts say; raises NotJudged for one that says none.

    renames:  ``old=new``.            splits:  ``old=new,new``.     merges:  ``old,old=new``.
    using:    ``new=SQL``.            back:    ``old=SQL``.
    """
    said = Wishes(
        splits={_one("--split", left): _several("--split", right, 2)
                for left, right in _parted("--split", splits, "phone=phone_country,phone_number")},
        merges={_several("--merge", left, 2): _one("--merge", right)
                for left, right in _parted("--merge", merges, "phone_country,phone_number=phone")},
        renames={_one("--rename", left): _one("--rename", right)
                 for left, right in _parted("--rename", renames, "email=primary_email")},
        using={_one("--using", left): _expression("--using", right)
               for left, right in _parted("--using", using, "country=split_part(phone, ' ', 1)")},
        back={_one("--back", left): _expression("--back", right)
              for left, right in _parted("--back", back, "phone=country || ' ' || number")},
    )  # fmt: skip
    _require_once(said)
    return said


def _parted(option: str, texts: Sequence[str], example: str) -> Iterator[tuple[str, str]]:
    met: set[str] = set()
    for text in texts:
        left, sign, right = (part.strip() for part in text.partition("="))
        if not (sign and left and right):
            raise _unfit(f"{option} {text!r} does not say what becomes of what.",
                         f"Write it like {option} \"{example}\".")  # fmt: skip
        if left in met:
            raise _unfit(f"{option} speaks of {left} twice.", "Say it once.")
        met.add(left)
        yield left, right


def _one(option: str, text: str) -> str:
    if not _NAME.fullmatch(text.strip()):
        raise _unfit(f"{option} names {text.strip()!r}, which is no column's name.",
                     "Write column or table.column.")  # fmt: skip
    return text.strip().strip('"')


def _several(option: str, text: str, least: int) -> tuple[str, ...]:
    names = tuple(_one(option, each) for each in text.split(","))
    if len(names) < least or len(set(names)) < len(names):
        what = f"{option} needs {least} different columns or more; there is {text.strip()!r}."
        raise _unfit(what, "For one column use --rename.")
    return names


def _expression(option: str, text: str) -> str:
    """A piece of SQL that stands for itself: it ends nothing that it has not begun."""
    from sqlglot.errors import SqlglotError

    try:
        tokens = tokens_of(text)
        statements = parse_all(text)
    except SqlglotError:
        raise _unfit(f"{option} says {text!r}, which is no SQL.",
                     "Write one expression, such as upper(title).") from None  # fmt: skip
    comments = any(token.comments for token in tokens)
    if len(statements) != 1 or statements[0] is None or comments or ";" in text:
        raise _unfit(f"{option} says {text!r}, which is more than one expression.",
                     "Write one expression, without a semicolon or a comment.")  # fmt: skip
    return text


def _require_once(wishes: Wishes) -> None:
    olds = [*wishes.renames, *wishes.splits, *(one for each in wishes.merges for one in each)]
    news = [*wishes.renames.values(), *wishes.merges.values(),
            *(one for each in wishes.splits.values() for one in each)]  # fmt: skip
    for names in (olds, news):
        twice = next((each for each in names if names.count(each) > 1), None)
        if twice:
            raise _unfit(f"{twice} is in more than one --rename, --split or --merge.",
                         "Say once what becomes of it.")  # fmt: skip


def _unfit(what: str, next_step: str) -> NotJudged:
    return NotJudged(Obstacle(what, next_step))
