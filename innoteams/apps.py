from django.apps import AppConfig


class InnoteamsConfig(AppConfig):
    name = "innoteams"
    verbose_name = "innoteams"
