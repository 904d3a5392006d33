"""What the fragments of the page of one's digests ask for themselves, so that any page may include them."""

from typing import TypedDict

from django import template

from cities.standing import standing_of
from engagement.choices import Stream
from engagement.digests import feedback, leave
from innoteams.accounts.models import User

register = template.Library()


class Leave(TypedDict):
    streams: list[tuple[Stream, bool]]
    coordinates: bool


@register.simple_tag
def said_by(person: User) -> list[feedback.Said]:
    return feedback.said_by(person)


@register.simple_tag
def preview_leave_of(person: User) -> Leave:
    """Each stream that the person gets, with whether somebody may look at it."""
    coordinates, given = standing_of(person).is_coordinator, leave.streams_of(person)
    own = [stream for stream in Stream if coordinates or stream != Stream.COORDINATION]
    return {"streams": [(stream, stream.value in given) for stream in own], "coordinates": coordinates}
