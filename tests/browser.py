"""A real Chromium for the tests: found, watched, and kept on this machine."""

import os
import shutil
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from innoteams.accounts.models import User

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_HERE = {"127.0.0.1", "localhost", "[::1]", ""}

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

SignIn = Callable[[User], Page]


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None. INNOTEAMS_CHROMIUM names another one."""
    chosen = os.environ.get("INNOTEAMS_CHROMIUM")
    return chosen or next((found for name in _NAMES if (found := shutil.which(name))), None)


class Watch:
    """What went wrong in a page behind the back of the test: console errors, CSP, exceptions, foreign hosts."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._tolerated: list[str] = []

    def tolerate(self, part: str) -> None:
        """Expect problems that contain `part`, as when a test visits a page that answers 404."""
        self._tolerated.append(part)

    def on(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"exception: {error.error}"))
        context.on("request", self._request)

    def unexpected(self) -> list[str]:
        return [text for text in self.problems if not any(part in text for part in self._tolerated)]

    def _console(self, message: ConsoleMessage) -> None:
        # Violations of the content security policy arrive as console errors.
        if message.type in {"error", "warning"}:
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in _HERE:
            self.problems.append(f"request to another host: {request.url}")


def sign_in(page: Page, url: str, person: User) -> None:
    """Give the page's browser a session of `person`, as signing in would."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
