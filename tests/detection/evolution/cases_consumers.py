"""Cases of the registry of consumers: nobody owes a bump for it, and no witness goes unseen."""

from __future__ import annotations

from tests.detection.evolution.making import Case, Side, consumer, query

Miss = tuple[Side, Side, frozenset[str]]
APP = consumer("guide-app", "title", "culture")

CASES = {
    "consumer-removed": [Case((APP, consumer("gallery-map")), (APP,))],
    "consumer-reads-less": [
        Case((APP,), (consumer("guide-app", "title"),)),
        Case((consumer(queries=(query(),)),), (consumer(),)),
        Case((APP,), (consumer("guide-app", "title", "culture", table="object"),),
             frozenset({"consumer-added"})),
    ],
    "consumer-added": [
        Case((APP,), (APP, consumer("gallery-map"))),
        Case((consumer("guide-app", "title"),), (APP,)),
    ],
    "consumer-described": [
        Case((consumer(),), (consumer(tolerances={"wider_types": True}),)),
        Case((consumer(),), (consumer(team="Visitor Experience"),)),
        Case((consumer(queries=(query(),)),), (consumer(queries=(query("select 2"),)),)),
    ],
}  # fmt: skip

NEAR_MISSES: dict[str, list[Miss]] = {
    "consumer-removed": [((APP, consumer("a")), (consumer("a"), APP), frozenset())],
    "consumer-reads-less": [
        ((APP,), (consumer("guide-app", "culture", "title"),), frozenset()),
    ],
    "consumer-added": [((APP,), (APP,), frozenset())],
    "consumer-described": [
        ((consumer(queries=(query("select  1"),)),), (consumer(queries=(query(),)),), frozenset()),
    ],
}
