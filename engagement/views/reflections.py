"""Looking back: writing, comparing, sharing; and what is shared with coordinators."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import Team
from cities.permissions import belongs_to
from engagement.choices import Moment, Sharing, Statement
from engagement.coaching import reflections
from engagement.coaching.comparison import LOOKING_BACK, NAMES, comparison_of
from engagement.forms.reflections import ReflectionForm, SharingForm, step_name
from engagement.models import CoachingEngagement, Reflection
from engagement.permissions import can_reflect
from engagement.views.doors import CONFLICT, UNPROCESSABLE, attempt, or_403, posted, signed_in
from engagement.views.engagement_page import seen_engagement
from innoteams.accounts.models import User
from innoteams.lib.rates import limited
from projects.differences import compare
from projects.history_reading import Told
from projects.locking import EditedMeanwhile

PER_PAGE = 20


@require_safe
def reflection_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the reader may read of an engagement, compared; for the team and its coaches also while it is empty."""
    reader = signed_in(request)
    engagement, seen = _seen_with_reflections(request, pk)
    is_of_team = belongs_to(reader, engagement.team)
    context = {
        "engagement": engagement,
        "comparison": comparison_of(seen),
        "is_of_team": is_of_team,
        "writes": can_reflect(reader, engagement),
        "moments": _moments(seen),
        "sharings": Sharing.choices,
        "in_engagement": is_of_team or CoachingEngagement.objects.visible_to(reader).filter(pk=pk).exists(),
    }
    return render(request, "engagement/reflection_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("culture", "residents")
@sensitive_variables()
@limited("reflection", times=60, seconds=3600)
def reflection_write(request: HttpRequest, pk: int, moment: str) -> HttpResponse:
    engagement = seen_engagement(request, pk)
    if moment not in Moment:
        raise Http404
    or_403(can_reflect(signed_in(request), engagement))
    known = engagement.reflections.prefetch_related("steps").filter(moment=moment).first()
    form = ReflectionForm(posted(request), reflection=known, language=engagement.team.language)
    if request.method == "POST" and form.is_valid():
        return _written(request, engagement, moment, form)
    return _form_page(request, engagement, moment, form, UNPROCESSABLE if form.errors else 200, known=known)


@require_POST
def reflection_share(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    rows = Reflection.objects.visible_to(by).select_related("engagement__team")
    reflection: Reflection = get_object_or_404(rows, pk=pk)
    or_403(can_reflect(by, reflection.engagement))
    form = SharingForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["sharing"]
        reflections.share_reflection(by=by, reflection=reflection, sharing=chosen)
        messages.success(request, _told(chosen))
    else:
        messages.error(request, _("Choose who reads it."))
    return redirect(f"{reverse('reflection_list', args=[reflection.engagement_id])}#{reflection.moment}")


@require_safe
def reflections_shared(request: HttpRequest) -> HttpResponse:
    """For coordinators: which teams share with them how they see themselves."""
    reader = signed_in(request)
    shared = _shared_with_coordinator(reader).filter(engagement=OuterRef("pk"))
    rows = CoachingEngagement.objects.filter(Exists(shared)).select_related("team__city")
    page = Paginator(rows.order_by("team__slug", "-starts_on"), PER_PAGE).get_page(request.GET.get("page"))
    by_engagement: dict[int, list[Reflection]] = {}
    for one in _shared_with_coordinator(reader).filter(engagement__in=[row.pk for row in page]).order_by("pk"):
        by_engagement.setdefault(one.engagement_id, []).append(one)
    found = [(row, [NAMES[one] for one in _order(by_engagement.get(row.pk, []))]) for row in page]
    return render(request, "engagement/reflections_shared.html", {"page_obj": page, "found": found})


def _shared_with_coordinator(reader: User) -> Any:
    teams = Team.objects.read_by_coordinator(reader)
    return Reflection.objects.visible_to(reader).filter(sharing=Sharing.COORDINATORS, engagement__team__in=teams)


def _order(shared: Sequence[Reflection]) -> list[Moment]:
    there = {one.moment for one in shared}
    return [moment for moment in Moment if moment in there]


def _seen_with_reflections(request: HttpRequest, pk: int) -> tuple[CoachingEngagement, list[Reflection]]:
    """404 for whoever sees neither the engagement nor a reflection of it."""
    rows = Reflection.objects.visible_to(request.user).filter(engagement=pk).select_related("written_by")
    seen = list(rows.prefetch_related("steps"))
    engagements = CoachingEngagement.objects.all() if seen else CoachingEngagement.objects.visible_to(request.user)
    return get_object_or_404(engagements.select_related("team__city"), pk=pk), seen


def _moments(seen: Sequence[Reflection]) -> list[dict[str, object]]:
    """For each moment what stands there, for the team to write or share."""
    by_moment = {one.moment: one for one in seen}
    return [{"key": moment.value, "name": NAMES[moment], "row": by_moment.get(moment.value)} for moment in Moment]


def _written(request: HttpRequest, engagement: CoachingEngagement, moment: str, form: ReflectionForm) -> HttpResponse:
    by = signed_in(request)
    try:
        kept = attempt(
            form,
            lambda: reflections.reflect(
                by=by,
                engagement=engagement,
                moment=moment,
                version=form.seen_version,
                steps=form.steps,
                words=form.words,
            ),
            leave=(EditedMeanwhile,),
        )
    except EditedMeanwhile as refusal:
        return _meanwhile(request, engagement, moment, form, refusal)
    if kept is None:
        return _form_page(request, engagement, moment, form, UNPROCESSABLE)
    messages.success(request, _("Kept. %(readers)s") % {"readers": _told(kept.sharing)})
    return redirect(f"{reverse('reflection_list', args=[engagement.pk])}#{moment}")


def _meanwhile(
    request: HttpRequest, engagement: CoachingEngagement, moment: str, form: ReflectionForm, refusal: EditedMeanwhile
) -> HttpResponse:
    """What they saved stands beside what was typed; nothing of either is lost."""
    theirs = refusal.theirs
    assert isinstance(theirs, Reflection)  # noqa: S101 - what the verb raises it with
    form.add_error(None, str(refusal))
    form.take_version(theirs.version)
    context = {"theirs": theirs, "differences": _differences(theirs, form)}
    return _form_page(request, engagement, moment, form, CONFLICT, **context)


def _differences(theirs: Reflection, form: ReflectionForm) -> list[Told]:
    """What they saved and what was typed, where the two differ."""
    saved = {one.statement: one.step for one in theirs.steps.all()} if theirs.pk else {}
    pairs = [
        (form[step_name(name)], _step(saved.get(name)), _step(form.steps.get(name)), False) for name in Statement.values
    ]
    pairs += [
        (form[name], getattr(theirs, name), getattr(form.words, name).strip(), True)
        for name in ("culture", "residents")
    ]
    return [
        Told(field.name, str(field.label), compare(before, after), theirs.language if is_text else "", is_text)
        for field, before, after, is_text in pairs
        if before != after
    ]


def _step(step: int | None) -> str:
    return _("%(step)d of 5") % {"step": step} if step else _("not answered")


def _form_page(
    request: HttpRequest, engagement: CoachingEngagement, moment: str, form: ReflectionForm, status: int, **more: Any
) -> HttpResponse:
    context = {"engagement": engagement, "moment": moment, "title": LOOKING_BACK[Moment(moment)], "form": form, **more}
    return render(request, "engagement/reflection_write.html", context, status=status)


def _told(sharing: str) -> str:
    return {
        Sharing.TEAM: _("Your team alone reads it."),
        Sharing.COACHES: _("Your team and its coaches read it."),
        Sharing.COORDINATORS: _("Your team, its coaches and the coordinators read it."),
    }[Sharing(sharing)]
