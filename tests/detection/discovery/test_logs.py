"""Statements out of logs: the three forms, several prefixes, and what is no statement."""

from __future__ import annotations

import json

import pytest

from detection.discovery.logs import Logged, statements_in

SQL = "select email\n\tfrom crm.signups"


@pytest.mark.parametrize(
    ("prefix", "user", "database", "application"),
    [
        ("2026-01-01 10:00:00.000 UTC [7] ", "", "", ""),
        ("2026-01-01 10:00:00.000 UTC [7] ada@museum ", "ada", "museum", ""),
        ("2026-01-01 10:00:00 UTC:10.0.0.1(5432):ada@museum:[7]:", "ada", "museum", ""),
        (
            "2026-01-01 10:00:00 UTC [7]: user=ada,db=museum,app=psql,client=::1 ",
            "ada",
            "museum",
            "psql",
        ),
        ("2026-01-01 10:00:00 UTC: user=ada,db=museum ", "ada", "museum", ""),
        ("2026-01-01 10:00:00 CET: DEBUG9: [7] ada@museum ", "ada", "museum", ""),
        ("2026-01-01 [7] user=[unknown],db=[unknown],app=[unknown],client=::1 ", "", "", ""),
        ("2026-01-01 [7] [unknown]@museum ", "", "museum", ""),
        ("2026-01-01 [7] user=ada,db=museum,app=[unknown] ", "ada", "museum", ""),
        ('2026-01-01 [7] "odd user"@museum ', "odd user", "museum", ""),
        ('2026-01-01 [7] "odd user"@"a museum" ', "odd user", "a museum", ""),
        (
            '2026-01-01 [7] user="odd, user",db="a museum",app="Tableau, 1" ',
            "odd, user",
            "a museum",
            "Tableau, 1",
        ),
        (
            "2026-01-01 [7] user=ada,db=museum,app=Tableau 2026,client=::1 ",
            "ada",
            "museum",
            "Tableau 2026",
        ),
    ],
)
def test_the_lines_of_stderr(prefix: str, user: str, database: str, application: str) -> None:
    lines = [
        f"{prefix}LOG:  duration: 1.250 ms  statement: select email\n",
        "\tfrom crm.signups\n",
        f"{prefix}LOG:  checkpoint starting: time\n",
        f'{prefix}ERROR:  syntax error at or near "x"\n',
        f"{prefix}STATEMENT:  select x from crm.signups\n",
        f"{prefix}NOTICE:  statement: select y from crm.signups\n",
        f"{prefix}LOG:  execute <unnamed>: select 1\n",
        f"{prefix}DETAIL:  parameters: $1 = 'ada@met.org'\n",
    ]
    assert list(statements_in(lines)) == [
        Logged(1, user, database, application, "select email\n\tfrom crm.signups"),
        Logged(7, user, database, application, "select 1"),
    ]


def test_jsonlog_and_what_is_no_json() -> None:
    def line(**said: object) -> str:
        usual = {"user": "ada", "dbname": "museum", "error_severity": "LOG"}
        return json.dumps(usual | said) + "\n"

    lines = [
        line(message=f"statement: {SQL}", application_name="psql"),
        "{broken\n",
        line(message="statement: select 2", error_severity="ERROR"),
        line(message="connection authorized: user=ada"),
        line(message="execute S_1/C_2: select 3"),
    ]
    assert list(statements_in(lines)) == [
        Logged(1, "ada", "museum", "psql", SQL),
        Logged(5, "ada", "museum", "", "select 3"),
    ]


def test_csvlog_with_a_statement_of_several_lines() -> None:
    def row(message: str, level: str = "LOG") -> str:
        cells = ["2026-01-01 10:00:00.000 UTC", "ada", "museum", "7", "", "x", "1", "SELECT", "", "",  # noqa: E501
                 "0", level, "00000", message, *[""] * 8, "psql", "client backend", "", "0"]  # fmt: skip  # noqa: E501
        return ",".join('"' + cell.replace('"', '""') + '"' if cell else "" for cell in cells)

    text = "\n".join(
        ["2026-01-01 10:00:00.000 UTC" + row(f"statement: {SQL} where \"x\" = ''")[29:],
         "2026,too,short", row("statement: select 2", "ERROR"), row("statement: select 3")]
    )  # fmt: skip
    found = list(statements_in(text.splitlines(keepends=True)))
    assert [(each.line, each.user, each.application, each.sql) for each in found] == [
        (1, "ada", "psql", f"{SQL} where \"x\" = ''"),
        (5, "ada", "psql", "select 3"),
    ]


@pytest.mark.parametrize("text", ["", "\n", "no log at all\n", "{}\n", '"', "\ufeff", "\0\0\n"])
def test_what_is_no_log_has_no_statement(text: str) -> None:
    assert list(statements_in(text.splitlines(keepends=True))) == []
