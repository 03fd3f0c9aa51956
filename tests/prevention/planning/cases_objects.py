"""Cases about a table, a view or a contract as a whole: what it is, which rows it has, its end."""

from __future__ import annotations

from dataclasses import replace

from contracts.model import Contract, Deprecation, JsonShape
from prevention.planning.model import Wishes
from tests.prevention.planning.cases import (
    GALLERY,
    KEYED,
    OIL,
    THING,
    VISITOR,
    Case,
    Promise,
    insert,
    said,
)

ROWS = "visitor_id, thing, note"
FULL = insert("1, 'oil', 'a'", "2, 'ink', null", columns=ROWS)
ALL = f"select {ROWS} from visitor"
TABLE = VISITOR.format("visitor", KEYED)
VIEW = VISITOR.format("base", KEYED) + f"; create view visitor as select {ROWS} from base"
SHOWS = f"create {{}} visitor as select {ROWS} from base"
BASE = VISITOR.format("base", KEYED) + "; insert into base values (1, 'oil', 'a'), (2, 'ink', 'b');"
OVER_BASE = Wishes(using={"visitor": f"select {ROWS} from public.base"})
OVER_IT = Wishes(using={"visitor": f"select {ROWS} from public.visitor"})


def only_visitor(old: Contract, new: Contract) -> tuple[Contract, Contract]:
    """Both sides promise the one table that they both have."""
    return _of_visitor(old), _of_visitor(new)


def _of_visitor(contract: Contract, **facts: object) -> Contract:
    tables = tuple(replace(t, **facts) for t in contract.tables if t.name == "visitor")  # type: ignore[arg-type]
    return replace(contract, tables=tables)


def of_table(old: dict[str, object], new: dict[str, object]) -> Promise:
    """Something that only a document says of the table, on either side."""
    return lambda one, other: (_of_visitor(one, **old), _of_visitor(other, **new))


def removed(old: Contract, _new: Contract) -> tuple[Contract, ...]:
    """Nothing is promised any more here; what takes its place is promised elsewhere."""
    return (replace(old, deprecation=Deprecation(replacement="guide/guests")),)


def behind_a_view(old: Contract, new: Contract) -> tuple[Contract, ...]:
    """The contract follows its table, and another one promises the view under the old name."""
    view = Contract("visitors-as-they-were", "museum", dialect="odcs", version="1.0.0",
                    status="active", tables=_of_visitor(new).tables)  # fmt: skip
    guests = tuple(table for table in new.tables if table.name == "guest")
    return _of_visitor(old), replace(new, tables=guests), view


KINDS = (
    Case("table-replaced-by-view", "", "", FULL, reads=(ALL, "select count(*) from visitor"),
         new_reads=(ALL,), writes=(insert("3, 'wax', 'c'", columns=ROWS),),
         new_writes=(insert("4, 'wax', 'd'", columns=ROWS),
                     "update visitor set note = 'e' where visitor_id = 1"),
         whole=(TABLE, VIEW), promise=only_visitor, wishes=OVER_IT),
    Case("view-kind-changed", "", "", "", reads=(ALL,), new_reads=(ALL,),
         writes=("insert into visitor values (3, 'wax', 'c')",),
         whole=(BASE + SHOWS.format("view"), BASE + SHOWS.format("materialized view")),
         promise=only_visitor, wishes=OVER_BASE, id="view-kind-changed to materialised"),
    Case("view-kind-changed", "", "", "", reads=(ALL,), new_reads=(ALL,),
         writes=("insert into base values (3, 'wax', 'c')",),
         new_writes=("insert into visitor values (4, 'wax', 'c')",),
         whole=(BASE + SHOWS.format("materialized view"), BASE + SHOWS.format("view")),
         promise=only_visitor, wishes=OVER_BASE, id="view-kind-changed to current"),
    Case("filter-changed", "", "", FULL, reads=(ALL, "select count(*) from visitor"),
         new_reads=("select count(*) from visitor",), writes=(insert("3, 'wax'"),),
         new_writes=(insert("4, 'wax', 'kept'", columns=ROWS),),
         whole=(TABLE, TABLE),
         promise=of_table({"filter": "everybody"}, {"filter": "whoever left a note"}),
         wishes=Wishes(using={"visitor": OVER_IT.using["visitor"] + " where note is not null"})),
    Case("filter-changed", "", "", "", reads=(ALL, "select count(*) from visitor"),
         new_reads=("select count(*) from visitor",),
         writes=("insert into base values (3, 'wax', 'c')",),
         whole=(BASE + SHOWS.format("view"), BASE + SHOWS.format("view")),
         promise=of_table({"filter": "everybody"}, {"filter": "whoever left a note"}),
         wishes=Wishes(using={"visitor": OVER_BASE.using["visitor"] + " where note is not null"}),
         id="filter-changed of a view"),
    Case("updatability-dropped", "", "", "", reads=(ALL,), new_reads=(ALL,),
         writes=("update visitor set thing = 'wax' where visitor_id = 1",),
         new_writes=("update visitor set note = 'x' where visitor_id = 1",),
         whole=(BASE + SHOWS.format("view"),
                BASE + SHOWS.format("view").replace("thing", "upper(thing) as thing")),
         promise=only_visitor,
         wishes=Wishes(using={"visitor": OVER_BASE.using["visitor"].replace(
             "thing", "upper(thing) as thing")})),
)  # fmt: skip

TAGS: dict[str, object] = {"json_shape": JsonShape(required=("term", "source"))}
JSON = (
    Case("json-key-removed", "thing jsonb", "thing jsonb",
         insert("""1, '{"term": "lion", "source": "AAT"}'""", "2, null"),
         reads=(THING, "select thing ->> 'source' from visitor"),
         new_reads=("select thing ->> 'term' from visitor",),
         writes=(insert("""3, '{"term": "sun", "source": "AAT"}'"""),),
         new_writes=(insert("""4, '{"term": "sun"}'"""),),
         promise=said(TAGS, {"json_shape": JsonShape(required=("term",))}),
         wishes=Wishes(using={"thing": "thing - 'source'"},
                       back={"thing": """jsonb_build_object('source', null) || thing"""})),
    Case("json-key-removed", "thing jsonb", "thing jsonb",
         insert("""1, '{"term": "lion", "source": "AAT"}'""", "2, null"),
         reads=(THING, "select thing ->> 'source' from visitor"),
         new_reads=("select thing ->> 'term' from visitor",),
         writes=(insert("""3, '{"term": "sun", "source": "AAT"}'"""),),
         new_writes=(insert("""4, '{"term": "sun"}'"""),),
         promise=said(TAGS, {"json_shape": JsonShape(("term",), ("source",))}),
         wishes=Wishes(using={"thing": "thing"},
                       back={"thing": """jsonb_build_object('source', null) || thing"""}),
         id="json-key-removed and still allowed"),
)  # fmt: skip

ENDS = (
    Case("contract-removed", "", "", OIL, reads=(THING, "select gallery_id from gallery"),
         writes=(insert("3, 'wax'"), "insert into gallery values (9)"),
         whole=(f"{TABLE}; {GALLERY}", f"{TABLE}; {GALLERY}"), promise=removed),
    Case("table-renamed-behind-view", "", "", FULL, reads=(ALL,),
         new_reads=(f"select {ROWS} from guest", ALL),
         writes=(insert("3, 'wax', 'c'", columns=ROWS),
                 "update visitor set note = 'e' where visitor_id = 1"),
         new_writes=(f"insert into guest ({ROWS}) values (4, 'wax', 'd')",
                     insert("5, 'wax', 'c'", columns=ROWS)),
         whole=(TABLE, VISITOR.format("guest", KEYED)
                + f"; create view visitor as select {ROWS} from guest"),
         promise=behind_a_view),
)  # fmt: skip

MEANINGS = (
    Case("meaning-withdrawn", "thing text", "thing text", OIL, reads=(THING,), new_reads=(THING,),
         writes=(insert("3, 'wax'"),), new_writes=(insert("4, 'WAX'"),),
         promise=said({"meaning": "as typed"}, {}),
         wishes=Wishes(using={"thing": "upper(thing)"}, back={"thing": "lower(thing)"})),
    Case("default-added", "thing text not null", "thing text not null default 'y'", OIL,
         reads=(THING,), writes=(insert("3, 'wax'"),),
         new_writes=("insert into visitor (visitor_id) values (3)",)),
    Case("column-added-within", "", "", "insert into visitor values (1, 'oil')", reads=(THING,),
         new_reads=("select visitor_id, note, thing from visitor",),
         writes=("insert into visitor values (3, 'wax')",),
         new_writes=("insert into visitor (visitor_id, note) values (4, 'b')",),
         whole=("create table visitor (visitor_id integer primary key, thing text)",
                "create table visitor (visitor_id integer primary key, note text, thing text)"),
         promise=of_table({"ordered": True}, {"ordered": True})),
)  # fmt: skip
KEPT = "create table visitor (visitor_id integer primary key, thing text)"
FEWER = "create table visitor (visitor_id integer primary key)"
AREA = "create table area (area_id integer primary key); "
HALL = "create table {} (hall_id integer primary key, at integer references {}); "
WALK = "create view area_walk as select area_id from area; "
LONG = "what_every_visitor_of_the_museum_said_of_their_visit"
RETYPED = f"create table {LONG} (visitor_id integer primary key, {{}})"
TOGETHER = (
    Case("column-removed", "thing text", "number bigint generated always as identity", OIL,
         reads=(THING,), new_reads=("select number from visitor where number > 0",),
         writes=(insert("3, 'wax'"),), new_writes=("insert into visitor (visitor_id) values (4)",),
         id="a column goes and one that counts by identity comes"),
    Case("column-removed", "thing text", "number bigserial", OIL,
         reads=(THING,), new_reads=("select number from visitor where number > 0",),
         writes=(insert("3, 'wax'"),), new_writes=("insert into visitor (visitor_id) values (4)",),
         id="a column goes and one that counts by a sequence comes"),
    Case("table-removed", "", "", OIL, reads=(THING, "select hall_id, at from hall"),
         new_reads=(THING,), writes=("insert into area values (9)",),
         whole=(f"{KEPT}; {AREA}{WALK}{HALL.format('hall', 'area')}", KEPT),
         id="a table goes, with what refers to it and shows it"),
    Case("column-removed", "", "", OIL, reads=(THING,), new_reads=("select hall_id from a_hall",),
         writes=(insert("3, 'wax'"),), new_writes=("insert into a_hall (hall_id) values (4)",),
         whole=(KEPT, f"{FEWER}; {AREA}{HALL.format('a_hall', 'area')}"),
         id="a table comes, and before it by name what refers to it"),
    Case("integer-widened", "", "", f"insert into {LONG} values (1, 2, 3)",
         reads=(f"select many, more from {LONG}",),
         new_reads=(f"select many, more from {LONG}",),
         writes=(f"insert into {LONG} values (2, 3, 4)",),
         new_writes=(f"insert into {LONG} values (3, 4, 5)",),
         whole=(RETYPED.format("many integer, more integer"),
                RETYPED.format("many bigint, more numeric")),
         id="names that are too long to be told apart when they are cut"),
)  # fmt: skip
NUMBERED = "number {} generated always as identity, thing text"
MOODS = "create type mood as enum ({}); create table visitor (visitor_id integer primary key, "
TWO = "before mood, after mood)"
PARTS = ("create table visitor (visitor_id integer, thing {}) partition by range (visitor_id); "
         "create table visitor_few partition of visitor for values from (0) to (10); "
         "create table visitor_many partition of visitor for values from (10) to (100000) "
         "with (fillfactor = 10)")  # fmt: skip
PAIRED = ("create table visitor (visitor_id integer, thing text, note text, "
          "primary key (visitor_id, thing))")  # fmt: skip
COMPUTED = ("create table visitor (visitor_id integer primary key, {} text, "
            "loud text generated always as (upper({})) stored)")  # fmt: skip
KEYS = (
    Case("integer-widened", NUMBERED.format("integer"), NUMBERED.format("bigint"), OIL,
         reads=(THING, "select number from visitor"), new_reads=("select number from visitor",),
         writes=(insert("3, 'wax'"),), new_writes=(insert("4, 'wax'"),),
         id="a number that Postgres alone may give grows"),
    Case("primary-key-dropped", "", "", OIL, reads=(THING,), new_reads=(THING,),
         writes=(insert("3, 'wax'"),), new_writes=("insert into visitor (thing) values ('wax')",),
         whole=(KEPT, "create table visitor (visitor_id integer, thing text)"),
         id="the key goes and its column may be null"),
    Case("primary-key-changed", "", "", OIL, reads=(THING,), new_reads=(THING,),
         writes=(insert("3, 'wax'"),), new_writes=("insert into visitor (thing) values ('wax')",),
         whole=(KEPT, "create table visitor (visitor_id integer, thing text primary key)"),
         id="another column is the key and the old one may be null"),
    Case("column-name-changed", "", "", "insert into visitor (visitor_id, thing) values (1, 'oil')",
         reads=("select thing, loud from visitor",), new_reads=("select label, loud from visitor",),
         writes=("insert into visitor (visitor_id, thing) values (3, 'wax')",),
         new_writes=("insert into visitor (visitor_id, label) values (4, 'wax')",),
         whole=(COMPUTED.format("thing", "thing"), COMPUTED.format("label", "label")),
         wishes=Wishes(renames={"thing": "label"}),
         id="what a column is computed from has another name"),
    Case("column-removed", "", "", "insert into visitor values (1, 'oil', 'a'), (2, 'ink', 'b')",
         reads=("select visitor_id, thing, note from visitor",),
         new_reads=("select visitor_id, note from visitor",),
         writes=("insert into visitor values (3, 'wax', 'c')",),
         new_writes=("insert into visitor (visitor_id, note) values (4, 'd')",),
         whole=(PAIRED, "create table visitor (visitor_id integer primary key, note text)"),
         id="a column of the key goes and the rest is the key"),
    Case("value-removed", "", "", "insert into visitor values (1, 'calm', 'calm')",
         reads=("select before, after from visitor",),
         new_reads=("select before, after from visitor",),
         writes=("insert into visitor values (3, 'calm', 'sad')",),
         new_writes=("insert into visitor values (4, 'calm', 'calm')",),
         whole=(MOODS.format("'calm', 'sad'") + TWO, MOODS.format("'calm'") + TWO),
         id="two columns of one enum that loses a label"),
    Case("integer-to-fraction", "", "",
         "insert into visitor select n, n from generate_series(1, 60000) as n",
         reads=("select count(thing) from visitor",),
         new_reads=("select count(thing) from visitor",), promise=only_visitor,
         writes=("insert into visitor values (0, 7)",),
         new_writes=("insert into visitor values (0, 7.5)",),
         whole=(PARTS.format("integer"), PARTS.format("numeric")),
         id="a partition of many blocks"),
)  # fmt: skip
OBJECTS = (*KINDS, *JSON, *ENDS, *MEANINGS, *TOGETHER, *KEYS)
