"""Rules about people: who answers for a promise, and who says that they rely on it.

Each states the fact; to whom it applies is worked out by ``ownership`` and ``consumers``. No
promise is broken by any of them: they say where the documents would mislead whoever asks them
whom a change concerns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detection.comparison import Difference

if TYPE_CHECKING:
    from contracts.consumers import Consumer, Query


def owner_unnamed() -> Difference:
    """Report a contract that nobody answers for.

    It names no owner, or still the one that stands in a draft until somebody is named.

    **Who is hurt.** Whoever breaks the promise and wants to agree on another one: there is
    nobody to ask.

    **Example.** `docent draft object_images --output contracts/object_images.json` was run, and
    the file was committed as it came. A team in place of a person is fine.

    **What to do.** Name the person or the team who answers for it.
    """
    return Difference(None, None, ("owner",))


def consumer_selects_star(consumer: Consumer, query: Query, taken: str) -> Difference:
    """Report a registered query that takes the columns of a table by a star, or a whole row.

    **Who is hurt.** The consumer itself, on the day on which a column is added: it reaches a
    reader who never asked for it. And nobody can say what the query needs.

    **Example.** `select * from object_images` in `consumers.yaml`. `count(*)` takes no column,
    and is fine.

    **What to do.** Name the columns that it reads, together with the consumer's team.
    """
    return Difference(_name(consumer, query), taken, ("sql",))


def consumer_query_unread(consumer: Consumer, query: Query, problem: str) -> Difference:
    """Report a registered query that cannot be read as one.

    **Who is hurt.** The consumer: nobody can say what the query needs, or run it to see what a
    change does to it.

    **Example.** `select title from` in `consumers.yaml`.

    **What to do.** Mend the query in the registry, together with the consumer's team.
    """
    return Difference(_name(consumer, query), problem, ("sql",))


def consumer_column_undeclared(consumer: Consumer, query: Query) -> Difference:
    """Report a column that a registered query reads, and that its subscription does not name.

    **Who is hurt.** The consumer: who asks the registry whether anybody reads the column is
    told that nobody does.

    **Example.** The subscription says `columns: [object_id, title]`, and the query
    `select title, created_at from object`.

    **What to do.** Add the column to the subscription, together with the consumer's team.

    `docent check --queries` looks for it: reading queries takes a moment longer.
    """
    return Difference(_name(consumer, query), None, ("sql",))


def consumer_column_unread(consumer: Consumer) -> Difference:
    """Report a column that a subscription names, and that none of the consumer's queries reads.

    **Who is hurt.** The producer, who keeps a column for a reader who may be gone.

    **Example.** The subscription says `columns: [object_id, title]`, and the only query
    `select title from object`. A consumer without any query is taken at its word.

    **What to do.** Register the query that reads it, or take the column out of the subscription.

    `docent check --queries` looks for it.
    """
    return Difference(consumer.name, None, ("columns",))


def consumer_contract_unknown(consumer: Consumer, named: str) -> Difference:
    """Report a subscription to a contract that there is none of.

    **Who is hurt.** The consumer, who believes that somebody promised what it relies on.

    **Example.** `contract: met-museum-data/object-pictures` in `consumers.yaml`, and no contract
    of this identity in the folder.

    **What to do.** Correct the name, or ask the consumer's team what they rely on.
    """
    return Difference(consumer.name, named, ("contract",))


def consumer_column_unpromised(consumer: Consumer) -> Difference:
    """Report a subscription to a column that its contract does not promise.

    **Who is hurt.** The consumer: the column can go without any promise being broken.

    **Example.** The subscription says `columns: [title, colour]`, and the contract knows no
    `colour`.

    **What to do.** Promise the column, or agree with the consumer's team on what it can rely on.
    """
    return Difference(consumer.name, None, ("columns",))


def _name(consumer: Consumer, query: Query) -> str:
    """A registered query as people call it: ``guide-app/cards``."""
    return f"{consumer.name}/{query.name}"
