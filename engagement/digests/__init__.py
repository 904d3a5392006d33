"""Digests, from the clock to the mail server: when (periods, preferences, planning), what (candidates, sight, likeness,
selection), how it reads (reasons, rendering) and how it travels at most once (ledger, building, delivery, tick)."""
