from django.apps import AppConfig


class InnoteamsConfig(AppConfig):
    name = "innoteams"
    verbose_name = "innoteams"

    def ready(self) -> None:
        # Every process that may send a task has to know where to: web, commands and shells, not the worker alone.
        from innoteams import celery  # noqa: F401 - importing it is what registers it
