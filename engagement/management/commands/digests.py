"""Digests from the shell: the tick by hand, a dry run, the ledger, holding, releasing and sending again."""

import datetime as dt
import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from tqdm import tqdm

from engagement.choices import DigestState, Stream
from engagement.digests import audit, forecast, operating, overdue, runs, tick
from engagement.digests.building import build
from engagement.digests.delivery import clock_from, deliver_one_by_one
from engagement.digests.limits import Pace
from engagement.digests.shown import exposure_in
from engagement.digests.unsubscribe import act_on_mail
from engagement.models import Digest, DigestItem
from innoteams.lib.verdicts import Refused

_RUNS_TOLD = 30

_HELP = """Plans, builds and sends the digests that are due, in this process; or, with one of these, does that instead:

  --dry-run         says what would be sent and which cities it would show; nothing is kept or sent
  --runs            the last runs, by state, and what waits
  --ledger          every row, as a table or with --json as one JSON array, for audits
  --show ID         one digest as sent, with scores, reasons and trail
  --hold STREAM     nothing of the stream goes out until it is released; say --why
  --release STREAM  what waited goes out with the next tick
  --resend ID       an unknown or failed one goes out again with the next tick
  --stop-mail       reads one mail from standard input and stops the digest that its subject names

Streams: network, actions, coordination.
"""

# What does something else than running the tick; each takes only the options named beside it.
_MODES = {
    "dry_run": {"now", "stream"},
    "runs": {"stream", "state"},
    "ledger": {"stream", "since", "state", "json", "no_addresses"},
    "show": set(),
    "hold": {"why"},
    "release": set(),
    "resend": {"why"},
    "stop_mail": set(),
}
_TICK = {"now", "stream"}
_OPTIONS = ("now", "stream", "since", "state", "json", "no_addresses", "why")


class Command(BaseCommand):
    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """With the lines of the help as they stand above."""
        return super().create_parser(prog_name, subcommand, formatter_class=_Formatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        instead = parser.add_argument_group("instead of running the tick")
        instead.add_argument("--dry-run", action="store_true", help="say what would be sent; keep and send nothing")
        instead.add_argument("--runs", action="store_true", help="tell the last runs and what waits")
        instead.add_argument("--ledger", action="store_true", help="tell every row")
        instead.add_argument("--show", type=int, metavar="ID", help="tell one digest as it was sent")
        instead.add_argument("--hold", choices=Stream.values, metavar="STREAM", help="hold a stream back")
        instead.add_argument("--release", choices=Stream.values, metavar="STREAM", help="release a stream")
        instead.add_argument("--resend", type=int, metavar="ID", help="send an unknown or failed one again")
        instead.add_argument("--stop-mail", action="store_true", help="act on a mail from standard input")
        parser.add_argument(
            "--now",
            metavar="ISO-TIME",
            help="as of this time, such as 2026-11-24T08:05:00+01:00; without an offset it is taken as UTC",
        )
        parser.add_argument("--stream", choices=Stream.values, metavar="STREAM", help="of this stream alone")
        parser.add_argument("--since", metavar="ISO-TIME", help="with --ledger: rows that were due since then")
        parser.add_argument(
            "--state", choices=DigestState.values, metavar="STATE", help="with --ledger or --runs: in this state"
        )
        parser.add_argument("--json", action="store_true", help="with --ledger: one JSON array")
        parser.add_argument("--no-addresses", action="store_true", help="with --ledger: without e-mail addresses")
        parser.add_argument("--why", metavar="TEXT", help="with --hold or --resend: kept beside it")

    def handle(self, *_arguments: str, **options: Any) -> None:
        mode = _mode_of(options)
        self.quiet = int(options.get("verbosity") or 0) == 0
        acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "dry_run": self._dry_run,
            "runs": self._runs,
            "ledger": self._ledger,
            "show": self._show,
            "hold": self._hold,
            "release": self._release,
            "resend": self._resend,
            "stop_mail": self._stop,
        }
        try:
            acts.get(mode, self._tick)(options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None

    # --- The tick ------------------------------------------------------------------------------------------------

    def _tick(self, options: dict[str, Any]) -> None:
        moment, before = _now(options), _states()
        waiting = tick.prepare(moment, _streams(options))
        built = self._build(waiting.planned, moment)
        self._send(waiting.built + built, moment)
        after = _states()
        self.stdout.write(f"Digests as of {_utc(moment)}")
        for name in sorted(after.keys() | before.keys()):
            if difference := after[name] - before[name]:
                self.stdout.write(f"  {name}: {difference:+}")
        if after == before:
            self.stdout.write("  nothing was due")
        self._tell_holds()

    def _build(self, pks: list[int], moment: dt.datetime) -> list[int]:
        built = []
        with self._bar("building", "digest", len(pks)) as bar:
            for batch in tick.batches(pks):
                built += build(batch, moment)
                bar.update(len(batch))
        return built

    def _send(self, pks: list[int], moment: dt.datetime) -> None:
        clock = clock_from(moment)
        with self._bar("sending", "mail", len(pks)) as bar:
            for _state in deliver_one_by_one(pks, clock, patience=float("inf")):
                bar.update()

    def _bar(self, what: str, unit: str, total: int) -> "tqdm[Any]":
        return tqdm(total=total, desc=what, unit=unit, disable=self.quiet or not total)

    def _tell_holds(self) -> None:
        for hold in operating.open_holds():
            by = hold.by or "the command line"
            self.stdout.write(
                f"Held back: {hold.stream}, since {_utc(hold.at)} by {by}: {hold.why or 'no reason given'}"
            )

    # --- A dry run -----------------------------------------------------------------------------------------------

    def _dry_run(self, options: dict[str, Any]) -> None:
        moment = _now(options)
        with tqdm(desc="choosing", unit="person", disable=self.quiet, total=0) as bar:

            def told(done: int, most: int) -> None:
                bar.total = most
                bar.update(done - bar.n)

            found = forecast.forecast(moment, _streams(options), told)
        self.stdout.write(f"Dry run as of {_utc(moment)}; nothing was kept or sent.")
        for one in found:
            self._tell_forecast(one)
        self._tell_pace(forecast.pace(found))

    def _tell_forecast(self, found: forecast.StreamForecast) -> None:
        self.stdout.write(f"{found.stream}:")
        for (end, why), number in sorted(found.ends.items()):
            if number:
                self.stdout.write(f"  {_END_WORDS[end]}{f' ({why})' if why else ''}: {number}")
        if not found.ends.total():
            self.stdout.write("  nothing is due")
        if found.languages:
            self.stdout.write(f"  by language: {_figures(found.languages)}")
        if found.people_of_city:
            exposure = exposure_in(found.people_of_city)
            self.stdout.write("  people who would be shown each city:")
            for shown in exposure.shown:
                self.stdout.write(f"    {shown.people:6}  {shown.city.slug}")
            nobody = ", ".join(city.slug for city in exposure.nobody)
            self.stdout.write(f"  shown to nobody ({len(exposure.nobody)}): {nobody or '–'}")

    def _tell_pace(self, pace: Pace | None) -> None:
        if pace is None:
            self.stdout.write("No pace is set: it takes as long as the mail server needs.")
            return
        limits = [f"{pace.per_minute} in a minute"] if pace.per_minute else []
        limits += [f"{pace.to_a_domain} to a domain"] if pace.to_a_domain else []
        slowest = f"; the others wait for {pace.slowest}" if pace.slowest else ""
        self.stdout.write(f"At the set pace ({', '.join(limits)}) it takes about {pace.minutes} min{slowest}.")

    # --- Reading -------------------------------------------------------------------------------------------------

    def _runs(self, options: dict[str, Any]) -> None:
        rows, now = Digest.objects.all(), timezone.now()
        for one in overdue.waiting_of(rows, operating.open_holds(), now):
            since = f", the oldest since {_utc(one.since)}" if one.since else ""
            self.stdout.write(f"{one.stream}: {one.number} due and not settled{since}; {one.held} held one by one")
        self._tell_holds()
        groups = runs.runs_of(rows, stream=options.get("stream") or "", state=options.get("state") or "")
        for run in runs.told(groups[:_RUNS_TOLD], rows):
            skipped = {why: number for (state, why), number in run.reasons.items() if state == DigestState.SKIPPED}
            reasons = f"; skipped: {_figures(skipped)}" if skipped else ""
            states = _figures({state.value: number for state, _word, number in run.parts})
            self.stdout.write(
                f"{run.stream} {run.period_key}: {states}{reasons}; languages: {_figures(dict(run.by_language))}"
            )

    def _ledger(self, options: dict[str, Any]) -> None:
        since = _moment("--since", options["since"]) if options.get("since") else None
        rows = audit.ledger_rows(stream=options.get("stream") or "", since=since, state=options.get("state") or "")
        entries = audit.entries(rows, addresses=not options.get("no_addresses"))
        if options.get("json"):
            between = "[\n"
            for entry in entries:
                self.stdout.write(between + json.dumps(entry, ensure_ascii=False, separators=(",", ":")), ending="")
                between = ",\n"
            self.stdout.write("\n]" if between == ",\n" else "[]")
            return
        self.stdout.write(
            _LINE.format("id", "person", "stream", "period", "state", "due (UTC)", "tries", "items", "to")
        )
        for entry in entries:
            state = f"{entry['state']} ({entry['reason']})" if entry["reason"] else entry["state"]
            to = entry.get("address") or ""
            values = [entry["id"], entry["person"], entry["stream"], entry["period"], state, entry["due_at"][:16]]
            self.stdout.write(_LINE.format(*values, entry["attempts"], len(entry["items"]), to).rstrip())

    def _show(self, options: dict[str, Any]) -> None:
        digest = _digest(options["show"])
        tell = self.stdout.write
        tell(f"{digest.stream} {digest.period_key} for {digest.person} <{digest.person.email}>")
        tell(f"State: {digest.state}{f' ({digest.reason})' if digest.reason else ''}, attempts: {digest.attempts}")
        tell(f"Due: {_utc(digest.due_at)}; news from {_utc(digest.window_start)} to {_utc(digest.window_end)}")
        if digest.error:
            tell(f"Error: {digest.error}")
        if digest.html_body:
            tell(f"Message-ID: {digest.message_id}")
            tell(f"Size: {len(digest.html_body.encode()) + len(digest.text_body.encode())} bytes")
            tell(f"Subject: {digest.subject}\n\n{digest.text_body}\n")
        for item in digest.items.order_by("rank"):
            tell(_item_line(item))
        tell("Trail:")
        for step in digest.trail:
            words = " ".join(filter(None, (step.get("why"), step.get("words"))))
            tell(
                f"  {step.get('at')}  {step.get('by')}: {step.get('from') or '·'} → {step.get('to')}  {words}".rstrip()
            )

    # --- Acts ----------------------------------------------------------------------------------------------------

    def _hold(self, options: dict[str, Any]) -> None:
        if not (options.get("why") or "").strip():
            raise CommandError("Say why, for whoever looks after it later: --hold STREAM --why TEXT.")
        hold = operating.hold_stream(by=None, stream=options["hold"], why=options["why"])
        self.stdout.write(f"Held back: {hold.stream}. Nothing of it goes out until --release {hold.stream}.")

    def _release(self, options: dict[str, Any]) -> None:
        hold = operating.release_stream(by=None, stream=options["release"])
        self.stdout.write(f"Released: {hold.stream}. What waited goes out with the next tick.")

    def _resend(self, options: dict[str, Any]) -> None:
        digest = _digest(options["resend"])
        was = digest.state
        digest = operating.resend(by=None, digest=digest, why=options.get("why") or "")
        twice = " The person may get it twice." if was == DigestState.UNKNOWN else ""
        self.stdout.write(f"{was} → {digest.state}; it goes out with the next tick.{twice}")

    def _stop(self, _options: dict[str, Any]) -> None:
        stopped = act_on_mail(sys.stdin.buffer.read())
        self.stdout.write("Stopped." if stopped else "Its subject names no digest; nothing was changed.")


class _Formatter(RawDescriptionHelpFormatter):
    pass


_LINE = "{:>8}  {:>7}  {:12}  {:13}  {:26}  {:16}  {:>5}  {:>5}  {}"
_HEADS = ("id", "person", "stream", "period", "state", "due (UTC)", "tries", "items", "to")
_END_WORDS = {
    forecast.SENT: "would be sent",
    forecast.HELD: "would be held back",
    forecast.LATER: "would come the next day",
    forecast.EMPTY: "nothing to say",
    forecast.SKIPPED: "would be skipped",
    forecast.FAILED: "would fail",
}


def _mode_of(options: dict[str, Any]) -> str:
    """The one thing to do; "" for the tick. Raises CommandError for two at once and for options that go elsewhere."""
    modes = [mode for mode in _MODES if options.get(mode) not in (None, False)]
    if len(modes) > 1:
        raise CommandError(f"Only one at a time: {' or '.join(map(_flag, modes))}.")
    mode = modes[0] if modes else ""
    allowed = _MODES[mode] if mode else _TICK
    for name in _OPTIONS:
        if options.get(name) not in (None, False, "") and name not in allowed:
            goes_with = [_flag(one) for one, names in _MODES.items() if name in names]
            goes_with += ["the tick itself"] if name in _TICK else []
            raise CommandError(f"{_flag(name)} goes with {' or '.join(goes_with)}.")
    return mode


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _streams(options: dict[str, Any]) -> Collection[str]:
    return [options["stream"]] if options.get("stream") else tick.ALL_STREAMS


def _now(options: dict[str, Any]) -> dt.datetime:
    return _moment("--now", options["now"]) if options.get("now") else timezone.now()


def _moment(flag: str, text: str) -> dt.datetime:
    """A time without an offset is UTC: a server's own time zone must not decide whose morning it is."""
    try:
        moment = parse_datetime(text) or dt.datetime.combine(dt.date.fromisoformat(text), dt.time())
    except ValueError:
        raise CommandError(
            f"{flag} takes a time such as 2026-11-24T08:05:00+01:00 or 2026-11-24T07:05Z; “{text}” is none."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def _digest(pk: int) -> Digest:
    found: Digest | None = Digest.objects.select_related("person").filter(pk=pk).first()
    if found is None:
        raise CommandError(f"There is no digest {pk}; --ledger tells the ids.")
    return found


def _item_line(item: DigestItem) -> str:
    reasons = ", ".join(f"{reason.get('code')} {reason.get('weight', 0):+.2f}" for reason in item.reasons)
    return f"  {item.rank}. {item.kind}  score {item.score:.2f}  {reasons}{'  pinned' if item.pin_id else ''}"


def _figures(numbers: Any) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(dict(numbers).items()))


def _states() -> Counter[str]:
    """How many rows the ledger holds in each state, skipped ones with their reason."""
    rows = Digest.objects.order_by().values_list("state", "reason").annotate(Count("pk"))
    states: Counter[str] = Counter()
    for state, reason, count in rows:
        states[f"{state} ({reason})" if state == DigestState.SKIPPED and reason else state] += count
    return states
