"""Pages of the dashboard, read as a browser reads them, and dashboards to make them from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from cost_slo.use_cases.dashboard import Dashboard
from cost_slo.wiring.local import renderer
from tests.builders.moods import desk
from tests.fakes.ports import FakeNarratives
from tests.worlds.rig import Rig

VOID = {"meta", "br", "hr", "circle", "polyline"}


def dashboard(rig: Rig, **narratives: str) -> Dashboard:
    """Over a rig's state; `narratives` by incident, with `_` for `-`."""
    texts = {name.replace("_", "-"): text for name, text in narratives.items()}
    return Dashboard(replace(desk(rig), cap=300), FakeNarratives(texts), renderer())


@dataclass
class Page(HTMLParser):
    """The tags and texts of a page; fails where a tag is not closed."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.path.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.path.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.path[-1] if self.path else "", data))

    @property
    def narratives(self) -> int:
        """How many are shown."""
        return sum(attributes.get("class") == "cs-text" for _, attributes in self.tags)

    def all(self, tag: str) -> list[str]:
        """The text right inside each element of a kind."""
        return [text for inside, text in self.texts if inside == tag and text.strip()]


def read(html: str) -> Page:
    """The page, which holds nothing that CloudWatch would take out of it."""
    page = Page()
    page.feed(html)
    page.close()
    assert page.path == []
    for tag, attributes in page.tags:
        assert tag not in {"script", "iframe", "use", "link", "img", "object", "form"}
        assert not [name for name in attributes if name.startswith("on")]
        assert not [name for name in attributes if name in {"href", "src", "xlink:href"}]
    return page
