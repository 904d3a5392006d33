"""What the demo people are up to: invented from end to end, and marked so on every page that shows it.

Told through the same verbs that people use, as of days that lie behind the loading, so that history, activity and
rights are as they would be.
"""

from collections.abc import Callable

from django.db.models import Max

from innoteams.demo import story_america, story_france, story_israel
from innoteams.demo.author import Author
from innoteams.demo.clock import Calendar
from projects.choices import CostBand, Phase
from projects.models import Project


def tell_projects(calendar: Calendar) -> None:
    """Every city's own work, oldest first within each city."""
    tellers: list[Callable[[Calendar], None]] = [
        story_israel.tel_aviv,
        story_france.mulhouse,
        story_france.paris,
        story_france.dunkirk,
        story_france.occitanie,
        story_america.boston,
        story_israel.jerusalem,
        story_america.centennial,
        story_america.durham,
        further_cities,
    ]
    for tell in tellers:
        tell(calendar)


def date_changes() -> None:
    """`updated_at` follows the newest activity; the database's own clock wrote the day of loading there."""
    for project in Project.objects.filter(is_demo=True).annotate(newest=Max("activity__at")):
        Project.objects.filter(pk=project.pk).update(updated_at=project.newest)


def further_cities(calendar: Calendar) -> None:
    """One project each, so that lists and search meet more languages."""
    Author("bogota", calendar).log(
        47,
        title="Una hora propia para quien cuida",
        problem="Quienes cuidan a un familiar no salen de casa porque nadie puede quedarse una hora.",
        for_whom="Personas que cuidan a un familiar sin pago",
        topics="unpaid-care public-health",
        phase=Phase.PREPARE,
        cost_band=CostBand.UNDER_50K,
        staff_time="Tres personas, dos tardes por semana",
        competence="Contratar reemplazos por horas",
    )
    Author("amsterdam", calendar).log(
        38,
        title="Eén formulier minder",
        problem="Wie verhuist vult drie keer hetzelfde adres in, bij drie loketten die elkaar niet lezen.",
        for_whom="Bewoners die binnen de stad verhuizen",
        topics="digital-services administrative-culture",
        cost_band=CostBand.NONE,
        staff_time="Drie medewerkers, een ochtend per week",
    )
    Author("sakhnin", calendar).log(
        21,
        title="ظلّ في ساحة المدرسة",
        problem="بعد الظهر تبقى ساحة المدرسة فارغة لأنّها بلا ظلّ، فيلعب الأطفال في الشارع.",
        for_whom="أطفال الحيّ وأهاليهم",
        topics="public-space climate-resilience",
        neighbourhood="ساحة مدرسة واحدة قرب المركز",
        latitude=32.865,
        longitude=35.299,
        cost_band=CostBand.UNDER_10K,
        staff_time="معلّمتان وعامل صيانة، صباح كلّ أسبوع",
    )
