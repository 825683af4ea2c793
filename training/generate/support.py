"""Short messages of users: one-line requests and statements with a name, a place, an organisation or an address; tickets."""

from __future__ import annotations

from training.generate.abroad import abroad
from training.generate.compose import compose, pick, sentence, several
from training.generate.markup import Doc, join
from training.generate.negatives import numbers
from training.generate.words.business import BUSINESS
from training.generate.words.english import ENGLISH
from training.generate.words.statements import STATEMENTS
from training.generate.world import World

LISTS: dict[str, tuple[str, ...]] = {
    **BUSINESS,
    **STATEMENTS,
    **ENGLISH,
    "at": (
        "in {where}",
        "in {where}",
        "at {firm}",
        "at {facility}",
        "on {date}",
        "on {street}",
        "near {where}",
        "at {school}",
    ),
    "who": (
        "{person.full}",
        "{person.full}",
        "{person.first}",
        "{person.formal}",
        "{person}",
        "{x.person}",
        "{x.person.full}",
        "{x.person.first}",
        "{person.last}",
    ),
    "me": (
        "{patient.full}",
        "{patient.full}",
        "{patient.first}",
        "{patient.first}",
        "{patient.last}",
        "{x.applicant.full}",
        "{x.applicant.first}",
        "{patient.formal}",
    ),
    "where": (
        "{city}",
        "{city}",
        "{city_state}",
        "{x.city}",
        "{x.city}",
        "{x.city}, {x.country}",
        "{city}, {state}",
        "{county}",
        "{district}",
    ),
    "full_address": (
        "{address}",
        "{address}",
        "{x.address}",
        "{x.address}",
        "{x.address}, {x.country}",
        "{street}",
        "{x.street}",
        "{street}, {city_state}",
        "{address_lines}",
    ),
    "firm": ("{org}", "{org}", "{employer}", "{bank}", "{org.2}"),
    "kin": (
        "my [wife|husband|son|daughter|mother|father|brother|sister|uncle|aunt|cousin|niece|nephew|neighbour|boss|landlord|colleague|roommate|ex|friend|girlfriend|boyfriend|grandma|grandpa|partner]",
    ),
    "friend": (
        "my [best |old |good |close |]friend",
        "a [friend|colleague|classmate|neighbor] [of mine|]",
        "my [coworker|co-worker|teacher|coach|tutor|lawyer|accountant|hairdresser|therapist]",
    ),
    "reach": ("{phone}", "{phone}", "{email}", "{x.phone}"),
    "hello": (
        "Hi",
        "Hello",
        "hi there",
        "Hey",
        "Good morning",
        "Good afternoon",
        "Dear team",
        "Dear Sir or Madam",
        "hey guys",
        "Greetings",
        "",
    ),
    "thanks": (
        "Thanks!",
        "Thank you.",
        "Thanks in advance",
        "thx",
        "Please advise.",
        "Kind regards",
        "Cheers",
        "Many thanks",
        "",
        "",
        "",
    ),
    "statement": (
        "[My name is|I'm|I am|This is|it's|Name's|my name's] {me}[.|!||, nice to meet you|, how are you?]",
        "[You can call me|Just call me|Everybody calls me|People call me] {me.short}[.||, please]",
        "[I'm called|they named me] {me.short} [after|like] {kin_of_name}",
        "[I live|I'm living|We live|I have lived for {age} years|I used to live|I grew up] [at|on] {full_address}[.|]",
        "[I live|I'm living|We live|I was raised|I grew up|I was born] in {where}[.|, but I work in {city.2}.|]",
        "[I'm from|I come from|I am originally from|We're moving to|I just moved to|I'm visiting|I'm stuck in|flying to|I am traveling to] {where}[.|!| next week.| tomorrow| and need a new card]",
        "[I work|I used to work|I am employed|I've been working|I started] [at|for|with] {firm}[.| as a {job}.| in {department}.| since {year}]",
        "{kin} {who.short} [works|used to work|has an interview|just got a job] at {firm}[.|]",
        "{kin} {who.short} [lives|was born|is staying|got married|studies] in {where}[.|]",
        "[Please |]send [it|the package|the invoice|my new card|the documents|a copy|the {product}] to {full_address}[.|, attn {who}|]",
        "[Ship|Deliver|Mail|Forward] [it|my order|this|everything] to {who}, {full_address}",
        "[My|Our|The billing|Her|His|The shipping|The new] address is {full_address}[.|, not {full_address}.|]",
        "[Please |Could you |Can you ][change|update|correct] my address [to|from {full_address} to] {full_address}[?|.|]",
        "[My|His|Her|The] [phone number|cell|mobile|number|office line] is {reach}[.|, call after {time}|]",
        "[Call|Text|Ring|Contact|Reach|Email] {who.short} [at|on|under|via] {reach}[.| if there's a problem|]",
        "[You can reach me|I can be reached|Get hold of me] at {reach}[.| or {email}.|]",
        "{who} [from|at|of] {firm} [called|emailed|stopped by|left a message|wants a refund|asked for you|will pick it up] [on {date}|this morning|yesterday|]",
        "I [spoke|talked|chatted|had a call] [with|to] {who} [at|from|of] {firm} [on {date}|last week|about my {product}|]",
        "[Is|Was] {who} [still ||][in the office|available|your manager|on the call|there|out today|working from {where}]?",
        "[Where|When] [is|does] {who.short} [going to be|arrive|live|work]?",
        "[How do I get|What's the fastest way|Is there a train|How far is it] from {where} to {city.2}?",
        "[What's|How is] the weather in {where} [today|tomorrow|on {date}|]?",
        "[Book|Find|I need|Cancel] [me |][a flight|a hotel|a table|a room|a taxi] [in|to|near] {where} [for {date}|on {date}|this weekend|]",
        "[The|Our] [branch|store|shop|office|warehouse] [in|at] [{where}|{full_address}] [is closed|was robbed|moved|opens at {time}|has a long queue]",
        "[I was born|My birthday is|She was born|He was born|DOB:|date of birth] [on |]{dob}[.|]",
        "[My|His|Her] [birthday|anniversary|appointment|hearing|flight|wedding] is [on |]{date}[.|, don't forget|]",
        "[The meeting|Our call|The delivery|The audit|The interview] [is|was] [moved|postponed|scheduled|set] [to|for] {date}[.| at {time}|]",
        "[I bought|I ordered|We purchased|I returned] [a|the] {product} [at|from] {firm} [on {date}|in {where}|]",
        "[My|The] [account|card|membership] [number |no. |#|]is {account}[.| and it's blocked|]",
        "[My|The] [SSN|social security number|social] is {ssn}[.|]",
        "[My|The|Order|order number|Order no.] {order} [hasn't arrived|never came|is late|was damaged|has the wrong {product}]",
        "[Tracking|My tracking number is|track] {tracking}[.|, where is it?|]",
        "[My|Her|His] [username|login|user name|handle|user id] is {username}[.|]",
        "[I can't log in|locked out|password reset] as {username}[.| from {ip}|]",
        "[my license plate|The car's plate|plate number] [is|was] {plate}[.|]",
        "[Passport|passport number|My passport no. is] {passport}[.|, expires {date}|]",
        "{kin} {who.short} and [I|me] [are getting married|split up|opened a joint account|had lunch|are flying] [in {where}|on {date}|at {firm}|]",
        "[Say hi to|Happy birthday,|Thank you,|Congrats to|Get well soon|RIP|Miss you|Good luck,] {who.short}[!|]",
        "[Who is|Do you know|Have you seen|Tell me about|find|look up] {who.plain}[?| from {firm}?|, {age}, of {where}]",
        "[Dear|Hi|Hello|Hey] {who.short}, [can you send me the file|are we still on for {date}|see you in {where}|your {product} is ready|please call {person.2}]",
        "{who}: {reach}",
        "{who.plain}, {full_address}",
        "{who.plain} | {email} | {phone}",
        "[cc|CC|copy|attn|Attn:|c/o|ATTN] {who.plain}[, {firm}|, {department}|]",
        "[{job}|the {job}|our {job}] {who.plain} [said|told us|wrote|claims] [it was fine|the {product} broke|he'd call back|so]",
        "@{username} [thanks for the help|can you DM me|is the store in {where} open?|my order {order} is late]",
        "[Just landed in|Greetings from|Back in|Loving|Rainy day in|Traffic in] {where}[ #travel| 😀|!| with {who.short}|]",
        "[Watching|Listening to|Lunch with|Coffee with|Hanging out with|Meeting] {who.short} [in {where}|at {firm}|tonight|rn|]",
        "{firm} [is hiring|laid off {number} people|raised prices|has terrible service|acquired {org.3}|opened an office in {where}|announced results on {date}]",
        "[Does|Will|Can|Is] {firm} [ship|deliver|have a branch|open|located] in {where}?",
        "[She|He|They] [married|divorced|sued|hired|met] {who.plain} [in {year}|on {date}|in {where}|]",
        "[The|A] [patient|customer|client|tenant|driver|student|member] {who.plain} [from {where}|of {full_address}|born {dob}|] [complained|has arrived|needs help|paid late]",
        "[Please|] [add|invite|remove|forward this to] {email}[ and {email.2}|] [to the list|]",
        "[My kid|My daughter|My son|Our niece] {who.short} goes to {school}[ in {where}|][.|]",
        "[My teacher|The dean|Coach] {who} at {school} [emailed on {date}|said no|is great]",
        "[admitted to|discharged from|Got my shot at|appointment at|directions to] {facility}[ in {where}| on {date}|]",
        "[{kin}|My doctor|the surgeon] [is|works] at {facility}[, {where}|][.|]",
        "[pick up|refill|transfer] my [meds|prescription|Rx] [at|to] {pharmacy}[, {full_address}|]",
        "[I turned|She is|He's|My grandma is|he was] {age90}[ years old| yrs old|] [and lives alone in {where}|and still drives|last week|]",
        "[My website is|see|Check out|my profile:|find me at] {url}",
        "[Invoice|PO|Ticket] #{id} [for|from] {firm}[ is overdue| dated {date}|]",
        "[loan|Loan number|my mortgage] {loan} [with|at] {bank}[ - payoff?|]",
        "[policy|My policy number is|claim] {claim} [with|at] {insurer}[ is still open|]",
        "[wire|Transfer|Zelle|send] {amount} to {who.plain}[ at {bank}|, account {account}|]",
        "[badge|employee|Employee ID|staff no.] {employee_id} [belongs to|is] {who.plain}",
        "[Our|My] [attorney|lawyer|solicitor|notary] {who} [practises|works|has an office] in {where}",
        "[He|She|{who.short}] [drives a|owns a] [red|black|silver|] [Ford|Honda|Toyota|Kia|Subaru] with plate {plate}",
    ),
    "me.short": ("{patient.first}", "{patient.first}", "{x.applicant.first}", "{patient.formal}"),
    "who.short": (
        "{person.first}",
        "{person.first}",
        "{relative.first}",
        "{person.full}",
        "{person.formal}",
        "{x.person.first}",
        "{x.person.full}",
    ),
    "who.plain": (
        "{person.full}",
        "{person.full}",
        "{person.2}",
        "{x.person.full}",
        "{x.person.full}",
        "{person}",
        "{person.formal}",
    ),
    "kin_of_name": ("my grandfather", "my grandmother", "an aunt", "a saint", "nobody in particular"),
    "plain": (
        "[My|The] {product} [broke|stopped working|arrived damaged|is too small|makes a noise|won't turn on] [after {number} days|again|]",
        "[How do I|Can I|Where can I|Is it possible to] [return|exchange|cancel|track|reorder|clean|assemble] [the|my|a] {product}?",
        "[I want|I'd like|can I get] a refund of {amount} for the {product}[, please|]",
        "[Your|The] {software} integration [is down|fails with error {number}|is slow] [since this morning|again|]",
        "[Which|What] [plan|size|colour|version|warranty] [do I need|comes with the {product}|is best]?",
        "[The|Our] {department} [team|department] [needs access|is short-staffed|approved {amount}|asked for a {software} licence]",
        "[I rate|Overall] {number} out of 10[, would buy again|, the {product} is okay|]",
        "[please|Please] [close|escalate|reopen|merge] [this|the] ticket[, it is a duplicate|]",
        "[May|Will|Can] I [pay|order|change it] [in May|in March|next summer|by Friday]?",
        "[please |][mark|bill|chase|grant|will|frank|sue|rob|drew|rose] [it as done|the customer for it|access to the folder|about prices|the parcel|up sharply|the same as before]",
        "[The|A] [mark|bill|grant|rose|hope|grace|dean|art|ray|chance|penny|jack|pat|van|summer|dawn] [is missing|was paid|came late|on the page is wrong]",
        "[I'm|I am] {age} [years old|] and [a {job}|retired|a student|new here]",
        "[we|We] [opened|closed|moved] in {year}",
        "[Prices|Shipping|Taxes] [went up|rose|fell] {percent} [in {year}|since {year}|]",
        "[It|This] is for the {job} in {department}",
        "[I bought it|Ordered] [last month|last year|on Monday|two weeks ago|in {year}|] and it [failed|works great|still smells]",
        "[My|The] {brand} {product} [needs a new battery|has a recall|is discontinued]",
    ),
    "ticket_subject": (
        "{product} not working",
        "Refund request",
        "Cannot log in",
        "Address change",
        "Order {order} missing",
        "Complaint about {department}",
        "Account {account} locked",
        "Wrong name on invoice",
        "Question on billing",
        "Data deletion request from {person.full}",
        "Delivery to {city}",
        "Card blocked in {x.city}",
    ),
    "ticket_line": (
        "[Customer|Caller|User|Client] {person.full} [reports|states|says] that the {product} [is broken|never arrived|was delivered to {address}]",
        "[Verified|Confirmed|Checked] [identity|DOB|address]: {dob}[, {address}|]",
        "[Callback|Call back|Reach] [number |]{phone}[, best after {time}|]",
        "[Email on file|E-mail]: {email}",
        "[Assigned to|Owner|Agent|Handled by]: {person.3}",
        "[Escalated|Forwarded|Routed] to {department}[ on {date}|]",
        "[Order|Tracking] {tracking}[, shipped {date}|]",
        "[Offered|Issued|Refunded] {amount}[ to card ending 4242|]",
        "[Customer|He|She] [is|was] [upset|satisfied|rude|polite] and [asked for a supervisor|hung up|thanked us]",
        "[Moved|Relocated] from {city} to {city.2}[ in {date.month_year}|]",
        "[Username|Login] {username}[, last seen from {ip}|]",
        "[No|Without] [further action|personal data kept|reply needed]",
        "[Works|Employed] at {employer}[ in {city}|]",
        "[Resolution|Result]: [replaced the {product}|password reset|waived fee of {amount}|closed]",
    ),
    "assist": (
        "[Write|Draft|Compose|Help me write] [a|an] [polite |friendly |firm |short |formal |][email|letter|reply|message|note] to {who.plain} [at {firm}|from {firm}|in {where}|] [about|regarding|asking for] [the {product}|a refund|her {job} application|the meeting on {date}|his complaint of {date}|{topic}].",
        '[Summarise|Summarize|Shorten|Translate|Proofread|Rewrite] this [for {who.short}|for our {department} team|in two sentences|]: "{statement}"',
        "[Extract|List|Pull out] [all names|the addresses|the contact data|every date] from [this|the following|my note]: {statement} {statement}",
        "[Plan|Suggest|Create] [a trip|an itinerary|a weekend|a dinner] [for {who.short} and me|] in {where}[, arriving {date}|].",
        "[Remind me|Set a reminder|Note] to [call {who.short} at {phone}|visit {kin} in {where}|mail {email}|pay {firm} {amount}] [on {date}|tomorrow|].",
        "[My|Our] [client|tenant|customer|employee|student|guest] {who.plain} [wants|refuses|forgot|asked] [a refund|to pay rent for {full_address}|the password of {username}|to move to {where}]. [What should I do?|Advice?|How do I answer?]",
        "[Who|What] [should I contact|is responsible] at {firm} [for|about] {topic}?",
        "I [am meeting|have an interview with] {who.plain}[, {job} at {firm},|] on {date}. [Give me five questions.|What should I wear?|Any tips?]",
    ),
    "assist_plain": (
        "[Explain|Describe|Summarise|Tell me about|Give me an overview of] {topic}[ in simple words| for a beginner| in five bullet points|].",
        "[Write|Draft] [a|an] [short |polite |][email|policy|checklist|job ad|blog post] about {topic}[ for our {department} team|].",
        "[What is|What's] the [difference|relation] between {topic} and {topic}?",
        "[How do I|Can you show me how to] [export|import|share|sort|convert] [a report|a table|{file_name}] in {software}?",
        "[Give me|List|Suggest] {number} [ideas|tips|names|slogans] for [a {product} shop|a team event|a newsletter on {topic}].",
        "[Should|May|Can] [a|an] {job} [work from home|deduct a {product}|join a union]?",
    ),
}


def one_liner(world: World) -> Doc:
    """One statement of a user, sometimes with a greeting and thanks around it."""
    own = abroad(world)
    parts = [compose("{statement}", world, LISTS, own)]
    if world.random.random() < 0.3:
        parts.insert(0, compose("{hello}[,|!|.]", world, LISTS, own))
    if world.random.random() < 0.25:
        parts.append(compose("[{statement}|{plain}|{thanks}]", world, LISTS, own))
    doc = join(*parts, sep=" ")
    return sentence(doc) if world.random.random() < 0.8 else doc


def prose(world: World) -> Doc:
    """Sentences about people in incidents, news, rosters and travel."""
    own = {**abroad(world), **numbers(world)}
    rule = pick(world, ("incident", "news", "roster", "travel"))
    return several(world, LISTS, rule, 1, world.random.choice((1, 1, 2, 4)), sep=pick(world, (" ", "\n")), own=own)


def tale(world: World) -> Doc:
    """People and places among ordinary words of every kind."""
    own = abroad(world)
    lines = [
        compose(pick(world, ("{e.tale}", "{e.tale}", "{e.prose}")), world, LISTS, own)
        for _ in range(world.random.choice((1, 2, 3, 6)))
    ]
    lines[0] = compose("{e.tale}", world, LISTS, own)
    if world.random.random() < 0.75:
        lines = [sentence(line) for line in lines]
    return join(*lines, sep=pick(world, (" ", " ", "\n")))


def plain_liner(world: World) -> Doc:
    """One or two statements of a user that identify nobody."""
    return sentence(several(world, LISTS, "plain", 1, 2, sep=pick(world, (" ", ". ", "\n"))))


def chatter(world: World) -> Doc:
    """A message of several sentences, some with an identifier and some without."""
    own = abroad(world)
    rules = [world.random.choice(("statement", "plain")) for _ in range(world.random.randint(2, 6))]
    sentences = [sentence(compose("{" + rule + "}", world, LISTS, own)) for rule in rules]
    body = join(*sentences, sep=pick(world, (" ", ". ", "\n", " - ")))
    close = compose("{thanks}[\n{me.short}|\n{me}| - {me.short}||]", world, LISTS, own)
    return join(compose("{hello}[,|!|]", world, LISTS, own), body, close, sep=pick(world, ("\n", " ", "\n\n")))


def ticket(world: World) -> Doc:
    """A ticket: subject, then notes of the agent."""
    own = abroad(world)
    head = compose(
        "[Ticket|Case|Incident|INC|SR] {case} - {ticket_subject}\n[Requester|Reported by|From]: {person.full} <{email}>[\nOpened: {datetime}||\nPriority: high]",
        world,
        LISTS,
        own,
    )
    lines = several(world, LISTS, "ticket_line", 2, 7, sep=pick(world, (". ", "\n- ", "\n", "; ")))
    return join(head, lines, sep="\n")


def request(world: World) -> Doc:
    """A request to an assistant about somebody."""
    return compose("{assist}", world, LISTS, abroad(world))


def plain_request(world: World) -> Doc:
    """A request to an assistant that names nobody."""
    return compose("{assist_plain}", world, LISTS)


GENERATORS = (
    (6.0, one_liner),
    (4.0, prose),
    (5.0, tale),
    (2.5, plain_liner),
    (2.0, chatter),
    (1.5, ticket),
    (2.0, request),
    (1.0, plain_request),
)
