"""Write the reference pages from the code that they describe: ``python docs/generate.py``.

A test holds each page to what this would write now, so that a page cannot go stale.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

DOCS = Path(__file__).resolve().parent
REPOSITORY = DOCS.parent

PACKAGES = ("data_assets", "contracts", "detection", "prevention", "notebooks/docent")

JsonSchema = Mapping[str, Any]


def main() -> None:
    """Write every page, and say which ones changed."""
    for name, text in pages().items():
        page = DOCS / name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote docs/{name}\n")


def pages() -> dict[str, str]:
    """Return the text of each generated page, by file name."""
    return {
        "commands.md": commands_page(),
        "contract_spec.md": schema_page(
            "The book's contract spec",
            "Every key of a contract in the book's spec, `spec-version` 1.0.0, as "
            "`contracts/contract_spec.schema.json` has it.",
            read_schema("contracts/contract_spec.schema.json"),
        ),
        "report.md": schema_page(
            "The report of a check",
            "What `docent check --format json` prints, as `prevention/report.schema.json` has it. "
            "It only ever grows.",
            read_schema("prevention/report.schema.json"),
        ),
        "rules.md": rules_page(),
        "tree.md": tree_page(),
    }


def read_schema(path: str) -> JsonSchema:
    """Read a JSON Schema of the repository."""
    schema: JsonSchema = json.loads((REPOSITORY / path).read_text(encoding="utf-8"))
    return schema


def schema_page(title: str, introduction: str, schema: JsonSchema) -> str:
    """Describe every key of a JSON Schema in one table."""
    lines = [f"# {title}", "", introduction, "", "| key | type | meaning |", "|---|---|---|"]
    lines += [
        f"| `{path}`{' (required)' if required else ''} | {kind} | {meaning} |"
        for path, required, kind, meaning in described_keys(schema, schema, "")
    ]
    return "\n".join(lines) + "\n"


def described_keys(
    schema: JsonSchema, root: JsonSchema, prefix: str
) -> Iterator[tuple[str, bool, str, str]]:
    """Yield path, whether it is required, type and meaning of each key, outermost first."""
    required = schema.get("required", [])
    named = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        named["<name>"] = schema["additionalProperties"]
    for name, child in named.items():
        path = f"{prefix}{name}"
        meant = resolve(child, root)
        meaning = child.get("description", meant.get("description", ""))
        yield path, name in required, kind_of(meant), one_line(meaning)
        yield from described_keys(meant, root, f"{path}.")
        if isinstance(meant.get("items"), dict):
            yield from described_keys(resolve(meant["items"], root), root, f"{path}[].")


def resolve(schema: JsonSchema, root: JsonSchema) -> JsonSchema:
    """Follow a ``$ref`` within the document."""
    reference = schema.get("$ref")
    if not reference:
        return schema
    found: JsonSchema = root
    for key in str(reference).removeprefix("#/").split("/"):
        found = found[key]
    return found


def kind_of(schema: JsonSchema) -> str:
    """Put the type of a value into a few words."""
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    kind = schema.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def one_line(text: str) -> str:
    """Fold a text into one line that can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def commands_page() -> str:
    """Print the help of every command, in the order of ``docent --help``."""
    from prevention.cli import docent

    context = click.Context(docent, info_name="docent", terminal_width=90, max_content_width=90)
    lines = ["# Commands", "", "What `docent` and each of its commands say with `--help`.", ""]
    lines += ["```", docent.get_help(context), "```", ""]
    for name in docent.list_commands(context):
        command = docent.get_command(context, name)
        if command is None or command.hidden:
            continue
        below = click.Context(
            command, info_name=name, parent=context, terminal_width=90, max_content_width=90
        )
        lines += [f"## docent {name}", "", "```", command.get_help(below), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def tree_page() -> str:
    """List every module by its folder, with the first sentence of its docstring."""
    lines = ["# Every module", "", "What each says of itself, in the order of the data's way."]
    for package in PACKAGES:
        folders = sorted({path.parent for path in (REPOSITORY / package).rglob("*.py")})
        for folder in folders:
            told = [(path.name, told_of(path)) for path in sorted(folder.glob("*.py"))]
            rows = [f"| `{name}` | {one_line(text)} |" for name, text in told if text]
            heading = folder.relative_to(REPOSITORY).as_posix()
            lines += ["", f"## {heading}/", "", "| module | what it is |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def told_of(path: Path) -> str:
    """Return the first paragraph of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n")[0]


def rules_page() -> str:
    """Print the page of every rule: its id, its level, and its docstring."""
    from detection.rules import RULES

    lines = ["# Rules", "", "Every way in which `docent check` finds a promise broken.", ""]
    for rule in RULES:
        lines += [f"## {rule.id}", "", f"Level: **{rule.level}**.", "", rule.page, ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
