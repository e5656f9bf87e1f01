# SPDX-License-Identifier: Apache-2.0
"""Loads a spec file.

`document` reads the YAML text as a tree with line numbers, the models of `domain/spec` validate it,
and `wording` explains every mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from cost_slo.adapters.documents.yaml_spec.document import (
    MAX_BYTES,
    Problem,
    YamlTree,
    read_document,
)
from cost_slo.adapters.documents.yaml_spec.wording import dotted, problems_of
from cost_slo.domain.errors import SpecError
from cost_slo.domain.spec.document import Spec

MAX_PROBLEMS = 10


class YamlSpecSource:
    """One YAML file; `known_policies` are the names of the shipped ladders."""

    def __init__(self, path: Path, *, known_policies: Collection[str] = ("default",)) -> None:
        """The file is read by `load_spec`."""
        self._path = path
        self._known_policies = known_policies

    def load_spec(self) -> Spec:
        """The validated spec. Raises SpecError that lists every mistake."""
        document = read_document(self._read())
        if isinstance(document, Problem):
            raise self._error([document])
        if document.problems:
            raise self._error(document.problems)
        try:
            spec = Spec.model_validate(document.value, by_alias=True, by_name=False)
        except ValidationError as error:
            wrong = self._error(problems_of(error, document))
        else:
            if unknown := list(self._unknown_policies(spec, document)):
                raise self._error(unknown)
            return spec
        raise wrong  # outside of the handler: pydantic's error would never be collected

    def _read(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            message = "no such file; `cost-slo demo` writes an example, slos.yaml"
        except IsADirectoryError:
            message = "expected a YAML file, got a folder; give the path of the file in it"
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a usable path"
            message = f"cannot be read: {reason}"
        raise SpecError(message, file=str(self._path))

    def _unknown_policies(self, spec: Spec, document: YamlTree) -> Iterator[Problem]:
        known = sorted(self._known_policies)
        for position, slo in enumerate(spec.slos):
            if slo.policy in known or self._is_file_beside_spec(slo.policy):
                continue
            close = get_close_matches(slo.policy, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            message = (
                f"expected {', '.join(known)}, or the path of a policy file, relative to the "
                f"spec; got {slo.policy!a}, which is neither{hint}"
            )
            path = ("slos", position, "policy")
            yield Problem(message, path, document.line_of(path))

    def _is_file_beside_spec(self, policy: str) -> bool:
        try:
            return (self._path.parent / policy).is_file()
        except (OSError, ValueError):  # a name no file can have
            return False

    def _error(self, problems: Sequence[Problem]) -> SpecError:
        first, *others = problems
        lines = [str(self._spec_error(problem)) for problem in others[: MAX_PROBLEMS - 1]]
        if len(problems) > MAX_PROBLEMS:
            lines.append(f"and {len(problems) - MAX_PROBLEMS} more")
        return self._spec_error(first, "\n".join([first.message, *lines]))

    def _spec_error(self, problem: Problem, message: str = "") -> SpecError:
        return SpecError(
            message or problem.message,
            file=str(self._path),
            line=problem.line,
            field=dotted(problem.path),
        )


__all__ = ["YamlSpecSource"]
