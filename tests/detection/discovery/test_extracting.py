"""The SQL in files: scripts, templates, strings of programs, YAML, notebooks; and what is none."""

from __future__ import annotations

import json

import pytest

from detection.discovery.extracting import texts_in

CELLS = [
    {"cell_type": "markdown", "source": "select this"},
    {"cell_type": "code", "source": ["%load_ext sql\n", "rows = sql('select a from t')\n"]},
    {"cell_type": "code", "source": "%%sql\nselect b from t;\n"},
    {"cell_type": "code", "source": "%%bash\nselect c from t"},
]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.sql",
            "select 1;\n\n-- select 2\nselect ';' from t;;",
            [(1, "select 1"), (4, "select ';' from t")],
        ),
        ("A.SQL", "Read me; select x from t", [(1, "select x from t")]),
        (
            "m.sql",
            "{{ config(materialized='view') }}\n{% if x %}\nselect a from {{ ref('stg') }}\n{% endif %}",  # noqa: E501
            [(3, 'select a from "stg"')],
        ),
        (
            "m.sql",
            "{% set x = 1 %}\nselect a from {{ ref('stg') }} join {{ source('crm', 'signups') }}",
            [(2, 'select a from "stg" join "crm"."signups"')],
        ),
        ("m.sql", "{% set x =\n  1 %}\nselect a from t", [(3, "select a from t")]),
        ("x.sql", "select 'never closed", []),
        ("p.py", 'q = "select a from t"\n', [(1, "select a from t")]),
        ("p.py", 'q = ("select a "\n     "from t")\n', [(1, "select a from t")]),
        (
            "p.py",
            'x = 1\nq = f"select {c} from t where id = {i!r}"\n',
            [(2, "select docent_value from t where id = docent_value")],
        ),
        (
            "p.py",
            'q = sql.SQL("select {} from t where id = %(id)s")',
            [(1, "select docent_value from t where id = %s")],
        ),
        ("p.py", 'x = "we select the best"\ny = "selection"\n', []),
        ("p.py", "def broken(:\n", []),
        ("d.yml", "cards:\n  - title: t\n    query: select a from t\n", [(3, "select a from t")]),
        ("d.yaml", "sql: |\n  select a\n  from t\n", [(2, "select a\n  from t".replace("  ", ""))]),
        ("d.yaml", "a: &x {q: select 1}\nb: *x\n", [(1, "select 1")]),
        ("d.yaml", "a: [unclosed\n", []),
        ("d.yaml", "{{ template }}: {%\n", []),
        ("n.ipynb", json.dumps({"cells": CELLS}), [(2, "select a from t"), (3, "select b from t")]),
        ("n.ipynb", "{", []),
        ("n.ipynb", "[]", []),
        ("readme.md", "select a from t", []),
    ],
)
def test_the_texts_in_a_file(path: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert list(texts_in(path, text)) == expected
