"""What calendars and locale data know of a place and a day. Slow to load and large: only one function mounts it."""

from almanac.setting import setting_of

__all__ = ["setting_of"]
