"""What all commands about cases are given: the store, who records, the key, the language, for whom the output is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that these commands share; a command that has no such option has None."""

    store: str | None = None
    by: str | None = None
    key: str | None = None
    at: str | None = None
    event: str | None = None
    expected: int | None = None
    as_json: bool = False
    lang: str = "zh"

    def __call__(self, zh: str, en: str) -> str:
        """The one that is spoken."""
        return en if self.lang == "en" else zh
