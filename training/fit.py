"""Training steps of the student on ready shards; used for gold and for a teacher's soft tags alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from training.dataset import NO_LOSS
from training.student import Student

ROW = 256
ROWS_A_STEP = 64
_KEEP_EVERY = 200

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]


def batches(paths: Sequence[Path], rng: np.random.Generator) -> Iterator[Batch]:
    """Random rows of every shard: features [rows, words, columns], tags [rows, words], soft tags or None."""
    for place in rng.permutation(len(paths)):
        with np.load(paths[place]) as shard:
            features, tags = shard["features"], shard["tags"]
            soft = shard.get("soft")
        shift = int(rng.integers(ROW))
        rows = (len(tags) - shift) // ROW
        order = rng.permutation(rows)
        for at in range(0, rows - ROWS_A_STEP + 1, ROWS_A_STEP):
            index = shift + order[at : at + ROWS_A_STEP, None] * ROW + np.arange(ROW)
            yield (
                torch.from_numpy(features[index]),
                torch.from_numpy(tags[index].astype(np.int64)),
                None if soft is None else torch.from_numpy(soft[index].astype(np.float32)),
            )


def _endless(paths: Sequence[Path], seed: int) -> Iterator[Batch]:
    epoch = 0
    while True:
        yield from batches(paths, np.random.default_rng((seed, epoch)))
        epoch += 1


def _loss(model: Student, batch: Batch) -> torch.Tensor:
    features, tags, soft = batch
    logits = model(features)
    parts = []
    if bool((tags != NO_LOSS).any()):
        parts.append(torch.nn.functional.cross_entropy(logits.flatten(0, 1), tags.flatten(), ignore_index=NO_LOSS))
    if soft is not None:
        kept = soft.sum(-1) > 0.5
        if bool(kept.any()):
            parts.append(-(soft[kept] * torch.log_softmax(logits[kept], -1)).sum(-1).mean())
    return torch.stack(parts).sum()


def fit(model: Student, shards: Sequence[Path], steps: int, rate: float, seed: int, checkpoint: Path) -> None:
    """Train `model` in place. The learning rate rises for 200 steps and falls to nothing.

    Goes on from `checkpoint` where that exists, with the same batches that an uninterrupted run would have had.
    """
    torch.manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / 200) * max(0.02, 1 - step / steps)
    )
    done = 0
    if checkpoint.exists():
        kept = torch.load(checkpoint)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        done = kept["step"]
    model.train()
    began, shown = time.monotonic(), 0.0
    for step, batch in enumerate(_endless(shards, seed)):
        if step >= steps:
            break
        if step < done:
            continue
        loss = _loss(model, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        shown = 0.98 * shown + 0.02 * float(loss.detach()) if shown else float(loss.detach())
        if (step + 1) % _KEEP_EVERY == 0 or step + 1 == steps:
            states = {
                "model": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
            }
            partial = checkpoint.with_suffix(".part")
            torch.save({**states, "step": step + 1}, partial)
            partial.rename(checkpoint)
            print(f"step {step + 1} of {steps}, loss {shown:.4f}, {time.monotonic() - began:.0f} s", flush=True)
