"""Each coach gets a row in the engagement; versions name their lines by anchors; texts get their form."""

from django.db import migrations

from innoteams.lib.rich_text import rich

TEXTS = {"coachingsession": ("happened", "observations", "lessons"), "coachingnote": ("text",)}


def give_rows(apps, schema_editor):
    parts = apps.get_model("engagement", "EngagementCoach")
    parts.objects.bulk_create(
        parts(
            engagement=one, person_id=one.coach_id, membership_id=one.membership_id, starts_on=one.starts_on,
            ends_on=one.ends_on,
        )
        for one in apps.get_model("engagement", "CoachingEngagement").objects.all()
    )


def name_lines(apps, schema_editor):
    for version in apps.get_model("engagement", "CheckInVersion").objects.iterator():
        version.lines = [[f"activity-{activity}", note] for activity, note in version.lines]
        version.save(update_fields=["lines"])


def give_form(apps, schema_editor):
    for model, fields in TEXTS.items():
        for row in apps.get_model("engagement", model).objects.iterator():
            for field in fields:
                setattr(row, field, rich(getattr(row, field)))
            row.save(update_fields=fields)


class Migration(migrations.Migration):

    dependencies = [
        ("engagement", "0004_whole_accompaniment"),
    ]

    operations = [
        migrations.RunPython(give_rows, migrations.RunPython.noop),
        migrations.RunPython(name_lines, migrations.RunPython.noop),
        migrations.RunPython(give_form, migrations.RunPython.noop),
    ]
