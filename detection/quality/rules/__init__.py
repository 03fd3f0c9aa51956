"""Rules about rows: one function each, whose docstring is the rule's published page.

A rule says what was promised and what was measured, where the one does not keep the other. What
is measured, and how, is worked out before; whether it is good enough is one question for all of
them (see ``detection.quality.judging``). They stand apart from the rules about structure so that
a check of structure alone does not import them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from contracts.model import Level
from detection.comparison import Difference
from detection.quality.model import Reason
from detection.quality.rules import troubles, values, wholes
from detection.rules import Rule


def _rule(states: Callable[..., Difference | None], level: Level = "error") -> Rule:
    """A rule by the function that states it; its level is that of a check which says none."""
    return Rule(states.__name__.replace("_", "-"), level, states)


ROW_RULES: Final[tuple[Rule, ...]] = (
    _rule(values.rows_null),
    _rule(values.rows_missing),
    _rule(values.rows_required_null),
    _rule(values.rows_null_unexplained),
    _rule(values.rows_unlisted),
    _rule(values.rows_of_unknown_state),
    _rule(values.rows_out_of_range),
    _rule(values.rows_of_wrong_length),
    _rule(values.rows_malformed),
    _rule(values.rows_orphaned),
    _rule(values.rows_invalid),
    _rule(values.rows_against_invariant),
    _rule(wholes.rows_duplicate),
    _rule(wholes.rows_off_grain),
    _rule(wholes.rows_distinct_values),
    _rule(wholes.rows_count),
    _rule(wholes.rows_aggregate),
    _rule(wholes.rows_query),
    _rule(wholes.rows_stale),
    _rule(wholes.rows_late),
    _rule(wholes.rows_retention),
    _rule(troubles.rows_refused),
    _rule(troubles.rows_unmeasured),
    _rule(troubles.rows_unread, "warning"),
    _rule(troubles.rows_unsampled, "note"),
)

TROUBLES: Final[Mapping[Reason, str]] = {
    "refused": "rows-refused",
    "failed": "rows-unmeasured",
    "unanswered": "rows-unmeasured",
    "unread": "rows-unread",
    "unsampled": "rows-unsampled",
}
"""The rule that tells why something was not measured."""
