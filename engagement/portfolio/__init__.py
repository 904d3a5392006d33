"""What a coordinator sees of every team at once: check-ins by period, projects, evidence, voices, who is quiet.

Everything is computed from what was logged, in a number of queries that does not grow with teams or projects, and only
from what the reader sees. Every figure leads to a list of exactly the rows that it counts: the list is the same
portfolio, narrowed once more (`narrowing`), so the two cannot disagree.
"""

from engagement.portfolio.narrowing import Narrowing
from engagement.portfolio.reading import portfolio_of
from engagement.portfolio.rows import ANSWER_LATE, LATE, NONE, Board, Cell, Portfolio, ProjectRow, TeamRow

__all__ = [
    "ANSWER_LATE",
    "LATE",
    "NONE",
    "Board",
    "Cell",
    "Narrowing",
    "Portfolio",
    "ProjectRow",
    "TeamRow",
    "portfolio_of",
]
