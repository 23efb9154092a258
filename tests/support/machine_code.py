"""What the compiler made of the kernels: read from objdump and nm.

``python tests/support/machine_code.py BUILD`` looks at all objects in a build folder of
Meson and fails where

- a contiguous kernel has no vector instructions, or calls what is no kernel,
- a kernel on the bits has no loop that stores vectors of the full width,
- a table is looked up in more or fewer permutations than its words ask for, or is spilled,
- an object has instructions that the CPUs it is for need not have: those of an
  ISA may be in its own kernels only, and the rest must run anywhere,
- a global symbol of the library does not start with ``relu_fast_``.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

# Packed arithmetic, comparison, logic or moves in the widest registers of the ISA (clang 16
# takes half of a NEON register for some derivatives).
PACKED = {
    "x86_64_v4": r"\bv\w+(ps|pd|d|q|d32|q64|d64)\s.*%zmm",
    "x86_64_v3": r"\bv\w+(ps|pd|d|q|dqa|dqu)\s.*%ymm",
    "baseline": r"\b(and|andn|or|cmp\w+|mul|add|min|max)p[sd]\s.*%xmm|\bpcmp\w+\s.*%xmm",
    "sve": r"\b(f\w+\s+z\d+\.[sd]|fcm\w+\s+p\d+\.[sd])",
    "neon": r"\b(fm\w+|fadd|fsub|fcm\w+|bsl|bif|bit|and|bic)\s+v\d+\.(4s|2d|16b|2s|8b)",
}
PACKED["sve"] += "|" + PACKED["neon"]  # the formulas that are written in vectors
# Without an fma instruction, what is written with fma calls libm's, one element at a time, or
# in vectors of float32 ours.
WITHOUT_FMA = {"baseline": ("fma", "fmaf", "fused_in_double")}
COPY = "memcpy"  # what compilers make of a loop that copies
CALL = re.compile(r"\b(?:call|bl)\s+\S+ <(\w+)")
# Of functions that are alike the compiler keeps one, to which the others jump.
JUMP = re.compile(r"(?:jmp|b)\s+\S+ <(\w+)>")

# In 64-bit mode these bytes, the escapes after any prefixes, mean nothing else.
EVEX = r"62 "
VEX = r"c[45] "
PREFIXES = r"((66|f2|f3|4[0-9a-f]) )*"
SSSE3_TO_SSE4 = PREFIXES + r"0f 3[8a] "
POPCNT_OR_LZCNT = r"f3 (4[0-9a-f] )?0f b[8d] "
SSE3 = r"\t(addsubp|haddp|hsubp|lddqu|mov(d|s[hl])dup|fisttp)"
MASK_REGISTERS = r".*%k[0-7]\b"
SVE = r".*\b[zp]\d+[./]"
# Level -> what begins an instruction, as "bytes\ttext", that its CPUs may lack.
BEYOND = {
    "x86_64_v4": None,
    "x86_64_v3": rf"{EVEX}|{MASK_REGISTERS}",
    "baseline": rf"{VEX}|{EVEX}|{SSSE3_TO_SSE4}|{POPCNT_OR_LZCNT}|.*{SSE3}",
    "sve": None,
    "neon": SVE,
}


def instructions(
    path: str | pathlib.Path, objdump: str = "objdump"
) -> Iterator[tuple[str, int, str]]:
    """Each instruction of an object as (function, address, "bytes\\ttext")."""
    listing = subprocess.run([objdump, "-d", path], capture_output=True, text=True, check=True)
    function = ""
    for line in listing.stdout.splitlines():
        if header := re.match(r"[0-9a-f]+ <(\w+)>:$", line):
            function = header[1]
        elif len(fields := line.split("\t", 2)) == 3:
            address = int(fields[0].strip().rstrip(":"), 16)
            yield function, address, fields[1].strip() + " \t" + fields[2]


# A jump within a function, and where it leads to.
BRANCH = re.compile(r"(?:j|b|cb|tb)[\w.]*\s.*<\w+(\+0x[0-9a-f]+)>")


def disassemble(path: str | pathlib.Path, objdump: str = "objdump") -> dict[str, str]:
    """Function name -> its instructions, without their bytes, and labels such as "+0x80:"."""
    functions: dict[str, list[tuple[int, str]]] = {}
    for function, address, instruction in instructions(path, objdump):
        functions.setdefault(function, []).append((address, instruction.split("\t", 1)[1]))
    return {function: with_labels(lines) for function, lines in functions.items()}


def with_labels(lines: list[tuple[int, str]]) -> str:
    start = lines[0][0]
    labels = {found[1] for _, text in lines if (found := BRANCH.match(text))}
    marked = []
    for address, text in lines:
        label = f"+{address - start:#x}"
        marked += [f"{label}:", text] if label in labels else [text]
    return "\n".join(marked)


def matching(pattern: str, functions: dict[str, str]) -> dict[str, str]:
    kernels = {name: body for name, body in functions.items() if re.fullmatch(pattern, name)}
    for name, body in kernels.items():
        if (jump := JUMP.match(body)) and jump[1] in kernels:
            kernels[name] = kernels[jump[1]]
    return kernels


def kernels_of(functions: dict[str, str], isa: str) -> dict[str, str]:
    """Those of formulas."""
    return matching(rf"\w+_(uniform|varying|row_sum)_float(32|64)_{isa}", functions)


def bits_kernels_of(functions: dict[str, str], isa: str) -> dict[str, str]:
    """Those on the bits of elements: of integers and of half types."""
    return matching(rf"\w+_of_(signed|unsigned|b?float16)_bits\d+_{isa}", functions)


def without_packed(kernels: dict[str, str], isa: str) -> list[str]:
    """Those without vector instructions, of their own or in what they call."""
    called = {*kernels, *WITHOUT_FMA.get(isa, ())}
    return [
        name
        for name, body in kernels.items()
        if not re.search(PACKED[isa], body) and not called.intersection(CALL.findall(body))
    ]


WIDTHS = {"x": 16, "y": 32, "z": 64}
ON_STACK = r"\(%r[sb]p|\[sp"
STORED = r"\bv?mov(?:[au]p[sd]|dq[au]\d*)\s+%([xyz])mm\d+,.*\((?!%r[sb]p\))"


def divisions_of_a_vector(body: str) -> float:
    """Packed divisions for each vector that is stored, on x86, whatever their lengths.

    Unrolled loops have both several times, and a loop that is left with less than a vector
    has copies of its body for shorter ones.
    """
    divided = re.findall(r"\bv?divp[sd]\s.*%([xyz])mm", body)
    bytes_stored = sum(WIDTHS[width] for width in re.findall(STORED, body))
    return sum(WIDTHS[width] for width in divided) / max(bytes_stored, 1)


# ---- Tables ------------------------------------------------------------------

# What looks a word up, by ISA and compute type: permutations, of one register or two, by
# numbers in another; or, of words that were fetched by rows, what transposes them.
PERMUTATION = r"vperm(?:[it]2)?(?:ps|pd|d|q)\s+(?!\$)"
LOOKUPS = {
    ("x86_64_v4", "float32"): PERMUTATION,
    ("x86_64_v4", "float64"): PERMUTATION,
    ("x86_64_v3", "float32"): PERMUTATION,
    ("x86_64_v3", "float64"): r"v?unpck[lh]pd\s",
    ("neon", "float32"): r"tbl\s+v",
    ("neon", "float64"): r"zip[12]\s+v",
}
LOOKUPS |= {("sve", compute): LOOKUPS["neon", compute] for compute in ("float32", "float64")}
STORES_OF_ARM = r"stu?r\s+q\d+, \[x", r"stp\s+q\d+, q\d+, \[x"  # one and two vectors


def lookups_asked_for(intervals: int, words: int, isa: str, compute: str) -> int:
    """For a vector of results, of which each has all words of one interval.

    A word takes one permutation: registers of 64 bytes hold those of sixteen intervals, or of
    eight doubles and vpermi2pd takes two; tbl takes up to four of 16 bytes.  But registers of
    eight floats hold half of sixteen intervals, so there are two and a choice.  By rows, two
    words are fetched at a time, and two instructions part them.
    """
    return words * (intervals // 8 if (isa, compute) == ("x86_64_v3", "float32") else 1)


def loops(body: str) -> list[list[str]]:
    """The instructions of each, by where they end."""
    lines = body.split("\n")
    labels: dict[str, int] = {}
    found = []
    for i, line in enumerate(lines):
        if line.startswith("+0x"):
            labels[line.rstrip(":")] = i + 1
        elif (branch := BRANCH.match(line)) and branch[1] in labels:
            found.append(lines[labels[branch[1]] : i + 1])
    return found


def count(pattern: str, lines: list[str]) -> int:
    return sum(bool(re.match(pattern, line)) for line in lines)


def vectors_stored(loop: list[str], isa: str) -> int:
    one, two = STORES_OF_ARM if isa in ("neon", "sve") else (STORED, r"(?!)")
    return count(one, loop) + 2 * count(two, loop)


# In the widest registers of the ISA.
STORED_BITS = {
    "x86_64_v4": r"vmov\S*\s+%zmm\d+,.*\(",
    "x86_64_v3": r"vmov\S*\s+%ymm\d+,.*\(",
    "baseline": r"mov(?:[au]p[sd]|dq[au])\s+%xmm\d+,.*\(",
    "sve": r"st1[bhwd]\s+\{z",
    "neon": "|".join(STORES_OF_ARM),
}
# SSE2 has no comparison of 64-bit integers.
SCALAR_BITS = {"baseline": r"\w+_of_(?:un)?signed_bits64_"}


def bits_without_vectors(kernels: dict[str, str], isa: str) -> list[str]:
    """Those on the bits, but for what copies by COPY, without a loop over whole vectors."""
    return [
        name
        for name, body in kernels.items()
        if not any(count(STORED_BITS[isa], loop) for loop in loops(body))
        and not re.search(rf"<{COPY}\b", body)
        and not re.match(SCALAR_BITS.get(isa, "(?!)"), name)
    ]


def lookups_of_a_vector(loop: list[str], isa: str, compute: str) -> float:
    return count(LOOKUPS[isa, compute], loop) / max(vectors_stored(loop, isa), 1)


def spilled_tables(loop: list[str]) -> list[str]:
    """Permutations of what came from the stack, on x86.

    Other numbers may: a constant, x, or a sum.  A table that has no register is read from
    where it is, which takes no longer than from the stack, and no store.
    """
    found = []
    reloaded: set[str] = set()
    for line in [*loop, *loop]:  # what one turn reloads the next may use
        if not line.startswith("v"):
            continue
        name, _, rest = line.partition(" ")
        operands = re.split(r",(?![^(]*\))", rest.split("#")[0].strip())
        if re.match(PERMUTATION, line):
            others = {"t": operands[2], "i": operands[1]}
            tables = [operands[0], *[o for letter, o in others.items() if f"{letter}2" in name]]
            found += [line for t in tables if re.search(ON_STACK, t) or t in reloaded]
        is_move = re.match(r"vmov|vbroadcast", name) and re.search(ON_STACK, operands[0])
        (reloaded.add if is_move else reloaded.discard)(operands[-1])
    return found


def table_problems(
    kernels: dict[str, str], isa: str, tables: dict[tuple[str, str], tuple[int, int]]
) -> list[str]:
    """Of the kernels by tables, whose intervals and words are given by formula and compute type."""
    problems = []
    for name, body in kernels.items():
        kernel = re.fullmatch(rf"(\w+)_(?:uniform|varying|row_sum)_(float\d+)_{isa}", name)
        assert kernel
        formula, compute = kernel.groups()
        if (formula, compute) not in tables or (isa, compute) not in LOOKUPS:
            continue
        # That of the near formula.  The far ones take two lookups, both together two more.
        asked = lookups_asked_for(*tables[formula, compute], isa, compute)
        found = {lookups_of_a_vector(loop, isa, compute): loop for loop in reversed(loops(body))}
        if asked not in found:
            problems.append(f"{name}: {sorted(found)} lookups, not {asked}")
        problems += [f"{name}: spilled: {line}" for line in spilled_tables(found.get(asked, []))]
    return problems


def calls(kernels: dict[str, str], isa: str) -> list[str]:
    """Calls that do not belong in a kernel: all but those of another one, or to copy."""
    return [
        f"{name} calls {called}"
        for name, body in kernels.items()
        for called in CALL.findall(body)
        if called not in kernels and called not in (COPY, *WITHOUT_FMA.get(isa, ()))
    ]


def is_beyond(level: str, instruction: str) -> bool:
    pattern = BEYOND[level]
    return pattern is not None and re.match(pattern, instruction) is not None


def foreign_symbols(library: str | pathlib.Path, nm: str = "nm") -> list[str]:
    listing = subprocess.run(
        [nm, "-g", "--defined-only", library], capture_output=True, text=True, check=True
    ).stdout
    names = re.findall(r"^[0-9a-f]+ \w (\S+)$", listing, re.MULTILINE)
    if not names:
        raise ValueError(f"{library}: no symbols")
    return [name for name in names if not name.startswith("relu_fast_")]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check the machine code in a build folder.")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("--nm", default="nm")
    options = parser.parse_args(argv)
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    from support.tables import lookups_of_kernels

    objects = sorted(options.build.rglob("*.o"))
    isa_of = {
        path: re.search(r"kernels_(?:float\d+|bits\d+|rounded_once)_(\w+)\.a\.p", str(path))
        for path in objects
    }
    built = sorted({found[1] for found in isa_of.values() if found})
    oldest = "neon" if "neon" in built else "baseline"
    problems = []
    instructions_seen = 0
    for path, found in isa_of.items():
        level = found[1] if found else oldest
        for function, _, instruction in instructions(path, options.objdump):
            instructions_seen += 1
            if is_beyond(level, instruction):
                problems.append(f"{path}: {function}: beyond {level}: {instruction}")
    # Linked: in objects a call does not show its target yet.
    functions = disassemble(options.build / "tests" / "c" / "check", options.objdump)
    kernels_seen = 0
    for isa in built:
        kernels, on_bits = kernels_of(functions, isa), bits_kernels_of(functions, isa)
        kernels_seen += len(kernels) + len(on_bits)
        problems += [f"{name}: no vectors" for name in without_packed(kernels, isa)]
        problems += [f"{name}: no vectors" for name in bits_without_vectors(on_bits, isa)]
        problems += calls(kernels, isa) + calls(on_bits, isa)
        problems += table_problems(kernels, isa, lookups_of_kernels(isa))
    for library in options.build.rglob("librelu_fast.a"):
        problems += [f"{library}: {name}" for name in foreign_symbols(library, options.nm)]
    print(
        f"{len(objects)} objects, {instructions_seen} instructions, {kernels_seen} kernels "
        f"({', '.join(built)}): {len(problems)} problems"
    )
    print("".join(f"  {problem}\n" for problem in problems[:20]), end="")
    return 1 if problems or not kernels_seen else 0


if __name__ == "__main__":
    sys.exit(main())
