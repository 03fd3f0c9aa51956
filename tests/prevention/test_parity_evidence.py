"""Parity as evidence: ``--parity`` of ``docent diff`` and ``docent gate``, from end to end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import new_database
from tests.data_assets.test_alembic_run import INI, USUAL_ENV, revision
from tests.prevention.histories import History, book
from tests.prevention.running import Ran, docent
from tests.prevention.test_diff import migrated

TABLE = "create table base (object_id integer primary key, primary_image text)"
ALL = "select object_id, primary_image from base"
NEXT = f"{ALL} where object_id > 0"
FEW = f"{ALL} where object_id > 1"
VIEW = "create or replace view object_images as {}"
ROWS = "insert into base values (1, 'a.jpg'), (2, null)"
ELEMENT = "public.object_images"
SAME = "object_images=next:object_id"
OUTCOMES = {
    # what the view asks now, what was compared, the exit code, the findings, what is proven
    "nothing compared": (NEXT, None, 1, [("view-query-changed", "conditional")], False),
    "all rows are the same": (NEXT, SAME, 0, [("view-query-changed", "additive")], True),
    "other rows": (FEW, SAME, 1, [("view-query-changed", "breaking")], True),
    "another query than is asked now": (
        FEW, "object_images=other:object_id", 1,
        [("parity-unused", None), ("view-query-changed", "conditional")], False),
    "the other way round": (
        NEXT, "next=object_images:object_id", 1,
        [("parity-unused", None), ("view-query-changed", "conditional")], False),
}  # fmt: skip


def fill(url: str, now: str | None) -> None:
    """The database before, with the query that is to come beside the one that is there."""
    with psycopg.connect(url) as connection:
        for each in (
            "insert into base values (1, 'a.jpg'), (2, null)",
            f"create view next as {now}",
            f"create view other as {NEXT}",
        ):
            connection.execute(each.encode())


def outcome(ran: Ran) -> tuple[int, list[tuple[str, str | None]], bool]:
    """The exit code, each rule with what it means for readers, and whether parity is told."""
    told = json.loads(ran.out)["findings"]
    meant = [(each, each.get("verdict") or {}) for each in told]
    found = [
        ((each["cause"] or each["rule"]).split()[0], meaning.get("reader"))
        for each, meaning in meant
        if each["rule"] == "parity-unused" or str(each["element"]).startswith(ELEMENT)
    ]
    proofs = [one for _, meaning in meant for one in meaning.get("proofs", ())]
    says = any("which ask the same two queries" in one for one in proofs)
    return ran.code, sorted(found, key=str), says


@pytest.fixture
def others(server_18: str) -> Iterator[str]:
    with new_database(server_18) as url:
        yield url


@pytest.mark.parametrize("name", OUTCOMES)
def test_two_databases(name: str, database: str, others: str, tmp_path: Path) -> None:
    now, compared, *expected = OUTCOMES[name]
    for url, query in ((database, ALL), (others, now)):
        with psycopg.connect(url) as connection:
            connection.execute(TABLE.encode())
            connection.execute(VIEW.format(query).encode())
    fill(database, now)
    with psycopg.connect(others) as connection:
        for each in (ROWS, f"create view next as {now}", f"create view other as {NEXT}"):
            connection.execute(each.encode())
    asked = ("--parity", compared) if compared else ()
    ran = docent("diff", "--databases", database, others, *asked, "--format", "json",
                 folder=tmp_path)  # fmt: skip
    assert outcome(ran) == tuple(expected)


def project() -> dict[str, str]:
    """The files of two migrations, of which the second gives the view another query."""
    return {
        "alembic.ini": INI,
        "migrations/env.py": USUAL_ENV,
        "migrations/versions/1_step.py": revision(1, f"{TABLE}; {VIEW.format(ALL)}"),
        "contracts/object_images.json": book(),
        "pyproject.toml": '[tool.docent]\nbase = "main"\nschemas = ["public"]\n',
    }


def second(now: str) -> dict[str, str]:
    return {"migrations/versions/2_step.py": revision(2, VIEW.format(now))}


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_pending(name: str, database: str, tmp_path: Path) -> None:
    now, compared, *expected = OUTCOMES[name]
    for path, text in {**project(), **second(now)}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    migrated(database, tmp_path, "1")
    fill(database, now)
    asked = ("--parity", compared) if compared else ()
    ran = docent("diff", "--pending", *asked, "--format", "json", folder=tmp_path,
                 settings={"DATABASE_URL": database})  # fmt: skip
    assert outcome(ran) == tuple(expected)


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_gate(name: str, database: str, tmp_path: Path) -> None:
    now, compared, *expected = OUTCOMES[name]
    history = History(tmp_path / "museum")
    history.commit(project())
    history.branch("work")
    history.commit(second(now))
    migrated(database, history.root, "1")
    fill(database, now)
    asked = ("--parity", compared) if compared else ()
    ran = docent("gate", *asked, "--format", "json", folder=history.root,
                 settings={"DATABASE_URL": database})  # fmt: skip
    assert outcome(ran) == tuple(expected)


def test_it_is_told_in_words(database: str, others: str, tmp_path: Path) -> None:
    for url, query in ((database, ALL), (others, NEXT)):
        with psycopg.connect(url) as connection:
            connection.execute(f"{TABLE}; {VIEW.format(query)}; {ROWS}".encode())
    with psycopg.connect(database) as connection:
        connection.execute(f"create view next as {NEXT}".encode())
    ran = docent("diff", "--databases", database, others, "--parity", SAME, folder=tmp_path)
    said = "public.object_images and public.next, which ask the same two queries, are the same"
    assert said in " ".join(ran.out.split())
    ran = docent("diff", "--databases", database, others, "--parity", f"next={SAME[14:]}",
                 folder=tmp_path)  # fmt: skip
    assert "were compared is evidence for no change" in " ".join(ran.out.split())


BAD = {
    "no key": ("object_images=next", "does not say which views are compared by which key"),
    "no second view": ("object_images:object_id", "does not say which views"),
    "two signs": ("a=b=c:object_id", "does not say which views"),
    "an empty key": ("object_images=next:object_id,", "does not say which views"),
    "nothing": ("", "does not say which views"),
    "a key twice": ("object_images=next:object_id,object_id", "a column of its key twice"),
    "no such view": ("object_images=nexd:object_id", "nexd"),
    "no such column": ("object_images=next:objekt_id", "objekt_id"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_message_and_two(name: str, database: str, tmp_path: Path) -> None:
    stated, message = BAD[name]
    with psycopg.connect(database) as connection:
        connection.execute(f"{TABLE}; {VIEW.format(ALL)}; create view next as {NEXT}".encode())
        connection.execute(b"insert into base values (1, 'a.jpg')")
    ran = docent("diff", "--databases", database, database, "--parity", stated, folder=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_without_rows_nothing_is_evidence(database: str, tmp_path: Path) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(f"{TABLE}; {VIEW.format(ALL)}; create view next as {NEXT}".encode())
    ran = docent("diff", "--databases", database, database, "--parity", SAME, folder=tmp_path)
    assert (ran.code, "Nothing was compared" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("diff", "a.json", "b.json"), "--parity goes with --databases and --pending."),
        (("gate", "--documents"), "--parity means nothing where no migration is run."),
        (("gate", "--policy", "seed-004"), "--parity means nothing where no migration is run."),
    ],
)
def test_where_it_means_nothing(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    ran = docent(*words, "--parity", SAME, folder=tmp_path)
    assert (ran.code, message in ran.err) == (2, True), ran.err


def test_the_gate_without_a_database_says_so(tmp_path: Path) -> None:
    history = History(tmp_path / "museum")
    history.commit({"contracts/object_images.json": book()})
    history.branch("work")
    ran = docent("gate", "--base", "main", "--parity", SAME, folder=history.root,
                 settings={"DOCENT_HOME": str(tmp_path / "nowhere")})  # fmt: skip
    assert ran.code == 2
    assert "There is no database in which the views of --parity could be compared" in ran.err
