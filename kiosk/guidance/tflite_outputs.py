"""Leave out of a TensorFlow Lite model what only serves outputs that nobody reads.

An interpreter computes every operator of a model and keeps room for each of their results. The
model's file is a FlatBuffer, so operators and outputs are taken out of their lists in place; the
tensors and weights of those that stay are not touched.

Source: TensorFlow, tensorflow/compiler/mlir/lite/schema/schema.fbs (order of the fields);
FlatBuffers' "Internals" (tables, vtables, vectors).
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Sequence

_IDENTIFIER = b"TFL3"
_MODEL_SUBGRAPHS = 2
_GRAPH_OUTPUTS, _GRAPH_OPERATORS = 2, 3
_OPERATOR_INPUTS, _OPERATOR_OUTPUTS = 1, 2
_WORD = 4
"""Bytes of a number, or of an offset, in a vector."""


def keep_outputs(model: bytes, wanted: Sequence[int]) -> bytes:
    """Return a model that computes only some of its outputs.

    Args:
        model: a model with one graph, as it is in its file.
        wanted: which of its outputs, counted from 0, in the order they will have.

    Returns:
        The model, as long as before.

    Raises:
        ValueError: it is no such model, or has no such output.
    """
    buffer = bytearray(model)
    try:
        if buffer[_WORD : 2 * _WORD] != _IDENTIFIER:
            raise ValueError("not a TensorFlow Lite model")
        graphs = _vector(buffer, _u32(buffer, 0), _MODEL_SUBGRAPHS)
        if len(graphs) != 1:
            raise ValueError("a TensorFlow Lite model with more than one graph")
        graph = _target(buffer, graphs[0])
        outputs = _vector(buffer, graph, _GRAPH_OUTPUTS)
        if not wanted or not all(0 <= index < len(outputs) for index in wanted):
            raise ValueError(f"outputs {list(wanted)} of a model that has {len(outputs)}")
        tensors = [_u32(buffer, outputs[index]) for index in wanted]
        operators = _vector(buffer, graph, _GRAPH_OPERATORS)
        targets = [_target(buffer, operators[i]) for i in _needed(buffer, operators, tensors)]
        # An offset counts from where it stands itself.
        _rewrite(buffer, operators, [to - at for to, at in zip(targets, operators, strict=False)])
        _rewrite(buffer, outputs, tensors)
    except struct.error as error:
        raise ValueError("not a whole TensorFlow Lite model") from error
    return bytes(buffer)


def _needed(buffer: bytearray, operators: range, tensors: Iterable[int]) -> list[int]:
    """Return which operators the tensors are made by, directly or not, in their order."""
    reads: list[list[int]] = []
    maker: dict[int, int] = {}
    for number, place in enumerate(operators):
        operator = _target(buffer, place)
        reads.append([_i32(buffer, at) for at in _vector(buffer, operator, _OPERATOR_INPUTS)])
        for at in _vector(buffer, operator, _OPERATOR_OUTPUTS):
            maker[_i32(buffer, at)] = number
    needed: set[int] = set()
    asked = list(tensors)
    while asked:
        number = maker.get(asked.pop(), -1)  # inputs, weights and left-out inputs have no maker
        if number >= 0 and number not in needed:
            needed.add(number)
            asked += reads[number]
    return sorted(needed)


def _rewrite(buffer: bytearray, vector: range, values: Collection[int]) -> None:
    """Replace a vector by one that is no longer."""
    struct.pack_into("<I", buffer, vector.start - _WORD, len(values))
    for at, value in zip(vector, values, strict=False):
        struct.pack_into("<I", buffer, at, value)


def _vector(buffer: bytearray, table: int, field: int) -> range:
    """Return where the elements of a table's vector stand; none when the table lacks it."""
    vtable = table - _i32(buffer, table)
    at = vtable + 4 + 2 * field
    offset = _u16(buffer, at) if at < vtable + _u16(buffer, vtable) else 0
    if offset == 0:
        return range(0)
    length_at = _target(buffer, table + offset)
    first = length_at + _WORD
    return range(first, first + _WORD * _u32(buffer, length_at), _WORD)


def _target(buffer: bytearray, at: int) -> int:
    """Return where the offset that stands there leads."""
    return at + _u32(buffer, at)


def _u16(buffer: bytearray, at: int) -> int:
    return int(struct.unpack_from("<H", buffer, at)[0])


def _u32(buffer: bytearray, at: int) -> int:
    return int(struct.unpack_from("<I", buffer, at)[0])


def _i32(buffer: bytearray, at: int) -> int:
    return int(struct.unpack_from("<i", buffer, at)[0])
