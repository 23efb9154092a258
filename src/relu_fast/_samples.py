"""Points at which the error of a function shows: inputs, alphas and gradients, always the same."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def from_bits(bits: Array, dtype: str) -> Array:
    """The float64 or float32 made of so many of the lowest bits."""
    return bits.astype(f"u{np.dtype(dtype).itemsize}").view(dtype)


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
        info = np.finfo(dtype)
        special = [0.0, -0.0, np.inf, -np.inf, np.nan, info.max, info.min]
        special += [info.tiny, -info.tiny, info.smallest_subnormal, -info.smallest_subnormal]
        half, quarter = count // 2, count // 4
        # Every sign and exponent in turn, infinities' and NaN's too, with any significand.
        heads = np.arange(half, dtype=np.uint64) << np.uint64(info.nmant)
        sizes = from_bits(heads | self.bits(half, info.nmant), dtype)
        # Evenly until e^x is 0, and until e^x - 1 is -1.
        underflow = float(np.log(info.smallest_subnormal)) - 1
        ends = np.where(self.bits(quarter, 1) == 0, underflow, 2 * float(np.log(info.eps)))
        tails = self.below_one(quarter) * ends
        near = self.boundaries(dtype, count - half - quarter, underflow)
        return np.concatenate([special, sizes, tails, near])[:count].astype(dtype)

    def boundaries(self, dtype: str, count: int, least: float) -> Array:
        """At any distance from places where an algorithm may change its way, down to `least`.

        Around multiples of ln(2)/8: among them are those where an argument reduction changes
        its integer, and where results underflow or saturate.  And around k ln(2) + ln(3/4),
        where 2^k e^r - 1 is apt to lose digits.
        """
        nmant = np.finfo(dtype).nmant
        steps = np.floor(self.below_one(count) * least / np.log(2) * 8) / 8
        middle = self.bits(count, 2) == 0
        centres = np.where(middle, np.ceil(steps), steps) * np.log(2)
        centres += np.where(middle, np.log(0.75), 0)
        away = self.bits(count, nmant) >> self.bits(count) % np.uint64(nmant)
        up = self.bits(count, 1) == 0
        bits = centres.astype(dtype).view(f"u{np.dtype(dtype).itemsize}").astype(np.uint64)
        return from_bits(np.where(up, bits + away, bits - away), dtype)

    def finite(self, dtype: str, count: int) -> Array:
        """Of every sign and size; neither 0 nor infinite nor NaN."""
        numbers = from_bits(self.bits(count, np.finfo(dtype).bits), dtype)
        return np.where(np.isfinite(numbers) & (numbers != 0), numbers, numbers.dtype.type(1))

    def alphas(self, dtype: str, x: Array) -> Array:
        """Any size; powers of two and their neighbours; ordinary; such that alpha e^x is tiny."""
        info = np.finfo(dtype)
        free = self.finite(dtype, x.size)
        exponents = self.bits(x.size, info.bits - 1 - info.nmant) << np.uint64(info.nmant)
        powers = from_bits(exponents + self.bits(x.size, 2) - np.uint64(1), dtype)
        ordinary = np.exp2(8 * self.below_one(x.size) - 4)
        results = info.minexp - (info.nmant + 2) * self.below_one(x.size)
        tiny = np.exp2(results) / np.exp(np.minimum(x.astype(np.float64), 0))
        kind = self.bits(x.size, 2).astype(np.intp)
        alphas = np.choose(kind, [free, powers, ordinary, tiny]).astype(dtype)
        fit = np.isfinite(alphas) & (alphas != 0)
        return np.where(fit, np.copysign(alphas, free), free)
