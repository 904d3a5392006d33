"""The actions stream: what waits for a person, daily only when there is something new."""

from engagement.digests.actions.composing import compose, still_waits

__all__ = ["compose", "still_waits"]
