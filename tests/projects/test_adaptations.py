"""Learning from another city: from its project, from outside the network, and what came of it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from projects.adaptations import (
    OfOwnTeam,
    OutsideRefused,
    ToldAlready,
    adapt,
    adapt_from_outside,
    forget_origin,
    name_source,
    report_back,
)
from projects.choices import Verb, Visibility
from projects.locking import EditedMeanwhile
from projects.models import Activity, Adaptation, Project, Revision
from projects.sharing import share_project
from tests.cast import Cast, make_project


@pytest.fixture
def source(cast: Cast) -> Project:
    return cast.projects["network"]


@pytest.fixture
def own(cast: Cast) -> Project:
    """Mulhouse's, shared with the network."""
    return make_project(cast.mulhouse, title="Voisins de palier", language="fr", topics=(cast.topic,))


def heard(source: Project, verb: str = Verb.ADAPTATION_STARTED) -> int:
    return Activity.objects.filter(project=source, verb=verb).count()


def adapted(cast: Cast, source: Project) -> Adaptation:
    project = adapt(
        by=cast.mulhouse_lead,
        source=source,
        team=cast.mulhouse,
        title="Bancs",
        kept="k",
        changed="c",
        problem="p",
        for_whom="w",
    )
    return project.adapted_from.get()


def report(cast: Cast, one: Adaptation, came_of_it: str = "It works.", version: int | None = None) -> Adaptation:
    one.refresh_from_db()
    return report_back(
        by=cast.mulhouse_lead,
        adaptation=one,
        version=version or one.version,
        came_of_it=came_of_it,
        kept=one.kept,
        changed=one.changed,
    )


def client_of(cast: Cast, kind: str) -> Client:
    person = cast.person(kind)
    assert isinstance(person, User)
    User.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    return client


# --- sharing ------------------------------------------------------------------------------------------------------


def test_the_source_hears_once_however_often_it_is_narrowed_and_widened(cast: Cast, source: Project) -> None:
    project = adapted(cast, source).project
    for level in ("network", "team", "public", "network"):
        share_project(by=cast.mulhouse_lead, project=project, visibility=level)
    assert heard(source) == 1


def test_the_source_does_not_hear_of_what_only_the_programme_reads_until_it_is_shared_wider(
    cast: Cast, source: Project
) -> None:
    project = adapted(cast, source).project
    share_project(by=cast.mulhouse_lead, project=project, visibility="programme")
    assert heard(source) == 0
    share_project(by=cast.mulhouse_lead, project=project, visibility="network")
    assert heard(source) == 1


def test_what_came_from_outside_is_shared_without_anybody_to_tell(cast: Cast) -> None:
    draft = make_project(cast.mulhouse, visibility="team", topics=(cast.topic,))
    adapt_from_outside(by=cast.mulhouse_lead, project=draft, outside_name="Barcelona", kept="k", changed="")
    share_project(by=cast.mulhouse_lead, project=draft, visibility="network")
    assert Activity.objects.filter(verb=Verb.ADAPTATION_STARTED).count() == 1


# --- naming a source afterwards -----------------------------------------------------------------------------------


def test_a_project_that_is_there_already_says_where_it_came_from_and_the_source_hears(
    cast: Cast, source: Project, own: Project
) -> None:
    one = name_source(by=cast.mulhouse_lead, project=own, source=source, kept="The bench", changed="")
    assert (one.project, one.source, one.kept) == (own, source, "The bench")
    assert heard(source) == 1
    assert Revision.objects.get(project=own).after["kept"] == "The bench"


def test_the_same_source_is_named_once(cast: Cast, source: Project, own: Project) -> None:
    name_source(by=cast.mulhouse_lead, project=own, source=source, kept="k", changed="")
    with pytest.raises(ToldAlready):
        name_source(by=cast.mulhouse_lead, project=own, source=source, kept="k", changed="")


def test_a_project_of_the_own_team_is_no_source(cast: Cast, own: Project) -> None:
    with pytest.raises(OfOwnTeam):
        name_source(by=cast.mulhouse_lead, project=own, source=make_project(cast.mulhouse), kept="k", changed="")


def test_what_one_does_not_see_cannot_be_named(cast: Cast, own: Project) -> None:
    with pytest.raises(NotAllowed):
        name_source(by=cast.mulhouse_lead, project=own, source=cast.projects["team"], kept="k", changed="")


def test_two_cities_may_learn_from_each_other(cast: Cast, source: Project, own: Project) -> None:
    name_source(by=cast.mulhouse_lead, project=own, source=source, kept="k", changed="")
    name_source(by=cast.tel_aviv_lead, project=source, source=own, kept="k", changed="")
    assert Adaptation.objects.count() == 2


def test_nobody_but_the_team_says_where_its_project_came_from(cast: Cast, source: Project, own: Project) -> None:
    for kind in ("tel_aviv_lead", "coach", "stranger"):
        with pytest.raises(NotAllowed):
            name_source(by=cast.person(kind), project=own, source=source, kept="k", changed="")  # type: ignore[arg-type]  # signed in


# --- from outside -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://barcelona.example/", "//barcelona.example", "https://", "data:,x"]
)
def test_an_outside_address_is_one_of_the_web(cast: Cast, own: Project, url: str) -> None:
    with pytest.raises(OutsideRefused) as refusal:
        adapt_from_outside(
            by=cast.mulhouse_lead, project=own, outside_name="Barcelona", outside_url=url, kept="k", changed=""
        )
    assert refusal.value.field == "outside_url"


def test_outside_work_has_a_name(cast: Cast, own: Project) -> None:
    with pytest.raises(OutsideRefused):
        adapt_from_outside(by=cast.mulhouse_lead, project=own, outside_name="  ", kept="k", changed="")


def test_the_same_outside_work_is_named_once(cast: Cast, own: Project) -> None:
    adapt_from_outside(by=cast.mulhouse_lead, project=own, outside_name="Barcelona", kept="k", changed="")
    with pytest.raises(ToldAlready):
        adapt_from_outside(by=cast.mulhouse_lead, project=own, outside_name=" barcelona ", kept="k", changed="")


def test_the_database_itself_holds_that_it_came_from_one_place(cast: Cast, source: Project, own: Project) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Adaptation.objects.create(project=own, source=source, outside_name="Barcelona")
    with pytest.raises(IntegrityError), transaction.atomic():
        Adaptation.objects.create(project=own)


# --- what came of it ----------------------------------------------------------------------------------------------


def test_what_came_of_it_is_dated_counted_and_kept_in_the_history(cast: Cast, source: Project) -> None:
    one = report(cast, adapted(cast, source))
    assert one.reported_at is not None
    assert one.version == 2
    assert Revision.objects.filter(kind="adaptation").first().after == {"came_of_it": "It works."}  # type: ignore[union-attr]  # there is one


def test_of_two_who_tell_at_once_the_second_is_shown_what_the_first_said(cast: Cast, source: Project) -> None:
    one = adapted(cast, source)
    report(cast, one, "It works.")
    with pytest.raises(EditedMeanwhile):
        report(cast, one, "It does not.", version=1)
    one.refresh_from_db()
    assert one.came_of_it == "It works."


def test_a_correction_on_the_same_day_is_no_second_news_and_a_later_one_is(cast: Cast, source: Project) -> None:
    one = adapted(cast, source)
    share_project(by=cast.mulhouse_lead, project=one.project, visibility="network")
    report(cast, one, "It wroks.")
    report(cast, one, "It works.")
    assert heard(source, Verb.ADAPTATION_REPORTED) == 1
    Adaptation.objects.update(reported_at=timezone.now() - dt.timedelta(days=2))
    report(cast, one, "It works, and a second stairwell asked.")
    assert heard(source, Verb.ADAPTATION_REPORTED) == 2


def test_a_draft_tells_nobody(cast: Cast, source: Project) -> None:
    report(cast, adapted(cast, source))
    assert heard(source, Verb.ADAPTATION_REPORTED) == 0


def test_a_link_that_was_wrong_goes_from_both_pages_and_stays_in_the_history(cast: Cast, source: Project) -> None:
    one = report(cast, adapted(cast, source), "It works.")
    forget_origin(by=cast.mulhouse_lead, adaptation=one)
    assert not Adaptation.objects.exists()
    last = Revision.objects.filter(kind="adaptation").first()
    assert last is not None
    assert (last.before["came_of_it"], last.after) == ("It works.", {})


def test_the_source_cannot_take_the_link_away(cast: Cast, source: Project) -> None:
    one = adapted(cast, source)
    share_project(by=cast.mulhouse_lead, project=one.project, visibility="network")
    with pytest.raises(NotAllowed):
        forget_origin(by=cast.tel_aviv_lead, adaptation=one)


# --- pages --------------------------------------------------------------------------------------------------------


def test_adapting_quotes_the_source_and_says_what_is_taken_along(cast: Cast, source: Project) -> None:
    Project.objects.filter(pk=source.pk).update(
        approach="Knock at doors.", conditions="A key.", problem="They sit alone."
    )
    page = client_of(cast, "mulhouse_lead").get(reverse("project_adapt", args=[source.slug])).content.decode()
    for words in ("Knock at doors.", "A key.", "They sit alone.", "Loneliness Ageing", "Taken along into your project"):
        assert words in page
    assert "Knock at doors." not in page.partition('class="quoted"')[0]


def test_who_adapts_it_already_is_led_to_the_own_project(cast: Cast, source: Project) -> None:
    one = adapted(cast, source)
    page = client_of(cast, "mulhouse_lead").get(reverse("project_adapt", args=[source.slug])).content.decode()
    assert one.project.get_absolute_url() in page


def test_a_source_is_found_by_its_words_and_chosen(cast: Cast, source: Project, own: Project) -> None:
    client, url = client_of(cast, "mulhouse_lead"), reverse("project_origin", args=[own.slug])
    page = client.get(url, {"q": "level network"}).content.decode()
    assert source.title in page
    assert cast.projects["team"].title not in page
    sent = {
        "from": "network",
        "q": "level",
        "network-source": source.slug,
        "network-kept": "The bench",
        "network-changed": "",
    }
    assert client.post(url, sent).status_code == 302
    assert own.adapted_from.get().source == source


def test_without_words_what_is_similar_is_offered(cast: Cast, source: Project, own: Project) -> None:
    page = client_of(cast, "mulhouse_lead").get(reverse("project_origin", args=[own.slug])).content.decode()
    assert source.title in page


def test_a_hidden_project_is_not_accepted_by_its_address(cast: Cast, own: Project) -> None:
    sent = {"from": "network", "network-source": cast.projects["team"].slug, "network-kept": "The bench"}
    response = client_of(cast, "mulhouse_lead").post(reverse("project_origin", args=[own.slug]), sent)
    assert response.status_code == 200
    assert "The bench" in response.content.decode()
    assert not Adaptation.objects.exists()


@pytest.mark.parametrize(
    ("name", "url", "sentence"),
    [
        ("Barcelona", "javascript:alert(1)", "begins with https://"),
        ("Barcelona", "ftp://x.example/", "begins with https://"),
        ("", "https://x.example/", "required"),
        ("B\u202ea", "", "turn the writing direction"),
        ("…", "", "at least one word"),
        ("x" * 201, "", "at most 200"),
    ],
)
def test_bad_input_about_outside_work_is_told_at_its_field_and_keeps_what_was_typed(
    cast: Cast, own: Project, name: str, url: str, sentence: str
) -> None:
    sent = {"from": "outside", "outside_name": name, "outside_url": url, "kept": "A long careful text", "changed": ""}
    page = client_of(cast, "mulhouse_lead").post(reverse("project_origin", args=[own.slug]), sent).content.decode()
    assert sentence in page
    assert "A long careful text" in page
    assert not Adaptation.objects.exists()


def test_outside_work_stands_on_the_page_with_its_link(cast: Cast, own: Project) -> None:
    client = client_of(cast, "mulhouse_lead")
    sent = {
        "from": "outside",
        "outside_name": "Barcelona, Radars",
        "outside_url": "https://radars.example/",
        "kept": "The shopkeepers",
        "changed": "",
    }
    client.post(reverse("project_origin", args=[own.slug]), sent)
    page = client_of(cast, "stranger").get(own.get_absolute_url()).content.decode()
    assert 'href="https://radars.example/" rel="noopener noreferrer nofollow external"' in page
    assert "outside the network" in page
    one = own.adapted_from.get()
    sent = {
        "version": "1",
        "came_of_it": "Eight shops.",
        "kept": "x",
        "changed": "",
        "outside_name": "Radars",
        "outside_url": "",
    }
    client.post(reverse("adaptation_report", args=[own.slug, one.pk]), sent)
    one.refresh_from_db()
    assert (one.came_of_it, one.outside_name, one.outside_url) == ("Eight shops.", "Radars", "")


def test_both_texts_are_shown_to_who_tells_second(cast: Cast, source: Project) -> None:
    one = report(cast, adapted(cast, source), "Theirs.")
    sent = {"version": "1", "came_of_it": "Mine.", "kept": "k", "changed": "c"}
    url = reverse("adaptation_report", args=[one.project.slug, one.pk])
    page = client_of(cast, "mulhouse_lead").post(url, sent).content.decode()
    assert "Theirs" in page
    assert "Mine." in page


def test_nothing_changes_on_looking_at_it(cast: Cast, source: Project) -> None:
    one = adapted(cast, source)
    client = client_of(cast, "mulhouse_lead")
    for name in ("adaptation_report", "adaptation_forget"):
        assert client.get(reverse(name, args=[one.project.slug, one.pk])).status_code == 200
    assert Adaptation.objects.get().version == 1


def test_both_ends_show_what_came_of_it(cast: Cast, source: Project) -> None:
    one = adapted(cast, source)
    share_project(by=cast.mulhouse_lead, project=one.project, visibility=Visibility.NETWORK)
    report(cast, one, "Eight people sat down.")
    client = client_of(cast, "stranger")
    for project in (source, one.project):
        assert "Eight people sat down." in client.get(project.get_absolute_url()).content.decode()
