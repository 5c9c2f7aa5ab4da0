"""The wheel holds the plan as it is in the repository, and an installed wheel decides with it."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("plan.yaml", "regulation.yaml", "regulation_scenarios.yaml", "scenarios.yaml", "source.yaml")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="only a source tree can be built"),
]

DECIDE = """
import importlib.resources, json, sys
import plan_rules as pr
decision = pr.decide(pr.load(), {"staff_assaulted": True})
assert decision.requires("call_police"), decision
print(importlib.resources.files(pr))
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed; its output is what pytest shows when it does not."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from the sdist: as a package index would hold them."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment: the wheel from its file, its dependencies from the environment of this test."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    run(python, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", wheel, cwd=folder)
    (site,) = folder.glob("lib/python3*/site-packages")
    # Appended at the end of the path, and never with its .pth files: the source tree is not in reach.
    dependencies = [entry for entry in sys.path if entry.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(dependencies) + "\n", encoding="utf-8")
    return python


@pytest.mark.parametrize("name", SHIPPED)
def test_the_wheel_holds_the_same_bytes_as_the_repository(built: Path, name: str) -> None:
    (wheel,) = built.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"plan_rules/shipped/{name}") == (ROOT / "rules" / name).read_bytes()


def test_the_wheel_and_the_sdist_hold_the_migrations_of_the_store(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    folder = Path("plan_rules/cases/store/migrations")
    wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py")}

    with zipfile.ZipFile(wheel) as archive, tarfile.open(sdist) as source:
        assert len(wanted) > 3
        assert wanted <= {*archive.namelist()}
        assert wanted <= {name.partition("/")[2] for name in source.getnames()}


def test_the_wheel_and_the_sdist_hold_the_templates_of_documents(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    folder = ROOT / "plan_rules/documents/templates"
    wanted = {path.relative_to(ROOT).as_posix() for path in folder.iterdir()}

    with zipfile.ZipFile(wheel) as archive, tarfile.open(sdist) as source:
        assert len(wanted) >= 3
        assert wanted <= {*archive.namelist()}
        assert wanted <= {name.partition("/")[2] for name in source.getnames()}


def test_the_wheel_says_that_it_is_typed(built: Path) -> None:
    (wheel,) = built.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        assert "plan_rules/py.typed" in archive.namelist()


def test_the_wheel_holds_nothing_but_the_package(built: Path) -> None:
    (wheel,) = built.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0].split("-")[0] for name in archive.namelist()}
    assert tops == {"plan_rules"}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_sdist_holds_the_rules(built: Path, name: str) -> None:
    (sdist,) = built.glob("*.tar.gz")

    with tarfile.open(sdist) as archive:
        assert any(member.endswith(f"/rules/{name}") for member in archive.getnames())


@pytest.mark.parametrize("name", SHIPPED)
def test_an_installed_wheel_has_the_bytes_of_the_shipped_plan(installed: Path, name: str) -> None:
    (site,) = installed.parents[1].glob("lib/python3*/site-packages")

    assert (site / "plan_rules" / "shipped" / name).read_bytes() == (ROOT / "rules" / name).read_bytes()


def test_an_installed_wheel_decides_with_the_shipped_plan(installed: Path, tmp_path: Path) -> None:
    package = run(installed, "-c", DECIDE, cwd=tmp_path).strip()

    assert Path(package).is_relative_to(installed.parents[1])


def test_an_installed_wheel_has_the_command(installed: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("staff_assaulted: true\n", encoding="utf-8")

    answer = run(installed.with_name("plan-rules"), "decide", facts, "--json", cwd=tmp_path)
    assert "call_police" in answer
    assert run(installed.with_name("plan-rules"), "check", cwd=tmp_path)


def test_an_installed_wheel_proves_its_plan(installed: Path, tmp_path: Path) -> None:
    assert run(installed.with_name("plan-rules"), "prove", cwd=tmp_path)
    assert run(installed.with_name("plan-rules"), "lint", cwd=tmp_path)
