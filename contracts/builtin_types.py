"""The types that Postgres brings along, under every name that it knows them by."""

from __future__ import annotations

from typing import Final

CHARACTERS: Final = ("character varying", "character")
BITS: Final = ("bit", "bit varying")
INTEGERS: Final = ("smallint", "integer", "bigint")
FLOATS: Final = ("real", "double precision")
TIMES: Final = (
    "time without time zone",
    "time with time zone",
    "timestamp without time zone",
    "timestamp with time zone",
)

ALIASES: Final = {
    "int2": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "decimal": "numeric",
    "dec": "numeric",
    "bool": "boolean",
    "varchar": "character varying",
    "char varying": "character varying",
    "national character varying": "character varying",
    "national char varying": "character varying",
    "nchar varying": "character varying",
    "char": "character",
    "nchar": "character",
    "national character": "character",
    "national char": "character",
    "varbit": "bit varying",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}
"""Other spellings of a type, in SQL and in ``pg_type``."""

RANGES: Final = frozenset(
    f"{kind}{suffix}"
    for kind in ("int4", "int8", "num", "ts", "tstz", "date")
    for suffix in ("range", "multirange")
)

BUILT_IN: Final = (
    frozenset(
        """
        "char" aclitem bigint bit boolean box bytea character cid cidr circle date gtsvector inet
        int2vector integer interval json jsonb jsonpath line lseg macaddr macaddr8 money name
        numeric oid oidvector path pg_brin_bloom_summary pg_brin_minmax_multi_summary
        pg_dependencies pg_lsn pg_mcv_list pg_ndistinct pg_node_tree pg_snapshot point polygon real
        refcursor regclass regcollation regconfig regdictionary regnamespace regoper regoperator
        regproc regprocedure regrole regtype smallint text tid tsquery tsvector txid_snapshot uuid
        xid xid8 xml
        """.split()  # noqa: SIM905
    )
    | {"bit varying", "character varying", "double precision"}
    | set(TIMES)
    | RANGES
)
"""Every base and range type of ``pg_catalog`` that a column can have, as Postgres prints it."""

PSEUDO_TYPES: Final = frozenset(
    """
    any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
    anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange cstring event_trigger
    internal record trigger unknown void
    """.split()  # noqa: SIM905
)
"""Names that Postgres has for the arguments of functions; no column can be one."""

MEANT: Final = {
    "string": "text",
    "str": "text",
    "nvarchar": "character varying",
    "varchar2": "character varying",
    "long": "bigint",
    "int64": "bigint",
    "int32": "integer",
    "int16": "smallint",
    "tinyint": "smallint",
    "mediumint": "integer",
    "number": "numeric",
    "double": "double precision",
    "float64": "double precision",
    "float32": "real",
    "datetime": "timestamp without time zone",
    "datetime2": "timestamp without time zone",
    "smalldatetime": "timestamp without time zone",
    "timestamp_ntz": "timestamp without time zone",
    "timestamp_tz": "timestamp with time zone",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
    "blob": "bytea",
    "binary": "bytea",
    "varbinary": "bytea",
    "clob": "text",
    "guid": "uuid",
    "uniqueidentifier": "uuid",
    "object": "jsonb",
    "list": "ARRAY",
}
"""What other systems, and habit, call a type that Postgres has under another name."""
