"""The command line: its help, and one clear message for whatever goes wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.model import Location
from contracts.problems import DocumentError, Problem
from data_assets.errors import SandboxError
from prevention import cli
from prevention.commands.group import SECTIONS, added_commands
from prevention.commands.group import docent as group
from prevention.decision import NotJudged, Obstacle
from prevention.failures import describe, hide_secrets
from tests.conftest import omit
from tests.prevention.running import DOCENT, REPOSITORY, docent, docent_process, environment


def test_help_shows_the_commands_in_their_groups() -> None:
    ran = docent_process("--help")
    assert ran.code == 0
    titles = [line for line in ran.out.splitlines() if line in {f"{name}:" for name in SECTIONS}]
    assert titles == ["Sandbox:", "Contracts:", "Watch:"]
    for commands in SECTIONS.values():
        for name in commands:
            assert f"\n  {name} " in ran.out
    assert not any(line.endswith("...") for line in ran.out.splitlines()[1:])


def test_every_command_is_where_the_group_says_and_none_is_forgotten() -> None:
    context = click.Context(group)
    for commands in SECTIONS.values():
        for name, module in commands.items():
            command = group.get_command(context, name)
            assert command is not None
            assert command in sys.modules[module].COMMANDS
    modules = {module for commands in SECTIONS.values() for module in commands.values()}
    named = [name for commands in SECTIONS.values() for name in commands]
    there = [command.name for module in modules for command in sys.modules[module].COMMANDS]
    assert sorted(named) == sorted(str(name) for name in there)


def test_every_command_has_help_with_an_example_and_describes_its_options() -> None:
    context = click.Context(group)
    for commands in SECTIONS.values():
        for name in commands:
            command = group.get_command(context, name)
            assert command is not None
            assert f"docent {name}" in (command.help or ""), name
            options = [
                option
                for option in command.params
                if isinstance(option, click.Option) and not option.hidden
            ]
            undescribed = [option.name for option in options if not option.help]
            assert undescribed in ([], ["form"]), name


def test_help_imports_click_and_little_else() -> None:
    code = (
        "import sys; from prevention.cli import main; main(['--help']); "
        "heavy = {'psycopg', 'yaml', 'jsonschema_rs', 'alembic', 'sqlalchemy', 'pandas', 'httpx', "
        "'jsonschema', 'importlib.metadata', 'tomllib', 'sqlglot', 'urllib.request', 'tqdm'}; "
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, timeout=60
    )
    assert (process.returncode, process.stderr) == (0, "")


def test_the_version_is_the_packages() -> None:
    ran = docent_process("--version")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("docent 0.")


def test_commands_are_added_by_entry_points(tmp_path: Path) -> None:
    info = tmp_path / "museum_guide-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nother = other:main\n\n"
        "[docent.commands]\nwalk = museum_walk:walk\ncheck = museum_walk:walk\n"
    )
    (tmp_path / "museum_walk.py").write_text(
        "import click\n\n@click.command()\ndef walk():\n"
        "    '''Walk through the museum.'''\n    click.echo('walking')\n"
    )
    settings = {"PYTHONPATH": str(tmp_path)}
    ran = docent_process("--help", settings=settings)
    assert "Tour:" in ran.out
    assert re.search(r"\n  walk +Walk through the museum\.\n", ran.out)
    assert docent_process("walk", settings=settings).out == "walking\n"
    assert "walking" not in docent_process("check", "--help", settings=settings).out


def test_entry_points_are_those_that_the_standard_library_finds() -> None:
    from importlib.metadata import entry_points

    found = {point.name: point.value for point in entry_points(group="docent.commands")}
    assert added_commands() == found


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], "docent: There is no command 'chek'. Did you mean 'check'?"),
        (["zzz"], "docent: There is no command 'zzz'.\n"),
        (["check", "--fromat", "json"], "Did you mean '--format'?"),
        (["check", "--format", "yaml"], "'yaml' is not one of 'text', 'json', 'markdown'"),
        (["check", "--baseline"], "Option '--baseline' requires an argument."),
        (["draft"], "Missing argument 'TABLE'."),
        (["draft", "a", "b"], "Got unexpected extra argument (b)"),
        (["check", "--documents", "no/such/folder"], "no/such/folder:1:1: "),
        (["check", "--documents", "README.md"], "README.md:1:1: "),
        (["check", "--baseline", "no/such.json"], "no/such.json: No such file"),
        (["check", "--documents", "--output", "no/such/file"], "no/such"),
        (["check", "--documents", "--output", "docs"], "docs"),
    ],
)
def test_wrong_arguments_get_one_message_with_a_next_step(arguments: list[str], says: str) -> None:
    ran = docent(*arguments)
    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("Next: ") == 1


@pytest.mark.parametrize(
    "option",
    ["--baseline=a", "--write-baseline=a", "--connection=a", "--schema=a", "--strict", "--lenient",
     "--structure-only"],
)  # fmt: skip
def test_where_no_database_is_asked_options_about_it_are_refused(option: str) -> None:
    ran = docent("check", "--documents", option)
    name = option.partition("=")[0]
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"docent: --documents asks no database, and so {name} has no meaning beside it; "
        "leave out one of the two.\nNext: docent check --help\n"
    )


def test_where_no_database_is_asked_the_other_options_are_heard() -> None:
    ran = docent("check", "--documents", "--format", "json", "--unfold", "--output", "-")
    assert (ran.code, json.loads(ran.out)["status"]) == (0, "held")


def test_without_a_command_the_help_is_shown() -> None:
    ran = docent()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == docent("--help").out


@pytest.mark.parametrize(
    ("error", "obstacles"),
    [
        (SandboxError("It is down.", "docent up"), [Obstacle("It is down.", "docent up")]),
        (
            NotJudged(Obstacle("a", "b"), Obstacle("c", "d")),
            [Obstacle("a", "b"), Obstacle("c", "d")],
        ),
        (
            DocumentError([Problem(Location("a.json", 2, 3), "name", "It is empty.", "Name it.")]),
            [Obstacle("at name: It is empty.", "Name it.", Location("a.json", 2, 3))],
        ),
        (
            OSError(28, "No space left on device", "/mnt/report"),
            [Obstacle("/mnt/report: No space left on device.", "Free some room, then repeat.")],
        ),
        (
            click.UsageError("No such thing."),
            [Obstacle("No such thing.", "docent --help")],
        ),
        (KeyError("contract"), []),
        (AssertionError(), []),
    ],
)
def test_expected_failures_are_told_and_others_are_not_taken_for_expected(
    error: Exception, obstacles: list[Obstacle]
) -> None:
    assert list(describe(error)) == obstacles


def test_a_failure_of_the_database_is_told_by_its_code() -> None:
    (obstacle,) = describe(psycopg.errors.DiskFull("could not extend file"))
    assert "no room left" in obstacle.what
    assert obstacle.next_step


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://ada:se:cr@t@host/db", "postgresql://ada:***@host/db"),
        ("postgresql://ada@host/db", "postgresql://ada@host/db"),
        ("host=h password=secret user=ada", "host=h password=*** user=ada"),
        ("password='two words' user=ada", "password=*** user=ada"),
        ("?sslpassword=secret&user=ada", "?sslpassword=***&user=ada"),
        ("https://example.org/a:b", "https://example.org/a:b"),
    ],
)
def test_a_password_is_never_told(text: str, hidden: str) -> None:
    assert hide_secrets(text) == hidden


def run_in_process(error: BaseException | None, code: object = None) -> int:
    @click.command()
    def fail() -> object:
        if error is not None:
            raise error
        return code

    return cli.run(lambda: fail, "docent", [])


def test_what_nobody_expected_is_a_defect_and_said_to_be_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCENT_DEBUG", raising=False)
    assert run_in_process(KeyError("contract")) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        "docent: A defect of Docent, not of your contracts: KeyError: 'contract'"
    )
    assert "test_cli.py:" in said
    assert "open an issue" in said
    assert len(said.splitlines()) == 2
    monkeypatch.setenv("DOCENT_DEBUG", "1")
    assert run_in_process(KeyError("contract")) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0),
        (SystemExit(), 0),
        (SystemExit(1), 1),
        (SystemExit(2), 2),
        (SystemExit(3), 2),
        (SystemExit("words"), 2),
        (click.exceptions.Exit(1), 1),
        (click.exceptions.Abort(), 2),
        (KeyboardInterrupt(), 2),
        (RecursionError(), 2),
        (MemoryError(), 2),
        (BrokenPipeError(32, "Broken pipe"), 2),
    ],
)
def test_every_end_has_one_of_three_exit_codes(error: BaseException | None, code: int) -> None:
    assert run_in_process(error) == code


@pytest.mark.parametrize("returned", [True, "text", 7, None, [1]])
def test_what_a_command_returns_is_no_exit_code(returned: object) -> None:
    assert run_in_process(None, returned) == 0


def test_a_reader_who_leaves_early_is_no_trouble() -> None:
    with subprocess.Popen(
        [*DOCENT, "check", "--documents", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=REPOSITORY,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_full_disk_is_told(form: str) -> None:
    if not Path("/dev/full").exists():
        omit("/dev/full")
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [*DOCENT, "check", "--documents", "--format", form],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            cwd=REPOSITORY,
            timeout=60,
        )
    assert process.returncode == 2
    assert process.stderr == (
        "docent: No space left on device.\nNext: Free some room, then repeat.\n"
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_no_trouble(closed: str) -> None:
    for arguments, code in (("check --documents", 0), ("check --documents no/such", 2)):
        command = f'"{sys.executable}" -m prevention.cli {arguments} {closed}'
        process = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, env=environment(), timeout=60,
            cwd=REPOSITORY,
        )  # fmt: skip
        assert process.returncode == code
        assert "Traceback" not in process.stderr
        assert "defect" not in process.stderr


def test_json_is_json_on_any_terminal(tmp_path: Path) -> None:
    settings = {"PYTHONIOENCODING": "ascii"}
    words = ("check", "--documents", tmp_path / "Größe🏛", "--format", "json")
    ran = docent_process(*words, settings=settings)
    (obstacle,) = json.loads(ran.out)["obstacles"]
    assert obstacle["location"]["file"] == str(tmp_path / "Größe🏛")


def test_a_terminal_that_knows_little_shows_escapes(tmp_path: Path) -> None:
    settings = {"PYTHONIOENCODING": "ascii"}
    ran = docent_process("check", "--documents", tmp_path / "Größe", settings=settings)
    assert ran.code == 2
    assert "Gr\\xf6\\xdfe" in ran.err


def test_ctrl_c_says_that_nothing_was_changed(tmp_path: Path) -> None:
    fifo = tmp_path / "contract.json"
    os.mkfifo(fifo)
    waiting = (
        "import sys, time; from prevention import cli, checking; "
        "checking.check = lambda *_, **__: (print('on', flush=True), time.sleep(60)); "
        "sys.exit(cli.main(['check']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", waiting],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=REPOSITORY,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "on\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().strip() == "docent: Stopped. Nothing was changed."
        assert process.wait(60) == 2


@pytest.mark.parametrize("command", group.list_commands(click.Context(group)))
def test_ctrl_c_says_what_is_true_of_each_command(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No command is forgotten: one that is new says what it leaves behind when it is stopped."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_invoke", interrupted)
    assert cli.main([command, "anything"]) == 2
    assert capsys.readouterr().err == f"docent: {cli.STOPPED[command]}\n"


def test_no_words_for_ctrl_c_are_left_over() -> None:
    assert set(cli.STOPPED) <= set(group.list_commands(click.Context(group)))


def test_only_what_reads_says_that_nothing_was_changed() -> None:
    harmless = {name for name, said in cli.STOPPED.items() if "Nothing was changed" in said}
    assert harmless == {
        "catalog", "check", "consumers", "convert", "diff", "draft", "explain", "gate", "parity",
        "postmortem", "progress", "report", "url",
    }  # fmt: skip


def test_ctrl_c_at_any_moment_leaves_no_traceback() -> None:
    started = time.monotonic()
    docent_process("check", "--documents")
    whole = time.monotonic() - started
    for part in (0.35, 0.5, 0.65, 0.8, 0.95):
        with subprocess.Popen(
            [*DOCENT, "check", "--documents"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            cwd=REPOSITORY,
        ) as process:
            time.sleep(whole * part)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        assert "Traceback" not in said


words = st.one_of(
    st.sampled_from(
        ["check", "catalog", "draft", "--documents", "--format", "json", "--schema", "--unfold",
         "--output", "-", "--connection", "staging", "--strict", "--baseline", "contracts",
         "pyproject.toml", "--help", "--version", "--", "-h", "", "🏛", "../", "/dev/null", "*"]
    ),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=5))
def test_no_arguments_whatever_show_a_traceback(arguments: list[str]) -> None:
    if arguments[:1] == ["check"] or not set(arguments) & {"up", "lab", "seed", "pull", "reset"}:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DOCENT_HOME", "/nonexistent/docent")
            patch.delenv("DATABASE_URL", raising=False)
            patch.chdir(REPOSITORY)
            assert cli.main(["--help"] if not arguments else _harmless(arguments)) in {0, 1, 2}


def _harmless(arguments: list[str]) -> list[str]:
    """The same arguments, none of which writes a file into the repository."""
    return [word for word in arguments if not word.startswith(("-o", "--output", "--write"))]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "--days", "x"), "'--days': 'x' is not a valid number."),
        (
            ("parity", "a", "b", "--key", "k", "--limit", "1.5"),
            "'1.5' is not a valid whole number.",
        ),
        (("check", "--time-limit", "soon"), "'soon' is not a valid number."),
        (("report", "--days", "0"), "0.0 is not in the range 0<x<=36500."),
    ],
)
def test_a_number_that_is_none_is_refused_in_plain_words(words: tuple[str, ...], said: str) -> None:
    ran = docent(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize("name", ["report", "postmortem"])
def test_a_command_that_only_reads_the_history_does_not_offer_to_keep_it(name: str) -> None:
    told = " ".join(docent(name, "--help").out.split())
    assert "--history-url URL Read the history that is there:" in told
    assert "Keep the history there" not in told
