"""``docent parity``: whether a new version of a view still says what the old one said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prevention.commands.numbers import Number, WholeNumber
from prevention.commands.options import connection_option, format_option, output_option

if TYPE_CHECKING:
    from detection.parity import Parity


@click.command()
@click.argument("old", metavar="OLD_VIEW")
@click.argument("new", metavar="NEW_VIEW")
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    metavar="COLUMN",
    help="The column that tells one row from all others; may be repeated.",
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="OLD=NEW",
    help="NEW is what the new view has in place of OLD: a column, or an expression over its "
    'columns, such as "gallery=coalesce(gallery_number, gallery_place)".',
)
@click.option(
    "--columns",
    multiple=True,
    metavar="COLUMN",
    help="Compare this column of the old view; may be repeated. Default: all that both have.",
)
@click.option("--ignore", multiple=True, metavar="COLUMN", help="Leave this column out.")
@click.option(
    "--tolerance",
    "tolerances",
    multiple=True,
    metavar="COLUMN=AMOUNT",
    help="How far apart values may be: price=0.01, or updated_at='5 seconds'.",
)
@click.option("--where", metavar="SQL", help="Compare these rows only, by columns that both have.")
@click.option(
    "--limit",
    type=WholeNumber(0, 1000),
    default=5,
    show_default=True,
    metavar="N",
    help="Show up to N examples of each kind of difference.",
)
@click.option(
    "--time-limit",
    type=Number(0, min_open=True),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long the comparison may take.",
)
@click.option(
    "--contracts",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The contracts that say which values may be shown. Default: the project's folder.",
)
@connection_option
@format_option(("text", "json", "markdown"))
@output_option
@click.pass_context
def parity(
    context: click.Context,
    old: str,
    new: str,
    keys: tuple[str, ...],
    mapped: tuple[str, ...],
    columns: tuple[str, ...],
    ignore: tuple[str, ...],
    tolerances: tuple[str, ...],
    where: str | None,
    limit: int,
    time_limit: float,
    contracts: tuple[Path, ...],
    connection_name: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Compare the rows of two views: a version and the next.

    Rows are put beside each other by a key, and every column that both views have is compared,
    nulls included, in one query that only reads. A key that is none is told first. Values are
    shown only where a contract lets them be.

    \b
    Examples:
      docent parity reporting.object_card_v1 reporting.object_card_v2 --key object_id
      docent parity public.object_images reporting.object_images --key object_id --limit 20
      docent parity reporting.object_card_v1 reporting.object_card_v2 --key object_id \\
          --map artist=artist_display_name --ignore pictures

    Exit codes: 0 the same, 1 different, 2 could not judge, which includes that there was no row.
    """  # noqa: D301 - click reads \b
    pairs = _pairs(context, "--map", mapped)
    apart = _pairs(context, "--tolerance", tolerances)

    def compare() -> Parity:
        from prevention.configuration import configure
        from prevention.parity import parity as compare_views

        settings = configure()
        return compare_views(
            old,
            new,
            key=keys,
            mapped=pairs,
            columns=columns or None,
            ignore=ignore,
            tolerances=apart,
            where=where,
            limit=limit,
            time_limit=time_limit,
            contracts=contracts,
            database=settings.connection(connection_name) if connection_name else None,
            configuration=settings,
        )

    _tell(context, compare, form, output)


def _pairs(context: click.Context, option: str, stated: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` taken apart at the first sign of equality; each name once."""
    pairs: dict[str, str] = {}
    for text in stated:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not (name and sign and value):
            raise click.UsageError(f"{option} is {text!r}; write it like NAME=VALUE.", context)
        if name in pairs:
            raise click.UsageError(f"{option} names {name} twice.", context)
        pairs[name] = value
    return pairs


def _tell(
    context: click.Context, compare: Callable[[], Parity], form: str, output: Path | None
) -> None:
    """Write the result as asked, and end with its exit code."""
    from prevention.delivering import wants_colour
    from prevention.failures import describe
    from prevention.output import is_file, write_result
    from prevention.render import parity as render

    try:
        found = compare()
    except Exception as error:
        obstacles = describe(error)
        if obstacles and form == "json":
            write_result(render.not_judged_json(obstacles), output)
        raise
    if form == "json":
        text = render.as_json(found)
    elif form == "markdown":
        text = render.as_markdown(found)
    else:
        text = render.as_text(found, colour=not output and wants_colour())
    write_result(text, output)
    if is_file(output):
        click.echo(f"{render.headline(found)} Wrote {output}.")
    context.exit(0 if found.is_same else 1)


COMMANDS: tuple[click.Command, ...] = (parity,)
