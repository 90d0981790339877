"""What a server such as uvicorn runs."""

import os
import warnings

from django.core.asgi import get_asgi_application

# WhiteNoise reads files in pieces as it finds them; they are small and lie on this disk.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.web.project.settings")
application = get_asgi_application()
