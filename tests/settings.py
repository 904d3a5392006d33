"""Settings of the test run: the portal's own, on embedded servers and in a home folder of the run's own.

Read before any of the portal's settings. The first process of a run makes the home; the parallel workers inherit it.
"""

import os
import tempfile
from pathlib import Path

# Nothing a developer has set for a portal of theirs may reach the tests.
for _name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "INNOTEAMS_DEMO"):
    os.environ.pop(_name, None)
for _name in (
    "DEBUG",
    "LANGUAGES",
    "STATIC_ROOT",
    "FILES_ROOT",
    "COUNTS_KEPT_SECONDS",
    "FILES_BY",
    "FILE_SCAN_COMMAND",
    "BEHIND_PROXY",
    "COOKIE_SUFFIX",
    "LOG_LEVEL",
    "CONN_MAX_AGE",
    "MAIL_REPORTS_FROM",
    "MAIL_REPORTS_KEY",
    "MAIL_REPORTS_PASSWORD",
):
    os.environ.pop(_name, None)
if "INNOTEAMS_TEST_HOME" not in os.environ:
    os.environ["INNOTEAMS_TEST_HOME"] = tempfile.mkdtemp(prefix="innoteams-tests-")
os.environ["INNOTEAMS_HOME"] = os.environ["INNOTEAMS_TEST_HOME"]
os.environ["INNOTEAMS_EMBEDDED_FAST"] = "1"
# Playwright keeps an event loop running in the thread of the test, which then uses the database as any test does.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from innoteams import embedded  # noqa: E402 - reads the home that was chosen above
from innoteams.settings import *  # noqa: E402, F403 - all of the portal's settings, a few replaced below

# Each parallel worker clears its cache and its queue without touching the others'.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CACHES = {
    "default": {
        "BACKEND": "innoteams.embedded.valkey.ValkeyCache",
        "LOCATION": embedded.cache_url(2 + 2 * _WORKER),
    }
}
CELERY_BROKER_URL = embedded.broker_url(3 + 2 * _WORKER)

# Tests change rows without the verbs; the one about this memory switches it on.
COUNTS_KEPT_SECONDS = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = Path(os.environ["INNOTEAMS_TEST_HOME"]) / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    **STORAGES,  # noqa: F405 - the portal's own
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
