"""How often a person may do something in a while. Counted in the cache; a page says when to try again."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.core.internal.ratelimit import get_ip
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True)
class Rate:
    """At most `times` in each window of `seconds`. Windows begin at multiples of `seconds`, for everybody alike."""

    times: int
    seconds: int

    def window(self, now: float) -> int:
        return int(now // self.seconds)

    def again_in(self, now: float) -> int:
        """Seconds until the next window, at least one."""
        return max(1, int((self.window(now) + 1) * self.seconds - now) + 1)


def is_over(name: str, who: str, rate: Rate) -> bool:
    """Counts one more try of `who`; true when it is one too many."""
    # Wall clock, not monotonic: several processes count together.
    key = f"rate:{name}:{rate.times}/{rate.seconds}:{who}:{rate.window(time.time())}"
    if cache.add(key, 1, timeout=rate.seconds + 5):
        return rate.times < 1
    try:
        return cache.incr(key) > rate.times
    except ValueError:
        # The window ended between the two calls.
        return False


def who_asks(request: HttpRequest) -> str:
    """The person, or where the request comes from (as allauth counts it, behind a proxy too)."""
    person = request.user
    return f"person-{person.pk}" if person.is_authenticated else f"ip-{get_ip(request)}"


def limited(name: str, *, times: int, seconds: int) -> Callable[[View[P]], View[P]]:
    """Lets each person POST to the view `times` per `seconds`; then answers 429 and calls nothing."""
    rate = Rate(times, seconds)

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST" and is_over(name, who_asks(request), rate):
                return too_many(request, rate.again_in(time.time()))
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return decorate


def too_many(request: HttpRequest, seconds: int = 300) -> HttpResponse:
    """The page that says when to try again; five minutes is the longest that allauth's own limits make one wait."""
    again_at = timezone.now() + dt.timedelta(seconds=seconds)
    minutes = -(-seconds // 60)
    response = render(request, "429.html", {"again_at": again_at, "minutes": minutes}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
