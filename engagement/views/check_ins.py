"""Check-ins: the list, and what is done on the page of one: writing, taking back, commenting, answering."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.models import Team
from engagement import promises
from engagement.checkins import comments, drafting, moves
from engagement.checkins.holding import last_move
from engagement.choices import WITH_THE_TEAM, CheckInState
from engagement.filters import CheckInFilter
from engagement.forms.check_ins import RemarksForm, typed_in
from engagement.models import CheckIn, CheckInComment
from engagement.permissions import answers_check_in, can_comment_check_in, reads_once_sent, writes_check_in
from engagement.views.check_in_page import (
    check_in_page,
    print_context,
    read,
    remarks_form_of,
    seen_check_in,
    sheet_form_of,
)
from engagement.views.doors import CONFLICT, UNPROCESSABLE, attempt, attempt_or_tell, or_403, signed_in, whole_number
from innoteams.lib.pdf import pdf_response
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
    return check_in_page(request, seen_check_in(request, pk))


@require_POST
@limited("check-in", times=120, seconds=600)
def check_in_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Saves the sheet; the button “send” also submits it, the button “look” draws in what was logged since."""
    writer, check_in = signed_in(request), seen_check_in(request, pk)
    or_403(writes_check_in(writer, check_in))
    if check_in.state not in WITH_THE_TEAM:
        return _moved_meanwhile(request, check_in, last_move(check_in))
    form = sheet_form_of(read(request, check_in), request.POST)
    if not form.is_valid():
        return check_in_page(request, check_in, sheet_form=form, status=UNPROCESSABLE)
    verb = moves.submit if "send" in request.POST else moves.save_sheet
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
        return _moved_meanwhile(request, check_in, str(meanwhile))
    if done is None:
        return check_in_page(request, check_in, sheet_form=form, status=UNPROCESSABLE)
    messages.success(request, _said_after_saving(request, done))
    return redirect(f"{done.get_absolute_url()}#done" if "look" in request.POST else done)


@require_POST
def check_in_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The team goes on writing on what nobody has answered yet."""
    writer, check_in = signed_in(request), seen_check_in(request, pk)
    or_403(writes_check_in(writer, check_in))
    version = whole_number(request.POST.get("version", ""))
    if attempt_or_tell(request, lambda: moves.take_back(by=writer, check_in=check_in, version=version)):
        messages.success(request, _("Taken back. Only your team reads what you write from here on, until you send it."))
    return redirect(check_in)


@require_POST
@limited("check-in", times=120, seconds=600)
def check_in_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts, or with the button “return” sends back; the comments typed on the same page go with it."""
    reviewer = signed_in(request)
    check_in = _seen_or_taken_back(request, pk)
    if isinstance(check_in, HttpResponse):
        return check_in
    or_403(answers_check_in(reviewer, check_in))
    form = remarks_form_of(read(request, check_in), request.POST)
    if form is None or not form.answers:
        return _moved_meanwhile(request, check_in, last_move(check_in))
    if not form.is_valid():
        return check_in_page(request, check_in, remarks_form=form, status=UNPROCESSABLE)
    returns = "return" in request.POST
    verb, version = (moves.send_back if returns else moves.accept), form.cleaned_data["version"]
    try:
        done = attempt(
            form,
            lambda: verb(by=reviewer, check_in=check_in, version=version, words=form.words, remarks=form.remarks()),
            at="words",
            leave=MEANWHILE,
        )
    except moves.MovedMeanwhile as meanwhile:
        return _moved_or_taken_back(request, pk, str(meanwhile))
    if done is None:
        return check_in_page(request, check_in, remarks_form=form, status=UNPROCESSABLE)
    city = {"city": check_in.team.city.name}
    sentence = _("Sent back to %(city)s.") if returns else _("Accepted. %(city)s gets your answer.")
    messages.success(request, sentence % city)
    return redirect(check_in)


@require_POST
@limited("check-in", times=120, seconds=600)
def check_in_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps the comments on parts; the buttons “settle” and “unsettle” also say so of one that asked."""
    by, check_in = signed_in(request), _seen_or_taken_back(request, pk)
    if isinstance(check_in, HttpResponse):
        return check_in
    or_403(can_comment_check_in(by, check_in))
    form = remarks_form_of(read(request, check_in), request.POST)
    if form is None:
        return _moved_meanwhile(request, check_in, last_move(check_in))
    if not form.is_valid():
        return check_in_page(request, check_in, remarks_form=form, status=UNPROCESSABLE)
    remarks, number = form.remarks(), form.number
    settles = _settling(request, check_in)
    if remarks or settles is None:
        try:
            said = attempt(
                form,
                lambda: comments.comment(by=by, check_in=check_in, number=number, remarks=remarks),
                leave=MEANWHILE,
            )
        except moves.MovedMeanwhile as meanwhile:
            return _moved_or_taken_back(request, pk, str(meanwhile))
        if said is None:
            return check_in_page(request, check_in, remarks_form=form, status=UNPROCESSABLE)
    if settles is not None:
        attempt(form, settles)
    return _after_comments(request, check_in, form, [remark.part for remark in remarks])


@require_safe
@limited("pdf", times=60, seconds=3600)
def check_in_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly what this reader reads of what was sent; for the team, while it writes, the draft."""
    check_in = seen_check_in(request, pk)
    city, key = check_in.team.city.slug, check_in.period.key
    context = print_context(read(request, check_in))
    return pdf_response(
        request, "engagement/check_in_print.html", context, f"check-in-{city}-{key}.pdf", check_in.get_absolute_url()
    )


def _seen_or_taken_back(request: HttpRequest, pk: int) -> CheckIn | HttpResponse:
    """The check-in; or, where the team took it back while somebody who read it was writing, a page that keeps what
    was typed. Of the draft it shows nothing, and there is no such page to be asked for."""
    reader = signed_in(request)
    found: CheckIn | None = CheckIn.objects.visible_to(reader).for_page(reader).filter(pk=pk).first()
    if found is not None:
        return found
    drafted = get_object_or_404(
        CheckIn.objects.select_related("team__city", "period__programme__operator").filter(state=CheckInState.DRAFTED),
        pk=pk,
    )
    move = drafted.moves.select_related("by").order_by("-at", "-pk").first()
    if move is None or not move.takes_back or not reads_once_sent(reader, drafted):
        raise Http404
    context = {"check_in": drafted, "conflict": last_move(drafted), "kept": "\n\n".join(typed_in(request.POST))}
    return render(request, "engagement/check_in_taken_back.html", context, status=CONFLICT)


def _moved_or_taken_back(request: HttpRequest, pk: int, sentence: str) -> HttpResponse:
    found = _seen_or_taken_back(request, pk)
    return found if isinstance(found, HttpResponse) else _moved_meanwhile(request, found, sentence)


def _settling(request: HttpRequest, check_in: CheckIn) -> Callable[[], CheckInComment] | None:
    """What a button at one question says of it."""
    for name, verb in (("settle", comments.settle), ("unsettle", comments.unsettle)):
        if name in request.POST:
            asked = get_object_or_404(check_in.comments.filter(asks=True), pk=whole_number(request.POST[name]))
            return partial(verb, by=signed_in(request), comment=asked)
    return None


def _after_comments(request: HttpRequest, check_in: CheckIn, form: RemarksForm, parts: list[str]) -> HttpResponse:
    """Back to the part; with half an answer typed the page itself, so that it stays in its field."""
    messages.success(request, _("Kept. Everybody who reads this part reads it.") if parts else _("Noted."))
    if not form.words.strip():
        return redirect(f"{check_in.get_absolute_url()}#{parts[0] if parts else 'questions'}")
    kept = request.POST.copy()
    for name in list(kept):
        if name.startswith(("comment-", "asks-")):
            del kept[name]
    again = seen_check_in(request, check_in.pk)
    return check_in_page(request, again, remarks_form=remarks_form_of(read(request, again), kept))


def _said_after_saving(request: HttpRequest, done: CheckIn) -> str:
    if "look" in request.POST:
        return _said_after_looking(request, done)
    if "send" not in request.POST:
        return _("Saved. Only your team sees it until you send it.")
    operator = {"operator": done.period.programme.operator.name}
    return _("Sent. %(operator)s answers in words; you hear of it by mail.") % operator


def _said_after_looking(request: HttpRequest, done: CheckIn) -> str:
    try:
        count = drafting.look_again(by=signed_in(request), check_in=done)
    except moves.MovedMeanwhile:
        # Sent by a colleague between the two steps: the page that follows shows it as it was sent.
        count = 0
    if not count:
        return _("Nothing else was logged for this period. Your draft is saved.")
    return ngettext("%(count)d more line is here.", "%(count)d more lines are here.", count) % {"count": count}


def _saved_meanwhile(request: HttpRequest, stale: CheckIn, sentence: str) -> HttpResponse:
    """Theirs and ours on one page; saving again is meant against the version that is shown."""
    now = seen_check_in(request, stale.pk)
    data = request.POST.copy()
    data["version"] = str(now.version)
    form = sheet_form_of(read(request, now), data)
    form.is_valid()
    form.add_error(None, sentence)
    return check_in_page(request, now, sheet_form=form, theirs=now, status=CONFLICT)


def _moved_meanwhile(request: HttpRequest, stale: CheckIn, sentence: str) -> HttpResponse:
    """What was typed stays on the page, to be copied or, where it waits for an answer again, sent."""
    now = seen_check_in(request, stale.pk)
    kept = "\n\n".join(typed_in(request.POST))
    data = request.POST.copy()
    page = read(request, now)
    if page.newest:
        data["version"], data["sent"] = str(now.version), str(page.newest.number)
    form = None if page.is_being_written else remarks_form_of(page, data)
    return check_in_page(request, now, remarks_form=form, conflict=sentence, kept=kept, status=CONFLICT)
