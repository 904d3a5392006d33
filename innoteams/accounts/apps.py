from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "innoteams.accounts"
    label = "accounts"
