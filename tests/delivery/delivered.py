"""The files that other machines read, and every command in them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema  # type: ignore[import-untyped]
from jsonschema.validators import validator_for

REPOSITORY = Path(__file__).resolve().parents[2]
TARGETS = frozenset(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
COMMANDS = frozenset(
    {
        "up",
        "down",
        "reset",
        "url",
        "lab",
        "pull",
        "seed",
        "catalog",
        "draft",
        "check",
        "gate",
        "ack",
    }
)


def read_yaml(path: str) -> dict[str, Any]:
    """Read a YAML file of the repository; the key ``on`` of a workflow stays a word."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), ["t", "f"]
    )
    document = yaml.load((REPOSITORY / path).read_text(), Loader)  # a SafeLoader, by its parent
    assert isinstance(document, dict)
    return document


def objections(schema: str, document: dict[str, Any]) -> list[str]:
    """What one of the schemas that check-jsonschema brings along has against a document."""
    known = get_builtin_schema(schema)
    return [error.message for error in validator_for(known)(known).iter_errors(document)]


def read_devcontainer() -> dict[str, Any]:
    """Read devcontainer.json, which is JSON with whole-line comments."""
    text = (REPOSITORY / ".devcontainer/devcontainer.json").read_text()
    document = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    assert isinstance(document, dict)
    return document


def compose() -> dict[str, Any]:
    return read_yaml("docker-compose.yml")


def workflows() -> dict[str, dict[str, Any]]:
    """Every workflow by the name of its file."""
    folder = REPOSITORY / ".github/workflows"
    return {path.name: read_yaml(f".github/workflows/{path.name}") for path in folder.iterdir()}


def is_one_of_ours(command: str) -> bool:
    """Whether a command is one make target, one docent command or ``.ci/run``, and nothing more."""
    if re.search(r"[;&|<>`$\n]", command):
        return False
    match shlex.split(command):
        case ["make", target, *settings]:
            return target in TARGETS and all(re.match(r"[A-Z]+=", text) for text in settings)
        case ["docent", name, *_]:
            return name in COMMANDS
        case [".ci/run"]:
            return True
    return False


def commands() -> list[tuple[str, str]]:
    """Every command that these files run, each with where it stands."""
    found = [
        (f"{file}/{name}", step["run"])
        for file, workflow in workflows().items()
        for name, job in workflow["jobs"].items()
        for step in job["steps"]
        if "run" in step
    ]
    found += [
        (f"docker-compose.yml/{name}", service["command"])
        for name, service in compose()["services"].items()
        if "command" in service
    ]
    found += [
        (f"devcontainer.json/{key}", command)
        for key, command in read_devcontainer().items()
        if key.endswith("Command") and key != "overrideCommand"
    ]
    found += [
        (f"{file}/{hook['id']}", hook["entry"])
        for file, hooks in {
            ".pre-commit-config.yaml": read_yaml(".pre-commit-config.yaml")["repos"][0]["hooks"],
            ".pre-commit-hooks.yaml": yaml.safe_load(
                (REPOSITORY / ".pre-commit-hooks.yaml").read_text()
            ),
        }.items()
        for hook in hooks
    ]
    return found
