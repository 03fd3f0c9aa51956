"""``docent deprecate``: what it writes, what it refuses, and that nothing is ever lost."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from contracts.loading import load
from contracts.model import Deprecation
from prevention.configuration import configure
from prevention.decision import NotJudged
from prevention.deprecating import Terms, deprecate
from prevention.notices import announcements
from tests.contracts.samples import BIRDS
from tests.prevention.deprecating.samples import ONE, READERS, TWO, project
from tests.prevention.running import docent

ASKED = (
    "deprecate", "customers-v1", "--replacement", "customers-v2", "--sunset", "2026-02-03",
    "--reason", "Replacing with unified customer model", "--now", "2026-01-03",
)  # fmt: skip

NOTICE = """\
## Contract Change Notification

**Contract:** customers-v1

**Change:** Deprecation announced

**Sunset Date:** 2026-02-03

**Replacement:** customers-v2 2.0.0

**Reason:** Replacing with unified customer model

**Migration Guide:** docs/migrations/customers-v1.md

**Owner:** Shop <shop@example.com>

### Migration Steps

1. Read `public.customers_v2` in place of `public.customers_v1`.
2. Read `phone_country` and `phone_number` in place of `phone`.
3. Do without `legacy`, or tell the owner: nothing takes its place.
4. Read `primary_email` in place of `email`.
5. Fill `updated_at` in every write: it is required.
6. Expect `bigint` in `age`, where `integer` was: look at casts, comparisons and copies.
7. Subscribe to customers-v2 2.0.0 in the registry of consumers (`consumers.yaml`).
8. Run your queries on both, compare the answers, and switch before 2026-02-03.

### Breaking Changes in customers-v2 2.0.0

- `phone` is gone; by its name, it is split into `phone_country` and `phone_number`
- `legacy` is gone
- `email` is called `primary_email` now
- `updated_at` is required now
- The type of `age` went from `integer` to `bigint`

### Consumers

- crm-export (crm@example.com): `phone`, `email`
- counter (ops@example.com): no column that it reads breaks

### Timeline

- 2026-01-03: Deprecation announced
- 2026-01-17: Migration guide due, which is a draft so far
- 2026-02-03: Sunset (the warnings of customers-v1 become errors)
- 2026-02-10: customers-v1 retired
"""
CHANGELOG = """\
# Changelog of customers-v1

## 1.6.0 - 2026-01-03

### Deprecated

- The contract is deprecated until 2026-02-03; move to `customers-v2`
"""


BREAKS = """\

`public.customers_v1` and `public.customers_v2` stand side by side until 2026-02-03.

### `phone` is gone; by its name, it is split into `phone_country` and `phone_number`

The same is said by other columns: whoever knows the old names finds nothing.

1. Read `phone_country` and `phone_number` in place of `phone`.

### `legacy` is gone

What is dropped is gone for its readers at once, and its values are gone for good.

1. Do without `legacy`, or tell the owner: nothing takes its place.

### `email` is called `primary_email` now

A rename is a removal for everybody who knows the old name.

1. Read `primary_email` in place of `email`.

### `updated_at` is required now

Readers are only better off; whoever writes a null from now on is stopped by an error.

1. Fill `updated_at` in every write: it is required.

### The type of `age` went from `integer` to `bigint`

Another type is another answer: for drivers, for comparisons, for whoever rounds.

1. Expect `bigint` in `age`, where `integer` was: look at casts, comparisons and copies.

"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_all_of_it_is_written(folder: Path) -> None:
    before = files(folder)
    ran = docent(*ASKED, folder=folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "customers-v1 1.6.0 is deprecated until 2026-02-03; move to customers-v2.\n"
        "Wrote docs/migrations/customers-v1.md.\n"
        "Wrote docs/migrations/customers-v1.notice.md.\n"
        "Wrote contracts/v1.changelog.md.\n"
        "Wrote contracts/v1.yaml.\n"
        "Tell crm-export (crm@example.com): phone and email, which it reads, break.\n"
        "Tell counter (ops@example.com): no column that it reads breaks.\n"
        "Next: read the drafts, commit all of it, and let docent gate judge it.\n"
    )
    after = files(folder)
    assert after.pop("docs/migrations/customers-v1.notice.md").decode() == NOTICE
    assert after.pop("contracts/v1.changelog.md").decode() == CHANGELOG
    guide = after.pop("docs/migrations/customers-v1.md").decode()
    assert after.pop("contracts/v1.yaml").decode() == ONE.replace("1.5.0 ", "1.6.0 ").replace(
        "status: active\n",
        'status: deprecated\ndeprecation:\n  announced: "2026-01-03"\n'
        '  sunset_date: "2026-02-03"\n  replacement: customers-v2\n'
        "  migration_guide: docs/migrations/customers-v1.md\n"
        "  reason: Replacing with unified customer model\n",
    )
    before.pop("contracts/v1.yaml")
    assert after == before
    assert guide.startswith("# From customers-v1 to customers-v2 2.0.0\n\nThis is a draft")
    assert "customers-v1 ends on 2026-02-03. The reason: Replacing with" in guide
    assert "### `email` is called `primary_email` now\n\nA rename is a removal" in guide
    assert guide.partition("made safe\n")[2].partition("## Who does what")[0] == BREAKS
    assert guide.partition("## Who does what")[2].partition("## Timeline")[0] == (
        "\n\n### crm-export\n\nSales, crm@example.com. Reads `customer_id`, `email`, `phone`.\n\n"
        "- Read `public.customers_v2` in place of `public.customers_v1`.\n"
        "- Read `phone_country` and `phone_number` in place of `phone`.\n"
        "- Read `primary_email` in place of `email`.\n"
        "- Subscribe to customers-v2 2.0.0.\n\n"
        "### counter\n\nOperations, ops@example.com. Reads `customer_id`.\n\n"
        "- Read `public.customers_v2` in place of `public.customers_v1`.\n"
        "- No column that it reads breaks. Subscribe to customers-v2 2.0.0.\n\n"
    )


def test_what_it_wrote_breaks_nothing_in_a_diff(folder: Path) -> None:
    (folder / "old.yaml").write_text(ONE)
    docent(*ASKED, folder=folder)
    told = docent("diff", "old.yaml", "contracts/v1.yaml", "--now", "2026-01-03", folder=folder)
    assert told.code == 0
    assert "contract-deprecated" in told.out
    assert docent("check", "--documents", folder=folder).code == 0


def test_what_it_wrote_is_announced_by_the_monitor(folder: Path) -> None:
    docent(*ASKED, folder=folder)
    (notice,) = announcements([load(folder / "contracts/v1.yaml")], (), (), date(2026, 1, 4))
    text = "\n".join(notice.lines)
    for said in ("2026-02-03", "2026-01-03", "customers-v2", "docs/migrations/customers-v1.md"):
        assert said in text


def test_a_dry_run_shows_a_patch_and_writes_nothing(folder: Path) -> None:
    before = files(folder)
    ran = docent(*ASKED, "--dry-run", folder=folder)
    assert (ran.code, ran.err, files(folder)) == (0, "", before)
    assert "\n-status: active\n" in ran.out
    assert "\n+status: deprecated\n+deprecation:\n" in ran.out
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    subprocess.run(["git", "apply"], cwd=folder, input=ran.out.encode(), check=True)
    applied = files(folder)
    (other := folder / "other").mkdir()
    docent(*ASKED, folder=project(other))
    written = files(other)
    assert {name: text for name, text in applied.items() if name in written} == written


MOVED = READERS.replace("customers-v1", "customers-v2").replace("customers_v1", "customers_v2")


def test_the_way_to_the_end(folder: Path) -> None:
    assert docent(*ASKED, folder=folder).code == 0
    (folder / "contracts" / "consumers.yaml").write_text(MOVED)
    step = ("deprecate", "customers-v1", "--to")
    assert docent(*step, "sunset", "--now", "2026-02-02", folder=folder).code == 1
    assert docent(*step, "sunset", "--now", "2026-02-03", folder=folder).code == 0
    assert docent(*step, "retired", "--now", "2026-02-09", folder=folder).code == 1
    assert docent(*step, "retired", "--now", "2026-02-10", folder=folder).code == 0
    contract = load(folder / "contracts" / "v1.yaml")
    assert (contract.status, contract.version) == ("retired", "2.0.0")
    log = (folder / "contracts/v1.changelog.md").read_text()
    assert "## 2.0.0 - 2026-02-10\n\n### Breaking\n\n- The contract is retired\n" in log
    headings = [
        line
        for line in (folder / "contracts/v1.changelog.md").read_text().splitlines()
        if line.startswith("## ")
    ]
    assert headings == ["## 2.0.0 - 2026-02-10", "## 1.7.0 - 2026-02-03", "## 1.6.0 - 2026-01-03"]
    assert sorted(path.name for path in (folder / "docs" / "migrations").iterdir()) == [
        "customers-v1-2026-02-03.notice.md",
        "customers-v1-2026-02-10.notice.md",
        "customers-v1.md",
        "customers-v1.notice.md",
    ]


STEP = ("deprecate", "customers-v1", "--to")
ON_NEW = """\
    queries:
      - name: new
        sql: select customer_id from customers_v2 order by customer_id
"""
BOTH = "    subscriptions:\n      - contract: customers-v1\n"
WITH_QUERIES = READERS.replace(BOTH, ON_NEW + BOTH)


def test_a_sunset_is_refused_while_readers_have_not_moved(folder: Path) -> None:
    assert docent(*ASKED, folder=folder).code == 0
    before = files(folder)
    ran = docent(*STEP, "sunset", "--now", "2026-02-03", folder=folder)
    assert (ran.code, ran.out, files(folder)) == (1, "", before)
    assert ran.err == (
        "docent: customers-v1 has readers who have not moved: crm-export (crm@example.com): "
        "no registered query of it reads customers-v2; counter (ops@example.com): no registered "
        "query of it reads customers-v2. (readiness-unproven)\n"
        "Next: Register the query by which each reads customers-v2, or move its subscription "
        "there; or postpone: docent deprecate customers-v1 --sunset DAY.\n"
    )
    later = ("deprecate", "customers-v1", "--sunset", "2026-04-01", "--now", "2026-02-03")
    assert docent(*later, folder=folder).code == 0


def test_queries_that_read_the_replacement_are_named_as_not_asked(folder: Path) -> None:
    (folder / "contracts" / "consumers.yaml").write_text(WITH_QUERIES)
    assert docent(*ASKED, folder=folder).code == 0
    ran = docent(*STEP, "sunset", "--now", "2026-02-03", folder=folder)
    assert ran.code == 0, ran.err
    assert "Not asked here: whether crm-export can run new.\n" in ran.out
    assert "Not asked here: whether counter can run new.\n" in ran.out


def test_a_retirement_is_refused_while_somebody_is_registered(folder: Path) -> None:
    registry = folder / "contracts" / "consumers.yaml"
    registry.write_text(WITH_QUERIES)
    assert docent(*ASKED, folder=folder).code == 0
    assert docent(*STEP, "sunset", "--now", "2026-02-03", folder=folder).code == 0
    before = files(folder)
    ran = docent(*STEP, "retired", "--now", "2026-02-10", folder=folder)
    assert (ran.code, ran.out, files(folder)) == (1, "", before)
    assert ran.err == (
        "docent: customers-v1 is still read by crm-export (crm@example.com), counter "
        "(ops@example.com). (lifecycle-retired-read)\n"
        "Next: Move each subscription to customers-v2 in the registry, together with its team; "
        "take out those that nobody is behind any more.\n"
    )
    registry.write_text(MOVED)
    assert docent(*STEP, "retired", "--now", "2026-02-10", folder=folder).code == 0
    assert docent("check", "--documents", "--now", "2026-02-10", folder=folder).code == 0


def test_an_end_is_postponed_in_the_sunset_too(folder: Path) -> None:
    (folder / "contracts" / "consumers.yaml").write_text(WITH_QUERIES)
    assert docent(*ASKED, folder=folder).code == 0
    assert docent(*STEP, "sunset", "--now", "2026-02-03", folder=folder).code == 0
    old = (folder / "contracts" / "v1.yaml").read_text()
    later = ("deprecate", "customers-v1", "--sunset", "2026-03-01", "--now", "2026-02-05")
    ran = docent(*later, folder=folder)
    assert ran.code == 0, ran.err
    assert ran.out.startswith(
        "customers-v1 1.8.0 is sunset still, with 2026-03-01 as its date.\n"
        "Wrote docs/migrations/customers-v1-2026-02-05.notice.md.\n"
    )
    notice = (folder / "docs/migrations/customers-v1-2026-02-05.notice.md").read_text()
    assert "**Change:** Sunset date moved from 2026-02-03 to 2026-03-01\n" in notice
    assert (folder / "contracts" / "v1.yaml").read_text() == old.replace(
        'sunset_date: "2026-02-03"', 'sunset_date: "2026-03-01"'
    ).replace("1.7.0 ", "1.8.0 ")
    (folder / "old.yaml").write_text(old)
    told = docent("diff", "old.yaml", "contracts/v1.yaml", "--now", "2026-02-05", folder=folder)
    assert (told.code, "sunset-postponed" in told.out) == (0, True)
    checked = docent("check", "--documents", "--now", "2026-02-05", folder=folder)
    assert "may be removed from 2026-03-08 on, in 31 days" in checked.out
    assert docent(*STEP, "retired", "--now", "2026-02-10", folder=folder).code == 1


def test_nothing_that_is_there_is_overwritten(folder: Path) -> None:
    papers = folder / "docs" / "migrations"
    papers.mkdir(parents=True)
    (papers / "customers-v1.md").write_text("mine")
    (papers / "customers-v1.notice.md").write_text("mine too")
    (folder / "contracts" / "v1.changelog.md").write_text("# Ours\n\n## 1.5.0 - 2025-01-01\n")
    assert docent(*ASKED, folder=folder).code == 0
    assert (papers / "customers-v1.md").read_text() == "mine"
    assert (papers / "customers-v1.notice.md").read_text() == "mine too"
    assert (papers / "customers-v1-2026-01-03.notice.md").exists()
    ends = load(folder / "contracts" / "v1.yaml").deprecation
    assert ends is not None
    assert ends.migration_guide == "docs/migrations/customers-v1-2026-01-03.md"
    log = (folder / "contracts" / "v1.changelog.md").read_text()
    assert log.startswith("# Ours\n\n## 1.6.0 - 2026-01-03\n")
    assert log.endswith("\n\n## 1.5.0 - 2025-01-01\n")


def test_a_guide_can_be_elsewhere_and_then_none_is_drafted(folder: Path) -> None:
    given = "https://wiki.example.com/m?from=1"
    assert docent(*ASKED, "--guide", given, folder=folder).code == 0
    ends = load(folder / "contracts" / "v1.yaml").deprecation
    assert ends is not None
    assert ends.migration_guide == given
    papers = [path.name for path in (folder / "docs" / "migrations").iterdir()]
    assert papers == ["customers-v1.notice.md"]


NO_FILE = "Write it first, or leave --guide out: a draft goes to docs/migrations."
NO_URL = "Write it like https://example.com/guide, blanks as %20."
NO_GUIDES = [
    ("guides/nwe.md", "--guide is guides/nwe.md, and there is no such file.", NO_FILE),
    ("contracts", "--guide is contracts, and there is no such file.", NO_FILE),
    (
        "/etc/hosts",
        "--guide is /etc/hosts, which is outside of the project: its readers do not have it.",
        "Name a file of the project, or a URL.",
    ),
    (
        "https://wiki/x y",
        "--guide is 'https://wiki/x y', which is no URL: it names no host, or has blanks.",
        NO_URL,
    ),
    (
        "https://",
        "--guide is 'https://', which is no URL: it names no host, or has blanks.",
        NO_URL,
    ),
]


@pytest.mark.parametrize(("given", "what", "step"), NO_GUIDES)
def test_a_guide_that_nobody_could_open_is_refused(
    folder: Path, given: str, what: str, step: str
) -> None:
    before = files(folder)
    ran = docent(*ASKED, "--guide", given, folder=folder)
    assert (ran.code, ran.out, files(folder)) == (2, "", before)
    assert ran.err == f"docent: {what}\nNext: {step}\n"


def test_in_the_same_table_the_producer_takes_the_steps(tmp_path: Path) -> None:
    folder = project(tmp_path, v2=TWO.replace("customers_v2", "customers_v1"))
    assert docent(*ASKED, folder=folder).code == 0
    guide = (folder / "docs" / "migrations" / "customers-v1.md").read_text()
    assert "stand side by side" not in guide
    assert "1. Expand: add `primary_email` beside `email`" in guide
    assert "1. Expand: add `phone_country` and `phone_number` beside `phone`" in guide


@pytest.mark.parametrize("given", ["https://wiki.example.com/m", "guide.md"])
def test_a_guide_that_is_written_is_not_announced_again(folder: Path, given: str) -> None:
    (folder / "guide.md").write_text("mine")
    assert docent(*ASKED, "--guide", given, folder=folder).code == 0
    told = (folder / "docs" / "migrations" / "customers-v1.notice.md").read_text()
    assert told.partition("### Timeline\n")[2] == (
        "\n- 2026-01-03: Deprecation announced\n"
        "- 2026-02-03: Sunset (the warnings of customers-v1 become errors)\n"
        "- 2026-02-10: customers-v1 retired\n"
    )


def test_a_guide_that_is_there_is_left_as_it_is(folder: Path) -> None:
    (folder / "guide.md").write_text("mine")
    assert docent(*ASKED, "--guide", "guide.md", folder=folder).code == 0
    assert (folder / "guide.md").read_text() == "mine"
    assert not (folder / "docs" / "migrations" / "customers-v1.md").exists()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_the_mark_at_the_beginning_stay(tmp_path: Path, mark: bytes) -> None:
    folder = project(tmp_path)
    document = folder / "contracts" / "v1.yaml"
    document.write_bytes(mark + ONE.replace("\n", "\r\n").encode())
    document.chmod(0o640)
    assert docent(*ASKED, folder=folder).code == 0
    written = document.read_bytes()
    assert written.startswith(mark + b"# The customers")
    assert written.count(b"\n") == written.count(b"\r\n") == ONE.count("\n") + 6
    assert document.stat().st_mode & 0o777 == 0o640


def test_a_program_gets_it_as_json(folder: Path) -> None:
    ran = docent(*ASKED, "--format", "json", "--output", "told.json", folder=folder)
    assert (ran.code, ran.out) == (0, "Wrote told.json.\n")
    told = json.loads((folder / "told.json").read_text())
    assert told["from"] == {"status": "active", "version": "1.5.0"}
    assert told["to"] == {"status": "deprecated", "version": "1.6.0"}
    assert (told["sunset_date"], told["replacement"]) == ("2026-02-03", "customers-v2")
    assert told["consumers"][0] == {
        "name": "crm-export", "contact": "crm@example.com", "columns": ["phone", "email"],
    }  # fmt: skip
    assert told["notification"] == NOTICE
    assert told["written"] is True


REFUSED = [
    (("--sunset", "2026-02-01"), "notice-too-short", "Write --sunset 2026-02-02, or a later day."),
    (("--sunset", "2025-02-03"), "notice-too-short", "Write --sunset 2026-02-02, or a later day."),
]


@pytest.mark.parametrize(("asked", "rule", "step"), REFUSED)
def test_a_refusal_is_one_message_and_exit_code_1(
    folder: Path, asked: tuple[str, ...], rule: str, step: str
) -> None:
    before = files(folder)
    words = ("deprecate", "customers-v1", "--replacement", "customers-v2", "--now", "2026-01-03")
    ran = docent(*words, *asked, folder=folder)
    assert (ran.code, ran.out, files(folder)) == (1, "", before)
    assert f"({rule})\nNext: {step}\n" in ran.err
    told = docent(*words, *asked, "--format", "json", folder=folder)
    assert json.loads(told.out)["refused"]["rule"] == rule


def test_the_projects_own_notice_counts(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.docent]\nnotice-days = 90\n")
    ran = docent(*ASKED, folder=folder)
    assert ran.code == 1
    assert "owes its readers 90 days of notice" in ran.err


CONVERT = (
    "Write it in one that can: docent convert contracts/tweets.yaml --to odcs "
    "--output contracts/tweets.odcs.yaml; then delete contracts/tweets.yaml."
)
BAD = [
    (("customer-v1", "--replacement", "customers-v2"), "Did you mean customers-v1?"),
    (("xyz",), "There are: customers-v1, customers-v2, draft, tweets."),
    (("customers-v1",), "Name the contract to move to: --replacement NAME."),
    (("customers-v1", "--replacement", "customers-v3"), "Did you mean customers-v"),
    (("customers-v1", "--replacement", "customers-v1"), "a contract cannot replace itself"),
    (("customers-v1", "--replacement", "draft"), "it is a draft, and promises nothing yet"),
    (("customers-v1", "--replacement", " "), "--replacement is empty."),
    (
        ("customers-v1", "--replacement", "customers-v2", "--sunset", "soon"),
        "--sunset is 'soon', which is no day",
    ),
    (
        ("customers-v1", "--replacement", "customers-v2", "--sunset", "2026-02-30"),
        "which is no day",
    ),
    (
        ("customers-v1", "--replacement", "customers-v2", "--now", "2026"),
        "--now is '2026', which is no day",
    ),
    (("customers-v1", "--to", "gone"), "Invalid value for '--to'"),
    (("customers-v1", "--to", "sunset", "--reason", "x"), "--reason belongs to the announcement"),
    ((), "Missing argument 'NAME'"),
    (
        ("tweets", "--replacement", "customers-v2"),
        CONVERT,
    ),
]


@pytest.mark.parametrize(("words", "said"), BAD)
def test_bad_input_is_one_message_and_exit_code_2(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    draft = "contract: draft\nstatus: draft\ntable: a.b\nfields: [a: string]\n"
    soda = BIRDS.replace(BIRDS.splitlines()[0], "dataset: tweets")
    folder = project(tmp_path, draft=draft, tweets=soda)
    before = files(folder)
    ran = docent("deprecate", *words, folder=folder)
    assert (ran.code, ran.out, files(folder)) == (2, "", before)
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_document_that_was_changed_meanwhile_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = configure(folder)
    before = files(folder)
    monkeypatch.chdir(folder)
    terms = Terms(replacement="customers-v2")
    ending = deprecate(
        "customers-v1", terms, today=date(2026, 1, 3), configuration=settings, dry_run=True
    )
    assert files(folder) == before
    (folder / "contracts" / "v1.yaml").write_text(ONE + "# later\n")
    with pytest.raises(NotJudged, match="was changed meanwhile"):
        ending.write()
    assert files(folder) == {**before, "contracts/v1.yaml": (ONE + "# later\n").encode()}


def test_a_write_that_fails_is_taken_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "contracts" / "v1.changelog.md").write_text("# Ours\n")
    before = files(folder)
    ending = deprecate(
        "customers-v1", Terms(replacement="customers-v2"), today=date(2026, 1, 3), dry_run=True
    )
    from prevention import output

    whole = output.write_whole

    def full(file: Path, text: str) -> None:
        if file.name == "v1.yaml":
            raise OSError(28, "No space left on device")
        whole(file, text)

    monkeypatch.setattr(output, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        ending.write()
    assert files(folder) == before


def test_a_contract_that_is_bound_to_its_table_keeps_its_document(tmp_path: Path) -> None:
    page = "contract: lead\nversion: 1.0.0\nstatus: active\nfields:\n  - email: string\n"
    folder = project(tmp_path, lead=page, next=page.replace("lead", "lead_v2"))
    (folder / "pyproject.toml").write_text(
        '[tool.docent.bind]\nlead = "crm.signups"\nlead_v2 = "crm.signups_v2"\n'
    )
    ran = docent("deprecate", "crm.signups", "--replacement", "lead_v2", folder=folder)
    assert ran.code == 0, ran.err
    assert "table" not in (folder / "contracts" / "lead.yaml").read_text()
    guide = (folder / "docs" / "migrations" / "lead.md").read_text()
    assert "Read `crm.signups_v2` in place of `crm.signups`." in guide


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_the_gate_lets_each_step_pass(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    registry = folder / "contracts" / "consumers.yaml"
    moved = READERS.replace("customers-v1", "customers-v2").replace("customers_v1", "customers_v2")
    steps = {
        "2026-01-03": (ASKED[:-2], READERS),
        "2026-02-03": (("deprecate", "customers-v1", "--to", "sunset"), moved),
    }
    for day, (words, readers) in steps.items():
        registry.write_text(readers)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "before")
        assert docent(*words, "--now", day, folder=folder).code == 0
        gate = ("gate", "--documents", "--worktree", "--base", "main", "--now", day)
        told = docent(*gate, folder=folder)
        changes = [line for line in told.out.splitlines() if line.startswith(("error", "note"))]
        assert told.code == 0, told.out
        assert len(changes) == 1, changes


@pytest.mark.parametrize(("day", "code"), [("2026-01-10", 0), ("2026-01-11", 1)])
def test_the_usual_sunset_leaves_a_week_for_the_review(folder: Path, day: str, code: int) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    asked = ("deprecate", "customers-v1", "--replacement", "customers-v2", "--now", "2026-01-03")
    assert docent(*asked, folder=folder).code == 0
    gate = ("gate", "--documents", "--worktree", "--base", "main", "--now", day)
    told = docent(*gate, folder=folder)
    assert told.code == code, told.out
    assert ("notice-too-short" in told.out) is bool(code)


AGAIN = [
    ("--sunset", "2026-02-10"),
    ("--guide", "guide.md"),
    ("--reason", "Another reason"),
    ("--replacement", "customers-v3"),
]


def test_what_is_said_again_before_a_commit_is_one_step(folder: Path) -> None:
    v3 = TWO.replace("customers-v2", "customers-v3").replace("customers_v2", "customers_v3")
    (folder / "contracts" / "v3.yaml").write_text(v3)
    (folder / "guide.md").write_text("mine")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    assert docent(*ASKED, folder=folder).code == 0
    for words in AGAIN:
        ran = docent("deprecate", "customers-v1", *words, "--now", "2026-01-04", folder=folder)
        assert ran.code == 0, ran.err
        left = (
            "Left as it is: docs/migrations/customers-v1.md, to which the contract refers no more."
        )
        assert (left in ran.out) is (words[0] == "--guide")
    new = load(folder / "contracts" / "v1.yaml")
    assert (new.version, new.status) == ("1.6.0", "deprecated")
    assert new.deprecation == Deprecation(
        "2026-01-03", "2026-02-10", "customers-v3", "guide.md", "Another reason"
    )
    assert (folder / "contracts" / "v1.changelog.md").read_text() == CHANGELOG.replace(
        "2026-02-03; move to `customers-v2`", "2026-02-10; move to `customers-v3`"
    ).replace("1.6.0 - 2026-01-03", "1.6.0 - 2026-01-04")
    papers = folder / "docs" / "migrations"
    assert sorted(path.name for path in papers.iterdir()) == [
        "customers-v1.md", "customers-v1.notice.md",
    ]  # fmt: skip
    notice = (papers / "customers-v1.notice.md").read_text()
    assert "**Replacement:** customers-v3 2.0.0\n" in notice
    assert "**Sunset Date:** 2026-02-10\n" in notice
    assert (folder / "guide.md").read_text() == "mine"


def test_the_drafted_guide_follows_what_is_said_again(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    assert docent(*ASKED, folder=folder).code == 0
    guide = folder / "docs" / "migrations" / "customers-v1.md"
    first = guide.read_text()
    again = ("deprecate", "customers-v1", "--sunset", "2026-02-10", "--now", "2026-01-03")
    assert docent(*again, folder=folder).code == 0
    assert "customers-v1 ends on 2026-02-10." in guide.read_text()
    guide.write_text(mine := first + "And this is mine.\n")
    (notice := guide.with_name("customers-v1.notice.md")).write_text("mine too")
    third = ("deprecate", "customers-v1", "--sunset", "2026-02-17", "--now", "2026-01-03")
    assert docent(*third, folder=folder).code == 0
    assert (guide.read_text(), notice.read_text()) == (mine, "mine too")
    assert guide.with_name("customers-v1-2026-01-03.notice.md").exists()


def test_what_is_committed_is_another_step(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    for words in (ASKED[2:-2], ("--replacement", "customers-v3")):
        v3 = TWO.replace("customers-v2", "customers-v3")
        (folder / "contracts" / "v3.yaml").write_text(v3)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "before")
        ran = docent("deprecate", "customers-v1", *words, "--now", "2026-01-03", folder=folder)
        assert ran.code == 0, ran.err
    assert (folder / "contracts" / "v1.changelog.md").read_text() == CHANGELOG.replace(
        "# Changelog of customers-v1\n",
        "# Changelog of customers-v1\n\n## 1.6.1 - 2026-01-03\n\n### Fixed\n\n"
        "- The contract to move to is `customers-v3` now, and was `customers-v2`\n",
    )
    notice = folder / "docs/migrations/customers-v1-2026-01-03.notice.md"
    assert "**Change:** Replacement changed from customers-v2 to customers-v3\n" in (
        notice.read_text()
    )


def test_contracts_may_lie_elsewhere(folder: Path) -> None:
    (folder / "contracts").rename(folder / "elsewhere")
    ran = docent("deprecate", "customers-v1", "elsewhere", *ASKED[2:], "--dry-run", folder=folder)
    assert (ran.code, ran.err) == (0, "")
    assert "+++ b/elsewhere/v1.yaml\n" in ran.out
    assert "- crm-export (crm@example.com): `phone`, `email`\n" in ran.out


def test_a_draft_that_is_committed_is_left(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    assert docent(*ASKED, folder=folder).code == 0
    git(folder, "add", "docs")
    git(folder, "commit", "-qm", "the drafts alone")
    papers = folder / "docs" / "migrations"
    before = files(papers)
    again = ("deprecate", "customers-v1", "--sunset", "2026-02-10", "--now", "2026-01-03")
    assert docent(*again, folder=folder).code == 0
    after = files(papers)
    assert after.pop("customers-v1-2026-01-03.notice.md") != b""
    assert after == before
