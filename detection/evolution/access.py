"""Rules about who may see what: how sensitive a column is, and what roles may do."""

from __future__ import annotations

from typing import Final

from detection.change import Change

SENSITIVITY: Final = {
    None: 0, "public": 0, "internal": 1, "derived sensitive": 2, "sensitive": 3,
    "highly sensitive": 4,
}  # fmt: skip
"""How much care each classification asks for; nothing said asks for none."""


def classification_raised(change: Change) -> bool:
    """A column asks for more care than before.

    **Who is hurt.** Readers and writers whose access ends or is masked.

    **Before and after.** `donor_name` was internal and is sensitive.

    **Safe path.** Settle the access of every registered reader before you raise it.

    **Evidence.** A declaration that every registered reader keeps its access.

    **Departs from.** Common advice, which calls it a patch: access can end by it.
    """
    return _is_classification(change) and _care(change.new) > _care(change.old)


def classification_lowered(change: Change) -> bool:
    """A column asks for less care than before, or nobody says how much.

    **Who is hurt.** The people whom the data is about; and whoever answers for them: what was
    kept close is open.

    **Before and after.** `donor_name` was sensitive and is public.

    **Safe path.** Have it approved by whoever answers for the data, and publish what is left
    after leaving the sensitive out as a column of its own.

    **Departs from.** Common advice, which calls it a patch: what was exposed once is not taken
    back.
    """
    return _is_classification(change) and _care(change.new) < _care(change.old)


def classification_stated(change: Change) -> bool:
    """A column that was not classified is public now, or the other way round.

    **Who is hurt.** Nobody: nothing said and public ask for the same care.

    **Before and after.** `title` is `classification: public` now.

    **Safe path.** Classify every column.
    """
    return _is_classification(change) and _care(change.new) == _care(change.old)


def grant_narrowed(change: Change) -> bool:
    """A role may do less than before, or nothing.

    **Who is hurt.** Whoever works under the role: their statements are refused.

    **Before and after.** `reporting` may no longer read `object_copyright`.

    **Safe path.** Find who works under the role, and give them another one first.
    """
    return change.kind == "grant-narrowed"


def grant_widened(change: Change) -> bool:
    """A role may do more than before.

    **Who is hurt.** The people whom the data is about, where it is not open; readers, where
    somebody new may write.

    **Before and after.** `guide_app` may update `object`.

    **Safe path.** Grant the least that serves, and have it approved by the owner.

    **Evidence.** A declaration of the owner that the grant is intended.
    """
    return change.kind == "grant-widened"


def _is_classification(change: Change) -> bool:
    return change.kind.startswith("classification-")


def _care(classification: str | None) -> int:
    return SENSITIVITY.get(classification, 0)
