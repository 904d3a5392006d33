"""What was sent with a form."""

from django.http import HttpRequest, QueryDict


def typed(request: HttpRequest) -> QueryDict | None:
    """For a form's `data`: what was posted, also when nothing was filled in; None when the form is only shown."""
    return request.POST if request.method == "POST" else None
