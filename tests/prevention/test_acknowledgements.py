"""What may pass although it breaks something: names, entries, and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.documents import scan_document
from contracts.problems import DocumentError
from prevention.accepting import AcceptedName
from prevention.acknowledgements import (
    Acknowledgement,
    change_fingerprint,
    fingerprint_of,
    read_acknowledgements,
    schema,
)
from prevention.acknowledging import Breaking, acknowledge
from prevention.acknowledging_file import HEADING, KEYS, entry_lines, with_entry, write_entry
from prevention.decision import Finding, Meaning, NotJudged
from tests.prevention.changed import IMAGES, breaking, finding

TODAY = date(2026, 1, 20)


def entry(about: Finding | None = None, **changes: str | None) -> Acknowledgement:
    """The entry that lets a change pass until the end of the month."""
    about = about or finding()
    facts: dict[str, str | None] = {
        "fingerprint": fingerprint_of(about),
        "rule": about.rule,
        "contract": about.contract,
        "element": about.element,
        "old": about.promised,
        "new": about.found,
        "reason": "The assistant no longer shows it.",
        "approver": "Data Engineering",
        "expires": "2026-01-31",
    }
    return Acknowledgement(**{**facts, **changes})  # type: ignore[arg-type]


def passing(
    changes: Sequence[Breaking],
    entries: Sequence[Acknowledgement] = (),
    names: Sequence[str] = (),
    today: date = TODAY,
) -> tuple[list[str | None], list[tuple[str, str | None, str | None]]]:
    """By whom each change may pass, and what is told of the acknowledgements."""
    accepted = [AcceptedName(name, "--accept") for name in names]
    findings, reports = acknowledge(changes, entries, accepted, today)
    told = [(each.rule, each.promised, each.found) for each in reports]
    return [each.acknowledged_by for each in findings], told


# ------------------------------------------------------------------ by name


@pytest.mark.parametrize(
    "name", [IMAGES, "object-images-contract-spec", "public.object_images", "urn:images"]
)
def test_a_name_covers_the_changes_of_its_contract(name: str) -> None:
    images = breaking(identities=(IMAGES, "urn:images"))
    other = breaking(
        finding(table="object", contract="m/object"),
        identities=("m/object",), bare=("object",), tables=("public.object",),
    )  # fmt: skip
    assert passing([images, other], names=[name]) == (["--accept", None], [])


def test_a_name_that_nothing_goes_by_is_told_with_the_nearest() -> None:
    by, told = passing([breaking()], names=["public.object_image", "zzz"])
    assert by == [None]
    assert told == [
        ("acceptance-unused", "public.object_image", "public.object_images"),
        ("acceptance-unused", "zzz", None),
    ]


def test_a_bare_name_of_two_contracts_covers_neither_and_an_identity_goes_before_it() -> None:
    shop = breaking(
        finding(contract="shop/orders"),
        identities=("shop/orders",), bare=("orders",), tables=("shop.orders",),
    )  # fmt: skip
    crm = breaking(
        finding(contract="crm/orders"),
        identities=("crm/orders",), bare=("orders",), tables=("crm.orders",),
    )  # fmt: skip
    plain = breaking(finding(contract="orders"), identities=("orders",), bare=("orders",))
    assert passing([shop, crm], names=["orders"]) == (
        [None, None],
        [("acceptance-ambiguous", "orders", "crm/orders and shop/orders")],
    )
    assert passing([shop, crm], names=["crm/orders"]) == ([None, "--accept"], [])
    assert passing([shop, plain], names=["orders"]) == ([None, "--accept"], [])


def test_two_changes_that_look_alike_both_pass() -> None:
    assert passing([breaking(), breaking()], names=[IMAGES]) == (["--accept", "--accept"], [])


def test_what_follows_from_a_change_passes_with_it() -> None:
    part = finding("created_at", cause="column-removed public.object_images.primary_image")
    findings, _ = acknowledge(
        [breaking(finding(parts=(part,)))], [], [AcceptedName(IMAGES, "the pull request")], TODAY
    )
    (told,) = findings
    assert (told.breaks, told.parts[0].breaks) == (False, False)
    assert told.parts[0].acknowledged_by == "the pull request"


@pytest.mark.parametrize(
    "found",
    [
        finding(meaning=Meaning("invalid", "invalid")),
        finding(meaning=Meaning("breaking", "invalid")),
        finding(meaning=None),
        finding(level="note", meaning=Meaning("additive", "additive")),
        finding(acknowledged=True),
    ],
)
def test_what_is_no_breaking_change_is_never_covered(found: Finding) -> None:
    by, told = passing([breaking(found)], [entry(found)], [IMAGES])
    assert by == [None]
    assert [rule for rule, _, _ in told] == ["acceptance-unused", "acknowledgement-unused"]


# ------------------------------------------------------------------ by an entry


def test_an_entry_is_for_one_change_alone() -> None:
    changes = [breaking(), breaking(finding("additional_images", promised="text[]"))]
    by = "Data Engineering, until 2026-01-31: The assistant no longer shows it."
    assert passing(changes, [entry()]) == ([by, None], [])


@pytest.mark.parametrize(
    ("made", "today", "by", "told"),
    [
        (entry(), date(2026, 1, 31), True, []),
        (
            entry(), date(2026, 2, 1), False,
            [("acknowledgement-expired",
              "column-removed of public.object_images.primary_image", "2026-01-31")],
        ),
        (
            entry(finding(promised="varchar(9)")), TODAY, False,
            [("acknowledgement-stale",
              "column-removed of public.object_images.primary_image", "text → nothing")],
        ),
        (
            entry(approver="Somebody else", old="bigint"), TODAY, False,
            [("acknowledgement-stale", "column-removed of public.object_images.primary_image",
              "its fingerprint is not that of its words")],
        ),
        (
            entry(finding("created_at")), TODAY, False,
            [("acknowledgement-unused", "column-removed of public.object_images.created_at", None)],
        ),
        (
            entry(finding(contract="another/contract")), TODAY, False,
            [("acknowledgement-unused",
              "column-removed of public.object_images.primary_image", None)],
        ),
    ],
)  # fmt: skip
def test_what_becomes_of_an_entry(
    made: Acknowledgement, today: date, by: bool, told: list[tuple[str, str, str | None]]
) -> None:
    passed, reports = passing([breaking()], [made], today=today)
    assert (passed[0] is not None, reports) == (by, told)


def test_another_aspect_is_another_change() -> None:
    freshness = finding(rule="service-level-weakened", aspect="freshness")
    latency = replace(freshness, aspect="latency")
    assert passing([breaking(latency)], [entry(freshness)])[0] == [None]
    assert passing([breaking(freshness)], [entry(freshness)])[0] != [None]


def test_a_name_goes_before_an_entry_which_is_not_told_as_unused() -> None:
    assert passing([breaking()], [entry()], [IMAGES]) == (["--accept"], [])


# ------------------------------------------------------------------ the file


def document(*entries: object) -> str:
    return json.dumps({"acknowledgements": entries})


def stated(made: Acknowledgement) -> dict[str, str | None]:
    return {key: getattr(made, key) for key in KEYS}


def read(text: str, name: str = "acknowledgements.json") -> tuple[Acknowledgement, ...]:
    return read_acknowledgements(scan_document(name, text.encode()))


def test_an_entry_is_read_with_its_place() -> None:
    text = HEADING + "\n".join(entry_lines(entry(), "  ")) + "\n"
    (found,) = read(text, "contracts/acknowledgements.yaml")
    assert found == entry()
    assert str(found.location) == "contracts/acknowledgements.yaml:5"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "Expected an object"),
        ("{}", 'The key "acknowledgements" is missing'),
        (document({**stated(entry()), "approved": "x"}), 'The key "approved" is not known'),
        (document({**stated(entry()), "fingerprint": 12}), "Expected a text"),
        (document({**stated(entry()), "fingerprint": "12"}), "Expected a text like"),
        (document({**stated(entry()), "reason": ""}), "a text that is not empty"),
        (document({**stated(entry()), "expires": "soon"}), "Expected a text like"),
        (document({**stated(entry()), "expires": "2026-02-31"}), "No calendar has the day"),
        (document(stated(entry()), stated(entry())), "is acknowledged here already"),
    ],
)
def test_what_is_wrong_with_a_file(text: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        read(text)


def test_every_key_is_described() -> None:
    jsonschema_rs.meta.validate(schema())
    (item,) = (schema()["$defs"]["acknowledgement"],)
    resolved = {
        key: value if "description" in value else {} for key, value in item["properties"].items()
    }
    assert all(resolved.values())
    assert tuple(item["required"]) == tuple(item["properties"]) == KEYS


# ------------------------------------------------------------------ adding to it

OLD = entry(finding("created_at"))
OTHER = entry(finding("object_id", promised='"odd" → \\ value: {x}', found="é\u2028\U0001f5ff\x7f"))
KEPT = [
    "",
    "# Nobody has answered for anything yet.\n",
    "acknowledgements: []\n",
    "acknowledgements: [ ]  # none yet\n# the end",
    "acknowledgements: []",
    f"acknowledgements:\n{chr(10).join(entry_lines(OLD, ''))}\n",
    f"# who\nacknowledgements:  # x\n\n{chr(10).join(entry_lines(OLD, '    '))}  # y\n\n# end\n",
    f"acknowledgements:\n{chr(10).join(entry_lines(OLD, '  '))}",
    f"acknowledgements:\r\n{(chr(13) + chr(10)).join(entry_lines(OLD, '  '))}\r\n",
    document(stated(OLD)),
    f"acknowledgements: [{json.dumps(stated(OLD))},]\n# end\n",
    "acknowledgements:\n- " + "\n  ".join(
        f"{key}: |-\n    {value}" if key == "reason" else f"{key}: '{value}'" if value
        else f"{key}: ~" for key, value in sorted(stated(OLD).items())
    ) + "\n# end\n",
    "acknowledgements:\n- " + "\n  ".join(
        f"{key}: '{value}'" if value else f"{key}: ~"
        for key, value in stated(OLD).items() if key != "reason"
    ) + f"\n  reason: >-\n\n    {OLD.reason}\n\n\n# end\n",
]  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
@pytest.mark.parametrize("made", [entry(), OTHER])
def test_an_entry_is_added_and_all_else_stays(text: str, made: Acknowledgement) -> None:
    changed = with_entry(text, made)
    known = read(text, "a.yaml") if "fingerprint" in text else ()
    assert read(changed, "a.yaml") == (*known, made)
    lines = changed.splitlines()
    for line in text.replace(": [ ]", ":").replace(": []", ":").splitlines():
        assert line in lines or "[{" in line
    assert ("\r\n" in text) == ("\r\n" in changed)
    assert changed.count("\n\n\n") == text.count("\n\n\n")


@given(st.text(), st.text(), st.text())
@settings(max_examples=100)
def test_whatever_is_written_is_read_as_it_was(old: str, new: str, reason: str) -> None:
    made = entry(finding(promised=old, found=new), reason=f"x{reason}")
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in old + new + reason):
        return  # what no text in Postgres can hold
    assert read(with_entry(KEPT[6], made), "a.yaml") == (OLD, made)


def test_the_file_is_made_where_there_is_none_and_an_entry_is_not_made_twice(
    tmp_path: Path,
) -> None:
    file = tmp_path / "acknowledgements.yaml"
    facts = {"reason": " Because. ", "approver": "Ada", "expires": date(2026, 3, 31)}
    made = write_entry(file, finding(), **facts)  # type: ignore[arg-type]
    assert (made.reason, made.expires) == ("Because.", "2026-03-31")
    assert read(file.read_text(), "a.yaml") == (made,)
    with pytest.raises(NotJudged, match=r"has an entry in .* already"):
        write_entry(file, finding(), **facts)  # type: ignore[arg-type]
    assert read(file.read_text(), "a.yaml") == (made,)


@pytest.mark.parametrize("missing", [{"reason": " "}, {"approver": ""}])
def test_an_entry_needs_a_reason_and_an_approver(tmp_path: Path, missing: dict[str, str]) -> None:
    facts = {"reason": "Because.", "approver": "Ada", "expires": date(2026, 3, 31), **missing}
    with pytest.raises(NotJudged, match="without a reason or an approver"):
        write_entry(tmp_path / "a.yaml", finding(), **facts)  # type: ignore[arg-type]
    assert not (tmp_path / "a.yaml").exists()


@pytest.mark.parametrize("text", ["acknowledgements: 7\n", "a: [", "acknowledgements:\n- x: 1\n"])
def test_a_file_that_is_no_list_of_entries_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(DocumentError):
        write_entry(file, finding(), reason="Because.", approver="Ada", expires=date(2026, 3, 31))
    assert file.read_text() == text


def test_a_file_written_in_a_way_of_its_own_gets_the_entry_to_add_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    first = "\n".join(entry_lines(OLD, "")).replace('"2026-01-31"', '&day "2026-01-31"')
    second = "\n".join(entry_lines(OTHER, "")).replace('"2026-01-31"', "*day")
    text = f"acknowledgements:\n{first}\n{second}\n"
    assert read(text, "a.yaml") == (OLD, OTHER)
    file.write_text(text)
    with pytest.raises(NotJudged, match='Add: - fingerprint: "') as caught:
        write_entry(file, finding(), reason="Because.", approver="Ada", expires=date(2026, 3, 31))
    assert "written in a way of its own" in str(caught.value)
    assert file.read_text() == text


def test_the_fingerprint_tells_every_fact_apart() -> None:
    facts = ("column-removed", IMAGES, "public.object_images.primary_image", "text", None)
    made = {change_fingerprint(*facts)}
    for place, other in enumerate(("x", None, "x", None, "text")):
        changed = [*facts]
        changed[place] = other
        made.add(change_fingerprint(*changed))  # type: ignore[arg-type]
    assert len(made) == 6
