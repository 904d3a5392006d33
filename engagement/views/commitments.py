"""Promising something, and saying that it is done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from engagement.coaching import commitments
from engagement.forms.commitments import CommitmentForm
from engagement.models import Commitment
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, signed_in
from engagement.views.engagement_page import engagement_page, seen_engagement
from innoteams.lib.posted import way_back
from innoteams.lib.rates import limited


@require_POST
@limited("commitment", times=60, seconds=3600)
def commitment_create(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = seen_engagement(request, pk)
    form = CommitmentForm(request.POST, engagement=engagement)
    if form.is_valid():
        by, typed = signed_in(request), form.cleaned_data
        if attempt(form, lambda: commitments.commit(by=by, engagement=engagement, **typed), at="owner"):
            return redirect(f"{engagement.get_absolute_url()}#commitments")
    return engagement_page(request, engagement, commitment_form=form, status=UNPROCESSABLE)


@require_POST
def commitment_settle(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, done=True)


@require_POST
def commitment_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, done=False)


def _settle(request: HttpRequest, pk: int, *, done: bool) -> HttpResponse:
    by = signed_in(request)
    rows = Commitment.objects.visible_to(by)
    commitment: Commitment = get_object_or_404(rows.select_related("engagement__team"), pk=pk)
    verb = commitments.settle if done else commitments.reopen
    if attempt_or_tell(request, lambda: verb(by=by, commitment=commitment)):
        sentence = _("Done: %(what)s") if done else _("Open again: %(what)s")
        messages.success(request, sentence % {"what": commitment.text})
    return redirect(way_back(request, f"{commitment.engagement.get_absolute_url()}#commitments"))
