"""Who is hurt: the consumers registered beside the contracts, joined to what a check finds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prevention.decision import Decision, Finding, HurtConsumer

if TYPE_CHECKING:
    from contracts.consumers import Consumer

REGISTRY: Final = "consumers.yaml"
"""The registry's name in a folder of contracts."""


def load_registered(
    paths: Iterable[str | os.PathLike[str]], project: Path | None = None
) -> tuple[Consumer, ...]:
    """The consumers registered in these folders of contracts, or beside these documents.

    project:  the project's folder of contracts; its registry serves a document anywhere below.

    Raises DocumentError for a registry that is none.
    """
    found = (_registry(path, project) for path in map(Path, paths))
    registries = dict.fromkeys(registry for registry in found if registry)
    if not registries:
        return ()
    from contracts.consumers import load_consumers

    return tuple(consumer for path in registries for consumer in load_consumers(path))


def _registry(path: Path, project: Path | None) -> Path | None:
    """The registry that is about a folder, or about a document."""
    folders = [path if path.is_dir() else path.parent]
    if project and path.is_file() and path.resolve().is_relative_to(project.resolve()):
        folders.append(project)
    return next((each / REGISTRY for each in folders if (each / REGISTRY).is_file()), None)


def name_the_hurt(decision: Decision, registered: Sequence[Consumer]) -> Decision:
    """The decision, each broken promise with the consumers who say that they rely on it."""
    return replace(
        decision, findings=tuple(_named(finding, registered) for finding in decision.findings)
    )


def _named(finding: Finding, registered: Sequence[Consumer]) -> Finding:
    """A finding with its readers; one that has named its own already keeps them."""
    hurt = tuple(
        HurtConsumer(each.name, each.migration_contact)
        for each in registered
        if _is_hurt(each, finding)
    )
    parts = tuple(_named(part, registered) for part in finding.parts)
    return replace(finding, consumers=finding.consumers or hurt, parts=parts)


def _is_hurt(consumer: Consumer, finding: Finding) -> bool:
    """Whether a finding concerns a consumer: of an end, those that it names."""
    if finding.life:
        return consumer.name in finding.life.readers
    return finding.level == "error" and _reads(consumer, finding)


def _reads(consumer: Consumer, finding: Finding) -> bool:
    columns = consumer.reads(finding.schema, finding.table)
    return finding.column in columns if finding.column else bool(columns)
