"""The actions stream: what waits for a person, daily only when there is something new."""

from engagement.digests.actions.composing import compose, settled_meanwhile

__all__ = ["compose", "settled_meanwhile"]
