"""Photos and files: seen with what they belong to, changed by leads and members, handed out after the check alone."""

from collections.abc import Callable
from decimal import Decimal

from django.urls import reverse

from projects.attachments import attach
from projects.evidence import choose_indicator
from projects.journal import write_journal
from projects.models import Attachment, Indicator, JournalEntry, Reading
from projects.readings import add_reading
from tests.access.rows_projects import DAY, READERS, TEAM, WRITING, hidden, reading, shared
from tests.access.table import Canary, Expected, Row
from tests.cast import Cast
from tests.projects.files import photo_of_a_phone, sent


def text_file(cast: Cast, level: str, word: str, **more: object) -> Attachment:
    """Its name and its bytes each hold a word of their own."""
    upload = sent(f"{word}bytes\n".encode(), f"{word}name.txt")
    return attach(
        by=cast.tel_aviv_lead,
        project=cast.projects[level],
        upload=upload,
        consent="nobody",
        **more,  # type: ignore[arg-type]  # what belongs to what
    )


def of_level(level: str) -> Callable[[Cast], Attachment]:
    def found(cast: Cast) -> Attachment:
        return cast.projects[level].attachments.first() or text_file(cast, level, f"zz{level}file")

    return found


def narrowed(cast: Cast) -> Attachment:
    """The network sees the project; the file is for its team."""
    here = shared(cast).attachments.filter(visibility="team")
    return here.first() or text_file(cast, "network", "zznarrowedfile", visibility="team")


def of_narrowed_entry(cast: Cast) -> Attachment:
    found: Attachment | None = shared(cast).attachments.exclude(journal_entry=None).first()
    if found:
        return found
    entry = write_journal(by=cast.tel_aviv_lead, project=shared(cast), happened_on=DAY, text="Among us.")
    JournalEntry.objects.filter(pk=entry.pk).update(visibility="team")
    return text_file(cast, "network", "zzentryfile", journal_entry=entry)


def of_narrowed_indicator(cast: Cast) -> Attachment:
    found: Attachment | None = shared(cast).attachments.exclude(reading=None).first()
    if found:
        return found
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=shared(cast), name="Among us", unit="people")
    Indicator.objects.filter(pk=indicator.pk).update(visibility="team")
    read: Reading = add_reading(
        by=cast.tel_aviv_lead, indicator=indicator, value=Decimal(1), read_on=DAY, source="A list"
    )
    return text_file(cast, "network", "zzreadingfile", reading=read)


def picture(cast: Cast) -> Attachment:
    here = cast.projects["programme"].attachments.exclude(width=None)
    return here.first() or attach(
        by=cast.tel_aviv_lead,
        project=cast.projects["programme"],
        upload=sent(photo_of_a_phone(1000, 600)),
        alt="A square",
        consent="nobody",
    )


def file(part: Callable[[Cast], Attachment], readers: tuple[str, ...]) -> Row:
    who: dict[str, Expected] = dict.fromkeys(readers, 200)
    return Row("attachment_file", lambda cast: reverse("attachment_file", args=[part(cast).pk]), who, public=True)


def about(name: str, part: Callable[[Cast], Attachment], who: dict[str, Expected]) -> Row:
    return Row(name, lambda cast: reverse(name, args=[part(cast).project.slug, part(cast).pk]), who)


OF_TEAM: dict[str, Expected] = {"tel_aviv_lead": 200, "tel_aviv_member": 200, "tel_aviv_observer": 403}
# They see the project but not this file, and may write neither: the answer is about writing, and tells of no file.
OF_NARROWED = WRITING

ROWS = [
    *(file(of_level(level), readers) for level, readers in READERS.items()),
    file(narrowed, TEAM),
    file(of_narrowed_entry, TEAM),
    file(of_narrowed_indicator, TEAM),
    Row(
        "attachment_width",
        lambda cast: reverse("attachment_width", args=[picture(cast).pk, 480]),
        dict.fromkeys(READERS["programme"], 200),
        public=True,
    ),
    Row("attachment_width", lambda cast: reverse("attachment_width", args=[picture(cast).pk, 481]), public=True),
    Row("attachment_file", lambda _cast: reverse("attachment_file", args=[987654]), public=True),
    Row("attachment_add", lambda cast: reverse("attachment_add", args=[shared(cast).slug]), WRITING),
    hidden("attachment_add"),
    Row(
        "reading_file_add",
        lambda cast: reverse("reading_file_add", args=[shared(cast).slug, reading(cast).pk]),
        WRITING,
    ),
    *(about(name, of_level("network"), WRITING) for name in ("attachment_change", "attachment_remove")),
    *(about(name, of_level("team"), OF_TEAM) for name in ("attachment_change", "attachment_remove")),
    *(about(name, narrowed, OF_NARROWED) for name in ("attachment_change", "attachment_remove")),
]


def plant(cast: Cast) -> list[Canary]:
    """A word in the name and one in the bytes of a file at every level, and of files in narrower parts."""
    for level in READERS:
        text_file(cast, level, f"zz{level}file")
    hidden_ones = (narrowed(cast), of_narrowed_entry(cast), of_narrowed_indicator(cast))
    words = {f"zz{level}file": readers for level, readers in READERS.items()}
    words |= {one.name.removesuffix("name.txt"): TEAM for one in hidden_ones}
    return [
        Canary(f"{word}{where}", frozenset(readers)) for word, readers in words.items() for where in ("name", "bytes")
    ]
