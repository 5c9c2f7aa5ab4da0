"""README.md and docs/ say what is so: their Python runs, their links lead somewhere, their lists are complete.

The Python of a page runs in one namespace, block after block; a block marked `{.python .no-run}` does not.
"""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import typer
import yaml

import plan_rules as pr
from plan_rules.cli import app
from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS, VALUE_WORDS

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s#]+)(?:#[^)\s]*)?\)")


def name_of(page: Path) -> str:
    """The page as a test id."""
    return page.relative_to(ROOT).as_posix()


def read(page: Path | str) -> str:
    """The text of a page, given as a path or as its name in docs/."""
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[tuple[int, str]]:
    """(line of the first statement, source) of each fenced block of this language."""
    return [
        (text.count("\n", 0, found.start("body")) + 1, re.sub(rf"(?m)^{found['indent']}", "", found["body"]))
        for found in FENCE.finditer(text)
        if found["info"].strip() == language
    ]


RUNNABLE = [page for page in PAGES if blocks(read(page), "python")]


@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_the_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("examples", "rules"):  # pages name these as from the root; what they write stays out of it
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__page__"}

    for line, source in blocks(read(page), "python"):
        # Blank lines in front give tracebacks the line numbers of the page.
        exec(compile("\n" * (line - 1) + source, str(page), "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    targets = [found["target"] for found in LINK.finditer(FENCE.sub("", read(page)))]
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]

    assert broken == []


def test_every_page_of_the_navigation_exists() -> None:
    # The file may hold `!!python/name:` tags of mkdocs; only the navigation matters here.
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    navigation = yaml.safe_load(text[text.index("\nnav:") :])["nav"]

    missing = [page for page in pages_in(navigation) if not (ROOT / "docs" / page).exists()]
    assert missing == []


def pages_in(navigation: object) -> list[str]:
    """Every page named in a navigation tree of mkdocs, in order."""
    match navigation:
        case str() as page:
            return [page] if page.endswith(".md") else []
        case dict() as entries:
            return [page for entry in entries.values() for page in pages_in(entry)]
        case list() as entries:
            return [page for entry in entries for page in pages_in(entry)]
        case _:
            raise AssertionError(f"unexpected in the navigation: {navigation!r}")


def test_the_whole_plan_shown_in_the_reference_has_no_defects() -> None:
    plans = [source for _, source in blocks(read("reference/plan-file.md"), "yaml") if source.startswith("预案:")]

    assert len(plans) == 1
    assert len(pr.loads(plans[0]).clauses) == 2


def test_the_reference_of_the_plan_file_lists_every_keyword_and_its_alias() -> None:
    page = read("reference/plan-file.md")
    words = {**KEYWORDS, **CONDITION_WORDS, **{chinese: english for english, chinese in VALUE_WORDS.items()}}

    assert [pair for pair in words.items() if not all(f"`{word}`" in page for word in pair)] == []


def test_the_page_of_incident_facts_lists_every_fact_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| (\w+) \| .* \| (.+) \|$", read("reference/incident-facts.md"), re.MULTILINE
    )
    listed = {fact: (kind, default) for fact, kind, default in rows}

    assert listed == {fact.id: (str(fact.kind), default_of(fact)) for fact in pr.load().facts.values()}


def default_of(fact: pr.Fact) -> str:
    """A default as the page writes it."""
    if fact.kind == "readings":
        return "as in the plan file"
    return f"`{'null' if fact.default is None else str(fact.default).lower()}`"


def test_the_page_of_incident_facts_lists_every_presumption_and_impossible_combination() -> None:
    plan = pr.load()
    page = read("reference/incident-facts.md")
    ids = [item.id for item in (*plan.presumptions, *plan.impossibles)]

    assert [id_ for id_ in ids if f"| {id_} |" not in page] == []


def test_the_reference_of_the_python_api_lists_every_public_name() -> None:
    page = read("reference/python-api.md")

    assert [name for name in pr.__all__ if not re.search(rf"`{name}[`(]", page)] == []


@pytest.mark.parametrize(
    ("page", "packages"),
    [
        ("reference/tables-api.md", ("columns", "batch", "sql", "backtest")),
        ("reference/integration-api.md", ("codegen", "events", "service")),
    ],
)
def test_the_reference_of_a_package_lists_every_public_name(page: str, packages: tuple[str, ...]) -> None:
    sections = dict(re.findall(r"^## plan_rules\.(\w+)\n(.*?)(?=^## |\Z)", read(page), re.MULTILINE | re.DOTALL))

    assert tuple(sections) == packages
    for package, section in sections.items():
        module = import_module(f"plan_rules.{package}")
        assert all(getattr(module, name) is not None for name in module.__all__)
        assert [name for name in module.__all__ if not re.search(rf"`{name}[`(]", section)] == []


def test_the_navigation_has_a_line_for_every_page() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(pages_in(yaml.safe_load(text[text.index("\nnav:") :])["nav"]))

    assert {page.relative_to(ROOT / "docs").as_posix() for page in PAGES if page.parent != ROOT} <= listed


def test_the_reference_of_the_command_line_lists_every_command_and_option() -> None:
    page = read("reference/command-line.md")
    root = typer.main.get_command(app.build("en", rich=False))
    commands = root.commands  # type: ignore[attr-defined]
    below = {
        f"{group} {name}": command
        for group, listed in commands.items()
        for name, command in getattr(listed, "commands", {}).items()
    }
    options = {
        option
        for command in (root, *commands.values(), *below.values())
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }

    assert [name for name in commands if f"\n## {name}\n" not in page] == []
    assert [name for name in below if f"\n### {name}\n" not in page] == []
    assert sorted(option for option in options - {"--help"} if option not in page) == []


def test_the_page_of_the_architecture_shows_the_layers_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")

    assert "\n" + "".join(f"    {layer}\n" for layer in layers) in read("explanation/architecture.md")
