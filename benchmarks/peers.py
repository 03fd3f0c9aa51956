"""Ours beside what others use: the same two contracts, and the same promises about a large table.

Whole processes, as somebody starts them. Both read ODCS, and so both read the same files; Soda
gets the same promises in its own words. Where a program cannot hold one of them, its row says so.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from psycopg.conninfo import conninfo_to_dict

from benchmarks.environments import SILENT, program
from benchmarks.measure import Measurement, measure
from benchmarks.quality import ROWS, fill

TABLES, COLUMNS, CHANGED = 50, 20, 5
KINDS: Final = (
    ("string", "varchar(40)"),
    ("integer", "integer"),
    ("number", "numeric(10,2)"),
    ("timestamp", "timestamptz"),
)
OWNER: Final = {
    "name": "Archive",
    "members": [{"username": "archive@museum.org", "role": "owner"}],
}


# ------------------------------------------------------------------ two contracts


def breaking(environment: Mapping[str, str], folder: Path) -> Measurement:
    """``docent diff`` beside what judges the same pair."""
    return _beside_pair(environment, folder, "breaking", 1)


def changelog(environment: Mapping[str, str], folder: Path) -> Measurement:
    """``docent diff`` beside what lists the differences of the same pair."""
    return _beside_pair(environment, folder, "changelog", 0)


def _beside_pair(
    environment: Mapping[str, str], folder: Path, command: str, code: int
) -> Measurement:
    name, theirs = program("datacontract", folder / "peers", environment)
    pair = folder / "pair"
    documents = [_write(pair / "old.odcs.yaml", rooms("1.0.0", changed=0)),
                 _write(pair / "new.odcs.yaml", rooms("2.0.0", changed=CHANGED))]  # fmt: skip
    here = _alone(environment, pair)
    return measure(
        f"`docent diff`, {TABLES} tables of {COLUMNS} columns, {CHANGED} of them changed",
        lambda: _run(here, pair, 1, _docent(), "diff", *documents),
        f"`datacontract {command}` ({name})",
        lambda: _run(here, pair, code, theirs, command, *documents),
    )


def rooms(version: str, *, changed: int) -> dict[str, Any]:
    """A contract of an archive, some of whose rooms have changed in four ways each."""
    tables = [room(number, changed=number < changed) for number in range(TABLES)]
    return {**_head("archive-rooms", version), "schema": tables}


def room(number: int, *, changed: bool) -> dict[str, Any]:
    """A table of it: changed, it lost a column, gained one, and has another type and a null."""
    columns: list[dict[str, Any]] = [
        {"name": f"column_{place}", "logicalType": logical, "physicalType": physical,
         "required": True, "description": "What the registrar noted."}
        for place in range(COLUMNS)
        for logical, physical in [KINDS[place % len(KINDS)]]
    ]  # fmt: skip
    if changed:
        columns[3] |= {"logicalType": "date", "physicalType": "date"}
        columns[4] |= {"required": False}
        columns[-1] = {"name": "note", "logicalType": "string", "physicalType": "text"}
    return {"name": f"room_{number}", "physicalName": f"room_{number}", "physicalType": "table",
            "description": "One room of the archive.", "properties": columns}  # fmt: skip


# ------------------------------------------------------------------ rows


def rows_beside_soda(environment: Mapping[str, str], url: str, folder: Path) -> Measurement:
    """``docent check`` on a large table beside ``soda contract verify``: the same ten promises."""
    name, theirs = program("soda", folder / "peers", environment)
    server = _server(url)
    place = folder / "beside-soda"
    source = _write(place / "source.yml", {
        "type": "postgres", "name": "bench",
        "connection": {"host": server["host"], "port": int(server["port"]),
                       "database": server["dbname"], "user": server["user"],
                       "password": server["password"]},
    })  # fmt: skip
    contract = _write(place / "signups.soda.yml", soda_signups(server["dbname"]))
    return _beside_rows(
        environment, url, place, f"`soda contract verify` ({name})",
        (str(theirs), "contract", "verify", "-ds", source, "-c", contract),
    )  # fmt: skip


def rows_beside_datacontract(environment: Mapping[str, str], url: str, folder: Path) -> Measurement:
    """``docent check`` on a large table beside ``datacontract test``, which knows nine of ten."""
    name, theirs = program("datacontract", folder / "peers", environment)
    server = _server(url)
    place = folder / "beside-datacontract"
    document = signups()
    document["servers"] = [{
        "server": "bench", "type": "postgres", "host": server["host"],
        "port": int(server["port"]), "database": server["dbname"], "schema": "public",
    }]  # fmt: skip
    contract = _write(place / "signups.odcs.yaml", document)
    known = {
        "DATACONTRACT_POSTGRES_USERNAME": server["user"],
        "DATACONTRACT_POSTGRES_PASSWORD": server["password"],
    }
    return _beside_rows(
        {**environment, **known}, url, place,
        f"`datacontract test` ({name}), nine of them: it measures no arrival delay",
        (str(theirs), "test", contract),
    )  # fmt: skip


def _beside_rows(
    environment: Mapping[str, str], url: str, place: Path, baseline: str, theirs: tuple[str, ...]
) -> Measurement:
    fill(url)
    ours = _write(place / "ours" / "signups.odcs.yaml", signups())
    here = {**_alone(environment, place), "DATABASE_URL": url}
    return measure(
        f"`docent check`, ten promises about rows, a table of {ROWS:,} rows",
        lambda: _run(here, place, 0, _docent(), "check", ours, "--time-limit", "600"),
        baseline,
        lambda: _run(here, place, 0, *theirs),
        rounds=3,
    )


def _invalid(**arguments: object) -> dict[str, Any]:
    return {"quality": [{"metric": "invalidValues", "arguments": arguments, "mustBe": 0}]}


def signups() -> dict[str, Any]:
    """Eight checks and two service levels, in ODCS."""
    kinds = {
        "signup_id": ("integer", "bigint"), "email": ("string", "text"),
        "signup_source": ("string", "text"), "country_code": ("string", "text"),
        "price": ("number", "numeric(8,2)"), "score": ("number", "double precision"),
        "created_at": ("timestamp", "timestamptz"), "landed_at": ("timestamp", "timestamptz"),
    }  # fmt: skip
    promised: dict[str, dict[str, Any]] = {
        "signup_id": {"required": True},
        "email": {"quality": [
            {"metric": "nullValues", "unit": "percent", "mustBeLessThan": 1},
            {"metric": "missingValues", "arguments": {"missingValues": [None, "", "n/a"]},
             "mustBeLessThan": ROWS},
            {"metric": "invalidValues", "arguments": {"pattern": "@"}, "mustBe": 0},
        ]},
        "country_code": {"logicalTypeOptions": {"minLength": 2, "maxLength": 2}},
        "price": {"logicalTypeOptions": {"minimum": 0, "maximum": 1000}},
        "signup_source": _invalid(validValues=["web", "mobile", "api", "partner"]),
        "score": {"quality": [{"type": "sql", "query": "select avg(score) from signups",
                               "mustBeGreaterThan": 0}]},
    }  # fmt: skip
    columns = [
        {"name": name, "logicalType": logical, "physicalType": physical, **promised.get(name, {})}
        for name, (logical, physical) in kinds.items()
    ]
    table = {"name": "signups", "physicalName": "signups", "physicalType": "table",
             "properties": columns,
             "quality": [{"metric": "rowCount", "mustBeGreaterThan": 0}]}  # fmt: skip
    levels = [
        {"property": "freshness", "value": 36500, "unit": "d", "element": "signups.created_at"},
        {"property": "latency", "value": 36500, "unit": "d",
         "element": "signups.created_at, signups.landed_at"},
    ]  # fmt: skip
    return {**_head("signups", "1.0.0"), "schema": [table], "slaProperties": levels}


def soda_signups(database: str) -> dict[str, Any]:
    """The same ten in Soda's words."""

    def invalid(**facts: object) -> dict[str, Any]:
        return {"invalid": {**facts, "threshold": {"must_be": 0}}}

    delay = "max(extract(epoch from landed_at - created_at))"
    table = [
        {"row_count": {"threshold": {"must_be_greater_than": 0}}},
        {"freshness": {"column": "created_at", "unit": "day",
                       "threshold": {"must_be_less_than": 36500}}},
        {"metric": {"expression": delay, "threshold": {"must_be_less_than": 36500 * 86400}}},
    ]  # fmt: skip
    columns: dict[str, list[dict[str, Any]]] = {
        "email": [
            {"missing": {"threshold": {"metric": "percent", "must_be_less_than": 1}}},
            {"missing": {"qualifier": "filled", "missing_values": ["", "n/a"],
                         "threshold": {"must_be_less_than": ROWS}}},
            invalid(valid_format={"name": "an address", "regex": "@"}),
        ],
        "signup_source": [invalid(valid_values=["web", "mobile", "api", "partner"])],
        "country_code": [invalid(valid_min_length=2, valid_max_length=2)],
        "price": [invalid(valid_min=0, valid_max=1000)],
        "score": [{"aggregate": {"function": "avg", "threshold": {"must_be_greater_than": 0}}}],
        "created_at": [],
        "landed_at": [],
    }  # fmt: skip
    return {
        "dataset": f"bench/{database}/public/signups",
        "checks": table,
        "columns": [
            {"name": name} | ({"checks": checks} if checks else {})
            for name, checks in columns.items()
        ],
    }


# ------------------------------------------------------------------ around both


def _head(name: str, version: str) -> dict[str, Any]:
    return {"apiVersion": "v3.1.0", "kind": "DataContract", "id": name, "name": name,
            "version": version, "status": "active", "team": OWNER}  # fmt: skip


def _server(url: str) -> dict[str, str]:
    """The parts of an address; a password only for those who insist on being given one."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return {"port": "5432", "user": "postgres", "password": "none", **parts}


def _write(path: Path, document: object) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return str(path)


def _alone(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """An environment in which no settings of the person who measures are found."""
    return {**environment, **SILENT, "HOME": str(folder)}


def _docent() -> Path:
    return Path(sys.executable).with_name("docent")


def _run(
    environment: Mapping[str, str], folder: Path, code: int, command: str | Path, *words: str
) -> None:
    """Run a command, which must end with this code."""
    done = subprocess.run(
        [str(command), *words], cwd=folder, env=dict(environment),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != code:
        told = f"{done.stdout}{done.stderr}"[-2000:]
        raise RuntimeError(f"{command} ended with {done.returncode}, not {code}:\n{told}")
