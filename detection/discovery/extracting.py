"""The texts in a file of a repository that can be SQL, each with its line. Parsing tells if one is.

Looked at are ``.sql`` (dbt's templates too), the strings of ``.py``, every text in ``.yml`` and
``.yaml``, the cells of notebooks, and every text in ``.json``, such as dashboards that Metabase,
Grafana or Superset exported, with their parameters.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

from contracts.parser import tokens_of
from detection.discovery.statements import looks_like_sql

ENDINGS: Final = (".sql", ".py", ".yml", ".yaml", ".ipynb", ".json")
VALUE: Final = "docent_value"
"""What stands for a value or a name that is put in only when the program runs."""

Found = tuple[int, str]
"""A line (of a notebook, a cell), counted from 1, and a text that begins there."""

_REF: Final = re.compile(r"\{\{-?\s*(?:ref|source)\s*\((?P<names>[^)]*)\)\s*-?\}\}", re.IGNORECASE)
_NAME: Final = re.compile(r"""["']([^"']+)["']""")
_OUTPUT: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LOGIC: Final = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{-?\s*config\s*\(.*?\)\s*-?\}\}", re.DOTALL)
_BRACES: Final = re.compile(r"\{[^{}\n]*\}")
_PERCENT: Final = re.compile(r"%\(\w+\)s")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"(?P<key>\s*:)?', re.DOTALL)
_MACRO: Final = re.compile(r"\$__\w+(?=\()")
_VARIABLE: Final = re.compile(r"\$\{[^{}]*\}|\$[A-Za-z_]\w*(?![\w$])|\[\[\w+\]\]")
_OPTIONAL: Final = re.compile(r"\[\[((?:(?!\]\]).)*?\{\{.*?)\]\]", re.DOTALL)
_DEEPEST: Final = 3
"""How deep JSON may be a text in JSON, as dashboards have it."""


def texts_in(path: str, text: str) -> Iterator[Found]:
    """The texts in a file that begin like SQL, by what the file's name ends in."""
    ending = PurePosixPath(path).suffix.lower()
    if ending == ".sql":
        yield from statements_of(text)
    elif ending == ".py":
        yield from _of_python(text)
    elif ending in (".yml", ".yaml"):
        yield from _of_yaml(text)
    elif ending == ".ipynb":
        yield from _of_notebook(text)
    elif ending == ".json":
        yield from _of_json(text)


def statements_of(text: str, line: int = 1) -> Iterator[Found]:
    """The statements of a script, dbt's templates filled in by the names of what they refer to."""
    from sqlglot.errors import SqlglotError
    from sqlglot.tokenizer_core import TokenType

    filled = _filled(text)
    try:
        tokens = tokens_of(filled)
    except SqlglotError:
        return
    start: int | None = None
    end = 0
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            if start is not None:
                yield from _if_sql(line + filled.count("\n", 0, start), filled[start:end])
            start = None
            continue
        start = token.start if start is None else start
        end = token.end + 1
    if start is not None:
        yield from _if_sql(line + filled.count("\n", 0, start), filled[start:end])


def _filled(text: str) -> str:
    """A template with as many lines, and a name for each thing that is put in."""

    def named(found: re.Match[str]) -> str:
        names = _NAME.findall(found["names"])
        return ".".join(f'"{name}"' for name in names[-2:]) or VALUE

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    return _OUTPUT.sub(VALUE, _LOGIC.sub(blank, _REF.sub(named, text)))


def _if_sql(line: int, text: str) -> Iterator[Found]:
    if looks_like_sql(text):
        yield line, text


def _of_python(text: str, line: int = 1) -> Iterator[Found]:
    """The strings of a program, but for the documentation of its parts."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    inner: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if isinstance(node, ast.JoinedStr):
            inner |= {id(each) for each in ast.walk(node)}
            yield from _of_string(line + node.lineno - 1, _joined(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _of_string(line + node.lineno - 1, node.value)


def _joined(node: ast.JoinedStr) -> str:
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values
    )


def _of_string(line: int, text: str) -> Iterator[Found]:
    if looks_like_sql(text):
        yield from statements_of(_PERCENT.sub("%s", _BRACES.sub(VALUE, text)), line)


def _of_yaml(text: str) -> Iterator[Found]:
    """Every text in a document of YAML, wherever it stands; a template may be no YAML at all."""
    import yaml

    try:
        for node in yaml.compose_all(text, Loader=yaml.SafeLoader):
            yield from _of_node(node, set())
    except (yaml.YAMLError, RecursionError, ValueError):
        return


def _of_node(node: Any, seen: set[int]) -> Iterator[Found]:
    import yaml

    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        block = node.style in ("|", ">")
        if looks_like_sql(node.value):
            yield from statements_of(node.value, node.start_mark.line + (2 if block else 1))
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _of_node(each, seen)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _of_node(value, seen)


def _of_json(text: str, deep: int = 1) -> Iterator[Found]:
    """Every text in a document of JSON that is no key, also in JSON that is itself such a text."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return
    line = at = 0
    for found in _STRING.finditer(text):
        line, at = line + text.count("\n", at, found.start()), found.start()
        if found["key"]:
            continue
        value = str(json.loads(found[0]))
        if value.lstrip()[:1] in ("{", "[") and deep < _DEEPEST:
            yield from ((line + 1, each) for _, each in _of_json(value, deep + 1))
        elif looks_like_sql(value):
            yield from ((line + 1, each) for _, each in statements_of(_of_dashboard(value)))


def _of_dashboard(query: str) -> str:
    """A dashboard's query with a name for each parameter; a clause that is optional is there."""
    query = _OPTIONAL.sub(r" \1 ", query)
    return _VARIABLE.sub(VALUE, _MACRO.sub(VALUE, query))


def _of_notebook(text: str) -> Iterator[Found]:
    """The cells of a notebook: programs, and those of SQL alone; by the number of the cell."""
    try:
        cells = json.loads(text).get("cells", ())
        sources = [
            (number, cell["source"])
            for number, cell in enumerate(cells, 1)
            if cell.get("cell_type") == "code" and "source" in cell
        ]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return
    for number, source in sources:
        code = "".join(source) if isinstance(source, list) else str(source)
        first, _, rest = code.partition("\n")
        if first.lstrip().startswith("%%"):
            if "sql" in first.lower():
                yield from ((number, each) for _, each in statements_of(rest))
            continue
        lines = code.split("\n")
        kept = ["" if each.lstrip().startswith(("%", "!")) else each for each in lines]
        yield from ((number, each) for _, each in _of_python("\n".join(kept)))
