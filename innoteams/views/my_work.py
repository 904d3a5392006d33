from innoteams.views.soon import soon as my_work

__all__ = ["my_work"]
