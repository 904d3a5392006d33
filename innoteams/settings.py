"""All settings, read once from the environment; docs/configuration.md lists every variable (a test compares the two).

Importing this module never starts a process: the embedded database and broker start at their first connection.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from innoteams import embedded

env = Env()
# A command beside a running demo takes part in it: the same key, the same mailbox. Never one on a database of its own.
if not env.str("DATABASE_URL", "") and (demo_variables := embedded.running_demo()):
    env.read_env(str(demo_variables), recurse=False)

BASE_DIR = Path(__file__).resolve().parent.parent
INNOTEAMS_HOME = embedded.home()

# --- What kind of installation this is ---------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("INNOTEAMS_DEMO", False)
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
SECURE = SITE_URL.startswith("https://")
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
# Reached over TLS or from other machines: then nothing may be left to a default that only suits one's own desk.
PRODUCTION = SECURE or not set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS
if DEMO and PRODUCTION:
    raise ImproperlyConfigured(
        "INNOTEAMS_DEMO waives the second factor for the demo accounts, so it runs on a loopback address only: "
        "unset INNOTEAMS_DEMO, or use an http:// SITE_URL and keep ALLOWED_HOSTS to localhost."
    )
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured(
        "DEBUG shows settings and source to every visitor: unset it where others reach the portal."
    )
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured(
            "SECRET_KEY must be set where the portal is reached over https or from other machines."
        )
    SECRET_KEY = "only-for-a-portal-that-is-reached-from-this-machine-and-nowhere-else"  # noqa: S105 - refused above where it would matter

# --- Applications ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "innoteams",
    "innoteams.accounts",
    "cities",
    "projects",
    "engagement",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prose_editor",
    "leaflet",
    "lucide",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "innoteams.accounts.middleware.PersonalHabitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "innoteams.lib.asides.AsidesMiddleware",
    "cities.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "innoteams.urls"
WSGI_APPLICATION = "innoteams.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "innoteams.context.shell",
            ],
        },
    },
]

# --- Database, cache, broker -------------------------------------------------------------------------------------

if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "innoteams.embedded.postgres", "NAME": "innoteams"}}
# Not ATOMIC_REQUESTS: each verb is its own transaction, so that a page can say what happened after it.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "innoteams.embedded.valkey.ValkeyCache"}}

# How long the numbers beside the filters of the project list are remembered while no project changes; 0: never.
COUNTS_KEPT_SECONDS = env.int("COUNTS_KEPT_SECONDS", 60)

CELERY_BROKER_URL = REDIS_URL or embedded.broker_url()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest task (CELERY_TASK_TIME_LIMIT), or the broker hands a running task out a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = "UTC"

# --- People and sign-in ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# Addresses are unique whatever their case: a constraint on lower(email), which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_work"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "cities.joining.InvitationOnlyAdapter"
ACCOUNT_FORMS = {"signup": "cities.forms_people.JoinForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# The owner of an account hears of a changed password, a new key, a removed address.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Who is nobody here gets no mail from here, or the sign-in page could be used to write to strangers.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
if DEMO:
    # Everybody in a demo comes from one address, and the password is on the page.
    ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,30/300s/key", "reauthenticate": "60/m/user"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_TOTP_ISSUER = "innoteams"
# Browsers allow passkeys on http only for localhost; this says the same to the library.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_TRACK_ACTIVITY = False

# --- Security ----------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
# Two portals on one machine (other ports, same host) must not sign each other out.
_COOKIE_SUFFIX = env.str("COOKIE_SUFFIX", "")
SESSION_COOKIE_NAME = f"sessionid{_COOKIE_SUFFIX}"
CSRF_COOKIE_NAME = f"csrftoken{_COOKIE_SUFFIX}"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = env.bool("BEHIND_PROXY", False)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SECURE else []
CSRF_FAILURE_VIEW = "innoteams.views.errors.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# A journal entry brings twelve files at most.
DATA_UPLOAD_MAX_NUMBER_FILES = 24
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "innoteams.lib.uploading.CappedUploadHandler",
]

# --- Languages, time, static files -------------------------------------------------------------------------------

_OFFERED = {"en": _("English"), "fr": _("French"), "es": _("Spanish"), "he": _("Hebrew")}
_CHOSEN = env.list("LANGUAGES", ["en", "fr"])
if unknown := set(_CHOSEN) - set(_OFFERED):
    raise ImproperlyConfigured(f"LANGUAGES names {', '.join(sorted(unknown))}; there is {', '.join(_OFFERED)}.")
LANGUAGES = [(code, _OFFERED[code]) for code in _CHOSEN]
LANGUAGE_CODE = _CHOSEN[0]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(INNOTEAMS_HOME / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Photos and files that people add. Private: no address leads there, each is handed out after a permission check.
FILES_ROOT = Path(env.str("FILES_ROOT", str(INNOTEAMS_HOME / "files")))
# Who hands the bytes out once the check has passed: this process, or the web server in front of it.
_SENDERS = {
    "python": "innoteams.lib.streaming",
    "nginx": "django_sendfile.backends.nginx",
    "xsendfile": "django_sendfile.backends.xsendfile",
}
FILES_BY = env.str("FILES_BY", "python")
if FILES_BY not in _SENDERS:
    raise ImproperlyConfigured(f"FILES_BY is {FILES_BY}; there is {', '.join(_SENDERS)}.")
SENDFILE_BACKEND = _SENDERS[FILES_BY]
SENDFILE_ROOT = str(FILES_ROOT)
SENDFILE_URL = "/private-files"
# A web server that reads the files does so as a member of the group they belong to.
_FILES_MODES = (0o600, 0o700) if FILES_BY == "python" else (0o640, 0o750)
# Reads a file from its standard input before it is kept: exit code 0 clean, 1 infected.
FILE_SCAN_COMMAND = env.str("FILE_SCAN_COMMAND", "")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(FILES_ROOT),
            "file_permissions_mode": _FILES_MODES[0],
            "directory_permissions_mode": _FILES_MODES[1],
        },
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- Mail --------------------------------------------------------------------------------------------------------

# One variable sets the mail server; without it messages are kept as files in MAILBOX_DIR, never lost on a console.
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
else:
    EMAIL_BACKEND = "innoteams.lib.maildir.MaildirBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "innoteams <network@innoteams.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILBOX_DIR = INNOTEAMS_HOME / "mailbox"
# Digests: at most so many mails in a minute, in all and to one mail domain (0: as many as the server takes), and so
# many to a person on one day, of all streams together (0: as many as there are).
DIGESTS_PER_MINUTE = env.int("DIGESTS_PER_MINUTE", 0)
DIGESTS_PER_MINUTE_TO_A_DOMAIN = env.int("DIGESTS_PER_MINUTE_TO_A_DOMAIN", 0)
DIGESTS_A_DAY = env.int("DIGESTS_A_DAY", 2)

# The provider that reports what became of a mail, and how its reports prove where they come from: by a key that signs
# them, named as django-anymail names it, or (None) only by the name and password that the provider sends along.
_REPORTS_SIGNED_BY = {
    "brevo": None,
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailjet": None,
    "mailtrap": "MAILTRAP_TRACKING_SECRET",
    "postmark": None,
    "sparkpost": None,
}
MAIL_REPORTS_FROM = env.str("MAIL_REPORTS_FROM", "").lower()
_reports_key = env.str("MAIL_REPORTS_KEY", "")
_reports_passwords: list[str] = env.list("MAIL_REPORTS_PASSWORD", [])
ANYMAIL: dict[str, object] = {}
if MAIL_REPORTS_FROM:
    if MAIL_REPORTS_FROM not in _REPORTS_SIGNED_BY:
        raise ImproperlyConfigured(
            f"MAIL_REPORTS_FROM is {MAIL_REPORTS_FROM}; there is {', '.join(_REPORTS_SIGNED_BY)}."
        )
    _signed_by = _REPORTS_SIGNED_BY[MAIL_REPORTS_FROM]
    if _signed_by and not _reports_key:
        raise ImproperlyConfigured(
            f"Reports from {MAIL_REPORTS_FROM} are signed: MAIL_REPORTS_KEY must hold the key, or anybody could report."
        )
    if not _signed_by and not _reports_passwords:
        raise ImproperlyConfigured(
            f"Reports from {MAIL_REPORTS_FROM} are not signed: MAIL_REPORTS_PASSWORD must hold a name:password that "
            "the provider sends along, or anybody could report."
        )
    if any(not all(pair.partition(":")) for pair in _reports_passwords):
        raise ImproperlyConfigured("MAIL_REPORTS_PASSWORD is a name and a password with a colon between them.")
    ANYMAIL["WEBHOOK_SECRET"] = _reports_passwords
    if _signed_by:
        ANYMAIL[_signed_by] = _reports_key

# --- Logging -----------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"without_keys": {"()": "innoteams.lib.logs.WithoutKeys"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_keys"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
