"""The neural tagger. The door is `NeuralTagger`; `model.bin` beside this file is what `make train` made."""

from ringfence.classify.tagger.tagger import NeuralTagger

__all__ = ["NeuralTagger"]
