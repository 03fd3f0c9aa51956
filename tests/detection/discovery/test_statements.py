"""What a statement reads, and how it is shown: never with a value of it."""

from __future__ import annotations

import pytest

from contracts.model import Column, Table
from detection.discovery.statements import Reading
from detection.model import Catalog

CATALOG = Catalog(
    "db",
    180000,
    ("public", "crm"),
    (
        Table("object", columns=(Column("object_id"), Column("title"))),
        Table("signups", "crm", columns=(Column("id"), Column("email"), Column("Größe"))),
    ),
)
ALL = "crm.signups.Größe crm.signups.email crm.signups.id"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("select email from crm.signups where id = 7", "crm.signups.email crm.signups.id"),
        ('SELECT s."Größe" FROM crm.signups s', "crm.signups.Größe"),
        ("select * from crm.signups", ALL),
        ("select id from signups", "crm.signups.id"),  # one schema alone has it
        ("select title from object", "public.object.title"),
        ("insert into object (title) select email from crm.signups", "crm.signups.email"),
        ("create view v as select id from crm.signups", "crm.signups.id"),
        ("copy (select id from crm.signups) to stdout", "crm.signups.id"),
        ("copy crm.signups (id, email) to stdout", "crm.signups.email crm.signups.id"),
        ("COPY signups TO STDOUT", ALL),
        ("declare c no scroll cursor with hold for select id from crm.signups", "crm.signups.id"),
        ("prepare p (int) as select id from crm.signups", "crm.signups.id"),
        ("explain (analyze) select id from crm.signups", "crm.signups.id"),
        ("/* a comment */ -- another\n select id from crm.signups", "crm.signups.id"),
        (
            "select id from crm.signups where id = $1 and email = %s",
            "crm.signups.email crm.signups.id",
        ),
        (
            "update object set title = s.email from crm.signups s where s.id = object_id",
            "crm.signups.email crm.signups.id",
        ),
        (
            "update object o set title = '' from signups s where object_id = s.id",
            "crm.signups.id",
        ),
        (
            "update object set title = '' from object o, crm.signups s where s.id = o.object_id",
            "crm.signups.id public.object.object_id",
        ),
        (
            "delete from object using crm.signups s where s.id = object_id and s.email = 'x'",
            "crm.signups.email crm.signups.id",
        ),
        (
            (
                "merge into object o using crm.signups s on s.id = o.object_id "
                'when matched and s."Größe" > 3 then delete '
                "when not matched then insert (object_id, title) values (s.id, s.email)"
            ),
            ALL,
        ),
        (
            (
                "merge into object o using (select id from crm.signups) s on s.id = o.object_id "
                "when matched then update set title = ''"
            ),
            "crm.signups.id",
        ),
        (
            (
                "with w as (select id from crm.signups) update object set title = '' from w "
                "where w.id = object_id"
            ),
            "crm.signups.id",
        ),
        (
            (
                "with gone as (delete from object using crm.signups s where s.id = object_id "
                "returning s.email) select count(*) from gone"
            ),
            "crm.signups.email crm.signups.id",
        ),
        ("update object set title = (select max(email) from crm.signups)", "crm.signups.email"),
        # near misses
        ("update crm.signups set email = lower(email) where id = 3", ""),
        (
            "update crm.signups s set email = o.title from object o where o.object_id = s.id",
            "public.object.object_id public.object.title",
        ),
        ("delete from crm.signups where id = 3", ""),
        ("copy crm.signups from stdin", ""),
        ("insert into crm.signups (id) values (1)", ""),
        ("select the signups from the list, please", ""),
        ("select 'crm.signups'", ""),
        ("select email from other.signups", ""),
        ("with all the signups we are happy", ""),
        ("update the signups page", ""),
        ("select 1", ""),
        ("", ""),
    ],
)
def test_what_a_statement_reads(text: str, reads: str) -> None:
    statement = Reading(CATALOG).read(text)
    found = {f"{one.schema}.{one.table}.{one.column}" for one in statement.reads} if (
        statement
    ) else set()  # fmt: skip
    assert " ".join(sorted(found)) == reads


@pytest.mark.parametrize(
    "text",
    [
        "select id from crm.signups where email = 'ada@met.org'",
        "select id from crm.signups where email = E'ada@met.org'",
        "select id from crm.signups where email = $$ada@met.org$$",
        "select id from crm.signups where email = $x$ada@met.org$x$",
        "select id from crm.signups where email in ('ada@met.org', 'bob', 'x')",
        "select id, 4711 as n from crm.signups where email like 'ada%' limit 4711",
        "select id from crm.signups -- ada@met.org",
        "/* ada@met.org */ select id from crm.signups",
        "select id from crm.signups where email = U&'ada@met.org'",
        "select id from crm.signups where email = N'ada@met.org' or id = x'4711'::int",
        "select id from crm.signups where data @> '{\"ada\": 4711}'::jsonb",
        "select id from crm.signups where at > interval '4711 days' or at > date '4711-01-01'",
        "select id from crm.signups where email ~ 'ada' and id between 4711 and 4712",
    ],
)
def test_no_value_is_ever_shown(text: str) -> None:
    statement = Reading(CATALOG).read(text)
    assert statement is not None
    assert "ada" not in statement.shown
    assert "4711" not in statement.shown
    assert "signups" in statement.shown


def test_statements_that_differ_in_values_alone_are_one() -> None:
    reading = Reading(CATALOG)
    alike = [
        "select id from crm.signups where email = 'a' and id in (1, 2)",
        "SELECT id\nFROM crm.signups WHERE email = $1 AND id IN ($2, $3, $4)",
        "select id from crm.signups where email = %s and id in (%s, 7, :p)",
    ]
    found = {statement.fingerprint for text in alike if (statement := reading.read(text))}
    assert found == {"SELECT id FROM crm.signups WHERE email = ? AND id IN (?)"}
    other = reading.read("select id from crm.signups where email = 'a' or id in (1, 2)")
    assert other is not None
    assert other.fingerprint not in found
