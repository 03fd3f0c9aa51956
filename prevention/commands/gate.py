"""``docent gate`` and ``docent ack``: what a branch breaks, and what of it may pass.

Everything that takes time to import is imported inside the commands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from prevention.commands.options import (
    FORMATS,
    day_option,
    format_option,
    output_option,
    schema_option,
)
from prevention.commands.query_options import (
    parity_option,
    query_options,
    query_terms,
    rows_option,
)
from prevention.commands.telling import decision_of, tell

if TYPE_CHECKING:
    from prevention.configuration import Configuration
    from prevention.decision import Decision
    from prevention.gating import Request

POLICIES: Final = ("docent", "seed-004")

Command = TypeVar("Command", bound=Callable[..., Any])

_COMPARED: Final = (
    click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]..."),
    click.option(
        "--base",
        metavar="REF",
        help="What the branch is merged into. Default: base in [tool.docent], else origin/main.",
    ),
    click.option(
        "--worktree", is_flag=True, help="Compare with the files as they are, committed or not."
    ),
    click.option(
        "--documents", is_flag=True, help="Only compare the contracts; needs no database."
    ),
    click.option(
        "--alembic",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The configuration of the migrations. Default: alembic in [tool.docent].",
    ),
    click.option(
        "--connection",
        "connection_name",
        metavar="NAME",
        help="Hold the contracts against this one of [tool.docent.connections] as it is, read "
        "only, in place of what the migrations make.",
    ),
    schema_option,
    day_option(
        "--now",
        "Judge as of this day, such as 2026-03-31; of a time, the day in UTC. Default: today.",
    ),
)
"""What both commands ask: which two moments are compared, and how far."""


def comparing(command: Command) -> Command:
    """Give a command the options that say what is compared."""
    for option in reversed(_COMPARED):
        command = option(command)
    return command


@click.command()
@comparing
@click.option(
    "--accept",
    metavar="NAME,NAME",
    help="Let breaking changes of these contracts pass: identity, bare name, id, dataset or "
    "schema.table. Goes before the variable ACCEPT_BREAKING_CHANGE.",
)
@click.option(
    "--pr-body-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The pull request's text, whose lines accept-breaking-change: NAME add to that.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Accept what this file says was broken before (docent check --write-baseline).",
)
@click.option(
    "--strict/--lenient",
    default=None,
    help="Whether a column that the contract does not declare breaks it, as in docent check.",
)
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default=POLICIES[0],
    show_default=True,
    help="seed-004 knows two buckets, breaking and additive, and compares contracts alone.",
)
@rows_option
@query_options
@parity_option
@format_option(FORMATS)
@output_option
@click.option("--unfold", is_flag=True, help="List everything that follows from one cause.")
@click.pass_context
def gate(
    context: click.Context,
    /,
    *,
    accept: str | None,
    pr_body_file: Path | None,
    baseline: Path | None,
    strict: bool | None,
    policy: str,
    rows_from: str | None,
    evidence: bool | None,
    time_limit: float | None,
    parities: tuple[str, ...],
    form: str,
    output: Path | None,
    unfold: bool,
    **compared: Any,
) -> None:
    """Judge what a branch breaks, before it is merged.

    Compares the contracts where the branch began with those of HEAD, and the databases that the
    migrations of both make, each in a scratch database that is dropped afterwards. Without
    migrations, or where neither DATABASE_URL nor a sandbox names a server, the contracts are
    compared alone; a server that is named and does not answer ends it with 2 (--documents asks
    none). PATH is a contract or a folder of contracts; without one, the project's folder is read.

    The queries that consumers have registered are put to both databases: one that fails, or
    returns other columns or types, proves a break. That it returns the same proves something
    only where there are rows (--rows-from). --parity compares two views of the database in use,
    or of --connection, as evidence for a view that asks another query.

    \b
    Examples:
      docent gate
      docent gate --base origin/release --worktree
      docent gate --documents --format github
      docent gate --pr-body-file body.txt --accept object_images

    Exit codes: 0 nothing is broken, or every breaking change is acknowledged; 1 something is,
    or a version is too low; 2 could not judge.
    """  # noqa: D301 - click reads \b
    alone = compared["documents"] or policy != POLICIES[0]
    if alone and rows_from:
        raise click.UsageError("--rows-from means nothing where no migration is run.", context)
    if alone and parities:
        raise click.UsageError("--parity means nothing where no migration is run.", context)
    terms = query_terms(context, evidence, time_limit, applies=not alone)

    def judge() -> Decision:
        from dataclasses import replace

        from prevention.accepting import accepted_names, read_text
        from prevention.baseline import read_baseline
        from prevention.gating import gate as judge_branch
        from prevention.parity_evidence import read_parity_terms

        settings, request = asked(**compared)
        text = read_text(pr_body_file) if pr_body_file else None
        request = replace(
            request,
            accepted=accepted_names(accept, text),
            baseline=read_baseline(baseline) if baseline else (),
            strict=strict,
            queries=terms,
            rows_from=rows_from,
            parities=read_parity_terms(parities),
            **_policy(policy),
        )
        return judge_branch(request, configuration=settings)

    tell(context, decision_of(judge, form, output), form, output, unfold=unfold)


@click.command()
@click.argument("fingerprint", metavar="CHANGE")
@comparing
@click.option("--reason", required=True, help="Why the change is right although it breaks.")
@click.option("--approver", required=True, help="Who answers for it, and how to reach them.")
@day_option("--expires", "The last day on which it counts.", required=True)
def ack(*, fingerprint: str, reason: str, approver: str, expires: date, **compared: Any) -> None:
    """Write down that one breaking change may pass.

    CHANGE is the fingerprint that docent gate prints beside the change, or its beginning. The
    entry goes into acknowledgements.yaml, whose comments and layout stay as they are. It is for
    that change alone, counts until its last day, and waives no version.

    \b
    Examples:
      docent ack 3f2a9c01 --reason "The assistant no longer shows it" \\
        --approver "Ada, data-eng@museum.org" --expires 2026-03-31
    """  # noqa: D301 - click reads \b
    from prevention.acknowledging_file import write_entry
    from prevention.single_change import find_change

    settings, request = asked(**compared)
    finding, file = find_change(fingerprint, request, settings)
    write_entry(file, finding, reason=reason, approver=approver, expires=expires)
    click.echo(
        f"Wrote {file}: {finding.rule} of {finding.element} may pass until {expires}. "
        "Next: commit the file with the change."
    )


COMMANDS: tuple[click.Command, ...] = (gate, ack)


def asked(
    paths: Sequence[Path],
    base: str | None,
    worktree: bool,
    documents: bool,
    alembic: Path | None,
    connection_name: str | None,
    schemas: Sequence[str],
    now: date | None,
) -> tuple[Configuration, Request]:
    """The project's settings and what is asked of the gate, from the flags of both commands."""
    from dataclasses import replace

    from prevention.configuration import configure
    from prevention.gating import Request

    if documents and (connection_name or alembic or schemas):
        raise click.UsageError(
            "--documents asks no database, and so --connection, --alembic and --schema have no "
            "meaning beside it; leave it out, or them"
        )
    settings = configure()
    if alembic is not None:
        settings = replace(settings, alembic=alembic)
    request = Request(
        base=base or settings.base,
        paths=tuple(paths),
        worktree=worktree,
        documents_only=documents,
        database=settings.connection(connection_name) if connection_name else None,
        schemas=tuple(schemas) or None,
        today=now,
    )
    return settings, request


def _policy(name: str) -> dict[str, Any]:
    """What a policy changes of the request."""
    if name == POLICIES[0]:
        return {}
    from prevention.seed_policy import require_structure, seed_004

    return {"policy": seed_004, "structure": require_structure}
