#!/usr/bin/env python3
"""Makes the golden data of low-rank approximation: matrices, and how near NumPy's truncated SVD comes to them.

    pip install numpy
    python3 tests/reference/low_rank/generate.py

NAME.f32 is a matrix, row by row, little-endian; errors.json says its shape and, for some ranks, the length of what a
truncated SVD leaves, divided by that of the matrix.
"""
import json
import pathlib

import numpy

HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(11)


def with_spectrum(rows, columns, values):
    left = numpy.linalg.qr(random.standard_normal((rows, len(values))))[0]
    right = numpy.linalg.qr(random.standard_normal((columns, len(values))))[0]
    return (left * values) @ right.T


MATRICES = {
    "noise": 0.02 * random.standard_normal((64, 96)),  # every direction matters as much: the hardest case
    "tall": with_spectrum(90, 40, 1.0 / (1 + numpy.arange(40))),
    "wide": with_spectrum(33, 101, 0.8 ** numpy.arange(33)),
    "rank3": with_spectrum(50, 37, numpy.array([3.0, 1.0, 0.01])),
}

described = {}
for name, matrix in MATRICES.items():
    matrix = matrix.astype("<f4")
    matrix.tofile(HERE / f"{name}.f32")
    values = numpy.linalg.svd(matrix.astype(numpy.float64), compute_uv=False)
    errors = {str(rank): float(numpy.sqrt((values[rank:] ** 2).sum() / (values**2).sum())) for rank in (1, 3, 8, 20)}
    described[name] = {"rows": matrix.shape[0], "cols": matrix.shape[1], "errors": errors}
(HERE / "errors.json").write_text(json.dumps(described, indent=1) + "\n")
