"""Similar work elsewhere: shared topics weigh by rank; of other teams, and only what the reader may see."""

from django.db.models import Count, F, Q

from projects.models import Project
from projects.permissions import Person

MOST = 4


def similar_to(project: Project, person: Person) -> list[Project]:
    """One query; `project` needs its ranked topics prefetched."""
    topics = [ranked.topic_id for ranked in project.ranked_topics.all()]
    if not topics:
        return []
    shared = Count("ranked_topics", filter=Q(ranked_topics__topic__in=topics))
    first = Count("ranked_topics", filter=Q(ranked_topics__topic=topics[0], ranked_topics__rank=1))
    found = (
        Project.objects.visible_to(person)
        .exclude(team=project.team_id)
        .filter(pk__in=Project.objects.filter(ranked_topics__topic__in=topics).values("pk"))
        .annotate(likeness=shared * 2 + first)
        .select_related("team__city")
        .defer("words", "approach")
        .order_by(F("likeness").desc(), "-updated_at", "-pk")
    )
    return list(found[:MOST])
