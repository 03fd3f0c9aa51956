"""A notebook's cell, run without a notebook."""

from __future__ import annotations

import ast
from typing import Any

import docent
from docent.exercise import Outcome


def run(cell: str) -> Outcome:
    """What a cell's last line shows, in a notebook that has imported all that docent exports."""
    module = ast.parse(cell)
    last = module.body.pop()
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {name: getattr(docent, name) for name in docent.__all__}
    exec(compile(module, "a cell", "exec"), names)
    shown = eval(compile(ast.Expression(last.value), "a cell", "eval"), names)
    outcome: Outcome = shown.subject
    return outcome
