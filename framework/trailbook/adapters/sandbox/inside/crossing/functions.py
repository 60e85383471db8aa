"""Real functions that stand for the other side's: same signature, name and text; the work is done over there.

Names and kinds of parameters are checked before they become part of a text that is compiled; defaults are values.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any

from .describing import OPAQUE
from .kinds import Malformed

POSITIONAL_ONLY, POSITIONAL, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = range(5)
MOST_PARAMETERS = 200
TEMPLATES = {
    "plain": "def {name}({parameters}):\n return {call}({values})",
    "generator": "def {name}({parameters}):\n return (yield from {call}({values}))",
    "coroutine": "async def {name}({parameters}):\n return await {call}({values})",
    "asyncgen": "async def {name}({parameters}):\n async for each in {call}({values}):\n  yield each",
}

CLOSING = "def outside({call}):\n {function}\n return function\nfunction = outside({call})"

Call = Callable[[list[Any], dict[str, Any]], Any]


class Hidden:
    """Stands for a default that did not cross."""

    def __repr__(self) -> str:
        return "..."


def make_function(
    said: dict[str, Any],
    parts: Sequence[Any],
    call: Call,
    *,
    filename: str = "<elsewhere>",
    line: int = 1,
    like: CodeType | None = None,
) -> FunctionType:
    """Return a function for a description.

    Parameters
    ----------
    call
        Gets positional and keyword arguments; arguments that are the parameter's own default are left out.
    filename, line
        Where its text is.
    like
        The code of the text it stands for; its names and constants can be looked at.
    """
    parameters = [_checked(each) for each in _list(said, "parameters")]
    if len(parameters) > MOST_PARAMETERS or len({each[0] for each in parameters}) < len(parameters):
        raise Malformed("no parameters")
    names = {each[0] for each in parameters}
    helper = "call"
    while helper in names or helper == "each":
        helper += "_"
    text = TEMPLATES[_text(said, "runs")].format(
        name="function", parameters=_signature_text(parameters), call=helper, values=_values_text(parameters)
    )
    if said.get("closes"):
        text = CLOSING.format(call=helper, function=text.replace("\n", "\n "))
    shape = [(name, kind, _default(default, parts)) for name, kind, default, _ in parameters]
    scope: dict[str, Any] = {"__name__": "__main__", helper: _caller(call, shape)}
    exec(compile(text, filename, "exec"), scope)  # noqa: S102 - a text of ours with checked identifiers in it
    function: FunctionType = scope.pop("function")
    name = _text(said, "name")
    code = function.__code__.replace(co_name=name, co_qualname=_text(said, "qualname"), co_firstlineno=line)
    function.__code__ = code if like is None else looking_like(code, like)
    function.__name__, function.__qualname__ = name, _text(said, "qualname")
    function.__module__ = _text(said, "module")
    doc = said.get("doc")
    function.__doc__ = doc if isinstance(doc, str) else None
    function.__defaults__ = tuple(d for _, kind, d in shape if kind <= POSITIONAL and d is not NONE) or None
    function.__kwdefaults__ = {n: d for n, kind, d in shape if kind == KEYWORD_ONLY and d is not NONE} or None
    notes = {each[0]: parts[each[3]] for each in parameters if each[3] is not None}
    if said.get("returns") is not None:
        notes["return"] = parts[_number(said["returns"])]
    function.__annotations__ = notes
    attributes = said.get("attributes")
    if attributes is not None and isinstance(parts[_number(attributes)], dict):
        function.__dict__ = parts[_number(attributes)]
    return function


def looking_like(code: CodeType, like: CodeType) -> CodeType:
    """Return code that does what it did, with the names and constants of other code after its own."""
    if code.co_varnames[: code.co_argcount] != like.co_varnames[: like.co_argcount]:
        return code
    named = code.replace(
        co_names=(*code.co_names, *(name for name in like.co_names if name not in code.co_names)),
        co_consts=(*code.co_consts, *like.co_consts),
    )
    if code.co_freevars or code.co_cellvars or like.co_cellvars:
        return named  # its places for cells come after those for local variables, which must not become more
    local = tuple(name for name in like.co_varnames if name not in code.co_varnames)
    return named.replace(
        co_varnames=(*code.co_varnames, *local),
        co_nlocals=code.co_nlocals + len(local),
    )


NONE = object()
"""No default."""


def _caller(call: Call, shape: Sequence[tuple[str, int, Any]]) -> Callable[..., Any]:
    positional = [each for each in shape if each[1] <= POSITIONAL]
    keywords = [each for each in shape if each[1] == KEYWORD_ONLY]

    def run(values: tuple[Any, ...], rest: tuple[Any, ...], named: tuple[Any, ...], others: dict[str, Any]) -> Any:
        args: list[Any] = []
        options: dict[str, Any] = {}
        kept = [i for i, each in enumerate(positional) if values[i] is not each[2]]
        last = len(positional) if rest else max((i + 1 for i in kept), default=0)
        for i, (name, kind, default) in enumerate(positional[:last]):
            if kind == POSITIONAL_ONLY or rest or (len(args) == i and values[i] is not default):
                args.append(values[i])
            elif values[i] is not default:
                options[name] = values[i]
        args += rest
        options |= {
            name: value for (name, _, default), value in zip(keywords, named, strict=True) if value is not default
        }
        return call(args, options | others)

    return run


def _signature_text(parameters: Sequence[tuple[str, int, int | None, int | None]]) -> str:
    parts: list[str] = []
    kinds = [kind for _, kind, _, _ in parameters]
    for position, (name, kind, default, _) in enumerate(parameters):
        if kind == KEYWORD_ONLY and VAR_POSITIONAL not in kinds and KEYWORD_ONLY not in kinds[:position]:
            parts.append("*")
        star = {VAR_POSITIONAL: "*", VAR_KEYWORD: "**"}.get(kind, "")
        parts.append(star + name + ("=None" if default is not None else ""))
        if kind == POSITIONAL_ONLY and (position + 1 == len(kinds) or kinds[position + 1] != POSITIONAL_ONLY):
            parts.append("/")
    return ", ".join(parts)


def _values_text(parameters: Sequence[tuple[str, int, int | None, int | None]]) -> str:
    def of(*wanted: int) -> str:
        return "".join(f"{name}, " for name, kind, _, _ in parameters if kind in wanted)

    rest, others = of(VAR_POSITIONAL).rstrip(", "), of(VAR_KEYWORD).rstrip(", ")
    return f"({of(POSITIONAL_ONLY, POSITIONAL)}), {rest or '()'}, ({of(KEYWORD_ONLY)}), {others or '{}'}"


def _checked(said: object) -> tuple[str, int, int | None, int | None]:
    match said:
        case [str(name), int(kind), default, note] if (
            name.isidentifier() and not keyword.iskeyword(name) and kind in range(5)
        ):
            return name, kind, None if default is None else _number(default), None if note is None else _number(note)
    raise Malformed("no parameter")


def _default(number: int | None, parts: Sequence[Any]) -> Any:
    return NONE if number is None else Hidden() if number == OPAQUE else parts[number]


def _number(said: object) -> int:
    if type(said) is not int or said < OPAQUE:
        raise Malformed("no number of a part")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    found = said.get(name)
    if not isinstance(found, str):
        raise Malformed("no text")
    return found


def _list(said: dict[str, Any], name: str) -> list[Any]:
    found = said.get(name)
    if not isinstance(found, list):
        raise Malformed("no list")
    return found
