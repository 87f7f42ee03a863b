"""Packages of conda as requirements of PyPI: the names that differ, and conda's way to write versions."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from nbflow.errors import raise_for

#: conda's name → that of PyPI, where they differ
_NAMES = {
    "astropy-base": "astropy",
    "brotli-python": "brotli",
    "dask-core": "dask",
    "faiss": "faiss-cpu",
    "faiss-gpu": "faiss-gpu-cu12",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python-headless",
    "psycopg2": "psycopg2-binary",
    "py-opencv": "opencv-python-headless",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "pyarrow-core": "pyarrow",
    "pyqt": "pyqt5",
    "pytables": "tables",
    "python-annoy": "annoy",
    "python-blosc": "blosc",
    "python-confluent-kafka": "confluent-kafka",
    "python-duckdb": "duckdb",
    "python-flatbuffers": "flatbuffers",
    "python-graphviz": "graphviz",
    "python-igraph": "igraph",
    "python-kaleido": "kaleido",
    "python-kubernetes": "kubernetes",
    "python-levenshtein": "levenshtein",
    "python-lmdb": "lmdb",
    "python-tzdata": "tzdata",
    "python-xxhash": "xxhash",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "ray-core": "ray",
    "ray-default": "ray[default]",
    "ray-serve": "ray[serve]",
    "ray-tune": "ray[tune]",
    "ruamel_yaml": "ruamel-yaml",
    "seaborn-base": "seaborn",
    "tensorflow-base": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "torchvision-cpu": "torchvision",
    "uvicorn-standard": "uvicorn[standard]",
}

_NOT_PYTHON = "it is not a Python package"
_IN_IMAGE = "leave it out, and have it in the image of the step (--image)"
_GPU = "wheels of PyPI bring the libraries of CUDA themselves: leave it out"
_COMPILER = "wheels are compiled already: leave it out"
#: what conda has and PyPI has not: pattern of the name → why, what to do
_MISSING: tuple[tuple[str, str, str], ...] = (
    (r"cudatoolkit|cuda|cuda-.*|cudnn|nccl|pytorch-cuda|libcu.*|tensorrt", "it is a library of the graphics processor", _GPU),
    (r"r|r-.*|rpy2?|bioconductor-.*|mro-base", "it is of the language R", "run what needs R in an image that has it (--image)"),
    (r".*compiler.*|gcc.*|gxx.*|gfortran.*|clang.*|binutils.*|make|sysroot.*|ld_impl.*|libgcc.*|libstdcxx.*",
     "it is a compiler, or of one", _COMPILER),
    (r"graphviz", "it is the program dot; graphviz on PyPI only calls it",
     'have the program in the image, and ask for the package that calls it: @pypi(packages={"graphviz": ""})'),
    (r"openjdk|maven|nodejs|yarn|go|rust|perl|ruby|julia|scala.*|dotnet.*", "it is another language", _IN_IMAGE),
    (r"mkl|mkl-devel|blas|libblas|liblapack|openblas|libopenblas|nomkl|tbb|intel-openmp|llvm-openmp|_openmp_mutex|_libgcc_mutex",
     "it is a library of numerics", "wheels bring their own: leave it out"),
    (r"gdal|proj|geos|hdf5|blosc|postgresql|mysql|sqlite|redis-server|unixodbc|krb5|openssl|zlib|bzip2|xz|lib[a-z0-9_-]+",
     _NOT_PYTHON, _IN_IMAGE),
    (r"ffmpeg|imagemagick|git|curl|wget|samtools|bedtools|blast|bwa|parallel|tesseract|poppler|pandoc|texlive-core",
     "it is a program", _IN_IMAGE),
    (r"conda|mamba|micromamba|anaconda|conda-.*", "it installs other packages, which uv does here", "leave it out"),
)  # fmt: skip
#: what begins with lib and is on PyPI under this name
_LIBRARIES = frozenset({"libsass", "libcst", "libtmux", "libclang", "librosa", "libarchive-c", "liblinear-official"})
#: what comes with every Python
_ALWAYS = frozenset({"python", "pip", "setuptools", "wheel"})
_SPEC = re.compile(r"(?:(?P<channel>[^\s:\[]+)::)?(?P<name>[\w.\-]+)\s*(?P<rest>.*)", re.DOTALL)


def from_conda(text: str, who: str) -> str | None:
    """Return the requirement that says on PyPI what `text` says to conda; None: Python has it already.

    Args:
        text: as in `pandas=2.2`, `conda-forge::pytables>=3,<4` or `numpy 1.26.*`.
        who: what asks for it, for errors.

    Raises:
        PackageError: E009, PyPI has no such package; E010, it cannot be read.
    """
    found = _SPEC.fullmatch(re.sub(r"\[[^\]]*=[^\]]*\]\s*\Z", "", text.strip()))
    if found is None:
        raise_for("E010", text=text, who=who, reason="conda would not read it", fix="write it as in pandas=2.2")
    name = found["name"].lower()
    if name in _ALWAYS:
        return None
    if name not in _NAMES and name not in _LIBRARIES:
        for pattern, reason, fix in _MISSING:
            if re.fullmatch(pattern, name):
                raise_for("E009", name=name, who=who, reason=reason, fix=fix)
    return _NAMES.get(name, name) + pypi_version(found["rest"], text, who)


def python_of(packages: tuple[str, ...]) -> str | None:
    """Return the version of Python that is asked for among packages of conda."""
    for text in packages:
        found = _SPEC.fullmatch(text.strip())
        if found and found["name"].lower() == "python" and (version := found["rest"].strip()):
            return pypi_version(version, text, "conda").removeprefix("==")
    return None


def pypi_version(conda: str, text: str = "", who: str = "") -> str:
    """Return the versions that conda's words mean: `=1.2` is `==1.2.*`, `1.2 py39_0` is `==1.2`. Raises E010."""
    words = conda.strip()
    # version and build, after a space or a second =
    if build := re.fullmatch(r"(={0,2}\s*[^\s=<>!~|,]+)(?:\s+|=)[\w*]+", words):
        words = build[1] if build[1].startswith("=") else f"=={build[1]}"
    if words in {"", "*", "=*", "==*"}:
        return ""
    if "|" in words:
        reason = "either one version or another cannot be said on PyPI"
        raise_for("E010", text=text or conda, who=who, reason=reason, fix="choose one of them")
    try:
        return ",".join(str(SpecifierSet(_one_version(part.strip()))) for part in words.split(","))
    except InvalidSpecifier:
        reason = "this is no version of a package"
        raise_for("E010", text=text or conda, who=who, reason=reason, fix="write it as in pandas=2.2 or pandas>=2,<3")


def _one_version(part: str) -> str:
    found = re.fullmatch(r"(==|=|>=|<=|!=|~=|>|<)?\s*([^\s=<>!~]\S*)", part)
    if found is None:
        return part
    operator, version = found[1], found[2]
    if operator == "=" and not version.endswith("*"):
        # of conda, which means all that begin so
        return f"=={version}.*"
    if operator in {"=", None}:
        return f"=={version}" if not re.fullmatch(r".*[^.]\*", version) else f"=={version[:-1]}.*"
    # conda takes >=1.2.* for >=1.2
    return operator + (re.sub(r"\.?\*\Z", "", version) if operator not in {"==", "!="} else version)
