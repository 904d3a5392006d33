"""How a digest reads, in both parts."""

import re

import pytest
from django.core import mail as outbox
from pytest_django import Settings

from engagement.models import Digest
from innoteams.accounts.models import User
from projects.choices import Phase, Verb
from projects.models import Follow, Indicator, PhaseMove, Pilot, Project, Reading
from tests.cast import Cast, make_project, make_team
from tests.engagement.digest_scenes import ask, digest_of, happen, only, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast) -> User:
    """Boston's, reading English."""
    only(cast.stranger)
    return cast.stranger


def letter(reader: User) -> Digest:
    run()
    return digest_of(reader)


def test_the_subject_names_the_top_item_and_how_many_more(cast: Cast, reader: User) -> None:
    project = make_project(cast.mulhouse, title="Neighbours' table")
    happen(project)
    Follow.objects.create(person=reader, project=project)
    happen(cast.projects["network"])

    assert letter(reader).subject == "Mulhouse: Neighbours' table, and 2 more"


def test_a_title_that_runs_the_other_way_is_fenced_off_in_subject_and_text(cast: Cast, reader: User) -> None:
    Project.objects.filter(pk=cast.projects["network"].pk).update(title="בתי כנסת", language="he", problem="ריקים.")
    happen(cast.projects["network"])

    digest = letter(reader)

    assert "\u2068בתי כנסת\u2069" in digest.subject
    assert "\u2068בתי כנסת\u2069" in digest.text_body
    assert re.search(r'<a (?=[^>]*lang="he")(?=[^>]*dir="rtl")[^>]*>בתי כנסת</a>', digest.html_body)
    assert re.search(r'<p (?=[^>]*lang="he")(?=[^>]*dir="rtl")[^>]*>ריקים.</p>', digest.html_body)


def test_every_item_says_why_in_words(cast: Cast, reader: User) -> None:
    Follow.objects.create(person=reader, topic=cast.topic)
    Follow.objects.create(person=reader, city=cast.tel_aviv.city)
    happen(cast.projects["network"])

    digest = letter(reader)

    for part in (digest.text_body, digest.html_body):
        assert "You follow Tel Aviv Yafo · You follow Loneliness Ageing" in part
    assert [reason["code"] for reason in digest.items.get(rank=1).reasons][:2] == ["follows_city", "follows_topic"]


def test_news_are_told_from_their_parts(cast: Cast, reader: User) -> None:
    project = cast.projects["network"]
    pilot = Pilot.objects.create(project=project, title="Tea at four", hypothesis="They come.", decision="stop")
    indicator = Indicator.objects.create(project=project, name="Guests", unit="people")
    reading = Reading.objects.create(indicator=indicator, value="1234.5", read_on="2026-01-01", source="list")
    move = PhaseMove.objects.create(project=project, from_phase=Phase.INVESTIGATE, to_phase=Phase.PREPARE, note="go")
    happen(project, Verb.READING_ADDED, reading=reading, days_ago=1)
    happen(project, Verb.PILOT_DECIDED, pilot=pilot, days_ago=2)
    happen(project, Verb.PHASE_MOVED, phase_move=move, days_ago=3)
    for _ in range(2):
        happen(project, Verb.JOURNAL_ADDED, days_ago=4)

    text = letter(reader).text_body

    lines = [line.strip() for line in text.splitlines()]
    start = next(place for place, line in enumerate(lines) if "Tel Aviv at level network" in line)
    assert lines[start + 1 : start + 4] == [
        "Guests: 1,234.5 people (counted)",
        "Decided about the pilot Tea at four: stop",
        "Moved on to “Prepare to deliver”",
    ]


def test_an_entry_from_a_public_source_is_never_shown_as_written_by_the_city(cast: Cast, reader: User) -> None:
    Project.objects.filter(pk=cast.projects["network"].pk).update(source_line="A newspaper, 2024")
    happen(cast.projects["network"])

    digest = letter(reader)

    for part in (digest.text_body, digest.html_body):
        assert "From a public source, not written by the city" in part
        assert "Told from a public source" in part


def test_a_mail_says_why_it_came_and_how_to_have_fewer(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"])

    digest = letter(reader)

    for part in (digest.text_body, digest.html_body):
        assert "You get this every week, on Tuesday at 08:00 (UTC)" in part
        assert f"/digests/{digest.pk}/" in part
        assert "/digests/stop/" in part


def test_the_recipients_language_direction_and_day_are_used(cast: Cast, reader: User, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French"), ("he", "Hebrew")]
    User.objects.filter(pk=reader.pk).update(language="he", timezone="Asia/Jerusalem")
    happen(cast.projects["network"])

    digest = letter(reader)

    assert digest.language == "he"
    assert '<html lang="he" dir="rtl">' in digest.html_body
    assert re.search(r"\d+ בנ?[א-ת]+ 20\d\d", digest.text_body)


def test_a_language_that_is_not_offered_falls_back(cast: Cast, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(language="is")
    happen(cast.projects["network"])

    assert letter(reader).language == "en"


def test_a_question_has_a_place_of_its_own(cast: Cast, reader: User) -> None:
    Follow.objects.create(person=reader, topic=cast.topic)
    question = ask(cast.mulhouse_lead, "Qui l'a essayé ?", topics=(cast.topic,), team=cast.mulhouse, language="fr")

    digest = letter(reader)

    assert "A question you may have an answer to" in digest.html_body
    assert f"/questions/{question.pk}/" in digest.text_body


def test_what_a_person_wrote_cannot_become_markup_or_a_header(cast: Cast, reader: User) -> None:
    evil = "<script>alert(1)</script>\r\nBcc: everybody@city.example"
    Project.objects.filter(pk=cast.projects["network"].pk).update(title=evil[:120], problem="<img src=x onerror=y>")
    happen(cast.projects["network"])

    digest = letter(reader)

    assert "<script" not in digest.html_body
    assert "<img" not in digest.html_body
    assert "\n" not in digest.subject
    message = outbox.outbox[0].message()
    assert message["Bcc"] is None


def test_the_longest_digest_stays_under_90_kilobytes(cast: Cast, reader: User) -> None:
    for number in range(12):
        project = make_project(make_team(), title=f"{number} " + "long title " * 10, problem="Ein langer Satz. " * 70)
        happen(project)
        for _ in range(5):
            happen(project, Verb.JOURNAL_ADDED)

    letter(reader)

    [message] = outbox.outbox
    assert len(message.message().as_bytes()) < 90_000
