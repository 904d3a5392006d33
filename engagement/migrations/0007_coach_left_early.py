from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagement", "0006_coaches_are_rows")]

    operations = [
        migrations.AddField(
            model_name="engagementcoach",
            name="left_early",
            field=models.BooleanField(default=False),
        ),
    ]
