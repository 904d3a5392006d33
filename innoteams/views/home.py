from innoteams.views.soon import soon as home

__all__ = ["home"]
