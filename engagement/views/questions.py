"""Short questions to the network."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engagement import questions
from engagement.checkins import wishes
from engagement.forms.exchange import AnswerQuestionForm, AskQuestionForm
from engagement.models import Question
from engagement.permissions import can_answer_question, can_ask_question, can_close_question
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, or_403, own_check_in, posted, signed_in
from innoteams.lib.rates import limited
from projects.models import Project

PER_PAGE = 25
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    reader = signed_in(request)
    show = request.GET.get("show", "open")
    rows: QuerySet[Any] = Question.objects.visible_to(reader).select_related("author", "team__city", "project")
    if show == "mine":
        rows = rows.filter(author=reader)
    elif show != "all":
        rows = rows.filter(closed_at=None)
    rows = rows.annotate(answer_count=Count("answers")).order_by("-asked_at", "-pk")
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "show": show if show in ("mine", "all") else "open",
        "asks": can_ask_question(reader),
    }
    return render(request, "engagement/question_list.html", context)


@_get_or_post
@limited("question", times=30, seconds=3600)
def question_create(request: HttpRequest) -> HttpResponse:
    """To the network, or about ?project= to everybody who sees that one; from the wish for help of ?check_in=."""
    asker = signed_in(request)
    or_403(can_ask_question(asker))
    project, check_in = _project(request), own_check_in(request)
    form = AskQuestionForm(posted(request), by=asker, initial=wishes.as_question(check_in) if check_in else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        if asked := attempt(form, lambda: questions.ask(by=asker, project=project, check_in=check_in, **typed)):
            messages.success(request, _("Asked. Answers appear on this page."))
            return redirect(asked)
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "project": project, "check_in": check_in}
    return render(request, "engagement/question_create.html", context, status=status)


@require_safe
def question_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _seen(request, pk))


@require_POST
@limited("answer", times=60, seconds=3600)
def question_answer(request: HttpRequest, pk: int) -> HttpResponse:
    by, question = signed_in(request), _seen(request, pk)
    form = AnswerQuestionForm(request.POST, by=by)
    if form.is_valid():
        typed = form.cleaned_data
        if attempt(form, lambda: questions.answer(by=by, question=question, **typed)):
            messages.success(request, _("Answered. Thank you."))
            return redirect(question)
    now = _seen(request, pk)
    if not can_answer_question(by, now):
        # Closed meanwhile: the page has no form any more, and shows what was typed.
        messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
        return _page(request, now, kept=request.POST.get("text", ""), status=UNPROCESSABLE)
    return _page(request, now, form=form, status=UNPROCESSABLE)


@require_POST
def question_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes it, or with the button “reopen” opens it again."""
    by, question = signed_in(request), _seen(request, pk)
    verb = questions.reopen if "reopen" in request.POST else questions.close
    attempt_or_tell(request, lambda: verb(by=by, question=question))
    return redirect(question)


def _seen(request: HttpRequest, pk: int) -> Question:
    rows = Question.objects.visible_to(request.user).select_related("author", "team__city", "project__team")
    found: Question = get_object_or_404(rows, pk=pk)
    return found


def _project(request: HttpRequest) -> Project | None:
    slug = request.GET.get("project", "")
    if not slug:
        return None
    found: Project = get_object_or_404(Project.objects.visible_to(request.user).defer("words"), slug=slug)
    return found


def _page(request: HttpRequest, question: Question, *, status: int = 200, **more: object) -> HttpResponse:
    reader = signed_in(request)
    answers = can_answer_question(reader, question)
    context: dict[str, object] = {
        "question": question,
        "answers": question.answers.select_related("author", "team__city"),
        "verdict": answers,
        "closes": can_close_question(reader, question),
    }
    if answers:
        context["form"] = AnswerQuestionForm(by=reader)
    return render(request, "engagement/question_detail.html", {**context, **more}, status=status)
