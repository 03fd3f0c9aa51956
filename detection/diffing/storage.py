"""How Postgres keeps two tables: indexes, parts, replication, and who may do what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.model import Storage
from detection.change import Change
from detection.diffing.documentation import documented
from detection.diffing.keys import Names
from detection.diffing.pairing import Pair

_NAME: Final = re.compile(r'(CREATE (?:UNIQUE )?INDEX )(?:"(?:[^"]|"")+"|\S+)( ON )')
_WORD: Final = re.compile(r"\w+")
_PLAIN: Final = Storage()


def compare_storage(pair: Pair, names: Names) -> Iterator[Change]:
    """Every difference in how two observed tables are kept; the names of indexes are none.

    ``names`` are the columns that are called otherwise now.
    """
    before, after = pair.before.table, pair.after.table
    if before is None or after is None or before.storage == after.storage:
        return
    if not pair.observed and None in (before.storage, after.storage):
        yield from documented(pair, "storage", before.storage, after.storage)
        return
    old, new = before.storage or _PLAIN, after.storage or _PLAIN
    yield from _compare_indexes(pair, old, new, names)
    if before.kind == after.kind and old.partition_key != new.partition_key:
        yield pair.change("partitioning-changed", old.partition_key, new.partition_key)
    if old.replica_identity != new.replica_identity:
        said = (f"replica identity {each.replica_identity or 'default'}" for each in (old, new))
        yield pair.change("replication-changed", *said)
    if old.publications != new.publications:
        said = (", ".join(each.publications) or "no publication" for each in (old, new))
        yield pair.change("replication-changed", *said, aspect="publications")
    yield from _compare_grants(pair, old.grants, new.grants)


def _compare_indexes(pair: Pair, old: Storage, new: Storage, names: Names) -> Iterator[Change]:
    before = {_renamed(_NAME.sub(r"\1ON ", each), names): each for each in old.indexes}
    after = {_NAME.sub(r"\1ON ", each): each for each in new.indexes}
    for text in before:
        if text not in after:
            yield pair.change(_kind(text, "dropped"), before[text], None, aspect="index")
    for text in after:
        if text not in before:
            yield pair.change(_kind(text, "added"), None, after[text], aspect="index")


def _renamed(definition: str, names: Names) -> str:
    """A definition in which columns are called as they are now."""
    return _WORD.sub(lambda word: names.get(word[0], word[0]), definition) if names else definition


def _kind(definition: str, what: str) -> str:
    """An index that keeps some rows unique is judged as a unique key."""
    if definition.startswith("CREATE UNIQUE"):
        return f"unique-{what}"
    return "index-removed" if what == "dropped" else "index-added"


def _compare_grants(pair: Pair, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    before, after = _by_role(old), _by_role(new)
    for role in sorted(before.keys() | after.keys()):
        had, has = before[role], after[role]
        if had != has:
            kind = "grant-narrowed" if had - has else "grant-widened"
            said = (f"{role}: {', '.join(sorted(each)).lower()}" if each else None
                    for each in (had, has))  # fmt: skip
            yield pair.change(kind, *said, aspect=f"role {role}")


def _by_role(grants: Sequence[str]) -> defaultdict[str, set[str]]:
    rights: defaultdict[str, set[str]] = defaultdict(set)
    for grant in grants:
        role, _, right = grant.rpartition(" ")
        rights[role].add(right)
    return rights
