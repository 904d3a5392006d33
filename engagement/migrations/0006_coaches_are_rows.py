from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("engagement", "0005_coaches_have_rows"),
    ]

    operations = [
        migrations.RemoveField(model_name="coachingengagement", name="coach"),
        migrations.RemoveField(model_name="coachingengagement", name="membership"),
    ]
