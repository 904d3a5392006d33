from innoteams.views.soon import soon as search

__all__ = ["search"]
