"""Digests as they were sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from engagement.digests import archive
from engagement.digests.listing import lines_of
from engagement.models import Digest
from engagement.views.doors import signed_in
from innoteams.accounts.models import User
from innoteams.lib.sealed import SANDBOX, sealed


@require_safe
def digest_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    digest = _kept_or_404(person, pk)
    kept = archive.kept_items(digest, person)
    context = {"digest": digest, "kept": kept, "sandbox": SANDBOX, "due_at": digest.due_at}
    if not kept.is_whole:
        context["lines"] = lines_of(kept.items)
    return render(request, "engagement/digest_detail.html", context)


@require_safe
def digest_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part as sent; gone as soon as something in it is no longer the reader's to see."""
    person = signed_in(request)
    digest = _kept_or_404(person, pk)
    if not archive.kept_items(digest, person).is_whole:
        raise Http404
    return sealed(archive.page_as_sent(digest))


def _kept_or_404(person: User, pk: int) -> Digest:
    digest: Digest = get_object_or_404(Digest.objects.visible_to(person).filter(state__in=archive.KEPT), pk=pk)
    return digest
