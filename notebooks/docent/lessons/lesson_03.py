"""Lesson 03: a database describes itself; what that description says, and where it misleads."""

from __future__ import annotations

from typing import Final

from docent import examining
from docent.examining import Slip
from docent.exercise import Exercise, Lesson, WrongAnswer

_COLUMNS: Final = """
select c.table_name, c.column_name, c.data_type, c.dtd_identifier {element}
from information_schema.columns c {join}
where c.table_schema = 'public'
"""
_ELEMENTS: Final = """join information_schema.element_types e
  on e.object_schema = c.table_schema and e.object_name = c.table_name"""
_SAME_PLACE: Final = "and e.collection_type_identifier = c.dtd_identifier"

_WITH_ELEMENTS: Final = _COLUMNS.format(
    element=", e.data_type", join=f"left {_ELEMENTS} {_SAME_PLACE}"
)
_ARRAYS_ONLY: Final = _COLUMNS.format(element=", e.data_type", join=f"{_ELEMENTS} {_SAME_PLACE}")
_BY_TABLE_ONLY: Final = _COLUMNS.format(
    element=", e.collection_type_identifier, e.data_type", join=f"left {_ELEMENTS}"
)
_ARRAYS_BY_TABLE_ONLY: Final = _COLUMNS.format(
    element=", e.collection_type_identifier, e.data_type", join=_ELEMENTS
)
_WITHOUT_ELEMENTS: Final = _COLUMNS.format(element="", join="")

_IN_CONSTRAINTS: Final = """
select c.relname, a.attname
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace
"""
_IN_KEY: Final = " and a.attnum = any (k.conkey)"
_PRIMARY: Final = " and k.contype = 'p'"

SHARED_NAMES: Final = Exercise(
    id="03.1",
    title="Find the names that several tables share",
    prompt="""\
Some column names occur in more than one table of the museum: these are what tables are joined \
by, or what was written down twice. Find them from the metadata alone: one row for each name in \
the schema `public` that occurs in more than one table, with the name and the number of tables.""",
    starter='''\
answer = """
select column_name, ...
from information_schema.columns
where table_schema = 'public'
"""

check("03.1", answer)''',
    examine=examining.rows(
        "select column_name, count(*) from information_schema.columns"
        " where table_schema = 'public' group by column_name having count(*) > 1",
        slips=(
            Slip(
                "select column_name, count(*) from information_schema.columns"
                " where table_schema = 'public' group by column_name",
                "Your query returns the names that occur only once as well.",
                "A condition on a count stands in `having`, after `group by`.",
            ),
            Slip(
                "select column_name, count(*) from information_schema.columns"
                " group by column_name having count(*) > 1",
                "Your query counts the tables of every schema, Postgres's own among them.",
                "Keep the condition on table_schema.",
            ),
        ),
        next_step="Two columns are wanted: the name, and in how many tables it occurs.",
    ),
    hints=(
        "One row a name: `group by column_name`. How many tables: `count(*)`.",
        "`having count(*) > 1` keeps the names that occur more than once.",
    ),
    solution='''\
answer = """
select column_name, count(*) as tables
from information_schema.columns
where table_schema = 'public'
group by column_name
having count(*) > 1
"""

check("03.1", answer)''',
    reasoning="A catalogue is data, so you can ask it questions that no single table answers. "
    "`object_id` is the key that ties the museum together. `primary_image` stands in two tables: "
    "whoever renames it in one of them has only done half of it.",
    wrong=(
        WrongAnswer(
            "only once as well",
            "select column_name, count(*) from information_schema.columns"
            " where table_schema = 'public' group by 1",
        ),
        WrongAnswer(
            "every schema",
            "select column_name, count(*) from information_schema.columns"
            " group by 1 having count(*) > 1",
        ),
        WrongAnswer(
            "1 column",
            "select column_name from information_schema.columns"
            " where table_schema = 'public' group by 1 having count(*) > 1",
        ),
        WrongAnswer("SQL query is expected", {"object_id", "created_at"}),
    ),
    why="A name in two tables is either a key, and then everybody joins by it, or a copy, and "
    "then the two can drift apart.",
)

ELEMENTS: Final = Exercise(
    id="03.2",
    title="Say what the arrays are made of",
    prompt="""\
`information_schema.columns` calls an array just `ARRAY`. What is in it stands in another \
table, `information_schema.element_types`, where a column's array is found by the table's name \
together with an identifier of its own, which `columns` calls `dtd_identifier`.

The cell reads both, under the same names. Put them together with `columns.merge(…)`: every \
column of the catalogue once, with the type of its elements in `element`, or nothing where it \
is no array.""",
    starter='''\
from docent import check, sql

columns = sql("""
    select table_name, column_name, data_type, dtd_identifier
    from information_schema.columns where table_schema = 'public'
""")
elements = sql("""
    select object_name as table_name, collection_type_identifier as dtd_identifier,
           data_type as element
    from information_schema.element_types where object_schema = 'public'
""")
with_elements = ...

check("03.2", with_elements)''',
    examine=examining.rows(
        _WITH_ELEMENTS,
        slips=(
            Slip(
                _ARRAYS_ONLY,
                "Only the arrays are left: every other column fell out of your catalogue.",
                "Which kind of join keeps all rows of the left side?",
            ),
            Slip(
                _BY_TABLE_ONLY,
                "You joined by the table's name alone, so every column of a table with an array "
                "looks like that array.",
                "Two columns say which array is meant: give `on` a list of both.",
            ),
            Slip(
                _ARRAYS_BY_TABLE_ONLY,
                "You joined by the table's name alone, and lost every table without an array.",
                "Give `on` a list of two columns, and choose the kind of join with `how`.",
            ),
            Slip(
                _WITHOUT_ELEMENTS,
                "This is the catalogue as it was: it does not say yet what the arrays hold.",
                "`columns.merge(elements, …)`",
            ),
        ),
        next_step="`columns.merge(elements, on=[…], how=…)`: what belongs in `on`?",
    ),
    hints=(
        'An array is known by two columns together: `on=["table_name", "dtd_identifier"]`.',
        "A column without elements must stay. That is what a left join is for: `how=…`.",
    ),
    solution='''\
from docent import check, sql

columns = sql("""
    select table_name, column_name, data_type, dtd_identifier
    from information_schema.columns where table_schema = 'public'
""")
elements = sql("""
    select object_name as table_name, collection_type_identifier as dtd_identifier,
           data_type as element
    from information_schema.element_types where object_schema = 'public'
""")
with_elements = columns.merge(elements, on=["table_name", "dtd_identifier"], how="left")

check("03.2", with_elements)''',
    reasoning="`ARRAY` alone would let an array of texts turn into an array of numbers "
    "unnoticed: both are called `ARRAY`. So a catalogue has to go one level deeper for nested "
    "values. This is one level; in an array of JSON documents there may be many, and no "
    "catalogue of Postgres knows those.",
    wrong=(
        WrongAnswer(
            "every other column fell out",
            cell="""\
from docent import check, sql
columns = sql("select table_name, column_name, data_type, dtd_identifier"
              " from information_schema.columns where table_schema = 'public'")
elements = sql("select object_name as table_name, data_type as element,"
               " collection_type_identifier as dtd_identifier"
               " from information_schema.element_types where object_schema = 'public'")
check("03.2", columns.merge(elements))""",
        ),
        WrongAnswer("by the table's name alone", _BY_TABLE_ONLY),
        WrongAnswer("lost every table", _ARRAYS_BY_TABLE_ONLY),
        WrongAnswer("as it was", _WITHOUT_ELEMENTS),
    ),
    why="Whoever unpacks `additional_images` counts on texts. An array of anything else has the "
    "same name and breaks their code.",
)

PRIMARY_KEYS: Final = Exercise(
    id="03.3",
    title="Read the primary keys where nothing is lost",
    prompt="""\
Ask `pg_constraint` for the columns of every primary key in the schema `public`: the table's \
name and the column's name, one row for each column of a key.

The joins are right already, by number and not by name. Two conditions are missing: one that \
keeps primary keys alone (`contype` is `'p'`), and one that keeps only those columns of a table \
that the constraint is about (their numbers stand in the array `conkey`).""",
    starter='''\
answer = """
select c.relname as table_name, a.attname as column_name
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace
"""

check("03.3", answer)''',
    examine=examining.rows(
        _IN_CONSTRAINTS + _IN_KEY + _PRIMARY,
        slips=(
            Slip(
                _IN_CONSTRAINTS + _PRIMARY,
                "Every column of a table with a key is there, whether it is in the key or not; "
                "even those that Postgres keeps for itself, such as `ctid`.",
                "`a.attnum = any (k.conkey)` asks whether a column's number is in an array.",
            ),
            Slip(
                _IN_CONSTRAINTS + _IN_KEY + _PRIMARY + " and c.relname <> 'alembic_version'",
                "The museum's own are all there. But every primary key of the schema was asked "
                "for, and that of alembic_version is one.",
                "Leave nothing out by its name.",
            ),
            Slip(
                _IN_CONSTRAINTS + _IN_KEY,
                "Your query returns the columns of every constraint, of whatever kind.",
                "`k.contype` says of what kind a constraint is.",
            ),
        ),
        next_step="Add two conditions to the query, each with `and`.",
    ),
    hints=(
        "Add `and k.contype = 'p'`, and look at what is left.",
        "`conkey` holds columns' numbers, `attnum` is one: `a.attnum = any (k.conkey)`.",
    ),
    solution='''\
answer = """
select c.relname as table_name, a.attname as column_name
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace
  and k.contype = 'p'
  and a.attnum = any (k.conkey)
"""

check("03.3", answer)''',
    reasoning="`conrelid` is the number of the one table that the constraint stands on, and "
    "`conkey` the numbers of its columns. Numbers cannot be confused, so no constraint of "
    "another table can slip in, whatever it is called. `read_catalog` asks in the same way.",
    wrong=(
        WrongAnswer(
            "whether it is in the key or not",
            "select c.relname, a.attname from pg_constraint k"
            " join pg_class c on c.oid = k.conrelid join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = 'public'::regnamespace and contype = 'p'",
        ),
        WrongAnswer(
            "that of alembic_version is one",
            _IN_CONSTRAINTS + _IN_KEY + _PRIMARY + " and c.relname <> 'alembic_version'",
        ),
        WrongAnswer(
            "of whatever kind",
            "select c.relname, a.attname from pg_constraint k"
            " join pg_class c on c.oid = k.conrelid join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = 'public'::regnamespace and attnum = any (conkey)",
        ),
        WrongAnswer(
            "of whatever kind",
            "select table_name, column_name from information_schema.constraint_column_usage"
            " where table_schema = 'public'",
        ),
        WrongAnswer(
            "operator does not exist",
            "select attname, conname from pg_constraint, pg_attribute where attnum = conkey",
            kind="stopped",
        ),
    ),
    why="A check that names a key wrongly reports a table that is perfectly fine. After two such "
    "reports nobody reads the third one, which is true.",
)

WHAT_A_READER_SEES: Final = Exercise(
    id="03.4",
    title="Predict what a role without rights can see",
    prompt="""\
The role `docent_catalog_reader` has been granted nothing: it may read no table of the museum. \
What will it see? Put `True` or `False` behind each, before you run the cell below this one.

- `rows`: the works in the table `object`
- `information_schema`: the columns of `object` in `information_schema.columns`
- `pg_catalog`: the columns of `object` in `pg_attribute`""",
    starter="""\
answer = {
    "rows": ...,
    "information_schema": ...,
    "pg_catalog": ...,
}

check("03.4", answer)""",
    examine=examining.parts(
        {
            "rows": examining.value(
                expected=False,
                slips=(
                    Slip(
                        answer=True,
                        seen="It was granted nothing, and rows are what rights are about first.",
                    ),
                ),
            ),
            "information_schema": examining.value(
                expected=False,
                slips=(
                    Slip(
                        answer=True,
                        seen="The information schema shows a role only what that role has some "
                        "right to, and this one has none.",
                    ),
                ),
            ),
            "pg_catalog": examining.value(
                expected=True,
                slips=(
                    Slip(
                        answer=False,
                        seen="Postgres lets everybody who may connect read its own catalogue: "
                        "the shape of a table is no secret, only its rows are.",
                    ),
                ),
            ),
        },
        next_step="Think of each place: does it hold works of art, or is it about tables?",
    ),
    hints=(
        "Of the three, one holds data. The other two hold metadata.",
        "The information schema lists only what you have some right to; pg_catalog lists all.",
    ),
    solution="""\
answer = {
    "rows": False,
    "information_schema": False,
    "pg_catalog": True,
}

check("03.4", answer)""",
    reasoning='The information schema answers the question "what may I use?", pg_catalog the '
    'question "what is there?". A contract is about what is there. Asked through the '
    "information schema, a check with few rights would call every table missing.",
    wrong=(
        WrongAnswer(
            "some right to", {"rows": False, "information_schema": True, "pg_catalog": True}
        ),
        WrongAnswer("granted nothing", {"rows": True}),
        WrongAnswer("no secret", {"rows": False, "information_schema": False, "pg_catalog": False}),
        WrongAnswer("Expected is True or False", {"rows": "no"}),
        WrongAnswer(
            "Still open: pg_catalog",
            {"rows": False, "information_schema": False},
            kind="incomplete",
        ),
    ),
    why="If a check needs no row, nobody has to grant it any. That is how you get it past those "
    "who guard the data, and they are right to guard it.",
)

LESSON: Final = Lesson(
    id="03",
    title="The catalogue",
    notebook="03_the_catalog",
    minutes=25,
    goals=(
        "read what a database says about itself, in plain SQL",
        "build a small data catalogue by hand, with pandas",
        "meet the places where the information schema misleads",
        "read the same from pg_catalog, where nothing is lost",
        "see that metadata is enough: no row has to be read",
    ),
    summary=(
        "A data catalogue is at heart one row for each column, read from the database's metadata.",
        "The information schema is the same in many databases, and misleads in known places.",
        "Constraints belong to a table by number; joined by name alone, they get mixed up.",
        "What cannot be known, such as NOT NULL in a view, is best kept as unknown.",
        "Structure can be read by a role that may read no row.",
    ),
    exercises=(SHARED_NAMES, ELEMENTS, PRIMARY_KEYS, WHAT_A_READER_SEES),
    room_notes=(
        "On PostgreSQL 17 and older, NOT NULL is no constraint yet; that trap does not show there.",
        "Ask the room to vote on 03.4 before anybody runs it.",
    ),
)
