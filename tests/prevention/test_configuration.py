from __future__ import annotations

from pathlib import Path

import pytest

from prevention.configuration import TEMPLATE, Configuration, configure
from prevention.decision import NotJudged


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str) -> Path:
    file = folder / "pyproject.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    return file


def test_without_a_file_everything_has_a_default(project: Path) -> None:
    assert configure(environment={}) == Configuration()
    assert Configuration().contracts == Path("contracts")


def test_a_file_without_our_table_is_passed_over(project: Path) -> None:
    write(project, '[tool.docent]\ncontracts = "promises"\n')
    below = project / "services"
    below.mkdir()
    write(below, '[project]\nname = "docent-guide"\n')
    assert configure(below, {}).contracts == Path("promises")


def test_the_nearest_file_with_our_table_is_the_one(project: Path) -> None:
    write(project, '[tool.docent]\ncontracts = "promises"\n')
    below = project / "services"
    below.mkdir()
    write(below, "[tool.docent]\nstrict = true\n")
    settings = configure(below, {})
    assert (settings.strict, settings.contracts) == (True, Path("contracts"))


def test_every_setting_of_the_template_is_read(project: Path) -> None:
    file = write(project, TEMPLATE)
    assert configure(environment={}) == Configuration(
        contracts=Path("contracts"),
        alembic=Path("alembic.ini"),
        schemas=("public",),
        strict=False,
        notice_days=30,
        bind={"salesforce_lead": "crm.signups"},
        connections={"staging": "$STAGING_DATABASE_URL"},
        channels={"#lead-data": "$LEAD_DATA_WEBHOOK"},
        history_url="$HISTORY_URL",
        file=file,
    )


def test_paths_are_relative_to_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, '[tool.docent]\ncontracts = "promises"\n')
    (project / "notebooks").mkdir()
    monkeypatch.chdir(project / "notebooks")
    assert configure(environment={}).contracts.resolve() == project / "promises"


def test_so_are_those_of_channels_and_of_the_history(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        project,
        '[tool.docent]\nhistory-url = "sqlite:///kept/history.db"\n'
        "[tool.docent.channels]\n"
        'a = "file:a.jsonl"\nb = "file:///b.jsonl"\nc = "file:/c.jsonl"\nd = "$D"\n',
    )
    (project / "notebooks").mkdir()
    monkeypatch.chdir(project / "notebooks")
    settings = configure(environment={})
    assert settings.history({}) == f"sqlite:///{project / 'kept' / 'history.db'}"
    assert settings.channels == {
        "a": f"file:{project / 'a.jsonl'}",
        "b": "file:///b.jsonl",
        "c": "file:/c.jsonl",
        "d": "$D",
    }


def test_the_environment_wins_over_the_file(project: Path) -> None:
    write(project, TEMPLATE)
    environment = {
        "DOCENT_CONTRACTS": "elsewhere",
        "DOCENT_ALEMBIC": "elsewhere/alembic.ini",
        "DOCENT_SCHEMAS": "public, crm",
        "DOCENT_STRICT": "yes",
        "DOCENT_NOTICE_DAYS": "14",
        "DOCENT_HOME": "no setting of a project",
    }
    settings = configure(environment=environment)
    assert settings.contracts == Path("elsewhere")
    assert settings.alembic == Path("elsewhere/alembic.ini")
    assert settings.schemas == ("public", "crm")
    assert (settings.strict, settings.notice_days) == (True, 14)


@pytest.mark.parametrize(
    ("text", "line", "what", "step"),
    [
        ('[tool.docent]\ncontract = "x"\n', 2, "no setting 'contract'", "mean 'contracts'?"),
        ('[tool]\ndocent = {scheams = ["x"]}\n', 2, "no setting 'scheams'", "mean 'schemas'?"),
        ("[tool.docent]\n\nzzz = 1\n", 3, "no setting 'zzz'", "Settings: contracts, alembic,"),
        ("[tool.docent]\n# \udcff\nzzz = 1\n", 3, "no setting 'zzz'", "Settings:"),
        ("[tool.docent]\nstrict = 1\n", 2, "'strict' is 1", "Write true or false."),
        ("[tool.docent]\nnotice-days = true\n", 2, "'notice-days' is True", "a number of days"),
        ("[tool.docent]\nnotice-days = -1\n", 2, "'notice-days' is -1", "a number of days"),
        ('[tool.docent]\nschemas = "public"\n', 2, "'schemas' is 'public'", "a list of names"),
        ("[tool.docent]\nschemas = []\n", 2, "'schemas' is []", "a list of names"),
        ("[tool.docent]\ncontracts = 3\n", 2, "'contracts' is 3", "the path of a folder"),
        ("[tool.docent.bind]\nlead = 3\n", 1, "'bind' is {'lead': 3}", "a table of names"),
        ("[project]\nx = 1\n[tool]\ndocent = 3\n", 4, "[tool.docent] is no table", "[tool.docent]"),
        ("[tool.docent]\nstrict = \n", 2, "This is not TOML", "Mend the line."),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    project: Path, text: str, line: int, what: str, step: str
) -> None:
    write(project, text)
    with pytest.raises(NotJudged) as caught:
        configure(environment={})
    (obstacle,) = caught.value.obstacles
    assert obstacle.location is not None
    assert (obstacle.location.file, obstacle.location.line) == ("pyproject.toml", line)
    assert what in obstacle.what
    assert step in obstacle.next_step


@pytest.mark.parametrize(
    ("variable", "text"),
    [("DOCENT_STRICT", "perhaps"), ("DOCENT_NOTICE_DAYS", "soon"), ("DOCENT_SCHEMAS", " , ")],
)
def test_a_variable_that_makes_no_sense_is_refused(project: Path, variable: str, text: str) -> None:
    with pytest.raises(NotJudged, match=variable):
        configure(environment={variable: text})


def test_a_connection_is_found_by_name(project: Path) -> None:
    connections = {
        "local": "postgresql:///museum",
        "staging": "$STAGING_URL",
        "b": "${STAGING_URL}",
    }
    settings = Configuration(connections=connections)
    environment = {"STAGING_URL": "postgresql://staging/museum"}
    assert settings.connection("local", {}) == "postgresql:///museum"
    assert settings.connection("staging", environment) == "postgresql://staging/museum"
    assert settings.connection("b", environment) == "postgresql://staging/museum"
    with pytest.raises(NotJudged, match=r"(?s)STAGING_URL, which is not set.*export STAGING_URL"):
        settings.connection("staging", {})
    with pytest.raises(NotJudged, match="Did you mean 'staging'"):
        settings.connection("stagin", environment)
    with pytest.raises(NotJudged, match="Names there: none"):
        Configuration().connection("staging", environment)


def test_the_settings_of_the_clone_are_read_from_any_of_its_folders() -> None:
    root = Path(__file__).resolve().parents[2]
    settings = configure(root / "notebooks", {})
    assert settings.file == root / "pyproject.toml"
    assert settings.contracts.resolve() == root / "contracts"
