"""Texts that were typed plain become paragraphs, as new ones do (innoteams.lib.rich_text)."""

from django.db import migrations

from innoteams.lib.rich_text import rich

FIELDS = {
    "Project": ("approach", "lesson"),
    "Pilot": ("hypothesis", "observations", "lessons"),
    "JournalEntry": ("text",),
    "Consultation": ("said", "changed"),
}
BATCH = 500


def give_form(apps, schema_editor):
    for model, fields in FIELDS.items():
        rows = apps.get_model("projects", model).objects.only("pk", *fields)
        batch = []
        for row in rows.iterator(chunk_size=BATCH):
            for field in fields:
                setattr(row, field, rich(getattr(row, field)))
            batch.append(row)
            if len(batch) == BATCH:
                rows.model.objects.bulk_update(batch, fields)
                batch = []
        rows.model.objects.bulk_update(batch, fields)


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_whole_project")]

    operations = [migrations.RunPython(give_form, migrations.RunPython.noop)]
