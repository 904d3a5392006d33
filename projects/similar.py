"""Similar work elsewhere: shared topics weigh by rank; of other teams, and only what the reader may see."""

from django.db.models import Case, F, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from projects.models import Project, ProjectTopic
from projects.permissions import Person
from projects.querysets import seen_by

MOST = 4
SHARED, SHARED_FIRST = 2, 1


def similar_to(project: Project, person: Person) -> list[Project]:
    """One query; `project` needs its ranked topics prefetched. Each has its `likeness`."""
    topics = [ranked.topic_id for ranked in project.ranked_topics.all()]
    if not topics:
        return []
    first = Case(When(topic=topics[0], rank=1, then=Value(SHARED_FIRST)), default=Value(0))
    # From the narrow rows of topics, so that only the few that are shown are read whole.
    shared = ProjectTopic.objects.order_by().filter(topic__in=topics)
    alike = (
        shared.filter(seen_by(person, "project__"))
        .exclude(project__team=project.team_id)
        .values("project")
        .annotate(likeness=Sum(Value(SHARED) + first))
        .order_by("-likeness", "-project__updated_at", "-project")
    )
    likeness = shared.filter(project=OuterRef("pk")).values("project").annotate(sum=Sum(Value(SHARED) + first))
    found = (
        Project.objects.filter(pk__in=alike.values("project")[:MOST])
        .annotate(likeness=Coalesce(Subquery(likeness.values("sum")), Value(0)))
        .select_related("team__city")
        .defer("words", "approach", "lesson", "conditions", "reusable")
        .order_by(F("likeness").desc(), "-updated_at", "-pk")
    )
    return list(found)
