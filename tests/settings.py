"""Settings of the tests: a data directory of their own, quick passwords, no demonstration."""

import os
import tempfile
from pathlib import Path

from tests.memory import keep_files_in_memory

keep_files_in_memory()
_own = tempfile.mkdtemp(prefix="chatsite-tests-")
os.environ["CHATSITE_DATA_DIR"] = os.environ.get("CHATSITE_TEST_DATA_DIR", _own)
os.environ["CHATSITE_DEMO"] = "0"
for _name in ("SECRET_KEY", "ENCRYPTION_KEYS", "REDIS_URL", "PUBLIC_URL", "HOST", "PORT"):
    os.environ.pop(_name, None)
os.environ["DATABASE_URL"] = os.environ.get("CHATSITE_TEST_DATABASE_URL", "")

from chatsite.settings import *  # noqa: E402, F403
from chatsite.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A file and not memory: threads of the relay open connections of their own.
DATABASES["default"]["TEST"] = {"NAME": None}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# whitenoise warns of a missing directory, and warnings are errors here.
(Path(DATA_DIR) / "static").mkdir(parents=True, exist_ok=True)
