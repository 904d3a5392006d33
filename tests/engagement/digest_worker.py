"""Processes that the digest tests start, watch and kill.

`deliver IDS…` delivers the given digests as a worker does; `celery` runs the real worker and a beat.
"""

import sys


def deliver(pks: list[int]) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from engagement.digests.delivery import deliver as deliver_all

    deliver_all(pks, timezone.now)


def celery() -> None:
    from innoteams.celery import app

    app.conf.beat_schedule = {"digest-tick": {"task": "engagement.tasks.digest_tick", "schedule": 1.0}}
    app.conf.beat_schedule_filename = sys.argv[2]
    app.worker_main(["worker", "--beat", "--pool=solo", "--concurrency=1", "--without-gossip", "--without-mingle"])


if __name__ == "__main__":
    if sys.argv[1] == "celery":
        celery()
    else:
        deliver([int(pk) for pk in sys.argv[2:]])
