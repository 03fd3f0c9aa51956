"""The catalogue as a pandas table, for the notebooks; nothing else here needs pandas."""

from __future__ import annotations

import pandas as pd

from detection.model import Catalog


def catalog_frame(catalog: Catalog) -> pd.DataFrame:
    """One row a column, with the keys that a contract is joined on first."""
    return pd.DataFrame(
        {
            "table_schema": table.schema,
            "table_name": table.name,
            "column_name": column.name,
            "position": column.position,
        }
        for table in catalog.tables
        for column in table.columns
    )
