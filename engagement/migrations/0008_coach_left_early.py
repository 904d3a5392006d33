from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagement", "0007_check_ins_taken_back")]

    operations = [
        migrations.AddField(
            model_name="engagementcoach",
            name="left_early",
            field=models.BooleanField(default=False),
        ),
    ]
