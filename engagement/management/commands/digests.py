"""Runs the digest tick by hand: plans, builds and sends what is due, and says what came of it."""

import datetime as dt
import sys
from argparse import ArgumentParser
from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from tqdm import tqdm

from engagement.choices import DigestState
from engagement.digests import tick
from engagement.digests.building import build
from engagement.digests.delivery import clock_from, deliver_one_by_one
from engagement.digests.unsubscribe import act_on_mail
from engagement.models import Digest


class Command(BaseCommand):
    help = "Plans, builds and sends the digests that are due, now or as of another time, in this process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now",
            metavar="ISO-TIME",
            help="as of this time, such as 2026-11-24T08:05:00+01:00; without an offset it is taken as UTC",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; nothing is kept or sent")

        parser.add_argument(
            "--stop-mail",
            action="store_true",
            help="instead, read one mail from standard input and stop the digest that its subject names: for the "
            "mail server to pipe what arrives at the sender's address into",
        )

    def handle(
        self, *, now: str | None = None, dry_run: bool = False, stop_mail: bool = False, **options: object
    ) -> None:
        if stop_mail:
            self._stop(sys.stdin.buffer.read())
            return
        moment = _moment(now) if now else timezone.now()
        quiet = int(str(options.get("verbosity", 1))) == 0
        before = _states()
        if dry_run:
            with transaction.atomic():
                waiting = self._plan(moment)
                built = self._build(waiting.planned, moment, quiet=quiet)
                self._tell(moment, before, would_send=len(waiting.built) + len(built))
                transaction.set_rollback(True)
            return
        waiting = self._plan(moment)
        built = self._build(waiting.planned, moment, quiet=quiet)
        self._send(waiting.built + built, moment, quiet=quiet)
        self._tell(moment, before)

    def _stop(self, raw: bytes) -> None:
        stopped = act_on_mail(raw)
        self.stdout.write("Stopped." if stopped else "Its subject names no digest; nothing was changed.")

    def _plan(self, moment: dt.datetime) -> tick.Waiting:
        return tick.prepare(moment)

    def _build(self, pks: list[int], moment: dt.datetime, *, quiet: bool) -> list[int]:
        built = []
        with tqdm(total=len(pks), desc="building", unit="digest", disable=quiet or not pks) as bar:
            for batch in tick.batches(pks):
                built += build(batch, moment)
                bar.update(len(batch))
        return built

    def _send(self, pks: list[int], moment: dt.datetime, *, quiet: bool) -> None:
        clock = clock_from(moment)
        with tqdm(total=len(pks), desc="sending", unit="mail", disable=quiet or not pks) as bar:
            for _state in deliver_one_by_one(pks, clock, patience=float("inf")):
                bar.update()

    def _tell(self, moment: dt.datetime, before: Counter[str], would_send: int | None = None) -> None:
        changed = _states()
        self.stdout.write(f"Digests as of {moment.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC")
        for name in sorted(changed.keys() | before.keys()):
            if difference := changed[name] - before[name]:
                self.stdout.write(f"  {name}: {difference:+}")
        if changed == before:
            self.stdout.write("  nothing was due")
        if would_send is not None:
            self.stdout.write(f"Dry run: {would_send} would have been sent; nothing was kept or sent.")


def _moment(text: str) -> dt.datetime:
    """A time without an offset is UTC: a server's own time zone must not decide whose morning it is."""
    try:
        moment = parse_datetime(text) or dt.datetime.combine(dt.date.fromisoformat(text), dt.time())
    except ValueError:
        raise CommandError(
            f"--now takes a time such as 2026-11-24T08:05:00+01:00 or 2026-11-24T07:05Z; “{text}” is none."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _states() -> Counter[str]:
    """How many rows the ledger holds in each state, skipped ones with their reason."""
    rows = Digest.objects.order_by().values_list("state", "reason").annotate(Count("pk"))
    states: Counter[str] = Counter()
    for state, reason, count in rows:
        states[f"{state} ({reason})" if state == DigestState.SKIPPED and reason else state] += count
    return states
