"""What the tests of generated sources share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.codegen.runtimes import PORTABLE, run


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of examples/portable/node with its packages, as the lock file has them."""
    folder = tmp_path_factory.mktemp("node") / "node"
    shutil.copytree(PORTABLE / "node", folder, ignore=shutil.ignore_patterns("node_modules"))
    run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
    return folder
