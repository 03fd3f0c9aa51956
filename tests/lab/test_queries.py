from __future__ import annotations

import subprocess
import sys

import pytest

from contracts.queries import NoQueryError, find_stars, is_plainly_a_query, parse, require_query
from detection.model import Catalog
from detection.reads import find_reads
from tests.lab.tables import MUSEUM

# A text, and what is said of it if it is not one statement that only reads.
TEXTS = {
    "select title from object": None,
    "SELECT title FROM object": None,
    "(select title from object) union all select period from object_history": None,
    "with named as (select title from object) select title from named": None,
    "values (1), (2)": None,
    "-- what is on view\nselect title from object": None,
    "/* on view */ select title from object": None,
    "select ';' as mark, $$;$$ as other from object -- ; done": None,
    'select "update" from object': None,
    "select 'delete from object' as advice": None,
    "select title as merge from object": None,
    "select title from object; select period from object_history": "semicolon",
    "select title from object; -- done": "semicolon",
    "select 1) as q; drop table object; select (1": "semicolon",
    "insert into object values (1)": "no query",
    "update object set title = null": "no query",
    "delete from object": "no query",
    "drop table object": "no query",
    "commit": "no query",
    "explain select title from object": "no query",
    "copy object to stdout": "no query",
    "do $$ begin end $$": "no query",
    "call tidy_up()": "no query",
    "": "no query",
    "-- nothing": "no query",
    "with gone as (delete from object returning title) select title from gone": "DELETE",
    "with new as (insert into object values (1) returning title) select title from new": "INSERT",
    "with old as (update object set title = '' returning title) select title from old": "UPDATE",
    "select title into copied from object": "SELECT INTO",
    "select title from object for update": "FOR UPDATE",
    "select title from object for share": "FOR UPDATE or FOR SHARE",
    "select title from object where object_id = $1": "parameter",
    "with broken as (select share from": "cannot be read as SQL",
    "select 'update": "a quote stays open",
}


@pytest.mark.parametrize("sql", TEXTS)
def test_only_one_statement_that_reads_is_a_query(sql: str) -> None:
    expected = TEXTS[sql]
    if expected is None:
        require_query(sql)
        return
    with pytest.raises(NoQueryError) as caught:
        require_query(sql)
    assert expected in caught.value.what
    assert caught.value.next_step


@pytest.mark.parametrize("sql", TEXTS)
def test_what_is_plainly_a_query_is_one(sql: str) -> None:
    assert not (is_plainly_a_query(sql) and TEXTS[sql])


STARS = {
    "select * from object": ("*",),
    "select o.* from object o": ("o.*",),
    "select object_id, o.* from object o": ("o.*",),
    "select o.*, i.* from object o, object_images i": ("o.*", "i.*"),
    "table object": ("*",),
    "with works as (select * from object) select title from works": ("*",),
    "select title from (select * from object) as works": ("*",),
    "select title from object where object_id in (select * from chosen)": ("*",),
    "select title from object union select * from other": ("*",),
    "select count(o.*) from object o": ("o.*",),
    "select array[o.*] from object o": ("o.*",),
    "select (t.tags[1]).* from object_tags t": ("(t.tags[1]).*",),
    "select -- all of it\n *\nfrom object": ("*",),
    "select count(*) from object": (),
    "select count( * ) filter (where title is null) from object": (),
    "select object_id * 2 from object": (),
    "select '*' as star from object": (),
    'select o."*" from object o': (),
    "select title from object -- not *": (),
    "select title from object where exists (select * from object_images)": (),
    "select title from object where not exists (select i.* from object_images i)": (),
    "select title from table_of_works": (),
}


@pytest.mark.parametrize("sql", STARS)
def test_stars(sql: str) -> None:
    assert find_stars(sql) == STARS[sql]


READS = {
    "select title from object": {"object.title"},
    "select Title from OBJECT": {"object.title"},
    'select "Title" from object': set(),
    "select o.title from public.object as o": {"object.title"},
    "select public.object.title from public.object": {"object.title"},
    "select title, primary_image from object join object_images using (object_id)": {
        "object.title", "object.object_id", "object_images.primary_image",
        "object_images.object_id",
    },
    "select 1 from object where title = '' group by artist_display_name"
    " having max(object_id) > 1 order by max(created_at)": {
        "object.title", "object.artist_display_name", "object.object_id", "object.created_at",
    },
    "select title from object o where exists"
    " (select 1 from object_images i where i.object_id = o.object_id)": {
        "object.title", "object.object_id", "object_images.object_id",
    },
    "select exists (select 1 from object_images where title = primary_image) from object": {
        "object.title", "object_images.primary_image",
    },
    "with works as (select title as name from object) select name from works": {"object.title"},
    "with object as (select 1 as title) select title from object": set(),
    "select url from object_images, unnest(additional_images) as url": {
        "object_images.additional_images",
    },
    "select title from object union select primary_image from object_images": {
        "object.title", "object_images.primary_image",
    },
    "select primary_image from object_images, object_copyright": {
        "object_images.primary_image", "object_copyright.primary_image",
    },
    "select lower(title) as title from object order by title": {"object.title"},
    "select * from object": {"object.*"},
    "select o.* from object o, object_images i": {"object.*"},
    "select o from object o": {"object.*"},
    "select row_to_json(o) from object o": {"object.*"},
    "table object": {"object.*"},
    "select count(*) from object": set(),
    "select exists (select * from object)": set(),
    "select lost from object": set(),
    "select o.lost from object o": {"object.lost"},
    "select a.b from elsewhere.a": {"elsewhere.a.b"},
    "values (1)": set(),
    # Known limit: the columns that a natural join compares are not told.
    "select title from object natural join object_images": {"object.title"},
}  # fmt: skip


@pytest.mark.parametrize("sql", READS)
def test_columns_that_a_query_reads(sql: str) -> None:
    catalog = Catalog("museum", 180000, ("public",), MUSEUM)
    found = {f"{read.schema}.{read.table}.{read.column}" for read in find_reads(sql, catalog)}
    assert {name.removeprefix("public.") for name in found} == READS[sql]


def test_a_tree_is_the_same_after_it_was_read() -> None:
    sql = "select o.title from object o join object_images i on i.object_id = o.object_id"
    before = parse(sql).sql("postgres")
    find_reads(sql, Catalog("museum", 180000, ("public",), MUSEUM))
    assert parse(sql).sql("postgres") == before


def test_a_plain_registry_is_read_without_the_parser() -> None:
    """Importing sqlglot takes longer than a whole check may."""
    code = (
        "import sys; from contracts.consumers import load_consumers; "
        "from detection.consumers import find_careless_queries; "
        "assert not find_careless_queries(load_consumers()); assert 'sqlglot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
