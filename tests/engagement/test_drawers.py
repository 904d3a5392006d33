"""Notes in three drawers: changed by their author alone, never told in a log, and found again after the end."""

import logging
import re
import traceback

import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter
from pytest_django import DjangoAssertNumQueries

from cities.choices import Right
from cities.models import Membership
from cities.querysets import today
from engagement.choices import Drawer
from engagement.coaching import engagements, notes
from engagement.coaching.notes import NotASessionOfThis, NoteNotKeptError
from engagement.models import CoachingNote, Reflection
from engagement.views.notes import note_create
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from innoteams.own_data import own_data
from tests.cast import Cast, join, make_person
from tests.engagement.accompany_scenes import client_of, engagement, session, somebody

pytestmark = pytest.mark.django_db

SECRET = "canary-of-the-private-drawer"


def note(cast: Cast, drawer: str = Drawer.PRIVATE, by: User | None = None, text: str = SECRET) -> CoachingNote:
    opened = cast.tel_aviv.engagements.first() or engagement(cast)
    return notes.write_note(by=by or cast.coach, engagement=opened, drawer=drawer, text=text)


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_the_author_changes_the_words_and_the_drawer_stays(cast: Cast) -> None:
    one = note(cast, Drawer.TEAM, text="Slow.")
    client, url = client_of(cast.coach), reverse("note_change", args=[one.pk])
    assert "The drawer does not change" in text_of(client, url)
    client.post(url, {"text": "Slow <strong>down</strong>.", "drawer": "coordinators"})
    now = CoachingNote.objects.get()
    assert (now.drawer, now.changed_at is not None) == (Drawer.TEAM, True)


def test_a_note_keeps_its_form(cast: Cast) -> None:
    opened = engagement(cast)
    typed = {"drawer": "team", "text": "<p>Ask <strong>first</strong></p><script>x</script>"}
    client_of(cast.coach).post(reverse("note_create", args=[opened.pk]), typed)
    assert CoachingNote.objects.get().text == "<p>Ask <strong>first</strong></p>"


def test_a_note_may_be_about_a_session_of_this_coaching(cast: Cast) -> None:
    held = session(engagement(cast), days=-1, aim="Choose a question")
    typed = {"drawer": "team", "text": "They were tired.", "session": held.pk}
    client = client_of(cast.coach)
    client.post(reverse("note_create", args=[held.engagement_id]), typed)
    assert CoachingNote.objects.get().session == held
    assert "Choose a question" in text_of(client, held.engagement.get_absolute_url())


def test_a_session_of_another_coaching_is_refused(cast: Cast) -> None:
    coach = make_person("Elsewhere")
    elsewhere = engagements.open_engagement(by=cast.other_coordinator, coaches=[coach], team=cast.mulhouse)
    with pytest.raises(NotASessionOfThis):
        notes.write_note(
            by=cast.coach, engagement=engagement(cast), drawer=Drawer.TEAM, text="x", session=session(elsewhere)
        )


def test_a_note_of_somebody_else_is_read_and_not_changed(cast: Cast) -> None:
    one = note(cast, Drawer.TEAM)
    with pytest.raises(NotAllowed):
        notes.change_note(by=cast.tel_aviv_lead, note=one, text="Mine")
    with pytest.raises(NotAllowed):
        notes.remove_note(by=cast.tel_aviv_lead, note=one)


def test_a_deleted_note_is_gone(cast: Cast) -> None:
    one = note(cast, Drawer.COORDINATORS)
    client_of(cast.coach).post(reverse("note_remove", args=[one.pk]))
    assert not CoachingNote.objects.exists()


def test_after_the_end_the_author_reads_changes_and_deletes_what_was_private(cast: Cast) -> None:
    opened = engagement(cast)
    private, shared = note(cast), note(cast, Drawer.TEAM, text="For all")
    engagements.end_engagement(by=cast.coordinator, engagement=opened)
    client = client_of(cast.coach)
    assert SECRET in text_of(client, reverse("note_list"))
    assert SECRET in text_of(client, opened.get_absolute_url())
    assert client.post(reverse("note_change", args=[private.pk]), {"text": "Later"}).status_code == 302
    assert client.post(reverse("note_change", args=[shared.pk]), {"text": "Later"}).status_code == 403
    assert client.post(reverse("note_remove", args=[shared.pk])).status_code == 302


def test_a_coach_who_left_earlier_finds_the_own_notes_in_the_list(cast: Cast) -> None:
    opened = engagement(cast)
    note(cast)
    opened.coaches.update(ends_on=today())
    Membership.objects.filter(person=cast.coach).update(ends_on=today())
    client = client_of(cast.coach)
    assert client.get(opened.get_absolute_url()).status_code == 404
    assert SECRET in text_of(client, reverse("note_list") + "?drawer=private")


def test_the_list_is_narrowed_to_a_drawer(cast: Cast) -> None:
    opened = engagement(cast)
    note(cast, Drawer.TEAM, text="For the team")
    note(cast, Drawer.PRIVATE, text="For me")
    client = client_of(cast.coach)
    for url in (opened.get_absolute_url(), reverse("note_list")):
        page = text_of(client, f"{url}?drawer=team")
        assert "For the team" in page
        assert "For me" not in page


def test_coordinators_leaf_through_what_is_shared_with_them(cast: Cast) -> None:
    for number in range(25):
        note(cast, Drawer.COORDINATORS, text=f"Note number {number}.")
    client, url = client_of(cast.coordinator), reverse("note_list") + "?drawer=coordinators"
    assert "Note number 24." in text_of(client, url)
    assert "Note number 0." not in text_of(client, url)
    assert "Note number 0." in text_of(client, f"{url}&page=2")


def test_the_button_names_who_will_read(cast: Cast) -> None:
    page = text_of(client_of(cast.coach), engagement(cast).get_absolute_url())
    for words in ("Keep in my private drawer", "Share with the team", "Share with the coordinators too"):
        assert words in page


# --- Never in a log, a report or an export of anybody else -------------------------------------------------------


@pytest.mark.parametrize("view", ["note_create", "note_change"])
def test_a_failure_while_writing_tells_no_words(
    cast: Cast, view: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = note(cast, text="Before")

    def fails(*args: object, **kwargs: object) -> None:
        raise DatabaseError(f"DETAIL: Failing row contains ({SECRET}).")

    monkeypatch.setattr(CoachingNote, "save_base", fails)
    client = client_of(cast.coach)
    client.raise_request_exception = False
    target = one.engagement_id if view == "note_create" else one.pk
    with caplog.at_level(logging.DEBUG):
        answer = client.post(reverse(view, args=[target]), {"drawer": "private", "text": SECRET})
    assert answer.status_code == 500
    assert "NoteNotKeptError" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in answer.content.decode()


def test_an_error_report_holds_no_words_of_a_note(cast: Cast, rf: RequestFactory) -> None:
    """What Django would mail to administrators: the values of the views and what was posted are left out."""
    opened, reports = engagement(cast), []

    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    request = rf.post(reverse("note_create", args=[opened.pk]), {"drawer": "private", "text": SECRET})
    request.user = cast.coach
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("engagement.views.notes.notes.write_note", fails)
        try:
            note_create(request, opened.pk)
        except RuntimeError as error:
            reporter = ExceptionReporter(request, type(error), error, error.__traceback__)
            reports = [reporter.get_traceback_text(), reporter.get_traceback_html()]
    assert len(reports) == 2
    assert not [report for report in reports if SECRET in report]


def test_what_the_database_says_of_a_refused_note_is_not_repeated(cast: Cast) -> None:
    """A constraint of the table quotes the whole row."""
    one = note(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE engagement_coachingnote ADD CHECK (text NOT LIKE '%refused%')")
    with pytest.raises(NoteNotKeptError) as refused, transaction.atomic():
        notes.change_note(by=cast.coach, note=one, text=f"{SECRET} refused")
    told = "".join(traceback.format_exception(refused.value))
    assert "NoteNotKeptError: IntegrityError" in told
    assert SECRET not in told


def test_the_administration_knows_neither_notes_nor_reflections() -> None:
    assert not {CoachingNote, Reflection} & set(admin.site._registry)


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "tel_aviv_member", "coordinator", "administrator", "mulhouse_lead"])
def test_nobodys_own_data_hold_the_note_of_somebody_else(cast: Cast, kind: str) -> None:
    note(cast)
    note(cast, Drawer.TEAM)
    assert SECRET not in str(own_data(somebody(cast, kind)))
    assert SECRET in str(own_data(cast.coach))


def test_a_second_coach_does_not_read_the_firsts_private_notes(cast: Cast) -> None:
    opened = engagement(cast)
    note(cast)
    second = make_person("Second coach")
    join(cast.tel_aviv, second, Right.COACH)
    assert SECRET not in text_of(client_of(second), reverse("note_list"))
    assert not CoachingNote.objects.visible_to(second).filter(engagement=opened).exists()


@pytest.mark.parametrize("many", [1, 15])
def test_the_list_costs_the_same_for_one_note_and_for_many(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    held = session(engagement(cast), days=-1)
    for number in range(many):
        notes.write_note(
            by=cast.coach, engagement=held.engagement, drawer=Drawer.TEAM, text=f"Note {number}", session=held
        )
    client = client_of(cast.coach)
    with django_assert_max_num_queries(9):
        page = client.get(reverse("note_list")).content.decode()
    assert len(re.findall(r'class="note-card"', page)) == many
