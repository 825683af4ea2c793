"""The accounts that the settings name, as the rooms that read them need them."""

from __future__ import annotations

from ringfence.posture import Account, Probe, region_of, regions_named
from ringfence.posture import vendors as known
from ringfence.register import Probed, Snapshot
from ringfence.settings import Settings
from ringfence.settings import model as settings_model
from ringfence.vocabulary.errors import ConfigurationError


def probed(settings: Settings) -> tuple[Probed, ...]:
    """Which services run on an account that is probed. Raises ConfigurationError for a vendor that can't be."""
    return tuple(Probed(each.vendor, each.services or probe_of(each).services) for each in settings.account)


def accounts(settings: Settings, snapshot: Snapshot) -> tuple[tuple[settings_model.Account, Account], ...]:
    """Each account as configured and as it is read. For AWS the Regions that documents name, and those of the addresses
    in use, are read too: a Region that nobody set is a gap, whoever forgot it."""
    found = []
    for each in settings.account:
        scopes = set(each.scopes)
        if each.vendor == "aws-bedrock":
            scopes |= set(regions_named(snapshot, each.vendor))
            hosts = {upstream.service: upstream.base_url.partition("//")[2] for upstream in settings.upstream}
            reached = (
                region_of(service, hosts.get(service.id, "").partition("/")[0])
                for service in snapshot.services.values()
            )
            scopes |= set(filter(None, reached))
        account = Account(
            vendor=each.vendor,
            services=each.services or probe_of(each).services,
            base_url=each.base_url,
            scopes=tuple(sorted(scopes)),
            models=each.models,
            keys=each.keys,
        )
        found.append((each, account))
    return tuple(found)


def probe_of(account: settings_model.Account) -> Probe:
    """How the vendor's account is read. Raises ConfigurationError where that is not known."""
    probe = known.all().get(account.vendor)
    if probe is None:
        raise ConfigurationError(
            f"[[account]] {account.vendor}: no account of this vendor can be read",
            remedy=f"There are {', '.join(sorted(known.all()))}.",
        )
    return probe
