"""``docent check`` from end to end: real documents, a real Postgres, a real process."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import psycopg
import pytest

import prevention
from data_assets import urls
from prevention import cli
from prevention.decision import Decision
from tests.prevention.running import (
    DOCENT,
    INSTALLED,
    REPOSITORY,
    docent,
    docent_process,
    environment,
)

CONTRACTS = REPOSITORY / "contracts"
IMAGES = CONTRACTS / "object_images_contract_spec.json"
CHECKED = "Checked 10 contracts, 10 tables and 44 columns"
SCHEMA = json.loads((REPOSITORY / "prevention" / "report.schema.json").read_text())
RENAME = "alter table object_images rename column primary_image to image"


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def line_of(key: str) -> int:
    lines = IMAGES.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if f'"{key}": {{' in line)


def in_use(url: str, **changes: str) -> dict[str, str | None]:
    return {"DATABASE_URL": url, **changes}


def test_a_museum_as_promised_is_green(museum: str) -> None:
    ran = docent_process("check", settings=in_use(museum))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"All promises hold. {CHECKED} in ")
    assert ran.out.endswith(" promises about rows.\n")
    assert len(ran.out.splitlines()) == 1


def test_a_renamed_column_is_one_finding_that_names_both_the_owner_and_the_line(
    museum: str,
) -> None:
    run(museum, RENAME)
    ran = docent_process("check", settings=in_use(museum))
    owner = "Data Engineering Team <data-eng@museum.org>"
    blocks = ran.out.split("\n\n")
    assert (ran.code, ran.err, len(blocks)) == (1, "", 2)
    assert blocks[0] == (
        "error  column-renamed  public.object_images.primary_image\n"
        "  Column 'primary_image' is defined in contract but renamed to 'image' in data catalog\n"
        "  contract  met-museum-data/object-images-contract-spec\n"
        "  promised  primary_image\n"
        "  found     image\n"
        f"  owner     {owner}\n"
        f"  promise   contracts/object_images_contract_spec.json:{line_of('primary_image')}\n"
        "  consumers data-science-training, guide-app, gallery-map\n"
        f"  next      Rename 'image' back to 'primary_image', or agree with {owner} "
        "on the new name: keep both columns until every reader has moved."
    )
    assert blocks[1].startswith(f"1 promise broken. {CHECKED}")


def test_every_format_tells_the_same(museum: str, tmp_path: Path) -> None:
    run(museum, RENAME)
    told = {
        form: docent("check", "--format", form, settings=in_use(museum))
        for form in ("json", "markdown", "junit", "github")
    }
    assert {form: ran.code for form, ran in told.items()} == dict.fromkeys(told, 1)
    report = json.loads(told["json"].out)
    jsonschema_rs.validator_for(SCHEMA).validate(report)
    (finding,) = report["findings"]
    assert (finding["rule"], finding["found"]) == ("column-renamed", "image")
    line = line_of("primary_image")
    place = f"file=contracts/object_images_contract_spec.json,line={line},col="
    assert told["github"].out.startswith(f"::error {place}")
    assert "## Data contracts: 1 promise broken" in told["markdown"].out
    suites = ET.fromstring(told["junit"].out)
    assert (suites.get("tests"), suites.get("failures")) == ("10", "1")


def test_the_result_goes_whole_into_a_file(museum: str, tmp_path: Path) -> None:
    run(museum, RENAME)
    file = tmp_path / "test_output.log"
    ran = docent("check", "--output", file, settings=in_use(museum))
    assert ran.code == 1
    assert ran.out.startswith("1 promise broken. ")
    assert ran.out.endswith(f" Wrote {file}.\n")
    assert file.read_text().startswith("error  column-renamed  ")


def test_what_was_broken_before_can_be_accepted(museum: str, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    run(museum, RENAME)
    ran = docent("check", "--write-baseline", known, settings=in_use(museum))
    assert (ran.code, ran.out.partition(":")[0]) == (0, f"Wrote {known}")
    ran = docent("check", "--baseline", known, settings=in_use(museum))
    assert ran.code == 0
    assert "All promises hold; 1 known before." in ran.out
    assert ran.out.splitlines()[:2] == [
        "known  column-renamed  public.object_images.primary_image",
        "  --unfold tells in full what was known before",
    ]
    ran = docent("check", "--baseline", known, "--unfold", settings=in_use(museum))
    assert "known  column-missing  public.object_images.primary_image\n  Column " in ran.out
    run(museum, "alter table object_images drop column additional_images")
    ran = docent("check", "--baseline", known, settings=in_use(museum))
    assert (ran.code, ran.out.count("error  ")) == (1, 1)
    run(museum, "alter table object_images rename column image to primary_image")
    ran = docent("check", "--baseline", known, settings=in_use(museum))
    assert "1 entry of the baseline no longer needed" in ran.out


def test_an_undeclared_column_warns_and_breaks_where_it_is_strict(museum: str) -> None:
    run(museum, "alter table object_images add column notes text")
    lenient = docent("check", settings=in_use(museum))
    assert lenient.code == 0
    assert "warning  column-undeclared  public.object_images.notes" in lenient.out
    assert docent("check", "--strict", settings=in_use(museum)).code == 1
    assert docent("check", settings=in_use(museum, DOCENT_STRICT="true")).code == 1
    ran = docent("check", "--lenient", settings=in_use(museum, DOCENT_STRICT="true"))
    assert ran.code == 0


def test_a_table_without_a_contract_is_told_where_all_contracts_are_looked_at(
    museum: str,
) -> None:
    run(museum, "create table guestbook (id integer)")
    ran = docent("check", settings=in_use(museum))
    assert (ran.code, ran.out.count("table-uncovered  public.guestbook")) == (0, 1)
    ran = docent("check", IMAGES, settings=in_use(museum))
    assert (ran.code, ran.out.count("table-uncovered")) == (0, 0)
    assert "Checked 1 contract, 1 table and 4 columns" in ran.out


def test_other_schemas_are_looked_at_when_asked(museum: str) -> None:
    run(museum, "create schema shop", "create table shop.tickets (email text)")
    assert "shop" not in docent("check", settings=in_use(museum)).out
    run(museum, "create table guestbook (id integer)")
    ran = docent("check", "--schema", "shop", settings=in_use(museum))
    assert (ran.code, ran.out.count("table-uncovered")) == (0, 1)
    assert "table-uncovered  shop.tickets" in ran.out
    assert CHECKED in ran.out


def test_documents_alone_need_no_database() -> None:
    ran = docent_process("check", "--documents")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("The documents are in order. Checked 10 contracts, 10 tables and ")


MALFORMED = {
    "empty.json": b"",
    "half.json": b'{"spec-version": "1.0.0",',
    "twice.json": b'{"spec-version": "1.0.0", "name": "a", "name": "b"}',
    "unknown.json": b'{"spec-version": "1.0.0", "naem": "object"}',
    "latin.json": b'{"spec-version": "\xe9"}',
    "deep.json": b"[" * 200_000,
    "aliases.yaml": b"a: &a [1,1]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
    "tab.yaml": b"a:\n\t- b\n",
    "list.yaml": b"- 1\n- 2\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_document_that_is_no_contract_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(MALFORMED[name])
    ran = docent("check", "--documents", file)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{file}:")
    assert "Next: " in ran.err


def test_all_problems_of_all_documents_are_told_at_once(tmp_path: Path) -> None:
    for name, content in MALFORMED.items():
        (tmp_path / name).write_bytes(content)
    ran = docent("check", "--documents", tmp_path)
    assert ran.code == 2
    assert {name for name in MALFORMED if f"{tmp_path / name}:" in ran.err} == set(MALFORMED)
    github = docent("check", "--documents", tmp_path, "--format", "github")
    assert github.code == 2
    assert github.out.count("::error file=") >= len(MALFORMED)
    report = json.loads(docent("check", "--documents", tmp_path, "--format", "json").out)
    jsonschema_rs.validator_for(SCHEMA).validate(report)
    assert (report["status"], report["exit"]) == ("not-judged", 2)
    assert len(report["obstacles"]) >= len(MALFORMED)


@pytest.mark.parametrize(
    ("form", "told_beside"),
    [
        ("json", "docent: Could not judge: {folder}/half.json:1:25, and 2 more. "),
        ("markdown", "docent: Could not judge: {folder}/half.json:1:25, and 2 more. "),
        ("junit", "docent: Could not judge: {folder}/half.json:1:25, and 2 more. "),
        ("github", ""),
    ],
)
def test_what_was_in_the_way_is_told_once(form: str, told_beside: str, tmp_path: Path) -> None:
    for name in ("half.json", "tab.yaml", "list.yaml"):
        (tmp_path / name).write_bytes(MALFORMED[name])
    ran = docent("check", "--documents", tmp_path, "--format", form)
    assert ran.code == 2
    assert "list.yaml" in ran.out
    beside = told_beside.format(folder=tmp_path)
    assert ran.err == (f"{beside}The report says why.\n" if beside else "")
    file = tmp_path / "report.txt"
    ran = docent("check", "--documents", tmp_path, "--format", form, "--output", file)
    assert (ran.code, ran.out, ran.err.count("Next: ")) == (2, "", 3)
    assert "list.yaml" in file.read_text()


def test_a_repository_without_contracts_is_shown_a_beginning(tmp_path: Path) -> None:
    step = "docent draft TABLE --output contracts/TABLE.json makes a beginning. "
    for what in ("folder", "contract in"):
        for words in (("check",), ("check", "--documents")):
            ran = docent(*words, folder=tmp_path)
            assert ran.code == 2
            said = f"docent: Nothing was checked: there is no {what} {tmp_path}/contracts.\n"
            assert ran.err.startswith(f"{said}Next: {step}")
            assert "[tool.docent] of pyproject.toml" in ran.err
        (tmp_path / "contracts").mkdir(exist_ok=True)


def test_an_owner_who_is_still_to_be_named_is_told_until_somebody_is(
    museum: str, tmp_path: Path
) -> None:
    file = tmp_path / "object.json"
    assert docent("draft", "object", "--output", file, settings=in_use(museum)).code == 0
    lines = file.read_text().splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if '"owner": {' in text]
    for words in (("check", file), ("check", "--documents", file)):
        ran = docent(*words, settings=in_use(museum))
        assert (ran.code, ran.out.count("owner-unnamed")) == (0, 1)
        assert ran.out.startswith(
            "warning  owner-unnamed  public.object\n"
            "  Who owns the contract for 'object' is still to be named\n"
            "  contract  met-museum-data/object-contract-spec\n"
            f"  promise   {file}:{line}\n"
            "  next      Name a person or a team who answers for it.\n"
        ), ran.out
    named = file.read_text().replace("Owner to be named", "Collections Desk")
    file.write_text(named.replace("owner@to-be-named.invalid", "desk@museum.example"))
    assert "owner-unnamed" not in docent("check", "--documents", file).out


@pytest.mark.parametrize(
    ("statements", "arguments", "asked"),
    [
        (["create table elsewhere (id integer)"], (), "None of the 10 promised tables is in "),
        (["create table elsewhere (id integer)"], (IMAGES,), "The promised table is not in "),
        (["create table object (object_id integer)"], (), None),
    ],
)
def test_a_database_without_any_promised_table_may_be_the_wrong_one(
    database: str, statements: list[str], arguments: tuple[Path, ...], asked: str | None
) -> None:
    run(database, *statements)
    ran = docent("check", *arguments, settings=in_use(database))
    assert ran.code == 1
    assert "error  table-missing  public.object_images" in ran.out
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    last = ran.out.splitlines()[-1]
    if asked:
        assert last == f"{asked}{name}: is this the right database?"
    else:
        assert last.endswith(f"in {name}. Measured 1 promise about rows.")


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (["{empty}"], {}, "Nothing was checked: there is no contract in {empty}."),
        (["{empty}", "--documents"], {}, "Nothing was checked: there is no contract in {empty}."),
        ([], {"DOCENT_CONTRACTS": "{empty}/none"}, "Nothing was checked: there is no folder"),
        (["--schema", "nowhere"], {}, "has no schema nowhere."),
    ],
)
def test_nothing_checked_is_never_green(
    museum: str, tmp_path: Path, arguments: list[str], settings: dict[str, str], says: str
) -> None:
    filled = {name: value.format(empty=tmp_path) for name, value in settings.items()}
    words = [word.format(empty=tmp_path) for word in arguments]
    ran = docent("check", *words, settings=in_use(museum, **filled))
    assert (ran.code, ran.out) == (2, "")
    assert says.format(empty=tmp_path) in ran.err
    assert ran.err.count("Next: ") == 1


def test_a_schema_that_is_not_there_is_told_with_what_makes_it(museum: str) -> None:
    ran = docent(
        "check", "data_assets/reporting_contracts", "--schema", "reporting",
        settings=in_use(museum),
    )  # fmt: skip
    name = urls.name_in(museum)
    assert (ran.code, ran.out, ran.err) == (2, "", (
        f"docent: Nothing was checked: the database {name} has no schema reporting.\n"
        "Next: Run the migrations that make it, or correct --schema. The museum's published views "
        "are put in by alembic --name reporting upgrade reporting@head.\n"
    ))  # fmt: skip


def test_an_empty_database_is_never_green(database: str) -> None:
    ran = docent("check", settings=in_use(database))
    assert (ran.code, ran.out) == (2, "")
    assert "has no table in public." in ran.err
    assert "alembic upgrade head" in ran.err
    run(database, "create table alembic_version (version_num text)")
    assert docent("check", settings=in_use(database)).code == 2


def test_without_a_database_the_way_to_one_is_told(tmp_path: Path) -> None:
    ran = docent("check", settings={"DATABASE_URL": None, "DOCENT_HOME": str(tmp_path / "home")})
    assert (ran.code, ran.out) == (2, "")
    assert "docent up" in ran.err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://ada:secret@127.0.0.1:1/museum", "is down, or not at this address"),
        ("postgresql://ada:secret@no-such-host.invalid/museum", "Next: "),
        ("mysql://ada:secret@127.0.0.1/museum", "PostgreSQL only"),
        ("museum of art", "Next: "),
        ("postgresql://ada:secret@host:port/museum", "Next: "),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_message(url: str, says: str) -> None:
    ran = docent("check", settings=in_use(url))
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("Next: ") == 1
    assert "secret" not in ran.err


def test_a_server_that_refuses_the_password_is_told(refusing_server: str) -> None:
    ran = docent_process("check", settings=in_use(refusing_server))
    assert ran.code == 2
    assert "refuses the user or the password" in ran.err
    assert "secret" not in ran.err


def test_a_user_who_may_not_connect_is_told(museum: str) -> None:
    name = museum.partition("?")[0].rpartition("/")[2]
    run(
        museum,
        "do $$ begin create role museum_guest login; exception when others then null; end $$",
        f'revoke connect on database "{name}" from public',
    )
    ran = docent("check", settings=in_use(museum.replace("postgres:@", "museum_guest@")))
    assert (ran.code, ran.out) == (2, "")
    assert "Next: " in ran.err


def test_a_read_only_database_is_judged_like_any_other(museum: str) -> None:
    run(
        museum,
        "do $$ begin execute format('alter database %I set default_transaction_read_only = on', "
        "current_database()); end $$",
    )
    assert docent("check", settings=in_use(museum)).code == 0


@pytest.fixture
def locked(museum: str) -> Iterator[psycopg.Connection]:
    """A connection that holds what every reader of the catalogue has to wait for."""
    with psycopg.connect(museum) as connection:
        connection.execute("lock table pg_catalog.pg_description in access exclusive mode")
        yield connection
        connection.rollback()


def test_a_database_killed_in_the_middle_of_a_check_is_told(
    museum: str, locked: psycopg.Connection
) -> None:
    with subprocess.Popen(
        [*DOCENT, "check", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(in_use(museum)),
        cwd=REPOSITORY,
    ) as process:
        with psycopg.connect(museum, autocommit=True) as killer:
            waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock'"
            deadline = time.monotonic() + 60
            while not (found := killer.execute(waiting).fetchone()):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            killer.execute("select pg_terminate_backend(%s)", found)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "Traceback" not in err
    assert "defect" not in err
    assert err.startswith("docent: Could not judge: The database ")
    assert err.count("\n") == 1
    report = json.loads(out)
    jsonschema_rs.validator_for(SCHEMA).validate(report)
    assert report["status"] == "not-judged"


@pytest.mark.parametrize(
    ("patience", "says"),
    [
        ("set lock_timeout = '100ms'", "is held by somebody else"),
        ("set statement_timeout = '100ms'", "took too long"),
    ],
)
def test_a_check_does_not_wait_for_ever(
    museum: str,
    locked: psycopg.Connection,
    patience: str,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("prevention.checking.PATIENCE", patience)
    monkeypatch.setenv("DATABASE_URL", museum)
    monkeypatch.chdir(REPOSITORY)
    assert cli.main(["check"]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("Next: ") == 1


def test_a_check_of_structure_changes_nothing_and_reads_no_row(museum: str) -> None:
    run(museum, "insert into object (object_id, title) values (1, 'The Harvesters')")
    before = _statistics(museum)
    assert docent("check", "--structure-only", settings=in_use(museum)).code == 0
    assert _statistics(museum) == before


def _statistics(url: str) -> object:
    """What Postgres has counted, once everybody else has left: who leaves counts last."""
    others = (
        "select from pg_stat_activity where datname = current_database() "
        "and backend_type = 'client backend' and pid <> %s"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(others, [connection.info.backend_pid]).fetchone() is not None:
            pass
        return connection.execute(
            "select relname, seq_scan, idx_scan, n_tup_ins, n_tup_upd, n_tup_del "
            "from pg_stat_user_tables order by 1"
        ).fetchall()


def test_everything_is_one_python_call_too(museum: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert prevention.check(database=museum).status == "held"
    run(museum, RENAME)
    decision: Decision = prevention.check(IMAGES, database=museum)
    assert [finding.rule for finding in decision.findings] == ["column-renamed"]
    assert prevention.check(documents_only=True).exit == 0


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's own repository, which has a Python package named contracts, too."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "__init__.py").write_text("raise SystemExit('not this one')\n")
    shutil.copy(IMAGES, tmp_path / "contracts")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "elsewhere"\n\n[tool.docent]\ncontracts = "contracts"\n\n'
        '[tool.docent.connections]\nstaging = "$STAGING_URL"\n'
    )
    return tmp_path


def test_it_works_in_a_repository_with_its_own_contracts(elsewhere: Path, museum: str) -> None:
    run(museum, RENAME)
    (elsewhere / "src").mkdir()
    for folder in (elsewhere, elsewhere / "src"):
        ran = docent_process("check", folder=folder, settings=in_use(museum), command=INSTALLED)
        assert ran.code == 1, ran
        assert "contracts/object_images_contract_spec.json:" in ran.out
        assert "Checked 1 contract, 1 table and 4 columns" in ran.out


def test_a_connection_is_used_by_its_name(elsewhere: Path, museum: str) -> None:
    settings = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "STAGING_URL": museum}
    words = ("check", "--connection", "staging")
    unset: dict[str, str | None] = {"STAGING_URL": None}
    ran = docent_process(*words, folder=elsewhere, settings=settings, command=INSTALLED)
    assert ran.code == 0, ran
    ran = docent_process(*words, folder=elsewhere, settings=unset, command=INSTALLED)
    assert (ran.code, "export STAGING_URL=" in ran.err) == (2, True)
    ran = docent_process("check", "--connection", "stagin", folder=elsewhere, command=INSTALLED)
    assert "Did you mean 'staging'?" in ran.err


def test_settings_that_cannot_be_followed_are_told_with_their_line(elsewhere: Path) -> None:
    (elsewhere / "pyproject.toml").write_text("[tool.docent]\nscheams = ['public']\n")
    ran = docent_process("check", "--documents", folder=elsewhere, command=INSTALLED)
    assert ran.code == 2
    assert ran.err == (
        "pyproject.toml:2:1: [tool.docent] has no setting 'scheams'.\n"
        "Next: Did you mean 'schemas'?\n"
    )


def test_in_the_sandbox_a_stopped_server_is_started() -> None:
    folder = Path(tempfile.mkdtemp(prefix="museum-"))
    folder.chmod(0o755)
    settings = {"DOCENT_HOME": str(folder / "home"), "DOCENT_LEARNER": "ada", "DATABASE_URL": None}
    try:
        ran = docent_process("up", settings=settings)
        assert (ran.code, ran.out.splitlines()[-1]) == (0, "Next: docent check")
        assert docent_process("down", settings=settings).code == 0
        ran = docent_process("check", settings=settings)
        assert ran.code == 0, ran
        assert ran.out.startswith(f"All promises hold. {CHECKED} in docent_ada. ")
    finally:
        docent_process("down", settings=settings)
        shutil.rmtree(folder, ignore_errors=True)
