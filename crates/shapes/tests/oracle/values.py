"""Random values for shapes of a model, and the one spelling in which values are compared."""

import base64
import datetime
import math
import random

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
TEXTS = [
    "",
    "abc",
    "x y&z=1+\u00e9\"'<>%41",
    "\U0001f600\u2028",
    "two\nlines\tand\\n",
    "arn:aws:ecs:us-east-1:123456789012:task/a",
    " padded ",
]
CONTROL_TEXTS = ["\x00\x1f\x7f", "\r\n\b\f"]


class Values:
    """Makes values. XML cannot spell control characters, nor that a flat list or map is empty, so `for_xml`
    leaves these out."""

    def __init__(self, for_xml):
        self.for_xml = for_xml
        self.texts = TEXTS if for_xml else TEXTS + CONTROL_TEXTS

    def of(self, shape, depth=0):
        return getattr(self, f"_{shape.type_name}")(shape, depth)

    def text(self):
        return random.choice(self.texts)

    def _structure(self, shape, depth):
        if getattr(shape, "is_document_type", False):
            return random.choice([{"a": [1, None, "\u00e9"]}, "text", 7, True, []])
        chance = 0.8 if depth < 2 else 0.35 if depth < 6 else 0.0
        members = [pair for pair in shape.members.items() if random.random() < chance and can_be_made(pair[1])]
        if is_union(shape):
            members = [random.choice(list(shape.members.items()))]
        return {name: self.of(member, depth + 1) for name, member in members}

    def _list(self, shape, depth):
        return [self.of(shape.member, depth + 1) for _ in range(self._length(shape, depth))]

    def _map(self, shape, depth):
        return {self.text(): self.of(shape.value, depth + 1) for _ in range(self._length(shape, depth))}

    def _length(self, shape, depth):
        least = 1 if self.for_xml and shape.serialization.get("flattened") else 0
        most = 12 if random.random() < 0.1 else 2
        return random.randint(least, most) if depth < 7 else least

    def _string(self, shape, depth):
        return random.choice(shape.enum) if shape.enum else self.text()

    def _integer(self, shape, depth):
        return random.choice([0, -1, 2**31 - 1, -(2**31), random.randint(0, 99)])

    def _long(self, shape, depth):
        return random.choice([0, 2**63 - 1, -(2**63), 2**53 + 1])

    def _double(self, shape, depth):
        return random.choice([0.5, -1e-7, 1e300, 3.0, math.inf, -math.inf, math.nan, random.uniform(-9, 9)])

    _float = _double

    def _boolean(self, shape, depth):
        return random.random() < 0.5

    def _timestamp(self, shape, depth):
        return EPOCH + datetime.timedelta(milliseconds=random.randint(-(10**11), 4 * 10**12))

    def _blob(self, shape, depth):
        return random.randbytes(random.randint(0, 4))


def is_union(shape):
    return getattr(shape, "is_tagged_union", False)


def can_be_made(shape):
    """Whether a shape has a value: a union must have one member, and the model has some without any."""
    return not is_union(shape) or len(shape.members) > 0


def canonical(shape, value):
    """A value as JSON has it, with the names of the wire."""
    kind = shape.type_name
    if kind == "structure" and not getattr(shape, "is_document_type", False):
        members = {name: part for name, part in value.items() if name in shape.members}
        return {wire_name(shape, name): canonical(shape.members[name], part) for name, part in members.items()}
    if kind == "list":
        return [canonical(shape.member, part) for part in value]
    if kind == "map":
        return {key: canonical(shape.value, part) for key, part in value.items()}
    if kind == "timestamp":
        return (value - EPOCH) // datetime.timedelta(milliseconds=1) / 1000
    if kind == "blob":
        return base64.b64encode(value).decode()
    if kind in ("double", "float") and isinstance(value, float) and not math.isfinite(value):
        # botocore's JSON parser leaves these words as they are, its XML parser makes numbers of them.
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def wire_name(shape, name):
    return shape.members[name].serialization.get("name", name)


def without_empty_structures(value):
    """Leaves out empty objects, list elements that are one, and lists of nothing else."""
    if isinstance(value, dict):
        parts = {name: without_empty_structures(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part != {}}
    if isinstance(value, list):
        parts = [part for part in map(without_empty_structures, value) if part != {}]
        return parts if parts or not value else {}
    return value
