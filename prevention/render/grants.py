"""Grants as SQL that can be run as it stands, or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from prevention.render.plain import count, one_line

if TYPE_CHECKING:
    from prevention.granting import Grants


def as_sql(grants: Grants) -> str:
    """The statements as one transaction, with what they cannot do in comments."""
    lines = [f"-- Rights in {one_line(grants.database)}, as the contracts give them."]
    lines += [
        f"-- The role {one_line(name)} is not there; --create-roles prints how to make it."
        for name in grants.absent
        if not any(each.startswith("CREATE ROLE") for each in grants.sql)
    ]
    lines += [
        f"-- Only whoever granted it can take this back: {one_line(each)}."
        for each in grants.elsewhere
    ]
    if grants.applied:
        lines += [f"-- {count(len(grants.sql), 'statement')} applied."]
    if not grants.sql:
        there = " for the roles that are there" if grants.absent else ""
        nothing = f"-- Nothing is missing{there}, and nothing is too much."
        lines += [] if grants.applied else [nothing]
        return "\n".join(lines) + "\n"
    body = [_line(each) for each in grants.sql]
    return "\n".join([*lines, "BEGIN;", *body, "COMMIT;"]) + "\n"


def _line(statement: str) -> str:
    """A statement with its end. A name with a line break in it stands as it is: it is quoted."""
    return f"{statement};"


def as_json(grants: Grants) -> str:
    """The statements, and what each side of the difference holds."""
    value = {
        "database": grants.database,
        "exit": grants.exit,
        "applied": grants.applied,
        "statements": list(grants.sql),
        "missing": [_right(each) for each in grants.gap.missing],
        "too_much": [_right(each.right) for each in grants.gap.too_much],
        "absent_roles": list(grants.absent),
        "granted_by_others": list(grants.elsewhere),
    }
    return json.dumps(value, indent=2) + "\n"


def _right(right: object) -> dict[str, object]:
    from detection.access.model import Right

    assert isinstance(right, Right)  # noqa: S101 - what a gap is made of
    target = right.target
    return {
        "role": right.role or "PUBLIC",
        "privilege": right.privilege,
        "on": target.kind,
        "schema": target.schema,
        "name": target.name or None,
        "column": target.column or None,
    }
