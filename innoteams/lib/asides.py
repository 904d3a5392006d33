"""A sentence that something deep inside wants to tell the person who acts, on the very next page.

Code that knows no request calls `say`; the middleware turns what was said into messages. Outside of a request (a
worker, a command, a shell) nobody listens and nothing happens.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Aside:
    sentence: str
    # Where a POST takes back what the sentence tells of; "" where nothing can be.
    undo: str


_heard: ContextVar[list[Aside] | None] = ContextVar("asides", default=None)


def say(sentence: str, *, undo: str = "") -> None:
    """Told once the transaction is committed: what was rolled back did not happen."""
    heard = _heard.get()
    if heard is not None:
        transaction.on_commit(lambda: heard.append(Aside(sentence, undo)))


class AsidesMiddleware:
    """Stands inside MessageMiddleware, after what the view itself says. A message carries the address of its undo as
    its extra tag (components/messages.html)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        heard: list[Aside] = []
        token = _heard.set(heard)
        try:
            response = self.get_response(request)
        finally:
            _heard.reset(token)
        for aside in heard:
            messages.info(request, aside.sentence, extra_tags=aside.undo)
        return response
