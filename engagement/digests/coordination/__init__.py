"""The coordination stream: what moved in the cities that one accompanies, what is late, who is never reached."""

from engagement.digests.coordination.composing import compose

__all__ = ["compose"]
