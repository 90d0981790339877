"""Take a file that somebody uploads."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hearwell.records import RECORDS
from hearwell.report.name import spaced
from hearwell.web.inputs.bringing import Bringing
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least

MAY_BE = tuple(name for name in RECORDS if name not in {"rejected", "benchmark", "identity_split"})


class Upload(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, JSON lines, Parquet or Excel; plain, .gz or .zip."),
    )
    record = forms.ChoiceField(
        label=gettext_lazy("What its rows are"),
        choices=lambda: [(name, spaced(name)) for name in MAY_BE],
    )

    def clean_file(self) -> Any:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        limit = settings.ENVIRONMENT.upload_limit_megabytes * 1_000_000
        size = file.size or 0
        if size > limit:
            raise forms.ValidationError(
                _("It has {size}, and {limit} may be uploaded. Import it on the server.").format(
                    size=filesizeformat(size), limit=filesizeformat(limit)
                )
            )
        return file


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def upload(request: SignedIn) -> HttpResponse:
    """Take a file and what its rows are to be; nothing is imported yet."""
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        bringing = Bringing.receive(
            request.user, form.cleaned_data["file"], form.cleaned_data["record"]
        )
        return redirect("mapping", number=bringing.pk)
    return render(request, "inputs/upload.html", {"form": form})
