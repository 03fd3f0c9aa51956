"""Under which keys a thing is written: for each aspect, its keys in every way of writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.model import Contract, Location, ServiceLevel

_TYPE = (
    "constraints.data_type", "physicalType", "logicalType", "data_type", "type", "array_element",
)  # fmt: skip

_SERVICE_LEVELS = ("slaProperties", "servicelevels", "service_levels", "sla", "freshness")

PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    # columns
    "type-changed": _TYPE,
    "type-stated": _TYPE,
    "type-withdrawn": _TYPE,
    "type-respelled": _TYPE,
    "labels": ("constraints.enum_labels", *_TYPE),
    "element": ("array_element.data_type", "items", *_TYPE),
    "nullable": ("constraints.is_nullable", "required", "nullable", "optional"),
    "primary key": ("constraints.primaryKey", "primaryKey", "primary_key", "primary"),
    "unique": ("constraints.unique", "unique"),
    "updatable": ("constraints.is_updatable",),
    "default": ("constraints.column_default", "default"),
    "identity": ("constraints.identity_generation", "constraints.is_identity"),
    "generated": ("constraints.generation_expression", "constraints.is_generated"),
    "collation": ("constraints.collation_name",),
    "states": ("allowed_values", "enum", "valid_values", "validValues"),
    "classification": ("classification", "pii"),
    "business name": ("businessName",),
    "null reasons": ("nullReasons", "null_reasons"),
    "replacement": ("replacedBy", "replaced_by"),
    # tables
    "table-renamed": ("table_name", "physicalName", "name", "dataset"),
    "table name": ("table_name", "physicalName", "name", "dataset"),
    # contracts
    "contract-renamed": ("name", "namespace", "domain", "id", "dataset", "contract"),
    "status": ("status",),
    "version": ("version",),
    "owner": ("owner", "team", "owner_team"),
    "technical owner": ("technical_owner", "owner", "team"),
    "business owner": ("business_owner", "owner", "team"),
    "documentation": ("doc", "description"),
    "purpose": ("description.purpose", "purpose"),
    "usage": ("description.usage", "usage"),
    "limitations": ("description.limitations", "limitations"),
    "asset": ("dataAssetResourceName",),
    "source of truth": ("source_of_truth",),
    "notice": ("notice", "notice_channel", "lead_time"),
    "sunset date": ("deprecation.sunset_date", "deprecation"),
    "deletes": ("deletes", "deletion", "lifecycle.deletion"),
    "retention": ("deletes", "deletion", "deletion.retention", "deletes.retention"),
    "row lifecycle": ("lifecycle",),
    "backfills": ("backfills", "backfill"),
    "cdc.delete_mode": ("cdc.delete_mode", "cdc"),
    "cdc.key": ("cdc.key", "cdc"),
    "origin": ("source",),
    "correction": ("correction", "correction_policy"),
    "terminal states": ("terminal_values", "terminal_states"),
    "transient states": ("transient_values", "transient_states"),
    "transition history": ("transition_history",),
    "parent": ("extends",),
    "service levels": _SERVICE_LEVELS,
    "service-level-weakened": _SERVICE_LEVELS,
    "service-level-strengthened": _SERVICE_LEVELS,
    "service-level-changed": _SERVICE_LEVELS,
    "roles": ("roles",),
    "channels": ("support",),
    "servers": ("servers",),
    "links": ("authoritativeDefinitions",),
    "dialect": ("apiVersion", "spec-version", "kind"),
    "custom": ("customProperties",),
}
"""The keys of each aspect or kind, the likeliest first; an aspect's own name is tried as well."""

_NAMED: Final = {"data_type": "type-changed", "extends": "parent"}
"""The fields of a noun whose aspect is not called as they are."""


def keys_of(field: str) -> tuple[str, ...]:
    """The keys under which a field of a noun may be written, the likeliest first."""
    aspect = _NAMED.get(field, field.replace("_", " "))
    first, *rest = field.split("_")
    camel = first + "".join(word.capitalize() for word in rest)
    return tuple(dict.fromkeys((*PLACES.get(aspect, ()), field, camel)))


def place_of_level(contract: Contract, level: ServiceLevel, number: int) -> Location | None:
    """Where a service level stands: by its name, or as one of a list."""
    if contract.source is None:
        return None
    listed = (key for key in contract.source.keys if key.endswith(f".{level.property}"))
    return contract.source.at(f"slaProperties.{number}", *listed, "slaProperties", level.property)
