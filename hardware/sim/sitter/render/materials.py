# SPDX-License-Identifier: GPL-3.0-or-later
"""Procedural materials: skin, eyes, hair, cloth, glasses. No picture is used."""

from __future__ import annotations

from typing import Any

import bpy

from people import Colour, Hair, Tone

Socket = bpy.types.NodeSocket


def _scaled(colour: Colour, factor: float | Colour) -> Colour:
    by = factor if isinstance(factor, tuple) else (factor,) * 3
    return tuple(min(1.0, c * f) for c, f in zip(colour, by, strict=True))


def _between(first: Colour, second: Colour, share: float) -> Colour:
    return tuple((1 - share) * a + share * b for a, b in zip(first, second, strict=True))


class Nodes:
    """A material's node tree, with the few operations that are needed here."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self._output = self.tree.nodes.new("ShaderNodeOutputMaterial")

    def add(self, kind: str, inputs: dict[str | int, Any], **settings: Any) -> bpy.types.Node:
        """A node with its inputs (a value, a colour or another node's output) set."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for key, value in settings.items():
            setattr(node, key, value)
        for key, value in inputs.items():
            self._set(node.inputs[key], value)
        return node

    def _set(self, socket: Socket, value: Any) -> None:
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, tuple) and socket.type == "RGBA":
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def mix(self, share: Any, first: Any, second: Any) -> Socket:
        """Blend of two colours."""
        node = self.add("Mix", {}, data_type="RGBA")
        for key, value in ((0, share), (6, first), (7, second)):
            self._set(node.inputs[key], value)
        return node.outputs[2]

    def math(self, operation: str, first: Any, second: Any = 0.0, third: Any = 0.0) -> Socket:
        """Arithmetic on values."""
        return self.add("Math", {0: first, 1: second, 2: third}, operation=operation).outputs[0]

    def ramp(self, value: Any, low: float, high: float, start: float = 0, end: float = 1) -> Socket:
        """Smooth step from `start` at `low` to `end` at `high`."""
        inputs: dict[str | int, Any] = {0: value, 1: low, 2: high, 3: start, 4: end}
        return self.add("MapRange", inputs, interpolation_type="SMOOTHSTEP").outputs[0]

    def noise(self, vector: Any, scale: float, detail: float = 3.0, **inputs: float) -> Socket:
        """Fractal noise, 0 to 1."""
        settings = {"Vector": vector, "Scale": scale, "Detail": detail, **inputs}
        return self.add("TexNoise", settings).outputs["Fac"]

    def attribute(self, name: str, vector: bool = False) -> Socket:
        """What `mesh.set_attribute` stored."""
        node = self.add("Attribute", {}, attribute_name=name)
        return node.outputs["Vector" if vector else "Fac"]

    def finish(self, surface: Socket) -> bpy.types.Material:
        """Make this the material's surface."""
        self.tree.links.new(surface, self._output.inputs["Surface"])
        return self.material


def skin(tone: Tone) -> bpy.types.Material:
    """Skin with lips, blush and pores; reads the masks that `scene` stores on the body."""
    n = Nodes("skin")
    rest = n.attribute("rest", vector=True)
    large = n.noise(rest, 3.0, 4.0, Roughness=0.6)
    middle = n.noise(rest, 22.0)
    fine = n.noise(rest, 55.0, 1.0)
    colour = n.mix(n.ramp(large, 0.35, 0.7), tone.skin, _between(tone.skin, tone.deep, 0.14))
    colour = n.mix(n.ramp(middle, 0.45, 0.75, 0, 0.16), colour, tone.deep)
    blush = _scaled(tone.skin, (0.97, 0.70, 0.66))
    colour = n.mix(n.math("MULTIPLY", n.attribute("blush"), 0.5), colour, blush)
    colour = n.mix(n.math("MULTIPLY", n.attribute("shade"), 0.45), colour, tone.deep)
    creases = n.add("VectorMath", {0: rest, 1: (28.0, 5.0, 5.0)}, operation="MULTIPLY").outputs[0]
    wrinkle = n.noise(creases, 1.6)
    lip = n.mix(n.ramp(wrinkle, 0.4, 0.65, 0, 0.3), tone.lip, _scaled(tone.lip, 0.75))
    colour = n.mix(n.math("MULTIPLY", n.attribute("lips"), 0.8), colour, lip)
    colour = n.mix(n.attribute("cavity"), colour, _scaled(tone.lip, (0.55, 0.40, 0.40)))
    pores = n.add("TexVoronoi", {"Vector": rest, "Scale": 60.0}).outputs["Distance"]
    height = n.math("ADD", n.math("MULTIPLY", pores, 0.5), n.math("MULTIPLY", fine, 0.6))
    lines = n.math("MULTIPLY", wrinkle, n.attribute("lips"))
    height = n.math("ADD", height, n.math("MULTIPLY", lines, 1.2))
    bump = n.add("Bump", {"Strength": 0.16, "Distance": 0.0006, "Height": height})
    roughness = n.math("MULTIPLY_ADD", middle, 0.14, 0.44)
    roughness = n.math("SUBTRACT", roughness, n.math("MULTIPLY", n.attribute("lips"), 0.1))
    surface = n.add(
        "BsdfPrincipled",
        {
            "Base Color": colour,
            "Roughness": roughness,
            "Normal": bump.outputs["Normal"],
            "Subsurface Weight": 1.0,
            "Subsurface Scale": 0.004,
            "Subsurface Radius": (1.0, 0.35, 0.2),
            "IOR": 1.4,
            "Specular IOR Level": 0.36,
        },
        subsurface_method="RANDOM_WALK",
    )
    return n.finish(surface.outputs[0])


def eye(tone: Tone) -> bpy.types.Material:
    """Eyeball; reads the angle (degrees) from the gaze and the direction of each point."""
    n = Nodes("eye")
    angle = n.attribute("angle")
    direction = n.attribute("direction", vector=True)
    parts = n.add("SeparateXYZ", {"Vector": direction})
    around = n.math("ARCTAN2", parts.outputs[2], parts.outputs[0])
    spokes = n.add(
        "CombineXYZ",
        {"X": n.math("MULTIPLY", around, 9.0), "Y": n.math("MULTIPLY", angle, 0.12)},
    ).outputs[0]
    fibre = n.noise(spokes, 1.3, 4.0)
    iris = n.mix(n.ramp(fibre, 0.4, 0.6), _scaled(tone.iris, 0.6), _scaled(tone.iris, 2.3))
    iris = n.mix(n.ramp(angle, 21.5, 26.5), iris, _scaled(tone.iris, 0.25))
    iris = n.mix(n.ramp(angle, 9.4, 10.8, 1, 0), iris, (0.002, 0.002, 0.002))
    white = n.mix(n.ramp(angle, 30.0, 75.0), (0.60, 0.57, 0.55), (0.48, 0.33, 0.30))
    colour = n.mix(n.ramp(angle, 25.5, 28.5), iris, white)
    surface = n.add(
        "BsdfPrincipled",
        {"Base Color": colour, "Roughness": 0.25, "Coat Weight": 1.0, "Coat Roughness": 0.02},
    )
    return n.finish(surface.outputs[0])


def hair(look: Hair) -> bpy.types.Material:
    """Hair by its content of melanin."""
    n = Nodes("hair")
    surface = n.add(
        "BsdfHairPrincipled",
        {
            "Melanin": look.melanin,
            "Melanin Redness": look.redness,
            "Roughness": 0.36,
            "Radial Roughness": 0.45,
            "Random Color": 0.2,
            "Random Roughness": 0.2,
        },
        parametrization="MELANIN",
    )
    return n.finish(surface.outputs[0])


def plain(name: str, colour: Colour, roughness: float, **inputs: float) -> bpy.types.Material:
    """One colour; further inputs are the shader's own, with `_` for a space."""
    n = Nodes(name)
    more: dict[str | int, Any] = {key.replace("_", " "): value for key, value in inputs.items()}
    surface = n.add("BsdfPrincipled", {"Base Color": colour, "Roughness": roughness, **more})
    return n.finish(surface.outputs[0])


def cloth(name: str, colour: Colour) -> bpy.types.Material:
    """Woven cotton."""
    n = Nodes(name)
    where = n.add("TexCoord", {}).outputs["Object"]
    threads = n.add("TexWave", {"Vector": where, "Scale": 260.0, "Distortion": 2.0})
    height = n.math("MULTIPLY_ADD", threads.outputs["Fac"], 0.4, n.noise(where, 1200.0, 4.0))
    weave = n.add("Bump", {"Strength": 0.5, "Distance": 0.0004, "Height": height})
    long = n.add("VectorMath", {0: where, 1: (11.0, 11.0, 5.5)}, operation="MULTIPLY").outputs[0]
    folds = n.noise(long, 1.0, 1.5, Distortion=1.2)
    bump = n.add(
        "Bump",
        {"Strength": 0.55, "Distance": 0.02, "Height": folds, "Normal": weave.outputs["Normal"]},
    )
    surface = n.add(
        "BsdfPrincipled",
        {
            "Base Color": colour,
            "Roughness": 0.85,
            "Sheen Weight": 0.15,
            "Specular IOR Level": 0.25,
            "Normal": bump.outputs["Normal"],
        },
    )
    return n.finish(surface.outputs[0])


def lens() -> bpy.types.Material:
    """Untinted glass so thin that it doesn't bend the light."""
    n = Nodes("lens")
    clear = n.add("BsdfTransparent", {})
    mirror = n.add("BsdfGlossy", {"Roughness": 0.02})
    share = n.add("Fresnel", {"IOR": 1.25})
    surface = n.add("MixShader", {0: share.outputs[0], 1: clear.outputs[0], 2: mirror.outputs[0]})
    return n.finish(surface.outputs[0])
