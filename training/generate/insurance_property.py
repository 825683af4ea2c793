"""Motor, home, life and travel insurance: reports of loss, adjusters' notes, letters, questions of handlers."""

from __future__ import annotations

from training.generate.clinical_grammar import Lists, mixed, render
from training.generate.compose import sentence, some
from training.generate.markup import Doc, join
from training.generate.world import World

_BASE: Lists = {
    "HOSP": ("Memorial [Hospital|Clinic]",),
    "CHART": ("@@-######", "########"),
    "n": ("[2|3|4|5|6|7|8|9|10|12|14|20|30|45|60|90]",),
    "car": (
        "[2012|2015|2018|2019|2021|2023|2024] [Honda Civic|Toyota Camry|Ford F-150|Subaru Outback|Chevy Malibu|Tesla Model 3|Kia Soul|Dodge Ram|VW Golf|Jeep Wrangler]",
        "[Honda|Toyota|Ford|BMW|Hyundai|Mazda] [sedan|SUV|pickup|van|hatchback]",
        "[rental car|company truck|motorcycle|e-bike|camper]",
    ),
    "loss": (
        "[hail damage|a rear-end collision|a kitchen fire|a burst pipe|theft of tools|a fallen tree|wind damage|a dog bite|vandalism|a stolen bike]",
        "[water in the basement|a cracked windshield|a slip and fall|a lost suitcase|a cancelled flight|roof leak|sewer backup|a deer strike|a total loss]",
    ),
    "cover": (
        "[collision|comprehensive|liability|uninsured motorist|dwelling|contents|loss of use|medical payments|term life|trip delay|umbrella] coverage",
    ),
    "sum": (
        "[deductible|estimate|reserve|payout|limit|premium|depreciation|salvage value] [of|is|:] {amount}",
        "{amount}",
        "{percent} [at fault|depreciation|of the limit]",
    ),
    "ruling": (
        "[not covered because of wear and tear|excluded under section {n}|approved in full|paid under reservation of rights|awaiting the police report|closed without payment]",
        "[referred to subrogation|sent to SIU|below the deductible|late notice|lapsed for non-payment|pending an appraisal]",
    ),
}
_NAMED: Lists = {
    "insured": (
        "{patient}",
        "{patient.formal}",
        "[policyholder|the insured|claimant|driver|our customer|homeowner] {patient}",
        "{patient.first} and {relative.first} {patient.last}",
        "[policy|policyholder] [#|no. |]{plan_id}",
        "{patient} of {city}",
    ),
    "mark": (
        "",
        " ([policy|Policy #|pol.] {plan_id})",
        " ([claim|clm|file|loss] [#|no. |]{claim})",
        " (plate {plate})",
        " (VIN[:| ]{vin})",
        ", [DOB|born] {dob},",
        " (DL {license})",
        " ({phone})",
        ", claim {claim}, policy {plan_id},",
    ),
    "at": (
        " on {date}",
        " on {date}",
        " at {address}",
        " on {street}",
        " in {city}",
        " in {city_state}",
        " near {district}[ on {date}|]",
        " [{datetime}|on {date} at {time}]",
        "",
    ),
    "other": (
        "{person}",
        "[the other driver|tenant|contractor|witness][,|] {person}[,|]",
        "{org}",
        "[the adjuster|our adjuster|the plumber][,|] {person.full}[,|]",
        "{employer}",
        "the other driver",
    ),
    "mine": ("{insurer}", "{insurer}", "the carrier"),
}
_ANONYMOUS: Lists = {
    "insured": (
        "the insured",
        "the policyholder",
        "a customer",
        "the claimant",
        "the driver",
        "a homeowner",
        "my client",
    ),
    "mark": ("", "", " (form HO-{n})", " (section {n})", " (endorsement {n})", " (policy year {year})"),
    "at": (
        "",
        " last [week|month|{weekday}]",
        " [on a highway|in a parking lot|at home|abroad|in {state}|in {country}]",
        " in {year}",
    ),
    "other": ("the other driver", "a neighbor", "a contractor", "the tenant", "police"),
    "mine": ("the carrier", "the insurer", "the underwriter", "the broker"),
}
_FRAMES = (
    "{insured}{mark} [reported|reports|called about|files a claim for] {loss}{at}[ involving {other}|]. {sum}. {ruling}.",
    "[Loss notice|FNOL|First notice of loss]: {insured}{mark}, {car}{mark}, {loss}{at}. [Other party|Third party]: {other}. {sum}.",
    "{other} [says|stated|admitted|denies] that {insured}{mark} [ran the light|was parked|called first|was not home]{at}.",
    "[Spoke|Met] with {other}{at}; [photos taken|estimate {amount}|statement recorded|scene checked].",
    "{car}{mark} [towed|taken|moved] to [the yard|a body shop|{other}]{at}. {sum}.",
    "[is|would] {loss} [be covered|covered] under {cover} for {insured}{mark}[ with {mine}|]{at}?",
    "[draft|write|prepare] a [denial|reservation of rights|settlement|status|subrogation] letter [to|for] {insured}{mark}: {loss}{at}, {ruling}.",
    "[summarize|review|check] [the|this|] claim[ file|]{mark}: {insured}, {loss}{at}, {ruling}, {sum}.",
    "[hi|hello], [I had|we had|there was] {loss}{at}. [what does|does] {cover} [pay|apply]? {sum}.",
    "{mine} [offered|paid|denied|closed] {amount} [for|on] {loss}{at}; {insured}{mark} [disputes it|accepted|wants an appraisal].",
    "[why|how] did the premium [go up|change] to {amount} [in {year}|after {loss}] for {insured}{mark}?",
    "{cover} [excludes|includes|is subject to] {sum}[, see section {n}.{n}|].",
)
_FORM = (
    "[Policyholder|Named insured|Insured]: {patient}",
    "[Policy|Policy no.|Policy number]: {plan_id}",
    "[Claim|Claim #|File no.]: {claim}",
    "[Date of loss|Loss date|D.O.L.]: {date}",
    "[Loss location|Location|Risk address]: {address}",
    "[Vehicle|Auto|Unit]: {car}[, VIN {vin}|][, plate {plate}|]",
    "[Driver|Operator]: {relative}[, DL {license}|]",
    "[Phone|Contact|Cell]: {phone}",
    "[Email|E-mail]: {email}",
    "[Adjuster|Handler|Examiner]: {person}[, {phone.2}|]",
    "[Carrier|Insurer|Underwritten by]: {insurer}",
    "[Lienholder|Mortgagee|Loss payee]: {bank}[, loan {loan}|]",
    "[Police report|Incident report] [#|no.]: {case}",
    "[Beneficiary|Additional insured]: {relative}",
    "[Cause|Description|Peril]: {loss}",
    "[Amount|Estimate|Reserve]: {amount}",
    "[Status|Decision]: {ruling}",
)


def note(world: World) -> Doc:
    """One to four sentences of a handler's file, a letter or a question; a third of them name nobody."""
    random = world.random
    lists = mixed(_BASE, _NAMED, _ANONYMOUS, random.choice((0.0, 0.5, 0.9)), random)
    return join(*(sentence(render(frame, world, lists)) for frame in some(world, _FRAMES, 1, 4)), sep=" ")


def form(world: World) -> Doc:
    """A head of fields, at times with a note below it."""
    random = world.random
    lists = {**_BASE, **_NAMED}
    head = join(
        *(render(line, world, lists) for line in some(world, _FORM, 3, 10)),
        sep=random.choice(("\n", "\n", " | ", "; ")),
    )
    return join(head, note(world), sep="\n\n") if random.random() < 0.5 else head


GENERATORS = ((1.0, note), (0.6, form))
