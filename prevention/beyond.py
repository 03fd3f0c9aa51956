"""What a check looks at beyond tables and rows: rights, where asked; streams, where promised."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from contracts.model import Contract
from detection.model import Catalog, Violation


def look_beyond(
    contracts: Sequence[Contract],
    catalog: Catalog,
    database: str | None = None,
    *,
    access: bool = False,
    whole: bool = True,
) -> tuple[Violation, ...]:
    """What is not as contracts say of rights and of streams of changes.

    access:  whether rights are judged; see ``prevention.granting.check_access``.
    whole:   whether these are all the contracts there are.

    Streams are looked at where a contract says, part by part, what they are like: that is one
    statement more. Otherwise the database is not asked at all.
    """
    streams = any(contract.cdc and not isinstance(contract.cdc, str) for contract in contracts)
    if not access and not streams:
        return ()
    from data_assets.postgres import connect, database_url, explained
    from prevention.checking import PATIENCE

    found: list[Violation] = []
    url = database or database_url()
    with closing(connect(url, structure_only=True)) as connection, explained(url):
        connection.execute(PATIENCE)
        if streams:
            from detection.change_streams import find_stream_violations
            from detection.discovery.streams import read_streams

            found += find_stream_violations(contracts, catalog, read_streams(connection))
        if access:
            from detection.access.reading import read_access
            from detection.access.violations import find_access_violations

            rights = read_access(connection)
            found += find_access_violations(contracts, catalog, rights, whole=whole)
    return tuple(found)
