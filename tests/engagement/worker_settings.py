"""Settings of a worker process that a test starts: the test's own database and mail server."""

import os

from tests.settings import *  # noqa: F403 - all of the test run's settings, two replaced below
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["INNOTEAMS_TEST_DATABASE"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["INNOTEAMS_TEST_SMTP_PORT"])
EMAIL_HOST_USER = EMAIL_HOST_PASSWORD = ""
EMAIL_USE_TLS = EMAIL_USE_SSL = False
