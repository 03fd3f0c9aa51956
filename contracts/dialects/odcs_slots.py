"""Where a contract and all but its tables stand in a document of ODCS, element by element.

What the standard has a key for stands in that key; what it has none for stands in
``customProperties`` under the names listed here. ``docs/odcs.md`` is made from these lists.
"""

from __future__ import annotations

from typing import Final, Literal

from contracts import model
from contracts.dialects.odcs_elements import Element, Property, Slot, keys
from contracts.dialects.odcs_links import LINKS, LINKS_TOO

CONTRACT: Final = Element(
    model.Contract,
    "",
    layout=keys(
        """
        apiVersion kind id name version status domain tenant dataProduct description
        context tags authoritativeDefinitions servers schema price team roles
        slaDefaultElement slaProperties support customProperties contractCreatedTs
        """
    ),
    slots=(
        Slot("spec_version", "apiVersion", "written as `v3.1.0`, or `v3.2.0` where that is needed"),
        Slot("id", "id", "also the name of a contract that has no `name`"),
        Slot("name", "name", "left out where it is the `id` and there is no namespace"),
        Slot("version", "version", "semver; a whole number N reads as N.0.0"),
        Slot("status", "status", "`sunset` is known too; other words for a state are kept"),
        Slot("namespace", "domain", "where there is a `name`"),
        Slot("purpose", "description.purpose", "as it is"),
        Slot("usage", "description.usage", "as it is"),
        Slot("limitations", "description.limitations", "as it is"),
        Slot("tags", "tags"),
        LINKS,
        Slot("servers", "servers", "each as below"),
        Slot("tables", "schema", "each as below"),
        Slot("owner", "team", "the member with the role `owner`, else the team's name"),
        Slot("technical_owner", "team", "the member with the role `technical owner`"),
        Slot("business_owner", "team", "the member with the role `business owner`"),
        Slot("roles", "roles", "each as below"),
        Slot("service_levels", "slaProperties", "each as below"),
        Slot("channels", "support", "each as below"),
        Slot(
            "checks",
            "quality",
            "of a table or of a column, each as below; limits of values as `logicalTypeOptions`",
        ),
    ),
    properties=(
        Property("documentation", "What the contract promises, in prose."),
        Property("asset", "The data that is meant, as a URL or in words."),
        Property("strict", "Whether a column that is not declared breaks the promise."),
        Property("producer", "Who makes the data."),
        Property("source_of_truth", "The system that is right where two differ."),
        Property("owner", "Whom to talk to.", beside="team"),
        Property("technical_owner", "Who keeps the data running.", beside="team"),
        Property("business_owner", "Who decides what it means.", beside="team"),
        Property("consumers", "Who relies on it, by their names in `consumers.yaml`."),
        Property("enforcement", "What holds the contract to its word; `none` is nothing."),
        Property("notice", "How, and how many days ahead, a breaking change is announced."),
        Property("compatibility", "Rules of the contract's own about changes, stricter than ours."),
        Property(
            "extends",
            "The one that it may only narrow. It has one parent only; of two, let one extend the "
            "other.",
        ),
        Property("extends_version", "The version of it that is meant."),
        Property("deprecation", "The announced end: dates as `2026-02-03`, and what comes after."),
        Property("deletes", "What becomes of rows that are deleted at the source."),
        Property("row_lifecycle", "When a row appears, by what it changes, how it is put right."),
        Property("time", "What the times in the rows mean."),
        Property("backfills", "Whether, when and how rows of the past are written anew."),
        Property("consistency", "What a reader can rely on while a writer is at work."),
        Property("invariants", "Sentences that are true of the rows at every moment."),
        Property("cdc", "What whoever follows the changes of a table is promised."),
        Property("functions", "Functions and procedures whose signatures are promised."),
        LINKS_TOO,
    ),
    own={
        "unstated": (
            tuple[Literal["id", "version", "status"], ...],
            "Which keys the standard demands and the contract does not say: they hold a stand-in.",
        ),
        "checks": (tuple[model.Check, ...], "Checks about tables that the document does not have."),
    },
)

SERVICE_LEVEL: Final = Element(
    model.ServiceLevel,
    "ServiceLevelAgreementProperty",
    layout=keys(
        """
        id property value valueExt unit element driver description scheduler schedule
        authoritativeDefinitions customProperties
        """
    ),
    slots=(
        Slot("property", "property"),
        Slot("value", "value"),
        Slot("value_end", "valueExt"),
        Slot("unit", "unit"),
        Slot("element", "element"),
        Slot("driver", "driver"),
        Slot("description", "description"),
    ),
    properties=(
        Property(
            "operator",
            "In which way the value bounds; the usual one is less than a time, at least a share.",
        ),
        Property("level", "How much it weighs when it is not kept; an error without it."),
    ),
)

CHANNEL: Final = Element(
    model.Channel,
    "SupportItem",
    layout=keys("id channel url description tool scope invitationUrl customProperties"),
    slots=(
        Slot("name", "channel"),
        Slot("url", "url"),
        Slot("description", "description"),
        Slot("tool", "tool"),
        Slot("scope", "scope"),
    ),
)

ROLE: Final = Element(
    model.Role,
    "Role",
    layout=keys(
        """
        id role description access firstLevelApprovers secondLevelApprovers
        customProperties
        """
    ),
    slots=(
        Slot("name", "role"),
        Slot("access", "access"),
        Slot("description", "description"),
    ),
    properties=(Property("classifications", "The classifications that the role may read."),),
)

SERVER: Final = Element(
    model.Server,
    "Server",
    layout=keys(
        """
        id server type description environment host port database schema roles
        customProperties
        """
    ),
    slots=(
        Slot("name", "server"),
        Slot("kind", "type", "`custom` where the standard lacks the kind or demands more of it"),
        Slot("environment", "environment"),
        Slot("host", "host"),
        Slot("port", "port", "a variable is kept"),
        Slot("database", "database"),
        Slot("schema", "schema"),
        Slot("description", "description"),
    ),
    properties=(Property("kind", "What kind of server it is.", beside="type"),),
)
