"""A worker process that opens check-ins and stands still in the middle of it, so that a test can kill it there."""

import sys
import time
from pathlib import Path


def stand_still(marker: str) -> None:
    import django

    django.setup()
    from engagement import letters
    from engagement.checkins import opening
    from tests.engagement.accompany_scenes import NOW

    def reached(*_args: object, **_kwargs: object) -> None:
        # The period, its check-ins and their lines are written, and nothing is committed.
        Path(marker).touch()
        time.sleep(300)

    letters.write = reached
    opening.open_due_periods(NOW)


if __name__ == "__main__":
    stand_still(sys.argv[1])
