"""Questions to the network."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from engagement import questions
from engagement.models import Answer, Question
from engagement.questions import ClosedMeanwhile, TooMany
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Visibility
from projects.models import Project
from tests.cast import Cast
from tests.engagement.accompany_scenes import client_of, somebody


def ask(cast: Cast, text: str = "Who has house rules for a guest?", project: Project | None = None) -> Question:
    return Question.objects.create(
        author=cast.tel_aviv_lead, team=cast.tel_aviv, text=text, language="he", project=project
    )


def test_asking_and_answering_from_the_pages(cast: Cast) -> None:
    client = client_of(cast.tel_aviv_lead)
    typed = {"text": "How do you count short stops?", "context": "", "language": "he", "team": cast.tel_aviv.pk}
    response = client.post(reverse("question_create"), typed)
    question = Question.objects.get()
    assert response["Location"] == question.get_absolute_url()
    assert (question.language, question.team) == ("he", cast.tel_aviv)
    typed = {"text": "By hand, one hour.", "language": "fr", "team": cast.mulhouse.pk}
    client_of(cast.mulhouse_lead).post(reverse("question_answer", args=[question.pk]), typed)
    page = client.get(question.get_absolute_url()).content.decode()
    assert "By hand, one hour." in page
    assert 'lang="fr"' in page


def test_the_language_is_marked_and_the_text_runs_its_own_way(cast: Cast) -> None:
    question = ask(cast, "מי מדד עצירות קצרות?")
    page = client_of(cast.mulhouse_lead).get(question.get_absolute_url()).content.decode()
    assert 'lang="he" dir="rtl"' in page


def test_nobody_writes_in_the_name_of_a_foreign_team(cast: Cast) -> None:
    question = questions.ask(by=cast.mulhouse_lead, text="Who?", language="fr", team=cast.tel_aviv)
    assert question.team is None


def test_somebody_without_any_part_asks_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        questions.ask(by=cast.stranger, text="Buy now?", language="en")


def test_ten_questions_a_day_are_the_most(cast: Cast) -> None:
    for number in range(10):
        ask(cast, f"Question {number}")
    with pytest.raises(TooMany):
        questions.ask(by=cast.tel_aviv_lead, text="One more?", language="en")


@pytest.mark.parametrize(
    ("level", "kind", "status"),
    [
        (Visibility.TEAM, "tel_aviv_observer", 200),
        (Visibility.TEAM, "coach", 404),
        (Visibility.PROGRAMME, "coach", 200),
        (Visibility.PROGRAMME, "mulhouse_lead", 404),
        (Visibility.NETWORK, "stranger", 200),
    ],
)
def test_a_question_about_a_project_is_seen_by_those_who_see_it(cast: Cast, level: str, kind: str, status: int) -> None:
    question = ask(cast, "A question about it", cast.projects[level])
    client = client_of(somebody(cast, kind))
    assert client.get(question.get_absolute_url()).status_code == status
    assert ("A question about it" in client.get(reverse("question_list")).content.decode()) is (status == 200)
    assert client.post(reverse("question_answer", args=[question.pk]), {}).status_code in (404, 422, 403)


def test_only_the_own_question_is_closed(cast: Cast) -> None:
    question = ask(cast)
    url = reverse("question_close", args=[question.pk])
    assert client_of(cast.mulhouse_lead).post(url).status_code == 403
    assert client_of(cast.tel_aviv_lead).post(url).status_code == 302
    question.refresh_from_db()
    assert question.closed_at
    client_of(cast.tel_aviv_lead).post(url, {"reopen": "1"})
    question.refresh_from_db()
    assert question.closed_at is None


def test_a_closed_question_takes_no_answer(cast: Cast) -> None:
    question = questions.close(by=cast.tel_aviv_lead, question=ask(cast))
    with pytest.raises(ClosedMeanwhile):
        questions.answer(by=cast.mulhouse_lead, question=question, text="Late.", language="fr")


def test_an_answer_to_a_question_closed_meanwhile_is_kept_on_the_page(cast: Cast) -> None:
    question = questions.close(by=cast.tel_aviv_lead, question=ask(cast))
    response = client_of(cast.mulhouse_lead).post(
        reverse("question_answer", args=[question.pk]), {"text": "A long careful answer.", "language": "fr"}
    )
    assert response.status_code == 422
    assert "A long careful answer." in response.content.decode()
    assert "was closed while you were writing" in response.content.decode()
    assert not Answer.objects.exists()


def test_a_question_without_words_is_refused_at_the_field(cast: Cast) -> None:
    response = client_of(cast.tel_aviv_lead).post(
        reverse("question_create"), {"text": " ", "context": "What I know so far", "language": "he"}
    )
    assert response.status_code == 422
    assert "What I know so far" in response.content.decode()


@pytest.mark.parametrize(("show", "found"), [("", 1), ("?show=mine", 0), ("?show=all", 2), ("?show=junk", 1)])
def test_the_list_shows_open_ones_unless_asked(cast: Cast, show: str, found: int) -> None:
    ask(cast, "Still open")
    questions.close(by=cast.tel_aviv_lead, question=ask(cast, "Long answered"))
    page = client_of(cast.mulhouse_lead).get(reverse("question_list") + show).content.decode()
    assert ("Still open" in page) + ("Long answered" in page) == found


@pytest.mark.parametrize("many", [1, 30])
def test_list_and_page_cost_the_same_for_one_and_for_thirty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        question = ask(cast, project=cast.projects["network"])
        Answer.objects.create(question=question, author=cast.mulhouse_lead, team=cast.mulhouse, text="So.")
    client = client_of(cast.mulhouse_lead)
    with django_assert_max_num_queries(6):
        client.get(reverse("question_list"))
    with django_assert_max_num_queries(8):
        client.get(question.get_absolute_url())
