"""The plan as a service: requests over HTTP in, decisions, explanations, questions and cases out.

    serve(Setting(tokens=Path("tokens.json")), "127.0.0.1", 8080)

Needs `pip install 'plan-rules[service]'`; its names are loaded when they are first asked for: making a token needs
no web server.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan_rules.service.application import Service
    from plan_rules.service.serving import serve
    from plan_rules.service.setting import Setting
    from plan_rules.service.tokens import Role, TokensRefused, new_token

_WHERE = {
    "Role": "tokens",
    "Service": "application",
    "Setting": "setting",
    "TokensRefused": "tokens",
    "new_token": "tokens",
    "serve": "serving",
}

__all__ = ["Role", "Service", "Setting", "TokensRefused", "new_token", "serve"]


def __getattr__(name: str) -> Any:
    """The public names, each loaded when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"plan_rules.service.{_WHERE[name]}"), name)
    globals()[name] = found
    return found
