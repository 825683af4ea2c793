"""Text and provenance -> findings -> data labels. The door is `Classifier`; `detectors/` has one file per detector."""

from ringfence.classify.classifier import Classifier
from ringfence.classify.detector import Detector, Hit
from ringfence.classify.reading import Tagger
from ringfence.classify.sources import SOURCES, Provenance, Source, declared

__all__ = ["SOURCES", "Classifier", "Detector", "Hit", "Provenance", "Source", "Tagger", "declared"]
