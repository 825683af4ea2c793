"""What is on paper on one day, remembered: the register's answers don't change between two days that matter."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from ringfence import register
from ringfence.register import MaskMethod, Organisation, Snapshot
from ringfence.vocabulary.chat import Service, Use
from ringfence.vocabulary.decision import Coverage, FieldReview
from ringfence.vocabulary.labels import Label

T = TypeVar("T")

_REMEMBERED = 10_000  # answers; model names come from clients, so the number must be bounded
_MOST_USES = 256  # of a request whose review is remembered: its fields come from clients too


class Paper:
    """The answers of `snapshot` on `today`. `until` is the last day on which all of them still hold; None: for good."""

    def __init__(self, snapshot: Snapshot, organisation: Organisation, today: date) -> None:
        self._snapshot, self._organisation, self._today = snapshot, organisation, today
        self._answers: dict[Hashable, Any] = {}
        changes = register.next_change(snapshot, today)
        self.until = changes - timedelta(days=1) if changes else None

    def services(self, model: str, endpoint: str) -> tuple[Service, ...]:
        """See `register.services_for_model`."""
        return self._remembered(
            ("services", model, endpoint), lambda: register.services_for_model(self._snapshot, model, endpoint)
        )

    def cover(
        self, service_id: str, labels: frozenset[Label], endpoint: str, model: str, client: str
    ) -> tuple[Coverage, ...]:
        """See `register.cover`."""
        return self._remembered(
            ("cover", service_id, labels, endpoint, model, client),
            lambda: register.cover(
                self._snapshot, service_id, labels, endpoint, model, self._today, self._organisation, client
            ),
        )

    def review(
        self,
        service_id: str,
        endpoint: str,
        model: str,
        uses: tuple[Use, ...],
        labels: frozenset[Label] = frozenset(),
        found: frozenset[str] = frozenset(),
    ) -> FieldReview:
        """See `register.review`. Where a field stands does not matter, only which fields there are."""

        def ask() -> FieldReview:
            return register.review(self._snapshot, service_id, endpoint, model, uses, self._today, labels, found)

        if len(uses) > _MOST_USES:
            return ask()
        return self._remembered(("review", service_id, endpoint, model, labels, found, _shape(uses)), ask)

    def method(self, service_id: str, labels: frozenset[Label], client: str) -> MaskMethod:
        """See `register.mask_method`."""
        return self._remembered(
            ("method", service_id, labels, client),
            lambda: register.mask_method(self._snapshot, service_id, labels, self._today, self._organisation, client),
        )

    def _remembered(self, key: Hashable, ask: Callable[[], T]) -> T:
        if key in self._answers:
            return cast(T, self._answers[key])
        if len(self._answers) >= _REMEMBERED:
            self._answers.clear()
        answer = self._answers[key] = ask()
        return answer


def _shape(uses: Iterable[Use]) -> tuple[tuple[str, str], ...]:
    return tuple((use.path, use.value) for use in uses)
