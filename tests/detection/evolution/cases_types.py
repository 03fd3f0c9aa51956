"""Cases of types: what triggers each rule, and what looks frightening and is not it."""

from __future__ import annotations

from contracts.logical_types import logical
from contracts.model import UNLIMITED, DataType
from contracts.types import parse_type
from tests.detection.evolution.making import Case, Side, case, col, enum

Miss = tuple[Side, Side, frozenset[str]]


def to(before: str | DataType, after: str | DataType) -> Case:
    return case(col(before), col(after))


def near(before: str | DataType, after: str | DataType, *rules: str) -> Miss:
    return (col(before), col(after), frozenset(rules))


VARCHAR = DataType("character varying", length=UNLIMITED)
DOMAIN = DataType("gallery", "domain", schema="public", base=parse_type("integer"))
ANY_ARRAY = DataType("ARRAY", "array")

CASES = {
    "length-grown": [
        to("varchar(200)", "varchar(400)"),
        to("varchar(200)", "text"),
        to("varchar(200)", "varchar"),
        to("varchar(20)[]", "varchar(40)[]"),
        to("bit varying(8)", "bit varying(16)"),
    ],
    "length-cut": [
        to("varchar(400)", "varchar(200)"),
        to("text", "varchar(200)"),
        to("text[]", "varchar(200)[]"),
        to("bit varying", "bit varying(8)"),
    ],
    "text-retyped": [to("text", "varchar"), to("varchar", "text")],
    "padding-changed": [
        to("text", "char(2)"), to("char(2)", "varchar(2)"), to("varchar(9)", "char(2)"),
    ],
    "padding-grown": [to("char(2)", "char(3)"), to("char", "char(3)"), to("char(3)", "bpchar")],
    "padding-cut": [to("char(3)", "char(2)"), to("bpchar", "char(2)")],
    "integer-widened": [
        to("smallint", "integer"), to("integer", "bigint"), to("smallint", "bigint"),
        to("integer[]", "bigint[]"),
    ],
    "integer-narrowed": [to("bigint", "integer"), to("integer", "smallint")],
    "integer-to-fraction": [
        to("integer", "numeric"), to("integer", "real"), to("smallint", "double precision"),
        to("bigint", "numeric(20,0)"), to(logical("integer"), logical("number")),
        to("integer", logical("number")),
    ],
    "fraction-to-integer": [
        to("numeric(10,2)", "integer"), to("real", "bigint"),
        to(logical("number"), logical("integer")), to(logical("number"), "integer"),
    ],
    "exact-to-float": [
        to("bigint", "double precision"), to("numeric(10,2)", "real"), to("numeric", "float8"),
    ],
    "float-to-exact": [to("real", "numeric(10,2)"), to("double precision", "numeric")],
    "float-widened": [to("real", "double precision")],
    "float-narrowed": [to("double precision", "real")],
    "numeric-widened": [to("numeric(10,2)", "numeric(12,2)"), to("numeric(4)", "numeric(6)")],
    "numeric-narrowed": [to("numeric(12,2)", "numeric(10,2)")],
    "scale-grown": [
        to("numeric(10,2)", "numeric(12,4)"), to("numeric(10,2)", "numeric"),
        to("numeric(10,2)", "numeric(14,4)"),
    ],
    "scale-grown-into-digits": [to("numeric(10,2)", "numeric(10,4)")],
    "scale-lost": [
        to("numeric(10,2)", "numeric(10,1)"), to("numeric(10,2)", "numeric(14,0)"),
        to("numeric", "numeric(10,2)"),
    ],
    "date-to-timestamp": [
        to("date", "timestamp"), to("date", "timestamptz"),
        to(logical("date"), logical("timestamp")),
    ],
    "timestamp-to-date": [to("timestamp", "date"), to("timestamptz", "date")],
    "time-zone-changed": [
        to("timestamp", "timestamptz"), to("timestamptz", "timestamp"), to("time", "timetz"),
        to("timetz", "time"),
    ],
    "second-digits-gained": [to("timestamp(0)", "timestamp"), to("interval(3)", "interval")],
    "second-digits-lost": [to("timestamp", "timestamp(0)"), to("time(6)", "time(3)")],
    "interval-widened": [to("interval year to month", "interval")],
    "interval-narrowed": [
        to("interval", "interval year to month"), to("interval day", "interval hour"),
    ],
    "array-changed": [to("text", "text[]"), to("integer[]", "integer"), to("text", ANY_ARRAY)],
    "json-to-jsonb": [to("json", "jsonb"), to("json[]", "jsonb[]")],
    "jsonb-to-json": [to("jsonb", "json")],
    "type-opened-to-text": [
        to("uuid", "text"), to(enum("oil"), "text"), to("inet", "varchar"), to("cidr", "text"),
    ],
    "type-closed-from-text": [
        to("text", "uuid"), to("varchar(40)", enum("oil")), to("text", "inet"),
    ],
    "enum-renamed": [to(enum("oil", "bronze"), enum("oil", "bronze", name="technique"))],
    "type-made-exact": [
        to(logical("string"), "varchar(200)"), to(logical("timestamp"), "timestamptz"),
        to(logical("integer"), "smallint"), to(logical("number"), "numeric"),
        to(DataType("ARRAY", "array", element=logical("string")), "text[]"),
    ],
    "type-made-general": [
        to("varchar(200)", logical("string")), to("bigint", logical("integer")),
    ],
    "type-respelled": [
        to("varchar", VARCHAR), to("timestamp", "timestamp(6)"), to(DOMAIN, "integer"),
        to("integer", DOMAIN), to("char", "char(1)"),
        to(DataType("mood", "unknown", schema="public"),
           DataType("mood", "composite", schema="public")),
    ],
    "type-stated": [case(col(None), col("text")), to(ANY_ARRAY, "text[]")],
    "type-withdrawn": [case(col("text"), col(None)), to("text[]", ANY_ARRAY)],
    "type-changed": [
        to("integer", "text"), to("boolean", "integer"), to("jsonb", "text"),
        to("money", "numeric"), to("bit(8)", "bit(16)"), to("int4range", "int8range"),
        to("uuid", "varchar(36)"), to("timestamp", "time"), to("integer[]", "text[]"),
        to(DataType("size", "composite", schema="public"), "jsonb"),
        to(enum("oil"), enum("bronze", name="technique")), to(logical("string"), "integer"),
        to(logical("string"), logical("number")), to("text", logical("number")),
    ],
}  # fmt: skip

NEAR_MISSES: dict[str, list[Miss]] = {
    "length-grown": [
        near("varchar(200)", "varchar(200)"),
        near("varchar(9)", "char(12)", "padding-changed"),
    ],
    "length-cut": [near("varchar(200)", "text", "length-grown"), near("text", "text")],
    "text-retyped": [near("text", "varchar(10485760)", "length-cut")],
    "padding-changed": [near("varchar(9)", "text", "length-grown")],
    "padding-grown": [near("char", "character(1)", "type-respelled")],
    "padding-cut": [near("char(2)", "char(2)")],
    "integer-widened": [near("int4", "integer"), near("integer", "numeric", "integer-to-fraction")],
    "integer-narrowed": [near("int8", "bigint")],
    "integer-to-fraction": [near("bigint", "real", "exact-to-float")],
    "fraction-to-integer": [near("numeric(10,2)", "numeric(10,0)", "scale-lost")],
    "exact-to-float": [near("integer", "double precision", "integer-to-fraction")],
    "float-to-exact": [near("real", "double precision", "float-widened")],
    "float-widened": [near("float4", "real"), near("float(24)", "real")],
    "float-narrowed": [near("float8", "float(53)")],
    "numeric-widened": [near("decimal(10,2)", "numeric(10,2)"), near("numeric(4)", "numeric(4,0)")],
    "numeric-narrowed": [near("numeric(12,2)", "numeric(12,2)")],
    "scale-grown": [near("numeric(10,2)", "numeric(10,3)", "scale-grown-into-digits")],
    "scale-grown-into-digits": [near("numeric(10,2)", "numeric(12,4)", "scale-grown")],
    "scale-lost": [near("numeric(10,2)", "numeric", "scale-grown")],
    "date-to-timestamp": [near("date", "date"), near("date", "text", "type-changed")],
    "timestamp-to-date": [near("timestamp", "timestamp(0)", "second-digits-lost")],
    "time-zone-changed": [near("timestamp", "timestamp without time zone")],
    "second-digits-gained": [near("timestamp", "timestamp(6)", "type-respelled")],
    "second-digits-lost": [near("timestamp(6)", "timestamptz(0)", "time-zone-changed")],
    "interval-widened": [near("interval year to month", "interval YEAR TO MONTH")],
    "interval-narrowed": [near("interval", "interval(6)", "type-respelled")],
    "array-changed": [near("text[]", "varchar(9)[]", "length-cut")],
    "json-to-jsonb": [near("json", "json")],
    "jsonb-to-json": [near("jsonb", "text", "type-changed")],
    "type-opened-to-text": [near("uuid", "varchar(36)", "type-changed")],
    "type-closed-from-text": [near("text", "boolean", "type-changed")],
    "enum-renamed": [near(enum("oil"), enum("oil", "bronze"), "value-added")],
    "type-made-exact": [near(logical("string"), "integer", "type-changed")],
    "type-made-general": [near("integer", logical("number"), "integer-to-fraction")],
    "type-respelled": [near("int4", "int"), near("varchar", "varchar(9)", "length-cut")],
    "type-stated": [(col(None), col(None), frozenset())],
    "type-withdrawn": [(col("int4"), col("integer"), frozenset())],
    "type-changed": [near("bool", "boolean"), near("smallint", "bigint", "integer-widened")],
}
