"""One table of a catalogue, by the name that a person gives it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    from contracts.model import Table
    from detection.model import Catalog

NEAR: Final = 0.7
"""How alike two names are, from 0 to 1, before one is offered for the other."""


def find_table(name: str, catalog: Catalog) -> Table:
    """The one table of this bare or qualified name; raises NotJudged, with the nearest.

    What an extension brought along has to be called by its whole name where a table of one's
    own has the same, and is never offered for another. A schema that was not looked at is told
    as that: whether the table is there, nobody has seen.
    """
    exact = [table for table in catalog.tables if table.qualified_name == name]
    named = [table for table in catalog.tables if table.name == name]
    found = exact or [table for table in named if table.extension is None] or named
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(table.qualified_name for table in found)
        raise NotJudged(Obstacle(f"There are {len(found)} tables {name}.", f"Name one: {names}"))
    nearest = _nearest(name, catalog)
    schema = name.rpartition(".")[0]
    if schema and schema not in catalog.schemas:
        looked_at = ", ".join(catalog.schemas) or "none"
        what = f"There is no table {name} in the schemas that were looked at: {looked_at}."
        step = (
            f"Add {schema} to schemas in [tool.docent]; docent catalog --schema {schema} shows "
            "what it has."
        )
    else:
        what = f"There is no table {name} in {catalog.database}."
        step = "docent catalog lists the tables."
    raise NotJudged(Obstacle(what, f"Did you mean {nearest}?" if nearest else step))


def _nearest(name: str, catalog: Catalog) -> str | None:
    """The table whose own name is nearest, written as fully as it was asked for.

    Schemas are not compared: that two names begin with ``public.`` makes them no more alike.
    """
    schema, _, bare = name.rpartition(".")
    own = [table for table in catalog.tables if table.extension is None]
    by_name = {table.name: table.qualified_name for table in reversed(own)}
    by_name |= {table.name: table.qualified_name for table in own if table.schema == schema}
    close = get_close_matches(bare, by_name, n=1, cutoff=NEAR)
    if not close:
        return None
    return by_name[close[0]] if schema else close[0]
