"""What tests of the collector share."""

from running import lake, pages

__all__ = ["lake", "pages"]
