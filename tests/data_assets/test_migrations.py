from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from data_assets import migrating, sandbox
from data_assets.errors import SandboxError
from data_assets.marking import Mark, mark_of
from data_assets.seeding import seed
from tests.conftest import REPOSITORY
from tests.data_assets.conftest import a_record, comment, rows

FIRST = "00e9b3375a5f_create_met_museum_seed_tables.py"

COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'alembic_version'
order by c.relname, a.attnum
"""


SEED = """
object                      object_id          integer                      key
object                      title              text
object                      artist_display_name text
object                      created_at         timestamp without time zone  now
object_api_metadata         object_id          integer                      key
object_api_metadata         metadata_date      timestamp without time zone
object_api_metadata         created_at         timestamp without time zone  now
object_copyright            object_id          integer                      key
object_copyright            primary_image      text
object_copyright            is_public_domain   boolean
object_copyright            created_at         timestamp without time zone  now
object_gallery_info         object_id          integer                      key
object_gallery_info         gallery_number     text
object_gallery_info         department         text
object_gallery_info         accession_number   text
object_gallery_info         created_at         timestamp without time zone  now
object_history              object_id          integer                      key
object_history              period             text
object_history              culture            text
object_history              object_date        text
object_history              created_at         timestamp without time zone  now
object_images               object_id          integer                      key
object_images               primary_image      text
object_images               additional_images  text[]
object_images               created_at         timestamp without time zone  now
object_physical_properties  object_id          integer                      key
object_physical_properties  medium             text
object_physical_properties  dimensions         text
object_physical_properties  classification     text
object_physical_properties  created_at         timestamp without time zone  now
object_tags                 object_id          integer                      key
object_tags                 tags               json[]
object_tags                 created_at         timestamp without time zone  now
"""
"""The eight tables as the seed draws them, in its words for types as Postgres prints them: what is
the key, and what is filled with the time of the row."""
EIGHT = (
    "object", "object_api_metadata", "object_copyright", "object_gallery_info", "object_history",
    "object_images", "object_physical_properties", "object_tags",
)  # fmt: skip


def drawn_in_the_seed() -> list[tuple[object, ...]]:
    """Table, column, type, whether it is NOT NULL, default and identity of each column."""
    columns: list[tuple[object, ...]] = []
    for line in SEED.strip().splitlines():
        table, column, rest = line.split(maxsplit=2)
        kind, _, mark = rest.partition("  ")
        filled = mark.strip() == "now"
        assert mark.strip() in ("", "key", "now")
        default = "CURRENT_TIMESTAMP" if filled else ""
        columns.append((table, column, kind.strip(), bool(mark), default, ""))
    return columns


def test_the_tables_are_as_the_seed_draws_them(museum: str) -> None:
    assert rows(museum, COLUMNS) == drawn_in_the_seed()
    assert rows(
        museum,
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace = 'public'::regnamespace and contype <> 'n' "
        "and conrelid <> 'alembic_version'::regclass order by conrelid::regclass::text",
    ) == [(table, "PRIMARY KEY (object_id)") for table in EIGHT]
    assert rows(museum, "select relname from pg_class where relkind = 'S'") == []


def test_every_column_has_a_comment(museum: str) -> None:
    assert rows(
        museum,
        "select a.attrelid::regclass from pg_attribute a join pg_class c on c.oid = a.attrelid "
        "where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'crm'::regnamespace)"
        " and a.attnum > 0 "
        "and c.relname <> 'alembic_version' and col_description(c.oid, a.attnum) is null",
    ) == []  # fmt: skip


def tables(url: str) -> list[str]:
    found = rows(url, "select tablename from pg_tables where schemaname = 'public' order by 1")
    return [name for (name,) in found]


def test_down_and_up_again_with_data_in_the_tables(museum: str, write: Callable[..., Path]) -> None:
    with psycopg.connect(museum) as connection:
        seed(connection, write(a_record()))
    migrating.downgrade(museum)
    assert tables(museum) == ["alembic_version"]
    migrating.upgrade(museum)
    assert rows(museum, COLUMNS) == drawn_in_the_seed()
    migrating.upgrade(museum)


def test_a_table_that_an_experiment_dropped_is_no_obstacle(museum_18: str) -> None:
    with psycopg.connect(museum_18) as connection:
        connection.execute("drop table object_tags")
    migrating.downgrade(museum_18)
    assert tables(museum_18) == ["alembic_version"]


def test_the_head_is_read_without_alembic() -> None:
    assert migrating.head() == "7c1e4a9d2b60"


def test_heads_of_a_longer_history(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "a.py").write_text('revision: str = "a1"\ndown_revision: str | None = None\n')
    (versions / "b.py").write_text("revision = 'b2'\ndown_revision = ('a1',)\n")
    assert migrating.head(tmp_path) == "b2"


def test_the_files_that_lead_to_a_revision(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    for name, before in {"a1": None, "b2": "a1", "c3": "b2", "d4": "a1"}.items():
        (versions / f"{name}.py").write_text(f"revision = {name!r}\ndown_revision = {before!r}\n")
    (versions / "e5.py").write_text("revision = 'e5'\ndown_revision = ('c3', 'd4')\n")
    for revision, files in {"a1": "a1", "b2": "a1 b2", "e5": "a1 b2 c3 d4 e5", "x": ""}.items():
        found = sorted(path.stem for path in migrating.history(revision, tmp_path))
        assert found == files.split()


# ------------------------------------------------------------------ whose database


def test_an_empty_database_is_adopted(database: str) -> None:
    migrating.upgrade(database)
    with psycopg.connect(database) as connection:
        assert mark_of(connection) == Mark("adopted")


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        ("create table till (id int)", "holds public.till"),
        ("create schema s; create view s.v as select 1", "holds s.v"),
        ("create sequence s", "holds public.s"),
        ("create function f() returns int language sql as 'select 1'", "holds public.f"),
        ('create table "T t" (id int); create table a (); create table b (); create table c ()',
         "and more"),
    ],
)  # fmt: skip
def test_a_database_of_somebody_elses_is_left_alone(
    any_database: str, mine: str, said: str
) -> None:
    with psycopg.connect(any_database) as connection:
        connection.execute(mine)
    before = rows(any_database, "select count(*) from pg_class")
    for migrate in (migrating.upgrade, migrating.downgrade):
        with pytest.raises(SandboxError, match="not marked as a sandbox") as caught:
            migrate(any_database)
        assert said in caught.value.what
        assert "comment on database" in caught.value.next_step
    assert rows(any_database, "select count(*) from pg_class") == before
    comment(any_database, "docent sandbox")
    migrating.upgrade(any_database)
    assert "object_images" in tables(any_database)


def test_what_comes_with_an_extension_is_nobodys(database: str) -> None:
    """Neither the embedded server nor Debian's brings an extension with tables, so mark some."""
    with psycopg.connect(database) as connection:
        connection.execute("create table public.spatial_ref_sys (id int)")
        connection.execute("create function public.area() returns int language sql as 'select 1'")
        connection.execute("alter extension plpgsql add table public.spatial_ref_sys")
        connection.execute("alter extension plpgsql add function public.area()")
    migrating.upgrade(database)


def test_a_name_that_needs_quoting(server_18: str) -> None:
    with psycopg.connect(server_18, autocommit=True) as connection:
        connection.execute('create database "it\'s a ""museum"" %40"')
    url = server_18.replace("/postgres?", "/it%27s%20a%20%22museum%22%20%2540?")
    try:
        migrating.upgrade(url)
        assert "object" in tables(url)
    finally:
        with psycopg.connect(server_18, autocommit=True) as connection:
            connection.execute('drop database "it\'s a ""museum"" %40" with (force)')


# ------------------------------------------------------------------ alembic's own command line


def alembic(
    folder: Path, *words: str, url: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"DATABASE_URL": url} if url else {}) | more
    return subprocess.run(
        [str(Path(sys.executable).with_name("alembic")), *words],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def a_clone(tmp_path: Path) -> Path:
    """What Alembic needs of a clone, in a folder of its own, to be edited."""
    folder = tmp_path / "a clone"
    shutil.copytree(REPOSITORY / "data_assets", folder / "data_assets",
                    ignore=shutil.ignore_patterns("raw_data", "__pycache__"))  # fmt: skip
    shutil.copy(REPOSITORY / "alembic.ini", folder)
    return folder


def test_alembic_works_from_the_root_of_the_repository(database: str) -> None:
    done = alembic(REPOSITORY, "upgrade", "head", url=database.replace("ql://", "ql+psycopg://"))
    assert (done.returncode, done.stdout) == (0, "")
    says = "INFO  [alembic.runtime.migration]"
    assert done.stderr.splitlines() == [
        f"{says} Context impl PostgresqlImpl.",
        f"{says} Will assume transactional DDL.",
        f"{says} Running upgrade  -> 00e9b3375a5f, create met museum seed tables",
        f"{says} Running upgrade 00e9b3375a5f -> 7c1e4a9d2b60, create crm tables",
    ]
    assert alembic(REPOSITORY, "current", url=database).stdout == "7c1e4a9d2b60 (head)\n"
    assert alembic(REPOSITORY, "downgrade", "base", url=database).returncode == 0
    assert tables(database) == ["alembic_version"]


@pytest.mark.parametrize("name", ["50% off", "%(here)s", "a b", "%%"])
def test_alembic_works_in_a_folder_of_any_name(a_clone: Path, database: str, name: str) -> None:
    clone = a_clone.rename(a_clone.with_name(name))
    edit(clone, ('        "object_images",\n', '        "object_pictures",\n'))
    assert alembic(clone, "upgrade", "head", url=database).returncode == 0
    assert "object_pictures" in tables(database), "the migrations of this folder, and no other"
    assert alembic(clone, "downgrade", "base", url=database).returncode == 0
    assert tables(database) == ["alembic_version", "object_pictures"]


def test_a_caller_may_name_the_database(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    config = Config(REPOSITORY / "alembic.ini")
    config.set_main_option("sqlalchemy.url", database.replace("%", "%%"))
    command.upgrade(config, "head")
    assert "object" in tables(database)


def test_a_refusal_is_said_once(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("create table till (id int)")
    done = alembic(REPOSITORY, "upgrade", "head", url=database)
    assert done.returncode != 0
    assert (done.stdout + done.stderr).count("is not marked as a sandbox") == 1
    assert tables(database) == ["till"]


def test_the_sql_is_written_without_a_database() -> None:
    done = alembic(REPOSITORY, "upgrade", "head", "--sql", url="postgresql://h:1/none")
    assert done.returncode == 0
    assert "CREATE TABLE object_images" in done.stdout
    assert "SERIAL" not in done.stdout


OLD = """        sa.Column("primary_image", sa.Text, comment=column_comment_dict["primary_image"]),
        sa.Column(
            "additional_images", ARRAY(sa.Text), comment=column_comment_dict["additional_images"]
        ),
"""
NEW = """        sa.Column("image", sa.Text, comment=column_comment_dict["primary_image"]),
        sa.Column("is_primary_image", sa.Boolean, comment="Whether it is the main picture"),
"""
NORMALIZED = """
    op.create_table(
        "object_images_normalized",
        sa.Column("object_id", sa.Integer, primary_key=True,
                  comment=column_comment_dict["object_id"]),
        sa.Column("image", sa.Text, comment="An image"),
        sa.Column("is_primary_image", sa.Boolean, comment="Whether it is the main one"),
        sa.Column("created_at", sa.DateTime, nullable=False,
                  server_default=sa.text("CURRENT_TIMESTAMP"),
                  comment=column_comment_dict["created_at"]),
    )


def downgrade()"""
DROP = '    op.drop_table("object_images", if_exists=True)\n'


def edit(clone: Path, *changes: tuple[str, str]) -> None:
    path = clone / "data_assets" / "migrations" / "versions" / FIRST
    text = path.read_text()
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text)


def test_the_way_of_working_of_the_seed(
    museum_18: str, a_clone: Path, write: Callable[..., Path]
) -> None:
    with psycopg.connect(museum_18) as connection:
        seed(connection, write(a_record()))

    # The first change: edit, then down, then up.
    edit(a_clone, (OLD, NEW))
    for words in (("downgrade", "base"), ("upgrade", "head")):
        assert alembic(a_clone, *words, url=museum_18).returncode == 0
    names = (
        "select attname from pg_attribute where attrelid = 'object_images'::regclass and attnum > 0"
    )
    assert [name for (name,) in rows(museum_18, names)] == [
        "object_id", "image", "is_primary_image", "created_at",
    ]  # fmt: skip

    # The second: down, then edit, then up.
    assert alembic(a_clone, "downgrade", "base", url=museum_18).returncode == 0
    new_table = "\n\ndef downgrade()", NORMALIZED
    edit(
        a_clone,
        (NEW, OLD),
        new_table,
        (DROP, f'{DROP}    op.drop_table("object_images_normalized")\n'),
    )
    assert alembic(a_clone, "upgrade", "head", url=museum_18).returncode == 0
    assert len(tables(museum_18)) == 10
    assert alembic(a_clone, "downgrade", "base", url=museum_18).returncode == 0


def test_in_the_wrong_order_nothing_changes_and_the_right_one_is_told(
    museum_18: str, a_clone: Path
) -> None:
    edit(a_clone, (DROP, f'{DROP}    op.drop_table("object_images_normalized")\n'))
    done = alembic(a_clone, "downgrade", "base", url=museum_18)
    assert done.returncode != 0
    assert 'table "object_images_normalized" does not exist' in done.stdout + done.stderr
    assert "first alembic downgrade base, then edit" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert len(tables(museum_18)) == 9


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://anna:secret@127.0.0.1:1/museum", "is down, or not at this address"),
        ("mysql://anna:secret@h/museum", "reads PostgreSQL only"),
    ],
)
def test_no_database_is_told_in_one_message(url: str, said: str) -> None:
    done = alembic(REPOSITORY, "upgrade", "head", url=url)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Next: " in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_without_a_sandbox_none_is_made(tmp_path: Path) -> None:
    done = alembic(REPOSITORY, "upgrade", "head", DOCENT_HOME=str(tmp_path / "home"))
    assert "type docent up to make one" in done.stdout + done.stderr
    assert not (tmp_path / "home").exists()


def test_without_an_address_the_sandbox_is_migrated(tmp_path: Path) -> None:
    named = {"DOCENT_HOME": str(tmp_path / "home"), "DOCENT_LEARNER": "ada"}
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | named
    url = sandbox.up(environment)
    try:
        all_of_them = tables(url)
        down = alembic(REPOSITORY, "downgrade", "base", **named, DATABASE_URL="")
        assert (down.returncode, tables(url)) == (0, ["alembic_version"]), down.stderr
        up = alembic(REPOSITORY, "upgrade", "head", **named, DATABASE_URL="")
        assert (up.returncode, tables(url)) == (0, all_of_them), up.stderr
    finally:
        sandbox.down(environment)


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        ("    raise ValueError('no museum today')\n", "ValueError: no museum today"),
        ("    op.execute('create table x (y nonsense)')\n", 'type "nonsense" does not exist'),
    ],
)
def test_a_migration_that_fails_leaves_all_as_it_was(
    database: str, a_clone: Path, edited: str, said: str
) -> None:
    edit(a_clone, ("\n\n\ndef downgrade", f"\n{edited}\n\ndef downgrade"))
    with pytest.raises(SandboxError, match=said):
        migrating.upgrade(database, folder=a_clone / "data_assets" / "migrations")
    assert tables(database) == []


def test_a_revision_that_does_not_exist(museum_18: str) -> None:
    with pytest.raises(SandboxError, match="Can't locate revision") as caught:
        migrating.upgrade(museum_18, "ffff")
    assert "docent reset" in caught.value.next_step


def test_a_new_migration_is_made_from_the_template(a_clone: Path) -> None:
    done = alembic(a_clone, "revision", "-m", "add a gallery", "--rev-id", "abcd")
    assert done.returncode == 0, done.stderr
    new = a_clone / "data_assets" / "migrations" / "versions" / "abcd_add_a_gallery.py"
    compile(new.read_text(), str(new), "exec")
    assert "down_revision: str | None = '7c1e4a9d2b60'" in new.read_text()
    assert migrating.head(a_clone / "data_assets" / "migrations") == "abcd"


def test_a_table_that_somebody_holds_is_not_waited_for_forever(
    museum_18: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(museum_18) as holder:
        holder.execute("select from object")
        monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=300ms")
        with pytest.raises(SandboxError, match="held by somebody else"):
            migrating.downgrade(museum_18)
    assert len(tables(museum_18)) == 9
