"""A row that comes along as JSON is the row that the database holds, wherever in a query it stands."""

from decimal import Decimal

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from innoteams.lib.carried import JsonRow, as_json, from_json
from projects.models import Indicator, Project
from tests.cast import Cast

RELATED = {"team": ("id", "name"), "team__city": ("id", "names")}
EXACT = Decimal("12345678901.2345")


@pytest.fixture
def indicator(cast: Cast) -> Indicator:
    return Indicator.objects.create(project=cast.projects["network"], name="Visits", unit="visits", baseline=EXACT)


def columns_of(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_each_column_comes_back_as_it_was(indicator: Indicator) -> None:
    carried = Indicator.objects.values_list(as_json(Indicator, {}), flat=True).get(pk=indicator.pk)
    assert columns_of(from_json(Indicator, {}, carried)) == columns_of(Indicator.objects.get(pk=indicator.pk))
    assert carried["baseline"] == str(EXACT)


def test_single_rows_come_along(cast: Cast) -> None:
    carried = Project.objects.values_list(as_json(Project, RELATED), flat=True).get(slug="tel-aviv-network")
    team = from_json(Project, RELATED, carried).team
    assert (team.name, team.city.names) == (cast.tel_aviv.name, cast.tel_aviv.city.names)


def test_in_another_query_on_the_same_table_each_row_stays_its_own(cast: Cast) -> None:
    others = Project.objects.filter(team=OuterRef("team")).exclude(pk=OuterRef("pk")).order_by("pk")
    asked = Project.objects.annotate(others=ArraySubquery(others.values(row=as_json(Project, {}))))
    found = asked.get(pk=cast.projects["network"].pk)
    expected = [project.pk for project in cast.projects.values() if project != cast.projects["network"]]
    assert [row["id"] for row in found.others] == sorted(expected)


def test_it_says_what_the_object_of_django_says(cast: Cast) -> None:
    words = {"slug": F("slug"), "city": F("team__city__slug"), "contact": F("contact_id")}
    ours = list(Project.objects.order_by("pk").values_list(JsonRow(**words), flat=True))
    assert ours == list(Project.objects.order_by("pk").values_list(JSONObject(**words), flat=True))
    assert len(ours) == len(cast.projects)
