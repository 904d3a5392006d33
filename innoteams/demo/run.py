"""`python -m innoteams.demo.run`: the whole portal on this machine, from nothing to a page; Ctrl-C ends it.

`python -m innoteams.demo.run --reset` removes the demo's data instead.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from innoteams import embedded
from innoteams.demo import ground
from innoteams.demo.mailcatcher import MailCatcher
from innoteams.demo.supervisor import Program, Supervisor
from innoteams.embedded.keeper import end_with_parent

_REPOSITORY = Path(__file__).resolve().parent.parent.parent
_WEB_TIMEOUT = 60.0
_UP_WITHOUT_ALL_ITS_PARTS = 503
# What a demo keeps in its home; a reset removes these and nothing else.
_KEPT = (
    "demo-loaded",
    "demo.env",
    "files",
    "logs",
    "mailbox",
    "postgres",
    "run",
    "secret-key",
    "static",
    "static-collected",
)
_ACCOUNTS = (
    ("lead@mulhouse.demo.example", "leads a team (also: tel-aviv-yafo, paris, dunkirk, boston …)"),
    ("member@tel-aviv-yafo.demo.example", "belongs to a team"),
    ("coach@demo.example", "coaches teams"),
    ("coordinator@bloomberg.demo.example", "coordinates a programme (also: 27eregion)"),
    ("admin@demo.example", "administers the platform"),
)


def main(arguments: list[str]) -> int:
    try:
        return reset() if arguments == ["--reset"] else run()
    except embedded.EmbeddedServerError as error:
        _say(str(error))
        return 1
    except _Stopped:
        return 0


def run() -> int:
    """Start everything, keep it running, and stop it all on Ctrl-C or SIGTERM. Returns the exit code."""
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    port = ground.chosen_port(os.environ)
    address = f"http://localhost:{port}"
    home = ground.make_home()
    # Held as long as this process lives.
    ground.claim(home, address)
    if ended := ground.end_leftovers(home):
        _say(f"An earlier run was killed; {ended} of its processes were still there and have been ended.")
    ground.require_free_port(port)
    catcher = MailCatcher(home / "mailbox")
    environment = _environment(home, port, address, catcher.port)
    supervisor = Supervisor(home / "logs", environment, _say)
    try:
        return _serve(supervisor, catcher, environment, home, port, address, started)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
        catcher.stop()
        (home / "demo.env").unlink(missing_ok=True)
        _let_servers_go()


def reset() -> int:
    """Remove the demo's data. Refuses while anything uses them, and where they are not a demo's."""
    home = embedded.home()
    if not any((home / name).exists() for name in _KEPT):
        _say(f"There is no demo in {home}; nothing was changed.")
        return 0
    home = ground.make_home()
    ground.claim(home, "a reset of it")
    if embedded.in_use():
        raise embedded.EmbeddedServerError(
            f"Another program still uses the database in {home}: end it first; nothing was changed."
        )
    if (home / "postgres").exists() and not (home / "demo-loaded").exists():
        raise embedded.EmbeddedServerError(
            f"The database in {home} is not one the demo made; nothing was changed. "
            "Remove that folder yourself if you mean it."
        )
    embedded.wait_until_stopped()
    for name in _KEPT:
        path = home / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    _say(f"The demo in {home} is gone: `make demo` begins anew.")
    return 0


def _serve(
    supervisor: Supervisor,
    catcher: MailCatcher,
    environment: dict[str, str],
    home: Path,
    port: int,
    address: str,
    started: float,
) -> int:
    _say(f"Starting PostgreSQL and Valkey in {home} …")
    embedded.ensure_postgres()
    embedded.ensure_valkey()
    catcher.start()
    prepared = subprocess.run(
        [sys.executable, "-m", "innoteams.demo.prepare"],
        env=environment,
        cwd=_REPOSITORY,
        check=False,
        # Ctrl-C is for this process, which then ends the other.
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    if prepared.returncode:
        return 1
    _remember(home, environment)
    for program in _programs(home, port):
        supervisor.start(program)
    _say("Starting the web server, the worker and the clock …")
    if not _wait_for_web(supervisor, port):
        return 1
    _greet(address, home, time.monotonic() - started)
    while True:
        if problem := supervisor.watch():
            _say(f"{problem} Stopping everything.")
            return 1
        time.sleep(0.2)


def _programs(home: Path, port: int) -> list[Program]:
    python = [sys.executable, "-X", "utf8"]
    # Celery's warning about root is for messages that could carry code; ours are JSON.
    celery = [*python, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "--app", "innoteams"]
    granian = [*python, "-m", "granian", "--interface", "wsgi", "--host", ground.HOST, "--port", str(port)]
    granian += ["--workers", "2", "--blocking-threads", "1", "--no-ws", "--log-level", "warning"]
    return [
        Program("web", [*granian, "innoteams.wsgi:application"]),
        Program("worker", [*celery, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"]),
        Program("beat", [*celery, "beat", "--schedule", str(home / "run" / "beat"), "--pidfile", ""]),
    ]


def _environment(home: Path, port: int, address: str, mail_port: int) -> dict[str, str]:
    """What the programs see: this demo's own settings, whatever is set around it."""
    inherited = dict(os.environ)
    for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG", "BEHIND_PROXY", "HSTS_SECONDS", "STATIC_ROOT"):
        if inherited.pop(name, ""):
            _say(f"{name} is set and is not used: the demo brings its own.")
    return inherited | {
        ground.MARK: str(home),
        "COOKIE_SUFFIX": f"_{port}",
        "DJANGO_SETTINGS_MODULE": "innoteams.settings",
        "EMAIL_URL": f"smtp://{ground.HOST}:{mail_port}",
        "INNOTEAMS_DEMO": "1",
        "INNOTEAMS_HOME": str(home),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_REPOSITORY), inherited.get("PYTHONPATH", "")])),
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": ground.secret_key(home),
        "SITE_URL": address,
    }


def _remember(home: Path, environment: dict[str, str]) -> None:
    """While the demo runs, `manage.py` on the same home takes part in it (innoteams/settings.py reads this)."""
    names = ("COOKIE_SUFFIX", "EMAIL_URL", "INNOTEAMS_DEMO", "SECRET_KEY", "SITE_URL")
    file = home / "demo.env"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={environment[name]}\n" for name in names))


def _wait_for_web(supervisor: Supervisor, port: int) -> bool:
    deadline = time.monotonic() + _WEB_TIMEOUT
    while time.monotonic() < deadline:
        if problem := supervisor.watch():
            _say(f"{problem} Stopping everything.")
            return False
        try:
            with urllib.request.urlopen(f"http://{ground.HOST}:{port}/healthz", timeout=10):
                return True
        except urllib.error.HTTPError as answer:
            if answer.code == _UP_WITHOUT_ALL_ITS_PARTS:
                return True
            time.sleep(0.5)
        except OSError:
            time.sleep(0.1)
    _say(f"The web server did not answer within {_WEB_TIMEOUT:.0f} seconds. Stopping everything.")
    return False


def _greet(address: str, home: Path, seconds: float) -> None:
    width = max(len(email) for email, _ in _ACCOUNTS)
    accounts = "\n".join(f"    {email:<{width}}  {role}" for email, role in _ACCOUNTS)
    _say(
        f"\ninnoteams is ready at {address} (after {seconds:.1f} s)\n\n"
        f"  Sign in with the password innoteams-demo:\n{accounts}\n\n"
        f"  Mail it sends is at {address}/mailbox/. Data and logs are in {home}.\n"
        "  Ctrl-C stops everything and keeps the data.\n"
    )


def _let_servers_go() -> None:
    embedded.leave()
    if embedded.in_use():
        _say("Stopped. The database stays up: another program still uses it.")
    elif embedded.wait_until_stopped():
        _say("Stopped.")


class _Stopped(BaseException):
    """Ctrl-C or SIGTERM; not an Exception, so that nothing on the way takes it for an error."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
