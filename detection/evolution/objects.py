"""Rules about contracts as a whole, and about the registry of who reads.

Each function says whether a change is one of its kind; its docstring is its page.
"""

from __future__ import annotations

from detection.change import Change


def contract_removed(change: Change) -> bool:
    """A contract is gone, and nothing of the same tables took its place.

    **Who is hurt.** Everybody who relied on it: from now on nobody promises them anything, and
    no check will say so.

    **Before and after.** `object_images_contract_spec.json` is deleted. A file that was only
    moved or renamed is another finding: a contract is known by its namespace and name.

    **Safe path.** Deprecate the contract with a sunset date and a replacement, wait for the
    date, then remove it. It cannot carry a version any more: its named replacement or an
    acknowledgement suffices.
    """
    return change.kind == "contract-removed"


def contract_retired(change: Change) -> bool:
    """A contract is gone after the sunset date that it announced.

    **Who is hurt.** Readers who did not move in time. Writers knew the date.

    **Before and after.** The contract was `sunset` with a date a week ago, and is deleted, or
    its status is `retired` now.

    **Safe path.** This is the safe path: deprecate, wait, sunset, wait, retire. It remains a
    major change, since whoever still reads is stopped.
    """
    return change.kind == "contract-retired"


def contract_added(change: Change) -> bool:
    """A contract that was not there before.

    **Who is hurt.** Nobody: more is promised than before.

    **Before and after.** `docent draft visitor --output contracts/visitor_contract_spec.json`.

    **Safe path.** Name an owner, say what the columns mean, and add it.
    """
    return change.kind == "contract-added"


def contract_name_changed(change: Change) -> bool:
    """A contract goes by another namespace or name.

    It is taken for the same contract where its `id` is the same, or it is about exactly the
    same tables.

    **Who is hurt.** Everybody who knows it by its name: subscriptions in the registry, children
    that extend it, acknowledgements.

    **Before and after.** `met-museum-data/object-images` becomes `met-museum-data/pictures`.

    **Safe path.** Add the contract under the new name, deprecate the old one with the new one
    as its replacement, and remove it after its date.
    """
    return change.kind == "contract-renamed"


def contract_id_changed(change: Change) -> bool:
    """A contract keeps its name and has another `id`.

    **Who is hurt.** Tools that follow the contract by its id, which was said never to change.

    **Before and after.** `id: 53581432` becomes `id: 64692543`.

    **Safe path.** Put the old id back; a contract that is really another one needs another name.

    **Evidence.** A declaration in the contract that nothing follows it by its id.
    """
    return change.kind == "contract-id-changed"


def contract_moved(change: Change) -> bool:
    """A contract is in another file, and is the same contract.

    **Who is hurt.** Nobody: a contract is known by its namespace and name, never by its path.

    **Before and after.** `contracts/images.json` is now `contracts/collection/images.json`.

    **Safe path.** Move it; no bump is owed, since no word of it changed.
    """
    return change.kind == "contract-moved"


def dialect_changed(change: Change) -> bool:
    """A contract is written in another dialect, or in another version of it.

    **Who is hurt.** Nobody, as far as it says the same; whatever it says otherwise, or no
    longer says, is told by itself.

    **Before and after.** The book's spec becomes ODCS 3.1.

    **Safe path.** `docent convert` names what the other dialect cannot say.
    """
    return change.kind == "dialect-changed"


def enforcement_switched_off(change: Change) -> bool:
    """Nothing holds the contract to its word any more.

    **Who is hurt.** Readers: the next break reaches them unannounced.

    **Before and after.** `enforcement: docent gate` becomes `enforcement: none`, or is gone.

    **Safe path.** Leave it on. Where one check is in the way, accept that one by a baseline or
    an acknowledgement.
    """
    return change.kind == "enforcement-switched-off"


def enforcement_switched_on(change: Change) -> bool:
    """Something holds the contract to its word now.

    **Who is hurt.** Writers who did not keep it and will be stopped.

    **Before and after.** `enforcement: none` becomes `enforcement: docent gate`.

    **Safe path.** Take a baseline of what is broken today, so that only new breaks are red.

    **Evidence.** A check of the database that finds every promise kept.
    """
    return change.kind == "enforcement-switched-on"


def consumer_removed(change: Change) -> bool:
    """A consumer is no longer in the registry.

    **Who is hurt.** The consumer, if it still reads: the next change will not name it. Impact
    must not be hidden by deleting the witness.

    **Before and after.** The entry `gallery-map` is taken out of `consumers.yaml`.

    **Safe path.** Have the consumer's own team take it out, in a change of its own.

    **Evidence.** An acknowledgement of the consumer's team.
    """
    return change.kind == "consumer-removed"


def consumer_reads_less(change: Change) -> bool:
    """A consumer declares fewer tables, columns or queries than before.

    **Who is hurt.** The consumer, if it still reads them: the next change will not name it.

    **Before and after.** `primary_image` is taken out of the columns of `guide-app`.

    **Safe path.** Have the consumer's own team take it out, in a change of its own.

    **Evidence.** An acknowledgement of the consumer's team.
    """
    return change.kind == "consumer-reads-less"


def consumer_added(change: Change) -> bool:
    """A consumer is new in the registry, or declares more than before.

    **Who is hurt.** Nobody: from now on it can be warned.

    **Before and after.** `search-index` is entered with its columns and queries.

    **Safe path.** Enter every reader before it reads.
    """
    return change.kind in ("consumer-added", "consumer-reads-more")


def consumer_described(change: Change) -> bool:
    """A consumer's entry says otherwise who it is, what it needs or what it can bear.

    **Who is hurt.** Nobody by itself; but what it can bear settles verdicts, so look at who
    says so.

    **Before and after.** `wider_types: true` is entered under the tolerances of `search-index`.

    **Safe path.** Have the consumer's own team change it.
    """
    return change.kind == "consumer-described"
