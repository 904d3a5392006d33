"""The network stream: what is new and fits the reader, and one city to meet.

What there is to tell (pool), what each reader gets of it and why (selection, reasons), and how it reads (rendering).
"""

from engagement.digests.network.composing import compose

__all__ = ["compose"]
