"""A sandbox and a database that is not ours, each with sign-ups and a contract about them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg

from tests.prevention.running import DOCENT, environment

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: lead
name: lead
domain: crm
version: 1.2.0
status: active
team: {name: CRM, members: [{username: crm@museum.example, role: owner}]}
schema:
  - name: signups
    physicalName: crm.signups
    properties:
      - {name: signup_id, logicalType: integer, physicalType: integer}
      - {name: email, logicalType: string, physicalType: text}
      - {name: created_at, logicalType: timestamp, physicalType: timestamp with time zone}
slaProperties:
  - {property: freshness, value: 5, unit: minutes, element: signups.created_at}
  - {property: availability, value: 99.5, unit: percent}
"""
SIGNUPS = """
create schema crm;
create table crm.signups (signup_id integer, email text, created_at timestamptz);
insert into crm.signups
  select n, n || '@guide.example', '2026-01-15 12:00+00'::timestamptz - n * interval '1 minute'
  from generate_series(1, 100) as n;
create table crm.campaigns (campaign_id integer);
"""
FRESH, STALE = "2026-01-15T12:02", "2026-01-15T13:00"
"""Times at which the newest sign-up, of one minute before noon, is fresh enough, and is not."""


def run_sql(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def mark(url: str) -> None:
    """Make a sandbox of the database."""
    run_sql(url, "do $$ begin execute format('comment on database %I is %L', "
                 "current_database(), 'docent sandbox'); end $$")  # fmt: skip


def write_contract(folder: Path) -> None:
    (folder / "contracts").mkdir(exist_ok=True)
    (folder / "contracts" / "lead.yaml").write_text(CONTRACT)


def started(folder: Path, settings: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    """``docent`` as a process that goes on."""
    return subprocess.Popen(
        [*DOCENT, *arguments],
        cwd=folder,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
