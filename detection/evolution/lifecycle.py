"""Rules about the life of a contract: from a draft to its sunset, and about families of them."""

from __future__ import annotations

from detection.change import Change


def contract_activated(change: Change) -> bool:
    """A draft, or a proposal, is a promise from now on.

    **Who is hurt.** Nobody: nothing was promised before. Changes to a draft demand no bump.

    **Before and after.** `status: draft` becomes `status: active`.

    **Safe path.** Have its first readers agree, check the database, and activate it.
    """
    return change.kind == "contract-activated"


def contract_deprecated(change: Change) -> bool:
    """The end of a contract is announced, with a date and a replacement.

    **Who is hurt.** Nobody yet: everything stays as it is until the date.

    **Before and after.** `status: active` becomes `deprecated`, with `sunset_date` and
    `replacement`.

    **Safe path.** Tell every registered consumer, and give the notice that the contract
    promises.
    """
    return change.kind == "contract-deprecated"


def contract_sunset(change: Change) -> bool:
    """A deprecated contract has reached its date: no new consumers, and a last warning.

    **Who is hurt.** Nobody who moved in time; the data is there for some days more.

    **Before and after.** `status: deprecated` becomes `status: sunset`.

    **Safe path.** Wait for the date; leave it so for seven days at least.
    """
    return change.kind == "contract-sunset"


def deprecation_incomplete(change: Change) -> bool:
    """A contract is deprecated, and does not say until when, or what comes instead.

    This is an error of the document; no acknowledgement covers it.

    **Who is hurt.** Readers, who know that they have to move, and not when or where.

    **Before and after.** `status: deprecated` without `sunset_date`.

    **Safe path.** Name the date and the replacement under `deprecation`.
    """
    return change.kind == "deprecation-incomplete"


def sunset_moved_earlier(change: Change) -> bool:
    """A contract ends before the date that was announced, or its date is taken back unsaid.

    **Who is hurt.** Everybody who planned by the date.

    **Before and after.** `sunset_date: 2026-06-30` becomes `2026-03-31`.

    **Safe path.** Leave the date; a later one hurts nobody.
    """
    return change.kind in ("sunset-moved-earlier", "sunset-date-withdrawn")


def sunset_postponed(change: Change) -> bool:
    """A contract ends later than was announced.

    **Who is hurt.** Nobody: there is more time to move.

    **Before and after.** `sunset_date: 2026-03-31` becomes `2026-06-30`, in a contract that is
    deprecated, or in its sunset; its state stays.

    **Safe path.** Tell those who are in a hurry.
    """
    return change.kind == "sunset-postponed"


def notice_too_short(change: Change) -> bool:
    """An end comes with less notice than the contract promises.

    It promises 30 days where it says nothing, and seven between its sunset and its removal.

    **Who is hurt.** Everybody who still has to move.

    **Before and after.** Announced on 3 January, with a sunset date of 10 January.

    **Safe path.** Set the date as late as the promised notice asks for.
    """
    return change.kind == "notice-too-short"


def state_skipped(change: Change) -> bool:
    """A contract leaves out a stage of its life.

    The stages are draft or proposed, active, deprecated, sunset, retired.

    **Who is hurt.** Readers, who miss the warning that the stage stands for.

    **Before and after.** `status: active` becomes `status: sunset`.

    **Safe path.** Go one stage at a time, and give the notice of each.
    """
    return change.kind == "state-skipped"


def state_stepped_back(change: Change) -> bool:
    """A contract goes back to an earlier stage of its life.

    **Who is hurt.** Readers, whose promise is none again; or who moved away for nothing.

    **Before and after.** `status: active` becomes `status: draft`.

    **Safe path.** Start a contract of its own for what comes next. More time is no step back:
    a later sunset date leaves the state as it is.
    """
    return change.kind == "state-stepped-back"


def child_weaker(change: Change) -> bool:
    """A contract promises less than the one that it extends.

    What it says nothing of, it inherits. No acknowledgement covers this. When a parent is
    strengthened, its children are looked at again.

    **Who is hurt.** Readers, who were told that every contract of the family keeps at least
    what the parent promises.

    **Before and after.** The parent promises `freshness: 24 hours`, the child `48 hours`.

    **Safe path.** Strengthen the child, or have it extend another parent.
    """
    return change.kind == "child-weaker"
