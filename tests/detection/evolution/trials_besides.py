"""More trials for the oracle: the other types and directions that one rule is about."""

from __future__ import annotations

from tests.detection.evolution.oracle import Trial, retyped
from tests.detection.evolution.trials import ARTIST, DIVIDED, SHOWN, THING, made

BESIDES = {
    "length-grown": [
        retyped("varchar(5)[]", "text[]", "'{oil}'", {THING: "other types"},
                {"'{ink}'": "same"}),
        retyped("bit varying(3)", "bit varying(5)", "b'101'", {THING: "other width"},
                {"b'11'": "same"}),
    ],
    "text-retyped": [
        retyped("text[]", "varchar[]", "'{oil}'", {THING: "other types"}, {"'{ink}'": "same"}),
    ],
    "numeric-widened": [
        retyped("numeric(10,2)[]", "numeric(12,2)[]", "'{9.50}'", {SHOWN: "same"},
                {"'{9.50}'": "same"}),
    ],
    "length-cut": [
        retyped("text[]", "varchar(3)[]", "'{oil}'", {SHOWN: "same"}, {"'{bronze}'": "refused"}),
    ],
    "padding-changed": [
        retyped("char(5)", "text", "'oil'",
                {"select octet_length(thing) from object": "other rows"},
                {"'oil'": "same", "'oil  '": "other value"}, stored="octet_length(thing::text)"),
        retyped("varchar(9)", "char(5)", "'oil'",
                {"select octet_length(thing) from object": "other rows"},
                {"'bronze'": "refused"}),
    ],
    "integer-widened": [
        retyped("smallint", "integer", "7", {THING: "other types"}, {"7": "same"}),
        retyped("integer[]", "bigint[]", "'{7}'", {THING: "other types"}, {"'{7}'": "same"}),
    ],
    "integer-to-fraction": [
        retyped("integer", "real", "7", {DIVIDED: "other rows"}, {"7": "same"}),
    ],
    "fraction-to-integer": [
        retyped("double precision", "bigint", "9.5", {THING: "other rows"}, {"9.5": "other value"}),
    ],
    "timestamp-to-date": [
        retyped("timestamptz", "date", "'2024-01-31 10:30+00'", {THING: "other rows"},
                {"'2024-01-31 10:30+00'": "other value"}),
    ],
    "time-zone-changed": [
        retyped("timetz", "time", "'10:30+02'", {THING: "other rows"},
                {"'10:30+02'": "other value"}),
    ],
    "array-changed": [
        retyped("integer[]", "integer", "'{7}'", {"select thing[1] from object": "fails"},
                {"'{7}'": "refused"}, using="thing[1]"),
    ],
    "type-opened-to-text": [
        retyped("inet", "text", "'10.0.0.1'",
                {"select count(*) from object where thing << '10.0.0.0/8'": "fails"},
                {"'10.0.0.1'": "same"}, stored="thing::inet"),
    ],
    "type-changed": [
        retyped("integer", "text", "7", {DIVIDED: "fails"}, {"7": "same"}),
        retyped("text", "jsonb", "'{}'", {"select upper(thing) from object": "fails"},
                {"'oil'": "refused"}, using="thing::jsonb"),
        retyped("int4range", "int8range", "'[1,3)'", {THING: "other types",
                "select thing && int4range(1, 2) from object": "fails"}, {"'[1,3)'": "same"},
                using="int8range(lower(thing), upper(thing))"),
        retyped("size", "text", "'(1)'", {"select (thing).width from object": "fails"},
                {"'oil'": "refused"}, setup="create type size as (width integer)")._replace(writes={
                    "update object set thing.width = 2": "refused"}),
    ],
    "unique-dropped": [
        Trial(f"{made('thing text')}; create unique index one_thing on object (thing)",
              "drop index one_thing",
              {"select count(*) from object o join object p using (thing)": "other rows"},
              {"insert into object values (9, 'oil') on conflict (thing) do nothing": "refused"},
              comes="insert into object values (9, 'oil')"),
    ],
    "foreign-key-added": [
        Trial(f"{ARTIST}; {made('thing text')}",
              "alter table object add foreign key (thing) references artist",
              {THING: "same"}, {"delete from artist": "refused"}),
    ],
}  # fmt: skip

DOCUMENTED_ALONE = {
    "value-added-to-extensible": "A document says that values may join; a value is value-added.",
    "values-stated": "A document promises more; the database is the same.",
    "values-withdrawn": "A document promises less; the database is the same.",
    "values-opened": "A document announces values to come; the database is the same.",
    "values-closed": "A document announces that none will come; the database is the same.",
    "unknown-value-policy-changed": "A document tells readers what to do with a new value.",
    "json-key-removed": "Postgres knows no keys of a json value; a document promises them.",
    "json-optional-key-removed": "Postgres knows no keys of a json value.",
    "json-key-added": "Postgres knows no keys of a json value.",
    "json-key-required": "Postgres knows no keys of a json value.",
    "json-shape-stated": "Postgres knows no keys of a json value.",
    "json-shape-withdrawn": "Postgres knows no keys of a json value.",
}
"""Rules about values that no query shows, each with the reason."""
