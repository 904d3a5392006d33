"""What is promised is told by the digest of actions: who had switched those letters off gets no such digest, letters
that wait are closed, and what a letter told within the last days is not told again by the first digest."""

import datetime as dt
from typing import Any

from django.db import migrations, models
from django.utils import timezone

_RECENTLY = dt.timedelta(days=8)


def move_to_digests(apps: Any, _schema_editor: Any) -> None:
    letters = apps.get_model("engagement", "Letter").objects.filter(kind="promises")
    preferences = apps.get_model("engagement", "DigestPreference").objects
    off = apps.get_model("engagement", "ReminderPreference").objects.filter(promises=False)
    now = timezone.now()
    preference = apps.get_model("engagement", "DigestPreference")
    preferences.bulk_create(
        (
            preference(person_id=person, stream="actions", cadence="off", weekday=0, local_hour=8, changed_at=now)
            for person in off.values_list("person_id", flat=True)
        ),
        ignore_conflicts=True,
    )
    letters.filter(closed_at=None).update(closed_at=now)
    told = letters.filter(sent_at__gt=now - _RECENTLY).values("person_id", "person__language", "person__timezone")
    digest = apps.get_model("engagement", "Digest")
    digest.objects.bulk_create(
        (
            digest(
                person_id=row["person_id"],
                stream="actions",
                period_key="before",
                state="empty",
                reason="told_by_letter",
                due_at=row["until"],
                window_start=row["until"] - dt.timedelta(days=1),
                window_end=row["until"],
                language=row["person__language"],
                timezone=row["person__timezone"],
                trail=[
                    {
                        "at": now.isoformat(timespec="seconds"),
                        "by": "migration",
                        "from": "",
                        "to": "empty",
                        "why": "told_by_letter",
                    }
                ],
            )
            for row in told.annotate(until=models.Max("sent_at")).order_by()
        ),
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("engagement", "0011_ledger_is_searched")]

    operations = [
        migrations.RunPython(move_to_digests, migrations.RunPython.noop),
        migrations.RemoveField(model_name="reminderpreference", name="promises"),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("checkin_opened", "a check-in is drafted"),
                    ("checkin_submitted", "a check-in waits for an answer"),
                    ("checkin_returned", "a check-in came back"),
                    ("checkin_accepted", "a check-in is accepted"),
                    ("introduction_asked", "a team asks to meet"),
                    ("introduction_accepted", "two people are introduced"),
                    ("introduction_declined", "an introduction is declined"),
                    ("session_planned", "a session is planned"),
                    ("session_moved", "a session is moved"),
                    ("session_called_off", "a session is called off"),
                    ("session_soon", "a session is near"),
                    ("session_to_log", "a session waits to be logged"),
                    ("checkin_dates", "the days of a check-in changed"),
                    ("question_asked", "a project is asked a question"),
                    ("question_answered", "a question is answered"),
                    ("project_adapted", "another city adapts a project"),
                    ("adaptation_reported", "another city tells what came of an adaptation"),
                ],
                max_length=24,
            ),
        ),
    ]
