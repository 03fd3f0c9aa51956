"""Compose and the dev container, checked without Docker: by schema, and against one another."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from tests.delivery.delivered import (
    REPOSITORY,
    compose,
    objections,
    read_devcontainer,
    read_yaml,
)

SERVICES: dict[str, Any] = compose()["services"]
DATABASES = ("postgres", "empty-postgres")
WORKSPACES = tuple(name for name in SERVICES if name not in DATABASES)
EACH = pytest.mark.parametrize("name", SERVICES)
EACH_WORKSPACE = pytest.mark.parametrize("name", WORKSPACES)
DOCKERFILE = (REPOSITORY / ".devcontainer/Dockerfile").read_text()


def default(text: str) -> str:
    """What compose makes of a text when the environment sets nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


@pytest.mark.parametrize("path", ["docker-compose.yml", ".devcontainer/docker-compose.yml"])
def test_compose_would_accept_it(path: str) -> None:
    assert objections("vendor.compose-spec", read_yaml(path)) == []
    assert objections("vendor.compose-spec", {"services": {"seed": {"comand": "make up"}}}) != []


def test_an_editor_would_accept_the_dev_container(shared: Path) -> None:
    base = json.loads((shared / "schemas/devContainer.base.schema.json").read_text())
    validator = jsonschema.Draft201909Validator(base)
    assert [error.message for error in validator.iter_errors(read_devcontainer())] == []
    assert not validator.is_valid({**read_devcontainer(), "forwardPort": [8888]})


def test_the_project_has_a_name_of_its_own() -> None:
    """`docker compose down -v` then touches nobody else's containers."""
    assert compose()["name"] == "docent"


@EACH
def test_services_depend_on_services_that_reach_the_awaited_state(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert SERVICES[other]["command"] in ("make up", "make migrate")


def test_what_runs_once_is_awaited_by_what_goes_on() -> None:
    """Else `docker compose up --wait` takes the end of the seed for a failure."""
    assert "seed" in SERVICES["workspace"]["depends_on"]
    assert "migrate" in SERVICES["test"]["depends_on"]


@EACH
def test_nothing_is_published_to_the_world(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert default(port).startswith("127.0.0.1:")
    assert not {"network_mode", "privileged", "cap_add", "pid"} & set(SERVICES[name])
    assert "docker.sock" not in str(SERVICES[name])


@EACH
def test_volumes_are_declared(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source, _, target = volume.partition(":")
        assert source == "." or source in compose()["volumes"]
        assert target == ("/workspace" if source == "." else "/var/lib/postgresql")


@pytest.mark.parametrize("name", DATABASES)
def test_the_database_is_18_and_keeps_its_data_where_18_wants_it(name: str) -> None:
    service = SERVICES[name]
    assert service["image"] == "postgres:18"
    kept = [*service.get("volumes", []), service.get("tmpfs", "")]
    assert any(place.endswith("/var/lib/postgresql") for place in kept)


@pytest.mark.parametrize("name", DATABASES)
def test_health_is_asked_for_by_tcp_with_time_to_begin(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    env = SERVICES[name]["environment"]
    asked = f"pg_isready --host=127.0.0.1 --username={env['POSTGRES_USER']}"
    assert " ".join(check["test"]) == f"CMD {asked} --dbname={env['POSTGRES_DB']}"
    assert check["start_period"] == "30s"


@EACH_WORKSPACE
def test_the_database_that_is_named_is_the_service_that_is_awaited(name: str) -> None:
    environment = SERVICES[name]["environment"]
    url = urlsplit(environment["DATABASE_URL"])
    assert url.hostname in DATABASES
    offered = SERVICES[url.hostname]["environment"]
    assert url.port == 5432
    assert url.username == offered["POSTGRES_USER"]
    assert url.path == f"/{offered['POSTGRES_DB']}"
    assert environment["PGPASSWORD"] == offered["POSTGRES_PASSWORD"]
    awaited = set(SERVICES[name]["depends_on"])
    awaited |= {further for other in awaited for further in SERVICES[other].get("depends_on", {})}
    assert url.hostname in awaited


def test_the_test_run_has_a_database_of_its_own() -> None:
    for name in ("migrate", "test", "empty-postgres"):
        assert SERVICES[name]["profiles"] == ["test"]
    urls = {name: SERVICES[name]["environment"]["DATABASE_URL"] for name in WORKSPACES}
    assert urls["test"] == urls["migrate"] != urls["workspace"] == urls["seed"]


def test_published_ports_are_those_that_are_listened_on() -> None:
    assert [default(port) for port in SERVICES["postgres"]["ports"]] == ["127.0.0.1:54318:5432"]
    assert [default(port) for port in SERVICES["workspace"]["ports"]] == ["127.0.0.1:8888:8888"]
    assert "http://127.0.0.1:8888/api" in SERVICES["workspace"]["healthcheck"]["test"][-1]
    assert re.search(r"^PORT \?= 8888$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)


@EACH_WORKSPACE
def test_the_image_is_built_from_a_file_that_is_there(name: str) -> None:
    build = SERVICES[name]["build"]
    assert (REPOSITORY / build["context"] / build["dockerfile"]).is_file()
    for argument in build["args"]:
        assert f"ARG {argument}=" in DOCKERFILE


def test_what_the_image_copies_is_let_through() -> None:
    """Everything is ignored but what is named, and what is named is there."""
    ignored, *named = [
        line for line in (REPOSITORY / ".dockerignore").read_text().split("\n")
        if line and not line.startswith("#")
    ]  # fmt: skip
    assert ignored == "*"
    names = [line.removeprefix("!") for line in named]
    assert {".ci/setup", "Makefile", "pyproject.toml", "requirements.lock"} <= set(names)
    assert [name for name in names if not (REPOSITORY / name).is_file()] == []


def test_the_image_installs_from_the_lock_and_not_as_root() -> None:
    lines = DOCKERFILE.splitlines()
    assert re.fullmatch(r"FROM python:3\.\d+-slim-[a-z]+", lines[1])
    assert lines.index("USER docent") < lines.index("RUN UV_COMPILE_BYTECODE=1 make setup")
    assert not re.search(r"\bpip install\b|\bcurl\b|\bADD\b", DOCKERFILE)


def test_the_packages_lie_where_no_mount_hides_them() -> None:
    (venv,) = re.findall(r"^ENV VENV=(\S+)", DOCKERFILE, re.MULTILINE)
    assert not venv.startswith("/workspace")
    devcontainer = read_devcontainer()
    settings = devcontainer["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"] == f"{venv}/bin/python"
    assert devcontainer["remoteEnv"]["PATH"].split(":")[0] == f"{venv}/bin"
    assert f"PATH={venv}/bin:$PATH" in DOCKERFILE


def test_the_dev_container_stands_on_the_compose_file() -> None:
    devcontainer = read_devcontainer()
    files = [
        (REPOSITORY / ".devcontainer" / f).resolve() for f in devcontainer["dockerComposeFile"]
    ]
    assert files[0] == REPOSITORY / "docker-compose.yml"
    assert all(file.is_file() for file in files)
    service = SERVICES[devcontainer["service"]]
    folder = devcontainer["workspaceFolder"]
    assert f".:{folder}" in service["volumes"]
    assert service["working_dir"] == folder
    assert f'--uid "$DOCENT_UID" {devcontainer["remoteUser"]}' in DOCKERFILE
    assert set(read_yaml(".devcontainer/docker-compose.yml")["services"]) == {
        devcontainer["service"]
    }


def test_the_dev_container_forwards_jupyterlab() -> None:
    devcontainer = read_devcontainer()
    listened = [int(port.rpartition(":")[2]) for port in SERVICES["workspace"]["ports"]]
    assert devcontainer["forwardPorts"] == listened
    assert list(devcontainer["portsAttributes"]) == [str(port) for port in listened]
    assert devcontainer["portsAttributes"]["8888"]["label"] == "JupyterLab"


def test_the_dev_container_keeps_what_a_prebuild_keeps_apart_from_what_starts() -> None:
    devcontainer = read_devcontainer()
    order = ("onCreateCommand", "postStartCommand", "postAttachCommand")
    assert [devcontainer[key] for key in order] == ["make setup", "make up", "make lab"]


def test_the_editor_reaches_the_database() -> None:
    settings = read_devcontainer()["customizations"]["vscode"]["settings"]
    (museum,) = settings["sqltools.connections"]
    offered = SERVICES[museum["server"]]["environment"]
    assert museum["username"] == offered["POSTGRES_USER"]
    assert museum["password"] == default(offered["POSTGRES_PASSWORD"])
    assert museum["database"] == offered["POSTGRES_DB"]
    assert museum["port"] == 5432


def test_the_editor_knows_the_schema_of_the_contracts() -> None:
    settings = read_devcontainer()["customizations"]["vscode"]["settings"]
    (known,) = settings["json.schemas"]
    assert (REPOSITORY / known["url"]).is_file()
    assert any(REPOSITORY.glob(known["fileMatch"][0]))


def test_notebooks_that_are_opened_are_there() -> None:
    for path in read_devcontainer()["customizations"]["codespaces"]["openFiles"]:
        assert (REPOSITORY / path).is_file()


def test_every_setting_of_the_compose_file_is_explained_to_its_reader() -> None:
    settings = set(re.findall(r"\$\{(\w+)", (REPOSITORY / "docker-compose.yml").read_text()))
    readme = (REPOSITORY / "README.md").read_text()
    assert len(settings) >= 4
    assert {name for name in settings if f"`{name}`" not in readme} == set()
