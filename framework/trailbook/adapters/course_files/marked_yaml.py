"""YAML as plain values that remember on which line each was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 20

Path = tuple[str | int, ...]
"""Where a value is: keys and positions from the top."""


@dataclass
class MarkedYaml:
    """Plain values, the line (from 1) of each value by its path, and what is wrong as ``(line, sentence)``."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[tuple[int | None, str]] = field(default_factory=list)

    def line_of(self, path: Path) -> int | None:
        """Return the line of the value, or of the nearest value around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read_yaml(text: str) -> MarkedYaml:
    """Return the text's values with their lines; nothing raises, faults are collected."""
    found = MarkedYaml()
    try:
        _refuse_traps(text, found)
        if found.faults:
            return found
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is not None:
            found.value = _value(node, (), found)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        found.faults.append((mark.line + 1 if mark else None, f"This is no YAML: {reason}."))
    return found


def _refuse_traps(text: str, found: MarkedYaml) -> None:
    """Note aliases, a few of which can stand for more values than there is memory, and nesting that takes for ever."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else None
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            found.faults.append((line, "This is nested too deeply."))
            return
        if isinstance(event, yaml.AliasEvent):
            found.faults.append((line, "Write the value itself instead of an alias (*)."))
            return


def _value(node: yaml.Node, path: Path, found: MarkedYaml) -> Any:
    found.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, found)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), found) for index, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:timestamp":
        return node.value  # as it was written: a time without a zone is no time
    constructor = yaml.constructor.SafeConstructor()
    try:
        return constructor.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        found.faults.append((node.start_mark.line + 1, f"This value cannot be read: {error}".splitlines()[0]))
        return None


def _mapping(node: yaml.MappingNode, path: Path, found: MarkedYaml) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            found.faults.append((line, "A key is one word."))
            continue
        if key in values:
            found.faults.append((line, f"The key {key} is there twice. Remove one."))
        values[key] = _value(value_node, (*path, key), found)
        found.lines[(*path, key)] = line
    return values
