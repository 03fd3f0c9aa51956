"""What arrives, over each way; what is said when it does not; and never a secret in it."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from prevention.notices import Address, Notification
from prevention.notices.sending import send
from tests.prevention.github_stand_in import NUMBER, REPOSITORY, TOKEN, github_stand_in
from tests.prevention.notices.stand_ins import mail_server, webhook

NOTICE = Notification(
    "e1",
    "breach",
    "crm/lead",
    "crm/lead is broken: crm.signups <b> & é",
    "Column source is gone <!channel>",
    "since noon",
    "Bring it back.",
    "now",
)
OTHER = replace(NOTICE, event="e2", contract="crm/deal", subject="crm/deal is broken")
PATH = "/services/T0/very-secret"


def test_a_webhook_is_sent_what_slack_takes() -> None:
    with webhook() as hook:
        assert send([NOTICE, OTHER], Address("#x", "webhook", hook.url + PATH), {}) is None
    ((path, kind, content),) = hook.got
    assert (path, kind) == (PATH, "application/json")
    assert list(json.loads(content)) == ["text"]
    text = json.loads(content)["text"]
    assert text.startswith("crm/lead is broken: crm.signups &lt;b&gt; &amp; é\nWhat: Column")
    assert "&lt;!channel&gt;" in text
    assert "\n\ncrm/deal is broken\n" in text


def test_what_stands_behind_a_question_mark_is_part_of_a_webhook() -> None:
    with webhook() as hook:
        assert send([NOTICE], Address("#x", "webhook", f"{hook.url}/a?sig=b%2Fc&v="), {}) is None
    assert hook.got[0][0] == "/a?sig=b%2Fc&v="


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        (500, "error=500"),
        (404, "error=404"),
        (403, "error=403"),
        (429, "error=429"),
        (302, "error=302"),
        ("cut", "Connection error"),
        ("silent", "onnection error"),
    ],
)
def test_a_webhook_that_fails_in_the_usual_ways(
    mood: int | str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prevention.notices.sending.PATIENCE", 0.3)
    with webhook() as hook:
        hook.mood = mood
        trouble = send([NOTICE], Address("#x", "webhook", hook.url + PATH), {})
    assert says in (trouble or "")
    assert "secret" not in (trouble or "")
    assert len(hook.got) <= 1, "a redirect was followed"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("way", "target"),
    [
        ("webhook", "http://127.0.0.1:{port}/very-secret"),
        ("webhook", "https://127.0.0.1:{port}/very-secret?key=very-secret"),
        ("webhook", "http://no-such-host.invalid/very-secret"),
        ("webhook", "http:///very-secret"),
        ("webhook", "http://[very-secret"),
        ("other", "nonsense://very-secret"),
        ("other", "json://very-secret:very-secret@127.0.0.1:{port}"),
        ("file", "/proc/very-secret/notices"),
    ],
)
def test_an_address_that_is_down_or_none(way: str, target: str) -> None:
    address = Address("#x", way, target.format(port=free_port()))  # type: ignore[arg-type]
    trouble = send([NOTICE], address, {})
    assert trouble
    assert "secret" not in trouble
    assert "secret" not in repr(address)


def test_a_letter() -> None:
    with mail_server() as mail:
        address = Address("mail to a", "mail", "a@guide.example")
        environment = {"DOCENT_SMTP_URL": f"{mail.url}?from=contracts@guide.example"}
        assert send([NOTICE], address, environment) is None
    ((recipients, letter),) = mail.letters
    assert recipients == ["a@guide.example"]
    assert letter["subject"] == NOTICE.subject
    assert "contracts@guide.example" in letter["from"]
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().strip().splitlines() == list(NOTICE.lines)  # type: ignore[attr-defined]


def test_one_letter_about_several_notices() -> None:
    with mail_server() as mail:
        address = Address("mail to a", "mail", "a@guide.example")
        assert send([NOTICE, OTHER], address, {"DOCENT_SMTP_URL": mail.url}) is None
    assert mail.letters[0][1]["subject"] == "2 notices about crm/deal, crm/lead"


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize(("password", "taken"), [("very-secret/@", True), ("wrong-secret", False)])
def test_a_mail_server_that_wants_a_password(
    password: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prevention.notices.sending.PATIENCE", 1)
    with mail_server("very-secret/@") as mail:
        said = password.replace("/", "%2F").replace("@", "%40")
        url = mail.url.replace("smtp://", f"smtp://docent:{said}@")
        address = Address("mail to a", "mail", "a@guide.example")
        trouble = send([NOTICE], address, {"DOCENT_SMTP_URL": url})
    assert (trouble is None, len(mail.letters)) == (taken, int(taken))
    assert "secret" not in (trouble or "")


def test_a_recipient_whom_the_mail_server_does_not_know() -> None:
    with mail_server() as mail:
        mail.unknown.add("a@guide.example")
        address = Address("mail to a", "mail", "a@guide.example")
        assert send([NOTICE], address, {"DOCENT_SMTP_URL": mail.url})
    assert mail.letters == []


@pytest.mark.parametrize("server", ["smtp://127.0.0.1:{port}", "imap://very-secret", "very-secret"])
def test_a_mail_server_that_is_down_or_none(server: str) -> None:
    address = Address("mail to a", "mail", "a@guide.example")
    trouble = send([NOTICE], address, {"DOCENT_SMTP_URL": server.format(port=free_port())})
    assert trouble
    assert "secret" not in trouble


def test_a_file_grows_by_a_line_a_notice(tmp_path: Path) -> None:
    address = Address("#x", "file", str(tmp_path / "a folder" / "notices.jsonl"))
    assert send([NOTICE, OTHER], address, {}) is None
    assert send([OTHER], address, {}) is None
    lines = Path(address.target).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["e1", "e2", "e2"]
    assert json.loads(lines[0]) == {
        "event": "e1",
        "kind": "breach",
        "contract": "crm/lead",
        "subject": NOTICE.subject,
        "what": NOTICE.what,
        "when": "since noon",
        "hurt": "nobody who is registered",
        "to_do": "Bring it back.",
        "by": "now",
    }


def test_a_comment_at_github() -> None:
    with github_stand_in() as github:
        environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url}
        address = Address("#x", "github", f"{REPOSITORY}#{NUMBER}")
        assert send([NOTICE], address, environment) is None
        assert send([NOTICE], address, {"GITHUB_API_URL": github.url}) == "GITHUB_TOKEN is not set"
    (body,) = github.bodies()
    assert body.startswith("**`crm/lead is broken: crm.signups <b> & é`**\n- `What: Column source")


@pytest.mark.parametrize(
    ("status", "headers"),
    [(429, {"retry-after": "1"}), (403, {"retry-after": "60"}), (429, {}),
     (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"})],
)  # fmt: skip
def test_github_is_not_waited_for(status: int, headers: dict[str, str]) -> None:
    with github_stand_in() as github:
        github.moods["POST"] = [(status, headers, {"message": "no"})]
        environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url}
        trouble = send([NOTICE], Address("#x", "github", f"{REPOSITORY}#{NUMBER}"), environment)
    assert trouble == "GitHub is too busy, or asks us to wait too long"


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_github_refuses(status: int) -> None:
    with github_stand_in() as github:
        github.moods["POST"] = [(status, {}, {"message": "no"})]
        environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url}
        trouble = send([NOTICE], Address("#x", "github", f"{REPOSITORY}#{NUMBER}"), environment)
    assert trouble
    assert TOKEN not in trouble
