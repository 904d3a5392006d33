from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cities", "0002_people_history")]

    operations = [
        migrations.AlterField(
            model_name="city",
            name="kind",
            field=models.CharField(
                choices=[
                    ("city", "city"),
                    ("region", "region"),
                    ("metropolitan_authority", "metropolitan authority"),
                    ("intermunicipal_cluster", "intermunicipal cluster"),
                    ("country", "country"),
                ],
                default="city",
                max_length=30,
                verbose_name="kind",
            ),
        ),
    ]
