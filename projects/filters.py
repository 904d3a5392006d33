"""Narrowing a list of projects that a person may see. Every choice stands in the address, so a view can be shared."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters.filters import CharFilter, ChoiceFilter, MultipleChoiceFilter
from django_filters.filterset import FilterSet

from cities.models import MembershipPeriod
from projects.models import Project, ProjectTopic
from projects.querysets import ProjectQuerySet

if TYPE_CHECKING:
    from projects.permissions import Person

Label = str | Promise

# Inhabitants: from (inclusive), to (exclusive).
CITY_SIZES: dict[str, tuple[Label, int, int]] = {
    "small": (_("under 100,000"), 0, 100_000),
    "middle": (_("100,000 to 500,000"), 100_000, 500_000),
    "large": (_("500,000 to a million"), 500_000, 1_000_000),
    "metropolis": (_("over a million"), 1_000_000, 10**9),
}
ORIGINS: dict[str, Label] = {"own": _("told by the team"), "source": _("from a public source")}
# What a reader may ask to be told. A pilot's lesson may be narrower than its project, so the project's own counts.
TOLD: dict[str, tuple[Label, Q]] = {"lesson": (_("what was learned"), ~Q(lesson=""))}
MINE: dict[str, Label] = {"team": _("my team's"), "followed": _("what I follow")}
FROM_SOURCE = ~Q(source_line="") & Q(claimed_at=None)


class AnyValues(forms.MultipleChoiceField):
    """A value nobody has (an old address, a typing error) finds nothing; it is not an error."""

    def valid_value(self, value: object) -> bool:
        return True


class Several(MultipleChoiceFilter):
    """Several values of one facet widen each other."""

    field_class = AnyValues

    def filter(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return self.narrow(queryset, values) if values else queryset

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field_name}__in": values})


class SeveralTopics(Several):
    """By a subquery, not a join: a project with two of the topics is still one row."""

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        ranked = ProjectTopic.objects.filter(**{f"{self.field_name}__in": values})
        return queryset.filter(pk__in=ranked.values("project"))


class SeveralProgrammes(Several):
    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        periods = MembershipPeriod.objects.current().filter(programme__slug__in=values)
        return queryset.filter(team__city__in=periods.values("city"))


class SeveralSizes(Several):
    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        wanted = Q(pk__in=[])
        for size in set(values) & set(CITY_SIZES):
            _label, least, below = CITY_SIZES[size]
            wanted |= Q(team__city__population__gte=least, team__city__population__lt=below)
        return queryset.filter(wanted)


class SeveralOrigins(Several):
    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        wanted = Q(pk__in=[])
        if "source" in values:
            wanted |= FROM_SOURCE
        if "own" in values:
            wanted |= ~FROM_SOURCE
        return queryset.filter(wanted)


class SeveralTold(Several):
    """Parts that are told: several narrow each other."""

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        for value in values:
            queryset = queryset.filter(TOLD[value][1] if value in TOLD else Q(pk__in=[]))
        return queryset


class ProjectFilter(FilterSet):
    """Give it a queryset that is already `visible_to`, and the person for `mine`."""

    q = CharFilter(method="by_words")
    topic = SeveralTopics("topic__slug")
    group = SeveralTopics("topic__group__slug")
    phase = Several("phase")
    outcome = Several("outcome")
    told = SeveralTold()
    cost = Several("cost_band")
    country = Several("team__city__country")
    kind = Several("team__city__kind")
    size = SeveralSizes()
    programme = SeveralProgrammes()
    language = Several("language")
    origin = SeveralOrigins()
    city = Several("team__city__slug")
    mine = ChoiceFilter(choices=list(MINE.items()), method="of_mine")

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, data: Any, queryset: QuerySet[Any], *, person: "Person") -> None:
        super().__init__(data, queryset)
        self.person = person

    def by_words(self, queryset: ProjectQuerySet, _name: str, text: str) -> QuerySet[Any]:
        return queryset.search(text)

    def of_mine(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = (
            queryset.of_teams_of(self.person) if value == "team" else queryset.followed_by(self.person)
        )
        return narrowed

    @property
    def chosen(self) -> dict[str, Any]:
        """What is chosen, by name of filter; empty ones left out."""
        self.form.full_clean()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def without(self, name: str) -> QuerySet[Any]:
        """Narrowed by everything but one filter: what that filter's own values would leave."""
        narrowed: QuerySet[Any] = self.queryset.all()
        for other, value in self.chosen.items():
            if other != name:
                narrowed = self.filters[other].filter(narrowed, value)
        return narrowed
