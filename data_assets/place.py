"""Where the database in use lives: on the sandbox's own server, or where ``DATABASE_URL`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data_assets import postgres, server, urls
from data_assets.home import database_name, home_folder, learner
from data_assets.server import Say


@dataclass(frozen=True, slots=True)
class Place:
    """Where the database in use lives.

    url:          its address.
    maintenance:  the address of another database of the same server, to work on it from.
    embedded:     whether the server is the sandbox's own, with a template on it.
    """

    url: str
    maintenance: str
    embedded: bool

    @property
    def name(self) -> str:
        """The name of the database."""
        return urls.name_in(self.url)


def find_place(environment: Mapping[str, str], say: Say) -> Place:
    """Find the database in use; the embedded server is started where it is the one."""
    if given := postgres.given_url(environment):
        return Place(given, urls.with_name(given, "postgres"), embedded=False)
    home = home_folder(environment)
    server.start(home, say)
    name = database_name(learner(environment))
    return Place(server.url(home, name), server.url(home, "postgres"), embedded=True)
