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

FOLDER, WEBHOOK = Path(sys.argv[1]).resolve(), sys.argv[2]
called: list[str] = []
connected: list[str] = []


def audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo"}:
        connected.append(f"{event} {arguments[-1] if 'addr' not in event else arguments[0]}")


def home(module: Any) -> str | None:
    """Where a module comes from, unless that is the bundle or the standard library."""
    file = getattr(module, "__file__", None)
    if file is None or module.__name__ == "__main__":
        return None
    path = Path(file).resolve()
    library = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    is_installed = {"site-packages", "dist-packages"} & set(path.parts)
    is_library = any(path.is_relative_to(it) for it in library) and not is_installed
    return None if path.is_relative_to(FOLDER) or is_library else file


def send_chat() -> None:
    from cost_slo.adapters.apprise_notifier import chat_channels  # noqa: PLC0415
    from cost_slo.domain.incident import Severity  # noqa: PLC0415
    from cost_slo.domain.notification import Notification  # noqa: PLC0415

    at = datetime(2026, 11, 2, tzinfo=UTC)
    message = Notification("key", None, "slo", Severity.PAGE, at, "A subject", "A body.")
    for channel in chat_channels(lambda: [WEBHOOK]).values():
        channel.send_notification(message)


sys.path.insert(0, str(FOLDER))  # from here on, what is imported is the bundle's
path = list(sys.path)
sys.addaudithook(audit)
handlers = [
    name
    for name in sorted(f"lambdas.{file.stem}" for file in FOLDER.glob("lambdas/*.py"))
    if callable(import_module(name).handler)
]

from cost_slo.aws import client  # noqa: E402
from cost_slo.live import deployment  # noqa: E402
from cost_slo.settings import load_settings  # noqa: E402


def recorded(service: str, *, region: str | None = None) -> Any:
    called.append(service)
    return client(service, region=region)


deployed = deployment(load_settings(), recorded)
slos = deployed.monitor.specs.load_spec().slos
recorded("cloudwatch")
offline = list(connected)
send_chat()
print(  # noqa: T201
    json.dumps(
        {
            "handlers": handlers,
            "path": path,
            "slos": [slo.name for slo in slos],
            "policies": [deployed.monitor.policy(slo.policy).name for slo in slos],
            "services": sorted(set(called)),
            "connected": offline,
            "outside": sorted(filter(None, map(home, list(sys.modules.values())))),
        }
    )
)
