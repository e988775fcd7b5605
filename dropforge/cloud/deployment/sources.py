"""The files that a deployment reads: whether they changed, and whether they are sound."""

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dropforge.cloud.deployment import template as templates
from dropforge.cloud.deployment.archive import files_of
from dropforge.cloud.deployment.deploy import TEMPLATE
from dropforge.errors import DeployError

Mark = tuple[int, int, int]
"""Time of the last change in nanoseconds, bytes, inode: editors that rename change the last."""


class Sources:
    """The template, and the files that it names.

    Parameters
    ----------
    others : files whose change counts as well, such as one that holds parameters.
    """

    def __init__(self, project_root: Path, others: Iterable[Path] = ()) -> None:
        self._root = project_root
        self._single = [project_root / TEMPLATE, *others]
        self._template: Mark | None = None
        self._named: list[Path] = []
        # Files that were found sound, as they were then.
        self._sound: dict[str, Mark] = {}

    def marks(self) -> dict[str, Mark]:
        """Return the mark of each file by its path below the project's root.

        What a template that cannot be read names is what it named before.
        """
        marks = dict(self._marked(self._single))
        template = marks.get(TEMPLATE)
        if template != self._template:
            self._template = template
            self._named = self._read_template() or self._named
        return marks | dict(self._marked(self._files()))

    def faults(self, marks: Mapping[str, Mark]) -> list[str]:
        """Say why files cannot be deployed: path, line and reason of each.

        A function with a syntax error can be deployed, and fails the runs that call it.

        Parameters
        ----------
        marks : of the files to look at; those that were sound then are not read again.
        """
        found = []
        for name, mark in marks.items():
            if self._sound.get(name) == mark:
                continue
            fault = self._fault_of(name)
            if fault is None:
                self._sound[name] = mark
            else:
                found.append(fault)
        return found

    def _read_template(self) -> list[Path]:
        try:
            template = templates.read(self._root / TEMPLATE)
        except (DeployError, OSError, UnicodeDecodeError):
            return []
        # Several functions may have the same code.
        return [*{self._root / each.path: None for each in templates.artifacts_of(template)}]

    def _files(self) -> Iterator[Path]:
        for path in self._named:
            yield from files_of(path) if path.is_dir() else [path]

    def _marked(self, files: Iterable[Path]) -> Iterator[tuple[str, Mark]]:
        for file in files:
            try:
                found = file.stat()
            except OSError:
                # Deleted, or about to be put back by an editor that renames.
                continue
            name = file.relative_to(self._root).as_posix()
            yield name, (found.st_mtime_ns, found.st_size, found.st_ino)

    def _fault_of(self, name: str) -> str | None:
        path = self._root / name
        try:
            if name == TEMPLATE:
                templates.read(path)
            elif path.suffix == ".py":
                _compile(path)
            elif path.suffix == ".json":
                json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except SyntaxError as error:
            return f"{name}, line {error.lineno}: {error.msg}"
        except json.JSONDecodeError as error:
            return f"{name}, line {error.lineno}: {error.msg}"
        except DeployError as error:
            return str(error)
        except (OSError, ValueError) as error:
            return f"{name}: {error}"
        return None


def _compile(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
