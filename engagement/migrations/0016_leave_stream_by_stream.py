import django.contrib.postgres.fields
from django.db import migrations, models

import engagement.models.digest_wishes


class Migration(migrations.Migration):
    """Leave that was given so far was for the network stream alone, and stays so."""

    dependencies = [("engagement", "0015_letters_of_promises_are_gone")]

    operations = [
        migrations.AddField(
            model_name="previewleave",
            name="streams",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("network", "Network digest"),
                        ("actions", "What waits for me"),
                        ("coordination", "Coordination digest"),
                    ],
                    max_length=14,
                ),
                default=engagement.models.digest_wishes.network_alone,
                size=None,
            ),
        ),
    ]
