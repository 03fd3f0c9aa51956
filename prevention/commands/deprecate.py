"""``docent deprecate``: a contract's end, announced, reached and carried out, one step at a time.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prevention.commands.options import day_option, format_option, new_output_option

if TYPE_CHECKING:
    from prevention.deprecating import Ending, Refused, Terms
    from prevention.deprecating.steps import Step

STEPS = ("deprecated", "sunset", "retired")
_OF_THE_ANNOUNCEMENT = ("sunset", "replacement", "reason", "guide", "announced")


@click.command()
@click.argument("name")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--to",
    type=click.Choice(STEPS),
    default=STEPS[0],
    show_default=True,
    help="The step: announce the end, let its date come, end it.",
)
@day_option(
    "--sunset",
    "From when nobody new may rely on it. Default: the notice that is owed, and a week.",
)
@click.option("--replacement", metavar="NAME", help="The contract to move to.")
@click.option("--reason", metavar="TEXT", help="Why it ends.")
@click.option(
    "--guide",
    metavar="URL|FILE",
    help="The migration guide. Default: a draft in docs/migrations.",
)
@day_option(
    "--announced",
    "The day of the announcement. Default: today; notice counts from today at the earliest.",
)
@click.option(
    "--bump/--no-bump",
    default=True,
    show_default=True,
    help="Raise the version by as much as docent diff demands.",
)
@day_option("--now", "Act as of this day, such as 2026-03-31.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@format_option(("text", "json"))
@new_output_option
@click.pass_context
def deprecate(
    context: click.Context,
    /,
    name: str,
    paths: tuple[Path, ...],
    to: Step,
    now: date | None,
    dry_run: bool,
    form: str,
    output: Path | None,
    **asked: Any,
) -> None:
    """Announce the end of the contract NAME, and carry it out step by step.

    PATH is a contract or a folder of contracts; without one, the project's folder is read.

    Writes the state, the dates and the replacement into the contract's own document, in which
    nothing else changes. Drafts the migration guide and the notification of the change from what
    is really different between the two contracts, naming every registered consumer, and adds to
    the contract's changelog, which stands beside it. Files that are there are never overwritten.

    A step that breaks a promise is refused: too short a notice, an earlier date than announced,
    a state left out. How much notice is owed is said by notice-days of [tool.docent], or by the
    contract itself where it promises more.

    \b
    Examples:
      docent deprecate customers-v1 --replacement customers-v2 --dry-run
      docent deprecate customers-v1 --sunset 2026-02-03 --replacement customers-v2
      docent deprecate customers-v1 --to sunset
      docent deprecate customers-v1 --to retired

    Exit codes: 0 done, or shown; 1 it would break a promise; 2 it could not be done. After 1 and
    2, nothing was written.
    """  # noqa: D301 - click reads \b
    from prevention.deprecating import Refused
    from prevention.deprecating import deprecate as take_step
    from prevention.output import is_file
    from prevention.render.plain import one_line
    from prevention.replaceable import require_new

    terms = _terms(context, to, asked)
    require_new(output)
    try:
        ending = take_step(name, terms, *paths, today=now, dry_run=True)
    except Refused as refused:
        if form == "json":
            _tell(_json(_refusal(refused)), output)
        what, step = one_line(refused.what), one_line(refused.next_step)
        click.echo(f"docent: {what} ({refused.rule})\nNext: {step}", err=True)
        context.exit(1)
    told = _json(_report(ending, dry_run)) if form == "json" else _text(ending, dry_run)
    if dry_run:
        _tell(told, output)
    else:
        _write(ending, told, output)
    if is_file(output):
        click.echo(f"Wrote {output}.")


COMMANDS: tuple[click.Command, ...] = (deprecate,)


def _write(ending: Ending, told: str, output: Path | None) -> None:
    """Write the step and what is told of it: both, or neither."""
    from prevention.output import is_file
    from prevention.replaceable import require_apart

    require_apart(output, [change.path for change in ending.files])
    if not is_file(output):
        ending.write()
    _tell(told, output)
    if is_file(output):
        try:
            ending.write()
        except BaseException:
            output.unlink()
            raise


def _tell(text: str, output: Path | None) -> None:
    """Write to standard output, or into a file that is not there yet."""
    from prevention.output import is_file, write_new, write_result

    if is_file(output):
        write_new(output, text)
    else:
        write_result(text, None)


def _terms(context: click.Context, to: Step, asked: dict[str, Any]) -> Terms:
    from prevention.deprecating import Terms

    if to != STEPS[0] and (said := [key for key in _OF_THE_ANNOUNCEMENT if asked[key] is not None]):
        given = ", ".join(f"--{key}" for key in said)
        raise click.UsageError(f"{given} belongs to the announcement, not to --to {to}.", context)
    for key in ("replacement", "reason", "guide"):
        if asked[key] is not None and not asked[key].strip():
            raise click.UsageError(f"--{key} is empty.", context)
    return Terms(to=to, **asked)


def _text(ending: Ending, dry_run: bool) -> str:
    """What was done, or all that would be written."""
    if dry_run:
        return ending.diff
    ends = ending.new.deprecation
    version = f" {ending.new.version}" if ending.new.version else ""
    announced = ends and ending.new.status == "deprecated"
    until = f" until {ends.sunset_date}" if ends and announced else ""
    move = f"; move to {ending.replacement.identity}" if announced else ""
    if ends and ending.new.status == "sunset" == ending.old.status:
        until = f" still, with {ends.sunset_date} as its date"
    said = [f"{ending.old.identity}{version} is {ending.new.status}{until}{move}."]
    said += [f"Wrote {change.path}." for change in ending.files]
    if ending.left:
        said.append(f"Left as it is: {ending.left}, to which the contract refers no more.")
    for each in ending.consumers:
        contact = f"{each.consumer.name} ({each.consumer.migration_contact})"
        said.append(f"Tell {contact}: {_broken(each.columns)}.")
    for one in ending.unasked:
        queries = ", ".join(one.queries)
        said.append(f"Not asked here: whether {one.consumer.name} can run {queries}.")
    said.append("Next: read the drafts, commit all of it, and let docent gate judge it.")
    return "\n".join(said) + "\n"


def _broken(columns: Sequence[str]) -> str:
    if not columns:
        return "no column that it reads breaks"
    names = " and ".join(filter(None, (", ".join(columns[:-1]), columns[-1])))
    return f"{names}, which it reads, {'breaks' if len(columns) == 1 else 'break'}"


def _report(ending: Ending, dry_run: bool) -> dict[str, object]:
    ends = ending.new.deprecation
    return {
        "contract": ending.old.identity,
        "from": {"status": ending.old.status, "version": ending.old.version},
        "to": {"status": ending.new.status, "version": ending.new.version},
        "announced": ends.announced if ends else None,
        "sunset_date": ends.sunset_date if ends else None,
        "replacement": ending.replacement.identity,
        "migration_guide": ends.migration_guide if ends else None,
        "written": not dry_run,
        "files": [
            {"path": str(change.path), "new": change.before is None} for change in ending.files
        ],
        "consumers": [
            {
                "name": each.consumer.name,
                "contact": each.consumer.migration_contact,
                "columns": list(each.columns),
            }
            for each in ending.consumers
        ],
        "notification": ending.notification,
        "changelog": ending.entry,
        "diff": ending.diff,
    }


def _refusal(refused: Refused) -> dict[str, object]:
    said = {"rule": refused.rule, "what": refused.what, "next": refused.next_step}
    return {"written": False, "refused": said}


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
