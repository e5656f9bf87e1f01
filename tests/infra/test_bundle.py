# SPDX-License-Identifier: Apache-2.0
"""What do the Lambdas run, and does it run with nothing else beside it?"""

import json
import platform
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest

from infra.bundle import ROOT, Architecture, BundleError, build, main
from infra.carried import SERVICES, is_carried
from infra.content import digest, pack, printed, sizes
from tests.worlds.webhook import webhook

MACHINES: dict[str, Architecture] = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "x86_64": "x86_64",
}
HERE = MACHINES.get(platform.machine(), "x86_64")
# The process below is of this Python, so the wheels are, too.
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
ELF_MACHINE = {"arm64": 183, "x86_64": 62}
SPEC = """
apiVersion: cost-slo/v1
slos:
  - {name: whole-bill, product: all, owner: finops, objective: {monthly: 10000}, scope: {},
     policy: ladders/own.yaml}
  - {name: request, product: weel, owner: api, objective: {per_unit: 0.002, unit: request},
     scope: {}, units: {csv: units.csv}}
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spec")
    (folder / "ladders").mkdir()
    (folder / "ladders" / "own.yaml").write_text("{extends: default, name: own}", "utf-8")
    (folder / "units.csv").write_text("date,amount\n2026-10-30,120000\n", "utf-8")
    (folder / "slos.yaml").write_text(SPEC, "utf-8")
    return folder / "slos.yaml"


@pytest.fixture(scope="module")
def bundle(spec: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundle") / "asset"
    return build(target, spec=spec, python=VERSION, architecture=HERE)


def run_alone(bundle: Path, hook: str) -> dict[str, Any]:
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "evaluate",
        "AWS_REGION": "eu-central-1",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "COST_SLO_ALERT_TOPIC_ARN": "arn:aws:sns:eu-central-1:111122223333:alerts",
        "COST_SLO_CHANNELS_SECRET_ID": "channels",
        "COST_SLO_CHAT_TOPIC_ARN": "arn:aws:sns:eu-central-1:111122223333:chat",
        "COST_SLO_NARRATIVES_BUCKET": "narratives",
        "COST_SLO_TABLE_NAME": "state",
        "LAMBDA_TASK_ROOT": str(bundle),
    }
    probe = Path(__file__).with_name("in_a_lambda.py")
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(probe), str(bundle), hook],
        cwd=bundle,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return cast("dict[str, Any]", json.loads(ran.stdout))


@pytest.mark.skipif(sys.platform != "linux", reason="a bundle runs on Linux")
def test_the_handlers_run_on_the_bundle_and_the_standard_library_alone(bundle: Path) -> None:
    with webhook() as hook:
        found = run_alone(bundle, hook.url())

    assert found["handlers"] == sorted(f"lambdas.{it.stem}" for it in ROOT.glob("lambdas/*.py"))
    assert [entry for entry in found["path"] if "packages" in entry] == []
    assert found["outside"] == []
    assert found["connected"] == []
    assert found["services"] == sorted(SERVICES)
    assert found["slos"] == ["whole-bill", "request"]
    assert found["policies"] == ["own", "default"]
    assert [told["title"] for told in hook.told] == ["A subject"]


def test_the_bundle_is_under_its_goal_and_carries_no_engine(bundle: Path) -> None:
    found = sizes(bundle)

    assert found.total() < 35e6
    assert not found.keys() & {"duckdb", "numpy", "pandas", "pyarrow", "rich", "typer", "moto"}


def test_the_same_inputs_make_the_same_bundle_and_archive(
    bundle: Path, spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "elsewhere" / "again"

    places = f"--out {again} --zip {tmp_path}/again.zip --spec {spec}"
    main([*places.split(), "--python", VERSION, "--architecture", HERE])

    assert listing(again) == listing(bundle)
    first = pack(bundle, tmp_path / "first.zip")
    assert (tmp_path / "again.zip").read_bytes() == first.read_bytes()
    with zipfile.ZipFile(first) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert digest(tmp_path / "unpacked") == digest(bundle)
    told = capsys.readouterr().out
    assert told.startswith(printed(bundle))
    assert f"sha256:{digest(bundle)}" in told


def test_nothing_in_the_bundle_tells_where_it_was_built(bundle: Path, spec: Path) -> None:
    places = [str(place).encode() for place in (ROOT, bundle, spec.parent, sys.executable)]

    telling = [
        path
        for path in files(bundle)
        if any(place in (bundle / path).read_bytes() for place in places)
    ]

    assert telling == []
    assert [path for path in files(bundle) if path.endswith((".pyc", "RECORD", "INSTALLER"))] == []


def test_a_bundle_for_the_other_architecture_holds_its_machine_code(
    spec: Path, tmp_path: Path
) -> None:
    other: Architecture = "x86_64" if HERE == "arm64" else "arm64"

    built = build(tmp_path / "other", spec=spec, architecture=other)

    compiled = [(built / path).read_bytes() for path in files(built) if path.endswith(".so")]
    assert compiled
    assert {int.from_bytes(code[18:20], "little") for code in compiled} == {ELF_MACHINE[other]}


def test_the_spec_travels_with_the_ladders_and_units_it_names(bundle: Path, spec: Path) -> None:
    for name in ("ladders/own.yaml", "units.csv"):
        assert (bundle / name).read_bytes() == (spec.parent / name).read_bytes()
    assert (bundle / "cost-slo.yaml").read_bytes() == spec.read_bytes()


@pytest.mark.parametrize("ladder", ["../own.yaml", "/etc/own.yaml", "cost-slo.yaml", "absent.yaml"])
def test_a_ladder_that_cannot_travel_is_refused(spec: Path, tmp_path: Path, ladder: str) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(spec.read_text("utf-8").replace("ladders/own.yaml", ladder), "utf-8")

    with pytest.raises(BundleError, match="the spec's folder"):
        build(tmp_path / "asset", spec=wrong)

    assert not (tmp_path / "asset").exists()


def test_what_is_no_spec_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("slos: []", "utf-8")

    with pytest.raises(SystemExit, match="cost-slo validate"):
        main(["--out", str(tmp_path / "asset"), "--spec", str(tmp_path / "spec.yaml")])


def test_a_file_of_the_spec_may_not_replace_one_of_the_bundle(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "lambdas").mkdir()
    (tmp_path / "lambdas" / "evaluate.py").write_text("{extends: default}", "utf-8")
    (tmp_path / "units.csv").touch()
    wrong = tmp_path / "wrong.yaml"
    text = spec.read_text("utf-8").replace("ladders/own.yaml", "lambdas/evaluate.py")
    wrong.write_text(text, "utf-8")

    with pytest.raises(BundleError, match="two files of the bundle have this name"):
        build(tmp_path / "asset", spec=wrong)


def test_a_folder_that_is_no_bundle_is_left_alone(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")

    with pytest.raises(BundleError, match="is not empty and not a bundle"):
        build(tmp_path, spec=spec)
    with pytest.raises(BundleError, match="is a file"):
        build(tmp_path / "thesis.txt", spec=spec)

    assert (tmp_path / "thesis.txt").read_text("utf-8") == "years of work"


def test_an_installer_that_is_not_there_is_named(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV", str(tmp_path / "no-uv"))

    with pytest.raises(BundleError, match=r"no-uv is missing; run `make sync`"):
        build(tmp_path / "asset", spec=spec)


def test_an_installer_that_fails_leaves_the_earlier_bundle_as_it_was(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "asset"
    (earlier / "botocore").mkdir(parents=True)
    monkeypatch.setenv("UV", "false")

    with pytest.raises(BundleError, match="uv failed"):
        build(earlier, spec=spec)

    assert list(tmp_path.rglob("*")) == [earlier, earlier / "botocore"]


@pytest.mark.parametrize(
    ("name", "carried"),
    [
        ("botocore/data/ce/2017-10-25/service-2.json.gz", True),
        ("botocore/data/ce/2017-10-25/examples-1.json", False),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("botocore/data/partitions.json", True),
        ("botocore/client.py", True),
        ("pydantic-2.12.0.dist-info/METADATA", True),
        ("pydantic-2.12.0.dist-info/RECORD", False),
        ("pydantic-2.12.0.dist-info/direct_url.json", False),
        ("pydantic-2.12.0.dist-info/licenses/LICENSE", True),
        ("cost_slo/__pycache__/live.cpython-313.pyc", False),
        ("cost_slo/policies/default.yaml", True),
        ("cost_slo/cli/app.py", False),
        ("cost_slo/client.py", True),
    ],
)
def test_only_what_a_handler_reads_is_carried(name: str, *, carried: bool) -> None:
    assert is_carried(Path(name)) is carried


def files(bundle: Path) -> list[str]:
    return sorted(
        path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()
    )


def listing(bundle: Path) -> list[tuple[str, int, float, str]]:
    """Name, mode, time and hash of all that is in a bundle, folders too."""
    return [
        (
            path.relative_to(bundle).as_posix(),
            path.stat().st_mode,
            path.stat().st_mtime,
            sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(bundle.rglob("*"))
    ]
