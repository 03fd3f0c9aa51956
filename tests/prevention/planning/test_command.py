"""``docent plan``: its words, its files, its revisions run by Alembic, and what it refuses."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import psycopg
import pytest

from contracts.loading import load_folder
from data_assets.alembic_run import AlembicProject, migrate
from tests.data_assets.test_alembic_run import INI, USUAL_ENV
from tests.prevention.running import Ran, docent

HEAD = """\
apiVersion: v3.1.0
kind: DataContract
id: 0c7e4f0e-2f0b-4f53-9f3e-9f1a3a1f7b01
name: visitors
version: {version}
status: active
schema:
  - name: visitor
    physicalName: visitor
    properties:
      - {{name: visitor_id, physicalType: integer, logicalType: integer, required: true,
         primaryKey: true}}
{columns}
"""


def contract(version: str, *columns: str) -> str:
    lines = "\n".join(
        f"      - {{{each}, physicalType: text, logicalType: string}}" for each in columns
    )
    return HEAD.format(version=version, columns=lines)


OLD = contract("1.2.0", "name: email", "name: phone")
RENAMED = contract("2.0.0", "name: primary_email", "name: phone")
SPLIT = contract("2.0.0", "name: email", "name: phone_country", "name: phone_number")
ADDED = contract("1.3.0", "name: email", "name: phone", "name: city")
NOW = ("--now", "2026-01-03")
SPLITTING = (
    "--split", "phone=phone_country,phone_number",
    "--using", "phone_country=split_part(phone, ' ', 1)",
    "--using", "phone_number=split_part(phone, ' ', 2)",
    "--back", "phone=phone_country || ' ' || phone_number",
)  # fmt: skip
REGISTRY = """\
consumers:
  - name: visitor-letters
    team: Visitor Experience
    mode: batch-export
    migration_contact: visitors@museum.org
    subscriptions:
      - {{table: visitor, columns: [visitor_id, {column}]}}
    queries:
      - {{name: whom-to-call, sql: 'select visitor_id, {column} from visitor'}}
"""


def sides(folder: Path, old: str, new: str) -> Path:
    for name, text in (("old", old), ("new", new)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "visitors.odcs.yaml").write_text(text, encoding="utf-8")
    return folder


def plan(folder: Path, *arguments: str, **settings: str) -> Ran:
    return docent("plan", "old", "new", *arguments, folder=folder, settings=settings)


def test_nothing_breaks_and_nothing_is_planned(tmp_path: Path) -> None:
    ran = plan(sides(tmp_path, OLD, ADDED), *NOW, "--output", "plans")
    assert (ran.code, ran.err) == (0, "")
    assert "there is nothing to plan" in ran.out
    assert not (tmp_path / "plans").exists()


def test_the_days_are_those_of_the_longest_notice(tmp_path: Path) -> None:
    folder = sides(tmp_path, OLD, SPLIT)
    told = json.loads(plan(folder, *NOW, *SPLITTING, "--format", "json").out)
    assert (told["noticeDays"], told["sunset"], told["removal"]) == (30, "2026-02-09", "2026-02-16")
    longer = plan(folder, *NOW, *SPLITTING, "--format", "json", DOCENT_NOTICE_DAYS="90")
    assert json.loads(longer.out)["sunset"] == "2026-04-10"
    shorter = plan(folder, *NOW, *SPLITTING, "--format", "json", DOCENT_NOTICE_DAYS="3")
    assert json.loads(shorter.out)["sunset"] == "2026-02-09"
    leap = json.loads(plan(folder, "--now", "2028-01-23", *SPLITTING, "--format", "json").out)
    assert (leap["sunset"], leap["removal"]) == ("2028-02-29", "2028-03-07")


def test_versions_are_minor_meanwhile_and_major_at_the_end(tmp_path: Path) -> None:
    told = json.loads(plan(sides(tmp_path, OLD, SPLIT), *NOW, *SPLITTING, "--format", "json").out)
    versions = [each["contracts"] for each in told["steps"]]
    assert versions[0] == [{"contract": "visitors", "version": "1.3.0"}]
    assert versions[-1] == [{"contract": "visitors", "version": "2.0.0"}]
    assert told["complete"]


def test_what_nobody_said_is_asked_for(tmp_path: Path) -> None:
    ran = plan(sides(tmp_path, OLD, SPLIT), *NOW, "--split", "phone=phone_country,phone_number",
               "--output", "plans")  # fmt: skip
    assert ran.code == 1
    assert "--using 'phone_country=SQL'" in ran.out
    assert "--back 'phone=SQL'" in ran.out
    texts = [file.read_text("utf-8") for file in (tmp_path / "plans" / "versions").rglob("*.py")]
    assert sum("raise NotImplementedError" in text for text in texts) >= 2


def test_a_rename_is_seen_or_said(tmp_path: Path) -> None:
    folder = sides(tmp_path, OLD, RENAMED)
    seen, said = plan(folder, *NOW), plan(folder, *NOW, "--rename", "email=primary_email")
    assert (seen.code, seen.out) == (0, said.out)
    assert "Add primary_email beside email" in seen.out


def test_files_are_written_once_and_their_contracts_load(tmp_path: Path) -> None:
    folder = sides(tmp_path, OLD, SPLIT)
    assert plan(folder, *NOW, *SPLITTING, "--output", "plans").code == 0
    files = {file: file.read_bytes() for file in (folder / "plans").rglob("*") if file.is_file()}
    assert folder / "plans" / "PLAN.md" in files
    folders = sorted((folder / "plans" / "contracts").iterdir())
    states = [load_folder(step)[0].status for step in folders]
    assert [state for state, _ in groupby(states)] == ["deprecated", "sunset", "active"]
    assert [folder.name for folder in folders] == ["2026-01-03", "2026-02-09", "2026-02-16"]
    again = plan(folder, *NOW, *SPLITTING, "--output", "plans")
    assert again.code == 2
    assert "is there already, and nothing was written" in again.err
    assert {file: file.read_bytes() for file in files} == files


def below(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_a_name_in_a_contract_leads_to_no_other_folder(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    named = "name: 'a/../../../../../../evil'", "name: in/out ratio"
    sides(
        folder, contract("1.2.0"), contract("2.0.0", *(f"{each}, required: true" for each in named))
    )
    before = below(tmp_path)
    ran = plan(folder, *NOW, "--output", "plans")
    assert ran.code == 1, ran
    written = {file.removeprefix("project/plans/") for file in below(tmp_path) - before}
    assert {name.count("/") for name in written} == {0, 2}
    revisions = [name for name in written if name.startswith("versions/")]
    assert all(
        re.fullmatch(r"versions/[-0-9]{10}/[0-9a-f]{12}_\w+\.py", name) for name in revisions
    ), revisions
    assert any(name.endswith("_add_a_evil.py") for name in revisions), revisions
    assert any(name.endswith("_add_in_out_ratio.py") for name in revisions), revisions


def test_of_a_plan_that_cannot_be_written_whole_nothing_stays(tmp_path: Path) -> None:
    folder = sides(tmp_path, OLD, SPLIT)
    (folder / "plans").mkdir()
    (folder / "plans" / "contracts").write_text("a file of mine", encoding="utf-8")
    ran = plan(folder, *NOW, *SPLITTING, "--output", "plans")
    assert (ran.code, ran.out) == (2, "")
    assert list((folder / "plans").iterdir()) == [folder / "plans" / "contracts"]
    assert (folder / "plans" / "contracts").read_text("utf-8") == "a file of mine"


def test_contracts_of_one_name_in_two_namespaces_are_both_written(tmp_path: Path) -> None:
    folder = sides(tmp_path, OLD, RENAMED)
    for side, text in (("old", OLD), ("new", RENAMED)):
        other = text.replace("name: visitors", "name: visitors\ndomain: shop").replace(
            "7b01", "7b02"
        )
        other = other.replace("name: visitor\n", "name: buyer\n").replace(
            "physicalName: visitor", "physicalName: buyer"
        )
        (folder / side / "shop.odcs.yaml").write_text(other, encoding="utf-8")
    ran = plan(folder, *NOW, "--output", "plans")
    assert ran.code == 0, ran
    last = max((folder / "plans" / "contracts").iterdir())
    assert {each.identity for each in load_folder(last)} == {"visitors", "shop/visitors"}


def project(folder: Path) -> AlembicProject:
    versions = folder / "plans" / "versions"
    home = folder / "project"
    home.mkdir()
    (home / "alembic.ini").write_text(INI, encoding="utf-8")
    migrations = home / "migrations"
    (migrations / "versions").mkdir(parents=True)
    (migrations / "env.py").write_text(USUAL_ENV, encoding="utf-8")
    (migrations / "script.py.mako").write_text("", encoding="utf-8")
    for file in versions.rglob("*.py"):
        (migrations / "versions" / file.name).write_bytes(file.read_bytes())
    return AlembicProject(home, home / "alembic.ini", home)


def test_alembic_runs_the_revisions(tmp_path: Path, database: str) -> None:
    folder = sides(tmp_path, OLD, SPLIT)
    assert plan(folder, *NOW, *SPLITTING, "--output", "plans").code == 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "create table visitor (visitor_id integer primary key, email text, phone text)"
        )
        connection.execute(
            "insert into visitor values (1, 'a@museum.org', '+43 555'), (2, null, null)"
        )
    migrate(database, project(folder), environment=dict(os.environ))
    with psycopg.connect(database) as connection:
        found = connection.execute("select * from visitor order by visitor_id").fetchall()
    assert found == [(1, "a@museum.org", "+43", "555"), (2, None, None, None)]


def test_a_rehearsal_asks_who_is_registered(tmp_path: Path, database: str) -> None:
    folder = sides(tmp_path, OLD, RENAMED)
    (folder / "old" / "consumers.yaml").write_text(
        REGISTRY.format(column="email"), encoding="utf-8"
    )
    new = REGISTRY.format(column="primary_email").replace("visitor-letters", "visitor-mail")
    (folder / "new" / "consumers.yaml").write_text(new, encoding="utf-8")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "create table visitor (visitor_id integer primary key, email text, phone text)"
        )
        connection.execute("insert into visitor values (1, 'a@museum.org', '+43 555')")
        connection.execute("create table museum_shop (id integer)")
    ran = plan(folder, *NOW, "--rehearse", "--format", "json", DATABASE_URL=database)
    assert ran.code == 0, ran
    rehearsal = json.loads(ran.out)["rehearsal"]
    assert rehearsal["holds"]
    asked = {each["step"]: each["asked"] for each in rehearsal["steps"]}
    assert asked["01-add-primary_email"] == 1
    assert asked["05-announce"] == 2
    assert rehearsal["waiting"] == [
        {"step": "07-drop-email", "from": "2026-02-16", "consumer": "visitor-letters",
         "query": "whom-to-call", "found": 'fails: column "email" does not exist'},
    ]  # fmt: skip
    told = plan(folder, *NOW, "--rehearse", DATABASE_URL=database).out.splitlines()
    waits = "visitor-letters has to move whom-to-call before 07-drop-email, on 2026-02-16"
    assert told[-2:] == [
        f'{waits} (fails: column "email" does not exist)',
        "Rehearsed: nobody was hurt before the old version ends; 1 query still has to move.",
    ]
    with psycopg.connect(database) as connection:  # the database itself is as it was
        columns = connection.execute("select * from visitor").description
    assert [column.name for column in columns or ()] == ["visitor_id", "email", "phone"]


BAD = {
    "no such side": (("old", "nowhere"), "There is no nowhere."),
    "a file and a folder": (("old", "new/visitors.odcs.yaml"), "is a file"),
    "no day": (("old", "new", "--now", "tomorrow"), "which is no day"),
    "no such day": (("old", "new", "--now", "9999-12-01"), "end beyond the calendar"),
    "nearly no such day": (("old", "new", "--now", "9999-11-15"), "end beyond the calendar"),
    "no sign": (("old", "new", "--split", "phone"), "does not say what becomes of what"),
    "one part": (("old", "new", "--split", "phone=country"), "needs 2 different columns"),
    "the same part": (("old", "new", "--split", "phone=a,a"), "needs 2 different columns"),
    "no name": (("old", "new", "--rename", "phone=a b"), "which is no column's name"),
    "unknown": (("old", "new", "--rename", "fone=phone_number"), "Did you mean phone?"),
    "twice": (("old", "new", "--rename", "phone=a", "--rename", "phone=b"),
              "speaks of phone twice"),
    "two ways": (("old", "new", "--rename", "phone=phone_number", "--split",
                  "phone=phone_country,phone_number"), "is in more than one"),
    "two statements": (("old", "new", "--using", "phone_country=1; drop table visitor"),
                       "more than one expression"),
    "a comment": (("old", "new", "--using", "phone_country=1 -- x"), "more than one expression"),
    "no SQL": (("old", "new", "--using", "phone_country=split('"), "which is no SQL"),
    "after without output": (("old", "new", "--after", "abc"), "--after goes with --output"),
    "no revision": (("old", "new", "--output", "plans", "--after", '"x'), "which is no revision"),
    "output is a file": (("old", "new", "--output", "old/visitors.odcs.yaml"), "is a file"),
    "one side": (("old",), "Missing argument"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_message_and_two(name: str, tmp_path: Path) -> None:
    arguments, message = BAD[name]
    ran = docent("plan", *arguments, folder=sides(tmp_path, OLD, SPLIT))
    assert ran.code == 2, ran
    assert message in ran.err
    assert ran.out == ""


def test_without_a_day_it_is_today(tmp_path: Path) -> None:
    told = json.loads(plan(sides(tmp_path, OLD, RENAMED), "--format", "json").out)
    assert abs((date.fromisoformat(told["today"]) - datetime.now(UTC).date()).days) <= 1
