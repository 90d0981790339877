"""What tests of the collector share."""

from running import browser, lake, pages

__all__ = ["browser", "lake", "pages"]
