"""Imports of the extra `cases` -> the modules, or ExtraMissing, which says what line installs them."""

from __future__ import annotations

from plan_rules.extra import ExtraMissing, from_extra

__all__ = ["ExtraMissing", "from_extra"]
