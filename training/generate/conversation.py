"""Talk: chats, text messages, diaries of a phone, calls, e-mail threads, posts."""

from __future__ import annotations

from training.generate.abroad import Abroad
from training.generate.compose import Lists, Own, compose, literal, pick, sentence, some
from training.generate.markup import Doc, join
from training.generate.support import LISTS as SUPPORT
from training.generate.words.nations import NATIONS
from training.generate.world import World

LISTS: Lists = {
    **SUPPORT,
    "line": ("{statement}", "{plain}", "{plain}", "{smalltalk}", "{smalltalk}", "{arrange}", "{arrange}"),
    "smalltalk": (
        "[ok|okay|sure|sounds good|lol|haha|no worries|great|thanks a lot|see you then|will do|hmm|one sec|yes|no|not yet|👍|👌 perfect]",
        "[How are you|How was your weekend|Did you sleep|What's up|Are you there]?",
        "[I|we] [may|might|will] [be late|need {number} more minutes|march on|hunt for a {product}]",
        "[The|That] [meeting|movie|game|food] was [great|boring|too long|fine]",
        "[Let me|I'll] [check|ask|look|think about it]",
        "it's [raining|hot|freezing] [again|here|today]",
        "[running late|on my way|almost done|brb]",
        "[Hope|Faith|Grace|Patience] is [what we need|all that is left]",
        "[Can|Could] you [bill|mark|grant|chase|drew] [it|me|that] [again|please|in May|by March]?",
        "did you see the {product} [at {amount}|on sale|in blue]?",
        "let's talk about {topic} [later|tomorrow|on Monday]",
    ),
    "arrange": (
        "[Can|could] {who.short} [pick up the kids|bring the {product}|join us|call me back]?",
        "[I'm|we're] at {where} [now|till {time}|]",
        "[{who.short} and {who.short}|{who.short}|{kin} {who.short}] [are|is] coming [over|on {date}|to {where}]",
        "[tell|ask|remind] {who.short} [about it|that we meet at {street}|to call {phone}]",
        "[what's|send me] {who.short}'s [number|address|email|birthday]?",
        "it's {reach}",
        "[The|our] [appointment|viewing|interview] [with {who.plain}|] is on {date}[ at {time}|, {street}|]",
        "[dinner|lunch|party] at {who.short}'s [place|house][, {full_address}|]?",
        "[Did|has] {who.short} [leave|sign|answer|pay] [yet|already|]?",
        "happy birthday {who.short}[!| 🎉| dear|]",
        "[just|I] [saw|met|ran into] {who.short} [at {firm}|in {where}|]",
        "[the doctor|{provider}] [at {facility}|] said [it's fine|come back on {date}|rest a week]",
        "[she|he] [works at|got fired from|left] {firm}",
        "my [mom|dad|boss] {who.short} [moved to|is in|lives near] {where}",
        "[meet|see you] [in front of|at] {facility} [at {time}|on {date}|]",
        "[btw|oh,] {who.short} [got married|passed the exam|had a baby named {person.first.5}|is in {facility}]",
    ),
    "subject": (
        "Re: {product} order",
        "Fwd: Invoice {id}",
        "Meeting on {date}",
        "RE: RE: {topic}",
        "Your appointment with {provider}",
        "{person.full.2} - {job} application",
        "Q{n} numbers",
        "Lease {address}",
        "hello",
        "Question about {topic}",
        "{org} / {org.2}: draft",
        "URGENT: {claim}",
    ),
    "mail_line": (
        "[Thank you for|Thanks for] your [mail|message|call|patience][ of {date}|].",
        "[Attached|Enclosed] [please find|is] {file_name}[ for {who.plain}|].",
        "[As discussed|As agreed] with {who} [on {date}|at {firm}|], we [will send|need|have cancelled] the {product}.",
        "[Please|Kindly] [sign|review|return] [the form|{file_name}] [by {date}|by Friday|to {email.2}].",
        "[I|We] [will be|am] out of office [until {date}|next week]; [in urgent cases|meanwhile] contact {who.plain}[, {phone.2}|, {email.3}].",
        "[Our|The] {department} team [reviewed|approved|rejected] [it|the request] [for {amount}|last week|].",
        "[Can|Could] we [meet|talk] [on {date}|next week|in {where}]?",
        "{statement}",
        "{plain}",
        "[Best|Please give my best] [wishes|regards] to {who.short}.",
        "[Loop in|Adding|+] {who.plain} [from|of] {firm}.",
        "[He|She] [can be reached|is available] at {phone}.",
        "[Our new address|We have moved]: {full_address}",
    ),
    "sign_off": (
        "Best",
        "Best regards,",
        "Kind regards,",
        "Thanks,",
        "Cheers,",
        "Sincerely,",
        "Yours faithfully,",
        "-",
        "--",
        "BR",
        "Warm regards",
    ),
    "post": (
        "@{username} [you were right|happy bday|check this|lol|thank you for the {product}]",
        "RT @{username}: {line}",
        "[Proud of|Congrats|So happy for] {who.plain} [for winning|on the new job at {firm}|#blessed]",
        "[Just moved to|Good morning|Nothing beats] {where} [☀️|!!|#home|]",
        "{line} #{hash}",
        "[Missing|Love you|RIP] {who.plain} [💔|❤️|always|]",
        "[Anyone know|Looking for] a good {job} [in|near] {where}?",
        "[Shame on|Thanks|Hey] {firm}[, my order {order} is late|, great service in {where}|]",
        "[via|by|h/t] @{username}",
        "[Big game|Great show] [tonight|on {date}] in {where} [w/ {who.short}|]",
        "New blog post: {topic} {url}",
        "[Who else|Why does nobody] [loves|talks about] {topic}? #{hash}",
    ),
    "hash": ("mondaymotivation", "fail", "nofilter", "tbt", "win", "weekend", "love", "science", "family"),
    "push": (
        "[Push/{app}] {app}: [Your order|Your parcel {tracking}|The {product}] [has shipped|will arrive on {date}|is ready at {street}]",
        "[Push/{app}] {app}: [Battery low|Update {n}.{n} installed|Storage almost full|Daily steps: {number}]",
        "[Push/{app}] {app}: {who.plain} [sent you a photo|liked your post|invited you to an event in {where}]",
    ),
    "app": ("Health", "Calendar", "Bank", "Weather", "Music", "Mail", "Maps", "Browser", "Photos", "Fitness"),
    "title": (
        "[Meeting|Dinner|Call|Lunch] with {who.short}",
        "Dentist",
        "Pay rent",
        "Trip to {where}",
        "Buy a {product}",
        "Visit {kin}",
        "{who.short}'s birthday",
        "Project review",
        "Gym",
        "Pick up {who.short} from {school}",
    ),
    "agent_line": (
        "[Thank you for calling|Welcome to] {firm}[, my name is {person.first.3}|, this is {person.first.3} speaking|]. How can I help [you|you today]?",
        "[Can|May] I have your [full name|name and date of birth|address|member number], please?",
        "[Thank you|Thanks|Okay|Perfect|One moment], {patient.formal}.",
        "[Let me|I will] [pull up|check] [your account|the order|that for you].",
        "[I see|So] you live at {street}[ in {city}|], [correct|right]?",
        "[Your|The] [new card|claim|appointment] [is set for {date}|was sent on {date}|is pending].",
        "Is {phone} still the best number?",
        "I [have sent|will send] an email to {email}.",
        "[Anything|Is there anything] else[ today|]?",
        "[The|Your] [balance|fee|copay] is {amount}.",
        "I'll transfer you to {person.4} [in|from] {department}.",
        "Your confirmation number is {id}.",
    ),
    "caller_line": (
        "[Hi|Hello|Yes|Hey], [this is|my name is|it's|I'm] {patient}[.|, I'm calling about my {product}.|, calling for my [mother|father|wife|son] {relative}.]",
        "[It's|That's] {patient.full}[, born {dob}|].",
        "[Sure|Yes|Of course], {dob}.",
        "[It's|The address is] {address}.",
        "[My number is|You can call me at] {phone}.",
        "[Member|Policy|Account] [number|ID] {plan_id}.",
        "[No|Yes|Right|Correct|Uh-huh|Okay|That's all|Thank you so much].",
        "I [moved|moved here] from {city.2} [in {date.month_year}|last year|].",
        "I [got|received] [a letter|a bill] for {amount} [dated {date}|last week|].",
        "I work at {employer}.",
        "[He|She] was [at|admitted to] {facility} [on {date}|for {number} days|].",
        "[The|My] {product} [is broken|never came].",
        "[My doctor is|I saw] {provider}.",
    ),
}
_CLOCKS = ("[{time}] ", "{time} - ", "({time}) ", "", "[{time}] ", "")


def _own(world: World, asian: bool = False) -> Own:
    nation = next(nation for nation in NATIONS if nation.country == "China") if asian else None
    return {**Abroad(world, nation).own(), "n": lambda: literal(str(world.random.randint(1, 9)))}


def chat(world: World) -> Doc:
    """A chat of two or three people; names stand before the lines, with or without the time."""
    own = _own(world)
    form = pick(world, ("{person.full%s}", "{person.first%s}", "{person.first%s}", "@{username%s}", "{x.person.first}"))
    names = [
        compose(form % suffix if "%s" in form else form, world, {}, own)
        for suffix in ("", ".2", ".3")[: world.random.randint(2, 3)]
    ]
    if world.random.random() < 0.25:
        names[0] = literal(pick(world, ("Agent", "Support", "Me", "Bot", "You", "Customer")))
    clock, colon = pick(world, _CLOCKS), pick(world, (": ", ": ", "> ", " - ", ":\n"))
    lines = [
        join(
            compose(clock, world, {}, own),
            world.random.choice(names),
            literal(colon),
            compose("{line}", world, LISTS, own),
            sep="",
        )
        for _ in range(world.random.randint(2, 12))
    ]
    return join(*lines)


def messages(world: World) -> Doc:
    """Text messages one after the other, without names of the senders or with them."""
    own = _own(world)
    return join(
        *(compose("{line}", world, LISTS, own) for _ in range(world.random.randint(1, 6))),
        sep=pick(world, ("\n", "\n\n", " / ")),
    )


def diary(world: World) -> Doc:
    """What a phone holds of a day: messages, notes, calendar, calls, photos, notices; often of people in China."""
    own = _own(world, world.random.random() < 0.5)
    me, other = own["x.applicant.full"](), own["x.person.full"]()
    parts: list[Doc] = []
    for _ in range(world.random.randint(2, 6)):
        kind = pick(world, ("sms", "sms", "note", "calendar", "call", "photo", "push", "assistant"))
        if kind == "sms":
            sender = [world.random.choice((me, other)), literal(": ")] if world.random.random() < 0.5 else []
            parts.append(
                join(literal("[SMS] "), other, literal(": "), *sender, compose("{line}", world, LISTS, own), sep="")
            )
        elif kind == "note":
            parts.append(join(compose("[Note] {title}", world, LISTS, own), _lines(world, own, "line", 1, 4)))
        elif kind == "calendar":
            parts.append(compose("[Calendar] {title}\n{arrange}[ Time: {time}|]", world, LISTS, own))
        elif kind == "call":
            parts.append(compose("[Call] {x.person.full} ({x.phone}) — [Connected|Missed|Declined]", world, LISTS, own))
        elif kind == "photo":
            parts.append(
                compose(
                    "[Photo] [Selfie|Lunch|Sunset|Screenshot of {topic}|{x.person.full} next to a {product}] (at {x.address}[; with {x.person.full}|])",
                    world,
                    LISTS,
                    own,
                )
            )
        elif kind == "push":
            parts.append(compose("{push}", world, LISTS, own))
        else:
            parts.append(
                compose(
                    "User: {statement} {smalltalk}\nAssistant: [It sounds like|I see that] {plain} [Shall I remind {who.short}?|]",
                    world,
                    LISTS,
                    own,
                )
            )
    return join(*parts, sep="\n\n")


def _lines(world: World, own: Own, rule: str, low: int, high: int, sep: str = " ") -> Doc:
    return join(
        *(sentence(compose("{" + rule + "}", world, LISTS, own)) for _ in range(world.random.randint(low, high))),
        sep=sep,
    )


def call(world: World) -> Doc:
    """A call with a service, speakers before the lines."""
    own = _own(world)
    pair = world.random.choice(
        (
            ("Agent", "Caller"),
            ("AGENT", "CUSTOMER"),
            ("Rep", "Member"),
            ("Operator", "Caller"),
            ("A", "B"),
            ("Speaker 1", "Speaker 2"),
            ("Nurse", "Patient"),
        )
    )
    named = world.random.random() < 0.3
    speakers = [
        compose("{person.first.3}", world, {}, own) if named else literal(pair[0]),
        compose("{patient.first}", world, {}, own) if named else literal(pair[1]),
    ]
    asked = some(world, LISTS["agent_line"], 2, 8)
    told = some(world, LISTS["caller_line"], 2, 8)
    lines: list[Doc] = []
    for question, answer in zip(asked, told, strict=False):
        lines += [
            join(speakers[0], compose(question, world, LISTS, own), sep=": "),
            join(speakers[1], compose(answer, world, LISTS, own), sep=": "),
        ]
    return join(*lines)


def _mail(world: World, own: Own, number: str) -> Doc:
    header = pick(
        world,
        (
            "From: {person.full%s} <{email%s}>\nTo: {person.full.9} <{email.9}>\n[Cc: {email.8}\n|]Date: {date}[, {time}|]\nSubject: {subject}",
            "From: {email%s}\nTo: {email.9}\nSubject: {subject}\nSent: {weekday}, {date.long} {time}",
            "From: {person.inverted%s}\nSent: {date} {time}\nTo: {person.inverted.9}\nSubject: {subject}",
            "Subject: {subject}",
            "",
        ),
    ).replace("%s", number)
    name = f"{{person.first{number}}}" if world.random.random() < 0.5 else f"{{person.full{number}}}"
    greeting = compose(
        "[Hi|Hello|Dear|Good morning] [{person.first.9}|{person.formal.9}|team|all|{person.full.9}][,|:|]",
        world,
        LISTS,
        own,
    )
    body = _lines(world, own, "mail_line", 1, 5, sep=pick(world, (" ", "\n", "\n\n")))
    sign = compose(
        "{sign_off}\n"
        + name
        + pick(
            world,
            (
                "",
                "",
                "\n{job}",
                "\n{job} | {org}\n{address}\nT {phone} | F {fax}\n{email" + number + "}",
                "\n{org}\nMobile: {phone}",
                "\n{department}, {employer}\n{street}, {city_state} {zip}\n{url}",
            ),
        ),
        world,
        LISTS,
        own,
    )
    parts = [greeting, body, sign]
    if header:
        parts.insert(0, compose(header, world, LISTS, own))
    return join(*parts, sep="\n\n" if world.random.random() < 0.6 else "\n")


def mail(world: World) -> Doc:
    """An e-mail thread: headers, text, signatures, older mails quoted."""
    own = _own(world)
    newest = _mail(world, own, ".2")
    if world.random.random() < 0.5:
        return newest
    older = _mail(world, own, ".9")
    if world.random.random() < 0.5:
        lead = compose("On {date} at {time}, {person.full.9} <{email.9}> wrote:", world, LISTS, own)
        return join(newest, lead, _quote(older))
    return join(
        newest,
        literal(
            pick(world, ("-----Original Message-----", "________________________________", "Begin forwarded message:"))
        ),
        older,
    )


def _quote(doc: Doc) -> Doc:
    """`doc` with `> ` before each line; a span over several lines is cut at their ends."""
    parts: list[Doc] = []
    at = 0
    for line in doc.text.split("\n"):
        end = at + len(line)
        spans = tuple(
            (max(start, at) - at, min(stop, end) - at, label)
            for start, stop, label in doc.spans
            if start < end and stop > at
        )
        parts.append(join(literal("> "), Doc(line, spans), sep=""))
        at = end + 1
    return join(*parts)


def posts(world: World) -> Doc:
    """Posts of social media."""
    own = _own(world)
    return join(
        *(compose("{post}", world, LISTS, own) for _ in range(world.random.randint(1, 4))),
        sep=pick(world, ("\n", "\n\n")),
    )


GENERATORS = ((3.0, chat), (2.0, messages), (2.0, diary), (2.5, call), (3.0, mail), (2.0, posts))
