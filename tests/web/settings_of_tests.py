"""The application's own settings, over a home of this run's own and with quick passwords."""

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="hearwell-web-"))
os.environ["HEARWELL_HOME"] = str(HOME / "web")
os.environ["HEARWELL_LAKE"] = str(HOME / "lake")
os.environ["HEARWELL_HOSTS"] = '["testserver", "localhost", "127.0.0.1"]'

from hearwell.web.project.settings import *  # noqa: E402, F403  the home must be named before

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT.mkdir(parents=True)  # noqa: F405  WhiteNoise looks for it
ANSWERS_REUSED = 0  # so that tests see at once what they changed
