"""Write the reference pages from the code that they describe: ``python docs/generate.py``.

A test holds each page to what this would write now, so that a page cannot go stale.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

DOCS = Path(__file__).resolve().parent
REPOSITORY = DOCS.parent

PACKAGES = ("data_assets", "contracts", "detection", "prevention", "notebooks/docent")

RULES_INTRODUCTION = (
    "Every rule by which `docent check` speaks up: where a promise is broken, where nobody "
    "promised what is there, and where nobody can be asked."
)

GATE_INTRODUCTION = (
    "What `docent gate` finds beside changes and broken promises: migrations that no contract "
    "speaks of, versions, acknowledgements."
)

ODCS_INTRODUCTION = """\
# Contracts in ODCS

The [Open Data Contract Standard](https://bitol-io.github.io/open-data-contract-standard/) is read
as v3.0, v3.1 and v3.2, and written as v3.1.0, or as v3.2.0 where a contract needs a key that only
that version has, or was written in it.

All that a contract can say here comes back from a document of ODCS as it was. What the standard
has a key for stands in that key; the rest stands in `customProperties` under the names below. What
a document says and nothing here holds (a price, an encrypted name, custom properties of other
tools) is kept, and written back to where it was. A custom property of another tool that has one of
the names below is told apart by `docent:` before its name.

A document is held against the official JSON Schema of v3.2, and refused too for what the schema
lets pass and nobody can mean: a `physicalType` that no system has (of Postgres, where a server of
that kind is named), a `version` that is neither semver nor a whole number, a `status` other than
{states}, a table or column that is there twice, and custom properties of the names below whose
value is of another form. Where the schema is at odds with the prose of the standard, the prose
holds: `null` is a key left out, and a property needs no logical type.

A document that is read and written again is the same but for this:

- keys stand in the order of the standard; `null`, empty lists and comments are gone;
- types are spelled as Postgres prints them (`int4` is `integer`), and have a `logicalType`;
- `type: library` and `type: foreignKey` are written out, and a column's relationships stand at
  its table;
- a service level that names no element names that of `slaDefaultElement`, where there is one;
- a `physicalName` that is the `name`, and a `primaryKeyPosition` of a column outside the key, are
  left out;
- a check of v3.0 whose `rule` the standard has no metric for is a check in prose, which holds it
  in the custom property `check`.
"""

DIALECTS_INTRODUCTION = """\
# The dialects

A contract can be written in several ways; each is read into the same model, and each has words
for a part of it. A document belongs to the dialect whose mark it bears:

| dialect | its mark | read | written | what identifies a contract |
|---|---|:-:|:-:|---|
| book | `spec-version` | ✓ | ✓ | `namespace/name` |
| odcs | `apiVersion`, `kind: DataContract` | ✓ | ✓ | `domain/name`, else `id` |
| soda | `dataset` and `columns` | ✓ | ✓ | `dataset` |
| one_pager | `contract` or `contract_name` | ✓ | | its name |
| models | `models`, by their names | ✓ | | `name`, else `id`, else the only model |
| dbt | `models`, in a list | ✓ | ✓ | the model's name |
| JSON Schema | | | ✓ | |

`docent convert FILE --to odcs` (or `book`, `soda`, `dbt`, `jsonschema`) writes a contract in
another dialect, and names on standard error each property that could not be carried over, and each
that came in: Soda has no NOT NULL, so a check that no value is missing is written in its place.
Nothing is listed by hand: the new text is read back and compared with the contract. With
`--format json` the text and both lists are one object. In Python:

```python
from contracts.conversion import convert
from contracts.loading import load

converted = convert(load("contracts/object_images_contract_spec.json"), "soda")
converted.text, converted.left_behind, converted.added
```

## Keys of your own

The book's spec has no other keys than its own. Every other dialect may have more: a key that is not
known is kept, as a `custom` property. A key that is very near to a known one (`colums`) is taken
for a slip and refused with the right one, unless the right one is there as well. An editor that
knows JSON Schema can use the forms of [soda](../contracts/dialects/soda.schema.json),
[one_pager](../contracts/dialects/one_pager.schema.json),
[models](../contracts/dialects/models.schema.json) and [dbt](../contracts/dialects/dbt.schema.json).
[ODCS](odcs.md) and [the book's spec](contract_spec.md) have pages of their own.

## What each takes the words for

- **Types.** The book, Soda and dbt name types of the database. On one page, and with models, the
  words `string`, `text`, `varchar`, `number`, `decimal`, `timestamp`, `time` and `object` say what
  a value is: `varchar(20)` and `text` both keep `string`. `int`, `long`, `double`, `varchar(20)`,
  `uuid`, `timestamptz` and all other types of Postgres are meant exactly.
- **Checks are no constraints.** Soda's `missing: must_be: 0` and dbt's test `not_null` say that no
  row lacks a value today. dbt's constraint `not_null`, `required: true` and `not_null` on one page
  promise that the column is NOT NULL.
- **A one-page contract names no table.** `table: crm.signups` in the document does, or the project:

  ```toml
  [tool.docent.bind]
  salesforce_lead_v2 = "crm.signups"
  ```

  Without either it can be read, and not checked against a database. What the document says stands.
- **Soda's dataset** is `schema.table`, or `source/schema/table`; what stands before the schema is a
  label. Its check `schema` says whether more columns, and another order, are borne with. A column
  that is `optional` may be missing.
- **A file of dbt with several models is several contracts**, each enforced, versioned and owned by
  itself; the file has no name that could identify one. **A document with several models is one
  contract with several tables**: they share a version, an owner and an end. It needs a `name`.
- **Versions.** A bare whole number N is N.0.0. Soda has none.
- **A text that has lost its indentation**, as one does that is copied from a web page, is refused
  with the line to indent. `completeness: >= 99.5%` needs quotes, since `>` begins a block of text.

## What each can say

A tick: the dialect has words for it. Every dialect has a specimen that says all it can, in
[specimens](specimens); the table is what reading them fills. For JSON Schema it is what is left of
the fullest contract. What is without a tick is named when a contract is converted.
"""

SPECIMENS = {
    "book": "book.json",
    "odcs": "odcs.yaml",
    "soda": "soda.yaml",
    "one_pager": "one_pager.yaml",
    "models": "models.yaml",
    "dbt": "dbt.yml",
}
UNTOLD = ("name", "dialect", "spec_version", "tables", "columns", "custom", "storage", "checks")
"""Fields that every dialect has, that are no promise, or that have rows of their own."""

JsonSchema = Mapping[str, Any]

CHANGES_INTRODUCTION = """\
What `docent diff` and `docent gate` say of a change between two contracts, or two databases. Each
change is judged for those who read the data and for those who write it; the worse of the two
counts.

- **breaking**: a major version.
- **conditional**: breaking, unless declared evidence says otherwise. Without any it counts as
  breaking.
- **additive**: a minor version.
- **patch**: a patch version; no data is touched.
- **invalid**: the new document contradicts itself or its parent. Nothing excuses it.

A contract can state stricter rules of its own under `compatibility`, by the names here
(`column-added: not allowed`); laxer ones change nothing. Evidence is what a registered consumer
can bear, what a contract declares (`meaning: unchanged` under `compatibility`, in the very version
that changes it, or entries under `evidence` that name rule and version), and what its queries show.

Each registered query is put to both databases. One that fails, returns something else than before
or takes too long shows the harm, and an open question is settled as breaking. Where all that a
change does to readers can be seen in the rows of today (its page speaks of a parity result), it is
settled as additive for them by queries that return the same, in the same types: of every
consumer who is registered for the element, one that surely reads it, from a table with rows. What
is breaking by its rule stays so, and says which witness is wanting."""


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
        "dialects.md": dialects_page(),
        "contract_spec.md": schema_page(
            "The book's contract spec",
            "Every key of a contract in the book's spec, `spec-version` 1.0.0, as "
            "`contracts/contract_spec.schema.json` has it.",
            read_schema("contracts/contract_spec.schema.json"),
        ),
        "odcs.md": odcs_page(),
        "report.md": schema_page(
            "The report of a check",
            "What `docent check` and `docent gate` print with `--format json`, as "
            "`prevention/report.schema.json` has it. It only ever grows.",
            read_schema("prevention/report.schema.json"),
        ),
        "history.md": history_page(),
        "rules.md": rules_page(),
        "tree.md": tree_page(),
    }


def history_page() -> str:
    """Return the page about what the monitor and its report print as JSON."""
    run = schema_page(
        "A run of the monitor, and the history, as JSON",
        "What `docent monitor` prints with `--format json`, a line for each run, as "
        "`prevention/monitor.schema.json` has it. Both shapes only ever grow.",
        read_schema("prevention/monitor.schema.json"),
    )
    report = schema_page(
        "The history",
        "What `docent report` prints with `--format json`, as `prevention/history.schema.json` "
        "has it.",
        read_schema("prevention/history.schema.json"),
    )
    return f"{run}\n#{report}"


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


def odcs_page() -> str:
    """Say where everything that the model holds stands in a document of ODCS."""
    from contracts.dialects import odcs_reading
    from contracts.dialects.odcs_links import LINK
    from contracts.dialects.odcs_slots import CHANNEL, CONTRACT, ROLE, SERVER, SERVICE_LEVEL
    from contracts.dialects.odcs_table_slots import CHECK, COLUMN, RELATIONSHIP, TABLE

    states = ", ".join(f"`{word}`" for word in odcs_reading.STATES)
    lines = [ODCS_INTRODUCTION.format(states=states)]
    parts = (CONTRACT, TABLE, COLUMN, RELATIONSHIP, CHECK)
    for element in (*parts, SERVICE_LEVEL, CHANNEL, ROLE, SERVER, LINK):
        lines += [f"## {element.noun.__name__}", "", "| field | key | |", "|---|---|---|"]
        lines += [f"| `{slot.field}` | `{slot.key}` | {slot.note} |" for slot in element.slots]
        if element.properties or element.own:
            lines += ["", "| custom property | value | meaning |", "|---|---|---|"]
        for one in element.properties:
            kind = form_of(element.schema["properties"][one.name])
            beside = f" Only where `{one.beside}` cannot say it." if one.beside else ""
            lines.append(f"| `{one.name}` | {kind} | {one.meaning}{beside} |")
        for name, (_, meaning) in element.own.items():
            lines.append(
                f"| `{name}` | {form_of(element.schema['properties'][name])} | {meaning} |"
            )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def form_of(schema: JsonSchema) -> str:
    """Put the form of a value into a few words, with the keys of an object."""
    kinds = schema.get("type")
    if isinstance(kinds, list) and "string" in kinds:
        others = [kind for kind in kinds if kind != "string"]
        return (
            f"string, or {form_of({**schema, 'type': others[0] if len(others) == 1 else others})}"
        )
    if isinstance(schema.get("items"), dict) and schema["type"] == "array":
        return f"list of {form_of(schema['items'])}"
    keys = ", ".join(f"`{key}`" for key in schema.get("properties", ()))
    return f"{kind_of(schema)}: {keys}" if keys else kind_of(schema)


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


def dialects_page() -> str:
    """Say what each dialect has words for: what its specimen, which says all it can, fills."""
    from contracts import model

    said = {name: said_in(path) for name, path in SPECIMENS.items()}
    said["JSON Schema"] = said_by_json_schema()
    rows = [
        (f"{noun}: {field.name.replace('_', ' ')}", f"{noun}.{field.name}")
        for noun, of in (
            ("contract", model.Contract),
            ("table", model.Table),
            ("column", model.Column),
        )
        for field in dataclasses.fields(of)
        if field.compare and field.name not in UNTOLD
    ]
    measures = sorted({key for keys in said.values() for key in keys if key.startswith("check.")})
    rows += [(f"rows: {key.removeprefix('check.')}", key) for key in measures]
    lines = [DIALECTS_INTRODUCTION, f"| | {' | '.join(said)} |", f"|---|{':-:|' * len(said)}"]
    lines += [
        f"| {label} | {' | '.join('✓' if key in keys else '' for keys in said.values())} |"
        for label, key in rows
    ]
    return "\n".join(lines) + "\n"


def said_in(path: str) -> set[str]:
    """Return every field that a specimen fills, as ``column.unit``, and every measure of rows."""
    from contracts.loading import load

    return fields_said(load(DOCS / "specimens" / path))


def said_by_json_schema() -> set[str]:
    """Return every field of the fullest contract that its JSON Schema still has."""
    from contracts.conversion import convert
    from contracts.dialects.json_schema import read_back
    from contracts.loading import load

    return fields_said(
        read_back(convert(load(DOCS / "specimens" / "odcs.yaml"), "jsonschema").text)
    )


def fields_said(contract: Any) -> set[str]:
    """Return the fields of a contract, its tables and columns that say anything."""
    nouns = [("contract", contract), *(("table", table) for table in contract.tables)]
    nouns += [("column", column) for table in contract.tables for column in table.columns]
    said = {
        f"{name}.{field.name}"
        for name, noun in nouns
        for field in dataclasses.fields(noun)
        if getattr(noun, field.name) not in (field.default, "")
    }
    if "table.primary_key" in said or "column.primary_key" in said:
        said |= {"table.primary_key", "column.primary_key"}
    return said | {f"check.{check.measure}" for check in contract.checks}


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
    from detection.access.rules import ACCESS_RULES
    from detection.quality.rules import ROW_RULES
    from detection.rules import HEALTH_RULES, LIFECYCLE_RULES, RULES
    from detection.stream_rules import STREAM_RULES

    lines = ["# Rules", "", RULES_INTRODUCTION, ""]
    for rule in (
        *RULES,
        *LIFECYCLE_RULES,
        *HEALTH_RULES,
        *ROW_RULES,
        *ACCESS_RULES,
        *STREAM_RULES,
    ):
        lines += [f"## {rule.id}", "", f"Level: **{rule.level}**.", "", rule.page, ""]
    return "\n".join([*lines, *gate_rules(), *change_rules()]).rstrip() + "\n"


def gate_rules() -> Iterator[str]:
    """Yield the pages of what the gate finds beside changes and broken promises."""
    from prevention.gate_rules import GATE_RULES

    yield from ("# Rules of the gate", "", GATE_INTRODUCTION, "")
    for rule in GATE_RULES:
        yield from (f"## {rule.id}", "", f"Level: **{rule.level}**.", "", rule.page, "")


def change_rules() -> Iterator[str]:
    """Yield the rules about change, area by area: a table of their levels, then their pages."""
    from detection.evolution import AREAS

    yield from ("# Rules about change", "", CHANGES_INTRODUCTION, "")
    for area, rules in AREAS.items():
        yield from (
            f"**{area}**",
            "",
            "| rule | readers | writers | what changed |",
            "|---|---|---|---|",
        )
        for rule in rules:
            what = one_line(rule.page.partition("\n\n")[0])
            levels = f"{rule.reader or '–'} | {rule.writer or '–'}"
            yield f"| [{rule.id}](#{rule.id}) | {levels} | {what} |"
        yield ""
    for rules in AREAS.values():
        for rule in rules:
            sides = {"Readers": rule.reader, "Writers": rule.writer}
            levels = " ".join(
                f"{side}: **{level or 'no concern'}**." for side, level in sides.items()
            )
            yield from (f"## {rule.id}", "", levels, "", rule.page, "")


if __name__ == "__main__":
    main()
