"""Questions about what holds a contract to its word, and about starting over after a fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from contracts.meaning import ChangeStream, Consistency, Invariant, in_one_line
from detection.access.model import Access, Right
from detection.diffing.keys import inner
from detection.expressions import same_expression
from detection.model import Catalog
from prevention.review.changes import breaking, changes_of
from prevention.review.keys import say
from prevention.review.model import Evidence, Facts, Question, place_of

_NOT: Final = ("no", "not", "none", "never")
_AT_HAND: Final = "Ask with the database at hand (docent up, or DATABASE_URL)."


def about_enforcement(facts: Facts) -> Iterator[Question]:
    """What makes the contract more than words."""
    yield _rights_agree(facts)
    yield _structure_agrees(facts)
    yield _invariants_held(facts)
    yield _checked_by_itself(facts)
    yield _rows_are_asked(facts)
    yield _has_held(facts)


def about_operations(facts: Facts) -> Iterator[Question]:
    """What can be made anew, read again, and taken back."""
    yield _rebuilt(facts)
    yield _reproduced(facts)
    yield _replayed(facts)
    yield _taken_back(facts)


def _rights_agree(facts: Facts) -> Question:
    asks = (
        "Does every role that the contract names have the right that it is promised, and no more?"
    )
    if not facts.contract.roles:
        return Question("Enforcement", asks, "yes", (Evidence("no role is promised", facts.at()),))
    if facts.catalog is None or facts.access is None or not facts.found:
        return Question("Enforcement", asks, "open", facts.trouble("database"), next_step=_AT_HAND)
    found = tuple(_odd_rights(facts, facts.catalog, facts.access))
    if found:
        step = "Grant what is promised and revoke what is not (docent grants)."
        return Question("Enforcement", asks, "no", found, worry=True, next_step=step)
    named = ", ".join(role.name for role in facts.contract.roles)
    said = Evidence(f"{named}: as promised, in the database")
    return Question("Enforcement", asks, "yes", (said,))


def _odd_rights(facts: Facts, catalog: Catalog, access: Access) -> Iterator[Evidence]:
    """What the contract's roles lack, and what they may do beyond it, on its tables."""
    from detection.access.difference import find_gap
    from detection.access.wanted import grantee

    own = replace(facts.contract, status="active")  # what it gives once it is in force
    others = tuple(one for one in facts.others if one.identity != own.identity)
    gap = find_gap((own, *others), catalog, access, whole=False)
    roles = {grantee(role) for role in own.roles}
    places = {(table.schema, table.name) for table in own.tables}
    schemas = {schema for schema, _ in places}
    yield from (Evidence(f"the role {name} is not there") for name in gap.absent if name in roles)
    lacking = [
        right for right in gap.missing
        if right.role in roles and (right.target.place in places or right.target.kind == "schema")
        and right.target.schema in schemas
    ]  # fmt: skip
    for who, what in _in_words(lacking):
        yield Evidence(f"{who} may not {what}")
    beyond = [held.right for held in gap.too_much if held.right.role in roles]
    for who, what in _in_words(beyond):
        yield Evidence(f"{who} may {what}, which the contract does not give")


def _in_words(rights: Iterable[Right]) -> Iterator[tuple[str, str]]:
    """Rights as who may do what: ``reporting``, ``select art.loan (loan_id, status)``."""
    alike: dict[tuple[str, str], list[str]] = {}
    for right in sorted(rights):
        target = right.target
        named = ".".join(filter(None, (target.schema, target.name)))
        kind = f"the {target.kind} " if target.kind in ("schema", "sequence") else ""
        what = right.privilege.lower().replace("usage", "use")
        columns = alike.setdefault((right.role or "everybody", f"{what} {kind}{named}"), [])
        columns += [target.column] if target.column else []
    for (who, what), columns in alike.items():
        yield who, f"{what} ({', '.join(columns)})" if columns else what


def _structure_agrees(facts: Facts) -> Question:
    asks = "Are types, keys and NOT NULL in the database what is promised?"
    if facts.catalog is None:
        return Question("Enforcement", asks, "open", facts.trouble("database"), next_step=_AT_HAND)
    from detection.violations import find_violations

    missing = [one for one in facts.contract.tables if one.qualified_name not in _there(facts)]
    found = [Evidence(f"there is no {one.qualified_name}", place_of(one)) for one in missing]
    found += [
        Evidence(f"{each.element}: {each.rule}", each.location)
        for one in find_violations([facts.contract], facts.catalog)
        for each in one.unfolded()
        if each.level == "error"
    ]
    if found:
        step = "docent check says each with what to do."
        return Question("Enforcement", asks, "no", tuple(found), worry=True, next_step=step)
    said = Evidence(f"nothing differs in the database {facts.catalog.database}")
    return Question("Enforcement", asks, "yes", (said,))


def _there(facts: Facts) -> set[str]:
    return {table.qualified_name for table in facts.found}


def _invariants_held(facts: Facts) -> Question:
    asks = "Is every invariant held by a constraint, or measured?"
    if not facts.contract.invariants:
        return Question("Enforcement", asks, "yes", (Evidence("none is promised", facts.at()),))
    if facts.catalog is None or not facts.found:
        return Question("Enforcement", asks, "open", facts.trouble("database"), next_step=_AT_HAND)
    said = [(_how_it_is_held(facts, one), one) for one in facts.contract.invariants]
    place = facts.at("invariants", "invariant")
    found = tuple(Evidence(f"{one}: {how or 'in words only'}", place) for how, one in said)
    if all(how for how, _ in said):
        return Question("Enforcement", asks, "yes", found)
    step = "Put it as a condition on columns (`price >= 0`), or as a check with a query."
    return Question("Enforcement", asks, "no", found, worry=True, next_step=step)


def _how_it_is_held(facts: Facts, invariant: Invariant | str) -> str | None:
    """By which CHECK, or by the check of the rows; ``None`` for words."""
    from detection.quality.authored import reads_as_condition

    for table in facts.contract.tables:
        columns = frozenset(column.name for column in table.columns)
        field, colon, rest = str(invariant).partition(": ")
        rule = rest if colon and field in columns else str(invariant)
        there = next((one for one in facts.found if one.name == table.name), None)
        for check in there.checks if there else ():
            if same_expression(rule, inner(check.expression), table.schema):
                return f"CHECK {check.name}"
        if reads_as_condition(rule, columns):
            return "measured by docent check, and no constraint holds it"
    return None


def _checked_by_itself(facts: Facts) -> Question:
    asks = "Is the contract checked by the build, without anybody thinking of it?"
    if facts.automation is None:
        step = "Ask in the repository that holds it."
        return Question("Enforcement", asks, "open", facts.trouble("git"), next_step=step)
    said = facts.contract.enforcement
    if facts.automation:
        return Question("Enforcement", asks, "yes", facts.automation)
    stated = (Evidence(f"enforcement: {said}", facts.at("enforcement")),) if said else ()
    others = (replace(one, says=f"{one.says} (other contracts)") for one in facts.elsewhere)
    found = (*stated, *others)
    step = "Let docent check and docent gate run on every pull request (docs/take-it-home.md)."
    if facts.elsewhere and facts.contract.file:
        step = f"Name it in the build, too: docent check {facts.contract.file}."
    return Question("Enforcement", asks, "no", found, worry=True, next_step=step)


def _rows_are_asked(facts: Facts) -> Question:
    asks = "Are there queries that tell whether the rows are what is promised?"
    if facts.catalog is None:
        number = len(facts.contract.checks)
    else:
        from detection.quality.demands import find_demands

        number = len(find_demands([facts.contract], facts.catalog))
    if number:
        said = f"{number} promises about rows are measured by docent check"
        place = facts.at("quality", "checks")
        return Question("Enforcement", asks, "yes", (Evidence(said, place),))
    table = next((one.qualified_name for one in facts.contract.tables), "TABLE")
    step = f"docent draft {table} --with-quality proposes some from the rows that are there."
    return Question("Enforcement", asks, "no", worry=True, next_step=step)


def _has_held(facts: Facts) -> Question:
    asks = "Has it held so far?"
    if facts.seen is None:
        step = "docent monitor keeps what every check finds."
        return Question("Enforcement", asks, "open", facts.trouble("history"), next_step=step)
    seen = facts.seen
    said = Evidence(f"the monitor found it {seen.outcome} on {seen.at:%Y-%m-%d}, with "
                    f"{seen.open_breaches} open breaches")  # fmt: skip
    if seen.outcome == "held":
        return Question("Enforcement", asks, "yes", (said,))
    return Question(
        "Enforcement", asks, "no", (said,), worry=True, next_step="docent report tells which."
    )


def _rebuilt(facts: Facts) -> Question:
    asks = "Can what is published be made anew?"
    views = [
        Evidence(f"{table.qualified_name} is a {table.kind}: it is made from other tables")
        for table in facts.found
        if table.kind in ("view", "materialized view")
    ]
    truth = facts.contract.source_of_truth
    if truth:
        said = f"from its source: {' '.join(truth.split())}"
        views.append(Evidence(said, facts.at("source_of_truth")))
    if views:
        return Question("Operations", asks, "yes", tuple(views))
    step = say(facts.contract, "source_of_truth",
               "Say under {} what it can be loaded from again.")  # fmt: skip
    return Question("Operations", asks, "open", next_step=step)


def _reproduced(facts: Facts) -> Question:
    asks = "Can what was read once be read again?"
    said = facts.contract.consistency
    words = said.reproducibility if isinstance(said, Consistency) else None
    if words:
        place = facts.at("consistency.historical_reproducibility", "consistency")
        answer = "no" if words.lower().split()[:1] and words.lower().split()[0] in _NOT else "yes"
        return Question("Operations", asks, answer, (Evidence(words, place),))  # type: ignore[arg-type]
    known = (Evidence(f"consistency: {said}", facts.at("consistency")),) if isinstance(
        said, str) else ()  # fmt: skip
    step = say(facts.contract, "consistency",
               "Say it under {}; exports and reports depend on it.")  # fmt: skip
    return Question("Operations", asks, "open", known, next_step=step)


def _replayed(facts: Facts) -> Question:
    asks = "Can whoever follows the changes start over?"
    followers = [each for each in facts.readers if each.mode == "async-projection"]
    cdc = facts.contract.cdc
    if unkept := _unkept_stream(facts):
        step = "docent check says each with what to do."
        return Question("Operations", asks, "no", unkept, worry=True, next_step=step)
    if isinstance(cdc, ChangeStream) and cdc.snapshot_mode:
        said = Evidence(in_one_line(cdc), facts.at("cdc.snapshot_mode", "cdc"))
        return Question("Operations", asks, "yes", (said,))
    published = [name for one in facts.found if one.storage for name in one.storage.publications]
    if not followers and not published and cdc is None and facts.catalog is not None:
        said = Evidence("no publication has it, and nobody is registered who follows it")
        return Question("Operations", asks, "yes", (said,))
    known = tuple(Evidence(f"{each.name} follows it", place_of(each)) for each in followers)
    step = say(facts.contract, "cdc",
               "Say under {} how a stream begins, and beside it whether changes come twice.",
               )  # fmt: skip
    return Question("Operations", asks, "open", known, next_step=step)


def _unkept_stream(facts: Facts) -> tuple[Evidence, ...]:
    """What the database does not send of the changes as the contract says that it does."""
    if facts.catalog is None or facts.streams is None:
        return ()
    from detection.change_streams import find_stream_violations

    return tuple(
        Evidence(f"{each.element}: {each.rule}", each.location)
        for each in find_stream_violations([facts.contract], facts.catalog, facts.streams)
        if each.level == "error"
    )


def _taken_back(facts: Facts) -> Question:
    asks = "Is it settled how to go back, or on, where the change goes wrong?"
    guide = facts.contract.deprecation.migration_guide if facts.contract.deprecation else None
    if guide:
        place = facts.at("deprecation.migration_guide", "deprecation")
        return Question("Operations", asks, "yes", (Evidence(guide, place),))
    if facts.changes is not None and not changes_of(facts):
        said = Evidence(f"nothing changed since {facts.base}")
        return Question("Operations", asks, "yes", (said,))
    known = tuple(Evidence(f"{one.element}: {one.rule}", one.location) for one in breaking(facts))
    step = "docent plan OLD NEW writes the steps, each with the way back."
    return Question("Operations", asks, "open", known, next_step=step)
