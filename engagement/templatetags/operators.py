"""What pages show to those who answer for the sending."""

from typing import Any

from django import template
from django.template import Context

from engagement.permissions import oversees_digests

register = template.Library()


@register.inclusion_tag("engagement/_operators_links.html", takes_context=True)
def operators_links(context: Context) -> dict[str, Any]:
    """Where to see how digests go out; nothing for everybody else. Costs no query beyond the one for the navigation."""
    person = context["request"].user
    return {"oversees": oversees_digests(person), "is_staff": person.is_authenticated and person.is_staff}
