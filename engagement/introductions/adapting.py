"""What came of an introduction: one of the two teams adapts something of the other."""

from django.db.models import F, Q

from engagement.choices import IntroductionState
from engagement.models import Introduction
from projects.choices import Verb
from projects.models import Activity


def remember_adaptation(activity: Activity) -> None:
    """Hears of every act in a project (projects.history.after_record), in its transaction: where a team begins to adapt
    a project of a team it was introduced to, about that project or about none in particular, the newest such
    introduction remembers it."""
    adaptation = activity.adaptation
    if activity.verb != Verb.ADAPTATION_STARTED or adaptation is None or adaptation.source is None:
        return
    if activity.project_id != adaptation.project_id:
        # The source hears of the same one later, when it is shared.
        return
    learner, teacher = adaptation.project.team_id, adaptation.source.team_id
    about = Q(project=adaptation.source_id) | Q(project=None)
    met = Introduction.objects.between(learner, teacher).filter(
        about, state=IntroductionState.ACCEPTED, adaptation=None
    )
    newest = met.order_by(F("project").asc(nulls_last=True), "-answered_at").first()
    if newest:
        Introduction.objects.filter(pk=newest.pk).update(adaptation=adaptation)
