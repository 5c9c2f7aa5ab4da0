"""(Plan, what makes it) -> the lines that begin every generated file: from which text it was made, and by what."""

from __future__ import annotations

from plan_rules.plan import Plan


def heading(plan: Plan, maker: str) -> tuple[str, ...]:
    """`maker` is the name and version of the program.  Equal plans give equal lines."""
    lines = (
        f"Made by {maker} from plan {plan.id} ({plan.name}), version {plan.version}.",
        f"Text of the plan: {plan.digest}",
        *(
            f"Laid over it: {layer.id}, version {layer.version}, {layer.digest}"
            for layer in (plan.layering.layers if plan.layering else ())
        ),
        "Not to be edited: make it again from the plan.",
    )
    return tuple(one_line(line) for line in lines)


def one_line(text: str) -> str:
    """The text with every run of white space as one space: no line of a comment ends early."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
