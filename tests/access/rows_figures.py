"""Readings as a table, corrected and taken back: written by the team, read by whoever sees the indicator."""

from decimal import Decimal

from django.urls import reverse

from projects.evidence import choose_indicator
from projects.models import Indicator
from projects.readings import add_reading, correct_reading, withdraw_reading
from tests.access.rows_projects import DAY, READERS, TEAM, indicator, of_readers, page, reading
from tests.access.table import Canary, Row
from tests.cast import Cast


def export(level: str) -> Row:
    def url(cast: Cast) -> str:
        project = cast.projects[level]
        of = project.indicators.first() or choose_indicator(by=cast.tel_aviv_lead, project=project, name="n", unit="u")
        return reverse("readings_export", args=[project.slug, of.pk])

    return Row("readings_export", url, of_readers(READERS[level]), public=True)


def narrow_export(cast: Cast) -> str:
    """Of an indicator that only the team sees, in a project that the network sees."""
    project = cast.projects["network"]
    of = project.indicators.filter(visibility="team").first()
    if of is None:
        of = Indicator.objects.create(project=project, name="Narrow", unit="u", visibility="team")
    return reverse("readings_export", args=[project.slug, of.pk])


ROWS = [
    page("readings_import", indicator),
    page("reading_correct", reading),
    *(export(level) for level in READERS),
    Row("readings_export", narrow_export, of_readers(READERS["team"]), public=True),
]


def plant(cast: Cast) -> list[Canary]:
    """A word in what was corrected and why, in what was taken back and why, and around a baseline and a target."""
    canaries = []
    for level, readers in READERS.items():
        project, by = cast.projects[level], cast.tel_aviv_lead
        parts = ("definition", "before", "wanted", "beside", "right", "why", "gone")
        words = {part: f"zz{level}figure{part}" for part in parts}
        of = choose_indicator(
            by=by,
            project=project,
            name="Visits",
            unit="u",
            definition=words["definition"],
            baseline=Decimal(1),
            baseline_source=words["before"],
            target=Decimal(9),
            target_source=words["wanted"],
            compared_with=words["beside"],
        )
        wrong = f"zz{level}figurewrong"
        old = add_reading(by=by, indicator=of, value=Decimal(1), read_on=DAY, source=wrong)
        correct_reading(
            by=by, reading=old, why=words["why"], value=Decimal(2), read_on=DAY, source=words["right"], kind="counted"
        )
        beside = add_reading(by=by, indicator=of, value=Decimal(3), read_on=DAY, source="s", is_comparison=True)
        add_reading(by=by, indicator=of, value=Decimal(4), read_on=DAY, source="s", is_comparison=True)
        withdraw_reading(by=by, reading=beside, why=words["gone"])
        canaries += [Canary(word, frozenset(readers)) for word in words.values()]
        # The source of what was corrected is the team's alone, however wide the project.
        canaries.append(Canary(wrong, frozenset(TEAM)))
    return canaries
