"""The double descent of src/num/double_descent.rs once more, in NumPy: prints what its unit test expects.

Run by hand (Python 3.13, NumPy 2.4.6): python3 tests/data/double_descent.py
"""

import math
import sys

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def nth(state, n):
    return mix((state + (n + 1) * GOLDEN) & MASK)


def unit(state, n):
    return (nth(state, n) >> 11) / (1 << 53)


def normals(state, rows, columns):
    def normal(k):
        u, v = unit(state, 2 * k), unit(state, 2 * k + 1)
        return math.sqrt(-2 * math.log(1 - u)) * math.cos(2 * math.pi * v)

    return np.array([[normal(row * columns + column) for column in range(columns)] for row in range(rows)])


def curve(samples, inputs, noise, runs, tests, seed, features):
    risk, train = np.zeros(len(features)), np.zeros(len(features))
    for run in range(runs):
        state = nth(seed, run)
        points = normals(nth(state, 0), samples, inputs)
        errors = normals(nth(state, 1), samples, 1)[:, 0]
        weights = normals(nth(state, 2), max(features), inputs)
        fresh = normals(nth(state, 3), tests, inputs)
        truth = lambda x: x.sum(axis=1) / math.sqrt(inputs)
        activate = lambda x: np.maximum(x @ weights.T, 0) / math.sqrt(inputs)
        target = truth(points) + noise * errors
        known, unknown = activate(points), activate(fresh)
        for at, count in enumerate(features):
            theta = np.linalg.lstsq(known[:, :count], target, rcond=None)[0]
            risk[at] += np.mean((unknown[:, :count] @ theta - truth(fresh)) ** 2)
            train[at] += np.mean((known[:, :count] @ theta - target) ** 2)
    return risk / runs, train / runs


if __name__ == "__main__":
    if len(sys.argv) > 1:
        n = int(sys.argv[1])
        parts = [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 19, 20, 21, 22, 24, 27, 30, 36, 44, 54, 66]
        features = [-(-n * part // 20) for part in parts]
        risk, train = curve(n, 20, 0.5, 10, 500, 1, features)
    else:
        features = [1, 6, 11, 12, 13, 24, 60]
        risk, train = curve(12, 3, 0.5, 3, 20, 7, features)
    for row in zip(features, risk.tolist(), train.tolist()):
        print(*row)
