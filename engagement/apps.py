from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        """What is done in projects keeps promises made in coaching, and is remembered where two teams met; models can
        be imported only now."""
        from engagement.coaching.keeping import keep_promises
        from engagement.introductions.adapting import remember_adaptation
        from projects.history import after_record

        for listener in (keep_promises, remember_adaptation):
            if listener not in after_record:
                after_record.append(listener)
