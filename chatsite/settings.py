"""All settings, each with its value from the environment; the README has the table."""

from pathlib import Path
from typing import Any

from .environment import (
    BadSetting,
    data_directory,
    database,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_mail_address,
    env_origins,
    env_proxy,
    env_targets,
    env_text,
    env_time_zone,
    host_of,
    mail_server,
    need_driver,
    secret_key,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_directory(env_text("CHATSITE_DATA_DIR", str(BASE_DIR / "var")))

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = secret_key(DATA_DIR)
ENCRYPTION_KEYS = env_text("ENCRYPTION_KEYS")
ENCRYPTION_KEYS_FILE = DATA_DIR / "encryption_keys"
LEDGER_KEY = env_text("LEDGER_KEY")
if LEDGER_KEY and len(LEDGER_KEY) < 32:
    raise BadSetting("LEDGER_KEY is too short. Use at least 32 random characters.")
LEDGER_KEY_FILE = DATA_DIR / "ledger_key"
LEDGER_ANCHOR_FILE = env_text("LEDGER_ANCHOR_FILE")

# Where it is reached. The socket compares the browser's Origin with these, to the letter.
HOST = env_text("HOST", "127.0.0.1")
PORT = env_int("PORT", 8000, least=0, most=65535)
PUBLIC_URLS = env_origins(
    "PUBLIC_URL", [f"http://127.0.0.1:{PORT}", f"http://localhost:{PORT}", f"http://[::1]:{PORT}"]
)
HTTPS = PUBLIC_URLS[0].startswith("https://")
ALLOWED_HOSTS = [host_of(url) for url in PUBLIC_URLS]
CSRF_TRUSTED_ORIGINS = PUBLIC_URLS
BEHIND_PROXY = env_int("BEHIND_PROXY", 0, most=9)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "daphne",
    "chat.apps.ChatConfig",
    "chat.apps.ChatAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chat.views.middleware.PrivatePagesMiddleware",
    "chat.views.middleware.NetworkAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"

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
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# --- Database -------------------------------------------------------------------------------
DATABASE_URL = env_text("DATABASE_URL")
SQLITE = not DATABASE_URL or DATABASE_URL.startswith("sqlite")

DATABASES: dict[str, dict[str, Any]] = {"default": database(DATABASE_URL, DATA_DIR)}
if SQLITE:
    # Without IMMEDIATE, concurrent read-then-write transactions fail at once with "database is
    # locked", whatever the timeout. FULL is SQLite's answer to power loss.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A server that vanished is noticed within seconds, and not after the network's quarter of an
    # hour: a thread waits that long.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "tcp_user_timeout": 20_000,
        **DATABASES["default"].get("OPTIONS", {}),
        "options": "-c statement_timeout=15s",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_text("REDIS_URL")
if REDIS_URL:
    if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting("REDIS_URL must begin with redis://, rediss:// or unix://.")
    need_driver("REDIS_URL", "redis")
CACHES = {
    "default": (
        {"BACKEND": "chatsite.caches.RedisOrMemory", "LOCATION": REDIS_URL}
        if REDIS_URL
        # Limits are counted in it: of the usual 300 entries, strangers could drive them out.
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    )
}

# --- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "chat.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "chatsite.hashers.FewAtOnceHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "chat.views.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/m/key,30/m/ip"}
FIRST_ADMIN_EMAIL = env_text("CHATSITE_ADMIN_EMAIL", "admin@localhost")
FIRST_ADMIN_PASSWORD = env_text("CHATSITE_ADMIN_PASSWORD")
vars().update(mail_server(env_text("EMAIL_URL")))
DEFAULT_FROM_EMAIL = env_mail_address("DEFAULT_FROM_EMAIL", "chatsite@localhost")

# --- Language, time --------------------------------------------------------------------------
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("it", "Italiano")]
LANGUAGE_CODE = env_choice("LANGUAGE_CODE", "en", dict(LANGUAGES))
LOCALE_PATHS = [BASE_DIR / "chat" / "locale"]
TIME_ZONE = env_time_zone("TIME_ZONE", "Europe/Zurich")
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["chatsite.formats"]

# --- Static files ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chatsite.staticfiles.ModuleManifestStorage"},
}


def _armour(headers: Any, _path: str, _url: str) -> None:
    """Static files do not pass the middleware that gives pages their policy."""
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


WHITENOISE_ADD_HEADERS_FUNCTION = _armour

# --- Browser security ------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env_int("SESSION_DAYS", 7, least=1, most=365) * 86400
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- What Chatsite itself is told --------------------------------------------------------------
SITE_NAME = env_text("SITE_NAME", "Chatsite")
DEMO = env_bool("CHATSITE_DEMO", default=True)
DEMO_PORT = env_int("CHATSITE_DEMO_PORT", 0, most=65535) or (PORT + 1 if 0 < PORT < 65535 else 0)
# Providers on private addresses (a model in your own network) are named here as host:port.
PRIVATE_PROVIDERS = env_targets("PRIVATE_PROVIDERS")
if DEMO:
    PRIVATE_PROVIDERS.append(f"127.0.0.1:{DEMO_PORT}")
# By which public providers are called; HTTPS_PROXY and the like mean nothing here.
PROVIDER_PROXY = env_proxy("PROVIDER_PROXY")
# Links by which people who are not signed in may read a conversation.
ANONYMOUS_LINKS = env_bool("ANONYMOUS_LINKS", default=False)
MAX_MESSAGE_CHARACTERS = env_int("MAX_MESSAGE_CHARACTERS", 64_000, least=100)
MAX_REPLY_BYTES = env_int("MAX_REPLY_BYTES", 1_000_000, least=1000)
MAX_RUNNING_PER_USER = env_int("MAX_RUNNING_PER_USER", 3, least=1)
MAX_SENDS_PER_MINUTE = env_int("MAX_SENDS_PER_MINUTE", 30, least=1)
MAX_SOCKETS_PER_USER = env_int("MAX_SOCKETS_PER_USER", 20, least=1)
MAX_ATTACHMENT_BYTES = env_int("MAX_ATTACHMENT_BYTES", 10_000_000, least=1000)
MAX_ATTACHMENTS = env_int("MAX_ATTACHMENTS", 5, most=20)
MAX_IMPORT_BYTES = env_int("MAX_IMPORT_BYTES", 100_000_000, least=1000)
MAX_IMPORT_CONVERSATIONS = env_int("MAX_IMPORT_CONVERSATIONS", 20_000, least=1)
MAX_IMPORT_MESSAGES = env_int("MAX_IMPORT_MESSAGES", 20_000, least=1)
FIRST_BYTE_TIMEOUT = env_int("FIRST_BYTE_TIMEOUT", 60, least=1)
SILENCE_TIMEOUT = env_int("SILENCE_TIMEOUT", 30, least=1)
TOOL_TIMEOUT = env_int("TOOL_TIMEOUT", 120, least=1)
REPLY_TIMEOUT = env_int("REPLY_TIMEOUT", 600, least=1)
FAILPOINTS = env_list("CHATSITE_FAILPOINTS")

LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "chatsite.logs.LineFormatter"}},
    "filters": {"unknown_host": {"()": "chatsite.logs.UnknownHost"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.security.DisallowedHost": {"filters": ["unknown_host"]},
        # The client libraries log request lines and headers; those can carry secrets.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "django.server": {"level": "WARNING", "propagate": True, "handlers": []},
        "daphne": {"level": "WARNING"},
        "asyncio": {"level": "WARNING"},
    },
}
