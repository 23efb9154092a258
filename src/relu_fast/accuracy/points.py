"""Points at which the error of a function shows: always the same inputs, parameters, gradients."""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np

from .ulp import format_of

Array = np.ndarray[Any, np.dtype[Any]]


def from_bits(bits: Array, dtype: str) -> Array:
    """The floats made of as many of the lowest bits as they have."""
    return bits.astype(f"u{np.dtype(dtype).itemsize}", copy=False).view(dtype)


def all_inputs(dtype: str, start: int = 0, count: int | None = None, step: int = 1) -> Array:
    """All numbers of a type, in the order of their bits; or so many of them, from `start` on."""
    size = np.dtype(dtype).itemsize
    count = 1 << 8 * size if count is None else count
    bits = np.arange(count, dtype=f"u{size}") * np.array(step, f"u{size}")
    bits += np.array(start, f"u{size}")
    return from_bits(bits, dtype)


def stored(path: pathlib.Path, dtype: str) -> Array:
    """Those of a file: the bits of a number in hexadecimal on each line."""
    lines = path.read_text(encoding="ascii").split()
    return from_bits(np.array([int(line, 16) for line in lines], np.uint64), dtype)


class Random:
    """Numbers that are the same in every version of NumPy, which promises it of raw bits only."""

    def __init__(self, seed: int):
        self._source = np.random.PCG64(seed)

    def bits(self, count: int, width: int = 64) -> Array:
        return self._source.random_raw(count) >> np.uint64(64 - width)

    def below_one(self, count: int) -> Array:
        return self.bits(count, 53) * 2.0**-53

    def inputs(self, dtype: str, count: int) -> Array:
        """Points at which to compute: of every sign and size, in the tails, at boundaries."""
        info, kind = format_of(dtype), np.dtype(dtype).type
        special = [0.0, -0.0, np.inf, -np.inf, np.nan, info.max, -info.max]
        special += [info.smallest_normal, -info.smallest_normal]
        special += [info.smallest_subnormal, -info.smallest_subnormal]
        half, quarter = count // 2, count // 4
        # Every sign and exponent in turn, infinities' and NaN's too, with any significand.
        heads = np.arange(half, dtype=np.uint64) << np.uint64(info.nmant)
        sizes = from_bits(heads | self.bits(half, info.nmant), dtype)
        # Evenly until e^x is 0, and until e^x - 1 is -1.
        underflow = float(np.log(kind(info.smallest_subnormal))) - 1
        minus_one = 2 * float(np.log(kind(info.eps)))
        ends = np.where(self.bits(quarter, 1) == 0, underflow, minus_one)
        tails = self.below_one(quarter) * ends
        near = self.boundaries(dtype, count - half - quarter, underflow)
        return np.concatenate([special, sizes, tails, near])[:count].astype(dtype)

    def boundaries(self, dtype: str, count: int, lowest: float) -> Array:
        """At any distance from places where an algorithm may change its way, down to `lowest`.

        Around multiples of ln(2)/8: among them are those where an argument reduction changes
        its integer, and where results underflow or saturate.  And around k ln(2) + ln(3/4),
        where 2^k e^r - 1 is apt to lose digits.
        """
        nmant = format_of(dtype).nmant
        steps = np.floor(self.below_one(count) * lowest / np.log(2) * 8) / 8
        middle = self.bits(count, 2) == 0
        centres = np.where(middle, np.ceil(steps), steps) * np.log(2)
        centres += np.where(middle, np.log(0.75), 0)
        away = self.bits(count, nmant) >> self.bits(count) % np.uint64(nmant)
        up = self.bits(count, 1) == 0
        bits = centres.astype(dtype).view(f"u{np.dtype(dtype).itemsize}").astype(np.uint64)
        return from_bits(np.where(up, bits + away, bits - away), dtype)

    @np.errstate(invalid="ignore")  # isfinite of a bfloat16 raises it for some NaNs
    def finite(self, dtype: str, count: int) -> Array:
        """Of every sign and size; neither 0 nor infinite nor NaN."""
        numbers = from_bits(self.bits(count, format_of(dtype).bits), dtype)
        return np.where(np.isfinite(numbers) & (numbers != 0), numbers, numbers.dtype.type(1))

    def parameters(self, dtype: str, x: Array) -> Array:
        """Any size; powers of two and their neighbours; ordinary; such that p e^x is tiny."""
        info = format_of(dtype)
        free = self.finite(dtype, x.size)
        exponents = self.bits(x.size, info.bits - 1 - info.nmant) << np.uint64(info.nmant)
        powers = from_bits(exponents + self.bits(x.size, 2) - np.uint64(1), dtype)
        ordinary = np.exp2(8 * self.below_one(x.size) - 4)
        results = info.minexp - (info.nmant + 2) * self.below_one(x.size)
        tiny = np.exp2(results) / np.exp(np.minimum(x.astype(np.float64), 0))
        kind = self.bits(x.size, 2).astype(np.intp)
        found = np.choose(kind, [free, powers, ordinary, tiny]).astype(dtype)
        fit = np.isfinite(found) & (found != 0)
        return np.where(fit, np.copysign(found, free), free)
