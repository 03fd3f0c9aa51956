"""The files of lesson 10: what is published, a stream of changes, and a split before and after."""

from __future__ import annotations

from textwrap import indent
from typing import Final

from data_assets.reporting import CONTRACTS
from docent.migration_order import NEW_QUESTION, NOTICE, OLD_QUESTION

STREAM: Final = """\
-- What a stream of changes tells: that a row of the table is another one now.
create temp table row_change (object_id integer);
create function pg_temp.tell() returns trigger language plpgsql as $$
begin
    insert into row_change values (new.object_id);
    return new;
end $$;
create trigger tell after update on public.object_gallery_info
    for each row execute function pg_temp.tell();

-- What the museum tells itself: a curator moved a work. Written by the program that moves it, in
-- the same transaction.
create temp table work_moved (object_id integer, from_gallery text, to_gallery text);
"""

AT_THE_DESK: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: desk/galleries
name: galleries
domain: desk
version: {version}
status: active
schema:
  - name: object_gallery_info
    physicalName: public.object_gallery_info
    properties:
      - name: object_id
        logicalType: integer
        physicalType: integer
        required: true
{columns}team:
  name: Visitor Experience
  members:
    - username: visitor-experience@museum.org
      role: owner
customProperties:
  - property: notice
    value:
      leadDays: {notice}
"""

_COLUMN: Final = """\
      - name: {name}
        logicalType: string
        physicalType: text
        required: false
"""


_READER: Final = """\
consumers:
  - name: information-desk
    team: Visitor Experience
    mode: dashboard
    migration_contact: visitor-experience@museum.org
    subscriptions:
      - contract: desk/galleries
        version: {version}
        since: {since}
        table: object_gallery_info
        columns: [{columns}]
    queries:
      - name: places
        sql: |
{query}
"""


def asked(version: str, since: str, columns: str, query: str) -> str:
    """The registry beside that contract: what the information desk reads, and asks."""
    stated = indent(query, " " * 10)
    return _READER.format(version=version, since=since, columns=columns, query=stated)


def at_the_desk(version: str, *columns: str) -> str:
    """What the information desk is promised of the table of galleries."""
    stated = "".join(_COLUMN.format(name=name) for name in columns)
    return AT_THE_DESK.format(version=version, columns=stated, notice=NOTICE)


FILES: Final = {
    **{
        f"reporting/{each.name}": each.read_text(encoding="utf-8")
        for each in sorted(CONTRACTS.glob("*.yaml"))
    },
    "pyproject.toml": '[tool.docent]\ncontracts = "reporting"\n',
    "stream.sql": STREAM,
    "before/galleries.odcs.yaml": at_the_desk("1.0.0", "gallery_number"),
    "before/consumers.yaml": asked("1.0.0", "2026-02-02", "gallery_number", OLD_QUESTION),
    "after/galleries.odcs.yaml": at_the_desk("2.0.0", "hall_number", "hall_place"),
    "after/consumers.yaml": asked("2.0.0", "2026-12-01", "hall_place", NEW_QUESTION),
}
"""By their names. In the folder, ``docent`` finds the contracts of the schema ``reporting``."""
