"""The Celery application: tasks are doors to plain functions, the database is the queue, the broker a doorbell."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init

from innoteams.lib.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innoteams.settings")

app = Celery("innoteams")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _settle_worker(**_about: object) -> None:
    settle()


app.conf.beat_schedule = {
    "heartbeat": {"task": "innoteams.tasks.heartbeat", "schedule": 30.0, "options": {"expires": 30}},
    "digest-tick": {"task": "engagement.tasks.digest_tick", "schedule": crontab(minute="*/5")},
    "digest-doorbell": {"task": "engagement.tasks.digest_doorbell", "schedule": crontab()},
    "digest-prune": {"task": "engagement.tasks.digest_prune", "schedule": crontab(hour=3, minute=41)},
    "check-in-tick": {"task": "engagement.tasks.check_in_tick", "schedule": crontab(minute=7)},
    "project-letters-tick": {"task": "engagement.tasks.project_letters_tick", "schedule": crontab(minute="*/2")},
    "reminder-tick": {"task": "engagement.tasks.reminder_tick", "schedule": crontab(minute="3-59/10")},
    "introduction-tick": {"task": "engagement.tasks.introduction_tick", "schedule": crontab(minute=23)},
    "suggestion-tick": {"task": "engagement.tasks.suggestion_tick", "schedule": crontab(hour="3,15", minute=41)},
    "letters": {"task": "engagement.tasks.post_letters", "schedule": crontab(minute="*/5")},
}
