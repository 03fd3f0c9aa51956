"""A step as an Alembic revision: a Python file with the way there and the way back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from prevention.planning.model import Plan, Statement, Step


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: its identifier, its day, the name of its file, and what is in it."""

    id: str
    starts: date
    file: str
    text: str


def revisions(plan: Plan, after: str | None) -> tuple[Revision, ...]:
    """A revision for each step that runs something, chained behind ``after``."""
    made: list[Revision] = []
    for step in plan.steps:
        if step.runs:
            identifier = _identifier(plan, step)
            text = _text(step, identifier, after)
            name = step.id.replace("-", "_")
            made.append(Revision(identifier, step.starts, f"{identifier}_{name}.py", text))
            after = identifier
    return tuple(made)


def _identifier(plan: Plan, step: Step) -> str:
    """Twelve digits that are the same whenever the same plan is made on the same day."""
    said = "\n".join((plan.today.isoformat(), step.id, *(each.sql for each in step.work.up)))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _text(step: Step, identifier: str, after: str | None) -> str:
    asked = "".join(f"\nTo fill in: {each}." for each in step.work.to_fill_in)
    lost = f"\n\nOn the way back: {step.work.cannot_undo}" if step.work.cannot_undo else ""
    down = "\n".join(_calls(step.work.down)) or "    pass  # nothing to undo"
    up = "\n".join((*_refusals(step), *_calls(step.work.up)))
    down = "\n".join((*(_refusals(step) if step.work.down else ()), down))
    about = _prose(f"{step.title}.\n\n{step.work.why}{lost}{asked}\n\nNot before {step.starts}.")
    return f'''"""{about}

Revision ID: {identifier}
Revises: {after or ""}
"""

from __future__ import annotations

from alembic import op

revision = "{identifier}"
down_revision = {f'"{after}"' if after else None}
branch_labels = None
depends_on = None


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


def _prose(text: str) -> str:
    """A text that can stand in a docstring."""
    return text.replace("\\", "\\\\").replace('"""', "'''")


def _refusals(step: Step) -> Iterator[str]:
    """Lines by which a revision that lacks something refuses to run, and says so."""
    if step.work.to_fill_in:
        said = f"{step.id} is to be filled in first: {'; '.join(step.work.to_fill_in)}"
        yield f"    raise NotImplementedError({said!r})  # delete this line once it is filled in"


def _calls(statements: Sequence[Statement]) -> Iterator[str]:
    for each in statements:
        text = _literal(each.sql)
        if each.alone:  # it commits by itself, or Postgres wants it outside of a transaction
            yield "    with op.get_context().autocommit_block():"
            yield f"        op.execute({text})"
        else:
            yield f"    op.execute({text})"


def _literal(text: str) -> str:
    """SQL as Python has it, with its lines kept; a colon is no parameter here."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    escaped = _bare_colons(escaped)
    if "\n" in escaped:
        return f'"""\n{escaped}\n"""'
    return f'"""{escaped} """' if escaped.endswith('"') else f'"""{escaped}"""'


def _bare_colons(text: str) -> str:
    """SQLAlchemy reads ``:word`` as a parameter; ``::type`` and ``:=`` it leaves alone."""
    import re

    return re.sub(r"(?<![:\w\\]):(?=\w)", r"\\\\:", text)
