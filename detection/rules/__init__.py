"""Every rule by its id: one function each, whose docstring is the rule's published page.

A rule states a fact, or that there is none. Its level stands here and nowhere else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contracts.model import Level
from detection.comparison import Difference
from detection.rules import (
    columns,
    families,
    functions,
    health,
    lifecycle,
    people,
    presence,
    types,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A way in which what is differs from what was promised.

    ``states`` is the function that says so. One about a column that is there takes a
    ``Comparison``; the five about what is there at all take the tables and columns in question;
    those about functions take the functions, those about people what the documents say of them.
    """

    id: str
    level: Level
    states: Callable[..., Difference | None]

    @property
    def page(self) -> str:
        """The rule's page: what broke, who is hurt and how, an example, what to do."""
        return inspect.cleandoc(self.states.__doc__ or "")


PRESENCE_RULES: Final = (
    Rule("table-missing", "error", presence.table_missing),
    Rule("table-uncovered", "warning", presence.table_uncovered),
    Rule("column-missing", "error", presence.column_missing),
    Rule("column-renamed", "error", presence.column_renamed),
    Rule("column-undeclared", "warning", presence.column_undeclared),
)
TYPE_RULES: Final = (
    Rule("type-differs", "error", types.type_differs),
    Rule("domain-differs", "error", types.domain_differs),
    Rule("array-element-differs", "error", types.array_element_differs),
    Rule("length-differs", "error", types.length_differs),
    Rule("precision-differs", "error", types.precision_differs),
    Rule("scale-differs", "error", types.scale_differs),
    Rule("interval-fields-differ", "error", types.interval_fields_differ),
    Rule("enum-labels-differ", "error", types.enum_labels_differ),
)
KEY_RULES: Final = (
    Rule("primary-key-missing", "error", columns.primary_key_missing),
    Rule("primary-key-unpromised", "error", columns.primary_key_unpromised),
)
COLUMN_RULES: Final = (
    Rule("nullability-differs", "error", columns.nullability_differs),
    Rule("unique-missing", "error", columns.unique_missing),
    Rule("unique-unpromised", "error", columns.unique_unpromised),
    Rule("updatability-differs", "error", columns.updatability_differs),
    Rule("default-differs", "error", columns.default_differs),
    Rule("identity-differs", "error", columns.identity_differs),
    Rule("generation-differs", "error", columns.generation_differs),
    Rule("collation-differs", "error", columns.collation_differs),
)
FUNCTION_RULES: Final = (
    Rule("function-missing", "error", functions.function_missing),
    Rule("function-differs", "error", functions.function_differs),
)
PEOPLE_RULES: Final = (
    Rule("owner-unnamed", "warning", people.owner_unnamed),
    Rule("consumer-selects-star", "warning", people.consumer_selects_star),
    Rule("consumer-query-unread", "warning", people.consumer_query_unread),
    Rule("consumer-column-undeclared", "warning", people.consumer_column_undeclared),
    Rule("consumer-column-unread", "note", people.consumer_column_unread),
    Rule("consumer-contract-unknown", "warning", people.consumer_contract_unknown),
    Rule("consumer-column-unpromised", "warning", people.consumer_column_unpromised),
)
FAMILY_RULES: Final = (
    Rule("parent-missing", "error", families.parent_missing),
    Rule("parent-ambiguous", "error", families.parent_ambiguous),
    Rule("family-cycle", "error", families.family_cycle),
    Rule("parent-version-differs", "warning", families.parent_version_differs),
    Rule("parent-ending", "warning", families.parent_ending),
    Rule("parent-retired", "error", families.parent_retired),
)
RULES: Final[tuple[Rule, ...]] = (
    *PRESENCE_RULES,
    *TYPE_RULES,
    *KEY_RULES,
    *COLUMN_RULES,
    *FUNCTION_RULES,
    *PEOPLE_RULES,
    *FAMILY_RULES,
)
LIFECYCLE_RULES: Final = (
    Rule("lifecycle-deprecated", "warning", lifecycle.lifecycle_deprecated),
    Rule("lifecycle-new-to-deprecated", "warning", lifecycle.lifecycle_new_to_deprecated),
    Rule("lifecycle-sunset", "warning", lifecycle.lifecycle_sunset),
    Rule("lifecycle-new-to-sunset", "error", lifecycle.lifecycle_new_to_sunset),
    Rule("lifecycle-retired-read", "error", lifecycle.lifecycle_retired_read),
    Rule("lifecycle-sunset-overdue", "warning", lifecycle.lifecycle_sunset_overdue),
    Rule("lifecycle-retirement-overdue", "warning", lifecycle.lifecycle_retirement_overdue),
    Rule("lifecycle-incomplete", "error", lifecycle.lifecycle_incomplete),
    Rule("lifecycle-contradictory", "error", lifecycle.lifecycle_contradictory),
    Rule("lifecycle-end-unsaid", "warning", lifecycle.lifecycle_end_unsaid),
    Rule("lifecycle-replacement-unknown", "warning", lifecycle.lifecycle_replacement_unknown),
    Rule("lifecycle-replacement-unfit", "warning", lifecycle.lifecycle_replacement_unfit),
    Rule("subscription-floating", "error", lifecycle.subscription_floating),
    Rule("subscription-ahead", "warning", lifecycle.subscription_ahead),
    Rule("subscription-behind", "warning", lifecycle.subscription_behind),
    Rule("subscription-unversioned", "note", lifecycle.subscription_unversioned),
)
"""Rules about the end of contracts; what they find is dated."""
HEALTH_RULES: Final = (
    Rule("health-stale", "warning", health.health_stale),
    Rule("health-unenforced", "warning", health.health_unenforced),
    Rule("health-left-out", "warning", health.health_left_out),
    Rule("health-never-met", "warning", health.health_never_met),
)
"""Rules about the ways in which contracts die; looked for where somebody asks."""
_BY_ID: Final[dict[str, Rule]] = {one.id: one for one in (*RULES, *LIFECYCLE_RULES, *HEALTH_RULES)}


def rule(identifier: str) -> Rule:
    """The rule of this id."""
    return _BY_ID[identifier]
