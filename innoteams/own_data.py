"""What the portal holds about one person, for that person to take along: facts, habits, and what they wrote."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils import timezone

from engagement.models import (
    Answer,
    CoachingNote,
    DigestPreference,
    Introduction,
    IntroductionHelp,
    Question,
    ReminderPreference,
)
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from projects.models import Attachment, Ending, Follow, JournalEntry, Project, Revision

Rows = list[dict[str, Any]]


def own_data(person: User) -> dict[str, Any]:
    """Ready for JSON. Texts of a team's project are in it only while the person may see that project."""
    return {
        "exported_at": timezone.now(),
        "person": _facts(person),
        "email_addresses": _rows(EmailAddress.objects.filter(user=person).values("email", "verified", "primary")),
        "sign_in_keys": _rows(Authenticator.objects.filter(user=person).values("type", "created_at", "last_used_at")),
        "sessions": _rows(
            UserSession.objects.filter(user=person).values("ip", "user_agent", "created_at", "last_seen_at")
        ),
        **_belonging(person),
        **_habits(person),
        "written": _written(person),
    }


def _facts(person: User) -> dict[str, Any]:
    fields = ("name", "email", "pronouns", "language", "spoken_languages", "timezone", "date_joined", "last_login")
    return {field: getattr(person, field) for field in fields}


def _belonging(person: User) -> dict[str, Rows]:
    return {
        "memberships": _rows(
            person.memberships.values("team__name", "right", "function", "starts_on", "ends_on").order_by("starts_on")
        ),
        "coordinations": _rows(person.coordinations.values("operator__name", "starts_on", "ends_on")),
        "invitations_accepted": _rows(
            person.invitations_taken.values("email", "team__name", "operator__name", "accepted_at")
        ),
        "invitations_sent": _rows(
            person.invitations_made.values("email", "team__name", "operator__name", "created_at", "accepted_at")
        ),
    }


def _habits(person: User) -> dict[str, Rows]:
    seen = Project.objects.visible_to(person)
    follows = Follow.objects.filter(person=person)
    return {
        "digest_preferences": _rows(
            DigestPreference.objects.filter(person=person).values("stream", "cadence", "weekday", "local_hour")
        ),
        "saved_searches": _rows(person.saved_searches.values("name", "query", "created_at")),
        "reminders": _rows(ReminderPreference.objects.filter(person=person).values("sessions")),
        # Without the key: the file is passed around more easily than the page that shows it.
        "calendar_feeds": _rows(person.calendar_feeds.values("created_at", "revoked_at", "last_read_at")),
        # Without its subject, which names a project that may have been narrowed since.
        "digests": _rows(person.digests.values("stream", "period_key", "state", "sent_at")),
        "follows": [
            *_rows(follows.filter(project__in=seen).values("project__title")),
            *_rows(follows.exclude(city=None).values("city__slug")),
            *_rows(follows.exclude(topic=None).values("topic__slug")),
        ],
    }


def _written(person: User) -> dict[str, Rows]:
    seen = Project.objects.visible_to(person)
    questions = Question.objects.visible_to(person)
    notes = CoachingNote.objects.visible_to(person).filter(author=person)
    return {
        "projects_logged": _rows(seen.filter(created_by=person).values("title", "slug", "created_at")),
        "journal_entries": _rows(
            {**row, "text": plain(row["text"])}
            for row in JournalEntry.objects.visible_to(person)
            .filter(author=person)
            .values("project__title", "happened_on", "text")
        ),
        "endings": _rows(
            Ending.objects.visible_to(person)
            .filter(author=person)
            .values("project__title", "ended_at", "hoped", "happened", "why", "stays", "advice")
        ),
        # What they are called and show; the files themselves are on the project's page.
        "files": _rows(
            Attachment.objects.visible_to(person)
            .filter(author=person)
            .values("project__title", "name", "alt", "credit", "created_at")
        ),
        "questions": _rows(questions.filter(author=person).values("text", "context", "asked_at")),
        "answers": _rows(
            Answer.objects.filter(author=person, question__in=questions).values("question__text", "text", "answered_at")
        ),
        **_introductions(person),
        "changes": _changes(person),
        "coaching_notes": _rows(notes.values("drawer", "text", "created_at")),
    }


def _introductions(person: User) -> dict[str, Rows]:
    """What the person wrote to be introduced, or to introduce others; nothing of what was answered."""
    spoke, answered = Introduction.objects.filter(asked_by=person), Introduction.objects.filter(answered_by=person)
    brokered = Introduction.objects.filter(brokered_by=person)
    told = IntroductionHelp.objects.filter(person=person)
    return {
        "introductions_asked": _rows(spoke.filter(brokered_for=None).values("message", "asked_at")),
        "introductions_answered": [
            *_rows(answered.values("answer", "answered_at")),
            *_rows(spoke.exclude(brokered_for=None).values("asker_words", "answered_at")),
        ],
        "introductions_proposed": _rows(brokered.values("message", "asked_at")),
        "introductions_looked_back_on": _rows(told.values("said", "note", "at")),
    }


def _changes(person: User) -> Rows:
    """When the person changed what kind of part; which project and which words only while they may be read."""
    readable = Revision.objects.visible_to(person).values("pk")
    own = Revision.objects.filter(by=person).annotate(is_readable=Q(pk__in=readable)).select_related("project")
    return [
        {
            "what": row.kind,
            "at": row.at,
            **({"project": row.project.title, "text": _words(row)} if row.is_readable else {}),
        }
        for row in own
    ]


def _words(row: Any) -> dict[str, object]:
    return {name: plain(value) if isinstance(value, str) else value for name, value in row.after.items()}


def _rows(values: Iterable[Any]) -> Rows:
    return list(values)
