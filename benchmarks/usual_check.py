"""The usual way to check contracts, as a baseline: information_schema, SQLAlchemy and pandas.

It compares names, types and nullability of the columns under contract, and no more. Run as
a process: ``python benchmarks/usual_check.py URL FOLDER``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
import yaml

QUERY = (
    "select table_schema, table_name, column_name, data_type, is_nullable "
    "from information_schema.columns"
)
KEYS = ["table_schema", "table_name", "column_name"]


def promised(folder: Path) -> pd.DataFrame:
    """One row a column under contract."""
    rows = []
    for path in sorted(folder.glob("*_spec.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))["schema"]
        for name, column in schema["properties"].items():
            limits = column["constraints"]
            rows.append(
                {
                    "table_schema": schema["table_schema"],
                    "table_name": schema["table_name"],
                    "column_name": name,
                    "data_type": limits["data_type"],
                    "is_nullable": "YES" if limits["is_nullable"] else "NO",
                }
            )
    for path in sorted(folder.glob("*.odcs.yaml")):
        for table in yaml.safe_load(path.read_text(encoding="utf-8"))["schema"]:
            rows += [
                {
                    "table_schema": "public",
                    "table_name": table["name"],
                    "column_name": column["name"],
                    "data_type": column["physicalType"],
                    "is_nullable": "NO" if column["required"] else "YES",
                }
                for column in table["properties"]
            ]
    return pd.DataFrame(rows)


def main(url: str, folder: str) -> int:
    """Print how many promised columns differ; 1 if any does."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        catalog = pd.read_sql(sa.text(QUERY), connection)
    both = promised(Path(folder)).merge(
        catalog, on=KEYS, how="left", suffixes=("_promised", "_found")
    )
    differs = (both["data_type_promised"] != both["data_type_found"]) | (
        both["is_nullable_promised"] != both["is_nullable_found"]
    )
    print(int(differs.sum()), "of", len(both), "columns differ")
    return int(differs.any())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
