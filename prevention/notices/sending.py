"""Send notices to one address. What stands in the way is returned in words, never raised."""

from __future__ import annotations

import json
import logging
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from prevention.notices.addressing import MAIL_SERVER, Address
from prevention.notices.model import Notification

PATIENCE: Final = 10
"""Seconds to wait for a connection, and for an answer."""
_JSON_SCHEMES: Final = {"http": "json", "https": "jsons"}
_MAIL_MODES: Final = {"smtp": "insecure", "smtp+starttls": "starttls", "smtps": "ssl"}
_SENDER: Final = "docent@localhost"
_LOGGED: Final = re.compile(r"^.*? - WARNING - ", re.MULTILINE)


def send(
    notices: Sequence[Notification], address: Address, environment: Mapping[str, str]
) -> str | None:
    """Tell an address of some notices in one message; what stood in the way, or ``None``.

    No secret is in what is returned, whatever server or library said.
    """
    try:
        match address.way:
            case "file":
                return _append(notices, Path(address.target))
            case "github":
                return _comment(notices, address.target, environment)
            case "webhook":
                return _notify(_webhook(address.target), _escaped(notices), None)
            case "mail":
                url = _mail(environment[MAIL_SERVER], address.target)
                return _notify(url, _text(notices), _subject(notices))
            case "other":
                return _notify(address.target, _text(notices), _subject(notices))
    except ModuleNotFoundError:
        return "apprise is not installed (pip install 'docent-data-contracts[notices]')"
    except Exception as error:  # noqa: BLE001 - a channel may break in any way, and fails nothing
        return f"it cannot be told ({type(error).__name__})"


def _subject(notices: Sequence[Notification]) -> str:
    if len(notices) == 1:
        return notices[0].lines[0]
    contracts = sorted({notice.contract for notice in notices})
    return f"{len(notices)} notices about {', '.join(contracts[:3])}" + (
        " and others" if len(contracts) > 3 else ""
    )


def _text(notices: Sequence[Notification]) -> str:
    return "\n\n".join("\n".join(notice.lines) for notice in notices) + "\n"


def _escaped(notices: Sequence[Notification]) -> str:
    """The text for Slack and its kin, where these three signs could address somebody."""
    return _text(notices).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ------------------------------------------------------------------ a file


def _append(notices: Sequence[Notification], path: Path) -> str | None:
    """Each notice as a line of JSON."""
    lines = "".join(json.dumps(each.facts, ensure_ascii=False) + "\n" for each in notices)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        return f"the file cannot be written ({error.strerror})"
    content = lines.encode()
    try:
        if os.write(handle, content) < len(content):
            return "the file took only a part (is the disk full?)"
        os.fsync(handle)
    except OSError as error:
        return f"the file cannot be written ({error.strerror})"
    finally:
        os.close(handle)
    return None


# ------------------------------------------------------------------ GitHub


def _comment(
    notices: Sequence[Notification], target: str, environment: Mapping[str, str]
) -> str | None:
    from prevention.decision import NotJudged
    from prevention.github_api import GitHub, ReadOnlyError, UncertainError
    from prevention.render.markdown import code

    token = environment.get("GITHUB_TOKEN", "")
    if not token:
        return "GITHUB_TOKEN is not set"
    repository, _, number = target.rpartition("#")
    url = environment.get("GITHUB_API_URL") or "https://api.github.com"
    blocks = [[f"**{code(each.lines[0])}**", *map(code, each.lines[1:])] for each in notices]
    body = "\n\n".join("\n- ".join(block) for block in blocks)
    try:
        # Where GitHub asks us to wait, the next run comes later than any wait would end.
        github = GitHub(repository, token, url, longest_wait=0, timeout=PATIENCE)
        github.post(f"issues/{number}/comments", {"body": body})
    except NotJudged as error:
        return error.obstacles[0].what.rstrip(".")
    except ReadOnlyError:
        return "the token may not write"
    except UncertainError:
        return "GitHub did not say whether it took it"
    return None


# ------------------------------------------------------------------ what apprise knows


def _notify(url: str, body: str, title: str | None) -> str | None:
    with warnings.catch_warnings():
        # It loads every service it knows; what they warn of in each other is nobody's concern.
        warnings.simplefilter("ignore")
        return _notify_by(import_module("apprise"), url, body, title)


def _notify_by(apprise: ModuleType, url: str, body: str, title: str | None) -> str | None:
    asset = apprise.AppriseAsset(app_id="Docent", http_redirects=False, secure_logging=True)
    with apprise.LogCapture(level=logging.WARNING) as log:
        service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
        if not isinstance(service, apprise.NotifyBase):
            return "nobody knows this kind of address"
        if service.notify(body=body, title=title or "", body_format=apprise.NotifyFormat.TEXT):
            return None
        said = _LOGGED.sub("", log.getvalue()).strip().splitlines()
    return said[-1].rstrip(".") if said else "it was not taken"


def _limits() -> dict[str, str]:
    return {"rto": str(PATIENCE), "cto": str(PATIENCE), "redirect": "no"}


def _webhook(url: str) -> str:
    """A webhook as apprise writes it: one that is sent ``{"text": …}``, as Slack's are."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("a webhook names no host")
    # A colon renames a part of the message or leaves it out; a minus passes a parameter on.
    ours = {":message": "text", ":title": "", ":version": "", ":type": "", ":attachments": ""}
    theirs = {f"-{name}": value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    query = urlencode({**theirs, **ours, **_limits()})
    return f"{_JSON_SCHEMES[parts.scheme]}://{parts.netloc}{parts.path}?{query}"


def _mail(server: str, recipient: str) -> str:
    """A mail server as apprise writes it, for one recipient."""
    parts = urlsplit(server)
    mode = _MAIL_MODES[parts.scheme]
    asked = dict(parse_qsl(parts.query))
    query = urlencode(
        {
            "smtp": parts.hostname or "",
            "from": asked.get("from", _SENDER),
            "to": recipient,
            "mode": mode,
            "format": "text",
            **_limits(),
        }
    )
    port = f":{parts.port}" if parts.port else ""
    scheme = "mailto" if mode == "insecure" else "mailtos"
    return f"{scheme}://{_credentials(parts)}{parts.hostname}{port}/?{query}"


def _credentials(parts: SplitResult) -> str:
    if not parts.username:
        return ""
    user, password = (
        quote(unquote(each or ""), safe="") for each in (parts.username, parts.password)
    )
    return f"{user}:{password}@"
