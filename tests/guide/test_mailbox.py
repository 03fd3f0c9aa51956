"""The mailbox of the capstone: letters come in by SMTP, over loopback, and as they were sent."""

from __future__ import annotations

import smtplib
import socket
from email.message import EmailMessage

import pytest

from docent.mailbox import LARGEST, Mailbox, counted
from prevention.notices.addressing import Address
from prevention.notices.model import Notification
from prevention.notices.sending import send

NOTICE = Notification(
    "event", "breach", "crm/lead", "crm/lead is broken: crm.signups.größe",
    "Promised: 5 | found: <none>", "since Friday", "Ask.", "soon",
)  # fmt: skip


def brought(mailbox: Mailbox, *notices: Notification) -> None:
    with mailbox.open() as url:
        said = send(
            notices, Address("mail", "mail", "ada@museum.example"),
            {"DOCENT_SMTP_URL": f"{url}/?from=contracts@museum.example"},
        )  # fmt: skip
    assert said is None


def test_a_notice_comes_in_as_it_was_sent() -> None:
    mailbox = Mailbox()
    brought(mailbox, NOTICE)
    (letter,) = mailbox.letters
    assert (letter.to, letter.sender) == (("ada@museum.example",), "contracts@museum.example")
    assert letter.subject == NOTICE.subject
    assert letter.text.strip().splitlines() == list(NOTICE.lines)
    assert mailbox.to("ada@museum.example") == [letter]
    assert mailbox.to("ben@museum.example") == []


def test_a_letter_is_shown_with_its_questions_and_nothing_of_it_is_markup() -> None:
    mailbox = Mailbox()
    brought(mailbox, NOTICE, NOTICE)
    (letter,) = mailbox.letters
    assert repr(letter).count("What to do   Ask.") == 2
    assert repr(mailbox).startswith("1 LETTER  The mailbox\n")
    html = letter.card().html()
    assert "&lt;none&gt;" in html
    assert "<none>" not in html


@pytest.mark.parametrize(
    "body", ["one\r\n", "\r\n", ".\r\n", "..\r\n.dot\r\n", "größe €\r\n", "x" * 5000 + "\r\n", ""]
)
def test_a_text_is_kept_line_by_line(body: str) -> None:
    mailbox, message = Mailbox(), EmailMessage()
    message["Subject"] = "a line"
    message.set_content(body, charset="utf-8", cte="8bit" if len(body) < 900 else "base64")
    with mailbox.open() as url, smtplib.SMTP(*place(url)) as server:
        server.sendmail("a@b.example", ["c@d.example", "e@f.example"], message.as_bytes())
    (letter,) = mailbox.letters
    assert letter.to == ("c@d.example", "e@f.example")
    assert letter.text.rstrip("\n") == body.replace("\r\n", "\n").rstrip("\n")


def place(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("smtp://").partition(":")
    return host, int(port)


def test_several_come_over_one_connection_and_in_their_order() -> None:
    mailbox = Mailbox()
    with mailbox.open() as url, smtplib.SMTP(*place(url)) as server:
        for name in ("one", "two", "three"):
            server.sendmail("a@b.example", ["c@d.example"], f"Subject: {name}\r\n\r\n{name}\r\n")
        assert server.noop()[0] == 250
        assert server.docmd("VRFY", "ada")[0] == 502
    assert [letter.subject for letter in mailbox.letters] == ["one", "two", "three"]


def test_what_is_too_long_is_refused_and_the_next_one_taken() -> None:
    mailbox = Mailbox()
    with mailbox.open() as url, smtplib.SMTP(*place(url)) as server:
        with pytest.raises(smtplib.SMTPDataError, match="too long"):
            server.sendmail("a@b.example", ["c@d.example"], b"x\r\n" * (LARGEST // 3 + 1))
        server.sendmail("a@b.example", ["c@d.example"], b"Subject: short\r\n\r\nshort\r\n")
    assert [letter.subject for letter in mailbox.letters] == ["short"]


def test_whoever_leaves_in_the_middle_leaves_no_letter_and_a_closed_box_takes_none() -> None:
    mailbox = Mailbox()
    with mailbox.open() as url:
        with socket.create_connection(place(url)) as connection:
            connection.sendall(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n")
        with smtplib.SMTP(*place(url)) as server:
            server.noop()
    with pytest.raises(OSError):  # noqa: PT011 - refused, by whatever name
        smtplib.SMTP(*place(url))
    assert mailbox.letters == []


@pytest.mark.parametrize(("number", "said"), [(0, "no letter"), (1, "1 letter"), (2, "2 letters")])
def test_letters_are_counted_in_words(number: int, said: str) -> None:
    mailbox = Mailbox()
    for _ in range(number):
        brought(mailbox, NOTICE)
    assert counted(mailbox.letters) == said
