"""Runs a handful of programs until told to stop: their output goes to log files, one that dies is started again."""

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from innoteams.embedded.keeper import end_with_parent

# A program that ends this often within this time is broken, not unlucky.
_MOST_ENDS, _WITHIN = 3, 60.0
_PATIENCE = 12.0
_LONGEST_LOG = 5_000_000
_WORTH_SHOWING = ("WARNING", "ERROR", "CRITICAL")


@dataclass
class Program:
    """A program to keep running; `name` is its log's name and its prefix on the terminal."""

    name: str
    argv: Sequence[str]
    process: "subprocess.Popen[str] | None" = None
    ends: "deque[float]" = field(default_factory=lambda: deque(maxlen=_MOST_ENDS))


class Supervisor:
    """Use from the main thread: the programs are bound to the life of the thread that starts them."""

    def __init__(self, logs: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._logs, self._environment, self._say = logs, dict(environment), say
        self._programs: list[Program] = []

    def start(self, program: Program) -> None:
        self._programs.append(program)
        self._run(program)

    def watch(self) -> str | None:
        """One look at all: starts again what has ended. Returns why it gives up, or None."""
        for program in self._programs:
            process = program.process
            if process is None or process.poll() is None:
                continue
            # What it may have left behind would hold its port or its queue.
            _signal_group(process.pid, signal.SIGKILL)
            log = self._logs / f"{program.name}.log"
            ended = f"{program.name} ended unexpectedly ({_how(process.returncode)})"
            program.ends.append(time.monotonic())
            if len(program.ends) == _MOST_ENDS and program.ends[-1] - program.ends[0] < _WITHIN:
                return f"{ended} {_MOST_ENDS} times within a minute; {log} tells why."
            self._say(f"{ended}; starting it again, {log} tells why.")
            self._run(program)
        return None

    def stop(self) -> None:
        """End everything that was started, giving work in progress a moment."""
        alive = [program.process for program in self._programs if program.process]
        for process in alive:
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + _PATIENCE
        for process in alive:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()

    def _run(self, program: Program) -> None:
        log = self._logs / f"{program.name}.log"
        if log.exists() and log.stat().st_size > _LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        program.process = subprocess.Popen(
            program.argv,
            # What a program says must arrive as it says it, its last words in order with the others.
            env={**self._environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C reaches this process alone, which then ends the others in order.
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGTERM),
        )
        threading.Thread(target=self._copy, args=(program.name, program.process, log), daemon=True).start()

    def _copy(self, name: str, process: "subprocess.Popen[str]", log: Path) -> None:
        if process.stdout is None:
            return
        in_traceback = False
        with process.stdout as lines, log.open("a", encoding="utf-8") as file:
            for line in lines:
                # A full disk must not stop the reading, or the program would wait for it.
                with suppress(OSError):
                    file.write(line)
                    file.flush()
                if in_traceback:
                    # Of a traceback, the last line is worth showing: the first that is not indented.
                    in_traceback = line[:1].isspace()
                    show = not in_traceback
                else:
                    in_traceback = line.startswith("Traceback ")
                    show = any(word in line for word in _WORTH_SHOWING)
                if show:
                    self._say(f"{name}: {line.rstrip()}")


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _signal_group(leader: int, number: signal.Signals) -> None:
    """Each program leads a session of its own, so its group is its own too."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
