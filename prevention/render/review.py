"""A review for a terminal, as Markdown, and as JSON: what is open first, then what is a worry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from prevention.render.markdown import code
from prevention.render.plain import count, one_line
from prevention.review.model import AREAS, Question, Review

MOST: Final = 6
"""How many facts stand below an answer in a text; JSON has them all."""


def as_text(review: Review) -> str:
    """The review for a terminal."""
    lines = [f"Review of {one_line(review.contract.identity)}", *map(one_line, _heads(review)), ""]
    if review.open:
        lines += [f"Open ({len(review.open)})"]
        lines += [line for one in review.open for line in _as_lines(one, "?")] + [""]
    for area in AREAS:
        if asked := review.of(area):
            lines.append(area)
            lines += [line for one in asked for line in _as_lines(one, _mark(one))] + [""]
    return "\n".join([*lines, _summary(review)]) + "\n"


def as_markdown(review: Review) -> str:
    """The review as GitHub's Markdown, fit for a pull request."""
    lines = [f"## Review of {code(review.contract.identity)}", ""]
    lines += [*map(_harmless, _heads(review)), "", _summary(review), ""]
    if review.open:
        lines += ["### Open", ""]
        lines += [line for one in review.open for line in _as_items(one, "[ ]")] + [""]
    for area in AREAS:
        if asked := review.of(area):
            lines += [f"### {area}", ""]
            lines += [line for one in asked for line in _as_items(one, _box(one))] + [""]
    return "\n".join(lines).rstrip() + "\n"


def as_json(review: Review) -> str:
    """The review as JSON: ``contract``, ``version``, ``base``, ``database``, ``questions``."""
    value = {
        "contract": review.contract.identity,
        "version": review.contract.version,
        "today": review.today.isoformat(),
        "base": review.base,
        "database": review.database,
        "open": len(review.open),
        "worries": len(review.worries),
        "questions": [_as_value(one) for one in (*review.open, *_answered(review))],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _answered(review: Review) -> Iterator[Question]:
    return (one for one in review if one.answer != "open")


def _heads(review: Review) -> list[str]:
    where = f"database {review.database}" if review.database else "no database"
    version = f"version {review.contract.version}" if review.contract.version else "no version"
    return [f"{version}, compared with {review.base or 'nothing'}, {where}, as of {review.today}."]


def _summary(review: Review) -> str:
    asked, opened, worries = len(review.questions), len(review.open), len(review.worries)
    settled = asked - opened - worries
    return (f"{count(asked, 'question')}: {opened} open, {count(worries, 'worry', 'worries')}, "
            f"{settled} settled.")  # fmt: skip


def _mark(question: Question) -> str:
    return "!" if question.worry else " "


def _box(question: Question) -> str:
    return "[ ]" if question.worry else "[x]"


def _as_lines(question: Question, mark: str) -> Iterator[str]:
    said = "" if question.answer == "open" else f" {question.answer.capitalize()}."
    yield f"{mark} {question.asks}{said}"
    yield from (f"    {one_line(said)}" for said in _shown(question))
    if question.next_step and (question.worry or question.answer == "open"):
        yield f"    Next: {one_line(question.next_step)}"


def _as_items(question: Question, box: str) -> Iterator[str]:
    said = "" if question.answer == "open" else f" **{question.answer.capitalize()}.**"
    yield f"- {box} {question.asks}{said}"
    yield from (f"  - {code(said)}" for said in _shown(question))
    if question.next_step and (question.worry or question.answer == "open"):
        yield f"  - Next: {_harmless(question.next_step)}"


def _shown(question: Question) -> Sequence[str]:
    said = [str(one) for one in question.evidence]
    more = len(said) - MOST
    return said if more <= 1 else [*said[:MOST], f"and {more} more"]


def _as_value(question: Question) -> dict[str, object]:
    return {
        "area": question.area,
        "question": question.asks,
        "answer": question.answer,
        "worry": question.worry,
        "evidence": [
            {
                "says": one.says,
                "file": one.location.file if one.location else None,
                "line": one.location.line if one.location else None,
            }
            for one in question.evidence
        ],
        "nextStep": question.next_step,
    }


def _harmless(text: str) -> str:
    """Our own words with names of others in them, which can neither be markup nor call anybody."""
    return one_line(text).replace("<", "&lt;").replace("@", "&#64;")
