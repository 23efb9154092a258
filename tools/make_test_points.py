"""Write the stored test points, ``tests/data/points_float{16,32,64}.txt``.

One line a point: its bits in hexadecimal.  The points are stored and not made
anew by each test run, because what `10**x` and friends return depends on the
machine.  Only integer arithmetic and mpmath go into them.
"""

from __future__ import annotations

import pathlib
import random
from typing import Any

import numpy as np
from mpmath import log, mp, mpf  # type: ignore[import-untyped]

DATA = pathlib.Path(__file__).parent.parent / "tests" / "data"
FORMATS: dict[str, tuple[Any, Any, int, int]] = {
    # name: float type, integer type, bits of the stored significand, bits of the exponent
    "float16": (np.float16, np.uint16, 10, 5),
    "float32": (np.float32, np.uint32, 23, 8),
    "float64": (np.float64, np.uint64, 52, 11),
}

mp.prec = 200


def around(bits: int, count: int = 2) -> list[int]:
    return [bits + step for step in range(-count, count + 1)]


def points(name: str) -> list[int]:
    real, integer, mantissa, exponent = FORMATS[name]
    draw = random.Random(f"relu_fast {name}")
    sign = 1 << (mantissa + exponent)
    infinity = ((1 << exponent) - 1) << mantissa
    one = ((1 << (exponent - 1)) - 1) << mantissa

    def bits_of(number: Any) -> int:
        return int(real(float(number)).view(integer))

    found = {0, sign, infinity, sign | infinity}
    found.add(infinity | 1 << (mantissa - 1))  # a quiet NaN
    found.add(sign | infinity | 1)  # a signalling one
    both_signs = []
    # Both ends of every range: subnormals, the smallest normals, 1, the largest.
    both_signs += [1, 2, 3, (1 << mantissa) - 1, infinity - 1, infinity - 2]
    both_signs += around(1 << mantissa) + around(one)
    # Every exponent, or every fourth where nothing happens.
    for e in range(0, (1 << exponent) - 1, 8 if name == "float64" else 1):
        both_signs.append((e << mantissa) | draw.getrandbits(mantissa))
    # The range in which an exponential is neither 1 nor 0, densely.
    for _ in range(400):
        e = (one >> mantissa) + draw.randint(-12, 11 if name == "float64" else 8)
        both_signs.append((e << mantissa) | draw.getrandbits(mantissa))
    found.update(both_signs, (bits | sign for bits in both_signs))
    # Where the argument reduction changes its integer, and the saturation ends.
    edges = [(mpf(k) + mpf(1) / 2) * log(2) for k in (*range(30), 100, 125, 126, 149, 200)]
    ends = {
        "float16": (-12, -14, -24, -25),
        "float32": (-25, -126, -149, -150),
        "float64": (-54, -1022, -1074, -1075),
    }[name]
    edges += [-end * log(2) for end in ends]
    for edge in edges:
        found.update(sign | bits for bits in around(bits_of(edge)))
    return sorted(found)


def text(name: str) -> str:
    """The file."""
    _, _, mantissa, exponent = FORMATS[name]
    digits = (mantissa + exponent + 1) // 4
    return "".join(f"{bits:0{digits}x}\n" for bits in points(name))


def main() -> None:
    DATA.mkdir(exist_ok=True)
    for name in FORMATS:
        (DATA / f"points_{name}.txt").write_text(text(name))


if __name__ == "__main__":
    main()
