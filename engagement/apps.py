from django.apps import AppConfig

# Of a person's standing: mail does not reach them.
UNREACHABLE = "unreachable"


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        """What is done in projects keeps promises made in coaching, and is remembered where two teams met; what mail
        providers report is heard; a project's page tells whom the matcher would introduce. Models can be imported only
        now."""
        from anymail.signals import tracking  # type: ignore[import-untyped]  # has no types

        from cities.standing import asked_beside
        from engagement.coaching.keeping import keep_promises
        from engagement.introductions.adapting import remember_adaptation
        from engagement.introductions.on_projects import SUGGESTED, suggested_on
        from engagement.mail_reports import receive
        from engagement.reach import is_suppressed
        from projects.history import after_record
        from projects.querysets import told_on_page

        for listener in (keep_promises, remember_adaptation):
            if listener not in after_record:
                after_record.append(listener)
        tracking.connect(receive, dispatch_uid="engagement.mail_reports")
        asked_beside[UNREACHABLE] = is_suppressed
        told_on_page[SUGGESTED] = suggested_on
