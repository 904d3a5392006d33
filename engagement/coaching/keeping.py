"""Promises that keep themselves: an act in the portal completes the commitments that wait for it.

`keep_promises` is called by `projects.history.record` with every activity, in the transaction of the act.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cities.permissions import writes_for
from engagement.choices import COMPLETED_BY, Act
from engagement.models import Commitment
from engagement.querysets import CommitmentQuerySet
from innoteams.lib import asides
from projects.choices import Verb
from projects.models import Activity


def keep_promises(activity: Activity) -> None:
    """Completes what waits for this act, and tells the person who acts. One query where nothing waits, none where
    nothing could. Two acts at once: the second waits for the first and then finds it done."""
    acts = acts_of(activity)
    if not acts or activity.actor is None:
        return
    waiting = list(waiting_for(activity, acts).select_for_update(of=("self",)).order_by("pk"))
    # Another city that tells what came of it writes on this team's project, and keeps nothing for this team.
    if not waiting or not writes_for(activity.actor, activity.project.team):
        return
    for commitment in waiting:
        commitment.done_at, commitment.done_by, commitment.done_activity = activity.at, activity.actor, activity
        commitment.save(update_fields=["done_at", "done_by", "done_activity"])
        # The isolates keep a Hebrew promise from turning the sentence around.
        sentence = _("This also keeps a promise: “%(what)s”.") % {"what": f"\u2068{commitment.text}\u2069"}
        asides.say(sentence, undo=reverse("commitment_reopen", args=[commitment.pk]))


def acts_of(activity: Activity) -> list[Act]:
    """What a commitment may wait for that has just happened."""
    acts = [act for act, verbs in COMPLETED_BY.items() if activity.verb in verbs]
    # A pilot that is stopped is decided about, and told of in one row: that it ended with a lesson.
    if activity.verb == Verb.ENDED_WITH_LESSON and activity.pilot_id and "to" in activity.facts:
        acts.append(Act.DECIDE_PILOT)
    return acts


def waiting_for(activity: Activity, acts: list[Act]) -> CommitmentQuerySet:
    """Open promises of the running coaching of the project's team, made before the act, about this project or about
    any. Served by the index `commitment_waits_for_act`."""
    rows: CommitmentQuerySet = Commitment.objects.open()
    return rows.filter(
        Q(project=None) | Q(project=activity.project_id),
        act__in=acts,
        engagement__team=activity.project.team_id,
        engagement__ends_on=None,
        created_at__lte=activity.at,
    )
