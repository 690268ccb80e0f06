"""The one settings file. `HELPDESK_ENV` is local (bin/start), test (bin/test) or production."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg2.extensions import parse_dsn

BASE_DIR = Path(__file__).resolve().parent.parent

ENV = os.environ.get("HELPDESK_ENV", "local")
if ENV not in {"local", "test", "production"}:
    raise ImproperlyConfigured("HELPDESK_ENV must be local, test or production.")
PRODUCTION = ENV == "production"
PROCESS = os.environ.get("HELPDESK_PROCESS", "web")
if PROCESS not in {"web", "worker", "clock", "migrate"}:
    raise ImproperlyConfigured("HELPDESK_PROCESS must be web, worker, clock or migrate.")

DEBUG = os.environ.get("HELPDESK_DEBUG", "") == "1"
SECRET_KEY = os.environ.get("HELPDESK_SECRET_KEY", "")
SECRET_KEY_FALLBACKS = os.environ.get("HELPDESK_SECRET_KEY_FALLBACKS", "").split()
if not SECRET_KEY and not PRODUCTION:
    SECRET_KEY = "local-only-" + "k" * 50
PUBLIC_URL = os.environ.get("HELPDESK_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("Production does not run with HELPDESK_DEBUG=1.")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("HELPDESK_SECRET_KEY must have at least 50 characters.")
    if _public.scheme != "https":
        raise ImproperlyConfigured("HELPDESK_PUBLIC_URL must begin with https://.")
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        raise ImproperlyConfigured("Production needs DATABASE_URL and REDIS_URL.")

ALLOWED_HOSTS = [_public.hostname or "127.0.0.1"]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]", "testserver"]
ALLOWED_HOSTS += os.environ.get("HELPDESK_ALLOWED_HOSTS", "").split()
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

DATA_DIR = Path(os.environ.get("HELPDESK_DATA", BASE_DIR / "data")).resolve()
MEDIA_ROOT = DATA_DIR / "files"
MAIL_DIR = DATA_DIR / "mail"

INSTALLED_APPS = [
    "core",
    "calendars",
    "timers",
    "mailboxes",
    "outbox",
    "accounts",
    "customers",
    "notifications",
    "promises",
    "tickets",
    "intake",
    "helpdesk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "helpdesk.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.gate.SessionLimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "helpdesk.middleware.ReaderMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "helpdesk.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
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
                "helpdesk.context.shell",
            ],
        },
    }
]

# PostgreSQL. Timeouts by process: reliability.md 6.4.
_TIMEOUTS = {
    "web": ("15s", "5s", "15s"),
    "worker": ("30s", "5s", "15s"),
    "clock": ("5s", "2s", "10s"),
    "migrate": ("0", "2s", "0"),
}


def _database(url: str) -> dict[str, Any]:
    """Connection settings from a libpq URI."""
    dsn = parse_dsn(url)
    statement, lock, idle = _TIMEOUTS[PROCESS]
    options = (
        f"-c statement_timeout={statement} -c lock_timeout={lock}"
        f" -c idle_in_transaction_session_timeout={idle}"
    )
    known = {"dbname", "user", "password", "host", "port"}
    extra = {key: value for key, value in dsn.items() if key not in known}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": dsn.get("dbname", "helpdesk"),
        "USER": dsn.get("user", ""),
        "PASSWORD": dsn.get("password", ""),
        "HOST": dsn.get("host", ""),
        "PORT": dsn.get("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": options, **extra},
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://helpdesk_app@127.0.0.1/helpdesk")
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", DATABASE_URL)
DATABASE_APP_ROLE = parse_dsn(DATABASE_URL).get("user", "")
DATABASES = {"default": _database(DATABASE_OWNER_URL if PROCESS == "migrate" else DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

# Limits and throttles live in the database, so that no process and no Redis can lose them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}

# Files: local disk by default, any S3 store through django-storages by its own class name.
STORAGES = {
    "default": {
        "BACKEND": os.environ.get("HELPDESK_FILE_STORAGE", "core.storage.DurableFileSystemStorage")
    },
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
STATIC_URL = "/static/"
# Only production collects files; elsewhere they are served from where they stand.
STATIC_ROOT = (
    Path(os.environ.get("HELPDESK_STATIC_ROOT", BASE_DIR / "staticfiles")) if PRODUCTION else None
)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
# A file changed under a running desk is served as it is now, not cut to its former length.
WHITENOISE_AUTOREFRESH = ENV == "local"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Language, zone, formats.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch"), ("nl", "Nederlands"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Who signs in, and how.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_RATE_LIMITS = {
    "login_failed": None,  # django-axes decides
    "login_account": "60/h/key",
    "reset_password": "20/h/ip,5/h/key",
}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "accounts.adapter.client_ip"
PROXY_COUNT = int(os.environ.get("HELPDESK_PROXY_COUNT", "0"))
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"

# Cookies and headers. "__Host-" names need HTTPS.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-sid" if PRODUCTION else "sid"
SESSION_COOKIE_AGE = 43_200
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "helpdesk.views.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if os.environ.get("HELPDESK_BEHIND_PROXY", "") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^readyz", r"^metrics"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
        "report-uri": ["/csp"],
    }
}

# Mail leaves through the outbox only.
EMAIL_BACKEND = "outbox.backend.OutboxBackend"

# Celery carries bells, never data: reliability.md 6.2.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_ETA_TASK_LIMIT = 100
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_ENABLE_UTC = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO" if ENV != "test" else "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # unique on lower(email) by constraint
