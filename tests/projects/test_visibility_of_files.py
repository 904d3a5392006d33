"""A file is handed out to exactly those who see it on the page: the project, the entry and the file all let them."""

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.attachments import NewFile
from projects.choices import Visibility
from projects.journal import write_journal
from projects.models import Attachment, JournalEntry, Project
from projects.uploads import examine
from tests.access.table import client_of
from tests.cast import KINDS, Cast
from tests.projects.files import PDF, sent

OWN = st.sampled_from(["", *Visibility.values])


def got(response: Any) -> bool:
    """Whether the bytes came."""
    if response.streaming:
        b"".join(response)
    assert response.status_code in (200, 404)
    return bool(response.status_code == 200)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(level=st.sampled_from(Visibility.values), of_entry=OWN, of_file=OWN)
def test_a_file_is_handed_out_to_those_who_see_it_on_the_page_and_to_nobody_else(
    cast: Cast, level: str, of_entry: str, of_file: str
) -> None:
    by, project = cast.tel_aviv_lead, cast.projects["network"]
    file = Attachment.objects.filter(project=project).first()
    if file is None:
        upload = NewFile(examine(sent(PDF, "zzplan.pdf")), "nobody")
        write_journal(by=by, project=project, happened_on=dt.date(2026, 5, 1), text="A plan.", files=[upload])
        file = Attachment.objects.get(project=project)
    Project.objects.filter(pk=project.pk).update(visibility=level)
    JournalEntry.objects.filter(project=project).update(visibility=of_entry)
    Attachment.objects.filter(pk=file.pk).update(visibility=of_file)
    for kind in KINDS:
        client = client_of(cast, kind)
        page = client.get(project.get_absolute_url())
        on_page = page.status_code == 200 and "zzplan.pdf" in page.content.decode()
        listed = Attachment.objects.visible_to(cast.person(kind)).filter(pk=file.pk).exists()
        assert (got(client.get(file.get_absolute_url())), listed) == (on_page, on_page), (
            kind,
            level,
            of_entry,
            of_file,
        )
