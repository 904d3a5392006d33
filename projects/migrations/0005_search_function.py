"""Finding projects by a word, through the index whatever the planner thinks of it.

The vectors lie out of line. The planner does not know what reading them costs, takes a frequent word for a reason to
read the whole table, and needs ten times as long (docs/performance.md). Inside the function it may not.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION innoteams_projects_found(sought tsquery) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE ROWS 500 SET enable_seqscan = off AS $$
  SELECT id FROM projects_project WHERE words @@ sought
  UNION ALL
  SELECT ranked.project_id
    FROM projects_projecttopic ranked JOIN cities_topic topic ON topic.id = ranked.topic_id
    WHERE to_tsvector('innoteams', topic.names) @@ sought
       OR to_tsvector('innoteams', array_to_string(topic.keywords, ' ')) @@ sought
  UNION ALL
  SELECT project.id
    FROM projects_project project
    JOIN cities_team team ON team.id = project.team_id
    JOIN cities_city city ON city.id = team.city_id
    WHERE to_tsvector('innoteams', city.names) @@ sought
$$
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_texts_with_form"), ("cities", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION innoteams_projects_found(tsquery)")]
