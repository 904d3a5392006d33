"""Extensions and the text search configuration `innoteams`: words without accents, in no particular language."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(
            """
            CREATE TEXT SEARCH CONFIGURATION innoteams (COPY = simple);
            ALTER TEXT SEARCH CONFIGURATION innoteams
              ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
            """,
            "DROP TEXT SEARCH CONFIGURATION innoteams;",
        ),
    ]
