"""Health insurance: claims, prior authorisation, denials and appeals, explanations of benefits, eligibility, calls.

The parts of `clinical_parts` tell the medical side; a third of the documents name nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from training.generate.clinical_grammar import Lists, mixed, render
from training.generate.clinical_parts import ANONYMOUS, BASE, NAMED
from training.generate.compose import sentence
from training.generate.markup import Doc, join
from training.generate.world import World

_NAMED: Lists = {
    **NAMED,
    "member": (
        "{patient}",
        "{patient.formal}",
        "[member|subscriber|insured|beneficiary|enrollee|claimant] {patient}",
        "[our|your] [member|insured|patient], {patient},",
        "{patient.first}",
        "[member|subscriber] [ID|#|number] {plan_id}",
        "{patient}'s [dependent|spouse|child] {relative}",
    ),
    "idtag": (
        "",
        " ([member|policy|subscriber|ID|plan|group] [ID|#|no.|number][:|] {plan_id})",
        " ([ID|Policy][:| #]{plan_id}, DOB {dob})",
        " ([claim|Claim|claim no.|clm] [#|]{claim})",
        " (DOB[:|] {dob})",
        ", [ID|policy] {plan_id},",
        " [claim|clm|ref] [#|no. |]{claim}",
        " / {plan_id}",
        " (MRN {mrn}[, claim {claim}|])",
    ),
    "on": (
        " on {date}",
        " on {date.us}",
        " dated {date}",
        " ([DOS|dos|date of service][:|] {date})",
        " from {date.us} [to|through|-] {date.us.2}",
        "",
        " of {date.long}",
    ),
    "payer": ("{insurer}", "{insurer}", "the plan", "{insurer} of {state}", "the payer"),
    "biller": ("{facility}", "{place}", "{provider}", "{hosp}", "{provider} at {facility}", "{org}"),
    "refs": (
        "[claim|Claim|CLAIM] [#|number|no.|ID][:|] {claim}",
        "[auth|authorization|PA|reference|Ref|case] [#|number|no.|ID][:|] {case}",
        "[appeal|grievance|confirmation|call reference] [#|number|ID][:|] {id}",
        "[remit|check|EFT|trace|ICN|DCN] [#|number][:|] {order}",
    ),
}
_ANONYMOUS: Lists = {
    **ANONYMOUS,
    "member": (
        "the member",
        "a member",
        "the patient",
        "members",
        "the insured",
        "a dependent",
        "the subscriber",
        "most enrollees",
    ),
    "idtag": (
        "",
        " ({icd})",
        " (CPT {cpt})",
        " (tier [1|2|3|4])",
        " ([in|out-of]-network)",
        " (plan year {year})",
        " ([PPO|HMO|EPO|HDHP|Medicare Advantage])",
    ),
    "on": ("", " last [month|week|year]", " in {year}", " [on {weekday}|{n} days ago|within {n} days|this quarter]"),
    "payer": (
        "the plan",
        "the payer",
        "insurance",
        "Medicare",
        "Medicaid",
        "the carrier",
        "the secondary",
        "the MCO",
        "TRICARE",
    ),
    "biller": (
        "the provider",
        "the hospital",
        "the clinic",
        "the lab",
        "an out-of-network provider",
        "the DME vendor",
        "the pharmacy",
    ),
    "refs": (
        "[policy|bulletin|form|section] {n}.{n}",
        "[edit|remark code|CARC|RARC] [CO-45|CO-197|PR-1|N130|MA04|CO-16]",
        "modifier [25|59|RT|GT]",
        "[tier|level|step] {n}",
    ),
}
_BASE: Lists = {
    **BASE,
    "svc": (
        "{procedure}",
        "{procedure} ({cpt})",
        "CPT {cpt}",
        "{drug} {dose}",
        "{drug} (NDC {ndc})",
        "[{cpt}|HCPCS {cpt}] [x|units] {n}",
        "[an office visit|inpatient stay|ER visit|DME|home health|physical therapy|an MRI|a wheelchair|CPAP supplies|infusion therapy]",
    ),
    "why": (
        "[not medically necessary|experimental or investigational|out of network|no prior authorization on file|timely filing|duplicate claim]",
        "[non-formulary|step therapy not met|quantity limit exceeded|missing records|coordination of benefits|coverage terminated|bundled with {cpt}]",
        "[diagnosis {icd} does not support {cpt}|invalid modifier|benefit maximum reached|not a covered benefit|pre-existing lapse in coverage]",
    ),
    "money": (
        "[billed|charged|total charge] {amount}[, allowed {amount}|][, paid {amount}|]",
        "[deductible|copay|coinsurance|patient responsibility|out-of-pocket max] [of|is|:] {amount}",
        "{percent} [coinsurance|of allowed]",
        "[you owe|member owes|balance] {amount}",
    ),
    "clinical": (
        "[the member|the patient|he|she|they] [has|was diagnosed with|carries a diagnosis of] {hx} ({icd}).",
        "[trials|failures|prior therapies]: {drug}, {drug} [and {drug} |]([stopped|failed] due to {adverse}).",
        "{lab}; {lab}.",
        "{cite} [supports|recommends|endorses] {drug} [for|in] {disease}.",
        "without {drug}, [progression|hospitalization|{adverse}] is likely.",
        "[imaging|workup|{procedure}] showed {disease}.",
    ),
    "letter_end": (
        "[Sincerely|Regards|Respectfully|Best regards],\n\n",
        "[Please contact us with any questions|Thank you for your prompt review|We request an expedited review|A peer-to-peer is requested].\n\n[Sincerely|Regards],\n",
    ),
}

_QUESTION = (
    "[why was|what does it mean that|how do I appeal that] the claim [for|of] {member}{idtag}[ for {svc}|]{on} [denied|rejected|reduced] as {why}?",
    "[is|was] {svc} [covered|payable|authorized|approved] for {member}{idtag}{on} [by|under] {payer}?",
    "[draft|write|prepare|help me write] [an appeal|a second-level appeal|a letter of medical necessity|a grievance|a peer-to-peer outline] to {payer} for {member}{idtag}: {svc}, denied{on} as {why}.",
    "[check|verify|confirm|run] [eligibility|benefits|coverage|COB] for {member}{idtag}{on}[ with {payer}|].",
    "[summarize|explain|break down] [this|the] EOB[ of {member}{idtag}|]: {money}, {money}, {refs}.",
    "[what|how much] [does|will|would] {member}{idtag} owe {biller} [for|after] {svc}{on} if {money}?",
    "[submit|file|start|resubmit|void] [a |the |][claim|prior auth|corrected claim] [for|of] {member}{idtag}, {svc}{on}, [dx|icd] {icd}, [{refs}|rendering {biller}].",
    "[does|will] {payer} require [prior authorization|step therapy|a referral|documentation] for {svc} [with|for] {disease}[ in {member}{idtag}|]?",
    "{refs}: {member}{idtag}, {svc}{on}, {why}. [next steps|how to fix|can we rebill|appeal or write off]?",
    "{member}{idtag} [called|wrote|is upset|is asking] about {money} for {svc}{on} at {biller}; [what do I say|script please|who pays]?",
    "[status of|any update on|pull up|look up] {refs}[ for {member}|]{idtag}{on}?",
    "[add|remove|enroll|terminate|reinstate] {member}{idtag} [on|from|in] [the plan|{payer}] [effective|as of]{on}.",
)
_LETTER_HEAD = (
    "{insurer}\n{address_lines}\n\n{date.long}\n\nRE: {patient}\nMember ID: {plan_id}\n[DOB: {dob}\n|]{refs}\n",
    "{date}\n\nTo: {insurer}[, Appeals Department|]\n[Fax|FAX]: {fax}\nRe: {patient.full}[, DOB {dob}|][, ID# {plan_id}|]\n{refs}\n",
    "{patient.full}\n{address_lines}\n\n[Date|Notice date]: {date}\n[Subscriber|Member] [ID|#]: {plan_id}\n{refs}\n[Provider: {biller}\n|]",
    "{facility}\n{street}\n{city_state}[ {zip}|]\n[Tel|Phone|T]: {phone}[ | Fax: {fax}|]\n\n{date.long}\n\n[Attn|ATTENTION]: {insurer} [Utilization Management|Medical Director|Claims]\n[Patient|Member]: {patient}\n[Group|Policy|Member] #: {plan_id}\n",
)
_LETTER_BODY = (
    "[Dear {patient.formal}|Dear Member|Dear {patient.full}]:\n\n[We have reviewed|This letter is about|We received] [your|the] [request|claim|appeal] for {svc}{on} [from|by] {biller}. [The request|It|The service] is [denied|not approved|partly approved] because: {why}. {money}. [You may appeal within {n} days|You have the right to appeal by {date}|To appeal, call {phone}].",
    "[To Whom It May Concern|Dear Medical Director|Dear Appeals Committee|Dear Sir or Madam]:\n\n[I am writing|This letter is] [on behalf of|to support|regarding] {member}{idtag}[, a {yo} {sex}|], [whose|for whom] {svc} was denied{on} as {why}. {clinical} {clinical} {clinical} [I ask you to overturn the denial|Please reconsider|We request approval for {n} months].",
    "[To Whom It May Concern|Dear Reviewer]:\n\n{member} [has been my patient|has been under my care|established care] {since}. {clinical} {clinical} [{clinical} |]I [recommend|am requesting|prescribe] {drug} {dose}. [I can be reached at {phone}|Call me at {phone} for a peer-to-peer|My NPI and license {license} are on file].",
)
_LETTER_END = (
    "[Sincerely|Regards|Respectfully],\n\n{provider}\n[{specialty}\n|]{facility}[\n{phone}|]",
    "[Sincerely|Thank you],\n{person.full}\n[Appeals Coordinator|Claims Examiner|Member Services|Case Manager][, {insurer}|]\n[{phone}|{email}|ext. {n}0{n}]",
    "[cc|CC|Copy]: {provider}[, {biller}|]",
    "[Signed|Reviewed by]: {provider}, {date}",
)
_EOB = (
    "EXPLANATION OF BENEFITS - THIS IS NOT A BILL\n[Member|Subscriber]: {patient}\n[ID|Member ID|ID #]: {plan_id}   [Group|Grp]: {account}\n[Patient|Dependent]: [{patient.full}|{relative}]\n[Claim|Claim number]: {claim}\n[Provider|Rendering]: {biller}\nDate of service: {date.us}\n{svc} - {money}\n[{svc} - {money}\n|][Paid to|Check]: {biller} [{date.us}|{order}]",
    "[Claim|Line],[DOS|Date],[Patient|Member],[CPT|Code],[Billed|Charge],[Paid|Allowed]\n{claim},{date.us},{patient.inverted},{cpt},{amount},{amount}\n{claim.2},{date.us},{person.full},{cpt},{amount},{amount}",
    "[270/271|Eligibility|Benefit check] [response|result][ {datetime}|]\nSubscriber: {patient.inverted}\nDOB: {dob}\nMember ID: {plan_id}\nPayer: {insurer}\n[Plan|Coverage]: [active|inactive] [since|eff] {date.us}\nPCP: {provider}\n{money}\n{money}",
    '{{"claimId": "{claim}", "memberId": "{plan_id}", "patient": "{patient.full}", "dos": "{date.iso}", "cpt": "{cpt}", "icd10": "{icd}", "billed": {n}00, "status": "[denied|paid|pended]"}}',
    "[CMS-1500|HCFA|Claim form]\n1a. Insured ID: {plan_id}\n2. Patient: {patient.inverted}\n3. DOB: {dob}\n4. Insured: [{relative}|same]\n5. Address: {address}\n11. Group: {account}\n21. {icd} {icd}\n24. {date.us} {cpt} {amount}\n31. {provider}\n32. {facility}\n33. {phone}",
    "[Prior Authorization Request|PA form|Coverage determination]\nMember: {patient} | ID {plan_id} | DOB {dob}\nPrescriber: {provider} | [Ph|Tel] {phone} | [Fx|Fax] {fax}\nDrug: {drug} {dose}\nDx: {disease} ({icd})\nTried/failed: {drug}, {drug}\n[Labs: {lab}\n|][Pharmacy: {pharmacy}\n|]Signature: {provider} Date: {date.us}",
    "[Benefit summary|Schedule of benefits|Plan highlights {year}]\n[Deductible|Individual deductible]: {amount}\n[OOP max|Out-of-pocket maximum]: {amount}\n[PCP|Office visit]: {amount} copay\n{procedure}: {percent} after deductible\nTier {n} drugs: {amount}",
    "[Remittance|ERA|835 summary]: {refs}; {svc}; {money}; {money}; [CO-45|CO-97|PR-2] {amount}",
)
_CALL = (
    "[Rep|Agent]: [Thank you for calling {payer}|{payer}, this is {person.first}|Member services, how can I help]?\n[Caller|Member]: [Hi|Hello], [this is|my name is|I'm] {patient.full}[, I'm calling about {svc}|]. \n[Rep|Agent]: [May|Can] I have your [member ID|ID number|date of birth]?\n[Caller|Member]: [It's|Sure, it's|ID is] [{plan_id}|{dob}|{plan_id}, date of birth {dob}].\n[Rep|Agent]: [I see the claim|The claim] for {svc} was [denied|paid|pended] as {why}. {money}.\n[Caller|Member]: [Call me back at {phone}|Send it to {address}|Email it to {email}|OK, thanks].",
    "[Call note|Contact log|CSR note][ {datetime}|]: {person.full} [from|at] {biller} [called|called in|phoned] re {member}{idtag}, {svc}{on}. [Advised|Told|Explained]: {why}. {refs}. [Callback|CB|Ph] {phone}.",
    "[Spoke with|Talked to|s/w] {person.first} at {insurer}{on}, [ref|call ref][ #| ]{id}: {svc} for {member}{idtag} [is|was] [approved|denied|pending], {why}.",
    "[Call note|Log|CSR note]: caller asked [whether|if] {svc} is covered for {disease}; told {why}; {money}. [No PHI taken|Anonymous|General inquiry].",
    "[hi|Hi|Hello|Good morning], [I got a bill|my claim was denied|my card never came|I need a prior auth] for {svc}{on}. [My ID is {plan_id}|I am {patient.full}, born {dob}|Name is {patient}, group {account}|My husband {relative} is the subscriber]. [Can you help|Please advise|What now]?",
)
_GENERAL = (
    "[appeal|claim|authorization|grievance] [timelines|rules|steps|letters] [for|under] [Medicare Advantage|ERISA|the ACA|Medicaid in {state}|{payer}][?|, {year}]",
    "{svc} [is|will be|may be] [denied|paid|reviewed] [when|if|unless] {why}. {money}.",
    "[a|the] [clean claim|corrected claim|EOB|denial] [needs|lists|shows] {refs} [and|plus] {icd}, {cpt}.",
    "[policy|bulletin|criteria] {n}.{n}: {svc} is [medically necessary|covered] for {hx} when {lab} and [trial of|failure of] {drug} [and|or] {drug}.",
)
_LISTS_NAMED: Lists = {
    **_BASE,
    **_NAMED,
    "since": ("since {date}", "since {date.month_year}", "since {year}", "for {dur}"),
}


def _draw(frames: Sequence[str], world: World, lists: Lists) -> Doc:
    return render(world.random.choice(frames), world, lists)


def question(world: World) -> Doc:
    """What staff of an insurer or of a billing office ask an assistant."""
    share = world.random.choice((0.0, 0.4, 0.8))
    return sentence(_draw(_QUESTION, world, mixed(_BASE, _NAMED, _ANONYMOUS, share, world.random)))


def letter(world: World) -> Doc:
    """A denial, appeal or necessity letter, at times without its head or end."""
    random = world.random
    parts = [_draw(_LETTER_BODY, world, _LISTS_NAMED)]
    if random.random() < 0.75:
        parts.insert(0, _draw(_LETTER_HEAD, world, _LISTS_NAMED))
    if random.random() < 0.8:
        parts.append(_draw(_LETTER_END, world, _LISTS_NAMED))
    return join(*parts, sep=random.choice(("\n", "\n\n")))


def form(world: World) -> Doc:
    """Explanations of benefits, claim lines, eligibility answers, request forms."""
    return _draw(_EOB, world, _LISTS_NAMED)


def call(world: World) -> Doc:
    """Calls, call notes and messages of members."""
    return _draw(_CALL, world, _LISTS_NAMED)


def general(world: World) -> Doc:
    """Rules and policies that name nobody."""
    return sentence(_draw(_QUESTION + _GENERAL + _GENERAL, world, {**_BASE, **_ANONYMOUS}))


GENERATORS = ((2.0, question), (1.0, letter), (1.0, form), (1.0, call), (1.5, general))
