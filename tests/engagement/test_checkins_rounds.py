"""A check-in goes round: returned for parts, sent again, compared with the last time, and what its wish became."""

import datetime as dt
import subprocess
import sys

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities.choices import Right
from cities.models import Membership
from engagement import waiting
from engagement.checkins import comparing, moves, reading
from engagement.choices import CheckInState, LetterKind
from engagement.models import CheckIn, CheckInComment, Introduction, Letter, Question
from engagement.posting import post_waiting
from innoteams.accounts.models import User
from innoteams.lib import pdf
from projects.choices import Outcome, Phase, Verb, Visibility
from projects.models import OutcomeMove, PhaseMove, Project
from tests.cast import Cast, join, make_person, make_project
from tests.engagement.accompany_scenes import (
    answered,
    client_of,
    drafted,
    introduction,
    logged,
    period,
    somebody,
    submitted,
    with_line,
)
from tests.engagement.checkin_scenes import (
    accepted_before,
    asked,
    indicator,
    promise,
    returned_for,
    said,
    sent_with_lines,
)
from tests.engagement.checkin_scenes import reading as read_off


def page_of(person: User, check_in: CheckIn) -> str:
    return client_of(person).get(check_in.get_absolute_url()).content.decode()


def post(client: Client, name: str, check_in: CheckIn, **typed: str) -> "tuple[int, str]":
    check_in.refresh_from_db()
    data = {"version": str(check_in.version), "sent": str(check_in.versions.count()), "language": "en", **typed}
    response = client.post(reverse(name, args=[check_in.pk]), data)
    return response.status_code, response.content.decode()


# --- Returned for parts ----------------------------------------------------------------------------------------------


def test_what_is_asked_about_stands_first_with_its_reason_and_the_rest_is_folded(cast: Cast) -> None:
    check_in, lines = sent_with_lines(cast, Visibility.NETWORK, Visibility.PUBLIC)
    returned_for(cast, check_in, "help_wanted", lines[1].anchor)
    page = page_of(cast.tel_aviv_lead, check_in)
    rest = page.index("Everything else, as you sent it")
    assert "2 parts are asked about" in page
    for first in ("About help_wanted?", f"About {lines[1].anchor}?", 'name="help_wanted"', f"line-{lines[1].pk}-note"):
        assert page.index(first) < rest
    for folded in ('name="hard"', f"line-{lines[0].pk}-note"):
        assert page.index(folded) > rest


def test_a_question_about_a_project_brings_all_its_lines_to_the_front(cast: Cast) -> None:
    check_in, [line] = sent_with_lines(cast, Visibility.NETWORK)
    returned_for(cast, check_in, f"project-{cast.projects['network'].pk}")
    page = page_of(cast.tel_aviv_lead, check_in)
    assert page.index(f"line-{line.pk}-note") < page.index("Everything else, as you sent it")


def test_the_answer_in_words_is_read_beside_the_question(cast: Cast) -> None:
    check_in = returned_for(cast, submitted(cast), "hard")
    typed = {"hard": "Hard.", "help_wanted": "", "reply-hard": "Forty of ninety.", "send": "1"}
    assert post(client_of(cast.tel_aviv_member), "check_in_save", check_in, **typed)[0] == 302
    page = page_of(cast.coordinator, check_in)
    assert page.index("Since the questions") < page.index("Unchanged since then.") < page.index("Forty of ninety.")


def test_my_work_tells_how_many_parts_are_asked_about(cast: Cast) -> None:
    check_in, [line] = sent_with_lines(cast, Visibility.NETWORK)
    asked(cast, check_in, "hard", "And why?")
    returned_for(cast, check_in, "hard", line.anchor)
    [item] = [one for one in waiting.waiting_for(cast.tel_aviv_lead) if one.kind == "check_in_returned"]
    assert item.why.startswith("2 parts are asked about")


def test_a_reviewer_asks_at_a_part_and_sends_back_in_one_step(cast: Cast) -> None:
    check_in = submitted(cast)
    typed = {"comment-hard": "How many doors?", "asks-hard": "on", "words": "", "return": "1"}
    assert post(client_of(cast.coordinator), "check_in_answer", check_in, **typed)[0] == 302
    check_in.refresh_from_db()
    assert check_in.state == CheckInState.RETURNED
    assert CheckInComment.objects.get().asks


def test_accepting_with_open_questions_is_warned_about(cast: Cast) -> None:
    check_in = submitted(cast)
    assert "not settled" not in page_of(cast.coordinator, check_in)
    asked(cast, check_in)
    assert "1 question at a part is not settled" in page_of(cast.coordinator, check_in)
    answered(cast, check_in, CheckInState.ACCEPTED)


def test_keeping_comments_keeps_half_an_answer_in_its_field(cast: Cast) -> None:
    check_in = submitted(cast)
    typed = {"comment-hard": "Well put.", "words": "Half an answer"}
    status, page = post(client_of(cast.coordinator), "check_in_comment", check_in, **typed)
    assert (status, CheckInComment.objects.get().text) == (200, "Well put.")
    assert "Half an answer</textarea>" in page
    assert "Well put.</textarea>" not in page


def test_a_question_is_settled_from_the_page_and_opened_again(cast: Cast) -> None:
    check_in = submitted(cast)
    question = asked(cast, check_in)
    client = client_of(cast.coordinator)
    for button, is_open in (("settle", False), ("unsettle", True)):
        assert post(client, "check_in_comment", check_in, **{button: str(question.pk)})[0] == 302
        question.refresh_from_db()
        assert (question.settled_at is None) is is_open


@pytest.mark.parametrize("pk", ["", "abc", "999999", "-1", "9" * 30])
def test_a_question_that_is_not_there_is_not_found(cast: Cast, pk: str) -> None:
    assert post(client_of(cast.coordinator), "check_in_comment", submitted(cast), settle=pk)[0] == 404


def test_a_comment_of_the_coach_outlives_the_answer_that_came_meanwhile(cast: Cast) -> None:
    check_in = submitted(cast)
    answered(cast, check_in, CheckInState.ACCEPTED)
    typed = {"comment-hard": "I saw that too.", "version": "2", "sent": "1"}
    assert post(client_of(cast.coach), "check_in_comment", check_in, **typed)[0] == 302
    assert CheckInComment.objects.get().author == cast.coach


def test_the_second_coordinator_keeps_comments_and_answer_on_the_page(cast: Cast) -> None:
    check_in = submitted(cast)
    old = str(check_in.version)
    answered(cast, check_in, CheckInState.ACCEPTED, "The first answer.")
    typed = {"comment-hard": "How many?", "asks-hard": "on", "words": "My answer", "return": "1", "version": old}
    status, page = post(client_of(cast.coordinator), "check_in_answer", check_in, **typed)
    assert status == 409
    assert "Coordinator accepted this check-in" in page
    assert "My answer" in page
    assert "How many?" in page
    assert not CheckInComment.objects.exists()


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "funder_coordinator"])
def test_who_reads_along_is_offered_no_field(cast: Cast, kind: str) -> None:
    page = page_of(somebody(cast, kind), submitted(cast))
    assert "comment-hard" not in page
    assert "Take it back" not in page


# --- A whole project at once -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "ticked", "whole", "after"),
    [
        ([True, True], [0, 1], False, [False, False]),
        ([True, True], [0], True, [True, False]),
        ([False, False], [], True, [True, True]),
        ([False, False], [1], True, [False, True]),
        ([False, False], [1], False, [False, True]),
    ],
)
def test_a_project_is_switched_as_a_whole(
    cast: Cast, before: list[bool], ticked: list[int], whole: bool, after: list[bool]
) -> None:
    check_in, project = drafted(cast), cast.projects["network"]
    lines = [with_line(check_in, project, included=included) for included in before]
    typed = {f"line-{lines[place].pk}-included": "on" for place in ticked}
    if whole:
        typed[f"whole-project-{project.pk}"] = "on"
    post(client_of(cast.tel_aviv_lead), "check_in_save", check_in, hard="", help_wanted="", **typed)
    assert list(check_in.lines.values_list("included", flat=True)) == after


def test_looking_again_saves_what_was_typed_first(cast: Cast) -> None:
    check_in = drafted(cast)
    middle = dt.datetime.combine(check_in.period.starts_on + dt.timedelta(days=40), dt.time(12), dt.UTC)
    logged(cast.projects["network"], at=middle)
    typed = {"hard": "Half a sentence", "help_wanted": "", "look": "1"}
    assert post(client_of(cast.tel_aviv_lead), "check_in_save", check_in, **typed)[0] == 302
    check_in.refresh_from_db()
    assert (check_in.hard, check_in.lines.count(), check_in.state) == ("Half a sentence", 1, CheckInState.DRAFTED)


# --- Since the last time ---------------------------------------------------------------------------------------------


def test_the_coordinator_reads_what_changed_since_the_last_accepted_one(cast: Cast) -> None:
    accepted_before(cast, hard="Nobody opens. We go on.", words="Try the evenings.")
    moved, ended, fresh = cast.projects["network"], cast.projects["public"], cast.projects["programme"]
    one = indicator(moved, "Doors opened", baseline=5)
    read_off(one, 12, dt.date(2020, 3, 1))
    check_in = drafted(cast)
    day = dt.datetime.combine(check_in.period.starts_on, dt.time(12), dt.UTC)
    read_off(one, 61, check_in.period.starts_on)
    move = PhaseMove.objects.create(project=moved, from_phase=Phase.INVESTIGATE, to_phase=Phase.GENERATE, note="On.")
    logged(moved, Verb.PHASE_MOVED, at=day, phase_move=move)
    turn = OutcomeMove.objects.create(
        project=ended, from_outcome=Outcome.IN_PROGRESS, to_outcome=Outcome.HANDED_OVER, note="To the city."
    )
    logged(ended, Verb.OUTCOME_CHANGED, at=day, outcome_move=turn)
    logged(fresh, Verb.PROJECT_LOGGED, at=day)
    sent = submitted(cast, check_in, hard="Most open now. We go on.")
    last = comparing.last_accepted(sent, cast.coordinator)
    newest, _ = reading.latest_two(sent)
    assert last is not None
    assert newest is not None
    since = comparing.since_last_time(last, sent, newest, cast.coordinator)
    assert (last.words, last.by) == ("Try the evenings.", "Coordinator")
    assert [change.text for change in since.hard if change.kind == "added"] == ["Most open now."]
    assert (since.begun, [one.project for one in since.moved], [one.project for one in since.ended]) == (
        [fresh], [moved], [ended],
    )  # fmt: skip
    assert [(figure.then, figure.now) for figure in since.figures] == [("12", "61 people")]
    page = page_of(cast.coordinator, sent)
    for words in ("Try the evenings.", "Doors opened", "Most open now."):
        assert words in page


def test_of_what_a_reader_does_not_see_nothing_is_compared(cast: Cast) -> None:
    accepted_before(cast)
    hidden = make_project(cast.tel_aviv, title="Hidden courtyard", visibility=Visibility.TEAM)
    check_in = drafted(cast)
    day = dt.datetime.combine(check_in.period.starts_on, dt.time(12), dt.UTC)
    logged(hidden, Verb.PROJECT_LOGGED, at=day)
    read_off(indicator(hidden, "Hidden count"), 61, check_in.period.starts_on)
    page = page_of(cast.coordinator, submitted(cast, check_in))
    assert "Hidden" not in page


def test_the_answer_of_last_time_is_there_while_the_team_writes(cast: Cast) -> None:
    accepted_before(cast, words="Try the evenings.")
    check_in = drafted(cast)
    for person in (cast.tel_aviv_lead, cast.tel_aviv_observer):
        assert "Try the evenings." in page_of(person, check_in)


def test_without_a_last_time_there_is_nothing_to_compare(cast: Cast) -> None:
    answered(cast, submitted(cast), CheckInState.RETURNED)
    again = drafted(cast, period(cast.programme, "2026-Q4"))
    assert comparing.last_accepted(again, cast.coordinator) is None


# --- What a wish for help became -------------------------------------------------------------------------------------


def wishing(cast: Cast, wish: str = "Who has opened stairwells? We would like to visit.") -> CheckIn:
    check_in = drafted(cast)
    sheet = moves.Sheet("Hard.", wish, "fr")
    return moves.submit(by=cast.tel_aviv_lead, check_in=check_in, version=1, sheet=sheet)


def test_a_wish_becomes_a_question_once_somebody_presses_the_last_button(cast: Cast) -> None:
    check_in = wishing(cast)
    client = client_of(cast.tel_aviv_member)
    address = f"{reverse('question_create')}?check_in={check_in.pk}"
    assert address in page_of(cast.tel_aviv_member, check_in)
    page = client.get(address).content.decode()
    assert 'value="Who has opened stairwells?"' in page
    assert "We would like to visit." in page
    assert "Seen by everybody signed in" in page
    assert '<option value="fr" selected>' in page
    assert not Question.objects.exists()
    client.post(address, {"text": "Who has?", "context": "", "language": "fr", "team": str(cast.tel_aviv.pk)})
    assert Question.objects.get().check_in == check_in


def test_a_wish_becomes_a_request_to_meet(cast: Cast) -> None:
    check_in = wishing(cast)
    client = client_of(cast.tel_aviv_lead)
    address = f"{reverse('introduction_create')}?check_in={check_in.pk}"
    assert f'value="{cast.mulhouse.slug}"' in client.get(address).content.decode()
    page = client.get(f"{address}&team={cast.mulhouse.slug}").content.decode()
    assert "We would like to visit." in page
    assert not Introduction.objects.exists()
    client.post(
        f"{address}&team={cast.mulhouse.slug}",
        {"from_team": str(cast.tel_aviv.pk), "reason": "question", "message": "May we visit?", "language": "fr"},
    )
    assert Introduction.objects.get().check_in == check_in


@pytest.mark.parametrize("name", ["question_create", "introduction_create"])
@pytest.mark.parametrize("pk", ["0", "abc", "9" * 30, "own"])
def test_nobody_else_makes_something_of_it(cast: Cast, name: str, pk: str) -> None:
    check_in = wishing(cast)
    address = f"{reverse(name)}?check_in={check_in.pk if pk == 'own' else pk}"
    assert client_of(cast.coordinator).get(address).status_code == 404


def test_what_came_of_it_is_told_to_those_who_may_see_it(cast: Cast) -> None:
    check_in = wishing(cast)
    assert "Nothing has come of it yet." in page_of(cast.coordinator, check_in)
    Question.objects.create(author=cast.tel_aviv_lead, text="Who has opened stairwells?", check_in=check_in)
    introduction(cast, asked_by=cast.tel_aviv_lead, from_team=cast.tel_aviv, to_team=cast.mulhouse, check_in=check_in)
    team, coordinator = page_of(cast.tel_aviv_lead, check_in), page_of(cast.coordinator, check_in)
    assert "Asked to meet Mulhouse" in team
    assert "0 answers" in coordinator
    # That it was done, not whom the team asked.
    assert "whom is between the two" in coordinator
    assert "Mulhouse" not in coordinator


# --- A lead leaves ---------------------------------------------------------------------------------------------------


def test_a_lead_who_leaves_is_not_written_to_and_stays_named(cast: Cast) -> None:
    check_in = submitted(cast)
    successor = make_person("Second lead")
    join(cast.tel_aviv, successor, Right.LEAD)
    Membership.objects.filter(person=cast.tel_aviv_lead).update(ends_on=dt.date(2026, 1, 1))
    back = answered(cast, check_in, CheckInState.RETURNED)
    assert {letter.person for letter in Letter.objects.filter(kind=LetterKind.CHECK_IN_RETURNED)} == {successor}
    page = page_of(successor, back)
    assert "Written by Tel Aviv lead" in page
    assert "who has left the team since" in page
    assert submitted(cast, back, by=successor).author == cast.tel_aviv_lead


def test_without_any_lead_the_members_hear_of_the_answer(cast: Cast) -> None:
    check_in = submitted(cast)
    Membership.objects.filter(person=cast.tel_aviv_lead).update(ends_on=dt.date(2026, 1, 1))
    answered(cast, check_in, CheckInState.ACCEPTED)
    letter = Letter.objects.get(kind=LetterKind.CHECK_IN_ACCEPTED)
    assert letter.person == cast.tel_aviv_member


# --- Mails -----------------------------------------------------------------------------------------------------------


def mailed(to: User) -> "list[mail.EmailMessage]":
    mail.outbox.clear()
    post_waiting(timezone.now())
    return [message for message in mail.outbox if any(to.email in line for line in message.to)]


def test_the_mail_counts_the_parts_and_quotes_none(cast: Cast) -> None:
    check_in, [line] = sent_with_lines(cast, Visibility.PROGRAMME)
    mailed(cast.coordinator)
    returned_for(cast, check_in, "hard", line.anchor)
    [message] = mailed(cast.tel_aviv_lead)
    assert "came back with a question" in message.subject
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]  # every mail here has a text and an HTML part
    for body in (str(message.body), html):
        assert "asks about 2 parts" in " ".join(body.split())
        assert "About hard?" not in body
        assert "Tel Aviv at level" not in body


def test_the_mail_of_a_check_in_sent_again_says_so(cast: Cast) -> None:
    submitted(cast, returned_for(cast, submitted(cast), "hard"))
    messages = mailed(cast.coordinator)
    # Of the two that were written while nobody posted, both tell what is true now.
    assert "again" in str(messages[-1].body)
    assert "One part was asked about" in " ".join(str(messages[-1].body).split())


def test_nothing_is_mailed_of_what_was_taken_back(cast: Cast) -> None:
    check_in = submitted(cast)
    moves.take_back(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version)
    assert mailed(cast.coordinator) == []


@pytest.mark.parametrize("language", ["fr"])
def test_the_mail_is_in_the_readers_language(cast: Cast, language: str) -> None:
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(language=language)
    returned_for(cast, submitted(cast), "hard")
    [message] = mailed(cast.tel_aviv_lead)
    assert "point d’étape" in str(message.subject)


# --- Costs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 60])
def test_the_page_costs_the_same_for_one_line_and_for_sixty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    accepted_before(cast)
    check_in = drafted(cast)
    for _ in range(many):
        with_line(check_in, make_project(cast.tel_aviv))
    check_in.lines.create(commitment=promise(cast), included=True)
    for kind in ("tel_aviv_lead", "coordinator"):
        client = client_of(somebody(cast, kind))
        if kind == "coordinator":
            sent = submitted(cast, check_in)
            for line in check_in.lines.all()[: min(many, 20)]:
                asked(cast, sent, line.anchor)
        with django_assert_max_num_queries(14):
            assert client.get(check_in.get_absolute_url()).status_code == 200


# --- On paper --------------------------------------------------------------------------------------------------------


def paper(person: User, check_in: CheckIn, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is given to the printer."""
    given: list[str] = []

    def draw(html: str) -> bytes:
        given.append(html)
        return b"%PDF"

    monkeypatch.setattr(pdf, "pdf_of", draw)
    response = client_of(person).get(reverse("check_in_pdf", args=[check_in.pk]))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return given[0]


def test_on_paper_stands_what_this_reader_reads(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    check_in, [_seen, hidden] = sent_with_lines(cast, Visibility.NETWORK, Visibility.PUBLIC)
    said(cast, check_in, hidden.anchor, "Words about the line")
    Project.objects.filter(pk=cast.projects["public"].pk).update(visibility=Visibility.TEAM)
    for person, sees in ((cast.tel_aviv_lead, True), (cast.coordinator, False), (cast.coach, False)):
        html = paper(person, check_in, monkeypatch)
        assert "Tel Aviv at level network" in html
        assert ("Tel Aviv at level public" in html) is sees
        assert ("Words about the line" in html) is sees


def test_a_pdf_is_made_without_any_request_to_the_network(cast: Cast) -> None:
    check_in = moves.submit(
        by=cast.tel_aviv_lead,
        check_in=drafted(cast),
        version=1,
        sheet=moves.Sheet("ועד הבית מתחלף.", "نبحث عن مثال", "he"),
    )
    response = client_of(cast.coordinator).get(reverse("check_in_pdf", args=[check_in.pk]))
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Disposition"] == 'inline; filename="check-in-tel-aviv-yafo-2026-Q3.pdf"'
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/x.css",
        "https://example.org",
        "file:///etc/passwd",
        "sheet:../../settings.py",
        "sheet:nothing.css",
        "data:text/css,a",
    ],
)
def test_nothing_but_our_own_sheets_is_fetched(address: str) -> None:
    with pytest.raises(pdf.NotFetchedError):
        pdf.sheet_at(address)


def test_where_no_pdf_can_be_made_the_page_says_so_and_leads_to_the_one_that_prints(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_pango() -> object:
        raise pdf.NoPdf

    monkeypatch.setattr(pdf, "_weasyprint", without_pango)
    check_in = submitted(cast)
    response = client_of(cast.coordinator).get(reverse("check_in_pdf", args=[check_in.pk]))
    assert response.status_code == 200
    assert "PDFs cannot be made here yet" in response.content.decode()
    assert check_in.get_absolute_url() in response.content.decode()


def test_the_portal_starts_without_drawing_letters() -> None:
    """WeasyPrint needs Pango from the system; only a PDF may ask for it."""
    code = "import innoteams.lib.pdf, sys; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
