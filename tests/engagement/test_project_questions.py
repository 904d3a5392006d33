"""Asking the team where one reads: on the page, in the mailbox, and on My work."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engagement import questions
from engagement.choices import LetterKind
from engagement.letters import claim
from engagement.models import Answer, Letter, Question
from engagement.posting import post_waiting
from engagement.waiting import waiting_for
from innoteams.accounts.models import User
from innoteams.lib.guessing import guess_language
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Visibility
from projects.models import Project
from tests.cast import Cast, make_project
from tests.engagement.accompany_scenes import client_of, somebody


@pytest.fixture
def project(cast: Cast) -> Project:
    found = cast.projects["network"]
    Project.objects.filter(pk=found.pk).update(contact=cast.tel_aviv_member, title="Stairwells")
    return Project.objects.get(pk=found.pk)


def url(project: Project) -> str:
    return reverse("project_questions", args=[project.slug])


def ask(cast: Cast, project: Project, text: str = "Who opens the door?") -> Question:
    return questions.ask(by=cast.mulhouse_lead, text=text, language="en", team=cast.mulhouse, project=project)


def answer(question: Question, by: User, text: str = "The neighbour.") -> Answer:
    return questions.answer(by=by, question=question, text=text, language="en")


def post() -> list[EmailMultiAlternatives]:
    mail.outbox = []
    post_waiting(timezone.now())
    return mail.outbox  # type: ignore[return-value]  # the portal sends no others


def recipients(messages: list[EmailMultiAlternatives]) -> list[str]:
    return [address.partition("<")[2].strip(">") or address for message in messages for address in message.to]


def waits_for(person: User) -> list[str]:
    return [item.title for item in waiting_for(person) if item.kind == "question"]


# --- on the page --------------------------------------------------------------------------------------------------


def test_a_question_is_asked_with_one_field_and_stands_on_the_page(cast: Cast, project: Project) -> None:
    client = client_of(cast.mulhouse_lead)
    response = client.post(url(project), {"text": "Comment avez-vous ouvert la porte ?"})
    assert response["Location"] == url(project)
    asked = Question.objects.get()
    assert (asked.project, asked.team, asked.language) == (project, cast.mulhouse, "fr")
    page = client.get(url(project)).content.decode()
    assert "Comment avez-vous ouvert la porte ?" in page
    assert "Not answered yet" in page


def test_in_place_the_part_comes_back_and_nothing_else(cast: Cast, project: Project) -> None:
    client = client_of(cast.mulhouse_lead)
    response = client.post(url(project), {"text": "Who opens?"}, headers={"HX-Request": "true"})
    fragment = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in fragment
    assert "The team hears of it" in fragment
    assert "Who opens?" in fragment


def test_the_projects_page_has_the_door_for_people_and_not_for_visitors(cast: Cast) -> None:
    project = cast.projects["public"]
    assert url(project) in client_of(cast.stranger).get(project.get_absolute_url()).content.decode()
    assert url(project) not in Client().get(project.get_absolute_url()).content.decode()
    assert Client().get(url(project)).status_code == 302


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "required"),
        ("?", "at least one word"),
        ("x" * 301, "at most 300"),
        ("Who\u202e?", "turn the writing direction"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_bad_question_is_told_at_the_field_and_nothing_is_asked(
    cast: Cast, project: Project, text: str, sentence: str, headers: dict[str, str]
) -> None:
    response = client_of(cast.mulhouse_lead).post(url(project), {"text": text}, headers=headers)
    assert sentence in response.content.decode()
    assert not Question.objects.exists()


def test_somebody_without_any_part_reads_and_asks_nothing(cast: Cast, project: Project) -> None:
    ask(cast, project)
    client = client_of(cast.stranger)
    page = client.get(url(project)).content.decode()
    assert "Who opens the door?" in page
    assert "<textarea" not in page
    assert client.post(url(project), {"text": "Buy now?"}).status_code == 403


def test_the_team_answers_in_its_name_and_the_question_counts_as_answered(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    client = client_of(cast.tel_aviv_observer)
    client.post(reverse("project_question_answer", args=[project.slug, one.pk]), {"text": "The neighbour, never we."})
    given = Answer.objects.get()
    assert (given.team, given.language) == (cast.tel_aviv, "en")
    page = client_of(cast.stranger).get(url(project)).content.decode()
    assert "from the team" in page
    assert "Not answered yet" not in page


def test_another_city_may_know_it_too_and_the_team_is_still_asked(cast: Cast, project: Project) -> None:
    one = questions.ask(by=cast.coach, text="Who opens?", language="en", project=project)
    path = reverse("project_question_answer", args=[project.slug, one.pk])
    client_of(cast.mulhouse_lead).post(path, {"text": "Chez nous, le gardien."})
    assert Answer.objects.get().team == cast.mulhouse
    assert waits_for(cast.tel_aviv_member) == ["Who opens?"]


def test_an_empty_answer_comes_back_open_with_its_sentence(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    path = reverse("project_question_answer", args=[project.slug, one.pk])
    page = client_of(cast.tel_aviv_lead).post(path, {"text": " "}).content.decode()
    assert '<details class="question__answer" open>' in page
    assert not Answer.objects.exists()


def test_an_answer_to_what_was_closed_meanwhile_is_kept(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    questions.close(by=cast.mulhouse_lead, question=one)
    path = reverse("project_question_answer", args=[project.slug, one.pk])
    page = client_of(cast.tel_aviv_lead).post(path, {"text": "A long careful answer."}).content.decode()
    assert "A long careful answer." in page
    assert "was closed while you were writing" in page


def test_asker_and_team_mark_it_as_answered_and_nobody_else_does(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    path = reverse("project_question_close", args=[project.slug, one.pk])
    assert client_of(cast.coach).post(path).status_code == 403
    for person in (cast.mulhouse_lead, cast.tel_aviv_lead):
        client_of(person).post(path)
        one.refresh_from_db()
        assert one.closed_at
        client_of(person).post(path, {"reopen": "1"})
    one.refresh_from_db()
    assert one.closed_at is None


def test_a_question_is_reached_through_its_own_project_only(cast: Cast, project: Project) -> None:
    hidden = questions.ask(by=cast.tel_aviv_lead, text="Secret?", language="en", project=cast.projects["team"])
    for name in ("project_question_answer", "project_question_close"):
        response = client_of(cast.mulhouse_lead).post(reverse(name, args=[project.slug, hidden.pk]), {"text": "x"})
        assert response.status_code == 404


def test_an_entry_nobody_has_claimed_offers_the_network_instead(cast: Cast) -> None:
    entry = make_project(cast.tel_aviv, source_line="A newspaper", visibility="public")
    page = client_of(cast.mulhouse_lead).get(url(entry)).content.decode()
    assert "there is no team to ask" in page
    assert f"{reverse('question_create')}?project={entry.slug}" in page
    ask(cast, entry)
    assert not Letter.objects.exists()
    with pytest.raises(NotAllowed):
        questions.close(by=cast.tel_aviv_lead, question=Question.objects.get())


@pytest.mark.parametrize("many", [1, 30])
def test_the_part_costs_the_same_for_one_and_for_thirty(
    cast: Cast, project: Project, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        one = Question.objects.create(author=cast.mulhouse_lead, team=cast.mulhouse, text=f"Q{number}", project=project)
        Answer.objects.create(question=one, author=cast.tel_aviv_lead, team=cast.tel_aviv, text="So.")
    client = client_of(cast.tel_aviv_lead)
    with django_assert_max_num_queries(9):
        client.get(url(project), headers={"HX-Request": "true"})
    with django_assert_max_num_queries(9):
        client.get(url(project))


# --- letters ------------------------------------------------------------------------------------------------------


def test_the_person_to_talk_to_is_written_to_and_finds_it_on_my_work(cast: Cast, project: Project) -> None:
    ask(cast, project)
    assert waits_for(cast.tel_aviv_member) == ["Who opens the door?"]
    assert waits_for(cast.tel_aviv_lead) == waits_for(cast.mulhouse_lead) == []
    [message] = post()
    assert recipients([message]) == [cast.tel_aviv_member.email]
    assert message.subject == "Mulhouse asks about “Stairwells”"
    for part in (str(message.body), str(message.alternatives[0][0])):
        assert "Who opens the door?" in part
        assert f"{url(project)}#question-" in part
        assert cast.mulhouse_lead.email not in part


def test_without_a_person_to_talk_to_the_leads_are_asked(cast: Cast, project: Project) -> None:
    Project.objects.update(contact=cast.former_member)
    project.refresh_from_db()
    ask(cast, project)
    assert recipients(post()) == [cast.tel_aviv_lead.email]
    assert waits_for(cast.tel_aviv_lead) == ["Who opens the door?"]


def test_once_the_team_has_answered_it_waits_for_nobody(cast: Cast, project: Project) -> None:
    answer(ask(cast, project), cast.tel_aviv_lead)
    assert waits_for(cast.tel_aviv_member) == []


def test_the_asker_hears_of_the_answer(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    post()
    answer(one, cast.tel_aviv_lead)
    [message] = post()
    assert recipients([message]) == [cast.mulhouse_lead.email]
    assert "The neighbour." in str(message.body)
    assert message.extra_headers["Content-Language"] == "fr"


def test_two_answers_before_the_worker_comes_are_one_letter_and_a_later_one_is_the_next(
    cast: Cast, project: Project
) -> None:
    one = ask(cast, project)
    post()
    answer(one, cast.tel_aviv_lead, "First.")
    answer(one, cast.coach, "Second.")
    [message] = post()
    assert "First." in str(message.body)
    assert "Second." in str(message.body)
    answer(one, cast.tel_aviv_member, "Third.")
    [message] = post()
    assert "Third." in str(message.body)
    assert "First." not in str(message.body)


def test_an_answer_that_comes_while_a_letter_is_being_posted_gets_its_own(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    post()
    answer(one, cast.tel_aviv_lead)
    claim(timezone.now())
    answer(one, cast.coach, "Second.")
    assert Letter.objects.filter(kind=LetterKind.QUESTION_ANSWERED, closed_at=None).count() == 2


def test_ones_own_answer_is_no_news(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    post()
    answer(one, cast.mulhouse_lead, "I found it.")
    assert post() == []


def test_what_is_not_open_to_the_network_is_not_quoted_in_a_mail(cast: Cast) -> None:
    project = cast.projects["programme"]
    one = questions.ask(by=cast.coach, text="Who opens?", language="en", project=project)
    [message] = post()
    assert "Who opens?" not in str(message.body)
    answer(one, cast.tel_aviv_lead)
    [message] = post()
    assert "The neighbour." not in str(message.body)


def test_nobody_is_written_to_about_what_they_no_longer_see(cast: Cast, project: Project) -> None:
    one = ask(cast, project)
    post()
    answer(one, cast.tel_aviv_lead)
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.TEAM)
    assert post() == []


def test_a_question_closed_before_the_worker_came_asks_nobody(cast: Cast, project: Project) -> None:
    questions.close(by=cast.mulhouse_lead, question=ask(cast, project))
    assert post() == []


def test_the_team_reads_of_a_question_in_its_news(cast: Cast, project: Project) -> None:
    ask(cast, project)
    for kind, is_told in (("tel_aviv_observer", True), ("tel_aviv_lead", True), ("stranger", False)):
        page = client_of(somebody(cast, kind)).get(reverse("my_work")).content.decode()
        assert ("asked your team" in page) is is_told


# --- the guess ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        ("Comment avez-vous commencé avec les habitants ?", ["en"], "fr"),
        ("How did you start with the residents?", ["fr"], "en"),
        ("איך התחלתם?", ["en"], "he"),
        ("כיצד?", ["yi", "en"], "yi"),
        ("كيف بدأتم؟", ["en"], "ar"),
        ("¿Cómo lo han hecho con los vecinos?", ["en"], "es"),
        ("Budget?", ["fr", "en"], "fr"),
        ("Budget?", ["he", "en"], "en"),
        ("Budget?", [], "en"),
        ("", ["he"], "en"),
        ("???", ["fr"], "fr"),
    ],
)
def test_the_language_of_a_few_words_is_guessed(text: str, spoken: list[str], language: str) -> None:
    assert guess_language(text, spoken) == language
