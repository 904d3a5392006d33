"""The letters that tell a team that its work was taken up, and what came of it."""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities.choices import Right
from engagement.choices import LetterKind
from engagement.models import Letter
from engagement.posting import post_waiting
from engagement.project_letters import HEARD_FOR, write_due
from engagement.waiting import waiting_for
from innoteams.accounts.models import User
from projects.adaptations import adapt, adapt_from_outside, name_source, report_back
from projects.choices import Verb
from projects.models import Activity, Adaptation, Project
from projects.sharing import share_project
from tests.cast import Cast, join, make_cast, make_person, make_project
from tests.engagement.accompany_scenes import client_of


@pytest.fixture
def source(cast: Cast) -> Project:
    """With a person to talk to."""
    project = cast.projects["network"]
    Project.objects.filter(pk=project.pk).update(contact=cast.tel_aviv_member, title="Stairwells")
    return Project.objects.get(pk=project.pk)


def take_up(cast: Cast, source: Project, level: str = "network") -> Adaptation:
    project = adapt(
        by=cast.mulhouse_lead,
        source=source,
        team=cast.mulhouse,
        title="Voisins de palier",
        kept="Le banc & l'heure",
        changed="La cour",
        problem="p",
        for_whom="w",
    )
    share_project(by=cast.mulhouse_lead, project=project, visibility=level)
    return Adaptation.objects.get(project=project)


def tell(cast: Cast, one: Adaptation, text: str = "Eight people sat down.") -> None:
    one.refresh_from_db()
    report_back(
        by=cast.mulhouse_lead, adaptation=one, version=one.version, came_of_it=text, kept=one.kept, changed=one.changed
    )


def post() -> list[EmailMultiAlternatives]:
    mail.outbox = []
    write_due(timezone.now())
    post_waiting(timezone.now())
    return mail.outbox  # type: ignore[return-value]  # the portal sends no others


def recipients(messages: list[EmailMultiAlternatives]) -> list[str]:
    return [address.partition("<")[2].strip(">") or address for message in messages for address in message.to]


def test_the_person_to_talk_to_reads_who_took_it_up_what_is_kept_and_what_is_changed(
    cast: Cast, source: Project
) -> None:
    take_up(cast, source)
    [message] = post()
    assert recipients([message]) == [cast.tel_aviv_member.email]
    assert message.subject == "Mulhouse adapts your project “Stairwells”"
    text, html = str(message.body), str(message.alternatives[0][0])
    for words in ("Voisins de palier", "La cour", "/projects/voisins-de-palier/"):
        assert words in text
        assert words in html
    assert "Le banc & l'heure" in text
    assert "Le banc &amp; l" in html


def test_where_the_person_to_talk_to_has_left_the_leads_read_it(cast: Cast, source: Project) -> None:
    cast.tel_aviv_member.memberships.update(ends_on=timezone.now().date() - dt.timedelta(days=1))
    take_up(cast, source)
    assert recipients(post()) == [cast.tel_aviv_lead.email]


def test_it_comes_once_however_often_the_bell_rings(cast: Cast, source: Project) -> None:
    take_up(cast, source)
    assert len(post()) == 1
    assert post() == []
    assert write_due(timezone.now()) == 0


def test_each_reads_it_in_the_own_language(cast: Cast, source: Project) -> None:
    User.objects.filter(pk=cast.tel_aviv_member.pk).update(language="fr")
    take_up(cast, source)
    assert post()[0].extra_headers["Content-Language"] == "fr"


def test_what_came_of_it_is_told_in_a_second_letter(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    post()
    tell(cast, one)
    [message] = post()
    assert message.subject == "Mulhouse tells what came of “Stairwells”"
    assert "Eight people sat down." in str(message.body)


def test_a_draft_and_what_only_its_programme_reads_are_not_told_of(cast: Cast, source: Project) -> None:
    one = take_up(cast, source, "programme")
    assert post() == []
    share_project(by=cast.mulhouse_lead, project=one.project, visibility="network")
    assert len(post()) == 1


def test_what_was_narrowed_before_the_worker_came_is_not_told(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    write_due(timezone.now())
    share_project(by=cast.mulhouse_lead, project=one.project, visibility="team")
    assert post() == []
    assert not Letter.objects.filter(closed_at=None).exists()


def test_who_has_left_the_team_meanwhile_is_not_told(cast: Cast, source: Project) -> None:
    take_up(cast, source)
    write_due(timezone.now())
    cast.tel_aviv_member.memberships.update(ends_on=timezone.now().date() - dt.timedelta(days=1))
    assert post() == []


def test_nobody_is_told_of_what_they_did_themselves(cast: Cast, source: Project) -> None:
    join(cast.mulhouse, cast.tel_aviv_member)
    own = make_project(cast.mulhouse)
    name_source(by=cast.tel_aviv_member, project=own, source=source, kept="k", changed="")
    assert post() == []


def test_long_ago_is_no_news(cast: Cast, source: Project) -> None:
    take_up(cast, source)
    Activity.objects.update(at=timezone.now() - HEARD_FOR - dt.timedelta(hours=1))
    assert post() == []


def test_an_entry_nobody_has_claimed_has_no_team_to_tell(cast: Cast) -> None:
    entry = make_project(cast.tel_aviv, source_line="A newspaper", visibility="public", topics=(cast.topic,))
    take_up(cast, entry)
    assert post() == []


def test_what_came_from_outside_has_nobody_to_tell(cast: Cast) -> None:
    adapt_from_outside(
        by=cast.mulhouse_lead, project=make_project(cast.mulhouse), outside_name="Barcelona", kept="k", changed=""
    )
    assert post() == []


def test_where_nothing_is_new_it_costs_one_question(
    cast: Cast, source: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take_up(cast, source)
    write_due(timezone.now())
    # Two of them open and close the transaction.
    with django_assert_num_queries(3):
        write_due(timezone.now())


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_writes_the_letter() -> None:
    cast = make_cast()
    take_up(cast, cast.projects["network"])
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait(timeout=20)
            write_due(timezone.now())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert Letter.objects.filter(kind=LetterKind.PROJECT_ADAPTED).count() == 1


# --- My work ------------------------------------------------------------------------------------------------------


def kinds(person: User) -> list[str]:
    return [item.kind for item in waiting_for(person) if item.kind == "adaptation"]


def long_shared(one: Adaptation, days: int = 91) -> None:
    then = timezone.now() - dt.timedelta(days=days)
    Project.objects.filter(pk=one.project_id).update(shared_at=then)
    Adaptation.objects.filter(pk=one.pk).update(created_at=then)


def test_after_three_months_the_team_that_adapted_is_asked_what_came_of_it(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    assert kinds(cast.mulhouse_lead) == []
    long_shared(one, 89)
    assert kinds(cast.mulhouse_lead) == []
    long_shared(one)
    assert kinds(cast.mulhouse_lead) == ["adaptation"]
    assert kinds(cast.tel_aviv_lead) == kinds(cast.tel_aviv_member) == []


def test_once_told_it_does_not_wait_any_more(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    long_shared(one)
    tell(cast, one)
    assert kinds(cast.mulhouse_lead) == []


def test_it_can_be_told_on_my_work_itself(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    long_shared(one)
    page = client_of(cast.mulhouse_lead).get("/my-work/").content.decode()
    assert f'hx-get="/projects/{one.project.slug}/adapted/{one.pk}/"' in page


def test_the_whole_source_team_reads_it_in_the_news(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    tell(cast, one)
    for person in (cast.tel_aviv_lead, cast.tel_aviv_member, cast.tel_aviv_observer):
        page = client_of(person).get("/my-work/").content.decode()
        assert "started from “Stairwells”" in page
        assert "told what came of “Stairwells”" in page
    assert "started from" not in client_of(make_person()).get("/my-work/").content.decode()


def test_hidden_adaptations_are_not_in_the_news(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    share_project(by=cast.mulhouse_lead, project=one.project, visibility="team")
    assert "Voisins" not in client_of(cast.tel_aviv_lead).get("/my-work/").content.decode()


def test_an_observer_is_never_asked_to_write(cast: Cast, source: Project) -> None:
    one = take_up(cast, source)
    long_shared(one)
    watcher = make_person()
    join(cast.mulhouse, watcher, Right.OBSERVER)
    Project.objects.filter(pk=one.project_id).update(contact=watcher)
    assert kinds(watcher) == []
    assert kinds(cast.mulhouse_lead) == ["adaptation"]
    assert Activity.objects.filter(verb=Verb.ADAPTATION_STARTED).count() == 2
