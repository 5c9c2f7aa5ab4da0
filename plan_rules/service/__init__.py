"""The plan as a service: requests over HTTP in, decisions, explanations, questions and cases out.

    serve(Setting(tokens=Path("tokens.json")), "127.0.0.1", 8080)

Needs `pip install 'plan-rules[service]'`; its names are loaded when they are first asked for: making a token needs
no web server.
"""

from typing import TYPE_CHECKING

from plan_rules.deferred import deferred

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

__getattr__ = deferred(__name__, _WHERE)
