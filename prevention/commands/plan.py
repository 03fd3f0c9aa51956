"""``docent plan``: the safe steps around what breaks, with a revision and its rollback for each.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prevention.commands.options import day_option, format_option

if TYPE_CHECKING:
    from prevention.planning.model import Plan
    from prevention.rehearsing import Rehearsal

FORMS = ("text", "markdown", "json")


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--rename", "renames", multiple=True, metavar="A=B", help="Column A is B in NEW.")
@click.option(
    "--split", "splits", multiple=True, metavar="A=B,C", help="Column or table A becomes B and C."
)
@click.option(
    "--merge", "merges", multiple=True, metavar="A,B=C", help="Columns or tables A and B become C."
)
@click.option(
    "--using", multiple=True, metavar="B=SQL", help="How NEW's column B is made of OLD's columns."
)
@click.option(
    "--back", multiple=True, metavar="A=SQL", help="How OLD's column A is made of NEW's columns."
)
@day_option("--now", "Plan as of this day, such as 2026-03-31.")
@click.option("--after", metavar="REV", help="The revision that the first one follows.")
@click.option("--rehearse", is_flag=True, help="Run it on a scratch copy of the database in use.")
@format_option(FORMS)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the plan in here."
)
@click.pass_context
def plan(
    context: click.Context,
    old: str,
    new: str,
    renames: tuple[str, ...],
    splits: tuple[str, ...],
    merges: tuple[str, ...],
    using: tuple[str, ...],
    back: tuple[str, ...],
    now: date | None,
    after: str | None,
    rehearse: bool,
    form: str,
    output: Path | None,
) -> None:
    """Plan the safe steps from OLD to NEW: expand, migrate, contract.

    OLD and NEW are contracts, folders of them, or what was there at a commit: REF:path. Each
    step has an Alembic revision with its way back, queries that validate it, what to watch, the
    contracts that hold meanwhile, and its day. --output writes all of that into a folder;
    nothing is overwritten.

    \b
    Examples:
      docent plan main:contracts contracts
      docent plan old.yaml new.yaml --rename email=primary_email --output plans/email
      docent plan old.yaml new.yaml --split phone=phone_country,phone_number \\
        --using "phone_country=split_part(phone, ' ', 1)" \\
        --using "phone_number=split_part(phone, ' ', 2)" \\
        --back "phone=phone_country || ' ' || phone_number" --rehearse

    Exit codes: 0 nothing breaks, or each breaking change has its steps; 1 one has no safe path,
    something is to be filled in, or the rehearsal went wrong; 2 could not plan.
    """  # noqa: D301 - click reads \b
    from prevention.planning.options import read_wishes
    from prevention.plans import plan_change

    wishes = read_wishes(renames=renames, splits=splits, merges=merges, using=using, back=back)
    if after is not None and output is None:
        raise click.UsageError("--after goes with --output.", context)
    if after is not None and not (after.isascii() and after.replace("_", "").isalnum()):
        raise click.UsageError(f"--after is {after!r}, which is no revision.", context)
    made = plan_change(old, new, wishes, today=now)
    rehearsal = _rehearse(made, old, new) if rehearse and made.steps else None
    written = _write(made, output, after) if output else ()
    click.echo(_told(made, rehearsal, form, written=bool(written)), nl=False)
    if written:
        click.echo(f"Wrote {len(written)} files into {output}; begin with PLAN.md.", err=True)
    context.exit(0 if made.complete and (rehearsal is None or rehearsal.holds) else 1)


def _told(plan: Plan, rehearsal: Rehearsal | None, form: str, *, written: bool) -> str:
    import json

    from prevention.render.plan import as_json, as_markdown, as_text, rehearsal_as_text

    if form == "json":
        return json.dumps(as_json(plan, rehearsal), indent=2, ensure_ascii=False) + "\n"
    text = as_markdown(plan) if form == "markdown" else as_text(plan, written=written)
    if rehearsal is None:
        return text
    told = rehearsal_as_text(rehearsal)
    return f"{text}\n```\n{told}```\n" if form == "markdown" else f"{text}\n{told}"


def _write(plan: Plan, output: Path, after: str | None) -> tuple[Path, ...]:
    from prevention.planning.writing import head_of_project, write_plan

    if not plan.steps:
        return ()
    return write_plan(plan, output, after=after or head_of_project())


def _rehearse(plan: Plan, old: str, new: str) -> Rehearsal:
    import os

    from data_assets.place import find_place
    from prevention.plans import people_of, rehearse

    place = find_place(os.environ, lambda _: None)
    return rehearse(plan, place.url, people_of(old, new), place=place)


COMMANDS: tuple[click.Command, ...] = (plan,)
