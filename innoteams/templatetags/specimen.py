"""Sample things for the specimen page, so that every component can be looked at without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django import forms, template
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True)
class SampleGroup:
    slug: str
    name: str


@dataclass(frozen=True)
class SampleTopic:
    name: str
    group: SampleGroup


@dataclass(frozen=True)
class SampleRank:
    topic: SampleTopic


class SampleRanks(list[SampleRank]):
    """Answers `.all` as a related manager would."""

    def all(self) -> list[SampleRank]:
        return self


@dataclass(frozen=True)
class SamplePlace:
    name: str


@dataclass(frozen=True)
class SampleTeam:
    city: SamplePlace


@dataclass(frozen=True)
class SampleProject:
    """What components/project_card.html reads of a project."""

    title: str
    problem: str
    team: SampleTeam
    phase: str
    ranked_topics: SampleRanks
    language: str = "en"
    direction: str = "ltr"
    outcome: str = "in_progress"
    visibility: str = "network"
    is_from_public_source: bool = False
    is_demo: bool = False

    @property
    def outcome_told(self) -> str:
        return self.outcome

    def get_absolute_url(self) -> str:
        return "#"


class SampleForm(forms.Form):
    """One field of each kind, with the words a real form would use."""

    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("A few plain words a colleague elsewhere would search for.")
    )
    problem = forms.CharField(
        label=_("The problem"),
        max_length=1200,
        widget=forms.Textarea,
        help_text=_("Two sentences: what goes wrong, and for whom."),
    )
    started_on = forms.DateField(label=_("Started"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    city = forms.ChoiceField(label=_("City"), choices=[("mulhouse", "Mulhouse"), ("tel-aviv-yafo", "Tel Aviv-Yafo")])
    phase = forms.ChoiceField(
        label=_("Phase"),
        widget=forms.RadioSelect,
        choices=[("investigate", _("Investigate")), ("prepare", _("Prepare"))],
    )
    photo = forms.FileField(label=_("Picture"), required=False, help_text=_("Its location data is removed."))
    tell = forms.BooleanField(label=_("Tell the network"), help_text=_("It may stand in the next digest."))


@dataclass(frozen=True)
class Specimen:
    """Everything the specimen page shows."""

    projects: list[SampleProject]
    form: SampleForm
    wrong_form: SampleForm
    page_obj: Page[int]
    due: date = date(2026, 12, 4)
    groups: list[SampleTopic] = field(default_factory=list)
    heat_rows: list[tuple[str, list[int]]] = field(default_factory=list)


GROUPS = [
    SampleTopic("Loneliness and ageing", SampleGroup("people", "People and care")),
    SampleTopic("Violence prevention", SampleGroup("safety", "Safety and justice")),
    SampleTopic("Vacant buildings", SampleGroup("housing", "Housing and neighbourhoods")),
    SampleTopic("Small business", SampleGroup("economy", "Economy and work")),
    SampleTopic("Urban heat", SampleGroup("environment", "Environment and climate")),
    SampleTopic("Walking and cycling", SampleGroup("mobility", "Mobility and infrastructure")),
    SampleTopic("Participation", SampleGroup("democracy", "Democracy and public service")),
]


def _ranks(*numbers: int) -> SampleRanks:
    return SampleRanks(SampleRank(GROUPS[number]) for number in numbers)


def _projects() -> list[SampleProject]:
    return [
        SampleProject(
            title="Easing loneliness among older residents",
            problem="Older people in one neighbourhood lack daily company; little-used synagogues stand empty nearby.",
            team=SampleTeam(SamplePlace("Tel Aviv-Yafo")),
            phase="deliver_adapt",
            ranked_topics=_ranks(0, 6),
            visibility="public",
            is_from_public_source=True,
        ),
        SampleProject(
            title="Des cendriers de rue qui se font remarquer",
            problem="Les mégots couvrent les pavés du centre ; les cendriers existants ne sont ni vus ni aimés.",
            team=SampleTeam(SamplePlace("Mulhouse")),
            phase="prepare",
            ranked_topics=_ranks(4, 2),
            language="fr",
            outcome="sustained",
        ),
        SampleProject(
            title="שכנים פותחים את חדר המדרגות",
            problem="דיירים ותיקים בבניינים גבוהים אינם מכירים זה את זה, ואיש אינו יודע מתי מישהו זקוק לעזרה.",
            team=SampleTeam(SamplePlace("ירושלים")),
            phase="investigate",
            ranked_topics=_ranks(0, 2, 3),
            language="he",
            direction="rtl",
            outcome="stopped",
            visibility="programme",
        ),
    ]


@register.simple_tag
def specimen() -> Specimen:
    """Sample context for templates/components/specimen.html."""
    return Specimen(
        projects=_projects(),
        form=SampleForm(),
        wrong_form=SampleForm({"problem": "Nobody knows whom to call when the lift stops.", "city": "mulhouse"}),
        page_obj=Paginator(range(900), 25).page(4),
        groups=GROUPS,
        heat_rows=[
            ("Mulhouse", [0, 1, 3, 5, 4, 2]),
            ("Tel Aviv-Yafo", [2, 4, 5, 3, 1, 1]),
            ("Dunkirk", [1, 0, 0, 2, 2, 3]),
            ("Occitanie", [0, 0, 1, 1, 4, 5]),
        ],
    )
