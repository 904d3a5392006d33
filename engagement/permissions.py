"""Who may do what in accompaniment and exchange. Seeing is `visible_to`; these are verdicts about acting."""

from django.utils.translation import gettext_lazy as _

from cities.models import Operator, Programme, Team
from cities.permissions import Person, belongs_to, coordinates, leads, writes_for
from cities.standing import standing_of
from engagement.choices import WITH_THE_TEAM, CheckInState, Drawer, IntroductionState
from engagement.models import (
    CheckIn,
    CoachingEngagement,
    CoachingNote,
    CoachingSession,
    Commitment,
    Digest,
    Introduction,
    Question,
)
from innoteams.accounts.models import User
from innoteams.lib.verdicts import YES, Verdict, no


def _coordinates_for(person: Person, operator_id: int) -> bool:
    return person.is_authenticated and person.coordinations.current().filter(operator=operator_id).exists()


# --- Check-ins -----------------------------------------------------------------------------------------------------


def writes_check_in(person: Person, check_in: CheckIn) -> Verdict:
    """Whoever is right for it, whatever state it is in."""
    if writes_for(person, check_in.team):
        return YES
    return no(_("Only leads and members of the team write its check-in."))


def can_write_check_in(person: Person, check_in: CheckIn) -> Verdict:
    verdict = writes_check_in(person, check_in)
    if not verdict:
        return verdict
    if check_in.state not in WITH_THE_TEAM:
        return no(_("The check-in was sent, so it is not changed any more. If it comes back, you can go on writing."))
    return YES


def answers_check_in(person: Person, check_in: CheckIn) -> Verdict:
    """Whoever is right for it, whatever state it is in: coordinators of the operator, never the team itself."""
    programme = check_in.period.programme
    if belongs_to(person, check_in.team):
        return answering(check_in, belongs=True)
    if _coordinates_for(person, programme.operator_id):
        return answering(check_in, coordinates=True)
    return answering(check_in, funds=bool(programme.funder_id and _coordinates_for(person, programme.funder_id)))


def answering(check_in: CheckIn, *, belongs: bool = False, coordinates: bool = False, funds: bool = False) -> Verdict:
    """The same from facts that a page has already: whether the person belongs to the team, coordinates for the
    programme's operator, or for its funder."""
    if belongs:
        return no(_("You belong to this team. Somebody who does not answers its check-in."))
    if coordinates:
        return YES
    operator = {"operator": check_in.period.programme.operator.name}
    if funds:
        return no(
            _("%(operator)s answers this check-in. Your organisation funds the programme, so you read it here.")
            % operator
        )
    return no(_("Only coordinators of %(operator)s answer this check-in.") % operator)


def comments_on_check_in(person: Person, check_in: CheckIn) -> Verdict:
    """Whoever is right for it, whatever state it is in: those who answer it, its coach, and who writes for the team.
    Observers and the funder read along."""
    if writes_for(person, check_in.team) or Team.objects.filter(pk=check_in.team_id).coached_by(person).exists():
        return YES
    if not belongs_to(person, check_in.team) and _coordinates_for(person, check_in.period.programme.operator_id):
        return YES
    return no(_("The team, its coach and the coordinators who answer it comment on a check-in."))


def reads_once_sent(person: Person, check_in: CheckIn) -> bool:
    """The team, its coach and the coordinators of the operator and of the funder."""
    if belongs_to(person, check_in.team) or Team.objects.filter(pk=check_in.team_id).coached_by(person).exists():
        return True
    programme = check_in.period.programme
    return any(_coordinates_for(person, pk) for pk in (programme.operator_id, programme.funder_id) if pk)


def can_comment_check_in(person: Person, check_in: CheckIn) -> Verdict:
    verdict = comments_on_check_in(person, check_in)
    if verdict and check_in.state == CheckInState.DRAFTED:
        return no(_("Comments are about what was sent, and this check-in is being written."))
    return verdict


def can_answer_check_in(person: Person, check_in: CheckIn) -> Verdict:
    verdict = answers_check_in(person, check_in)
    if not verdict:
        return verdict
    if check_in.state != CheckInState.SUBMITTED:
        return no(_("This check-in does not wait for an answer."))
    return YES


def can_set_check_ins(person: Person, programme: Programme) -> Verdict:
    """When a programme's check-ins open and are due: its operator's coordinators; a funder's read along."""
    if _coordinates_for(person, programme.operator_id):
        return YES
    return no(
        _("Only coordinators of %(operator)s decide when check-ins open and are due.")
        % {"operator": programme.operator.name}
    )


# --- Coaching ------------------------------------------------------------------------------------------------------


def coaches_in(person: Person, engagement: CoachingEngagement) -> bool:
    """Coaches in it now. Cheap after `with_coaches()`."""
    rows = engagement.coaches.all()
    return person.is_authenticated and any(row.person_id == person.pk and row.ends_on is None for row in rows)


def can_open_engagements(person: Person) -> Verdict:
    """At all, for some team."""
    if person.is_authenticated and (person.is_staff or standing_of(person).is_coordinator):
        return YES
    return no(_("A coaching engagement is opened by the programme's coordinator or an administrator."))


def can_open_engagement(person: Person, team: Team) -> Verdict:
    if person.is_authenticated and (person.is_staff or coordinates(person, team)):
        return YES
    return no(_("A coaching engagement is opened by the programme's coordinator or an administrator."))


def can_change_coaches(person: Person, engagement: CoachingEngagement) -> Verdict:
    """Adding coaches, and taking others out: whoever could have opened it, while it lasts."""
    if engagement.ends_on is not None:
        return no(_("This engagement has ended already."))
    if can_open_engagement(person, engagement.team):
        return YES
    return no(_("Who coaches is decided by the programme's coordinator or an administrator."))


def can_take_out_coach(person: Person, engagement: CoachingEngagement, coach: User) -> Verdict:
    """A coach may leave."""
    if engagement.ends_on is None and person.pk == coach.pk:
        return YES
    return can_change_coaches(person, engagement)


def can_change_period(person: Person, engagement: CoachingEngagement) -> Verdict:
    """The pair itself, or whoever could have opened it."""
    if engagement.ends_on is None and can_open_engagement(person, engagement.team):
        return YES
    return can_write_in_engagement(person, engagement)


def can_end_engagement(person: Person, engagement: CoachingEngagement) -> Verdict:
    if engagement.ends_on is not None:
        return no(_("This engagement has ended already."))
    if coaches_in(person, engagement) or leads(person, engagement.team):
        return YES
    if can_open_engagement(person, engagement.team):
        return YES
    return no(_("An engagement is ended by the coach, a lead of the team, its coordinator or an administrator."))


def can_write_in_engagement(person: Person, engagement: CoachingEngagement) -> Verdict:
    """Sessions, commitments and notes: the coach and the people who write for the team, while it lasts."""
    if engagement.ends_on is not None:
        return no(_("This engagement has ended. What was written stays readable."))
    if coaches_in(person, engagement) or writes_for(person, engagement.team):
        return YES
    return no(_("The coach and the leads and members of the team write here."))


def can_log_session(person: Person, session: CoachingSession) -> Verdict:
    return can_write_in_engagement(person, session.engagement)


def can_settle_commitment(person: Person, commitment: Commitment) -> Verdict:
    return can_write_in_engagement(person, commitment.engagement)


def can_change_note(person: Person, note: CoachingNote) -> Verdict:
    """Its author: a shared one while they write here, a private one always."""
    if person.pk != note.author_id:
        return no(_("Only its author changes a note."))
    if note.drawer == Drawer.PRIVATE:
        return YES
    return can_write_in_engagement(person, note.engagement)


def can_remove_note(person: Person, note: CoachingNote) -> Verdict:
    """Its author, at any time: what one has said to others can be taken back."""
    if person.pk == note.author_id:
        return YES
    return no(_("Only its author deletes a note."))


def can_reflect(person: Person, engagement: CoachingEngagement) -> Verdict:
    """The team looks back on itself, also after the end; who reads it, the same people decide."""
    if writes_for(person, engagement.team):
        return YES
    return no(_("The team looks back on itself: its leads and members write here."))


# --- Introductions -------------------------------------------------------------------------------------------------


def can_ask_introduction(person: Person, from_team: Team) -> Verdict:
    if writes_for(person, from_team):
        return YES
    return no(_("Introductions are asked for by leads and members of a team."))


def can_broker_introductions(person: Person) -> Verdict:
    """At all: coordinators of an operator that runs a programme for somebody; a funder's read along."""
    if can_read_introductions(person) and Team.objects.active().coordinated_by(person).exists():
        return YES
    return no(_("Introductions are brokered by coordinators of a programme, for the cities it accompanies."))


def can_broker_introduction(person: Person, first: Team, second: Team) -> Verdict:
    """Between two teams, at least one of which a programme of the person's operator accompanies."""
    if person.is_authenticated and Team.objects.filter(pk__in=(first.pk, second.pk)).coordinated_by(person).exists():
        return YES
    return no(_("One of the two has to be a team that a programme of yours accompanies."))


def can_read_introductions(person: Person) -> Verdict:
    """How introductions of a programme's cities go: its coordinators, of the operator and of the funder."""
    if person.is_authenticated and standing_of(person).is_coordinator:
        return YES
    return no(_("Coordinators see here how the introductions of their cities go."))


def team_to_answer(person: Person, introduction: Introduction) -> Team | None:
    """The side that the person answers for, as long as it has not answered: the one that was asked; of a brokered
    introduction either. None for everybody else."""
    if not introduction.is_open:
        return None
    sides = [(introduction.to_team, introduction.answered_by_id)]
    if introduction.is_brokered:
        sides.append((introduction.from_team, introduction.asked_by_id))
    return next((team for team, spoke in sides if spoke is None and writes_for(person, team)), None)


def can_answer_introduction(person: Person, introduction: Introduction) -> Verdict:
    if not introduction.is_open:
        return no(_("This introduction does not wait for an answer any more."))
    if team_to_answer(person, introduction):
        return YES
    return no(_("A lead or member of the team that was asked answers."))


def can_withdraw_introduction(person: Person, introduction: Introduction) -> Verdict:
    """Whoever asked; a brokered one, whoever coordinates for the operator that brokers it."""
    if not introduction.is_open:
        return no(_("This introduction does not wait for an answer any more."))
    if introduction.brokered_for_id is not None:
        if _coordinates_for(person, introduction.brokered_for_id):
            return YES
        return no(_("Only the coordinators who proposed it take the proposal back."))
    if person.pk == introduction.asked_by_id:
        return YES
    return no(_("Only the person who asked takes the question back."))


def can_say_it_helped(person: Person, introduction: Introduction) -> Verdict:
    if introduction.state != IntroductionState.ACCEPTED:
        return no(_("You have not been introduced."))
    if person.pk in (introduction.asked_by_id, introduction.answered_by_id):
        return YES
    return no(_("The two people who were introduced say whether it helped."))


def can_judge_suggestion(person: Person, for_team: Team) -> Verdict:
    """Setting a suggestion aside, bringing it back: who could ask."""
    if writes_for(person, for_team):
        return YES
    return no(_("Leads and members of the team decide whom it wants to meet."))


# --- Questions -----------------------------------------------------------------------------------------------------


def can_ask_question(person: Person) -> Verdict:
    """People of teams, coaches, coordinators and administrators: somebody the network knows."""
    if person.is_authenticated:
        standing = standing_of(person)
        if standing.is_in_team or standing.is_coach or standing.is_coordinator or standing.is_administrator:
            return YES
    return no(_("Questions are asked and answered by people of a team, coaches and coordinators."))


def can_answer_question(person: Person, question: Question) -> Verdict:
    if question.closed_at is not None:
        return no(_("This question is closed."))
    return can_ask_question(person)


def can_close_question(person: User, question: Question) -> Verdict:
    """The person who asked; about a project, whoever writes for its team as well: they know what is answered."""
    if question.author_id == person.pk:
        return YES
    project = question.project
    if project is None:
        return no(_("Only the person who asked closes a question."))
    if not project.is_from_public_source and writes_for(person, project.team):
        return YES
    return no(_("Only the person who asked and the team of the project close this question."))


# --- Digests -------------------------------------------------------------------------------------------------------


def oversees_digests(person: Person) -> bool:
    """Administrators, and whoever coordinates: everybody else does not see that these pages exist."""
    if not person.is_authenticated:
        return False
    standing = standing_of(person)
    return standing.is_administrator or standing.is_coordinator


def can_hold_stream(person: Person) -> Verdict:
    """A stream is everybody's, whichever programme accompanies them."""
    if person.is_authenticated and person.is_staff:
        return YES
    return no(_("A whole stream is held back and released by an administrator."))


def can_dry_run(person: Person) -> Verdict:
    if person.is_authenticated and person.is_staff:
        return YES
    return no(_("A dry run is about everybody in the network, so an administrator makes it."))


def can_decide_about_digest(person: Person, digest: Digest) -> Verdict:
    """Holding one back, releasing it, sending it again."""
    if Digest.objects.filter(pk=digest.pk).decided_by(person).exists():
        return YES
    return no(_("This is decided by a coordinator of the programme's operator or an administrator."))


def can_pin_for(person: Person, operator: Operator) -> Verdict:
    if _coordinates_for(person, operator.pk):
        return YES
    return no(_("Only coordinators of %(operator)s put a project into its digests.") % {"operator": operator.name})
