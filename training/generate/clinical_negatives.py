"""Clinical text that identifies nobody, in the clothes of text that does: no document of this file has a span.

Eponyms where a name would stand, places inside names of scores, codes and trial numbers where a record number would,
months and given names as plain words, ages under 90, bare years, weekdays and times.
"""

from __future__ import annotations

from training.generate.clinical_grammar import Lists, render
from training.generate.clinical_parts import ANONYMOUS, BASE
from training.generate.compose import sentence
from training.generate.markup import Doc, join
from training.generate.world import World

_CODES = (
    "NCT0{digits}",
    "PMID[:| ][2|3]{digits}",
    "LOINC [4548-4|2160-0|2345-7|718-7|33914-3|13457-7]",
    "SNOMED [44054006|38341003|195967001|13645005]",
    "RxNorm [860975|197361|617318]",
    "NDC {ndc}",
    "[ICD-10|ICD-10-CM|Dx code] {icd}",
    "[CPT|HCPCS|code] {cpt}",
    "DRG [291|470|871|194|065]",
    "[ref range|reference range|normal] {n}[-| to ]{n}[5|0]",
    "order set #{n}",
    "[form|policy|protocol|SOP] [IC-{n}|RX-{n}0{n}|{n}.{n}|NUR-2{n}]",
    "[version|v|rev.|rev] {n}.{n}",
    "[Table|Figure|Appendix|Box|Step|Section|Chapter] {n}",
    "[page|p.|pp.] {n}",
    "question {n} of [50|80|120|280]",
    "grade [1A|1B|2B|2C]",
    "[21|42|45] CFR [11|164.514|1308|482.24]",
    "[ISO 13485|ISO 15189|HL7 v2.5|FHIR R4|X12 837|RFC 3164]",
    "[Form|form] [1095-A|CMS-1500|I-693|3500A|SSA-16|W-9]",
    "[E/M level|tier|ASA|level|class] [2|3|4|5]",
    "[lot|batch|bin|shelf|kit] [A|B|C|7|12|40]",
    "[90|92|95|100]-[day supply|bed unit|minute infusion|point scale]",
    "[call|dial] [911|988|211]",
    "[99mTc|18F-FDG|I-131|Lu-177] [scan|uptake|dose]",
    "n[ =|=][42|118|304|1,024|2,315|17,604]",
    "p[<| < |=0.]0[.|]0{n}",
)
_WILL = (
    "[will|Will] {drug} [raise|lower|affect|interfere with|change] [the |]{labname}[ in most people|]?",
    "[may|May|might] {class} [be stopped|be continued|be used] before {procedure}[ as a rule|]?",
    "[Will|will] [insurance|Medicare|the plan|most payers] cover {procedure} [for|in] {hx}?",
    "[May|may] [patients|people|adults] with {disease} [fly|drive|donate blood|breastfeed|fast|take {drug}]?",
    "{drug} may [cause|worsen|mask|unmask] {adverse}; [it|this] will [resolve|improve|abate] [on|after] stopping.",
    "[patients|they|staff|clinics] [may|will|can] march [ahead|on] [in|until] [may|march|fall|the spring], [and|then] bill as usual.",
    "[mark|Mark] the [site|skin|limb|vein|lesion] before {procedure}, then [drew|draw] {labname}.",
    "[bill|Bill] {cpt} with modifier [25|59|95|XU] [when|if] {procedure} is done [the same day|with {cpt}].",
    "[grace|Grace] period [ends|applies] after {n} days; [will|may] the [claim|refill] be [denied|delayed]?",
    "[hunter|Hunter] syndrome [vs|versus] Hurler syndrome: [which enzyme|inheritance|features|treatment]?",
    "[rose|Rose] Bengal stain [vs|or] fluorescein [for|in] Sjögren's syndrome[?|: pros and cons]",
    "[does|why does|can] {nameword} [matter|occur|appear] [in|with|after] {disease}?",
    "what [is|does] {nameword} [mean|called|in a report]?",
    "[art|Art] therapy, [faith|Faith] groups and [hope|Hope] programs for {disease}: [any evidence|does {cite} mention them]?",
    "[may|May] be [given|used|repeated|tapered] [on|by] day {n}, [march|March] fracture excluded.",
    "[frank|Frank] blood, [sandy|Sandy] stool, [rusty|Rusty] sputum: [which|what] [is most|points to] {disease}?",
    "[the|a] [dean|Dean], the [page|Page] operator and the [cook|Cook] [may|will] [need|get] {drug} [prophylaxis|vaccine] [this fall|in march|by may|].",
)
_FACTS = (
    "{cite} [recommends|recommend|suggests|advises|endorses] {drug} [as|for] [first-line|second-line|initial|adjunct] [therapy|treatment] [of|in|for] {disease}.",
    "{disease} [is|was] [named|first described|classified|redefined] in [18|19][04|17|26|40|55|63|72|88], [long |]before {trial}.",
    "[the|a] {sign} [suggests|is seen in|is specific for|has low sensitivity for] {disease}.",
    "[use|apply|calculate|document] the {score} [before|after|at|with] {procedure}; [a score of|>=|above] {n} [means|prompts|warrants] [admission|{procedure}|{drug}].",
    "{trial} ({year}) [compared|randomized] {drug} [with|versus|to] {drug} in [412|1,960|5,010|17,400] [patients|adults|participants] with {disease}; [HR|RR|OR] 0.{n}, 95% CI 0.{n}-1.{n}.",
    "{class} [should|must|may] [not be|be] [combined|given|used] with {class} because of {adverse}.",
    "[dose|usual dose|adult dose|maximum]: {drug} {dose}; [reduce|halve|avoid] if {lab}.",
    "[in|among] [adults|children|women|veterans|residents of {state}|people in {country}], [incidence|prevalence|mortality] of {disease} [rose|fell|was stable] [by {percent} |][since|in|between {year} and] {year}.",
    "[monitor|check|trend|repeat] {labname}[, {labname}|] and {labname} every {n} [weeks|months|hours].",
    "[contraindications|cautions|adverse reactions|interactions]: {adverse}, {disease}, {class}.",
    "[stage|grade|class|type] [I|II|III|IV|1|2|3] {disease} [carries|has] a [5-year|ten-year|30-day] [survival|mortality] of {percent}.",
    "[hold|stop|resume|continue] {drug} {n} [hours|days] [before|after] {procedure}.",
    "{gene} [carriers|testing|positivity] [increases|predicts|guides] [risk of|response to] {disease}.",
    "[the {score}|{score}] [was validated|performs well|underperforms] in {disease}[, per {guide}|].",
    "[code|assign|report] {code} [for|with] {disease}[; see {code}|].",
    "[nurses|staff|residents|clinicians|visitors] [must|shall|should|may] [wash hands|wear a mask|log out|verify two identifiers|use SBAR|badge in] [before|after|during] {procedure}.",
    "[clinic|visiting|pharmacy|lab] hours are {weekday} [to|through] {weekday}, {time} to {time}.",
    "the [{guide}|committee|board|department] [meets|reviews this policy|publishes an update] [every {weekday}|each year|in even years|since {year}].",
    "[influenza|measles|RSV|mpox|dengue|pertussis] [activity|cases|deaths] [in {state}|in {country}|nationwide] [rose|fell] to {number} [last week|this season|in {year}].",
    "[a|the] [typical|hypothetical|sample|standardized] patient is {age} with {lab}.",
    "{eponym} [and|or|versus] {eponym}: [both|neither|each] [may|can] present with {symptom}.",
)
_EXAM = (
    "[a|A] {yo} {sex} [comes|presents|is brought] to the [physician|emergency department|clinic|office] because of {symptom} for {dur}. [Temperature|His temperature|Her temperature] is 3[7|8].{n} C, [pulse|heart rate] is [72|88|110]/min, [BP|blood pressure] [118/76|92/50] mm Hg. [Examination|Exam] shows {sign}. {lab}. [Which of the following is the most likely diagnosis|What is the next best step|Which drug is indicated]?\n[A.|A)|(A)] {disease}\n[B.|B)|(B)] {eponym}\n[C.|C)|(C)] {disease}\n[D.|D)|(D)] {eponym}",
    "[Which|Question {n}: Which] of the following [is|are] associated with {gene}? (A) {eponym} (B) {eponym} (C) {disease}",
    "[Flashcard|Mnemonic|Anki|Board pearl|High yield]: {eponym} = {symptom} + {sign}[ + {lab}|].",
    "[A|a] {age}-year-old [G{n}P{n}|{sex}] at [38 weeks|term|28 weeks] has {lab} and {symptom}. {bare}",
    "Match each [sign|triad|eponym] to its disease: 1) {sign} 2) {sign} 3) {sign}[ 4) {sign}|]",
)
_LISTS_OF = (
    "[common codes|superbill|charge sheet|problem codes]:\n{icd} {disease}\n{icd} {disease}\n{cpt} {procedure}\n{cpt} {procedure}",
    "[formulary|drug list|preferred drugs|crash cart]: {drug}, {drug}, {drug}, {drug}, {drug}[, {drug}|][, {drug}|]",
    "{drug} {dose}; {drug} {dose}; {drug} {dose}",
    "[scores|scales|tools]: {score}, {score}, {score}[, {score}|]",
    "[eponyms|ddx|differential|rule out]: {eponym}, {eponym}, {disease}, {disease}",
    "{lab}\n{lab}\n{lab}\n[{lab}\n|]{lab}",
    "[Test,Result,Units,Range|analyte;value;flag]\n{labname},{n},mg/dL,{n}-{n}0\n{labname},{n},U/L,<{n}0\n{labname},{n}.{n},%,{n}-{n}",
    "[trials|key studies|references]: {trial} ({year}), {trial} ({year}), {trial}[ {year}|]; {code}",
    "[agenda|curriculum|lecture series|rotation]:\n{weekday} {time} {disease}\n{weekday} {time} {score}\n{weekday} {time} {guide} update {year}",
    "Vitals: {lab}; {lab}; {lab}. [Exam|PE]: {sign} [negative|positive]. [A/P|Plan]: {drug} {dose}, {procedure}.",
    "[PMH|Hx]: {disease}, {disease}, {eponym}. [PSH|Surg]: {procedure}, {procedure}. [Meds|Rx]: {rx}. [FH|FHx]: {disease}. [SH|Social]: [never smoker|{n} pack-years|social EtOH].",
    '{{"code": "{icd}", "display": "{disease}", "system": "ICD-10"}}',
    '{{"test": "{labname}", "value": {n}, "unit": "mg/dL", "loinc": "2160-0", "age": {age}}}',
    "[Order set|Protocol|Pathway|Policy] {n}: {disease}\n- {drug} {dose}\n- {procedure} [within {n} h|PRN|STAT]\n- [call|notify] [MD|RRT|charge nurse] if {lab}\n- [reassess|recheck] {labname} q{n}h",
    "[History|HPI]: {yo} {sex} with {hx}, {issue}. [Exam|PE]: {sign}. [Data|Labs]: {lab}, {lab}. [Impression|Assessment]: {disease} vs {eponym}. [Plan|Rec]: {drug} {dose}; {procedure}; [f/u|RTC] {dur}.",
)
_ASK = (
    "[what is|explain|define|describe|summarize] {topic}[ in plain language| for a medical student| in one paragraph|]?",
    "[difference|how to tell|compare|distinguish] [between |]{topic} [and|from|vs] {topic}[?|]",
    "[what does|does] {cite} [say|recommend|conclude] [about|on] {topic}?",
    "[how is|how do you calculate|when to use|limitations of] [the |]{score}[?|]",
    "[history|etymology|origin|pronunciation] of the [term|eponym|name] {eponym}[?|]",
    "[create|write|draft|make] [a quiz|a handout|a policy|a protocol|an FAQ|a slide deck|a podcast script] [on|about] {topic}[ for {specialty}|].",
    "[list|give me|name] [five|ten|3|the] [causes|red flags|side effects|mimics|complications] of {topic}[.|]",
    "[which|what] {class} [are|is] [preferred|avoided|first line] in {disease} with {lab}?",
    "[mechanism|half-life|metabolism|onset|brand name|generic|price|black box warning] of {drug}[?|]",
    "[{code}|{code} {code}] [meaning|what is it|description|lookup|crosswalk][?|]",
    "[is|was] {trial} [practice changing|stopped early|blinded|industry funded]?",
    "[{disease}|{eponym}] [icd-10|cpt|guidelines {year}|treatment|prognosis|incidence {country}]",
    "[can|should] [adults over {age}|people aged {age} and older|men under {age}|a {yo}] [get|take|receive|skip] [{drug}|{procedure}|the shingles vaccine]?",
    "[what time|which {weekday}|how often] [does|should|is] [the tumor board|grand rounds|{labname}] [meet|be held|run][?|]",
)
_BARE = (
    "[what next|next best step|most likely diagnosis|best test|which drug|what is the risk]?",
    "[discuss|explain|justify] [the management|your answer|the choice of {drug}].",
)
_LAY = (
    "[i|I] [have|get|keep getting|woke up with] {symptom}[ and {symptom}|] [for {dur}|after {drug}|every {weekday}|when i run|at night][, is that bad|, should i worry|. normal?|, what is it]?",
    "[my|our] [kid|son|daughter|mom|dad|dog|wife|boss] [has|got|was told about] {disease}[. can|, can|; will] [i|we|they] [catch it|travel|use {drug}|go to school]?",
    "[can|may|should] i [take|mix|stop|double] [my |]{drug} [with|and|before] [{drug}|coffee|alcohol|grapefruit|St. John's wort|a flight|my period]?",
    "[doctor|doc|they|the nurse|the app] said {labname} is {n}[.{n}|] [and|but] i feel [fine|awful|dizzy]. [what does it mean|is it high|do i need {drug}]?",
    "how [long|many days|soon] [will|does|may] {drug} [work|last|stay in the body|take][?| to help {symptom}?]",
    "[i am|I'm|im] {age}[ and {n} weeks pregnant| years old|], [{disease} runs in the family|never smoked|on {drug}]. [do i need|when is|is it time for] {procedure}?",
    "what [foods|vitamins|exercises|otc meds] [help|hurt|to avoid] with {disease}?",
    "[hi|hello|hey|help], [i|we] [lost|need|want] [a bottle of {drug}|a refill|a second opinion on {procedure}|a note for work]. [what do i do|who do i call|how]?",
    "is {eponym} [hereditary|contagious|fatal|the same as {eponym}|rare in {country}]?",
)
_POLICY = (
    "[All|Newly hired|Per diem|Contract] staff [must|shall] complete [the {guide} module|annual training|fit testing] by [the end of {year}|day {n}|the first {weekday} of the month].",
    "[Specimens|Samples|Trays|Carts] are [labeled|checked|sealed] with two identifiers before {procedure}.",
    "[Visitors|Vendors|Students] [sign in|wear a badge|are screened] at [the front desk|entrance {n}|gate B] from {time} to {time}.",
    "The [rapid response|stroke|sepsis|code] team is called for {lab} or {symptom}.",
    "[Retention|Review|Revision] of this policy is every {n} years; supersedes version {n}.{n} of {year}.",
    "[Section|Policy|Standard] {n}.{n}.{n}: {drug} is stored [at 2-8 C|in locked cabinets|in bin {n}] and wasted with a witness.",
    "[Health departments|Officials|Agencies] in {state} report {number} cases of {disease} [this week|since {year}], [up|down] {percent}.",
    "[A|The] recall of [{drug}|infusion pumps|gloves] [affects|covers] lots made in {year}; no [deaths|injuries] were reported.",
    "[Vaccination|Screening|Prophylaxis] for {disease} [is free|is advised|may begin] at age {age}, {guide} said [{weekday}|in {year}].",
    "[Residents|Travelers] to {country} should [boil water|carry {drug}|avoid ticks] because of {disease}.",
    "[Mechanism|Pharmacokinetics|Indications]: {drug} [inhibits|binds|is cleared by] [CYP3A4|the kidney|the liver|P-gp]; half-life {n} h; [pregnancy category C|boxed warning: {adverse}].",
    "[Supplied as|How supplied|Storage]: {drug} {n}0 mg, NDC {ndc}, bottles of {n}0; store at 20-25 C.",
    "[Background|Methods|Results|Conclusion]: [we|authors] [enrolled|reviewed|pooled] {number} [patients|scans|charts] from {n} [centers|states|countries] ({year}-{year}); {score} [rose|fell] by {n}.{n}.",
    "[Inclusion|Exclusion|Eligibility]: age {age} or older, {lab}, no {disease}, no {class} within {n} weeks.",
    "[Hand hygiene|Falls|CLABSI|Readmission] rate on unit {n} was {n}.{n} per 1,000 [days|visits] in {year}.",
)
_LISTS: Lists = {
    **BASE,
    **ANONYMOUS,
    "code": _CODES,
    "digits": tuple(f"{number:07d}" for number in range(1000003, 9999999, 104729)),
    "fact": _FACTS,
    "ask": _ASK + _WILL,
    "exam": _EXAM,
    "bare": _BARE,
    "topic": (
        "{disease}",
        "{eponym}",
        "{score}",
        "{sign}",
        "{drug}",
        "{procedure}",
        "{trial}",
        "{class}",
        "{nameword}",
        "{gene}",
        "{adverse}",
        "{disease} in {specialty}",
    ),
}


def question(world: World) -> Doc:
    """One or two general questions, often with a code or a fact before them."""
    frames = ("{ask}", "{ask}", "{ask} {ask}", "{fact} {ask}", "{ask} ({code})", "{code}: {ask}")
    return sentence(render(world.random.choice(frames), world, _LISTS))


def statement(world: World) -> Doc:
    """One to eight sentences of guideline, label, policy, abstract or public health prose."""
    sep = world.random.choice((" ", " ", "\n", "\n- "))
    count = world.random.choice((1, 1, 2, 3, 4, 6, 8))
    facts = world.random.sample(world.random.choice((_FACTS + _WILL, _FACTS + _POLICY, _POLICY)), count)
    return join(*(sentence(render(fact, world, _LISTS)) for fact in facts), sep=sep)


def exam(world: World) -> Doc:
    """A question of a medical examination, a flash card."""
    return render(world.random.choice(_EXAM), world, _LISTS)


def listing(world: World) -> Doc:
    """Code lists, drug lists, values, order sets, notes from which nothing identifies."""
    return render(world.random.choice(_LISTS_OF), world, _LISTS)


def lay(world: World) -> Doc:
    """What people ask about their own health without saying who they are."""
    asked = (render(frame, world, _LISTS) for frame in world.random.sample(_LAY, world.random.choice((1, 1, 1, 2))))
    return join(*asked, sep=" ")


GENERATORS = ((2.0, question), (1.5, statement), (1.0, exam), (1.0, lay), (1.5, listing))
