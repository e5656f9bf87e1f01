# SPDX-License-Identifier: Apache-2.0
"""What do the Lambdas run? One folder, the same to the byte from the same inputs, without Docker.

`python -m infra.bundle --out DIR` builds it for a look and prints what weighs how much.
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
# The spec's name in the bundle: where the settings look for it by default.
SPEC = "cost-slo.yaml"

PLATFORMS: dict[Architecture, str] = {
    "arm64": "aarch64-manylinux2014",
    "x86_64": "x86_64-manylinux2014",
}
LOCKED = "--locked --extra lambda --extra chat --no-dev --no-group infra --no-emit-project"


class BundleError(Exception):
    """The bundle cannot be built: a file is missing or in the way, or uv failed."""


def build(
    target: Path,
    *,
    spec: Path,
    python: str = "3.13",
    architecture: Architecture = "arm64",
) -> Path:
    """Make the folder `target` afresh: our code, what it imports, the spec and the files it names.

    An earlier bundle at `target` is replaced, once the new one is whole. Raises BundleError, also
    for anything else there.
    """
    beside = list(_spec_files(spec))
    _refuse_what_is_no_bundle(target)
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
    """Build a bundle and print its size, by top-level package, and the hash of its content."""
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to make")
    parser.add_argument("--zip", type=Path, help="write the folder as this archive, too")
    parser.add_argument("--spec", type=Path, default=ROOT / "examples" / "quickstart.yaml")
    parser.add_argument("--python", default="3.13", help="version of the Lambda's runtime")
    parser.add_argument("--architecture", choices=list(PLATFORMS), default="arm64")
    told = parser.parse_args(arguments)
    try:
        folder = build(told.out, spec=told.spec, python=told.python, architecture=told.architecture)
    except BundleError as error:
        sys.exit(str(error))
    sys.stdout.write(printed(folder))
    if told.zip:
        sys.stdout.write(f"{pack(folder, told.zip).stat().st_size / 1e6:8.2f} MB  {told.zip}\n")


def _spec_files(spec: Path) -> Iterator[tuple[Path, Path]]:
    """The spec, its own ladders and its files of units, each with its place in the bundle."""
    try:
        document = Spec.model_validate(yaml.safe_load(spec.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BundleError(f"{spec}: no spec; `cost-slo validate {spec}` says why") from error
    yield spec, Path(SPEC)
    shipped = {ladder.stem for ladder in (ROOT / "cost_slo" / "policies").glob("*.yaml")}
    named = {slo.policy for slo in document.slos} - shipped
    named |= {slo.units.csv for slo in document.slos if slo.units and slo.units.csv}
    for name in sorted(named):
        place = Path(name)
        if place.is_absolute() or ".." in place.parts or place == Path(SPEC):
            raise BundleError(f"{spec}: {name} must lie beside the spec to travel with it")
        if not (spec.parent / place).is_file():
            raise BundleError(f"{spec}: {name} is not there, beside the spec")
        yield spec.parent / place, place


def _refuse_what_is_no_bundle(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise BundleError(f"{target} is a file; name a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / "botocore").is_dir():
        raise BundleError(f"{target} holds something that is no bundle; name another folder")


def _install(scratch: Path, python: str, architecture: Architecture) -> Path:
    """The locked dependencies, as wheels for the Lambda's platform whatever this machine is."""
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
        raise BundleError(f"{uv} is not there; `make sync` fetches it, or set UV") from None
    except subprocess.CalledProcessError as error:
        raise BundleError(f"uv failed ({error.returncode}); it says why above") from None


def _carry(source: Path, target: Path, within: Path = Path()) -> None:
    """Copy what belongs: never a link, for uv's cache and its installs may share a file."""
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.is_file() and is_carried(within / name):
            _put(path, target / name)


def _put(source: Path, target: Path) -> None:
    if target.exists():
        raise BundleError(f"{target.name}: the bundle has a file of this name already")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
