"""A digest put together from pieces: the same as written at one go, with its chart, never too long."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import mark_safe
from PIL import Image

from engagement.choices import IntroductionReason
from engagement.digests import archive, pictures
from engagement.digests.network import entries, rendering
from engagement.models import Digest, DigestPicture, DigestPin, Suggestion
from innoteams.accounts.models import User
from innoteams.lib import mail
from innoteams.lib.moulds import Moulds
from projects.choices import ReadingKind, Verb, Visibility
from projects.models import Follow, Indicator, Project, Reading
from tests.cast import Cast, accompany, join, make_project, make_team, make_topic
from tests.engagement.digest_scenes import ask, digest_of, happen, make_readers, only, plan_and_build, run
from tests.lib.test_moulds import seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast) -> User:
    """Of Boston's team, reading English, following the topic."""
    only(cast.stranger)
    if not cast.boston.memberships.filter(person=cast.stranger).exists():
        join(cast.boston, cast.stranger)
    Follow.objects.create(person=cast.stranger, topic=cast.topic)
    return cast.stranger


def built(reader: User) -> Digest:
    plan_and_build()
    return digest_of(reader)


def series(project: Project, *values: int, **fields: object) -> Indicator:
    indicator = Indicator.objects.create(project=project, name="Guests", unit="people", **fields)
    readings = [
        Reading.objects.create(
            indicator=indicator,
            value=value,
            read_on=dt.date(2026, 1 + month, 3),
            source="list",
            kind=ReadingKind.COUNTED,
        )
        for month, value in enumerate(values)
    ]
    happen(project, Verb.READING_ADDED, reading=readings[-1])
    return indicator


# --- Pieces -------------------------------------------------------------------------------------------------------


class SlowMoulds(Moulds):
    """Every template filled anew with the words themselves; the CSS is written in when the page is whole."""

    def mould(self, template: str, values: Mapping[str, str]) -> "Slow":  # type: ignore[override]  # quacks like one
        return Slow(template, {})

    def fill(self, template: str, values: Mapping[str, str]) -> str:
        return Slow(template, {}).fill(values)


class Slow:
    def __init__(self, template: str, words: Mapping[str, str]) -> None:
        self.template, self.words = template, words

    def fill(self, values: Mapping[str, str]) -> str:
        is_html = self.template.endswith(".html")
        words: dict[str, object] = {**self.words, **values, "site_url": "http://localhost:8000"}
        text = mail.fill_template(self.template, words, escape=is_html)
        if is_html and "<head>" in text:
            return mail.inlined(text)
        return mark_safe(text) if is_html else text

    def fill_all_but(self, values: Mapping[str, str], later: Iterable[str]) -> "Slow":
        return Slow(self.template, values)


def test_a_digest_reads_as_if_it_were_written_at_one_go(
    cast: Cast, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Project.objects.filter(pk=cast.projects["network"].pk).update(
        title='Tom\'s "tea" & <b>cake</b>', problem="בתי כנסת ריקים & <i>", language="he"
    )
    happen(cast.projects["network"])
    series(make_project(cast.mulhouse, topics=(cast.topic,)), 40, 61, baseline=30, target=80)
    ask(cast.mulhouse_lead, "Qui l'a essayé ?", topics=(cast.topic,), team=cast.mulhouse, language="fr")
    quick = built(reader)
    Digest.objects.filter(pk=quick.pk).update(state="planned")
    slowly = SlowMoulds("en")
    for module in (entries, rendering):
        monkeypatch.setattr(module, "moulds_in", lambda _language: slowly)

    [draft] = rendered_again(quick)

    assert seen(draft.html) == seen(quick.html_body)
    assert draft.text == quick.text_body
    assert draft.subject == quick.subject


def rendered_again(digest: Digest) -> list[mail.Rendered]:
    from engagement.digests import network
    from engagement.digests.looking import stop_url
    from engagement.digests.preferences import preferences_of
    from engagement.digests.unsubscribe import keys_for

    pk = digest.person_id
    digest = Digest.objects.select_related("person").get(pk=digest.pk)
    drafts = network.compose([digest], preferences_of([pk]), {pk: stop_url(keys_for([pk])[pk])})
    return [draft.rendered for draft in drafts if draft.rendered]


def test_a_batch_casts_no_more_moulds_than_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_readers(20)
    happen(cast.projects["network"])
    happen(cast.projects["public"])
    plan_and_build()
    Digest.objects.all().delete()
    monkeypatch.setattr("innoteams.lib.moulds.cast", lambda *_: pytest.fail("cast again"))

    assert len(plan_and_build()) >= 20


def test_the_preheader_is_followed_by_nothing_to_be_seen(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"])

    page = built(reader).html_body

    preheader = re.search(r'<div class="preheader"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert preheader
    assert preheader[1].startswith("You follow Loneliness Ageing")
    assert preheader[1].count("\u034f") >= 30


# --- Kinds of entries ---------------------------------------------------------------------------------------------


def test_a_pinned_item_has_the_coordinators_words_in_their_language(cast: Cast, reader: User) -> None:
    accompany(cast.boston.city, cast.programme)
    day = timezone.localdate() + dt.timedelta(days=9)
    DigestPin.objects.create(
        operator=cast.operator, project=cast.projects["network"], note="שאלו אותם", language="he", until=day
    )

    digest = built(reader)

    assert re.search(
        r'<p (?=[^>]*class="note")(?=[^>]*lang="he")(?=[^>]*dir="rtl")[^>]*>שאלו אותם</p>', digest.html_body
    )
    for part in (digest.html_body, digest.text_body):
        assert "Chosen for you by Hazira" in part
        assert "Put at the top by a coordinator" not in part


def test_a_suggestion_says_why_and_has_a_button_to_ask(cast: Cast, reader: User) -> None:
    suggestion = Suggestion.objects.create(
        for_team=cast.boston,
        with_team=cast.tel_aviv,
        reason=IntroductionReason.DONE_IT,
        project=cast.projects["network"],
    )

    digest = built(reader)

    assert "A team worth meeting" in digest.html_body
    for part in (digest.html_body.replace("&amp;", "&"), digest.text_body):
        assert "Its team has done what yours is about to try." in part
        assert f"/introductions/new/?to={cast.tel_aviv.pk}&suggestion={suggestion.pk}" in part
        assert "Tel Aviv at level network" in part


def test_a_city_to_meet_comes_with_its_languages_and_its_hour(cast: Cast, reader: User) -> None:
    cast.mulhouse.city.names = {"en": "Mulhouse"}
    cast.mulhouse.city.save(update_fields=["names"])
    happen(cast.projects["network"])

    text = built(reader).text_body

    assert "Works in French" in text
    assert re.search(r"When it is 08:00 for you, it is (09|10):00 there", text)


def test_every_item_can_be_answered_from_both_parts(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"])

    digest = built(reader)

    for item in digest.items.all():
        assert f"/{digest.pk}/{item.rank}/#less" in digest.html_body
        assert f"/{digest.pk}/{item.rank}/\n" in digest.text_body


# --- Charts -------------------------------------------------------------------------------------------------------


def test_readings_come_as_a_picture_with_its_words(cast: Cast, reader: User) -> None:
    series(cast.projects["network"], 40, 52, 61, baseline=Decimal(30), target=Decimal(80))

    digest = built(reader)

    [picture] = DigestPicture.objects.all()
    assert f'src="cid:{picture.key}@digest"' in digest.html_body
    assert "Chart: 40 (01/03/2026), 52 (02/03/2026), 61 (03/03/2026)" in digest.html_body
    for part in (digest.html_body, digest.text_body):
        assert "Guests: 61 people on March 3, 2026; at first 40 on Jan. 3, 2026; baseline 30; target 80" in part
    image = Image.open(BytesIO(bytes(picture.png)))
    assert image.size == (pictures.WIDTH * 2, pictures.HEIGHT * 2)
    assert len(picture.png) < 6_000


def test_the_picture_goes_along_with_the_mail_and_is_named_by_the_page(cast: Cast, reader: User) -> None:
    series(cast.projects["network"], 40, 61)

    run()

    read = message_from_bytes(outbox.outbox[0].message().as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
    ]
    png = list(read.walk())[-1]
    assert png.get_content_disposition() == "inline"
    assert f'cid:{png["Content-ID"].strip().strip("<>")}"' in digest_of(reader).html_body
    assert "Its pictures came along" in digest_of(reader).html_body


def test_a_mail_without_readings_has_no_picture_and_says_so(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"])

    digest = built(reader)

    assert "<img" not in digest.html_body
    assert "This message holds no picture and no tracker" in digest.html_body
    assert not DigestPicture.objects.exists()


def test_one_reading_without_a_level_is_no_picture(cast: Cast, reader: User) -> None:
    series(cast.projects["network"], 61)

    assert "<img" not in built(reader).html_body


def test_a_withdrawn_reading_is_not_drawn(cast: Cast, reader: User) -> None:
    indicator = series(cast.projects["network"], 999, 52, 61)
    indicator.readings.filter(value=999).update(withdrawn_at=timezone.now())

    page = built(reader).html_body

    assert "52" in page
    assert "999" not in page


def test_an_indicator_kept_to_fewer_people_is_neither_told_nor_drawn(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"])
    indicator = series(cast.projects["network"], 999, 61)
    Indicator.objects.filter(pk=indicator.pk).update(visibility=Visibility.TEAM)

    digest = built(reader)

    assert "<img" not in digest.html_body
    assert "Guests" not in digest.html_body + digest.text_body


def test_an_indicator_narrowed_after_the_writing_is_written_out_before_sending(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"])
    indicator = series(cast.projects["network"], 999, 61)
    assert "<img" in built(reader).html_body
    Indicator.objects.filter(pk=indicator.pk).update(visibility=Visibility.TEAM)

    run()

    message = outbox.outbox[0].message().as_bytes()
    assert b"image/png" not in message
    assert b"Guests" not in message


def test_the_same_series_is_the_same_picture_whoever_reads_it(cast: Cast) -> None:
    make_readers(3)
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="fr")
    series(cast.projects["network"], 40, 61)

    plan_and_build()

    assert DigestPicture.objects.count() == 1


@pytest.mark.parametrize(
    "shape",
    [
        pictures.Shape(own=((1, 0.0, "counted"), (1, 0.0, "claimed"))),
        pictures.Shape(own=((1, -5.0, "measured"),), target=-5.0),
        pictures.Shape(own=(), compared=((1, 1e12, "counted"),), baseline=1e-4),
        pictures.Shape(own=tuple((day, float(day % 7), "claimed") for day in range(400))),
    ],
)
def test_any_series_can_be_drawn(shape: pictures.Shape) -> None:
    assert Image.open(BytesIO(pictures.draw(shape))).format == "PNG"


def test_a_picture_that_is_gone_does_not_hold_up_the_mail(cast: Cast, reader: User) -> None:
    series(cast.projects["network"], 41, 62)
    plan_and_build()
    DigestPicture.objects.all().delete()

    assert run()["sent"] == 1


# --- Length -------------------------------------------------------------------------------------------------------


def long_news(number: int = 12) -> None:
    for place in range(number):
        project = make_project(
            make_team(), title=f"{place} " + "long " * 20, problem="א" * 1200, topics=(make_topic(f"t{place}"),)
        )
        series(project, 40, 61)


def test_the_longest_digest_fits(cast: Cast, reader: User) -> None:
    long_news()

    assert len(built(reader).html_body.encode()) <= rendering.LONGEST


@pytest.mark.parametrize(("longest", "has_picture", "has_excerpt"), [(0.97, False, True), (0.8, False, False)])
def test_what_is_too_long_loses_its_pictures_then_its_excerpts(
    cast: Cast, reader: User, monkeypatch: pytest.MonkeyPatch, longest: float, has_picture: bool, has_excerpt: bool
) -> None:
    long_news(6)
    whole = built(reader)
    Digest.objects.all().delete()
    monkeypatch.setattr(rendering, "LONGEST", int(len(whole.html_body.encode()) * longest))

    shorter = built(reader)

    assert ("<img" in shorter.html_body) is has_picture
    assert ("אאא" in shorter.html_body) is has_excerpt
    assert shorter.item_count == whole.item_count


def test_items_that_still_do_not_fit_are_counted_as_more_and_not_as_shown(
    cast: Cast, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_news(6)
    whole = built(reader)
    Digest.objects.all().delete()
    monkeypatch.setattr(rendering, "LONGEST", len(whole.html_body.encode()) // 2)

    shorter = built(reader)

    assert 1 <= shorter.item_count < whole.item_count
    assert shorter.items.count() == shorter.item_count
    assert f"and {shorter.item_count - 1} more" in shorter.subject
    assert len(shorter.html_body.encode()) <= rendering.LONGEST


# --- Cost ---------------------------------------------------------------------------------------------------------


def test_pictures_and_pieces_cost_no_question_more_for_twenty_than_for_one(cast: Cast) -> None:
    series(cast.projects["network"], 40, 61)
    counts = []
    for more in (0, 20):
        make_readers(more)
        Digest.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            plan_and_build()
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_preview_keeps_no_picture_and_shows_it_all_the_same(cast: Cast, reader: User) -> None:
    series(cast.projects["network"], 43, 64)

    draft = archive.preview(reader)

    assert draft.rendered
    assert "data:image/png;base64," in archive.page_of(draft.rendered)
    assert not DigestPicture.objects.exists()
