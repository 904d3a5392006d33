"""What waits for a person, across all roles: one list, the oldest promise first, in one query.

My work shows it, and a digest of actions can be made from the same. A source is a module here: what its rows are, for
whom, and how a row is told.
"""

from engagement.waiting.items import Waiting, Way
from engagement.waiting.sources import waiting_for

__all__ = ["Waiting", "Way", "waiting_for"]
