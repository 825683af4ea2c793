"""Text and provenance -> findings -> data labels. The door is `Classifier`; `detectors/` has one file per detector."""

from ringfence.classify.classifier import Classifier
from ringfence.classify.detector import Detector, Hit
from ringfence.classify.inquiry import Answers, Inquiry
from ringfence.classify.names import Tagger, tag
from ringfence.classify.sources import SOURCES, Provenance, Source, declared

__all__ = [
    "SOURCES",
    "Answers",
    "Classifier",
    "Detector",
    "Hit",
    "Inquiry",
    "Provenance",
    "Source",
    "Tagger",
    "declared",
    "tag",
]
