"""Promising something, changing it, handing it over, letting it go, and saying that it is done."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from engagement.coaching import commitments
from engagement.coaching.commitments import ChangedMeanwhile
from engagement.coaching.promised import promise_for
from engagement.forms.commitments import ChangeCommitmentForm, CommitmentForm, HandOverForm, LetGoForm
from engagement.models import Commitment
from engagement.permissions import can_settle_commitment
from engagement.views.doors import (
    CONFLICT,
    UNPROCESSABLE,
    attempt,
    attempt_or_tell,
    or_403,
    posted,
    signed_in,
)
from engagement.views.engagement_page import engagement_page, seen_engagement
from innoteams.lib.posted import way_back
from innoteams.lib.rates import limited


@require_POST
@limited("commitment", times=60, seconds=3600)
def commitment_create(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = seen_engagement(request, pk)
    by = signed_in(request)
    form = CommitmentForm(request.POST, engagement=engagement, person=by)
    if form.is_valid():
        typed = form.cleaned_data
        if attempt(form, lambda: commitments.commit(by=by, engagement=engagement, **typed), at="owner"):
            return redirect(f"{engagement.get_absolute_url()}#commitments")
    return engagement_page(request, engagement, commitment_form=form, status=UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def commitment_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The words, the day, the act; beside them handing it over and letting it go."""
    by, commitment = signed_in(request), _seen(request, pk)
    or_403(can_settle_commitment(by, commitment))
    form = ChangeCommitmentForm(posted(request), commitment=commitment, person=by)
    status = UNPROCESSABLE if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            if attempt(
                form,
                lambda: commitments.change_commitment(by=by, commitment=commitment, **form.cleaned_data),
                leave=(ChangedMeanwhile,),
            ):
                messages.success(request, _("Saved."))
                return redirect(_place(commitment))
        except ChangedMeanwhile as refusal:
            commitment, status = _seen(request, pk), CONFLICT
            form.add_error(None, str(refusal))
            form.take_theirs(commitment)
    return _page(request, commitment, status, form=form)


@require_POST
def commitment_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    by, commitment = signed_in(request), _seen(request, pk)
    or_403(can_settle_commitment(by, commitment))
    form = HandOverForm(request.POST, commitment=commitment)
    if form.is_valid():
        owner = form.cleaned_data["owner"]
        if attempt(form, lambda: commitments.hand_over(by=by, commitment=commitment, owner=owner), at="owner"):
            messages.success(request, _("%(who)s takes it on now.") % {"who": owner.name})
            return redirect(_place(commitment))
    return _page(request, commitment, UNPROCESSABLE, hand_over_form=form)


@require_POST
def commitment_let_go(request: HttpRequest, pk: int) -> HttpResponse:
    by, commitment = signed_in(request), _seen(request, pk)
    or_403(can_settle_commitment(by, commitment))
    form = LetGoForm(request.POST)
    if form.is_valid():
        why = form.cleaned_data["why"]
        if attempt(form, lambda: commitments.let_go(by=by, commitment=commitment, why=why)):
            _tell(request, _("Let go: %(what)s"), commitment, undo=True)
            return redirect(_place(commitment))
    return _page(request, commitment, UNPROCESSABLE, let_go_form=form)


@require_POST
def commitment_settle(request: HttpRequest, pk: int) -> HttpResponse:
    by, commitment = signed_in(request), _seen(request, pk)
    if attempt_or_tell(request, lambda: commitments.settle(by=by, commitment=commitment)):
        _tell(request, _("Done: %(what)s"), commitment, undo=True)
    return redirect(way_back(request, _place(commitment)))


@require_POST
def commitment_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    by, commitment = signed_in(request), _seen(request, pk)
    if attempt_or_tell(request, lambda: commitments.reopen(by=by, commitment=commitment)):
        _tell(request, _("Open again: %(what)s"), commitment)
    return redirect(way_back(request, _place(commitment)))


def _seen(request: HttpRequest, pk: int) -> Commitment:
    rows = Commitment.objects.visible_to(request.user).select_related(
        "engagement__team__city", "owner", "project", "let_go_by"
    )
    found: Commitment = get_object_or_404(rows.prefetch_related("engagement__coaches__person"), pk=pk)
    return found


def _place(commitment: Commitment) -> str:
    return f"{commitment.engagement.get_absolute_url()}#commitments"


def _tell(request: HttpRequest, sentence: str, commitment: Commitment, *, undo: bool = False) -> None:
    url = reverse("commitment_reopen", args=[commitment.pk]) if undo else ""
    messages.success(request, sentence % {"what": f"\u2068{commitment.text}\u2069"}, extra_tags=url)


def _page(request: HttpRequest, commitment: Commitment, status: int, **forms: Any) -> HttpResponse:
    reader = signed_in(request)
    context = {
        "promise": promise_for(commitment, reader),
        "engagement": commitment.engagement,
        "form": ChangeCommitmentForm(commitment=commitment, person=reader),
        "hand_over_form": HandOverForm(commitment=commitment),
        "let_go_form": LetGoForm(),
        **forms,
    }
    return render(request, "engagement/commitment_change.html", context, status=status)
