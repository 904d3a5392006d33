from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "engagement"

    def ready(self) -> None:
        """What is done in projects keeps promises made in coaching; models can be imported only now."""
        from engagement.coaching.keeping import keep_promises
        from projects.history import after_record

        if keep_promises not in after_record:
            after_record.append(keep_promises)
