"""(Template, what it shows) -> HTML; everything put into it is escaped, nothing hidden in a text stays hidden."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from plan_rules.display_width import visible
from plan_rules.extra import from_extra

with from_extra("studio"):
    from jinja2 import Environment, PackageLoader, StrictUndefined


def rendered(template: str, lang: str, **content: Any) -> str:
    """A template of this package.  In it, `say(zh, en)` is the one that is spoken."""

    def say(zh: str, en: str) -> str:
        return en if lang == "en" else zh

    return _environment().get_template(template).render(say=say, lang=lang, **content)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("plan_rules.studio"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _seen(value) if type(value) is str else value,
    )


def _seen(text: str) -> str:
    """What people wrote may have lines; anything else that cannot be seen is written out."""
    return "\n".join(visible(line) for line in text.split("\n"))
