# SPDX-License-Identifier: Apache-2.0
"""A spec file is loaded exactly, or every mistake in it is explained."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cost_slo.adapters.documents.yaml_spec.source import YamlSpecSource
from cost_slo.domain.errors import SpecError
from cost_slo.domain.spec.document import Spec, UnitObjective, spec_schema

GOLDEN = Path(__file__).parents[2] / "golden" / "spec_errors.txt"
GOOD = """\
apiVersion: cost-slo/v1
slos:
  - name: search
    product: search
    owner: platform
    objective: {monthly: 4500}
"""

UNITS = GOOD.replace("{monthly: 4500}", "{per_unit: 1}") + "    units: {cloudwatch: "
WRONG_TO_THE_SCHEMA_TOO = {
    "unknown key": GOOD + "    objektive: {monthly: 1}\n",
    "unknown key in a scope": GOOD + "    scope: {service: [x]}\n",
    "product attribute in capitals": GOOD + "    scope: {product_attributes: {Model: [x]}}\n",
    "product attribute in another spelling": (
        GOOD
        + "    scope:\n      not:\n        product_attributes:\n          inference_type: [x]\n"
    ),
    "product attribute not a list": GOOD + "    scope: {product_attributes: {model: x}}\n",
    "product attributes a list": GOOD + "    scope: {product_attributes: [model]}\n",
    "unknown key at the top": GOOD + "curency: USD\n",
    "wrong version": GOOD.replace("v1", "v2"),
    "currency in words": GOOD + "currency: dollars\n",
    "no SLOs": "apiVersion: cost-slo/v1\nslos: []\n",
    "SLOs missing": "apiVersion: cost-slo/v1\n",
    "a list": "- name: search\n",
    "a sentence": "spend less\n",
    "an SLO that is a number": "apiVersion: cost-slo/v1\nslos: [5]\n",
    "owner and objective missing": (
        "apiVersion: cost-slo/v1\nslos:\n  - name: a\n    product: b\n"
    ),
    "name in capitals": GOOD.replace("name: search", "name: Search_API"),
    "owner empty": GOOD.replace("platform", '""'),
    "owner of two lines": GOOD.replace("platform", '"a\\nb"'),
    "product true": GOOD.replace("product: search", "product: true"),
    "objective a bare number": GOOD.replace("{monthly: 4500}", "4500"),
    "objective with a wrong key": GOOD.replace("monthly", "month"),
    "objective of two kinds": GOOD.replace("4500}", "4500, per_unit: 1}"),
    "objective a list": GOOD.replace("{monthly: 4500}", "[4500]"),
    "objective zero": GOOD.replace("4500", "0"),
    "objective negative": GOOD.replace("4500", "-0.01"),
    "objective in dollars": GOOD.replace("4500", '"$4,500"'),
    "objective in quotes": GOOD.replace("4500", '"4500"'),
    "objective with a decimal comma": GOOD.replace("4500", '"4.500,00 EUR"'),
    "a tag key of two lines": GOOD + '    scope: {tags: {"a\\nb": [c]}}\n',
    "objective too large": GOOD.replace("4500", "1.0e15"),
    "unit with a monthly objective": GOOD.replace("4500}", "4500, unit: request}"),
    "account without quotes": GOOD + "    scope: {accounts: [111122223333]}\n",
    "services not a list": GOOD + "    scope: {services: Amazon S3}\n",
    "services an empty list": GOOD + "    scope: {services: []}\n",
    "services without a value": GOOD + "    scope:\n      services:\n",
    "tags a list": GOOD + "    scope: {tags: [product]}\n",
    "tag value not a list": GOOD + "    scope: {tags: {product: search}}\n",
    "categories misspelt": GOOD + "    scope: {charge_categories: [Usages]}\n",
    "not within not": GOOD + "    scope: {not: {not: {regions: [a]}}}\n",
    "metric misspelt": GOOD + "    metric: billedcost\n",
    "plan a guess": GOOD + "    plan: learnt\n",
    "plan with separators": GOOD + "    plan: 4_500 USD\n",
    "plan zero": GOOD + "    plan: 0\n",
    "plan in quotes": GOOD + '    plan: "4000"\n',
    "false pages a number": GOOD + "    tolerated_false_pages: 1\n",
    "false pages of no period": GOOD + "    tolerated_false_pages: {at_most: 1}\n",
    "false pages a week": GOOD + "    tolerated_false_pages: {at_most: 1, per: week}\n",
    "false pages misspelt": GOOD + "    tolerated_false_pages: {at_least: 1, per: years}\n",
    "no false page ever": GOOD + "    tolerated_false_pages: {at_most: 0, per: year}\n",
    "half a false page": GOOD + "    tolerated_false_pages: {at_most: 0.5, per: month}\n",
    "false pages in words": GOOD + "    tolerated_false_pages: {at_most: once, per: month}\n",
    "false pages true": GOOD + "    tolerated_false_pages: {at_most: true, per: month}\n",
    "statistic unknown": GOOD.replace("{monthly: 4500}", "{per_unit: 1}")
    + "    units: {cloudwatch: {namespace: a, metric: 5, statistic: Average}}\n",
    "metric id in capitals": UNITS
    + "{expression: In, metrics: {In: {namespace: a, metric: b}}}}\n",
    "metric of an expression misspelt": UNITS
    + "{expression: m, metrics: {m: {namespaces: a, metric: 5}, n: 1}}}\n",
    "region unknown": UNITS + "{namespace: a, metric: b, region: Frankfurt}}\n",
    "minimum negative": GOOD.replace("{monthly: 4500}", "{per_unit: 1, minimum_units: -1}")
    + "    units: {csv: u.csv}\n",
}
WRONG_TO_THE_LOADER_ONLY = {
    "empty": "",
    "only a comment": "# nothing\n",
    "not YAML": "slos: [\n",
    "a tab": GOOD + "\tmetric: BilledCost\n",
    "two documents": GOOD + "---\n" + GOOD,
    "unknown alias": GOOD + "    scope: *base\n",
    "a tag": GOOD.replace("4500", "!!float 4500"),
    "a Python object": GOOD.replace("4500", "!!python/object/apply:os.system [id]"),
    "a control character": GOOD + "    description: \x01\n",
    "an impossible escape": GOOD + '    description: "\\UFFFFFFFF"\n',
    "a key given twice": GOOD + "    owner: other\n",
    "a key that is a list": GOOD + "    [a]: b\n",
    "keys that look like ours": GOOD + '    "[key]": 1\n    "<monthly>": 2\n',
    "objective split by a comma": GOOD.replace("4500", "4,500"),
    "account that looks octal": GOOD + "    scope: {accounts: [012345678901]}\n",
    "too many decimals": GOOD.replace("4500", "0.0000000000001"),
    "two SLOs with one name": GOOD + GOOD.split("slos:\n")[1],
    "units missing": GOOD.replace("{monthly: 4500}", "{per_unit: 1}"),
    "units with a monthly objective": GOOD + "    units: {csv: u.csv}\n",
    "units from two sources": GOOD.replace("{monthly: 4500}", "{per_unit: 1}")
    + "    units: {csv: u.csv, cloudwatch: {namespace: a, metric: b}}\n",
    "metric and expression": UNITS
    + "{namespace: a, metric: b, expression: m, metrics: {m: {namespace: a, metric: b}}}}\n",
    "neither metric nor expression": UNITS + "{namespace: a}}\n",
    "expression with a statistic of its own": UNITS
    + "{expression: m, statistic: SampleCount, metrics: {m: {namespace: a, metric: b}}}}\n",
    "expression of an unknown metric": UNITS
    + "{expression: m + n, metrics: {m: {namespace: a, metric: b}}}}\n",
    "metric that is not in the expression": UNITS
    + "{expression: m, metrics: {m: {namespace: a, metric: b}, n: {namespace: a, metric: c}}}}\n",
    "false pages without a plan": GOOD
    + "    plan: none\n    tolerated_false_pages: {at_most: 1, per: year}\n",
    "not nothing": GOOD + "    scope: {not: {}}\n",
    "product attributes empty": GOOD + "    scope: {product_attributes: {}}\n",
    "policy misspelt": GOOD + "    policy: defualt\n",
    "policy file missing": GOOD + "    policy: policies/strict.yaml\n",
    "policy with an impossible name": GOOD + f"    policy: {'ø' * 200}\n",
    "nested too deep": GOOD + f"    scope: {'[' * 3000}\n",
    "an alias of itself": GOOD + "    scope: &loop [*loop]\n",
    "python's own names": GOOD.replace("apiVersion", "api_version"),
    "many mistakes": GOOD + "".join(f"    key-{number}: 1\n" for number in range(12)),
}
WRONG = {**WRONG_TO_THE_SCHEMA_TOO, **WRONG_TO_THE_LOADER_ONLY}


def load(folder: Path, content: str | bytes) -> Spec:
    path = folder / "spec.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return YamlSpecSource(path, known_policies=("conservative", "default")).load_spec()


def refusal(folder: Path, content: str | bytes) -> SpecError:
    with pytest.raises(SpecError) as caught:
        load(folder, content)
    return caught.value


def test_the_first_example_loads(tmp_path: Path) -> None:
    (slo,) = load(tmp_path, GOOD).slos

    assert slo.name == "search"


def test_amounts_are_exactly_what_is_written(tmp_path: Path) -> None:
    document = GOOD.replace("{monthly: 4500}", "{per_unit: 0.1, minimum_units: 1e3}")

    (slo,) = load(tmp_path, document + "    units: {csv: u.csv}\n    plan: 4500.10\n").slos

    assert isinstance(slo.objective, UnitObjective)
    assert slo.objective.per_unit == Decimal("0.1")
    assert slo.objective.minimum_units == 1000
    assert slo.plan == Decimal("4500.10")


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "2026-11-01", "1:30", "0x1F"])
def test_words_other_readers_take_for_something_else_are_text(tmp_path: Path, word: str) -> None:
    (slo,) = load(tmp_path, GOOD.replace("platform", word)).slos

    assert slo.owner == word


def test_anchors_share_a_scope(tmp_path: Path) -> None:
    first = GOOD + "    scope: &base {regions: [us-east-1]}\n"
    second = GOOD.split("slos:\n")[1].replace("name: search", "name: other")

    one, two = load(tmp_path, first + second + "    scope: *base\n").slos

    assert one.scope == two.scope


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()) == load(tmp_path, GOOD)


def test_a_policy_may_be_shipped_or_a_file_beside_the_spec(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("", encoding="utf-8")

    shipped = load(tmp_path, GOOD + "    policy: conservative\n")
    own = load(tmp_path, GOOD + "    policy: mine.yaml\n")

    assert [spec.slos[0].policy for spec in (shipped, own)] == ["conservative", "mine.yaml"]


def test_every_mistake_is_explained_in_plain_words(tmp_path: Path) -> None:
    told = [
        f"{case}\n{refusal(tmp_path, content)}\n".replace(f"{tmp_path}/", "")
        for case, content in WRONG.items()
    ]

    assert "\n".join(told) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", WRONG_TO_THE_SCHEMA_TOO)
def test_an_editor_with_the_schema_sees_the_mistake_too(case: str) -> None:
    document = yaml.safe_load(WRONG[case])

    assert list(Draft202012Validator(spec_schema()).iter_errors(document)) != []


def test_an_error_says_where(tmp_path: Path) -> None:
    error = refusal(tmp_path, WRONG["objective in dollars"])

    assert (error.file, error.line, error.field) == (
        str(tmp_path / "spec.yaml"),
        6,
        "slos[0].objective.monthly",
    )


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", b"a: \xe9\n", GOOD.encode("utf-16")])
def test_text_that_is_not_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "save the file as UTF-8" in str(refusal(tmp_path, content))


def test_a_billion_laughs_are_not_laughed(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 15)]

    assert "each alias counts" in str(refusal(tmp_path, "\n".join(lines)))


def test_more_values_than_a_spec_can_need_are_not_read(tmp_path: Path) -> None:
    assert "20000 values" in str(refusal(tmp_path, "- a\n" * 50_000))


def test_a_file_too_large_to_be_a_spec_is_not_parsed(tmp_path: Path) -> None:
    assert "256 KiB" in str(refusal(tmp_path, "# " + "x" * 300_000))


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.yaml", "no such file"), (".", "got a folder"), ("a\0b", "not a usable path")],
)
def test_a_path_without_a_spec_says_so(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        YamlSpecSource(tmp_path / name).load_spec()


@given(st.text(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_a_damaged_document_is_loaded_or_refused_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, noise: str, place: int, removed: int
) -> None:
    damaged = GOOD[:place] + noise + GOOD[place + removed :]

    try:
        slos = load(tmp_path_factory.getbasetemp(), damaged.encode("utf-8", "surrogatepass")).slos
    except SpecError:
        slos = ()

    assert len(slos) <= 1
