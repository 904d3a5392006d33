"""Loads the projects that public sources tell of, and the documented links between cities, from projects/data.

They are public entries with a source line and without an author: nobody of the city wrote them. The rule of
cities.network_data holds: what is there stays as people left it; topics, results and pilots come only with a new
project.
"""

from pathlib import Path

from django.db import models, transaction
from django.utils import timezone

from cities.models import City, Team, Topic
from cities.network_data import Row, Say, load_places, missing, read
from projects.choices import Visibility
from projects.models import CityLink, Pilot, Project, ProjectTopic, PublishedResult

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load_network(*, say: Say) -> None:
    """The whole real network: places first, then what is published about their work. Adds what is missing."""
    load_places(say=say)
    _load_projects(say)
    _load_links(say)


def _load_projects(say: Say) -> None:
    team_of = {team.slug: team for team in Team.objects.all()}
    # A team that people removed does not come back for the sake of an old project.
    rows = [row for row in missing(Project, read(DATA / "projects.json")["projects"]) if row["city"] in team_of]
    projects = Project.objects.bulk_create(_project(row, team_of[row["city"]]) for row in rows)
    told = list(zip(rows, projects, strict=True))
    topic_of = {topic.slug: topic for topic in Topic.objects.all()}
    ProjectTopic.objects.bulk_create(
        ProjectTopic(project=project, topic=topic_of[slug], rank=rank)
        for row, project in told
        for rank, slug in enumerate((slug for slug in row["topics"] if slug in topic_of), start=1)
    )
    PublishedResult.objects.bulk_create(
        PublishedResult(project=project, position=position, source=row["source"], **result)
        for row, project in told
        for position, result in enumerate(row["results"])
    )
    Pilot.objects.bulk_create(
        Pilot(project=project, **pilot) for row, project in told for pilot in row.get("pilots", [])
    )
    say(f"Projects from public sources: {len(projects)} added")


def _project(row: Row, team: Team) -> Project:
    return Project(
        slug=row["slug"],
        team=team,
        title=row["title"]["en"],
        language="en",
        problem=row["problem"],
        for_whom=row["for_whom"],
        approach=_approach(row),
        lesson=row["lesson"],
        partners=", ".join(row["partners"]),
        neighbourhood=row.get("neighbourhood", ""),
        phase=row["phase"],
        outcome=row["outcome"],
        visibility=Visibility.PUBLIC,
        period_text=row["period"],
        source_line=row["source"],
        source_verified=row["verified"],
        source_note=row["note"],
        source_language=row["source_language"],
        shared_at=timezone.now(),
    )


def _approach(row: Row) -> str:
    if not row["methods"]:
        return str(row["approach"])
    return f"{row['approach']}\n\nMethods: {', '.join(row['methods'])}."


def _load_links(say: Say) -> None:
    city_of, project_of = _by_slug(City), _by_slug(Project)
    rows = [row for row in missing(CityLink, read(DATA / "links.json")["links"]) if row["city"] in city_of]
    links = CityLink.objects.bulk_create(
        CityLink(
            slug=row["slug"],
            kind=row["kind"],
            city_id=city_of[row["city"]],
            project_id=project_of.get(row["project"] or ""),
            what=row["what"],
            source=row["source"],
            source_verified=row["verified"],
        )
        for row in rows
    )
    through = CityLink.idea_from.through
    through.objects.bulk_create(
        through(citylink_id=link.pk, city_id=city_of[slug])
        for row, link in zip(rows, links, strict=True)
        for slug in row["idea_from"]
        if slug in city_of
    )
    say(f"Documented links between cities: {len(links)} added")


def _by_slug(model: type[models.Model]) -> dict[str, int]:
    return dict(model._default_manager.values_list("slug", "pk"))
