# SPDX-License-Identifier: Apache-2.0
"""Run by a fresh Python with nothing but a bundle on its path: what does it reach for?

Not a test: `python -I -S in_a_lambda.py FOLDER WEBHOOK`; prints one JSON object.
"""

import json
import sys
import sysconfig
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any


def main(folder: Path, webhook: str) -> None:
    """Import every handler, compose a deployment, send a message; say what was touched."""
    sys.path.insert(0, str(folder))  # from here on, what is imported is the bundle's
    path, connected = list(sys.path), list[str]()
    sys.addaudithook(lambda event, arguments: _audit(connected, event, arguments))
    names = sorted(f"lambdas.{file.stem}" for file in folder.glob("lambdas/*.py"))
    handlers = [name for name in names if callable(import_module(name).handler)]
    called, deployed = _deployed()
    slos = deployed.monitor.specs.load_spec().slos
    policies = [deployed.monitor.policy(slo.policy).name for slo in slos]
    offline = list(connected)
    _send_chat(webhook)
    outside = {_home(module, folder) for module in list(sys.modules.values())} - {None}
    told = {
        "handlers": handlers,
        "path": path,
        "slos": [slo.name for slo in slos],
        "policies": policies,
        "services": sorted(set(called)),
        "connected": offline,
        "outside": sorted(map(str, outside)),
    }
    print(json.dumps(told))  # noqa: T201


def _audit(connected: list[str], event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo"}:
        connected.append(f"{event} {arguments[-1] if 'addr' not in event else arguments[0]}")


def _deployed() -> tuple[list[str], Any]:
    """The services that a deployment makes clients of, and the deployment."""
    from cost_slo.adapter_kit.aws_calls import client  # noqa: PLC0415
    from cost_slo.settings import load_settings  # noqa: PLC0415
    from cost_slo.wiring.deployed import deployment  # noqa: PLC0415

    called: list[str] = []

    def recorded(service: str, *, region: str | None = None) -> Any:
        called.append(service)
        return client(service, region=region)

    made = deployment(load_settings(), recorded)
    for asked_later in ("cloudwatch", "cloudtrail", "cloudformation"):
        recorded(asked_later)
    return called, made


def _send_chat(webhook: str) -> None:
    from cost_slo.adapters.notifiers.apprise_notifier import chat_channels  # noqa: PLC0415
    from cost_slo.domain.alerts.alert import Notification  # noqa: PLC0415
    from cost_slo.domain.incidents.incident import Severity  # noqa: PLC0415

    at = datetime(2026, 11, 2, tzinfo=UTC)
    message = Notification("key", None, "slo", Severity.PAGE, at, "A subject", "A body.")
    for channel in chat_channels(lambda: [webhook]).values():
        channel.send_notification(message)


def _home(module: Any, folder: Path) -> str | None:
    """Where a module comes from, unless that is the bundle or the standard library."""
    file = getattr(module, "__file__", None)
    if file is None or module.__name__ == "__main__":
        return None
    path = Path(file).resolve()
    library = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    is_installed = {"site-packages", "dist-packages"} & set(path.parts)
    is_library = any(path.is_relative_to(it) for it in library) and not is_installed
    return None if path.is_relative_to(folder) or is_library else file


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
