"""Rules about service levels, checks of quality, invariants, notice, and a contract's own rules."""

from __future__ import annotations

from detection.change import Change


def service_level_weakened(change: Change) -> bool:
    """A service level promises less, or is gone.

    **Who is hurt.** Readers who need it: data that is older, less complete, or not there when
    they look. Where it falls under what a registered consumer says that it needs, it is
    breaking.

    **Before and after.** `freshness: 4 hours` becomes `freshness: 1 day`.

    **Safe path.** Ask every reader what it needs, announce the date, and weaken it then.

    **Evidence.** The declared need of every registered reader, which is still met.

    **Departs from.** Common advice, which calls every relaxed service level major: nobody is hurt
    who needs less.
    """
    return change.kind == "service-level-weakened"


def service_level_strengthened(change: Change) -> bool:
    """A service level promises more, or is new.

    **Who is hurt.** The producer, who has to keep it.

    **Before and after.** `freshness: 6 hours` becomes `freshness: 4 hours`.

    **Safe path.** Keep it for a month, then promise it.

    **Evidence.** A measurement that shows it kept.

    **Departs from.** Common advice, which calls it minor: a promise that cannot be kept is worse
    than none.
    """
    return change.kind == "service-level-strengthened"


def service_level_changed(change: Change) -> bool:
    """A service level promises something else, and nobody can tell whether that is more or less.

    **Who is hurt.** Readers who need what was promised; the producer, who has to keep what is.

    **Before and after.** `support: weekdays` becomes `support: by mail`.

    **Safe path.** Say it as a figure with a unit.

    **Evidence.** `meaning: unchanged` in the contract.
    """
    return change.kind == "service-level-changed"


def quality_check_loosened(change: Change) -> bool:
    """A check of quality lets more through, or is gone.

    **Who is hurt.** Readers who relied on what it kept out.

    **Before and after.** `nullValues mustBeLessThan 5 percent` becomes `10 percent`.

    **Safe path.** Say to the readers what may come, and have them show that they can bear it.

    **Evidence.** The declared tolerance of every registered reader: `nulls` for missing values,
    `new_values` for invalid ones.
    """
    return change.kind in ("quality-check-removed", "quality-check-loosened")


def quality_check_tightened(change: Change) -> bool:
    """A check of quality lets less through, or is new.

    **Who is hurt.** The producer, who has to keep it.

    **Before and after.** `rowCount mustBeGreaterThan 400` is new.

    **Safe path.** Have it warn for a month, then let it be an error.

    **Evidence.** A check of the database that passes.

    **Departs from.** The policy `seed-004`, for which a new check is always safe: the producer
    is stopped
    by one that it cannot keep.
    """
    return change.kind in ("quality-check-added", "quality-check-tightened")


def quality_check_changed(change: Change) -> bool:
    """A check of quality demands something else, and nobody can tell whether more or less.

    **Who is hurt.** Readers of what it lets through now; the producer, for what it stops now.

    **Before and after.** The pattern of `accession_number` is another one.

    **Safe path.** Add the new check beside the old one, and drop the old one later.

    **Evidence.** A check of the database that passes both.
    """
    return change.kind == "quality-check-changed"


def invariant_dropped(change: Change) -> bool:
    """Something that was always to hold need not hold any more.

    **Who is hurt.** Readers who relied on it.

    **Before and after.** "A work is in one gallery at most" is gone.

    **Safe path.** Say what may be so instead, before there is a first such row.

    **Evidence.** A parity result of the readers' queries.
    """
    return change.kind == "invariant-dropped"


def invariant_added(change: Change) -> bool:
    """Something is always to hold that need not hold before.

    **Who is hurt.** The producer, who has to keep it.

    **Before and after.** "A work is in one gallery at most" is new.

    **Safe path.** Check it for a month, then promise it.

    **Evidence.** A check of the database that finds it kept.
    """
    return change.kind == "invariant-added"


def notice_shortened(change: Change) -> bool:
    """A breaking change is announced fewer days ahead than before, or without notice.

    **Who is hurt.** Readers, who have less time to move.

    **Before and after.** `lead_time: 90 days` becomes `30 days`.

    **Safe path.** Shorten it for changes that are announced from a date on, not for those
    announced already.

    **Departs from.** Seeds 002 and 003, which ask for 90 and for 30 days: what a contract has
    promised is what counts, and 30 days where it promised nothing.
    """
    return change.kind == "notice-shortened"


def notice_lengthened(change: Change) -> bool:
    """A breaking change is announced more days ahead than before.

    **Who is hurt.** The producer, who has to wait longer.

    **Before and after.** `lead_time: 30 days` becomes `90 days`.

    **Safe path.** Look at what is under way already.

    **Evidence.** A declaration of the producer that it can be kept.
    """
    return change.kind == "notice-lengthened"


def compatibility_loosened(change: Change) -> bool:
    """A rule that the contract had of its own is another one, or gone.

    **Who is hurt.** Readers who relied on the stricter rule.

    **Before and after.** `field_removal: requires v2` is gone.

    **Safe path.** Keep it for this version, and change it with the next major one.

    **Evidence.** A declaration that the new rule is as strict.
    """
    return change.kind in ("compatibility-changed", "compatibility-withdrawn")


def compatibility_tightened(change: Change) -> bool:
    """The contract has a rule of its own that is new.

    It can be stricter than the policy; one that is laxer changes nothing.

    **Who is hurt.** Nobody but the producer, by their own choice.

    **Before and after.** `status_value_addition: requires consumer notice` is new.

    **Safe path.** Add it; it counts from this version on.
    """
    return change.kind == "compatibility-stated"


def strictness_dropped(change: Change) -> bool:
    """A column that the contract does not declare no longer breaks it.

    **Who is hurt.** Readers with `select *` or a strict parser, who may meet such a column.

    **Before and after.** `strict: true` becomes `strict: false`.

    **Safe path.** Have strict readers name their columns first.

    **Evidence.** The declared tolerance `new_columns` of every registered reader.
    """
    return change.kind == "strictness-withdrawn"


def strictness_added(change: Change) -> bool:
    """A column that the contract does not declare breaks it from now on.

    **Who is hurt.** The producer, who has to declare every column first.

    **Before and after.** `strict: true` is new.

    **Safe path.** Declare what is there, then be strict.

    **Evidence.** A check of the database that finds no undeclared column.
    """
    return change.kind == "strictness-stated"


def parent_changed(change: Change) -> bool:
    """A contract extends another parent, or none, and inherits other promises.

    **Who is hurt.** Readers who relied on what was inherited; the producer, who has to keep
    what is inherited now.

    **Before and after.** `extends: enterprise-base` becomes `extends: museum-base`.

    **Safe path.** Write what was inherited into the contract itself first.

    **Evidence.** A declaration that both parents promise the same.
    """
    return change.kind == "parent-changed"
