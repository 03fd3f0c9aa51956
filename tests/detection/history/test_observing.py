"""What a run writes down: how contracts stand, how fresh the data is, what is covered."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.model import Check, Column, Contract, Owner, ServiceLevel, Table
from detection.history import Coverage, Freshness, Observation
from detection.history.observing import cover, freshness_of, observe, promised_availability
from detection.model import Catalog
from detection.quality.model import Demand, Measurement, Reach, Trouble

SIGNUPS = Table("signups", "crm", columns=(Column("created_at"),))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (99.9, "percent", 99.9),
        (99.9, None, 99.9),
        ("99.9%", None, 99.9),
        ("99.9", "%", 99.9),
        (0.999, None, 99.9),
        (0.999, "percent", 0.999),
        (100, None, 100),
        (101, None, None),
        (99.9, "hours", None),
        ("around the clock", None, None),
    ],
)
def test_promised_availability(value: Any, unit: str | None, expected: float | None) -> None:
    contract = Contract("lead", service_levels=(ServiceLevel("availability", value, unit),))
    assert promised_availability(contract) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("uptime", True), ("Expected Uptime", True), ("expected_uptime", True),
        ("generalAvailability", False), ("latency", False),
    ],
)  # fmt: skip
def test_which_service_levels_are_availability(name: str, heard: bool) -> None:
    contract = Contract("lead", service_levels=(ServiceLevel(name, 99.9, "percent"),))
    assert (promised_availability(contract) is not None) == heard


def test_the_strictest_promise_counts() -> None:
    levels = (ServiceLevel("uptime", 99, "percent"), ServiceLevel("availability", 99.5, "percent"))
    assert promised_availability(Contract("lead", service_levels=levels)) == 99.5


def test_contracts_stand_in_the_order_of_their_names() -> None:
    owner = Owner("Images", "images@museum.example")
    contracts = (
        Contract("tags", "museum"),
        Contract("images", "museum", version="1.2.0", status="active", owner=owner),
    )
    stood = observe(contracts, {"museum/tags"})
    assert stood == (
        Observation("museum/images", "held", "1.2.0", "active", str(owner)),
        Observation("museum/tags", "broken"),
    )
    unjudged = observe(contracts, {"museum/tags"}, judged=False)
    assert [each.outcome for each in unjudged] == ["not-judged", "not-judged"]


def measured(
    operator: str, *bound: object, value: float | None = 90.0, measure: str = "freshness",
    trouble: Trouble | None = None,
) -> Measurement:  # fmt: skip
    check = Check(measure, operator, columns=("created_at",), bound=bound)
    reach = Reach({}, Catalog("museum", 180000, (), ()))
    demand = Demand("lead", SIGNUPS, SIGNUPS, "rows-stale", check, reach)
    return Measurement(demand, value, trouble=trouble)


@pytest.mark.parametrize(
    ("measurement", "expected"),
    [
        (measured("mustBeLessThan", 300), [(90, 300, True)]),
        (measured("mustBeLessOrEqualTo", 60), [(90, 60, False)]),
        (measured("mustBeBetween", 10, 120), [(90, 120, True)]),
        (measured("mustBeLessThan", 300, value=None), [(None, 300, False)]),
        (measured("mustBeLessThan", 300, value=float("inf")), [(None, 300, False)]),
        (measured("mustBeGreaterThan", 300), []),
        (measured("mustBeLessThan", "soon"), []),
        (measured("mustBeLessThan", 300, measure="retention"), []),
        (measured("mustBeLessThan", 300, trouble=Trouble("failed", "no")), []),
        (measured("mustBeLessThan"), []),
    ],
)
def test_freshness(measurement: Measurement, expected: list[tuple[float, float, bool]]) -> None:
    assert freshness_of([measurement]) == tuple(
        Freshness("lead", "crm.signups.created_at", *each) for each in expected
    )


def test_coverage_counts_what_should_be_promised() -> None:
    tables = (
        SIGNUPS, Table("leads", "crm"), Table("images", "public"),
        Table("alembic_version", "public"), Table("runs", "docent_history"),
    )  # fmt: skip
    catalog = Catalog("museum", 180000, ("crm", "public"), tables)
    contracts = [Contract("lead", tables=(SIGNUPS, Table("gone", "crm")))]
    assert cover(contracts, catalog) == Coverage(3, 1)
    assert cover(contracts, catalog, {"crm"}) == Coverage(2, 1)
    assert cover([], catalog, {"crm"}) == Coverage(2, 0)
