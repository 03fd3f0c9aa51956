"""The words for each rule: what is the matter, and what to do next.

A sentence is a template with named places. Whoever renders it says how a value is quoted, so
that the very same sentence is plain in a terminal and safe in a pull-request comment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contracts.model import Owner
from prevention.decision import Finding

Quote = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Words:
    """What one rule says: what is the matter, and what to do about it."""

    issue: str
    next_step: str


_BACK_OR_AGREE: Final = "Change it back to {promised}, or agree with {owner} to promise {found}."

WORDS: Final[dict[str, Words]] = {
    "table-missing": Words(
        "Table {table} is under contract but missing from data catalog",
        "Create the table (has every migration run? alembic upgrade head), "
        "or agree with {owner} to retire the contract.",
    ),
    "column-missing": Words(
        "Column {column} is defined in contract but missing from data catalog",
        "Bring the column back, or agree with {owner} on a contract without it before you merge.",
    ),
    "column-renamed": Words(
        "Column {column} is defined in contract but renamed to {found} in data catalog",
        "Rename {found} back to {column}, or agree with {owner} on the new name: "
        "keep both columns until every reader has moved.",
    ),
    "function-missing": Words(
        "Contract promises {promised}, which is missing from data catalog",
        "Create it (has every migration run? alembic upgrade head), "
        "or agree with {owner} on a contract without it before you merge.",
    ),
    "function-differs": Words(
        "Contract promises {promised}, and data catalog has {found}",
        _BACK_OR_AGREE,
    ),
    "type-differs": Words(
        "Column {column} has data type {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "array-element-differs": Words(
        "Column {column} has array elements of {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "length-differs": Words(
        "Column {column} has length {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "precision-differs": Words(
        "Column {column} has precision {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "scale-differs": Words(
        "Column {column} has scale {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "nullability-differs": Words(
        "Column {column} is {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "primary-key-missing": Words(
        "Column {column} is part of the primary key in contract but not in data catalog",
        "Put {promised} back, or agree with {owner} on a contract without it before you merge.",
    ),
    "primary-key-unpromised": Words(
        "Column {column} is not part of the primary key in contract but is in data catalog",
        "Take the column out of {found}, or agree with {owner} to promise it.",
    ),
    "updatability-differs": Words(
        "Column {column} is {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "default-differs": Words(
        "Column {column} has default {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "identity-differs": Words(
        "Column {column} has identity {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "generation-differs": Words(
        "Column {column} is generated as {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "unique-missing": Words(
        "Column {column} is unique in contract but not in data catalog",
        "Put the unique constraint back, "
        "or agree with {owner} on a contract without it before you merge.",
    ),
    "unique-unpromised": Words(
        "Column {column} is not unique in contract but is in data catalog",
        "Drop the constraint or the index, or agree with {owner} to promise it.",
    ),
    "domain-differs": Words(
        "Column {column} has domain {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "interval-fields-differ": Words(
        "Column {column} has interval fields {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "collation-differs": Words(
        "Column {column} has collation {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "enum-labels-differ": Words(
        "Column {column} has labels {promised} in contract but {found} in data catalog",
        _BACK_OR_AGREE,
    ),
    "column-undeclared": Words(
        "Column {column} is present in data catalog but not declared in contract",
        "Declare the column in the contract together with {owner}, or drop it.",
    ),
    "table-uncovered": Words(
        "Table {table} is present in data catalog but under no contract",
        "Draft a contract for it: docent draft {element}",
    ),
    "parent-missing": Words(
        "Contract {element} extends {promised}, and there is no such contract",
        "Correct the name, or name the folder too in which the parent is.",
    ),
    "parent-ambiguous": Words(
        "Contract {element} extends {promised}, and several go by that name: {found}",
        "Write the whole identity of the one that is meant.",
    ),
    "family-cycle": Words(
        "Contract {element} extends itself in a circle: {found}",
        "Take extends away from the most general of them.",
    ),
    "parent-version-differs": Words(
        "Contract {element} extends version {promised} of its parent, and there is {found}",
        "Read what changed in the parent, then name {found} as the version that is extended.",
    ),
    "parent-ending": Words(
        "Contract {element} extends {promised}, which is {found}",
        "Extend its replacement, or write into the contract what it inherits.",
    ),
    "parent-retired": Words(
        "Contract {element} extends {promised}, which is {found} and promises nothing any more",
        "Extend its replacement, or write into the contract what it inherits.",
    ),
    "owner-unnamed": Words(
        "Who owns the contract for {table} is still to be named",
        "Name a person or a team who answers for it.",
    ),
    "consumer-selects-star": Words(
        "Query {promised} takes the columns of {table} by a star: {found}",
        "Name the columns that it reads, together with {owner}: "
        "with a star, every new column reaches its reader unannounced.",
    ),
    "consumer-query-unread": Words(
        "Query {promised} cannot be read as one: {found}",
        "Mend the query in the registry, together with {owner}.",
    ),
    "consumer-column-undeclared": Words(
        "Query {promised} reads {column} of {table}, and the registry does not say so",
        "Add the column to the subscription, together with {owner}.",
    ),
    "consumer-column-unread": Words(
        "Consumer {promised} is registered for {column} of {table}, "
        "and none of its queries reads it",
        "Register the query that does, or take the column out, together with {owner}.",
    ),
    "consumer-contract-unknown": Words(
        "Consumer {promised} relies on {found}, and there is no such contract",
        "Correct the contract's name in the registry, or ask {owner} what they rely on.",
    ),
    "consumer-column-unpromised": Words(
        "Consumer {promised} relies on {column} of {table}, and the contract does not promise it",
        "Promise the column, or agree with {owner} on what they can rely on.",
    ),
}
"""The words by the rule's id."""

TABLE_RENAMED: Final = Words(
    "Table {table} is under contract but renamed to {found} in data catalog",
    "Rename {found} back, or leave a view under the old name until every reader has moved; "
    "ask {owner} first.",
)
"""For a missing table where another one looks like it."""

TABLE_OF_A_SCHEMA: Final = Words(
    "Table {table} is under contract but missing from data catalog",
    "Make {element} again (has every migration of that schema run?), "
    "or agree with {owner} to retire the contract.",
)
"""For a missing table outside ``public``, whose migrations may stand apart from the others."""

KEY_DIFFERS: Final = Words(
    "Table {table} has {promised} in contract but {found} in data catalog",
    "Make the key {promised} again, or agree with {owner} to promise {found}.",
)
"""For a primary key of several columns, told as one."""

UNKNOWN_RULE: Final = Words(
    "{element} is {promised} in contract but {found} in data catalog",
    "Talk to {owner} before you merge.",
)


def quoted(value: str) -> str:
    """A value as the issue texts show it: ``'primary_image'``."""
    return f"'{value}'"


def bare(value: str) -> str:
    """A value as it is."""
    return value


def issue(finding: Finding, quote: Quote = quoted) -> str:
    """What is the matter, in a sentence."""
    if _is_of_the_gate(finding):
        from prevention.change_words import change_issue

        return change_issue(finding, quote)
    return _say(_words(finding).issue, finding, quote, quote)


def next_step(finding: Finding, quote: Quote = quoted, name: Quote = bare) -> str:
    """What to do about it; ``name`` quotes the owner and the names in a command."""
    if _is_of_the_gate(finding):
        from prevention.change_words import change_next_step

        return change_next_step(finding, quote, name)
    return _say(_words(finding).next_step, finding, quote, name)


def kin_of(finding: Finding, quote: Quote = bare) -> tuple[str, str] | None:
    """What a parent promises and what its child does, with their versions; ``None`` for no family.

    ``enterprise-base (v1.0.0) – freshness: 24 hours``, and ``visitors (v2.1.0) – freshness:
    48 hours (weaker)``.
    """
    if finding.kin is None:
        return None
    kin, promised, found = finding.kin, finding.promised, finding.found or "unsaid"
    return (
        quote(_kin(kin.parent, kin.parent_version, finding, promised or "unsaid")),
        quote(_kin(finding.contract, kin.child_version, finding, f"{found} (weaker)")),
    )


def _kin(name: str | None, version: str | None, finding: Finding, value: str) -> str:
    named = f"{name} (v{version})" if version else name
    about = finding.aspect or finding.rule
    if finding.table:
        about += f" of {'.'.join(filter(None, (finding.table, finding.column)))}"
    return f"{named} – {about}: {value}"


def reason_of(finding: Finding) -> str | None:
    """Who is hurt by a change, and how; ``None`` for what is no change."""
    if finding.meaning is None:
        return None
    from prevention.change_words import reason

    return reason(finding)


def migration_of(finding: Finding) -> str | None:
    """What a migration that makes the change costs: a table written again, or kept from others."""
    if finding.meaning is None:
        return None
    from prevention.change_words import migration

    return migration(finding)


def settled_by(finding: Finding) -> str | None:
    """What evidence would settle a change that is conditional; ``None`` where nothing is open."""
    if finding.meaning is None or not finding.meaning.is_open:
        return None
    from prevention.change_words import evidence

    return evidence(finding)


def witness_of(finding: Finding) -> str | None:
    """What the consumers' queries have to say about a change where none of them shows its harm."""
    if finding.meaning is None or finding.meaning.witness is None:
        return None
    from prevention.change_words import witness

    return witness(finding)


def is_about_access(finding: Finding) -> bool:
    """Whether a finding is about rights, or a stream of changes, as they are in the database.

    What a contract says otherwise than before of a stream is a change, and has a meaning.
    """
    return finding.meaning is None and finding.rule.startswith(("access-", "stream-"))


def _is_of_the_gate(finding: Finding) -> bool:
    """Whether a finding is about a change, or about what the gate finds beside changes.

    The rules about change take a while to import, and a check has no use for them.
    """
    if finding.rule in WORDS or finding.is_about_rows or finding.is_about_life:
        return False
    if is_about_access(finding):
        return False
    from prevention.change_words import knows

    return knows(finding.rule)


def _words(finding: Finding) -> Words:
    if finding.rule == "table-missing" and finding.found is not None:
        return TABLE_RENAMED
    if finding.rule == "table-missing" and finding.schema not in (None, "public"):
        return TABLE_OF_A_SCHEMA
    if finding.rule.startswith("primary-key-") and finding.parts:
        return KEY_DIFFERS
    if finding.is_about_rows:
        from prevention.row_words import ROW_WORDS

        return ROW_WORDS.get(finding.rule, UNKNOWN_RULE)
    if is_about_access(finding):
        from prevention.access_words import ACCESS_WORDS

        return ACCESS_WORDS.get(finding.rule, UNKNOWN_RULE)
    if finding.is_about_life:
        from prevention.lifecycle_words import LIFECYCLE_WORDS

        return LIFECYCLE_WORDS.get(finding.rule, UNKNOWN_RULE)
    return WORDS.get(finding.rule, UNKNOWN_RULE)


def _say(template: str, finding: Finding, quote: Quote, name: Quote) -> str:
    facts: dict[str, str] = {}
    if finding.is_about_life:
        from prevention.lifecycle_words import life_facts

        facts = life_facts(finding, quote, name)
    return template.format_map(
        {
            **facts,
            "table": quote(finding.table),
            "column": quote(finding.column) if finding.column else "nothing",
            "promised": quote(finding.promised) if finding.promised is not None else "nothing",
            "found": quote(finding.found) if finding.found is not None else "nothing",
            "element": name(finding.element),
            "owner": _whom(finding.owner, name),
        }
    )


def _whom(owner: Owner | None, name: Quote) -> str:
    return name(str(owner)) if owner else "the contract's owner"
