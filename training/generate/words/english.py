"""Everyday English in quantity, so that few ordinary words are strangers to the tagger: words by kind and sentences of them."""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH: dict[str, tuple[str, ...]] = {
    "e.thing": _split(
        """video news plane film campaign album episode conference idea future dream deal goal issue piece story game festival concert exhibition camera radio picture voice joke spot corner balcony kitchen garden street market
        village community family school church museum station airport harbour bridge tower road path river lake forest mountain beach island storm rain snow sun wind moon star sky tree flower leaf root seed fruit bread rice pork soup tea coffee wine
        sugar salt pepper oil butter cheese apple orange lemon onion garlic potato carrot chicken fish beef egg cake cookie sandwich breakfast lunch dinner snack restaurant menu recipe table chair desk lamp window door wall roof floor ceiling
        carpet pillow blanket towel mirror shelf drawer key lock clock watch phone screen keyboard mouse printer paper pencil notebook letter envelope stamp parcel bag wallet purse coat jacket shirt dress skirt shoe boot hat glove scarf ring
        car truck bicycle train boat engine wheel tyre brake seat helmet ticket map guide hotel tent suitcase passport visa border customs bank loan fund budget salary tax price discount receipt invoice contract clause signature stamp seal
        court judge jury lawyer witness trial appeal sentence prison police officer crime theft accident fire rescue hospital clinic doctor nurse patient medicine pill vaccine bandage wound bone muscle shoulder knee ankle wrist elbow neck back
        head face eye ear nose mouth tooth throat chest heart lung stomach liver kidney skin blood brain nerve fever cough cold headache allergy diet exercise stretching sleep rest habit plan list note reminder calendar meeting agenda minutes
        report summary draft proposal project task deadline milestone team manager director colleague customer client supplier vendor partner competitor product service brand design quality sample test result error bug feature release update
        server network database backup password account profile message chat thread comment post photo album link page site browser app tool software hardware device sensor battery cable charger speaker headphone microphone light switch plug
        machine factory workshop warehouse shelf pallet box crate container ship cargo freight route driver pilot captain crew passenger traffic signal corner crossing parking garage fuel petrol oil gas coal steel iron copper gold silver glass wood
        plastic rubber cotton wool silk leather stone brick cement sand clay paint brush hammer saw drill screw nail rope ladder bucket hose pump pipe valve tank filter motor gear belt chain spring lever handle button pedal""".replace(
            "stamp seal", "seal"
        )
    ),
    "e.idea": _split(
        """experience knowledge inspiration sense focus recovery understanding feedback communication discussion investment equipment planning content growth balance stability harmony freedom justice peace war victory defeat hope luck fear anger
        joy sadness love hate trust doubt pride shame courage patience kindness honesty loyalty respect attention effort progress success failure mistake risk danger safety security privacy secrecy disclosure breach compliance obligation liability
        indebtedness indenture lien equity maturity prepayment perfection insolvency waiver covenant warranty indemnity assignment arbitration litigation ownership partnership subsidiary shareholder creditor debtor trustee servicer issuer
        lender borrower guarantor counterpart amendment supplement provision remedy jurisdiction admissibility detention expulsion prosecution conviction acquittal bail offence allegation suspicion petition objection rectification permission
        legislation parliament government ministry council assembly election vote campaign policy reform budget deficit economy inflation recession unemployment pension insurance education university research science technology innovation
        culture religion history geography literature poetry music painting sculpture architecture theatre cinema journalism fashion sport football tennis swimming running cycling climbing photography embroidery calligraphy gardening cooking
        baking travel tourism adventure holiday weekend evening morning afternoon night midnight sunrise sunset summer winter autumn childhood youth adulthood retirement marriage divorce birth death illness health fitness nutrition therapy
        rehabilitation treatment diagnosis symptom prevention protection pollution recycling energy electricity climate environment nature agriculture farming fishing mining transport infrastructure housing construction maintenance inspection""".replace(
            "election vote", "election"
        )
    ),
    "e.person": _split(
        """mother father parent sister brother daughter son aunt uncle cousin grandmother grandfather husband wife friend neighbour stranger guest host boss colleague intern teacher student pupil professor coach player fan singer actor
        writer poet painter reporter editor farmer fisherman baker butcher cook waiter tailor mechanic plumber electrician carpenter builder driver pilot sailor soldier officer guard judge lawyer applicant defendant plaintiff claimant tenant
        landlord buyer seller owner lender borrower shareholder trustee minister mayor president king queen prince priest monk doctor surgeon nurse dentist pharmacist patient victim witness suspect thief baby child kid boy girl man woman
        people everyone someone nobody anyone somebody others dude guy mate buddy folks fans ladies gentlemen citizens residents villagers workers employees members followers users visitors customers""".replace(
            "fans ladies", "ladies"
        )
    ),
    "e.adj": _split(
        """amazing awesome beautiful hard strong sad funny cute cool crazy stupid mad tired bored excited glad sorry lovely wonderful brilliant fantastic incredible serious special young old new different similar important interesting possible
        impossible able unable ready busy free full empty open closed early late quick slow easy difficult simple complex cheap expensive rich poor clean dirty safe dangerous healthy sick hungry thirsty warm hot cold cool dry wet light dark
        bright loud quiet soft sharp sweet sour bitter fresh stale raw fried green red blue yellow purple pink brown grey black white big small tiny huge long short tall deep shallow wide narrow thick thin heavy round square flat straight
        local national regional foreign public private official legal illegal lawful unlawful criminal civil fiscal statutory domestic applicable reasonable sufficient accurate approximate aggregate consolidated subordinated exclusive permitted
        required prepaid accrued contingent binding enforceable sensitive confidential unauthorized fraudulent unencrypted visible vulnerable potential actual major minor temporary permanent regular irregular traditional modern digital
        political religious social economic financial medical technical practical professional creative suitable convenient crucial detailed excellent successful careful careless gentle brisk smooth rough brave shy proud honest loyal polite rude""".replace(
            "warm hot cold cool", "warm hot cold"
        )
    ),
    "e.adv": _split(
        """actually finally maybe probably really truly especially particularly absolutely completely quite pretty nearly almost currently immediately promptly quickly slowly carefully accidentally mistakenly inadvertently subsequently
        accordingly therefore thus however moreover additionally specifically directly indirectly solely jointly reasonably duly hereby often always never sometimes usually rarely ever again already still yet soon later today yesterday tomorrow
        tonight here there everywhere somewhere inside outside together alone seriously definitely totally hopefully honestly clearly highly slightly simply only even just""".replace(
            "everywhere somewhere", "everywhere"
        )
    ),
    "e.did": _split(
        """wanted loved hated enjoyed watched played killed kicked opened closed started stopped finished continued helped asked answered called told said thought felt found lost won sold bought paid spent saved gave took made built broke
        fixed cleaned washed cooked baked ate drank carried pushed pulled lifted dropped threw caught moved turned followed led met visited left joined signed sent received wrote read drew painted sang danced laughed cried smiled slept woke ran
        walked drove flew swam climbed fell stood sat waited hoped feared tried failed managed planned arranged organised prepared improved changed kept held brought showed explained described mentioned alleged claimed argued appealed dismissed
        sentenced imposed granted refused rejected accepted approved confirmed denied uploaded downloaded exported copied deleted encrypted exposed leaked investigated detected reported shared masked retrieved executed assigned pledged repaid
        amended terminated indemnified disclosed issued incurred accrued permitted required provided""".replace(
            "played killed", "played"
        )
    ),
    "e.do": _split(
        """want love hate enjoy watch play open close start stop finish continue help ask answer call tell say think feel find lose win sell buy pay spend save give take make build break fix clean wash cook bake eat drink carry push pull lift
        drop throw catch move turn follow lead meet visit leave join sign send receive write read draw paint sing dance laugh cry smile sleep wake run walk drive fly swim climb fall stand sit wait hope fear try fail manage plan arrange organise
        prepare improve change keep hold bring show explain describe mention allege claim argue appeal dismiss impose grant refuse reject accept approve confirm deny upload download export copy delete encrypt expose leak investigate detect
        report share mask retrieve execute assign pledge repay amend terminate indemnify disclose issue incur permit require provide""".replace(
            "grant ", ""
        )
    ),
    "e.slang": _split(
        """omg lol lmao wtf smh tbh idk imo btw brb ikr ya yall wanna gonna gotta cuz bout til pls plz thx ur u r ppl dat dis wit lil dude bro sis bae yay ugh wow haha hahaha ah aw oh hmm yep nope meh xoxo xx xo rn af ngl fr"""
    ),
    "e.tag": _split(
        "auspol royalwedding breakingnews fail win love tbt mondaymotivation weekend science health tech travel foodie nofilter family goals football mood blessed art music"
    ),
    "e.link": (
        "and",
        "but",
        "so",
        "because",
        "although",
        "while",
        "when",
        "before",
        "after",
        "unless",
        "since",
        "if",
        "whereas",
        "until",
        "or",
        "as",
    ),
    "e.where": (
        "in the {e.thing}",
        "at the {e.thing}",
        "near the {e.adj} {e.thing}",
        "behind the {e.thing}",
        "across the {e.thing}",
        "without {e.idea}",
        "with {e.adj} {e.idea}",
        "for {e.idea}",
        "under the {e.thing}",
        "during the {e.idea}",
        "along the {e.thing}",
        "about {e.idea}",
    ),
    "e.it": (
        "the {e.thing}",
        "a {e.adj} {e.thing}",
        "this {e.thing}",
        "the {e.adj} {e.idea}",
        "our {e.thing}",
        "their {e.idea}",
        "{e.idea}",
        "some {e.adj} {e.thing}s",
        "every {e.thing}",
        "my {e.thing}",
        "no {e.idea}",
    ),
    "e.someone": (
        "the {e.person}",
        "a {e.adj} {e.person}",
        "my {e.person}",
        "I",
        "we",
        "they",
        "she",
        "he",
        "you",
        "our {e.person}",
        "every {e.person}",
        "nobody",
        "the {e.adj} {e.person}",
    ),
    "e.clause": (
        "{e.someone} {e.did} {e.it}",
        "{e.someone} {e.adv} {e.did} {e.it}",
        "{e.someone} {e.did} {e.where}",
        "{e.it} was {e.adj}",
        "{e.it} is {e.adv} {e.adj}",
        "{e.someone} will {e.do} {e.it}",
        "{e.someone} can't {e.do} {e.it}",
        "{e.it} {e.did} {e.someone}",
        "{e.someone} may {e.do} {e.where}",
        "there is {e.it} {e.where}",
    ),
    "e.prose": (
        "{e.clause}.",
        "{e.clause} {e.link} {e.clause}.",
        "{e.adv}, {e.clause}.",
        "{e.clause} {e.where}.",
        "Why did {e.someone} {e.do} {e.it}?",
        "How {e.adj} is {e.it} {e.where}?",
        "Don't {e.do} {e.it} {e.where}!",
        "{e.do} {e.it} {e.link} {e.do} {e.it}.",
        "What {e.it}!",
        "{e.idea}, {e.idea} and {e.idea}: {e.clause}.",
        "{e.clause}, {e.link} {e.clause}, {e.link} {e.clause}.",
        "The {e.idea} of {e.it} {e.did} {e.it} {e.where}.",
        "To {e.do} {e.it}, {e.do} {e.it} first.",
        "[Subject to|Notwithstanding|Pursuant to] the {e.idea}, the {e.person} shall {e.do} [all|any|such] {e.thing}s[ hereunder| thereof| set forth herein|].",
        "No {e.person} [shall|may] {e.do} the {e.idea} [unless|until] the {e.person} {e.did} it.",
    ),
    "e.post": (
        "{e.slang} {e.clause} {e.slang}",
        "{e.clause} #{e.tag}",
        "so {e.adj} {e.slang}",
        "can't {e.do} {e.it} {e.slang} #{e.tag} #{e.tag}",
        "{e.adj} {e.adj} {e.thing} :)",
        "{e.slang}, {e.do} {e.it}!!",
        "I {e.adv} {e.do} {e.it} {e.link} {e.clause} {e.slang}",
        "RT: {e.clause}",
        "{e.it}... {e.slang}",
    ),
    "e.heading": (
        "{e.thing}",
        "{e.adj} {e.idea}",
        "{e.idea} and {e.idea}",
        "{e.adj} {e.thing}: {e.idea}",
        "How to {e.do} {e.it}",
        "{e.idea} for {e.person}s",
    ),
    # People among ordinary words; `who` and `at` are rules of the file that uses these.
    "e.tale": (
        "{who} {e.did} {e.it}.",
        "{who} {e.adv} {e.did} {e.it} {e.where}.",
        "{e.someone} {e.did} {who} {e.where}.",
        "{e.clause} {e.link} {who} {e.did} {e.it}.",
        "{who} and {who} {e.did} {e.it} {at}.",
        "I {e.did} {who}'s {e.thing} {e.where}.",
        "{who}, the {e.adj} {e.person}, {e.did} {e.it}.",
        "{e.adv}, {who} {e.did} {at}.",
        "{who}'s {e.person} {e.did} {e.it} {at}.",
        "{e.clause} {at}.",
        "Did {who} {e.do} {e.it}?",
        "{e.did} by {who} {at}",
        "my {e.person} {who} is {e.adv} {e.adj}",
        "{who}: {e.clause}",
        "{at}, {e.clause}.",
        "{e.slang} {who} {e.did} {e.it} {e.slang}",
        "thanks {who}, {e.clause}",
        "{who} will {e.do} {e.it} {at}, {e.link} {who} may {e.do} {e.it}.",
        "The {e.person} {e.did} {e.it} from {who} to {who}.",
    ),
}


def _many(word: str) -> str:
    """The plural, by rule."""
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def _doing(word: str) -> str:
    """The form in -ing, by rule."""
    if word.endswith("e") and not word.endswith("ee"):
        return word[:-1] + "ing"
    return word + ("ting" if word in ("sit", "permit", "admit") else "ing")


ENGLISH["e.things"] = tuple(_many(word) for word in ENGLISH["e.thing"])
ENGLISH["e.doing"] = tuple(_doing(word) for word in ENGLISH["e.do"])
ENGLISH["e.does"] = tuple(_many(word) for word in ENGLISH["e.do"])
ENGLISH["e.people"] = tuple(
    _many(word) for word in ENGLISH["e.person"] if word not in ("people", "someone", "somebody")
)
ENGLISH["e.it"] += (
    "the {e.things}",
    "{e.adj} {e.things}",
    "{e.doing} {e.things}",
    "the {e.people}",
    "many {e.things}",
    "the {e.person}'s {e.thing}",
    "the {e.idea}’s {e.thing}",
)
ENGLISH["e.someone"] += ("the {e.people}", "most {e.people}", "{e.adj} {e.people}")
ENGLISH["e.clause"] += (
    "[I'm|we're|they're|you're] [still |just |]{e.doing} {e.it}",
    "[I've|we've|they've|you've] {e.did} {e.it}",
    "[she's|he's|it's|that's|who's] {e.adv} {e.adj}",
    "[don't|didn't|doesn't|isn't|won't|can't|couldn't|haven't|aren't|wasn't] {e.do} {e.it}",
    "[dont|didnt|cant|aint|im|ive|thats|whats] {e.doing} {e.it}",
    "[here's|there's|what's|let's|today's|tomorrow's] {e.it}",
    "{e.it} {e.does} {e.it}",
    "{e.someone} seemed {e.adj} and {e.adj}",
    "[besides|along with|rather than|related to|according to|due to|in accordance with|with regard to|in addition to|at least|less than|upon|alongside] {e.it}",
    "[something|anything|everything|nothing|the whole thing|the latter|the former|other stuff|itself|myself|yourself] {e.did} {e.where}",
    "[thirty|fifty|a thousand|two million|a billion|dozens of|several|numerous] {e.things} [happened|appeared|occurred|remained|existed]",
)
