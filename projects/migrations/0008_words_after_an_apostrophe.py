"""Words after a typographic apostrophe are found: “l’ombre” by “ombre”."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0007_adaptations_are_found'),
    ]

    operations = [
        # The database cannot alter the expression of a generated column: it is made anew, with its index.
        migrations.RemoveIndex(model_name='project', name='project_words'),
        migrations.RemoveField(model_name='project', name='words'),
        migrations.AddField(
            model_name='project',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Replace(models.F('title'), models.Value('’'), models.Value(' '), output_field=models.TextField()), config='innoteams', weight='A'), '||', django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Replace(models.F('problem'), models.Value('’'), models.Value(' '), output_field=models.TextField()), django.db.models.functions.text.Replace(models.F('for_whom'), models.Value('’'), models.Value(' '), output_field=models.TextField()), config='innoteams', weight='B'), django.contrib.postgres.search.SearchConfig('innoteams')), '||', django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Replace(models.F('approach'), models.Value('’'), models.Value(' '), output_field=models.TextField()), django.db.models.functions.text.Replace(models.F('lesson'), models.Value('’'), models.Value(' '), output_field=models.TextField()), django.db.models.functions.text.Replace(models.F('partners'), models.Value('’'), models.Value(' '), output_field=models.TextField()), django.db.models.functions.text.Replace(models.F('neighbourhood'), models.Value('’'), models.Value(' '), output_field=models.TextField()), config='innoteams', weight='C'), django.contrib.postgres.search.SearchConfig('innoteams')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='project',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='project_words'),
        ),
    ]
