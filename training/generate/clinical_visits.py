"""Spoken visits: turns of a clinician and a patient, as transcripts write them. Names are rare and come without form."""

from __future__ import annotations

from training.generate.clinical_grammar import mixed, render
from training.generate.clinical_identity import ANONYMOUS_IDENTITY, NAMED_IDENTITY
from training.generate.clinical_parts import ANONYMOUS, BASE, NAMED
from training.generate.compose import some
from training.generate.markup import Doc, join
from training.generate.world import World

_NAMED = {
    **NAMED,
    **NAMED_IDENTITY,
    "hello": (
        "[hi|hello|good morning|hey there|welcome back][,|] {patient.first}[, how are you|. how have you been|, nice to see you|]?",
        "[hi|hello|good afternoon][,|] {patient.formal}[. i'm {provider}|, i'm {person.first}, the [nurse|medical student|PA]|]. [what brings you in|how can i help] today?",
        "[so|okay|alright], {patient.full} is a {age} year old {sex} [here for|who presents with|with a history of] {disease}.",
        "[morning|hey|come on in][,|] {wordname}[, rough night|, sit down]?",
        "i see here you're {patient.full}, date of birth {dob}, [is that right|correct]?",
        "my name is {provider}, i work with {provider.2}. you [came over from|were sent by] {place}?",
    ),
    "life": (
        "[my|our] [wife|husband|daughter|son|mom|dad|brother] {relative.first} [made me come|is in the waiting room|drove me|says i snore].",
        "i [work|used to work|am a driver] [at|for] {employer}[, so i'm on my feet|, nights mostly|].",
        "[we|i] [just moved|drove up|got back] from {city}[ last {weekday}| in {date.month_year}|].",
        "i [teach|coach|study] [at|over at] {school}.",
        "it was [on|around] {date.day_month}, [i remember|right before the holiday|the day of the game].",
        "[they|the er] [took me to|kept me overnight at|saw me at] {place}.",
        "my [number|cell] is {phone}[, same as before|].",
        "{provider} [gave me|put me on|stopped] the {drug}.",
    ),
    "end": (
        "[i'll|we'll] [send that|call it in|fax it] to {pharmacy}[ on {street}|].",
        "[let's|we'll] see you back [on {date}|{date.day_month}], {patient.first}.",
        "i'll [talk to|call|message] {provider.2} [at {place}|about it|today].",
        "[okay|alright|thanks], {patient.formal}, [take care|bye now|any questions]?",
    ),
}
_ANONYMOUS = {
    **ANONYMOUS,
    **ANONYMOUS_IDENTITY,
    "hello": (
        "[hi|hello|good morning|hey there|welcome back][,|] [how are you|how have you been|come on in|have a seat]?",
        "[so|okay|alright], [what's been going on|tell me what happened|what brings you in] today?",
        "[the|this] patient is a {age} year old {sex} [here for|with] {disease}.",
    ),
    "life": (
        "[my|our] [wife|husband|daughter|son|mom] [made me come|is in the waiting room|says i snore].",
        "i [work|used to work] [nights|at a desk|outside|in a kitchen|as a nurse].",
        "[we|i] [just moved|got back] from [{country}|{state}|vacation|a cruise] [last week|in {year}].",
        "it [was|started] [last {weekday}|a while ago|in {year}|around noon].",
        "i [will|may|might] [march|walk|draw|bike] [every day|in the park|in may].",
    ),
    "end": (
        "[i'll|we'll] [send that|call it in] to [your|the] pharmacy.",
        "[let's|we'll] see you back in {dur}.",
        "[okay|alright|sounds good], [take care|any questions|bye now]?",
    ),
}
_DOCTOR = (
    "[any|do you have any|have you noticed] {symptom}[ or {symptom}|][ at night| lately|]?",
    "[okay|mm-hmm|right|alright|got it][.|,] [and|so] how long [has that been going on|have you had the {symptom}]?",
    "[are you|you're] still [taking|on] the {drug}[, {dose}|]?",
    "your {labname} was {n}[.{n}|], [a little high|which is fine|better than last time].",
    "[on|for] your exam[,|] [i hear a murmur|your lungs are clear|there's some {symptom}|{sign} is negative].",
    "so for your {disease}, [i want to|let's|we will] [start|increase|stop|continue] {drug}[ {dose}|].",
    "[i'd like to|let's] [order|get|schedule] [a|an|some] {procedure}[ and {labname}|].",
    "[any|what about] family history of {disease}?",
    "[and|how is] the {disease}, [is that|are you] [under control|doing okay]?",
    "i'm gonna refer you to {specialty}.",
    "[hope|grace|will] [is|was] [a nice word|the theme], [may|let] we move on?",
)
_PATIENT = (
    "[yeah|yes|no|nope|not really|i guess|a little bit][.|, doctor.|,] [it comes and goes|mostly at night|not that i noticed|it's worse when i bend].",
    "[it's|there's|i've had] {symptom}[ and {symptom}|] [for|about|like] {dur}.",
    "i [take|ran out of|stopped|forget] the {drug} [sometimes|because of the {adverse}|{freq}].",
    "[is it|could it be] {disease}? my [mother|neighbor|uncle] had that.",
    "[okay|sounds good|sure|thank you|alright].",
    "i [had|got] [a|my] {procedure} [in {year}|a few years back|last year].",
    "[um|uh|well][,|] the pain is [like|about] [a six|7/10|{n} out of 10].",
)
_TAGS = (
    ("Doctor: ", "Patient: "),
    ("[doctor] ", "[patient] "),
    ("D: ", "P: "),
    ("DR. ", "PT. "),
    ("Clinician: ", "Pt: "),
    ("- ", "- "),
    ("", ""),
)


def visit(world: World) -> Doc:
    """Two to fourteen turns; every third visit names nobody."""
    random = world.random
    lists = mixed(BASE, _NAMED, _ANONYMOUS, random.choice((0.0, 0.6, 1.0)), random)
    doctor, patient = random.choice(_TAGS)
    turns = random.randint(1, 7)
    asked = some(world, _DOCTOR * 2, turns, turns)
    told = [
        random.choice(("{life}", random.choice(_PATIENT), random.choice(_PATIENT) + " {life}")) for _ in range(turns)
    ]
    asked[0] = "{hello}"
    if random.random() < 0.6:
        asked[-1] += " {end}"
    lines = [
        join(Doc(tag), render(said, world, lists), sep="")
        for pair in zip(asked, told, strict=True)
        for tag, said in zip((doctor, patient), pair, strict=True)
    ]
    return join(*lines, sep=random.choice(("\n", "\n", " ")))
