"""(Arguments, environment) -> the language to speak: zh, unless the locale or `--lang` says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LANGUAGES = ("zh", "en")
_NO_LANGUAGE = ("", "C", "POSIX")


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """`--lang` where it is given, else LC_ALL, LC_MESSAGES or LANG, the first that is set."""
    stated = _stated(arguments)
    if stated in LANGUAGES:
        return stated
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    name = locale.split(".")[0]
    return "zh" if name in _NO_LANGUAGE or name.lower().startswith("zh") else "en"


def _stated(arguments: Sequence[str]) -> str:
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return ""
