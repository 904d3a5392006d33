"""Questions about a project, asked and answered where it is read: a part of its page, or a page of their own."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from cities.permissions import belongs_to, writes_for
from engagement import questions
from engagement.forms.exchange import ShortAnswerForm, ShortQuestionForm, own_teams
from engagement.models import Answer, Question
from engagement.permissions import can_answer_question, can_ask_question
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, or_403, posted, signed_in
from innoteams.accounts.models import User
from innoteams.lib.guessing import guess_language
from innoteams.lib.rates import limited
from projects.models import Project

SHOWN_ON_THE_PAGE = 5
PER_PAGE = 25


@dataclass(frozen=True)
class Asked:
    """A question as one reader finds it: with its answers and with what that reader may do."""

    question: Question
    answers: list[Answer]
    form: ShortAnswerForm | None
    closes: bool
    team_id: int

    @property
    def is_answered(self) -> bool:
        """By the team that was asked, or closed by somebody who has the answer."""
        return self.question.closed_at is not None or any(answer.team_id == self.team_id for answer in self.answers)

    @property
    def is_open(self) -> bool:
        return self.question.closed_at is None

    @property
    def is_settled(self) -> bool:
        """Answered by the team itself: nobody waits, so there is nothing to mark or to open again."""
        return self.is_open and self.is_answered


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@limited("question", times=30, seconds=3600)
def project_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Reading them, and by POST asking one."""
    reader, project = signed_in(request), _seen_project(request, slug)
    form = ShortQuestionForm(posted(request))
    if request.method != "POST":
        return _page(request, project)
    or_403(can_ask_question(reader))
    if form.is_valid():
        text = form.cleaned_data["text"]
        if attempt(form, lambda: _ask(reader, project, text)):
            return _done(request, project, _told(project))
    return _page(request, project, ask=form)


@require_POST
@limited("answer", times=60, seconds=3600)
def project_question_answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    by, project = signed_in(request), _seen_project(request, slug)
    question = _seen_question(by, project, pk)
    form = ShortAnswerForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        if attempt(form, lambda: _answer(by, question, text)):
            return _done(request, project, _("Answered. Thank you."), f"#question-{pk}")
    return _page(request, project, answer=form, answered=pk)


@require_POST
def project_question_close(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Marks it as answered, or with the button “reopen” opens it again."""
    by, project = signed_in(request), _seen_project(request, slug)
    question = _seen_question(by, project, pk)
    verb = questions.reopen if "reopen" in request.POST else questions.close
    attempt_or_tell(request, lambda: verb(by=by, question=question))
    return _done(request, project, "", f"#question-{pk}")


def _ask(by: User, project: Project, text: str) -> Question:
    language = guess_language(text, [by.language, *by.spoken_languages])
    return questions.ask(by=by, text=text, language=language, team=own_teams(by).first(), project=project)


def _answer(by: User, question: Question, text: str) -> Answer:
    language = guess_language(text, [by.language, *by.spoken_languages])
    asked = question.project
    # In the name of the team that was asked where the person belongs to it (the verb sees to that), else of one's own.
    team = None if asked and belongs_to(by, asked.team) else own_teams(by).first()
    return questions.answer(by=by, question=question, text=text, language=language, team=team)


def _told(project: Project) -> str:
    if project.is_from_public_source:
        return _("Asked. Whoever sees this project can answer here.")
    return _("Asked. The team hears of it, and you get a mail when somebody answers.")


def _seen_project(request: HttpRequest, slug: str) -> Project:
    projects = Project.objects.visible_to(request.user).select_related("team__city").defer("words")
    found: Project = get_object_or_404(projects, slug=slug)
    return found


def _seen_question(reader: User, project: Project, pk: int) -> Question:
    rows = Question.objects.visible_to(reader).select_related("author", "team__city", "project__team")
    found: Question = get_object_or_404(rows, project=project, pk=pk)
    return found


def _done(request: HttpRequest, project: Project, said: str, anchor: str = "") -> HttpResponse:
    """In place: the part again, with what was done told in it. Otherwise the page, so that it is not sent twice."""
    if _in_place(request):
        return _page(request, project, said=said)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("project_questions", args=[project.slug]) + anchor)


def _in_place(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _page(
    request: HttpRequest,
    project: Project,
    *,
    ask: ShortQuestionForm | None = None,
    answer: ShortAnswerForm | None = None,
    answered: int = 0,
    said: str = "",
) -> HttpResponse:
    reader = signed_in(request)
    in_place = _in_place(request)
    rows = _rows(reader, project)
    page = Paginator(rows, SHOWN_ON_THE_PAGE if in_place else PER_PAGE).get_page(request.GET.get("page"))
    writes = not project.is_from_public_source and writes_for(reader, project.team)
    may_ask = bool(can_ask_question(reader))
    asked = [
        Asked(
            question,
            list(question.answers.all()),
            _form(question, reader, answer if question.pk == answered else None),
            writes or question.author_id == reader.pk,
            0 if project.is_from_public_source else project.team_id,
        )
        for question in page
    ]
    context = {
        "project": project,
        "asked": asked,
        "answered": answered,
        "page_obj": page,
        "in_place": in_place,
        "said": said,
        "is_own": writes,
        "ask": (ask or ShortQuestionForm()) if may_ask and not writes else None,
    }
    failed = any(form is not None and form.errors for form in (ask, answer))
    template = "engagement/_project_questions.html" if in_place else "engagement/project_questions.html"
    # htmx shows only what succeeded; the fragment says itself what was wrong.
    return render(request, template, context, status=UNPROCESSABLE if failed and not in_place else 200)


def _form(question: Question, reader: User, kept: ShortAnswerForm | None) -> ShortAnswerForm | None:
    """With an id of its own, as many stand on one page. What was typed stays, also where it was closed meanwhile."""
    if kept is None and not can_answer_question(reader, question):
        return None
    form = kept or ShortAnswerForm()
    form.auto_id = f"id_answer_{question.pk}_%s"
    return form


def _rows(reader: User, project: Project) -> Any:
    """Open ones first, the newest first."""
    answers = Answer.objects.select_related("author", "team__city")
    rows = Question.objects.visible_to(reader).filter(project=project).select_related("author", "team__city")
    return rows.prefetch_related(Prefetch("answers", answers)).order_by(
        F("closed_at").desc(nulls_first=True), "-asked_at", "-pk"
    )
