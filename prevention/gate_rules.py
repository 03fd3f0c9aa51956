"""The gate's own rules: what it finds beside changes and broken promises.

Each states a fact; its docstring is its page in ``docs/rules.md``. What a change itself means is
the business of the rules about change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detection.change import Change, VersionVerdict
from detection.comparison import Difference
from detection.rules import Rule
from prevention.accepting import AcceptedName
from prevention.acknowledgements import Acknowledgement

if TYPE_CHECKING:
    from detection.parity import Parity
    from detection.readiness import Readiness
    from detection.testimony import Testimony


def migration_unannounced(change: Change) -> Difference:
    """Report a migration that alters a table under contract, while its contract stays as it is.

    Whatever the change is for readers and writers, nobody has told them: the promise says what
    it said before. The level is that of the change: an error where it breaks something, a
    warning where it only adds.

    **Who is hurt.** Everybody who trusts the contract, from the moment of the release.

    **Example.** `op.drop_column("object_images", "additional_images")` in a migration, and the
    column is still in `object_images_contract_spec.json`. A migration on a table that nobody
    promises is fine.

    **What to do.** Change the contract in the same pull request, with the version that this
    demands, or take the migration back.
    """
    return Difference(change.old, change.new)


def version_too_low(version: VersionVerdict) -> Difference:
    """Report a version that was raised by less than its changes demand.

    **Who is hurt.** Consumers who let in minor versions unseen, and meet a breaking one.

    **Example.** A column goes, and 1.2.0 becomes 1.2.1 in place of 2.0.0. More than is demanded
    is fine. Below 1.0.0 the minor version stands for the major one.

    **What to do.** Write the suggested version. No acknowledgement replaces it.
    """
    return Difference(version.suggested, version.new)


def version_unchanged(version: VersionVerdict) -> Difference:
    """Report a contract that changed while its version did not.

    **Who is hurt.** Whoever has read this version before, and takes it for known.

    **Example.** A description is corrected, and 1.2.0 stays 1.2.0 in place of 1.2.1. A draft
    promises nothing yet, and may stay as it is.

    **What to do.** Write the suggested version.
    """
    return Difference(version.suggested, version.new)


def version_lower(version: VersionVerdict) -> Difference:
    """Report a version that went down.

    **Who is hurt.** Everybody who orders versions: the newest promise is no longer the highest.

    **Example.** 2.0.0 becomes 1.3.0, often after a revert. What was published stays published:
    a revert is a new version too.

    **What to do.** Write the suggested version.
    """
    return Difference(version.suggested, version.new)


def version_withdrawn(version: VersionVerdict) -> Difference:
    """Report a contract that had a version and has none any more.

    **Who is hurt.** Consumers who are bound to a version, and can no longer name it.

    **Example.** The key `version` is deleted, or the contract is written in a dialect that has
    none.

    **What to do.** Put a version back: the suggested one.
    """
    return Difference(version.suggested, version.new)


def version_missing(version: VersionVerdict) -> Difference:
    """Report a changed contract that has no version, so that none can be demanded of it.

    **Who is hurt.** Nobody at once; but a consumer cannot say which promise they rely on.

    **Example.** The book's spec and the documents of Soda have no version.

    **What to do.** Nothing, or write the contract in a dialect that has one, such as ODCS.
    """
    return Difference(None, version.new)


def acknowledgement_expired(entry: Acknowledgement) -> Difference:
    """Report an acknowledgement whose last day has passed. It covers nothing any more.

    **Who is hurt.** Nobody yet; the change that it was for stops the gate again.

    **Example.** `expires: 2026-03-31`, and it is April.

    **What to do.** Take the change back, or agree with the approver on a new day.
    """
    return Difference(f"{entry.rule} of {entry.element}", entry.expires)


def acknowledgement_stale(entry: Acknowledgement, now: str) -> Difference:
    """Report an acknowledgement for a change that has become another one.

    It names a rule, a contract and an element that are found, but what was there before or is
    there now is not what somebody has answered for; or its words and its fingerprint disagree.

    **Who is hurt.** Whoever approved: their name would stand for what they have not seen.

    **Example.** `text` to `integer` was approved, and the column becomes `bigint`.

    **What to do.** Ask the approver again; `docent ack` writes a new entry.
    """
    return Difference(f"{entry.rule} of {entry.element}", now)


def acknowledgement_unused(entry: Acknowledgement) -> Difference:
    """Report an acknowledgement for a change that is not there.

    **Who is hurt.** Nobody. A list of what no longer matters is read by nobody, either.

    **Example.** The pull request that it was for is merged.

    **What to do.** Delete the entry.
    """
    return Difference(f"{entry.rule} of {entry.element}", None)


def acceptance_unused(name: AcceptedName, nearest: str | None) -> Difference:
    """Report an accepted name by which no breaking change goes.

    **Who is hurt.** The author who meant another name: the change that they mean still stops
    the gate.

    **Example.** `accept-breaking-change: object_image`, and the contract is about
    `object_images`.

    **What to do.** Write the identity, the bare name, the id or `schema.table` as the gate
    prints it, or take the line away.
    """
    return Difference(name.name, nearest)


def acceptance_ambiguous(name: AcceptedName, meant: str) -> Difference:
    """Report an accepted name that several contracts with breaking changes share.

    It covers none of them, since nobody can say which one was meant.

    **Who is hurt.** The readers of the contract that was not meant.

    **Example.** `accept-breaking-change: orders`, and both `shop/orders` and `crm/orders` break.

    **What to do.** Write the whole identity.
    """
    return Difference(name.name, meant)


def base_unread() -> Difference:
    """Report a document that could not be read as it was before, and can be now, or is gone.

    What it promised before is not known, and so neither is what has changed in it.

    **Who is hurt.** Readers of that contract, if the mending also took something away.

    **Example.** A contract was merged with a missing bracket, and this change puts it there.

    **What to do.** Compare the two by eye.
    """
    return Difference(None, None)


def query_broken(query: Testimony) -> Difference:
    """Report a registered query that fails, or returns other columns or types, unexplained.

    It was put to the database before and to the one after, and no change that was found is said
    to break it for its reader.

    **Who is hurt.** The consumer who runs it, at once, and with an error that they can see.

    **Example.** A column is added under the name of one in another table, and a query that
    joins both without saying whose it means is ambiguous now. A query that failed before is no
    such thing.

    **What to do.** Run the query on both databases, and mend what it meets; or mend the query
    in the registry together with its team.
    """
    return Difference(None, query.difference.outcome)


def query_differs(query: Testimony) -> Difference:
    """Report a registered query that returns other rows, or takes too long, unexplained.

    It is a warning, since two databases may hold other rows by nature, and one server may be
    slower than another. What its consumer says it can bear (`row_count_drift`, `slowdown`) is
    not reported.

    **Who is hurt.** The consumer who runs it, without an error that they could see.

    **Example.** A migration drops an index, or fills a column anew.

    **What to do.** See whether both databases were meant to hold the same rows, and compare the
    plans where the query became slow.
    """
    return Difference(None, query.difference.outcome)


def parity_unused(parity: Parity) -> Difference:
    """Report a parity result that was asked for as evidence, and is about no change.

    It counts where the two views that were compared ask the very queries that a view asked before
    and asks now, and where every column of the old one was compared.

    **Who is hurt.** Whoever believes that the change was compared.

    **Example.** `--parity reporting.card=reporting.card_next:object_id`, and the migration gives
    `reporting.card` another query than `card_next` has. Where the two differ in their rows, the
    result is evidence all the same: that the change breaks.

    **What to do.** Put the query that is to come beside the one that is there, under another
    name, and compare these two.
    """
    old, new = (view.qualified_name for view in parity.pairing.views)
    return Difference(old, new)


def readiness_open(readiness: Readiness, said: str) -> Difference:
    """Report a consumer of a contract that is announced to end, who cannot read the next one yet.

    **Who is hurt.** Nobody before the sunset date; it says who still has to move.

    **Example.** `status: active` becomes `deprecated`, and `crm-sync` has registered no query
    that reads a table of the replacement. Who has moved its subscription owes no proof.

    **What to do.** Register the query by which the consumer will read the replacement, together
    with its team.
    """
    return Difference(readiness.consumer.name, said)


def readiness_unproven(readiness: Readiness, said: str) -> Difference:
    """Report a consumer of a contract that reaches its sunset, who has not proven it can move.

    The proof is a query that the consumer has registered: it reads a table of the replacement
    (one that the old contract does not promise, where there is one), and it runs on the database
    that the migrations make; where they do not make that table, on the one that `--connection`
    names or that the contracts are held against. Moving the subscription to the replacement is
    one too.

    **Who is hurt.** The consumer, within days.

    **Example.** `status: deprecated` becomes `sunset`, and the query by which `crm-sync` was to
    read the replacement fails. Who came after the announcement is not waited for.

    **What to do.** Move the consumer together with its team; or leave the contract deprecated,
    and postpone its sunset date (`docent deprecate NAME --sunset DAY`). Where nobody is behind
    the consumer any more, take it out of the registry.
    """
    return Difference(readiness.consumer.name, said)


def readiness_unknown(readiness: Readiness, said: str) -> Difference:
    """Report a consumer of a contract that reaches its sunset, whose queries nobody could ask.

    **Who is hurt.** Perhaps the consumer: that it can read the replacement is not known.

    **Example.** The gate runs with `--documents`, with `--no-evidence` or without migrations; or
    the replacement is a contract of another project.

    **What to do.** Run the gate where it can make the database (`docent up`), or call
    `prevention.readiness.prove_readiness` on one that has the replacement.
    """
    return Difference(readiness.consumer.name, said)


GATE_RULES: Final[tuple[Rule, ...]] = (
    Rule("migration-unannounced", "error", migration_unannounced),
    Rule("version-too-low", "error", version_too_low),
    Rule("version-unchanged", "error", version_unchanged),
    Rule("version-lower", "error", version_lower),
    Rule("version-withdrawn", "error", version_withdrawn),
    Rule("version-missing", "note", version_missing),
    Rule("acknowledgement-expired", "warning", acknowledgement_expired),
    Rule("acknowledgement-stale", "warning", acknowledgement_stale),
    Rule("acknowledgement-unused", "note", acknowledgement_unused),
    Rule("acceptance-unused", "warning", acceptance_unused),
    Rule("acceptance-ambiguous", "warning", acceptance_ambiguous),
    Rule("base-unread", "warning", base_unread),
    Rule("parity-unused", "warning", parity_unused),
    Rule("query-broken", "error", query_broken),
    Rule("query-differs", "warning", query_differs),
    Rule("readiness-open", "warning", readiness_open),
    Rule("readiness-unproven", "error", readiness_unproven),
    Rule("readiness-unknown", "warning", readiness_unknown),
)
_BY_ID: Final = {rule.id: rule for rule in GATE_RULES}


def gate_rule(identifier: str) -> Rule:
    """The rule of this id."""
    return _BY_ID[identifier]
