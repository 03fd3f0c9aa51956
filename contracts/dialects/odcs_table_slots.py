"""Where tables, columns, their keys and checks stand in a document of ODCS.

What the standard has a key for stands in that key; what it has none for stands in
``customProperties`` under the names listed here. ``docs/odcs.md`` is made from these lists.
"""

from __future__ import annotations

from typing import Final

from contracts import model
from contracts.dialects.odcs_elements import Element, Property, Slot, keys
from contracts.dialects.odcs_links import LINKS, LINKS_TOO

TABLE: Final = Element(
    model.Table,
    "SchemaObject",
    layout=keys(
        """
        id name physicalName physicalType logicalType businessName description
        deprecated synonyms tags authoritativeDefinitions dataGranularityDescription
        context properties relationships quality customProperties
        """
    ),
    slots=(
        Slot("name", "name", "where there is a `physicalName`, that; a logical name is kept"),
        Slot(
            "schema",
            "physicalName",
            "`schema.table`; else the schema of the document's servers, else `public`",
        ),
        Slot("kind", "physicalType", "`table`, `view` …; other words are kept"),
        Slot("business_name", "businessName"),
        Slot("description", "description"),
        Slot("tags", "tags"),
        LINKS,
        Slot("grain", "dataGranularityDescription", "one sentence, or one column"),
        Slot(
            "columns",
            "properties",
            "each as below; a `semanticType` of `measure` or `dimension` is no column",
        ),
        Slot("primary_key", "primaryKeyPosition", "of its columns, where each of them has one"),
        Slot("foreign_keys", "relationships", "those of columns count too"),
    ),
    properties=(
        Property("schema", "An empty text: no table is named yet.", beside="physicalName"),
        Property("meaning", "What a row stands for."),
        Property(
            "grain", "What one row is about, in several columns.", "dataGranularityDescription"
        ),
        Property("filter", "Which rows are in the table."),
        Property("ordered", "Whether the order of the columns is promised too."),
        Property("primary_key", "The columns of the key, in its order.", "primaryKeyPosition"),
        Property("unique_keys", "Columns that are unique together."),
        Property("foreign_keys", "Columns that occur in another table.", "relationships"),
        Property("checks", "The table's CHECK constraints.", named="checkConstraints"),
        Property("definition", "The query of a view."),
        Property("partition_of", "The table that a partition belongs to."),
        Property("catalog", "The database that it was written for: a label, never compared."),
        Property("storage", "How Postgres keeps the table, as far as was observed."),
        LINKS_TOO,
    ),
)

COLUMN: Final = Element(
    model.Column,
    "SchemaProperty",
    layout=keys(
        """
        id name physicalName businessName description deprecated synonyms semanticType
        primaryKey primaryKeyPosition required unique logicalType logicalTypeOptions
        physicalType items map properties enum classification encryptedName
        criticalDataElement partitioned partitionKeyPosition transformSourceObjects
        transformLogic transformDescription examples tags authoritativeDefinitions
        relationships quality customProperties
        """
    ),
    slots=(
        Slot("name", "name", "where there is a `physicalName`, that; a logical name is kept"),
        Slot("business_name", "businessName"),
        Slot("description", "description"),
        Slot("deprecated", "deprecated", "from v3.2.0 on"),
        Slot("primary_key", "primaryKey"),
        Slot("nullable", "required", "the other way round; `false` beside a key says nothing"),
        Slot("unique", "unique"),
        Slot(
            "data_type",
            "physicalType",
            "as Postgres has it; without one, `logicalType` is what is promised",
        ),
        Slot("json_shape", "logicalTypeOptions.required", "of an object"),
        Slot("timezone", "logicalTypeOptions.defaultTimezone", "of a time or timestamp"),
        Slot("states", "enum", "from v3.2.0 on; labels and descriptions are kept"),
        Slot(
            "classification",
            "classification",
            "`confidential` is sensitive and `restricted` highly sensitive; others are kept",
        ),
        Slot("examples", "examples"),
        Slot("tags", "tags"),
        LINKS,
    ),
    properties=(
        Property(
            "data_type",
            "The type in full, where its spelling does not say all of it.",
            "physicalType",
        ),
        Property("nullable", "Whether a column of the key is promised to be nullable.", "required"),
        Property("default", "The default, as SQL; an empty text promises that there is none."),
        Property("identity", "`always`, `by default`, or an empty text for none."),
        Property("generated", "The expression of a generated column; an empty text for none."),
        Property("collation", "The collation, where it is not the type's own."),
        Property("updatable", "Whether an UPDATE may name the column."),
        Property("optional", "Whether the table may lack the column."),
        Property("meaning", "What a value means, where the description does not say it."),
        Property("unit", "The unit of a value."),
        Property("currency", "The currency of a value."),
        Property("timezone", "The time zone of a value.", "logicalTypeOptions.defaultTimezone"),
        Property("null_reasons", "What a null can mean, by a code for each meaning."),
        Property("states", "The values that the column can take.", "enum"),
        Property("unknown_value_policy", "What a reader does with a value that is not listed."),
        Property("extensible", "Whether values may join without a new promise."),
        Property("terminal_states", "The states that a row stays in."),
        Property("transient_states", "The states that a row only passes through."),
        Property("external_terms", "What others call a state, by the state."),
        Property("transition_history", "Where it is kept which state a row had when."),
        Property(
            "json_shape", "The keys of a json column's values.", "logicalTypeOptions.required"
        ),
        Property("deprecated", "Whether the column is on its way out.", "deprecated"),
        Property("replaced_by", "The column to read instead."),
        Property("origin", "Where a value comes from."),
        Property("correction", "How a wrong value is put right, and whether readers can tell."),
        Property("warning", "What a reader must not take a value for."),
        LINKS_TOO,
    ),
)

RELATIONSHIP: Final = Element(
    model.ForeignKey,
    "RelationshipSchemaLevel",
    layout=keys("id type from to customProperties"),
    slots=(
        Slot("columns", "from", "`table.column`, or a list of them; a column's own has none"),
        Slot("references_table", "to", "`table.column`, or a list of them"),
        Slot("references_columns", "to", "`table.column`, or a list of them"),
    ),
    properties=(
        Property("name", "The name of the constraint."),
        Property(
            "references_schema",
            "The other table's schema, if it is in no table here.",
            named="schema",
        ),
        Property("on_update", "What becomes of it when the other key changes."),
        Property("on_delete", "What becomes of it when the other row goes."),
    ),
)

CHECK: Final = Element(
    model.Check,
    "DataQuality",
    layout=keys(
        """
        id name description type metric rule arguments query engine implementation
        mustBe mustNotBe mustBeGreaterThan mustBeGreaterOrEqualTo mustBeLessThan
        mustBeLessOrEqualTo mustBeBetween mustNotBeBetween unit dimension severity
        businessImpact method scheduler schedule tags authoritativeDefinitions
        customProperties
        """
    ),
    slots=(
        Slot("name", "name"),
        Slot("description", "description"),
        Slot("measure", "metric", "or `type`: `sql`, `custom`, `text`; the old `rule` is read too"),
        Slot("arguments", "arguments", "as JSON; `properties` of duplicates are the columns"),
        Slot("query", "query", "of `sql`; of `custom`, the text of its `implementation`"),
        Slot("operator", "mustBe", "and the other operators"),
        Slot("bound", "mustBe", "and the other operators"),
        Slot("unit", "unit"),
        Slot("dimension", "dimension"),
        Slot("severity", "severity"),
        Slot("level", "severity", "`warning`, and `info` for a note; all else is an error"),
        Slot("columns", "properties[].quality", "the column that the check stands at"),
        Slot(
            "table", "schema[].quality", "the table that the check stands at, if not the only one"
        ),
    ),
    properties=(
        Property(
            "columns",
            "The columns that it is about, if not the one it stands at.",
            "properties[].quality",
        ),
        Property(
            "table", "The table that it is about, as the contract puts it.", "schema[].quality"
        ),
        Property("level", "Its level, where the severity does not say it.", "severity"),
        Property("filter", "Which rows count, as SQL."),
    ),
    own={
        "check": (model.Check, "The whole check, where the standard has no words for it."),
        "order": (int, "Its place among the contract's checks, where that is not where it stands."),
    },
)
