"""Check-ins: the list, and one page for writing, reading, comparing and answering."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cities.models import Team
from cities.permissions import belongs_to
from engagement import promises
from engagement.checkins import moves, reading
from engagement.choices import WITH_THE_TEAM, CheckInState
from engagement.filters import CheckInFilter
from engagement.forms.check_ins import AnswerForm, SheetForm
from engagement.models import CheckIn
from engagement.permissions import answers_check_in, writes_check_in
from engagement.views.doors import CONFLICT, UNPROCESSABLE, attempt, or_403, signed_in
from innoteams.accounts.models import User
from innoteams.lib.rates import limited

PER_PAGE = 25
# What is answered with a page of its own, where nothing that was typed is lost.
MEANWHILE = (moves.SavedMeanwhile, moves.MovedMeanwhile)


@require_safe
def check_in_list(request: HttpRequest) -> HttpResponse:
    """What waits for the reader first, the oldest promise on top; then everything else, the newest first."""
    reader = signed_in(request)
    seen = CheckIn.objects.visible_to(reader)
    filters = CheckInFilter(request.GET, seen)
    answerable = CheckIn.objects.answerable_by(reader).values("pk")
    own = CheckIn.objects.filter(state__in=WITH_THE_TEAM, team__in=Team.objects.writable_by(reader)).values("pk")
    rows = (
        filters.qs.for_rows()
        .annotate(
            waits=Case(
                When(pk__in=answerable, then=Value(2)),
                When(pk__in=own, then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .order_by(
            F("waits").desc(),
            Case(When(waits__gt=0, then=F("period__due_on"))).asc(nulls_last=True),
            "-period__starts_on",
            "team__slug",
        )
    )
    # The portfolio's figure "wait for your answer" leads here.
    waits_for_me = request.GET.get("waits") == "me"
    if waits_for_me:
        rows = rows.filter(waits=2)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.due = promises.check_in_due(row)
        row.late = promises.is_late(row.due)
    context = {
        "filters": filters,
        "page_obj": page,
        "is_narrowed": any(request.GET.get(key) for key in filters.filters),
    }
    return render(request, "engagement/check_in_list.html", context)


@require_safe
def check_in_detail(request: HttpRequest, pk: int) -> HttpResponse:
    check_in = _seen(request, pk)
    return _page(request, check_in)


@require_POST
@limited("check-in", times=120, seconds=600)
def check_in_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Saves the sheet; the button “send” also submits it."""
    writer, check_in = signed_in(request), _seen(request, pk)
    or_403(writes_check_in(writer, check_in))
    form = SheetForm(request.POST, check_in=check_in, lines=reading.sheet_lines(check_in, writer))
    if not form.is_valid():
        return _page(request, check_in, sheet_form=form, status=UNPROCESSABLE)
    sends = "send" in request.POST
    verb = moves.submit if sends else moves.save_sheet
    version = form.cleaned_data["version"]
    try:
        done = attempt(
            form,
            lambda: verb(by=writer, check_in=check_in, version=version, sheet=form.sheet()),
            leave=MEANWHILE,
        )
    except moves.SavedMeanwhile as meanwhile:
        return _saved_meanwhile(request, check_in, str(meanwhile))
    except moves.MovedMeanwhile as meanwhile:
        return _moved_meanwhile(request, check_in, str(meanwhile), [form.sheet().hard, form.sheet().help_wanted])
    if done is None:
        return _page(request, check_in, sheet_form=form, status=UNPROCESSABLE)
    operator = check_in.period.programme.operator.name
    sentence = _("Sent. %(operator)s answers in words; you hear of it by mail.") % {"operator": operator}
    messages.success(request, sentence if sends else _("Saved. Only your team sees it until you send it."))
    return redirect(check_in)


@require_POST
@limited("check-in", times=120, seconds=600)
def check_in_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts, or with the button “return” sends back. Always in words."""
    reviewer, check_in = signed_in(request), _seen(request, pk)
    or_403(answers_check_in(reviewer, check_in))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, check_in, answer_form=form, status=UNPROCESSABLE)
    returns = "return" in request.POST
    verb = moves.send_back if returns else moves.accept
    words, version = form.cleaned_data["words"], form.cleaned_data["version"]
    try:
        attempt(
            form,
            lambda: verb(by=reviewer, check_in=check_in, version=version, words=words),
            at="words",
            leave=MEANWHILE,
        )
    except moves.MovedMeanwhile as meanwhile:
        return _moved_meanwhile(request, check_in, str(meanwhile), [words])
    if form.errors:
        return _page(request, check_in, answer_form=form, status=UNPROCESSABLE)
    city = {"city": check_in.team.city.name}
    done = _("Sent back to %(city)s with your words.") if returns else _("Accepted. %(city)s gets your answer.")
    messages.success(request, done % city)
    return redirect(check_in)


def _seen(request: HttpRequest, pk: int) -> CheckIn:
    rows = CheckIn.objects.visible_to(request.user).select_related(
        "team__city", "period__programme__operator", "period__programme__funder", "author", "saved_by"
    )
    found: CheckIn = get_object_or_404(rows, pk=pk)
    return found


def _page(
    request: HttpRequest,
    check_in: CheckIn,
    *,
    sheet_form: SheetForm | None = None,
    answer_form: AnswerForm | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    reader = signed_in(request)
    context: dict[str, object] = {
        "check_in": check_in,
        "programme": check_in.period.programme,
        "moves": check_in.moves.select_related("by"),
        "due": promises.check_in_due(check_in),
        "is_team": belongs_to(reader, check_in.team),
        **more,
    }
    context["late"] = promises.is_late(promises.check_in_due(check_in))
    if check_in.state in WITH_THE_TEAM and context["is_team"]:
        lines = reading.sheet_lines(check_in, reader)
        if writes_check_in(reader, check_in):
            context["sheet_form"] = sheet_form or SheetForm(check_in=check_in, lines=lines)
        else:
            # Observers read along.
            context["draft_lines"] = lines
    context |= _what_was_sent(check_in, reader)
    context |= _answering(check_in, reader, answer_form)
    return render(request, "engagement/check_in_detail.html", context, status=status)


def _what_was_sent(check_in: CheckIn, reader: User) -> dict[str, object]:
    newest, before = reading.latest_two(check_in)
    if newest is None:
        return {}
    return {
        "sent": newest,
        "sent_lines": reading.sent_lines(newest, reader),
        "comparison": reading.compare(before, newest, reader) if before else None,
    }


def _answering(check_in: CheckIn, reader: User, form: AnswerForm | None) -> dict[str, object]:
    """The answer form where the reader may use it, why not where a coordinator may not, and what waits next."""
    verdict = answers_check_in(reader, check_in)
    waiting = CheckIn.objects.answerable_by(reader).exclude(pk=check_in.pk)
    queue = list(waiting.for_rows().order_by("submitted_at", "pk")) if verdict else []
    found: dict[str, object] = {"answers": verdict, "next_one": queue[0] if queue else None, "queue": len(queue)}
    if verdict and check_in.state == CheckInState.SUBMITTED:
        found["answer_form"] = form or AnswerForm(initial={"version": check_in.version})
    return found


def _saved_meanwhile(request: HttpRequest, stale: CheckIn, sentence: str) -> HttpResponse:
    """Theirs and ours on one page; saving again is meant against the version that is shown."""
    now = _seen(request, stale.pk)
    data = request.POST.copy()
    data["version"] = str(now.version)
    form = SheetForm(data, check_in=now, lines=reading.sheet_lines(now, signed_in(request)))
    form.is_valid()
    form.add_error(None, sentence)
    return _page(request, now, sheet_form=form, theirs=now, status=CONFLICT)


def _moved_meanwhile(request: HttpRequest, stale: CheckIn, sentence: str, typed: list[str]) -> HttpResponse:
    """What was typed stays on the page, to be copied or, where it waits for an answer again, sent."""
    now = _seen(request, stale.pk)
    kept = "\n\n".join(text for text in typed if text.strip())
    answer_form = AnswerForm(initial={"version": now.version, "words": kept})
    return _page(request, now, answer_form=answer_form, conflict=sentence, kept=kept, status=CONFLICT)
