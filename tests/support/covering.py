"""A few of very many cases, chosen so that each two values meet in one of them."""

import itertools
import random

CANDIDATES = 20


def pairs(case):
    """What a case covers: the pairs of (number of the factor, value)."""
    return set(itertools.combinations(enumerate(case), 2))


def pairs_of(factors, possible):
    """The pairs that some possible case covers.

    Possible is what no two values rule out: `possible` takes two of them and returns a bool.
    """
    return {
        ((i, a), (j, b))
        for (i, one), (j, other) in itertools.combinations(enumerate(factors), 2)
        for a, b in itertools.product(one, other)
        if possible(a, b)
    }


def cases(factors, possible=lambda a, b: True):
    """Tuples of a value of each factor that cover all pairs; always the same ones.

    Greedy: of some random cases that cover a pair which is still missing, the one that
    covers most.
    """
    draws = random.Random(0)
    missing = pairs_of(factors, possible)
    order = sorted(missing, key=repr)
    draws.shuffle(order)
    chosen = []

    def draw(pair):
        fixed = dict(pair)
        while True:
            case = tuple(fixed.get(i, draws.choice(factor)) for i, factor in enumerate(factors))
            if all(possible(a, b) for a, b in itertools.combinations(case, 2)):
                return case

    for pair in order:
        if pair in missing:
            drawn = [draw(pair) for _ in range(CANDIDATES)]
            chosen.append(max(drawn, key=lambda case: len(pairs(case) & missing)))
            missing -= pairs(chosen[-1])
    return chosen
