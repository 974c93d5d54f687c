"""Running batchgen transform, and what it wrote."""
import numpy
from programs import run


def transform(model, source, folder, *args, **how):
    sources = source if isinstance(source, (list, tuple)) else [source]
    return run("batchgen", "transform", "--model", model, "--input", *sources,
               "--output", folder, *args, **how)


def transformed(model, source, folder, *args, **how):
    """The bytes of the one file written."""
    result = transform(model, source, folder, *args, **how)
    assert result.code == 0, result
    return output(folder)


def output(folder):
    [path] = folder.glob("*.out")
    return path.read_bytes()


def values(written):
    """Rows of float32 of what was written in the plain format."""
    return numpy.array([[numpy.float32(cell) for cell in line.split(",")]
                        for line in written.decode().splitlines()])
