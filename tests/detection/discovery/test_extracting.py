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
METABASE = "select a from t where b = {{b}} [[and c = {{c}}]] and {{created_at}}"
GRAFANA = (
    "select $__timeGroup(at, $__interval), sum(a) from t where $__timeFilter(at) "
    "and b in (${b:csv}) and c = '$c' and d = [[d]] and e = $1"
)
PANEL = (
    "select docent_value(at, docent_value), sum(a) from t where docent_value(at) "
    "and b in (docent_value) and c = 'docent_value' and d = docent_value and e = $1"
)


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
        (
            "d.json",
            '{"sql": "select a from t",\n "title": "select what you like"}',
            [(1, "select a from t"), (2, "select what you like")],
        ),  # what is none, parsing tells
        (
            "d.json",
            '{"select a from t": 1, "x" : "no", "y": ["we select", "selection", 1, null]}',
            [],
        ),
        (
            "d.json",
            '{"sql": "select a from t; select b from t"}',
            [(1, "select a from t"), (1, "select b from t")],
        ),
        ("d.json", '{"sql": "select a\\nfrom t"}', [(1, "select a\nfrom t")]),
        (
            "d.json",
            '{"sql": "select \\"a\\" from t where x = \'\\u00e9\'"}',
            [(1, "select \"a\" from t where x = '\u00e9'")],
        ),
        (
            "metabase.json",
            json.dumps({"dataset_query": {"native": {"query": METABASE}}}, indent=1),
            [(4, "select a from t where b = docent_value  and c = docent_value  and docent_value")],
        ),
        (
            "grafana.json",
            json.dumps({"panels": [{"targets": [{"rawSql": GRAFANA}]}]}),
            [
                (
                    1,
                    PANEL,
                )
            ],
        ),
        (
            "superset.json",
            json.dumps({"params": json.dumps({"sql": "select a from {{ x }}"})}),
            [(1, "select a from docent_value")],
        ),
        ("d.json", json.dumps({"a": "[not json", "b": "{{ template }}"}), []),
        (
            "d.json",
            json.dumps("select array[[1,2],[3,4]], a[1] from t [[where b = {{c}}]]"),
            [(1, "select array[[1,2],[3,4]], a[1] from t  where b = docent_value")],
        ),
        (
            "d.json",
            json.dumps("select $$text$$, $tag$text$tag$ from t"),
            [(1, "select $$text$$, $tag$text$tag$ from t")],
        ),
        ("d.json", '{"sql": "select a from t"', []),
        ("d.json", "", []),
        ("d.json", "[" * 100_000, []),
        ("d.jsonl", '{"sql": "select a from t"}', []),
        ("readme.md", "select a from t", []),
    ],
)
def test_the_texts_in_a_file(path: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert list(texts_in(path, text)) == expected
