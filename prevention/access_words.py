"""The words for rules about access and about streams of changes: what is the matter, what to do.

They stand apart from the others so that a check that asks for neither does not import them.
"""

from __future__ import annotations

from typing import Final

from prevention.words import Words

_PRINTED: Final = "Run the statement that docent grants prints, or agree with {owner} otherwise."
_BY_COLUMN: Final = (
    "Grant it by column (docent grants prints how), "
    "or agree with {owner} that the role may see this."
)

ACCESS_WORDS: Final[dict[str, Words]] = {
    "access-role-missing": Words(
        "Contract gives access to role {promised}, which the server does not have",
        "docent grants --create-roles prints how to make it; or correct the name in the contract.",
    ),
    "access-word-unknown": Words(
        "Contract gives access {promised}, which stands for no right",
        "Write read, write, append, or privileges of SQL by their names.",
    ),
    "access-right-missing": Words(
        "Contract promises a right that is not granted: {promised}", _PRINTED
    ),
    "access-right-unpromised": Words("A right that no contract gives: {found}", _PRINTED),
    "access-around-contract": Words(
        "A way around the contracts: {found}",
        "Publish what is needed under a contract, then revoke it; "
        "docent grants prints the REVOKE of what the role itself was granted.",
    ),
    "access-outside-contracts": Words(
        "A role that no contract names may use what no contract is about: {found}",
        "Find out who works under the role; a reader belongs into a contract.",
    ),
    "access-default-rights": Words(
        "Tables that are yet to be made will be open to {found}",
        "ALTER DEFAULT PRIVILEGES … REVOKE it; grant what contracts say.",
    ),
    "access-above-clearance": Words(
        "Column {column} is {found}, and the contract clears {promised}", _BY_COLUMN
    ),
    "access-leaked-by-view": Words(
        "Column {column} of the view {table} is {found}, and the contract clears {promised}",
        "Leave the column out of the view or grant the view by column, "
        "or agree with {owner} that the role may see this.",
    ),
    "access-underclassified": Words(
        "Column {column} should be {promised}, and is {found}",
        "Raise its classification in the contract.",
    ),
    "access-unlimited": Words(
        "No grant limits {found}: it is a superuser, or can become one",
        "Give the consumer a role of its own.",
    ),
    "access-policies": Words(
        "Which rows of {table} a role sees is up to row-level security: {found}",
        "See that the contract's filter says so.",
    ),
    "access-policies-idle": Words(
        "The policies of {table} do nothing, for row-level security is off: {found}",
        "ALTER TABLE … ENABLE ROW LEVEL SECURITY, or drop the policies.",
    ),
    "access-policies-bypassed": Words(
        "The policies of {table} do not hold for a role of the contract: {found}",
        "ALTER ROLE … NOBYPASSRLS, or ALTER TABLE … FORCE ROW LEVEL SECURITY.",
    ),
    "stream-publication-missing": Words(
        "Changes of {table} are promised by publication {promised}, which is not there",
        "CREATE PUBLICATION … FOR TABLE {element}, or agree with {owner} on another.",
    ),
    "stream-table-unpublished": Words(
        "Changes of {table} are promised by publication {promised}, which does not have the table",
        "ALTER PUBLICATION … ADD TABLE it, or agree with {owner} to send no changes.",
    ),
    "stream-columns-narrowed": Words(
        "The publication of {table} leaves out what is promised: {promised}",
        "ALTER PUBLICATION … SET TABLE with these columns, "
        "or agree with {owner} on a contract without them.",
    ),
    "stream-identity-unfit": Words(
        "Changes of {table} should carry {promised}, and its replica identity is {found}",
        "ALTER TABLE … REPLICA IDENTITY, or agree with {owner} on the key that there is.",
    ),
    "stream-rows-filtered": Words(
        "The publication of {table} leaves out rows: {found}",
        "Say so under filter in the contract, or publish all rows.",
    ),
    "stream-deletes-unsent": Words(
        "Deletes of {table} should arrive as {promised}, and the publication sends {found}",
        "ALTER PUBLICATION … SET (publish = 'insert, update, delete').",
    ),
    "stream-changes-unsent": Words(
        "The publication of {table} sends {found} alone",
        "ALTER PUBLICATION … SET (publish = …), or say in the contract what is sent.",
    ),
    "stream-not-logical": Words(
        "Nobody can follow the changes of {table} while wal_level is {found}",
        "ALTER SYSTEM SET wal_level = logical, and restart the server.",
    ),
}
