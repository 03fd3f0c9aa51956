"""``docent grants`` against a real Postgres: printed, judged, applied, and refused."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from prevention.granting import find_grants
from tests.prevention.running import docent
from tests.prevention.test_check import in_use

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: signups
name: signups
version: 1.0.0
status: active
schema:
  - name: signups
    physicalName: app.signups
    properties:
      - name: id
        physicalType: integer
      - name: email
        physicalType: text
        classification: sensitive
roles:
  - role: READER
    access: read
"""


@pytest.fixture
def signups(database: str, tmp_path: Path) -> Iterator[tuple[str, Path, str]]:
    """URL of a database with a table, the folder of its contract, and the role that it names."""
    role = f"reader {uuid.uuid4().hex[:8]}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema app; create table app.signups (id int, email text)")
        connection.execute("create table app.internal (id int)")
    contracts = tmp_path / "contracts"
    contracts.mkdir()
    (contracts / "signups.odcs.yaml").write_text(CONTRACT.replace("READER", role))
    yield database, tmp_path, role
    with psycopg.connect(database, autocommit=True) as connection:
        if connection.execute("select from pg_roles where rolname = %s", [role]).fetchone():
            for text in ("drop owned by {}", "drop role {}"):
                connection.execute(sql.SQL(text).format(sql.Identifier(role)))


def test_nothing_is_made_or_granted_without_being_asked(
    signups: tuple[str, Path, str],
) -> None:
    url, folder, role = signups
    ran = docent("grants", folder=folder, settings=in_use(url))
    assert (ran.code, ran.err) == (1, "")
    assert f"-- The role {role} is not there; --create-roles prints how to make it." in ran.out
    assert ran.out.endswith(
        "-- Nothing is missing for the roles that are there, and nothing is too much.\n"
    )
    ran = docent("grants", "--create-roles", folder=folder, settings=in_use(url))
    assert ran.out.splitlines()[1:] == [
        "BEGIN;",
        f'CREATE ROLE "{role}" NOLOGIN;',
        f'GRANT USAGE ON SCHEMA "app" TO "{role}";',
        f'GRANT SELECT ("id") ON "app"."signups" TO "{role}";',
        "COMMIT;",
    ]
    with psycopg.connect(url) as connection:
        found = connection.execute("select from pg_roles where rolname = %s", [role]).fetchone()
    assert found is None


def test_applied_once_there_is_nothing_left_to_do(signups: tuple[str, Path, str]) -> None:
    url, folder, role = signups
    ran = docent("grants", "--apply", "--create-roles", folder=folder, settings=in_use(url))
    assert (ran.code, ran.err) == (0, "")
    assert "-- 3 statements applied." in ran.out
    for name in ("CREATE ROLE", "GRANT USAGE", 'GRANT SELECT ("id")'):
        assert name in ran.out
    again = docent("grants", folder=folder, settings=in_use(url))
    assert again.code == 0
    assert again.out.endswith("-- Nothing is missing, and nothing is too much.\n")
    assert docent("grants", "--check", folder=folder, settings=in_use(url)).code == 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("grant select on app.internal to {}").format(sql.Identifier(role))
        )
    ran = docent("grants", "--check", "--format", "json", folder=folder, settings=in_use(url))
    (finding,) = json.loads(ran.out)["findings"]
    assert (ran.code, finding["rule"]) == (1, "access-around-contract")
    assert finding["found"] == f"{role}: SELECT"
    ran = docent("grants", "--format", "json", folder=folder, settings=in_use(url))
    assert json.loads(ran.out)["statements"] == [f'REVOKE SELECT ON "app"."internal" FROM "{role}"']


def test_what_is_printed_can_be_run_as_it_stands(signups: tuple[str, Path, str]) -> None:
    url, folder, role = signups
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
        ran = docent("grants", folder=folder, settings=in_use(url))
        connection.execute(ran.out.encode())
    assert docent("grants", folder=folder, settings=in_use(url)).code == 0


def test_what_is_printed_with_its_roles_leaves_nothing_to_do(
    signups: tuple[str, Path, str],
) -> None:
    url, folder, _ = signups
    ran = docent("grants", "--create-roles", folder=folder, settings=in_use(url))
    assert ran.code == 1
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ran.out.encode())
    assert docent("grants", folder=folder, settings=in_use(url)).code == 0


def test_a_right_that_somebody_else_granted_undoes_it_all(
    signups: tuple[str, Path, str],
) -> None:
    url, folder, role = signups
    other = f"other {uuid.uuid4().hex[:8]}"
    contracts = str(folder / "contracts")
    with psycopg.connect(url, autocommit=True) as connection:
        for text in (
            "create role {0}",
            "create role {1}",
            "grant usage on schema app to {0}",
            "grant select (id) on app.signups to {0} with grant option",
            "set role {0}",
            "grant select (id) on app.signups to {1}",
            "reset role",
        ):
            connection.execute(sql.SQL(text).format(sql.Identifier(role), sql.Identifier(other)))
    try:
        found = find_grants(contracts, database=url)
        assert found.elsewhere == (f"{role} granted SELECT on app.signups to {other}",)
        ran = docent("grants", "--apply", folder=folder, settings=in_use(url))
        assert (ran.code, ran.out) == (2, "")
        assert "Some rights could not be put right, and so nothing was changed" in ran.err
        assert f"{role} granted SELECT on app.signups to {other}" in ran.err
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            for text in ("drop owned by {0}, {1}", "drop role {1}"):
                connection.execute(
                    sql.SQL(text).format(sql.Identifier(role), sql.Identifier(other))
                )


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--check", "--apply"), "--check changes nothing"),
        (("--check", "--format", "sql"), "--check tells findings"),
        (("--format", "markdown"), "--format markdown tells findings; write --check beside it"),
        (("--unfold",), "--unfold lists findings; write --check beside it"),
        (("--format", "xml"), "'xml' is not one of"),
        (("nowhere.yaml",), "nowhere.yaml"),
        (("--connection", "staging"), "No connection 'staging'"),
    ],
)
def test_what_makes_no_sense_is_refused(
    signups: tuple[str, Path, str], options: tuple[str, ...], what: str
) -> None:
    url, folder, _ = signups
    ran = docent("grants", *options, folder=folder, settings=in_use(url))
    assert (ran.code, ran.out) == (2, "")
    assert what in ran.err
    assert "\nNext: " in ran.err


def test_contracts_without_a_role_give_nothing(signups: tuple[str, Path, str]) -> None:
    url, folder, _ = signups
    file = folder / "contracts" / "signups.odcs.yaml"
    file.write_text(CONTRACT.partition("roles:")[0])
    ran = docent("grants", folder=folder, settings=in_use(url))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "docent: No contract in contracts names a role.\n"
        "Next: Say under roles who may use the data (docs/boundaries.md shows how).\n"
    )


def test_drafts_give_no_rights(signups: tuple[str, Path, str]) -> None:
    url, folder, _ = signups
    file = folder / "contracts" / "signups.odcs.yaml"
    file.write_text(file.read_text().replace("status: active", "status: draft"))
    ran = docent("grants", folder=folder, settings=in_use(url))
    assert (ran.code, ran.out) == (2, "")
    assert "No contract in contracts names a role but drafts, which give no rights." in ran.err
    file.write_text(file.read_text().replace("status: draft", "status: retired"))
    ran = docent("grants", folder=folder, settings=in_use(url))
    assert (ran.code, ran.out) == (2, "")
    assert "No contract in contracts names a role.\n" in ran.err


PARENT = """\
apiVersion: v3.1.0
kind: DataContract
id: base
name: base
version: 1.0.0
status: active
customProperties:
  - property: minimumClassification
    value: sensitive
"""


@pytest.mark.parametrize("asked", [(), ("contracts",), ("contracts/signups.odcs.yaml",)])
def test_a_classification_that_is_inherited_counts(
    signups: tuple[str, Path, str], asked: tuple[str, ...]
) -> None:
    url, folder, role = signups
    file = folder / "contracts" / "signups.odcs.yaml"
    text = file.read_text().replace("        classification: sensitive\n", "")
    file.write_text(text + "customProperties:\n  - property: extends\n    value: base\n")
    (folder / "contracts" / "base.odcs.yaml").write_text(PARENT)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "create role {0}",
            "grant usage on schema app to {0}",
            "grant select on app.signups to {0}",
        ):
            connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
    ran = docent("grants", *asked, "--format", "json", folder=folder, settings=in_use(url))
    assert json.loads(ran.out)["statements"] == [
        f'REVOKE SELECT ON "app"."signups" FROM "{role}"'
    ], ran
    ran = docent(
        "grants", *asked, "--check", "--format", "json", folder=folder, settings=in_use(url)
    )
    found = {(each["rule"], each["column"]) for each in json.loads(ran.out)["findings"]}
    assert found == {
        ("access-above-clearance", "id"),
        ("access-above-clearance", "email"),
        ("access-right-unpromised", None),
    }
    ran = docent("grants", *asked, "--apply", folder=folder, settings=in_use(url))
    assert ran.code == 0, ran
    with psycopg.connect(url) as connection:
        privilege = "select has_any_column_privilege(%s, 'app.signups', 'select')"
        assert connection.execute(privilege, [role]).fetchone() == (False,)


@pytest.mark.parametrize("asked", [(), ("--contracts", "contracts/signups.odcs.yaml")])
def test_parity_tells_no_value_that_is_classified_by_a_parent(
    signups: tuple[str, Path, str], asked: tuple[str, ...]
) -> None:
    url, folder, _ = signups
    file = folder / "contracts" / "signups.odcs.yaml"
    text = file.read_text().replace("        classification: sensitive\n", "")
    second = text.partition("schema:")[2].partition("roles:")[0].replace("signups", "signups_v2")
    text = text.replace("roles:", second.lstrip("\n") + "roles:")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table app.signups_v2 (id int, email text)")
        connection.execute("insert into app.signups values (1, 'anna@museum.org')")
        connection.execute("insert into app.signups_v2 values (1, 'bo@museum.org')")
    ask = ("parity", "app.signups", "app.signups_v2", "--key", "id", *asked)
    file.write_text(text)
    assert "anna@museum.org" in docent(*ask, folder=folder, settings=in_use(url)).out
    file.write_text(text + "customProperties:\n  - property: extends\n    value: base\n")
    (folder / "contracts" / "base.odcs.yaml").write_text(PARENT)
    ran = docent(*ask, folder=folder, settings=in_use(url))
    assert ran.code == 1, ran
    assert "email" in ran.out
    assert "museum.org" not in ran.out


@pytest.mark.parametrize(
    "options", [("--ignore", "email"), ("--columns", "email", "--ignore", "email")]
)
def test_parity_of_the_key_alone_is_no_parity(
    signups: tuple[str, Path, str], options: tuple[str, ...]
) -> None:
    url, folder, _ = signups
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table app.signups_v2 (id int, email text)")
        for name in ("signups", "signups_v2"):
            connection.execute(f"insert into app.{name} values (1, '{name}')".encode())
    ask = ("parity", "app.signups", "app.signups_v2", "--key", "id")
    ran = docent(*ask, *options, folder=folder, settings=in_use(url))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "docent: Nothing was compared: no column of app.signups is left but the key.\n"
        "Next: Name one by --columns, say by --map what takes its place, or ignore fewer.\n"
    )
    alone = docent(*ask, "--columns", "email", folder=folder, settings=in_use(url))
    assert alone.code == 1


def test_a_server_that_is_down_is_said(signups: tuple[str, Path, str]) -> None:
    _, folder, _ = signups
    ran = docent("grants", folder=folder, settings=in_use("postgresql://ada@127.0.0.1:1/museum"))
    assert (ran.code, ran.out) == (2, "")
    assert "is down, or not at this address" in ran.err


@pytest.mark.parametrize("form", ["text", "json", "markdown", "junit", "github"])
def test_the_museum_is_judged_in_every_form(museum: str, form: str) -> None:
    ran = docent("grants", "--check", "--format", form, settings=in_use(museum))
    assert ran.code == 1
    assert "access-role-missing" in ran.out or "museum_reader" in ran.out


def test_docent_check_judges_rights_when_asked_and_streams_where_they_are_promised(
    signups: tuple[str, Path, str],
) -> None:
    url, folder, _ = signups

    def rules(*options: str) -> list[str]:
        ran = docent("check", "--format", "json", *options, folder=folder, settings=in_use(url))
        return [finding["rule"] for finding in json.loads(ran.out)["findings"]]

    assert not any(rule.startswith(("access-", "stream-")) for rule in rules())
    assert "access-role-missing" in rules("--access")
    file = folder / "contracts" / "signups.odcs.yaml"
    file.write_text(
        file.read_text()
        + "customProperties:\n  - property: cdc\n    value: {publication: changes, key: [id]}\n"
    )
    assert [rule for rule in rules() if rule.startswith("stream-")] == [
        "stream-publication-missing",
        "stream-not-logical",
    ]
    ran = docent("check", folder=folder, settings=in_use(url))
    assert "  next      CREATE PUBLICATION … FOR TABLE app.signups, or agree with " in ran.out
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create publication changes for table app.signups")
    ran = docent("check", folder=folder, settings=in_use(url))
    assert ran.code == 1
    assert (
        "Changes of 'signups' should carry 'id', and its replica identity is "
        "'the primary key, and there is none'" in ran.out
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("alter table app.signups add primary key (id)")
    assert [rule for rule in rules() if rule.startswith("stream-")] == ["stream-not-logical"]
    ran = docent("check", "--documents", "--access", folder=folder, settings=in_use(url))
    assert (ran.code, ran.out) == (2, "")
    assert "--access has no meaning" in ran.err
