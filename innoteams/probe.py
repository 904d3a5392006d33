"""`python -m innoteams.probe [--at HOST:PORT] PART …`: exit code 0 if /healthz finds no PART down.

For a container's check: without Django, which takes a second to load, and without curl, which an image may not have.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m innoteams.probe")
    parser.add_argument("parts", nargs="+", choices=["database", "broker", "worker", "beat"], metavar="PART")
    parser.add_argument("--at", default="127.0.0.1:8000", metavar="HOST:PORT")
    chosen = parser.parse_args(arguments)
    # The portal answers to the names it is known by, not to that of a container.
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*") or "localhost"
    request = urllib.request.Request(f"http://{chosen.at}/healthz", headers={"Host": host})
    try:
        with _open(request) as answer:
            found = json.load(answer)
    except (OSError, ValueError) as error:
        print(f"{chosen.at} did not answer: {error}")  # noqa: T201 - the container engine keeps what a check prints
        return 1
    print(json.dumps(found))  # noqa: T201 - what a probe is for
    return int(any(found.get(part) == "down" for part in chosen.parts))


def _open(request: urllib.request.Request) -> "urllib.request._UrlopenRet":
    try:
        return urllib.request.urlopen(request, timeout=8)  # noqa: S310 - http, as built above
    except urllib.error.HTTPError as error:
        # 503 has the same answer in it: which part is down is for the caller to judge.
        return error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
