"""Every rule about change by its id: one function each, whose docstring is its published page.

The level for readers and for writers stands here and nowhere else. What a rule says of a
change is only whether it is about it; of every change, exactly one rule says so.
"""

from __future__ import annotations

from typing import Final

from detection.change import Change
from detection.evolution import (
    access,
    columns,
    fillings,
    keys,
    lifecycle,
    meaning,
    numbers,
    objects,
    ordering,
    service,
    storage,
    tables,
    texts,
    times,
    values,
)
from detection.evolution.rule import INVALID, A, B, C, ChangeRule, P

OBJECT_RULES: Final = (
    ChangeRule("contract-removed", B, B, objects.contract_removed),
    ChangeRule("contract-retired", B, None, objects.contract_retired),
    ChangeRule("contract-added", A, A, objects.contract_added),
    ChangeRule("contract-name-changed", B, B, objects.contract_name_changed),
    ChangeRule("contract-id-changed", C, C, objects.contract_id_changed),
    ChangeRule("contract-moved", P, P, objects.contract_moved, owes=False),
    ChangeRule("dialect-changed", P, P, objects.dialect_changed),
    ChangeRule("table-removed", B, B, tables.table_removed),
    ChangeRule("table-added", A, A, tables.table_added),
    ChangeRule("table-name-changed", B, B, tables.table_name_changed),
    ChangeRule("table-renamed-behind-view", C, C, tables.table_renamed_behind_view, by_parity=True),
    ChangeRule("table-replaced-by-view", C, C, tables.table_replaced_by_view, by_parity=True),
    ChangeRule("view-replaced-by-table", C, C, tables.view_replaced_by_table),
    ChangeRule("view-kind-changed", C, None, tables.view_kind_changed),
    ChangeRule("table-kind-changed", B, B, tables.table_kind_changed),
    ChangeRule("partitioning-changed", P, P, tables.partitioning_changed, follows=True),
    ChangeRule("partition-removed", B, B, tables.partition_removed),
    ChangeRule("partition-detached", B, B, tables.partition_detached),
    ChangeRule("partition-added", P, P, tables.partition_added),
    ChangeRule("enforcement-switched-off", B, C, objects.enforcement_switched_off),
    ChangeRule("enforcement-switched-on", A, C, objects.enforcement_switched_on),
)
CONSUMER_RULES: Final = (
    ChangeRule("consumer-removed", C, None, objects.consumer_removed, owes=False),
    ChangeRule("consumer-reads-less", C, None, objects.consumer_reads_less, owes=False),
    ChangeRule("consumer-added", P, None, objects.consumer_added, owes=False),
    ChangeRule("consumer-described", P, None, objects.consumer_described, owes=False),
)
COLUMN_RULES: Final = (
    ChangeRule("column-removed", B, B, columns.column_removed),
    ChangeRule("column-name-changed", B, B, columns.column_name_changed),
    ChangeRule("column-added", A, A, columns.column_added, "new_columns", by_parity=True),
    ChangeRule(
        "column-added-with-default",
        A,
        A,
        columns.column_added_with_default,
        "new_columns",
        by_parity=True,
    ),
    ChangeRule(
        "column-added-required", A, B, columns.column_added_required, "new_columns", by_parity=True
    ),
    ChangeRule(
        "column-added-within", A, C, columns.column_added_within, "new_columns", by_parity=True
    ),
    ChangeRule("column-made-optional", B, A, columns.column_made_optional),
    ChangeRule("column-made-required", A, C, columns.column_made_required),
    ChangeRule("columns-reordered", C, C, ordering.columns_reordered, by_parity=True),
    ChangeRule("order-stated", A, C, ordering.order_stated),
    ChangeRule("order-withdrawn", C, A, ordering.order_withdrawn),
    ChangeRule("column-deprecated", A, A, columns.column_deprecated),
    ChangeRule("column-undeprecated", P, P, columns.column_undeprecated),
    ChangeRule("not-null-dropped", B, A, columns.not_null_dropped),
    ChangeRule("not-null-added", A, B, columns.not_null_added),
    ChangeRule("collation-changed", C, C, ordering.collation_changed, by_parity=True),
    ChangeRule("updatability-dropped", None, B, columns.updatability_dropped),
    ChangeRule("updatability-added", None, A, columns.updatability_added),
)
FILLING_RULES: Final = (
    ChangeRule("default-changed", C, C, fillings.default_changed, by_meaning=True),
    ChangeRule("default-removed", C, B, fillings.default_removed, by_meaning=True),
    ChangeRule("default-added", C, A, fillings.default_added, by_meaning=True),
    ChangeRule("identity-tightened", C, B, fillings.identity_tightened, by_meaning=True),
    ChangeRule("identity-loosened", C, A, fillings.identity_loosened, by_meaning=True),
    ChangeRule("serial-became-identity", P, P, fillings.serial_became_identity),
    ChangeRule("column-became-generated", C, B, fillings.column_became_generated, by_parity=True),
    ChangeRule(
        "column-no-longer-generated", C, C, fillings.column_no_longer_generated, by_meaning=True
    ),
    ChangeRule("generation-changed", B, None, fillings.generation_changed),
)
TYPE_RULES: Final = (
    ChangeRule("length-grown", C, A, texts.length_grown, "wider_types", by_parity=True),
    ChangeRule("length-cut", A, B, texts.length_cut),
    ChangeRule("text-retyped", C, A, texts.text_retyped, "wider_types", by_parity=True),
    ChangeRule("padding-changed", B, B, texts.padding_changed),
    ChangeRule("padding-grown", B, A, texts.padding_grown),
    ChangeRule("padding-cut", B, B, texts.padding_cut),
    ChangeRule("integer-widened", C, A, numbers.integer_widened, "wider_types", by_parity=True),
    ChangeRule("integer-narrowed", A, B, numbers.integer_narrowed),
    ChangeRule("integer-to-fraction", B, A, numbers.integer_to_fraction),
    ChangeRule("fraction-to-integer", B, B, numbers.fraction_to_integer),
    ChangeRule("exact-to-float", B, B, numbers.exact_to_float),
    ChangeRule("float-to-exact", B, B, numbers.float_to_exact),
    ChangeRule("float-widened", C, A, numbers.float_widened, "wider_types", by_parity=True),
    ChangeRule("float-narrowed", B, B, numbers.float_narrowed),
    ChangeRule("numeric-widened", A, A, numbers.numeric_widened),
    ChangeRule("numeric-narrowed", A, B, numbers.numeric_narrowed),
    ChangeRule("scale-grown", C, A, numbers.scale_grown, "wider_types", by_parity=True),
    ChangeRule(
        "scale-grown-into-digits",
        C,
        B,
        numbers.scale_grown_into_digits,
        "wider_types",
        by_parity=True,
    ),
    ChangeRule("scale-lost", B, B, numbers.scale_lost),
    ChangeRule("date-to-timestamp", B, A, times.date_to_timestamp),
    ChangeRule("timestamp-to-date", B, B, times.timestamp_to_date),
    ChangeRule("time-zone-changed", B, B, times.time_zone_changed),
    ChangeRule(
        "second-digits-gained", C, A, times.second_digits_gained, "wider_types", by_parity=True
    ),
    ChangeRule("second-digits-lost", B, B, times.second_digits_lost),
    ChangeRule("interval-widened", C, A, times.interval_widened, "wider_types", by_parity=True),
    ChangeRule("interval-narrowed", B, B, times.interval_narrowed),
    ChangeRule("array-changed", B, B, times.array_changed),
    ChangeRule("json-to-jsonb", C, C, texts.json_to_jsonb, by_parity=True),
    ChangeRule("jsonb-to-json", B, B, texts.jsonb_to_json),
    ChangeRule("type-opened-to-text", B, A, texts.type_opened_to_text),
    ChangeRule("type-closed-from-text", B, B, texts.type_closed_from_text),
    ChangeRule("enum-renamed", C, C, times.enum_renamed, by_parity=True),
    ChangeRule("type-made-exact", C, C, times.type_made_exact),
    ChangeRule("type-made-general", C, C, times.type_made_general),
    ChangeRule("type-respelled", P, P, texts.type_respelled),
    ChangeRule("type-stated", C, C, texts.type_stated),
    ChangeRule("type-withdrawn", C, C, texts.type_withdrawn),
    ChangeRule("type-changed", B, B, times.type_changed),
)
KEY_RULES: Final = (
    ChangeRule("primary-key-changed", B, B, keys.primary_key_changed),
    ChangeRule("primary-key-dropped", B, B, keys.primary_key_dropped),
    ChangeRule("primary-key-added", A, B, keys.primary_key_added),
    ChangeRule("unique-dropped", B, B, keys.unique_dropped),
    ChangeRule("unique-added", A, B, keys.unique_added),
    ChangeRule("nulls-not-distinct-added", A, B, keys.nulls_not_distinct_added),
    ChangeRule("nulls-not-distinct-dropped", B, A, keys.nulls_not_distinct_dropped),
    ChangeRule("foreign-key-dropped", C, A, keys.foreign_key_dropped),
    ChangeRule("foreign-key-added", A, B, keys.foreign_key_added),
    ChangeRule("foreign-key-action-changed", C, C, keys.foreign_key_action_changed),
    ChangeRule("check-tightened", A, B, keys.check_tightened),
    ChangeRule("check-loosened", C, A, keys.check_loosened, "new_values"),
    ChangeRule("check-changed", C, C, keys.check_changed),
)
VALUE_RULES: Final = (
    ChangeRule("value-added", C, A, values.value_added, "new_values"),
    ChangeRule("value-added-to-extensible", A, A, values.value_added_to_extensible),
    ChangeRule("value-removed", B, B, values.value_removed),
    ChangeRule("values-reordered", C, A, values.values_reordered, by_parity=True),
    ChangeRule("values-stated", A, B, values.values_stated),
    ChangeRule("values-withdrawn", C, A, values.values_withdrawn, "new_values"),
    ChangeRule("values-opened", C, A, values.values_opened, "new_values"),
    ChangeRule("values-closed", A, C, values.values_closed),
    ChangeRule(
        "unknown-value-policy-changed",
        C,
        None,
        values.unknown_value_policy_changed,
        by_meaning=True,
    ),
    ChangeRule("json-key-removed", B, C, values.json_key_removed),
    ChangeRule("json-optional-key-removed", C, C, values.json_optional_key_removed),
    ChangeRule("json-key-added", A, A, values.json_key_added, "new_columns"),
    ChangeRule("json-key-required", A, B, values.json_key_required),
    ChangeRule("json-shape-stated", A, C, values.json_shape_stated),
    ChangeRule("json-shape-withdrawn", B, C, values.json_shape_withdrawn),
)
MEANING_RULES: Final = (
    ChangeRule("documentation-changed", P, P, meaning.documentation_changed),
    ChangeRule("unit-changed", B, B, meaning.unit_changed),
    ChangeRule("filter-changed", B, B, meaning.filter_changed),
    ChangeRule("meaning-changed", B, B, meaning.meaning_changed),
    ChangeRule("meaning-withdrawn", B, B, meaning.meaning_withdrawn),
    ChangeRule("meaning-stated", A, A, meaning.meaning_stated),
    ChangeRule("null-meaning-changed", B, C, meaning.null_meaning_changed),
    ChangeRule("grain-changed", B, B, meaning.grain_changed),
    ChangeRule(
        "view-query-changed", C, None, meaning.view_query_changed, by_meaning=True, by_parity=True
    ),
    ChangeRule("view-base-renamed", P, None, meaning.view_base_renamed),
    ChangeRule("detail-stated", A, A, meaning.detail_stated),
    ChangeRule("detail-withdrawn", C, C, meaning.detail_withdrawn),
    ChangeRule("backfill-declared", C, None, meaning.backfill_declared, by_parity=True),
    ChangeRule("backfill-withdrawn", P, None, meaning.backfill_withdrawn),
    ChangeRule("delete-mode-changed", B, C, meaning.delete_mode_changed),
    ChangeRule("row-lifecycle-changed", B, C, meaning.row_lifecycle_changed),
    ChangeRule("state-meaning-changed", B, C, meaning.state_meaning_changed),
    ChangeRule("warning-changed", C, None, meaning.warning_changed, by_meaning=True),
    ChangeRule("consistency-changed", C, None, meaning.consistency_changed, by_meaning=True),
    ChangeRule(
        "source-of-truth-changed", C, None, meaning.source_of_truth_changed, by_meaning=True
    ),
)
ACCESS_RULES: Final = (
    ChangeRule("classification-raised", C, C, access.classification_raised),
    ChangeRule("classification-lowered", B, B, access.classification_lowered),
    ChangeRule("classification-stated", P, P, access.classification_stated),
    ChangeRule("grant-narrowed", B, B, access.grant_narrowed),
    ChangeRule("grant-widened", C, C, access.grant_widened),
)
STORAGE_RULES: Final = (
    ChangeRule("function-removed", B, B, storage.function_removed),
    ChangeRule("function-added", A, A, storage.function_added),
    ChangeRule("function-signature-changed", B, B, storage.function_signature_changed),
    ChangeRule("function-body-changed", C, C, storage.function_body_changed, by_meaning=True),
    ChangeRule("replication-changed", P, P, storage.replication_changed, follows=True),
    ChangeRule("stream-changed", P, P, storage.stream_changed, follows=True),
    ChangeRule("stream-key-changed", B, B, storage.stream_key_changed),
    ChangeRule("index-added", P, P, storage.index_added),
    ChangeRule("index-removed", P, P, storage.index_removed),
    ChangeRule("server-changed", C, C, storage.server_changed),
    ChangeRule("server-added", A, A, storage.server_added),
)
SERVICE_RULES: Final = (
    ChangeRule("service-level-weakened", C, A, service.service_level_weakened),
    ChangeRule("service-level-strengthened", A, C, service.service_level_strengthened),
    ChangeRule("service-level-changed", C, C, service.service_level_changed, by_meaning=True),
    ChangeRule("quality-check-loosened", C, A, service.quality_check_loosened),
    ChangeRule("quality-check-tightened", A, C, service.quality_check_tightened),
    ChangeRule("quality-check-changed", C, C, service.quality_check_changed),
    ChangeRule("invariant-dropped", C, A, service.invariant_dropped),
    ChangeRule("invariant-added", A, C, service.invariant_added),
    ChangeRule("notice-shortened", B, None, service.notice_shortened),
    ChangeRule("notice-lengthened", A, C, service.notice_lengthened),
    ChangeRule("compatibility-loosened", C, None, service.compatibility_loosened),
    ChangeRule("compatibility-tightened", A, A, service.compatibility_tightened),
    ChangeRule("strictness-dropped", C, A, service.strictness_dropped, "new_columns"),
    ChangeRule("strictness-added", A, C, service.strictness_added),
    ChangeRule("parent-changed", C, C, service.parent_changed),
)
LIFECYCLE_RULES: Final = (
    ChangeRule("contract-activated", A, A, lifecycle.contract_activated),
    ChangeRule("contract-deprecated", A, A, lifecycle.contract_deprecated),
    ChangeRule("contract-sunset", A, A, lifecycle.contract_sunset),
    ChangeRule("deprecation-incomplete", INVALID, INVALID, lifecycle.deprecation_incomplete),
    ChangeRule("sunset-moved-earlier", B, B, lifecycle.sunset_moved_earlier),
    ChangeRule("sunset-postponed", A, A, lifecycle.sunset_postponed),
    ChangeRule("notice-too-short", B, B, lifecycle.notice_too_short),
    ChangeRule("state-skipped", B, B, lifecycle.state_skipped),
    ChangeRule("state-stepped-back", B, B, lifecycle.state_stepped_back),
    ChangeRule("child-weaker", INVALID, INVALID, lifecycle.child_weaker, owes=False),
)
AREAS: Final[dict[str, tuple[ChangeRule, ...]]] = {
    "Contracts, tables and views": OBJECT_RULES,
    "The registry of consumers": CONSUMER_RULES,
    "Columns": COLUMN_RULES,
    "What fills a column": FILLING_RULES,
    "Types": TYPE_RULES,
    "Keys and constraints": KEY_RULES,
    "Values": VALUE_RULES,
    "Meaning": MEANING_RULES,
    "Access": ACCESS_RULES,
    "Functions, indexes, servers": STORAGE_RULES,
    "Service levels and quality": SERVICE_RULES,
    "Lifecycle and family": LIFECYCLE_RULES,
}
"""All rules, by what they are about."""

CHANGE_RULES: Final[tuple[ChangeRule, ...]] = tuple(
    rule for rules in AREAS.values() for rule in rules
)
_BY_ID: Final[dict[str, ChangeRule]] = {rule.id: rule for rule in CHANGE_RULES}


def change_rule(identifier: str) -> ChangeRule:
    """The rule of this id."""
    return _BY_ID[identifier]


def rule_of(change: Change) -> ChangeRule:
    """The one rule that is about a change."""
    return next(rule for rule in CHANGE_RULES if rule.applies(change))
