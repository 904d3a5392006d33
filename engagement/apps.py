from django.apps import AppConfig

# Of a person's standing: mail does not reach them.
UNREACHABLE = "unreachable"


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        """What is done in projects keeps promises made in coaching; what mail providers report is heard. Models can
        be imported only now."""
        from anymail.signals import tracking  # type: ignore[import-untyped]  # has no types

        from cities.standing import asked_beside
        from engagement.coaching.keeping import keep_promises
        from engagement.mail_reports import receive
        from engagement.reach import is_suppressed
        from projects.history import after_record

        if keep_promises not in after_record:
            after_record.append(keep_promises)
        tracking.connect(receive, dispatch_uid="engagement.mail_reports")
        asked_beside[UNREACHABLE] = is_suppressed
