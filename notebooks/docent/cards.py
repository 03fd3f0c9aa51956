"""The words of the guide: outcomes, hints, solutions, the map, violations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from contracts.model import Location
from detection.model import Violation
from docent.display import Code, Dots, Facts, Grid, Paragraph, Piece, Shown, plain
from docent.exercise import Exercise, Lesson, Outcome
from docent.records import ATTEMPTS_BEFORE_SOLUTION, Progress, Record
from prevention.decision import Decision, Finding, finding_of
from prevention.words import issue, next_step

KIND_WORDS: Final = {
    "not attempted": "not attempted",
    "incomplete": "incomplete",
    "wrong": "not yet",
    "stopped": "stopped",
    "correct": "correct",
}


_SAYS_EXPECTED: Final = re.compile(r" (?:is|are) expected(?=[.,:])")


def outcome_card(
    exercise: Exercise, outcome: Outcome, record: Record, notes: Sequence[str] = ()
) -> Shown[Outcome]:
    """What a check came to."""
    pieces: list[Piece] = [Paragraph(outcome.seen)]
    if outcome.code:
        pieces.append(Code(outcome.code))
    facts = [
        ("Expected", unrepeated(outcome.expected)),
        ("Try", outcome.next_step),
        ("Why care", outcome.why),
    ]
    if outcome.kind == "not attempted":
        facts = facts[:2]
    pieces.append(Facts(tuple(facts)))
    if help_ := _help(exercise, outcome, record):
        pieces.append(Paragraph(help_, look="aside"))
    pieces.extend(Paragraph(note, look="aside") for note in notes)
    return Shown(
        outcome,
        f"{exercise.id} {exercise.title}",
        tuple(pieces),
        kind=KIND_WORDS[outcome.kind],
        full=outcome.kind == "correct",
        data={"exercise": exercise.id, "kind": outcome.kind, "message": plain(outcome.message)},
    )


def unrepeated(expected: str) -> str:
    """What was expected, without the word: it stands before it as the name of the fact."""
    return _SAYS_EXPECTED.sub("", expected.removeprefix("Expected is "), count=1)


def _help(exercise: Exercise, outcome: Outcome, record: Record) -> str:
    """Where more help is, after an answer that was not it."""
    if outcome.kind == "correct":
        return f'Compare with `solution("{exercise.id}")` if you like.'
    if record.solution_open:
        return f'`hint("{exercise.id}")` helps, and `solution("{exercise.id}")` is open now.'
    return f'`hint("{exercise.id}")` helps.'


def hint_card(exercise: Exercise, number: int, record: Record) -> Shown[str]:
    """The hint of this number, from 1."""
    hint, count = exercise.hints[number - 1], len(exercise.hints)
    if number < count:
        then = f'`hint("{exercise.id}")` again gives the next one.'
    elif record.solution_open:
        then = f'It was the last one. `solution("{exercise.id}")` is open.'
    else:
        then = (
            f'It was the last one. `solution("{exercise.id}")` opens after '
            f"{ATTEMPTS_BEFORE_SOLUTION} attempts that were wrong."
        )
    title = f"{exercise.id} {exercise.title}"
    pieces = (Paragraph(hint), Paragraph(then, look="aside"))
    return Shown(hint, title, pieces, kind=f"hint {number} of {count}")


def solution_card(exercise: Exercise) -> Shown[str]:
    """The solution and its reasoning."""
    pieces = (Code(exercise.solution), Paragraph(exercise.reasoning))
    return Shown(exercise.solution, f"{exercise.id} {exercise.title}", pieces, kind="solution")


def closed_card(exercise: Exercise, record: Record) -> Shown[str]:
    """Why the solution does not open yet."""
    left = ATTEMPTS_BEFORE_SOLUTION - record.misses
    attempts = "one more attempt" if left == 1 else f"{left} more attempts"
    said = f"It opens once your answer is correct, or after {attempts} that came out wrong."
    pieces = (Paragraph(said), Paragraph(f'Meanwhile `hint("{exercise.id}")` helps.', look="aside"))
    return Shown("", f"{exercise.id} {exercise.title}", pieces, kind="solution, still closed")


def note_card(title: str, *paragraphs: str) -> Shown[str]:
    """A few plain words."""
    return Shown("\n".join(paragraphs), title, tuple(map(Paragraph, paragraphs)))


def lesson_card(lesson: Lesson, notes: Sequence[str] = ()) -> Shown[Lesson]:
    """What a lesson takes, at its beginning; its goals stand above it in the notebook."""
    exercises = "\n".join(f"{exercise.id} {exercise.title}" for exercise in lesson.exercises)
    facts = Facts((("Time", f"about {lesson.minutes} minutes"), ("Exercises", exercises)))
    pieces: list[Piece] = [facts, *(Paragraph(note, look="aside") for note in notes)]
    return Shown(lesson, lesson.title, tuple(pieces), kind=f"lesson {lesson.id}")


def progress_map(
    lessons: Sequence[Lesson], progress: Progress, notes: Sequence[str] = ()
) -> Shown[Progress]:
    """The map of the tour, with what is done."""
    exercises = [exercise for lesson in lessons for exercise in lesson.exercises]
    done = sum(progress.of(exercise.id).done for exercise in exercises)
    rows = tuple((f"{lesson.id} {lesson.title}", _dots(lesson, progress)) for lesson in lessons)
    pieces: list[Piece] = [
        Grid(("lesson", "exercises"), rows),
        Paragraph("A full mark is an exercise done, a half one begun.", "aside"),
        *(Paragraph(note, look="aside") for note in notes),
    ]
    title = f"{progress.learner}: {done} of {len(exercises)} exercises done"
    return Shown(progress, title, tuple(pieces), kind="progress")


def _dots(lesson: Lesson, progress: Progress) -> Dots:
    return Dots(
        tuple((exercise.id, _state(progress.of(exercise.id))) for exercise in lesson.exercises)
    )


def _state(record: Record) -> str:
    if record.done:
        return "done"
    return "begun" if record.attempts or record.hints else "open"


def violations_table(
    found: Decision | Sequence[Finding | Violation], title: str = ""
) -> Shown[tuple[Finding, ...]]:
    """Findings or violations as a table: element, promised, found, owner, what next."""
    if isinstance(found, Decision):
        findings = found.findings
    else:
        findings = tuple(one if isinstance(one, Finding) else finding_of(one) for one in found)
    return Shown(findings, title or _counted(findings), violation_pieces(findings))


def violation_pieces(findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """One block a finding: a sentence, and the facts behind it."""
    return tuple(piece for finding in findings for piece in _finding_pieces(finding))


def _finding_pieces(finding: Finding) -> tuple[Piece, ...]:
    facts = (
        ("Rule", f"{finding.rule} ({finding.level})"),
        ("Element", finding.element),
        ("Promised", _or_nothing(finding.promised)),
        ("Found", _or_nothing(finding.found)),
        ("Owner", str(finding.owner) if finding.owner else ""),
        ("Where", _place(finding.location) if finding.location else ""),
        ("With it", _with_it(finding)),
        ("Next", next_step(finding)),
    )
    return Paragraph(f"{issue(finding)}.", look="topic"), Facts(facts)


def _with_it(finding: Finding) -> str:
    """What else is gone; a single part is the finding itself, told as a missing column."""
    names = [part.column or part.element for part in finding.parts]
    return f"{len(names)} columns: {', '.join(names)}" if len(names) > 1 else ""


def _place(location: Location) -> str:
    """The place of a promise, as it is called within the clone."""
    from data_assets.home import clone

    path = Path(location.file)
    inside = path.is_absolute() and path.is_relative_to(clone())
    return f"{path.relative_to(clone()) if inside else path}:{location.line}"


def _or_nothing(value: str | None) -> str:
    return "nothing" if value is None else value


def _counted(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No promise is broken"
    return f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
