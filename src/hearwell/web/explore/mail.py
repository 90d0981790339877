"""A message as a mail: HTML with its pictures inside, and the same as plain text."""

from email.mime.image import MIMEImage

import resvg_py
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language

from hearwell.language import direction
from hearwell.web.explore.words import Words

PIXELS_WIDE = 720
LOOK = """
text { font-size: 11px; fill: #59626b; font-family: "Noto Sans", "DejaVu Sans", sans-serif; }
.grid, .tick { stroke: #d5dade; stroke-width: 1; }
path.band { fill: #1f5f99; fill-opacity: 0.2; }
path.value { fill: none; stroke: #1f5f99; stroke-width: 1.75; }
.whisker { fill: none; stroke: #1f5f99; stroke-width: 2; }
circle { fill: #1f5f99; stroke: #1f5f99; stroke-width: 1.25; }
circle.hollow { fill: #ffffff; }
.heat text { font-size: 8px; }
rect.hour { fill: #1f5f99; }
rect.few { fill: none; stroke: #d5dade; }
"""
"""As `report/look/base.css` in the light: what draws pictures knows no custom properties."""


def send_mail(to: str, words: Words) -> None:
    """Send a message in the language that is spoken now.

    Raises:
        OSError: the server cannot be reached, or refuses it (smtplib.SMTPException).

    """
    pictures = [svg for part in words.parts for svg in part.pictures]
    names = {svg: f"picture-{i}" for i, svg in enumerate(pictures)}
    language = get_language() or "en"
    context = {
        "words": words,
        "parts": [(part, [names[svg] for svg in part.pictures]) for part in words.parts],
        "language": language,
        "direction": direction(language),
    }
    subject = " ".join(words.title.split())  # a line break would begin another header
    mail = EmailMultiAlternatives(subject, words.text(), to=[to])
    mail.attach_alternative(render_to_string("explore/mail.html", context), "text/html")
    mail.mixed_subtype = "related"  # type: ignore[attr-defined]  # it is there until Django 6
    for svg, name in names.items():
        image = MIMEImage(as_png(svg), "png")
        image.add_header("Content-ID", f"<{name}>")
        image.add_header("Content-Disposition", "inline", filename=f"{name}.png")
        mail.attach(image)
    mail.send()


def as_png(svg: str) -> bytes:
    """Draw a picture for programs that show no SVG, as mail programs do not."""
    whole = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=whole, width=PIXELS_WIDE, background="#ffffff", style_sheet=LOOK
        )
    )
