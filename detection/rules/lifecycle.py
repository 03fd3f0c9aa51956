"""Rules about the life of contracts on a day, and about the versions that consumers subscribe to.

Each states the fact; to whom it applies is worked out by ``lifetimes``, ``replacements`` and
``subscriptions``. What a *change* of a state means is the business of the rules about change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detection.comparison import Difference

if TYPE_CHECKING:
    from contracts.consumers import Consumer
    from contracts.model import Contract
    from detection.model import Lifetime

_STATUS = ("status", "deprecation")
_SUNSET = ("deprecation.sunset_date", "deprecation_date", *_STATUS)
_REPLACEMENT = ("deprecation.replacement", *_STATUS)


def lifecycle_deprecated(life: Lifetime) -> Difference:
    """Report a contract whose end is announced, with the days that are left until its sunset.

    Everything stays as it is until then, which is why it is a warning. It names the consumers
    who were there when it was announced.

    **Who is hurt.** Whoever reads it and has not moved when the day comes.

    **Example.** `status: deprecated` with `sunset_date: 2026-02-03`, on 10 January.

    **What to do.** Move to the replacement; the migration guide says how.
    """
    return Difference(life.sunset, life.replacement, _STATUS)


def lifecycle_new_to_deprecated(life: Lifetime, consumer: Consumer) -> Difference:
    """Report a consumer who came to a contract after its end was announced.

    The registry's `since` tells: a day after `announced` is new, the day itself is not. Who
    names no day is taken to have been there; a gate sees more, and counts a subscription that
    is added without a day as one of today.

    **Who is hurt.** The consumer, who builds on what is about to go.

    **Example.** `announced: 2026-01-03` in the contract, `since: 2026-01-20` in the registry.

    **What to do.** Subscribe to the replacement from the start.
    """
    return Difference(consumer.name, life.replacement, ("since", "contract"))


def lifecycle_sunset(life: Lifetime) -> Difference:
    """Report a contract that is in its sunset, and goes in a few days.

    **Who is hurt.** Whoever still reads it: this is the last warning.

    **Example.** `status: sunset`. Seven days after its date the contract may be removed;
    `sunset-days` in `[tool.docent]` says otherwise.

    **What to do.** Move to the replacement now, or ask the owner for a later date
    (`docent deprecate NAME --sunset DAY`): the contract stays in its sunset meanwhile.
    """
    return Difference(life.removal, life.replacement, _STATUS)


def lifecycle_new_to_sunset(life: Lifetime, consumer: Consumer) -> Difference:
    """Report a consumer who came after the announcement to a contract that is in its sunset.

    It is an error: they knew, and the contract takes nobody in any more.

    **Who is hurt.** The consumer, within days.

    **Example.** `status: sunset` and `announced: 2026-01-03` in the contract, and
    `since: 2026-02-01` in the registry.

    **What to do.** Subscribe to the replacement.
    """
    return Difference(consumer.name, life.replacement, ("since", "contract"))


def lifecycle_retired_read(life: Lifetime, consumer: Consumer) -> Difference:
    """Report a consumer who is still registered for a contract that is retired.

    Nothing is promised any more. Whoever is registered for a table without naming a contract
    is meant too, where none but a retired one promises it.

    **Who is hurt.** The consumer: the table can go without a word.

    **Example.** `status: retired`, and the contract is still in `consumers.yaml`.

    **What to do.** Move to the replacement, or take the subscription out together with its team.
    """
    return Difference(consumer.name, life.replacement, ("contract", "table"))


def lifecycle_sunset_overdue(life: Lifetime) -> Difference:
    """Report a contract that is still deprecated although its sunset date is past.

    **Who is hurt.** New consumers, whom nobody keeps out; and everybody who learns from it that
    such dates mean nothing.

    **Example.** `status: deprecated` and `sunset_date: 2026-02-03`, on 4 February. On the day
    itself nothing is said.

    **What to do.** Write `status: sunset`, or announce a later date.
    """
    return Difference(life.sunset, life.state, _STATUS)


def lifecycle_retirement_overdue(life: Lifetime) -> Difference:
    """Report a contract that is still in its sunset although it could have gone.

    **Who is hurt.** The producer, who keeps what was promised to nobody; and its consumers, who
    see a last warning that never ends.

    **Example.** `status: sunset` and `sunset_date: 2026-02-03`, on 11 February: seven days of
    sunset, and one more.

    **What to do.** Retire the contract (`status: retired`) or remove it, once nobody is
    registered for it.
    """
    return Difference(life.removal, life.state, _STATUS)


def lifecycle_incomplete(missing: str) -> Difference:
    """Report a contract that is deprecated, or in its sunset, and does not say when or what then.

    A day that no calendar has is none. A model of dbt has no key for a replacement, and is let
    off.

    **Who is hurt.** Readers, who know that they have to move, and not when or where.

    **Example.** `status: deprecated` without `sunset_date`; or with `2026-02-30`.

    **What to do.** Name the date and the replacement under `deprecation`.
    """
    return Difference(missing, None, ("deprecation", *_STATUS))


def lifecycle_contradictory(what: str) -> Difference:
    """Report an end that cannot be meant as it is written.

    Its sunset date lies before its announcement, a date is none, its replacement is retired, or
    its replacements lead back to it.

    **Who is hurt.** Readers, who are told to be gone before they were told, or sent in a circle.

    **Example.** `announced: 2026-03-03` and `sunset_date: 2026-02-03`. Both on one day is no
    contradiction, though no notice either, which the gate says.

    **What to do.** Correct the date, or name a contract that stays.
    """
    return Difference(None, what, _SUNSET)


def lifecycle_end_unsaid(contract: Contract) -> Difference:
    """Report a contract that names the day of its end while its status is that of one that stays.

    A day that is not announced is no notice: it does not count when the contract goes.

    **Who is hurt.** Readers, who look at the status and see no end.

    **Example.** `status: active` with `sunset_date: 2026-02-03`. A model of dbt has no status;
    its `deprecation_date` announces its end.

    **What to do.** Write `status: deprecated`, or take the day away.
    """
    ends = contract.deprecation
    return Difference(contract.status, ends.sunset_date if ends else None, _STATUS)


def lifecycle_replacement_unknown(named: str) -> Difference:
    """Report a replacement that is no contract here.

    It may be one of another project, which is why it is a warning.

    **Who is hurt.** Readers, who are told to move to what they cannot find.

    **Example.** `replacement: customers-v2`, and the folder has no contract of this name.

    **What to do.** Correct the name, or write the contract before the old one is announced to
    end.
    """
    return Difference(named, None, _REPLACEMENT)


def lifecycle_replacement_unfit(what: str) -> Difference:
    """Report a replacement that promises nothing yet, or that is about to end itself.

    **Who is hurt.** Readers, who move twice; or to what may still change without a word.

    **Example.** `replacement: customers-v2`, and `customers-v2` is deprecated or a draft.

    **What to do.** Name the contract at the end of the chain, or activate the draft first.
    """
    return Difference(None, what, _REPLACEMENT)


def subscription_floating(consumer: Consumer, version: str) -> Difference:
    """Report a subscription to "latest", to `*` or to a range in place of a version.

    It is an error: nobody can say what the consumer was promised, and so nobody can tell it
    when that changes.

    **Who is hurt.** The consumer: every breaking version reaches it on the day that it is
    merged.

    **Example.** `version: latest`, `version: "^1.2"`, `version: ""`. `1.2` is 1.2.0.

    **What to do.** Name the version that the consumer was built against.
    """
    return Difference(consumer.name, version, ("version",))


def subscription_ahead(consumer: Consumer, version: str, now: str) -> Difference:
    """Report a subscription to a version that the contract does not have yet.

    **Who is hurt.** The consumer, who relies on what nobody promises so far.

    **Example.** `version: 1.5.0` in the registry, and the contract is at 1.4.0.

    **What to do.** Correct the version, or wait for it.
    """
    return Difference(consumer.name, f"{version}, and it is at {now}", ("version",))


def subscription_behind(consumer: Consumer, version: str, now: str) -> Difference:
    """Report a subscription to a version that a breaking one has replaced.

    **Who is hurt.** The consumer, who was built against a promise that is not kept any more.

    **Example.** `version: 1.5.0` in the registry, and the contract is at 2.0.0. Of 1.4.0 against
    1.5.0 nothing is said: what was promised still holds. Below 1.0.0, minor acts as major.

    **What to do.** See what broke (`docent diff`), try the consumer's queries, and register the
    version that it reads now.
    """
    return Difference(consumer.name, f"{version}, and it is at {now}", ("version",))


def subscription_unversioned(consumer: Consumer, now: str) -> Difference:
    """Report a subscription without a version to a contract that has versions.

    **Who is hurt.** Nobody at once; but nobody can say which promise the consumer relies on.

    **Example.** `contract: customers` in the registry, and the contract says `version: 1.4.0`.
    The book's spec and Soda have no versions, and nothing is said.

    **What to do.** Name the version that the consumer was built against.
    """
    return Difference(consumer.name, now, ("contract",))
