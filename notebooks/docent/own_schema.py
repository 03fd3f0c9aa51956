"""A schema to tear down: a learner's second set of tables, beside the museum's and apart from it.

Whoever connects by its URL and names no schema reads and writes there: a migration, a seed and
a query are led past the museum's own tables without knowing it.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

from detection.coverage import is_ours


def fresh_schema(name: str, database_url: str = "") -> str:
    """Make an empty schema, whatever was in it before, and return the URL that leads into it.

    name:          begins with ``docent_``: such schemas are left out of every check, and nothing
                   of the learner's is ever in them.
    database_url:  by default the database that ``begin`` was told, else the sandbox's.
    """
    from psycopg import sql

    from data_assets.postgres import connect
    from docent.place import current_url

    if not is_ours(name):
        raise ValueError(f"{name!r} is no name for a schema of ours: let it begin with docent_")
    url = database_url or current_url()
    with connect(url) as connection:
        schema = sql.Identifier(name)
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))
        connection.execute(sql.SQL("create schema {}").format(schema))
    return inside(url, name)


def inside(url: str, schema: str) -> str:
    """The URL by which a table that is named without a schema is looked for in this one."""
    address, _, query = url.partition("?")
    options = dict(parse_qsl(query))
    options["options"] = f"{options.get('options', '')} -csearch_path={schema}".strip()
    return f"{address}?{urlencode(options, quote_via=quote, safe='')}"
