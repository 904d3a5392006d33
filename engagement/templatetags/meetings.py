"""What pages of other rooms show of introductions."""

from django import template

from engagement.introductions.on_projects import Meeting, meeting_on
from projects.models import Project

register = template.Library()


@register.simple_tag
def suggested_meeting_on(project: Project, reader: object) -> Meeting | None:
    return meeting_on(project, reader)
