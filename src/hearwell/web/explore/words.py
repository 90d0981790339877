"""What is sent, before it becomes a mail or a message of another program."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _

SIGN = {"better": "▲", "worse": "▼", "changed": "◆"}


@dataclass(frozen=True)
class Row:
    """One number, as it is told."""

    name: str
    value: str
    interval: str = ""
    n: int = 0
    change: str = ""
    verdict: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """Return the row as a line of plain text."""
        parts = [f"{self.name}: {self.value}"]
        if self.interval:
            parts.append(f"({self.interval})")
        if self.verdict:
            parts.append(f"{SIGN.get(self.verdict, '·')} {_(self.verdict)} {self.change}".strip())
        if self.note:
            parts.append(f"– {self.note}")
        return " ".join(parts)


@dataclass(frozen=True)
class Part:
    """A heading with sentences, numbers and pictures below it; pictures are SVG."""

    title: str
    rows: list[Row] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """Return all but the pictures as lines of plain text."""
        return [*self.lines, *(row.text for row in self.rows)]


@dataclass(frozen=True)
class Words:
    """A whole message.

    Attributes:
        link: where it can be looked into.
        about: what kind it is, for programs: "delivery" or "alert".

    """

    title: str
    lines: list[str]
    link: str
    about: str
    parts: list[Part] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """Read what was kept."""
        parts = [
            Part(**{**each, "rows": [Row(**row) for row in each["rows"]]}) for each in told["parts"]
        ]
        return cls(**{**told, "parts": parts})

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def text(self) -> str:
        """Return the message as plain text."""
        parts = [
            "\n".join([part.title, *(f"  {line}" for line in part.told())]) for part in self.parts
        ]
        blocks = ["\n".join(self.lines), *parts, self.link]
        return "\n\n".join(block for block in blocks if block) + "\n"

    def as_slack(self) -> dict[str, Any]:
        """Return what a Slack incoming webhook takes (Block Kit)."""
        sections = [escaped("\n".join([f"*{part.title}*", *part.told()])) for part in self.parts]
        told = [escaped("\n".join(self.lines)), *sections]
        blocks: list[dict[str, Any]] = [
            {"type": "header", "text": {"type": "plain_text", "text": self.title[:150]}}
        ]
        blocks += [
            {"type": "section", "text": {"type": "mrkdwn", "text": text[:2900]}}
            for text in told[:40]
            if text
        ]
        opens = {"type": "mrkdwn", "text": f"<{self.link}|{escaped(_('Open in Hearwell'))}>"}
        return {"text": self.title, "blocks": [*blocks, {"type": "section", "text": opens}]}

    def as_teams(self) -> dict[str, Any]:
        """Return what a Teams workflow takes: an adaptive card."""
        body: list[dict[str, Any]] = [
            {
                "type": "TextBlock",
                "size": "Large",
                "weight": "Bolder",
                "wrap": True,
                "text": self.title,
            }
        ]
        body += [{"type": "TextBlock", "wrap": True, "text": line} for line in self.lines]
        for part in self.parts:
            body.append({"type": "TextBlock", "weight": "Bolder", "wrap": True, "text": part.title})
            body += [{"type": "TextBlock", "wrap": True, "text": line} for line in part.lines]
            facts = [
                {"title": row.name, "value": row.text.removeprefix(f"{row.name}: ")}
                for row in part.rows
            ]
            body += [{"type": "FactSet", "facts": facts}] if facts else []
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": body,
            "actions": [
                {"type": "Action.OpenUrl", "title": _("Open in Hearwell"), "url": self.link}
            ],
        }
        kind = "application/vnd.microsoft.card.adaptive"
        return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}

    def as_json(self) -> dict[str, Any]:
        """Return what a webhook of one's own takes; docs/how-to/deliveries.md tells of it."""
        return {
            "type": self.about,
            "title": self.title,
            "lines": self.lines,
            "link": self.link,
            "parts": [
                {
                    "title": part.title,
                    "lines": part.lines,
                    "rows": [asdict(row) for row in part.rows],
                }
                for part in self.parts
            ],
            "data": self.data,
        }


def escaped(text: str) -> str:
    """Return text that Slack does not take for a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
