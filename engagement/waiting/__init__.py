"""What waits for a person, across all roles: one list, the oldest promise first, in one query.

My work shows it, and digests of actions are made from the same, for many people at once (`rows_of`). A source is a
module here: what its rows are, for whom, and how a row is told.
"""

from engagement.waiting.items import Found, Waiting, Way
from engagement.waiting.sources import in_order, rows_of, waiting_for

__all__ = ["Found", "Waiting", "Way", "in_order", "rows_of", "waiting_for"]
