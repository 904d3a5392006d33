"""The names of the parts of a check-in, as versions and comments keep them: "hard", "help_wanted", "activity-12",
"commitment-3", "project-5"."""

HARD, HELP_WANTED = "hard", "help_wanted"
TEXTS = (HARD, HELP_WANTED)
ACTIVITY, COMMITMENT, PROJECT = "activity", "commitment", "project"


def part_of(kind: str, pk: int) -> str:
    return f"{kind}-{pk}"


def key_in(part: str, kind: str) -> int | None:
    """The key that the part names, where it is of that kind."""
    named, _dash, key = part.partition("-")
    return int(key) if named == kind and key.isdecimal() and key.isascii() and len(key) < 19 else None


def keys_in(parts: "list[str] | set[str]", kind: str) -> set[int]:
    return {key for part in parts if (key := key_in(part, kind)) is not None}
