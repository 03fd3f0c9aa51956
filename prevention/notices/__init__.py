"""Notices: who is told of a breach, a planned breaking change, a deprecation; and by which way.

``composing`` puts what happened into words, ``addressing`` says whom it concerns and where their
channels lead, ``sending`` sends, and ``telling`` sees to it that each event is told once over each
channel. A channel that is down is reported and tried again at the next run; it fails nothing.
"""

from __future__ import annotations

from prevention.notices.addressing import Address, Unreachable, addresses_of
from prevention.notices.composing import announcements, notice_of
from prevention.notices.model import Notification
from prevention.notices.notifying import notify
from prevention.notices.telling import Told, tell

__all__ = [
    "Address",
    "Notification",
    "Told",
    "Unreachable",
    "addresses_of",
    "announcements",
    "notice_of",
    "notify",
    "tell",
]
