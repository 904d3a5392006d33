"""What the fragments of the page of one's digests ask for themselves, so that any page may include them."""

from typing import TypedDict

from django import template

from cities.standing import standing_of
from engagement.digests import feedback, leave
from innoteams.accounts.models import User

register = template.Library()


class Leave(TypedDict):
    given: bool
    coordinates: bool


@register.simple_tag
def said_by(person: User) -> list[feedback.Said]:
    return feedback.said_by(person)


@register.simple_tag
def preview_leave_of(person: User) -> Leave:
    return {"given": leave.is_given(person), "coordinates": standing_of(person).is_coordinator}
