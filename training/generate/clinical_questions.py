"""What clinicians and staff type into an assistant: questions, orders for letters and summaries, shorthand, searches.

Every frame serves both ways: with a subject who is named, and with one of the same shape who is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.generate.clinical_clauses import ANONYMOUS_CLAUSES, ASKS, CLAUSE_FRAMES, NAMED_CLAUSES, TOPICS
from training.generate.clinical_grammar import mixed, render
from training.generate.clinical_identity import ADVISED, ANONYMOUS_IDENTITY, LISTED_TAGS, NAMED_IDENTITY, WHOSE
from training.generate.clinical_parts import ANONYMOUS, ANONYMOUS_TAG, BASE, NAMED, NAMED_TAG
from training.generate.clinical_requests import HEADER, RECORDS, REQUESTS, SOUP, TERSE
from training.generate.compose import sentence
from training.generate.markup import Doc, join
from training.generate.world import World

TREAT = (
    "[should|can|could|would you|do I] [start|add|stop|hold|restart|continue|taper|titrate|switch to] {drug} [for|in] {who}{tag}[ given| with|, with| despite] {issue}?",
    "what is the [best|preferred|first-line|second-line|next|recommended|safest] [treatment|therapy|option|regimen|agent|step] for {hx} in {who}{tag}{where}?",
    "what [would|should|do] [you|we|I] [do|give|use|order|recommend] [next |first |]for {who}{tag} with {issue}{when}?",
    "how [should|do] [we|I|you] [manage|treat|handle|approach|work up] {issue} in {who}{tag}{where}{when}?",
    "is {drug} [safe|appropriate|indicated|contraindicated|reasonable|okay|on formulary] [for|in] {who}{tag}[ who has {issue}| with {issue}|]?",
    "does {who}{tag} need [{drug}|a {specialty} referral|{procedure}|a repeat {labname}|a dose change|admission] [given|for|because of|after] {issue}?",
    "can {who}{tag} [safely |]take {drug} [with|while on|together with|and] {rx}?",
    "when [should|can|may] {who}{tag} [start|resume|stop|restart|come off] {rx}[ after {procedure}| following {issue}|{when}]?",
    "[which|what] {class} [are|would be] [best|safe|preferred|avoided] [in|for] {who}{tag} with {issue}?",
    "[is it|would it be] [okay|ok|safe|reasonable|wise|too early] to [start|add|stop|switch to] {drug} for {who}{tag}{where}?",
    "should {who}{tag} [be|get] [admitted|discharged|transferred|bridged|anticoagulated|vaccinated|intubated|referred to {specialty}]{when}?",
    "[any|are there] alternatives to {drug} for {who}{tag}, [since|because|as] {issue} [came up|is a problem|was noted|limits us]{when}?",
    "what [are the|] [treatment|therapy|management|non-drug|surgical] options [exist |are there |]for {who}{tag} [with|and] {hx}{where}?",
    "[how|what] [aggressively|long|often] should {disease} be treated in {who}{tag}{where}?",
    "[would|does] [{cite}|{guide}] [support|recommend|favor|back] {drug} [for|in] {who}{tag}[ with {issue}|]?",
    "what does {cite} say about {rx} [for|in] {who}{tag}?",
    "[per|according to|based on] {cite}, [should|can|does] {who}{tag} [get|receive|need|qualify for] {drug}?",
    "how would {trial} [results |]apply to {who}{tag}[ with {issue}|]?",
    "[who|which service] should [see|follow] {who}{tag} for {issue}{where}, {specialty} or {specialty}?",
)
DOSE = (
    "what [dose|starting dose|max dose|loading dose|maintenance dose|renal dose] of {drug} [for|in|should I use for|is right for] {who}{tag} with {lab}?",
    "how [do|should] I [dose|adjust|titrate|taper|renally dose|convert] {drug} [for|in] {who}{tag}[ given {lab}| with {lab}|]{when}?",
    "[is|was] {drug} {dose} [too much|too high|enough|correct|appropriate|the right dose] for {who}{tag}[ with {lab}|]?",
    "convert {who}{tag} from {drug} {dose} to {drug}[, please| today| before discharge|]?",
    "{who}{tag} [weighs|is] [4.2|11|18|54|68|82|97|126] [kg|kilos]; what is the [mg/kg |]dose of {drug}[ {freq}|]?",
    "what [taper|titration] schedule of {drug} [suits|works for|would you use in] {who}{tag}[ starting|] {when}?",
    "{who}{tag} missed [a dose|two doses|{n} days] of {drug}{when}; [what now|double up or skip|should we reload]?",
    "[calculate|compute|work out|give me] the [CrCl|dose|{score}|anion gap|corrected calcium|infusion rate|insulin sensitivity factor] for {who}{tag}, {lab}?",
)
INTERACT = (
    "[does|could|will|would] {drug} interact with {drug} in {who}{tag}?",
    "[any|are there] [interactions|contraindications|concerns|issues|red flags] [between|with] {rx} [and {drug} |]for {who}{tag}?",
    "[could|might|can] {drug} [cause|explain|be causing|be responsible for|worsen] {issue} in {who}{tag}{when}?",
    "what [side effects|adverse effects|monitoring] of {drug} should I [watch for|discuss|expect|order] in {who}{tag}?",
    "is {adverse} [common|expected|likely|reversible|dose-related] with {drug} [in|for] {who}{tag}?",
    "[how often|when|how] should I [monitor|check|repeat|recheck|trend] {labname} in {who}{tag} on {rx}?",
    "{who}{tag} [developed|reports|complains of|has] {adverse} [on|after starting|since starting] {drug}{when}; [what next|stop it|switch to what|rechallenge]?",
    "[review|check|screen] [the |this |]med list [of|for] {who}{tag}: {rx}, {rx}, {drug}. [Any interactions|Anything to stop|What would you deprescribe]?",
)
DIAGNOSE = (
    "what [is|would be] the [differential|ddx|workup|most likely diagnosis|differential diagnosis] for {who}{tag} with {issue}{when}?",
    "[could|might] {finding}[ and {symptom}|] [in|for] {who}{tag} [be|suggest|point to|represent] {disease}?",
    "[how|what] do [you make|I make|we make] of {finding} and {finding} in {who}{tag}{when}?",
    "what [tests|labs|imaging|workup] should I [order|get|request] for {who}{tag} with {issue}[ to rule out {disease}|]?",
    "does {who}{tag} meet [criteria|{score} criteria|the criteria of {guide}] for {disease}[ with {lab}|]?",
    "[interpret|explain|help me interpret|walk me through|what do you think of] {lab}, {lab} and {lab} [in|for] {who}{tag}{when}?",
    "{finding}, {finding} and {symptom} in {who}{tag}: [{disease} or {disease}|what am I missing|thoughts|next test]?",
    "is {procedure} [indicated|needed|useful|overdue|urgent] for {who}{tag} [given|with|after] {issue}?",
    "what [is the|] [{score}|risk|stage|prognosis|pretest probability|life expectancy] [of|for|in] {who}{tag} with {hx} and {lab}?",
    "[why|how come] [does|would|is] {who}{tag} [have|having|still have] {symptom} [despite|on] {rx}{when}?",
    "[should|does] {gene} [testing|status] [change|affect|guide] [management|therapy|screening] [for|of] {who}{tag}?",
    "[is|was] the [positive|equivocal|negative] {sign} [in|of] {who}{tag} [meaningful|enough for {disease}|specific]?",
)
PLAN = (
    "what [screening|vaccines|follow-up|health maintenance|precautions] [is|are] [due|recommended|needed] for {who}{tag}{when}?",
    "when [is|should] {who}{tag} [due for|get|have] [the next |a repeat |]{procedure}{where}?",
    "how [do|should] I [explain|counsel|talk about|bring up|discuss] {hx} [with|to] {who}{tag}[ and family| in plain language|]?",
    "what [should|can] I tell {who}{tag} about [{rx}|{procedure}|{disease}|the {labname} result]{when}?",
    "[can|is] {who}{tag} [fly|drive|return to work|go back to school|breastfeed|have an MRI|cleared for surgery] [after|with|on] [{procedure}|{hx}|{rx}]?",
    "[what|which] [ICD-10|CPT|billing] code [fits|applies to|do I use for] {hx} [in|for] {who}{tag}, seen{where}{when}?",
    "[does|would] [the insurer|insurance|Medicare|Medicaid|the plan] [cover|approve|pay for] {drug} for {who}{tag}?",
    "[can you|please|] [look up|find|pull|check] [the |][last|latest|most recent] {labname} [for|of|on] {who}{tag}{where}?",
    "[what|which] [exercises|diet|home care|discharge instructions] [suit|should I give] {who}{tag} after {procedure}{when}?",
    "is {who}{tag} [eligible|a candidate|appropriate] for [{trial}|{procedure}|{drug}|hospice|a clinical trial of {drug}|home health|{body_scan}]?",
    "[can|should] we [move|reschedule|cancel|book] [the |]{procedure} [for|of] {who}{tag}{where}{when}?",
    "what did [we|{specialty}] [decide|recommend|order] for {who}{tag}{when}?",
    "how do I [report|document|chart|disclose] {adverse} [for|in] {who}{tag}{where}{when}?",
    "[who|what team] [covers|should I page] for {who}{tag} tonight{where}?",
)

# A sentence that tells the case; a question without a subject follows it.
STORY = (
    "{who}{tag} [was seen|was evaluated|presented|came in|was admitted|followed up|checked in]{where}{when} [with|for] {issue}.",
    "{who}{tag} [has|reports|c/o|is complaining of|endorses|is having] {issue}{when}.",
    "{who}{tag} [is on|takes|was started on|has been on|was switched to] {rx}[ for {disease}|]{by}{when}.",
    "[I have|we have|I saw|we saw|I'm seeing|just saw|I am consulting on|following] {who}{tag}{where}{when} [with|for] {issue}.",
    "{who}{tag} [underwent|had|is s/p|is scheduled for|is being prepped for] {procedure}{where}{when}.",
    "{who}{tag} [was referred|was sent|was transferred|was cleared|was prescribed {drug}|was discharged]{by}{where}{when}.",
    "[labs|vitals|imaging]{when} [for|on] {who}{tag}: {lab}, {lab}[, {lab}|].",
    "{who}{tag}: {lab}, {lab}, on {rx}.",
    "[background|context|case|hpi|HPI|bg|situation]: {who}{tag}, {hx}, {issue}{when}.",
    "[my|our] [colleague|attending|resident|NP] saw {who}{tag}{where}{when}; {issue}.",
    "{who}{tag} [called|messaged|phoned|texted|wrote in|emailed]{when} [about|with|asking about] {issue}.",
    "[a|the] [note|report|letter|fax|message]{by}{when} says {who}{tag} has {issue}.",
    "[this is|it's] about {who}{tag}, [who has|with] {hx}[ and {lab}|].",
    "[rounding|on call|covering]{where}; {who}{tag} now has {issue}.",
    "[family|daughter|son|spouse|caregiver] of {who}{tag} [reports|is worried about|asks about] {issue}{when}.",
    "[reviewing|looking at|I opened|I'm in] the chart of {who}{tag}[, {hx}|]{where}.",
)
BARE_ASK = (
    "[what|which] {class} [would you|should I|do you] [pick|choose|avoid|start]?",
    "[what|any] [next steps|thoughts|suggestions|recommendations|ideas]?",
    "[is|would] {drug} [be |]an option?",
    "[start|add|stop|hold|switch to|continue|increase|taper] {drug}?",
    "[differential|ddx|dx|workup|plan|what am I missing|thoughts|next step|rx|tx]?",
    "what [is the|does] [evidence for {drug}|first-line treatment|dose of {drug}|recommended follow-up|{cite} recommend|workup] [here|]?",
    "should [I|we] [order|get|repeat|schedule] [{test}|{labname}|{procedure}]?",
    "could this be {disease}[ or {disease}|]?",
    "how [long|often|soon] should [we|I] [treat|monitor|follow up|repeat {labname}]?",
    "is [it|this] safe to [combine {drug} with {drug}|discharge|operate|wait|give {drug} {dose}]?",
    "does {cite} [say anything|apply|recommend {drug}|have a pathway for this]?",
    "[can you|please|could you] [summarize the evidence|list the interactions|give me a differential|suggest a plan|write the orders|explain the options]?",
    "what would {specialty} [want|do|say|recommend]?",
    "[anything|something] else [to|I should] [check|order|rule out|ask]?",
    "[is|was] {drug} {dose} [right|reasonable|the culprit|too much]?",
    "[do they|does he|does she] [need|qualify for|require] [{procedure}|{drug}|a {specialty} consult]?",
)
OPENER = (
    "",
    "",
    "",
    "",
    "",
    "",
    "[hi|hello|hey|good morning|morning|hi there|good afternoon][,|!| -|.] ",
    "[quick|clinical|random|dumb|another|pharmacy|drug|coding|dosing] question[:|,| -|.] ",
    "[hi|hey][,|] [quick question|question for you|need some help|a tricky one]: ",
    "[please help|help me out|I need help|need advice|need your input|asking for a second opinion][:|.| -] ",
    "[Q|Question|Query|Consult|e-consult|Ask|Task|Prompt|User|Curbside][:| -] ",
    "[for|re|regarding|about|RE|Re|concerning|in reference to] {who}{tag}[:|,| -] ",
    "[you are|act as] [a|an] [{specialty}|clinical] [pharmacist|assistant|expert|consultant|scribe][.|:] ",
    "[I am|I'm|this is] [a|the] [nurse|resident|PA|NP|hospitalist|pharmacist|med student|scribe|intern|case manager]{where}. ",
    "[from|on behalf of|per] {specialty}[:|,] ",
    "[as of|today is|date:|{weekday},] {time}[:|,|.] ",
    "[urgent|STAT|FYI|non-urgent|ASAP|time-sensitive][:| -|!] ",
    "[in|using|with] [2-3 sentences|bullet points|plain English|one line|a table|under 100 words][,|:] ",
)
NAMED_OPENER = (
    "[this is|it's|I'm] {provider}[ from| at| with| calling from] {place}[.|,| -] ",
    "[this is|it's|I'm] {nurse}[ from| at| on| with] {place}[.|;|,] ",
    "{provider} [here|asking|wants to know|would like to know][:|,|.] ",
    "[for|re|RE|Re|ref|about] {mrn}[:|,| -] ",
    "[{mrn}|{chart}|{case}] [-|:|/] ",
    "[pt|Pt|patient|name]: {patient}[,|;|.] ",
    "{patient}[,|;|:| -|/] ",
    "{date}[:|,| -] ",
    "[chart|record|case|MRN] {mrn}[, {dob}|][:|.| -] ",
    "[at|here at|in] {place}[,|:] ",
    "on {date}[,|] ",
)
CLOSER = (
    "",
    "",
    "",
    "",
    "",
    " [thanks|thank you|thx|ty|many thanks|appreciate it|cheers][.|!|]",
    " [keep it brief|be concise|cite sources|include references|bullet points please|no jargon|show your work|answer yes or no][.|]",
    " [meds|current meds|home meds]: {rx}, {rx}[, {drug}|].",
    " [allergies|NKDA|allergic to|allergy]: {drug}[ ({adverse})|].",
    " [labs|vitals]: {lab}, {lab}.",
    " [pt|patient|they] [prefers|declined|cannot afford|is hesitant about|asked about] {drug}.",
    " [follow-up|f/u|next visit|rtc] [is|in|:] {dur}.",
    " [reference|source|see|using] {cite}[ {year}|].",
    " [it's|this is] [for|about] [board review|a teaching case|tumor board|rounds|a handout|a case report].",
)
NAMED_CLOSER = (
    " [pt|patient|name|for reference, the patient] [is|:|=] {patient}[,|;| /] [{mrn}|DOB {dob}|{chart}|{phone}][.|]",
    " [MRN|mrn|chart|record|id|#|ref|case][:| |#| is ]{mrn}[.|]",
    " [DOB|dob|born] {dob}[.|]",
    " [call|reach|text|page] [me|us|the family|her|him] [at|on] {phone}[ or {email}|].",
    " [email|send|forward|reply] [it |][to|at] {email}[.|]",
    " [follow-up|f/u|next visit|appointment|recheck] [is|on|scheduled for|:] {date}[ at {time}| with {provider}|].",
    " [she|he|pt|they] [lives|resides|works] [in|near] {city}[.|]",
    " [seen|referred|followed|managed|cc'd]{by}[ on {date}|].",
    " [his|her|their] [wife|husband|daughter|son|mother|sister] {relative} [is at|can be reached at|called from|asked me to call] {phone}.",
    " [signed|-|--|regards,|thanks,|from] {provider}[, {place}|]",
    " [admitted|discharged|transferred|last seen]{where} on {date}[.|]",
    " ([{mrn}|{id}|{case}|{chart}])",
    " [{mrn}|{chart}|{patient.full}|{patient} {dob}|{patient.last} {mrn}|- {patient}|-- {patient.initials}|{date}|{city}|{phone}]",
    " {ident}",
    " {ident} {ident}",
    " [insurance|payer|plan]: {insurer}[ {plan_id}|, ID {plan_id}|].",
    " [ref|order|accession|encounter] [#|no. |]{order}[.|]",
    " [pharmacy|rx to]: {pharmacy}[, {phone}|].",
)

LISTS: dict[str, tuple[str, ...]] = {
    **BASE,
    "body_scan": ("[bariatric surgery|transplant|immunotherapy|dual therapy|the observation unit|cardiac rehab]",),
    "question": TREAT + DOSE + INTERACT + DIAGNOSE + PLAN + WHOSE + ADVISED,
    "story": STORY,
    "bare": BARE_ASK,
    "polite": ASKS,
    "topic_for": TOPICS,
    "answer": (
        "[yes|no|it depends], {cite} [favors|advises against] {drug} [when|if] {lab}.",
        "[consider|I would suggest] {procedure}, {labname} and {drug} {dose}.",
        "[for|in] {disease}, {class} [are|remain] first line; [watch for|monitor] {adverse}.",
    ),
    "open": OPENER,
    "close": CLOSER,
    "request": REQUESTS,
    "line": HEADER,
}
# Keys of the requests that name somebody or nobody, as those of `clinical_parts` do.
NAMED_HERE = {
    **NAMED,
    **NAMED_IDENTITY,
    **NAMED_CLAUSES,
    "tag": NAMED_TAG + LISTED_TAGS,
    "where_rx": ("{pharmacy}", "{pharmacy} in {city}", "the pharmacy on {street}", "{pharmacy}, {phone}"),
    "provider_or": (
        "{provider}",
        "{provider} at {place}",
        "{provider}, {specialty},",
        "{nurse}",
        "{person.full} at {insurer}",
    ),
}
ANONYMOUS_HERE = {
    **ANONYMOUS,
    **ANONYMOUS_IDENTITY,
    **ANONYMOUS_CLAUSES,
    "tag": ANONYMOUS_TAG * 2 + LISTED_TAGS,
    "where_rx": ("the pharmacy", "mail order", "a local pharmacy"),
    "provider_or": ("the {specialty} team", "{specialty}", "the PCP", "the family", "the referring provider"),
}
FRAMES = (
    "{open}{question}{close}",
    "{open}{question}{close}",
    "{open}{question}{close}",
    "{question}",
    "{story} {bare}{close}",
    "{open}{story} {bare}{close}",
    "{open}{story} {story} {bare}{close}",
    "{story} {question}{close}",
    "{story} {story} {story} {bare} {bare}{close}",
    "{open}{story} {story} {question}{close}",
    "{open}{request}{close}",
    "{open}{request}{close}",
    "{story} {request}{close}",
    "{question} {bare}{close}",
    "{open}{story} {ident} {bare}{close}",
    "{open}{ident} {story} {bare}",
    "{question} {ident}",
    "{ident} {question}",
    "{open}{story} {story} {ident} {request}",
    "{item}, {item}, {item}[, {item}|][, {item}|]. {story} {bare}",
    "{item}[ / |; | - | ]{item}[ / |; | - | ]{item}[: | - |. ]{question}",
    "[User|Q|Me|Clinician]: {question}\n[Assistant|A|AI|Bot]: {answer}\n[User|Q|Me|Clinician]: {bare} {ident}",
    "{answer} [but|however,|still,] {question}",
    "{question} [also,|and|second question:|separately,|then] {question}",
    "[1.|1)|a)] {question}\n[2.|2)|b)] {question}[\n3. {question}|]",
    "{open}[two|2] patients. [first|#1|A]: {story} [second|#2|B]: {story} {bare}",
)


_STARTS = re.compile(r"(?<!\b[A-Za-z][a-z])(?<!\b\w)[.?!] (\w)")


def _sentences(doc: Doc, world: World) -> Doc:
    """Capitals at the head of the text and of its sentences; a third of people never press shift."""
    if world.random.random() < 0.3:
        return doc
    text = _STARTS.sub(lambda match: match[0].upper() if len(match[0].upper()) == 3 else match[0], doc.text)
    return sentence(Doc(text, doc.spans))


def _lists(world: World, share: float) -> dict[str, Sequence[str]]:
    lists = mixed(LISTS, NAMED_HERE, ANONYMOUS_HERE, share, world.random)
    if world.random.random() < share:
        lists["open"] = OPENER[5:] + NAMED_OPENER
    if world.random.random() < share:
        lists["close"] = CLOSER[3:] + NAMED_CLOSER
    return lists


def _asked(world: World, share: float, frames: Sequence[str]) -> Doc:
    return _sentences(render(world.random.choice(frames), world, _lists(world, share)), world)


def rich(world: World) -> Doc:
    """A question in which most parts identify somebody."""
    return _asked(world, 0.8, FRAMES)


def sparse(world: World) -> Doc:
    """A question in which one part or another identifies somebody, and the rest looks alike but does not."""
    return _asked(world, 0.3, FRAMES)


def unnamed(world: World) -> Doc:
    """A question of the same making that identifies nobody."""
    return _asked(world, 0.0, FRAMES)


def terse(world: World) -> Doc:
    """Shorthand, search words, fragments."""
    share = world.random.choice((0.0, 0.5, 0.9))
    return render(world.random.choice(TERSE), world, _lists(world, share))


def careful(world: World) -> Doc:
    """A question in full sentences with clauses, well punctuated."""
    share = world.random.choice((0.0, 0.5, 0.8, 1.0))
    doc = render(world.random.choice(CLAUSE_FRAMES), world, _lists(world, share))
    closed = join(doc, render("{close}", world, _lists(world, share)), sep="") if world.random.random() < 0.25 else doc
    return _sentences(closed, world)


def soup(world: World) -> Doc:
    """Words of a search: parts in any order, hardly any grammar."""
    random = world.random
    lists = _lists(world, random.choice((0.0, 0.6, 1.0)))
    kinds = random.choices(SOUP, k=random.randint(2, 6))
    return join(
        *(render(kind, world, lists) for kind in kinds), sep=random.choice((" ", " ", " ", ", ", " - ", "; ", " | "))
    )


def pasted(world: World) -> Doc:
    """A pasted header, list or message, and then the question about it."""
    return render(world.random.choice(RECORDS), world, _lists(world, 0.7))


GENERATORS = ((4.0, rich), (4.0, careful), (3.0, sparse), (3.0, unnamed), (1.5, terse), (1.0, soup), (1.5, pasted))
