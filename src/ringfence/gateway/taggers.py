"""Loads the tagger that is shipped: the model's bytes come from the package, and are tried once before any use."""

from __future__ import annotations

from importlib import resources

from ringfence.classify import Tagger, tag
from ringfence.vocabulary.errors import ConfigurationError

WHERE = "[detection] names"
_MODEL = "model.bin"
_TRIAL = "Please call Mara Lindqvist in Uppsala."
_REMEDY = "Install Ringfence again; `[detection] names = false` starts it without the search for names."


def load_taggers() -> tuple[Tagger, ...]:
    """Takes half a second and some 60 MB, for the inference engine more than for the model.

    Raises ConfigurationError where the model or its engine is missing, or does not work.
    """
    try:
        # Not by the tagger's own package: to import it is to load the engine.
        model = (resources.files("ringfence.classify") / "tagger" / _MODEL).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{WHERE}: the model {_MODEL} is not in the installation", remedy=_REMEDY, where=WHERE
        ) from error
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
