"""The migrations of any project, run by its own Alembic against a database of our choice."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from data_assets import urls
from data_assets.alembic_run import AlembicProject, migrate
from data_assets.errors import SandboxError
from tests.conftest import REPOSITORY
from tests.data_assets.conftest import rows

USUAL_ENV = """
from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
engine = engine_from_config(
    config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
"""What ``alembic init`` writes, without its comments."""

ENV_OF_A_VARIABLE = """
import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["{variable}"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
ELSEWHERE = "postgresql+psycopg://postgres@127.0.0.1:1/precious"
INI = "[alembic]\nscript_location = %(here)s/migrations\n"


def revision(number: int, statement: str) -> str:
    below = repr(str(number - 1)) if number > 1 else None
    return (
        f"from alembic import op\nrevision = '{number}'\ndown_revision = {below}\n"
        f"def upgrade():\n    op.execute({statement!r})\n"
    )


def project(
    folder: Path, *statements: str, env: str = USUAL_ENV, ini: str = INI, name: str = "alembic.ini"
) -> AlembicProject:
    """A project with a migration for each statement."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / name).write_text(ini)
    (folder / "migrations" / "env.py").write_text(env)
    for number, statement in enumerate(statements, 1):
        (versions / f"{number}_step.py").write_text(revision(number, statement))
    return AlembicProject(folder, folder / name, folder)


def surroundings(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return {**kept, **changes}


def tables(url: str) -> list[str]:
    found = rows(url, "select tablename from pg_tables where schemaname = 'public' order by 1")
    return [name for (name,) in found if name != "alembic_version"]


def refusal(url: str, migrations: AlembicProject, **environment: str) -> SandboxError:
    with pytest.raises(SandboxError) as caught:
        migrate(url, migrations, environment=surroundings(**environment))
    return caught.value


def test_the_museum_migrates_itself(any_database: str) -> None:
    museum = AlembicProject(REPOSITORY, REPOSITORY / "alembic.ini", REPOSITORY)
    migrate(any_database, museum)
    assert "object_images" in tables(any_database)


@pytest.mark.parametrize(
    "ini",
    [
        INI,
        INI + "sqlalchemy.url = driver://user:pass@localhost/dbname\n",
        INI + f"sqlalchemy.url = {ELSEWHERE}\n",
        INI + "sqlalchemy.url = %(no_such_name)s\n",
        "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n",
    ],
)
def test_the_usual_environment_takes_the_address_from_the_configuration(
    database: str, tmp_path: Path, ini: str
) -> None:
    migrate(database, project(tmp_path, "create table object (id int)", ini=ini))
    assert tables(database) == ["object"]


@pytest.mark.parametrize(
    ("variable", "environment"),
    [
        ("DATABASE_URL", {}),
        ("DATABASE_URL", {"DATABASE_URL": ELSEWHERE}),
        ("MUSEUM_DB", {"MUSEUM_DB": ELSEWHERE}),
        ("STAGING_URL", {"STAGING_URL": "postgresql+psycopg://a:b@staging/museum?sslmode=require"}),
    ],
)
def test_no_variable_leads_to_another_database(
    database: str, tmp_path: Path, variable: str, environment: Mapping[str, str]
) -> None:
    env = ENV_OF_A_VARIABLE.format(variable=variable)
    made = project(tmp_path, "create table object (id int)", env=env)
    migrate(database, made, environment=surroundings(**environment))
    assert tables(database) == ["object"]


def test_nor_does_a_name_alone_or_what_libpq_knows(database: str, tmp_path: Path) -> None:
    env = USUAL_ENV.replace(
        "config = context.config\n",
        "import os\nconfig = context.config\n"
        "config.set_main_option('sqlalchemy.url', "
        "'postgresql+psycopg:///' + os.environ['POSTGRES_DB'])\n",
    )
    made = project(tmp_path, "create table object (id int)", env=env)
    settings = {"POSTGRES_DB": "precious", "PGHOST": "127.0.0.1"}
    migrate(database, made, environment=surroundings(**settings))
    assert tables(database) == ["object"]


def test_an_address_with_a_percent_sign_arrives(database: str, tmp_path: Path) -> None:
    made = project(tmp_path, "create table object (id int)")
    migrate(f"{database}&options=-c%20search_path%3Dpublic", made, environment=surroundings())
    assert tables(database) == ["object"]


def test_a_project_without_a_migration_makes_an_empty_database(
    database: str, tmp_path: Path
) -> None:
    migrate(database, project(tmp_path), environment=surroundings())
    assert tables(database) == []


def test_up_to_a_revision_and_several_heads(database: str, tmp_path: Path) -> None:
    made = project(tmp_path, "create table object (id int)", "create table museum (id int)")
    migrate(database, made, "1", environment=surroundings())
    assert tables(database) == ["object"]
    other = tmp_path / "migrations" / "versions" / "3_other.py"
    other.write_text(revision(2, "create table gallery (id int)").replace("'2'", "'3'"))
    migrate(database, made, environment=surroundings())
    assert tables(database) == ["gallery", "museum", "object"]


def test_a_configuration_in_pyproject(database: str, tmp_path: Path) -> None:
    toml = '[tool.alembic]\nscript_location = "%(here)s/migrations"\n'
    made = project(tmp_path, "create table object (id int)", ini=toml, name="pyproject.toml")
    migrate(database, made, environment=surroundings())
    assert tables(database) == ["object"]


def test_the_project_s_own_modules_are_those_of_its_folder(database: str, tmp_path: Path) -> None:
    made = project(
        tmp_path, "create table object (id int)", env="import models, shop\n" + USUAL_ENV
    )
    (tmp_path / "models.py").write_text("")
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").write_text("")
    migrate(database, made, environment=surroundings())
    assert tables(database) == ["object"]


# ------------------------------------------------------------------ what goes wrong


def test_a_migration_that_fails_is_named_with_its_line(database: str, tmp_path: Path) -> None:
    error = refusal(database, project(tmp_path, "alter table nothing add x int"))
    assert error.what.startswith(
        "A migration could not run (migrations/versions/1_step.py:5): UndefinedTable: "
        'relation "nothing" does not exist'
    )
    assert str(tmp_path) not in str(error)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ("import shop_models\n", "need a module that is not there: No module named 'shop_models'"),
        ("raise ValueError('no\\nsettings')\n", "(migrations/env.py:1): ValueError: no settings"),
        ("import sys; sys.exit('not today')\n", "ended without having migrated: not today"),
        ("import os; os._exit(0)\n", "ended without having migrated: it said nothing"),
        ("def broken(:\n", "SyntaxError"),
        ("x = 1\n", "their environment takes its address from somewhere else"),
    ],
)
def test_an_environment_that_fails(database: str, tmp_path: Path, env: str, says: str) -> None:
    error = refusal(database, project(tmp_path, "create table object (id int)", env=env))
    assert says in error.what
    assert error.next_step


def test_one_that_goes_elsewhere_is_found_out(database: str, tmp_path: Path) -> None:
    url = urls.with_name(database, "nowhere").replace("postgresql:", "postgresql+psycopg:")
    env = ENV_OF_A_VARIABLE.replace('os.environ["{variable}"]', repr(url))
    error = refusal(database, project(tmp_path, "create table object (id int)", env=env))
    assert 'database "nowhere" does not exist' in error.what


def test_a_migration_whose_predecessor_is_missing(database: str, tmp_path: Path) -> None:
    made = project(tmp_path, "create table object (id int)")
    orphan = tmp_path / "migrations" / "versions" / "9_orphan.py"
    orphan.write_text(revision(9, "select 1"))
    assert (
        "CommandError" in refusal(database, made).what or "KeyError" in refusal(database, made).what
    )


def test_without_alembic_the_next_step_says_where_to_find_it(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    error = refusal(database, project(tmp_path, "create table object (id int)"))
    assert "Alembic is not installed" in error.what


def test_the_project_s_own_python_is_preferred(database: str, tmp_path: Path) -> None:
    made = project(tmp_path, "create table object (id int)")
    own = tmp_path / ".venv"
    (own / "bin").mkdir(parents=True)
    (own / "lib" / "python3.11" / "site-packages" / "alembic").mkdir(parents=True)
    (own / "lib" / "python3.11" / "site-packages" / "alembic" / "__init__.py").touch()
    python = own / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho ours > "{tmp_path}/asked"\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    migrate(database, made, environment=surroundings())
    assert (tmp_path / "asked").read_text() == "ours\n"
