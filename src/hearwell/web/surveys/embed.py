"""A survey on the organisation's own pages: a script puts it there, in a frame.

Only pages of the sites that are set up may frame it, and only by a link for many: nobody else's
page can lay something over it.
"""

from functools import cache
from importlib.resources import files

import rjsmin
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from hearwell.web.collector.site import Site


@cache
def source() -> bytes:
    file = files("hearwell.web.surveys").joinpath("survey.js")
    script: str = rjsmin.jsmin(file.read_text("utf-8"))
    return script.encode()


@login_not_required
@require_safe
def script(_request: HttpRequest) -> HttpResponse:
    """Give `survey.js` to any page."""
    answer = HttpResponse(source(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=3600"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def framed(request: HttpRequest, answer: HttpResponse) -> HttpResponseBase:
    """Let pages of the organisation's sites, and no others, show this in a frame."""
    sites = Site.objects.filter(is_active=True).values_list("origins", flat=True)
    origins = sorted({origin for of_site in sites for origin in of_site})
    if not origins:
        return answer
    policy = csp_replace({"frame-ancestors": origins})
    return policy(xframe_options_exempt(lambda _request: answer))(request)
