# SPDX-License-Identifier: Apache-2.0
"""Builds the code bundle of the Lambdas: one folder, reproducible to the byte, without Docker.

`python -m infra.bundle --out DIR` builds it and prints its size by package.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import yaml

from cost_slo.domain.spec.document import Spec
from infra.carried import is_carried
from infra.content import pack, printed, stamp

Architecture = Literal["arm64", "x86_64"]

ROOT = Path(__file__).resolve().parents[1]
# The spec's name in the bundle, the default of the settings.
SPEC = "cost-slo.yaml"

PLATFORMS: dict[Architecture, str] = {
    "arm64": "aarch64-manylinux2014",
    "x86_64": "x86_64-manylinux2014",
}
LOCKED = "--locked --extra lambda --extra chat --no-dev --no-group infra --no-emit-project"


class BundleError(Exception):
    """The bundle cannot be built: a file is missing or exists already, or uv failed."""


def build(
    target: Path,
    *,
    spec: Path,
    python: str = "3.13",
    architecture: Architecture = "arm64",
) -> Path:
    """Build the folder `target`: our code, its dependencies, the spec and the files it names.

    An earlier bundle at `target` is replaced once the new one is complete. Raises BundleError, also
    if `target` is not a bundle.
    """
    beside = list(_spec_files(spec))
    _refuse_other_folders(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".bundle-") as scratch:
        made = Path(scratch) / "made"
        for package in ("cost_slo", "lambdas"):
            _carry(ROOT / package, made / package, within=Path(package))
        for source, name in beside:
            _put(source, made / name)
        _carry(_install(Path(scratch), python, architecture), made)
        stamp(made)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return target


def main(arguments: list[str] | None = None) -> None:
    """Build a bundle; print its size by top-level package and the hash of its content."""
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to build")
    parser.add_argument("--zip", type=Path, help="also write the folder as this archive")
    parser.add_argument("--spec", type=Path, default=ROOT / "examples" / "quickstart.yaml")
    parser.add_argument("--python", default="3.13", help="version of the Lambda's runtime")
    parser.add_argument("--architecture", choices=list(PLATFORMS), default="arm64")
    given = parser.parse_args(arguments)
    try:
        folder = build(
            given.out, spec=given.spec, python=given.python, architecture=given.architecture
        )
    except BundleError as error:
        sys.exit(str(error))
    sys.stdout.write(printed(folder))
    if given.zip:
        sys.stdout.write(f"{pack(folder, given.zip).stat().st_size / 1e6:8.2f} MB  {given.zip}\n")


def _spec_files(spec: Path) -> Iterator[tuple[Path, Path]]:
    """The spec, its own ladders and units files, each with its path in the bundle."""
    try:
        document = Spec.model_validate(yaml.safe_load(spec.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BundleError(f"{spec}: not a valid spec; run `cost-slo validate {spec}`") from error
    yield spec, Path(SPEC)
    shipped = {ladder.stem for ladder in (ROOT / "cost_slo" / "policies").glob("*.yaml")}
    named = {slo.policy for slo in document.slos} - shipped
    named |= {slo.units.csv for slo in document.slos if slo.units and slo.units.csv}
    for name in sorted(named):
        place = Path(name)
        if place.is_absolute() or ".." in place.parts or place == Path(SPEC):
            raise BundleError(
                f"{spec}: {name} must be in the spec's folder to be part of the bundle"
            )
        if not (spec.parent / place).is_file():
            raise BundleError(f"{spec}: {name} is missing from the spec's folder")
        yield spec.parent / place, place


def _refuse_other_folders(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise BundleError(f"{target} is a file; name a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / "botocore").is_dir():
        raise BundleError(f"{target} is not empty and not a bundle; name another folder")


def _install(scratch: Path, python: str, architecture: Architecture) -> Path:
    """A folder with the locked dependencies, as wheels for the Lambda's platform."""
    locked, installed = scratch / "locked.txt", scratch / "installed"
    _uv(f"export --quiet {LOCKED} --python", sys.executable, "--output-file", locked)
    flags = (
        f"--python-platform {PLATFORMS[architecture]} --python-version {python} "
        "--only-binary :all: --no-compile --no-deps --require-hashes"
    )
    _uv(f"pip install --quiet {flags} --python {sys.executable} --target", installed, "-r", locked)
    return installed


def _uv(words: str, *paths: str | Path) -> None:
    uv = os.environ.get("UV") or str(ROOT / ".tools" / "bin" / "uv")
    try:
        subprocess.run([uv, *words.split(), *paths], cwd=ROOT, check=True)
    except FileNotFoundError:
        raise BundleError(f"{uv} is missing; run `make sync`, or set UV") from None
    except subprocess.CalledProcessError as error:
        raise BundleError(f"uv failed ({error.returncode}); see its output above") from None


def _carry(source: Path, target: Path, within: Path = Path()) -> None:
    """Copy the files of the bundle; no links, because uv's cache and installs may share files."""
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.is_file() and is_carried(within / name):
            _put(path, target / name)


def _put(source: Path, target: Path) -> None:
    if target.exists():
        raise BundleError(f"{target.name}: two files of the bundle have this name; rename one")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
