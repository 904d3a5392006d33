"""The history of a project: for its team, whoever sees the project; bringing back is for those who write."""

from django.urls import reverse

from projects.models import Project, Revision
from projects.pilots import change_pilot, start_pilot
from projects.records import change_project
from tests.access.rows_projects import READERS, TEAM, WRITERS, of_readers
from tests.access.table import Canary, Expected, Row
from tests.cast import Cast


def revision(cast: Cast, level: str) -> Revision:
    project = cast.projects[level]
    found = project.revisions.exclude(before={}).filter(kind="project").last()
    if found is None:
        version = Project.objects.get(pk=project.pk).version
        change_project(by=cast.tel_aviv_lead, project=project, version=version, for_whom="Everybody")
        found = project.revisions.get(after__has_key="for_whom")
    return found


def of_project(level: str, part: str = "") -> Row:
    """`part`: what would stand on a later page of a long history."""

    def url(cast: Cast) -> str:
        return f"{reverse('project_history', args=[cast.projects[level].slug])}?part={part}"

    return Row("project_history", url, of_readers(TEAM))


def of_revision(name: str, level: str, who: dict[str, Expected], method: str = "get") -> Row:
    url = lambda cast: reverse(name, args=[cast.projects[level].slug, revision(cast, level).pk])  # noqa: E731
    return Row(name, url, who, method=method)


RESTORING: dict[str, Expected] = {**of_readers(WRITERS), "tel_aviv_observer": 403}
# Without the version that was seen, nothing is brought back and the page is shown again.
POSTING: dict[str, Expected] = {**of_readers(WRITERS, 409), "tel_aviv_observer": 403}

ROWS = [
    *(of_project(level, part) for level in READERS for part in ("", "pilot", "reading")),
    *(of_revision("project_revision", level, of_readers(TEAM)) for level in READERS),
    *(of_revision("project_restore", level, RESTORING) for level in READERS),
    *(of_revision("project_restore", level, POSTING, "post") for level in READERS),
]


def plant(cast: Cast) -> list[Canary]:
    """Words that were taken out again, of a project and of a pilot at each level: the team's alone, also where
    everybody sees the project."""
    canaries = []
    for level in READERS:
        project, by = cast.projects[level], cast.tel_aviv_lead
        taken_out, of_pilot = f"zz{level}takenout", f"zz{level}oldpilot"
        for text in (taken_out, "Now without it."):
            version = Project.objects.get(pk=project.pk).version
            change_project(by=by, project=project, version=version, problem=text)
        pilot = start_pilot(by=by, project=project, title="Shade", hypothesis=of_pilot)
        change_pilot(by=by, pilot=pilot, version=1, hypothesis="Now without it.")
        canaries += [Canary(word, frozenset(TEAM)) for word in (taken_out, of_pilot)]
    return canaries
