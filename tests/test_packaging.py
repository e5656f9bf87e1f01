# SPDX-License-Identifier: Apache-2.0
"""What is shipped, to whom: the wheel's files, and whose dependencies a Lambda carries."""

import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA_SUFFIXES = {".j2", ".json", ".yaml"}
LAPTOP_ONLY = {"duckdb", "numpy", "pandas", "rich", "typer"}
HANDLERS = sorted(module.stem for module in (ROOT / "lambdas").glob("*.py"))
INFRASTRUCTURE_ONLY = {"aws-cdk-lib", "constructs"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    return message_from_bytes(
        wheel.read(next(name for name in wheel.namelist() if name.endswith("/METADATA")))
    )


def shipped(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def in_package(suffixes: set[str]) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "cost_slo").rglob("*")
        if path.suffix in suffixes
    }


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in requirements}


def test_the_wheel_carries_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0] for name in shipped(wheel)} == {"cost_slo"}


def test_the_wheel_carries_every_module(wheel: zipfile.ZipFile) -> None:
    assert in_package({".py"}) <= shipped(wheel)


def test_the_wheel_carries_policies_playbooks_and_templates(wheel: zipfile.ZipFile) -> None:
    assert in_package(DATA_SUFFIXES) <= shipped(wheel)


def test_the_wheel_tells_type_checkers_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "cost_slo/py.typed" in shipped(wheel)


def test_the_wheel_carries_its_licence(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())


def test_the_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    entry_points = next(n for n in wheel.namelist() if n.endswith("/entry_points.txt"))

    assert "cost-slo = cost_slo.cli.main:main" in wheel.read(entry_points).decode()


def test_a_lambda_carries_no_laptop_library(metadata: Message) -> None:
    always = [r for r in metadata.get_all("Requires-Dist", []) if "extra ==" not in r]

    assert names(always).isdisjoint(LAPTOP_ONLY | INFRASTRUCTURE_ONLY)


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_wakes_without_any_laptop_library(handler: str) -> None:
    probe = f"import lambdas.{handler}, sys; print({LAPTOP_ONLY | {'pyarrow'}} & set(sys.modules))"

    loaded = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert loaded.stdout.strip() == "set()"


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_has_at_most_thirty_lines(handler: str) -> None:
    assert len((ROOT / "lambdas" / f"{handler}.py").read_text("utf-8").splitlines()) <= 30


def test_a_laptop_gets_its_libraries_with_the_local_extra(metadata: Message) -> None:
    local = [r for r in metadata.get_all("Requires-Dist", []) if "extra == 'local'" in r]

    assert names(local) == LAPTOP_ONLY


def test_every_locked_package_comes_from_one_public_index() -> None:
    lock: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))

    sources = [package["source"] for package in lock["package"]]

    assert {"editable": "."} in sources
    assert {tuple(source) for source in sources} == {("registry",), ("editable",)}
    assert len({source["registry"] for source in sources if "registry" in source}) == 1
