"""Questions of customers whom they say nothing about: what works in which town, with which bank, from which country.

A town where a card is used, or a bank from which money comes, is nobody's address or employer (45 CFR 164.514(b)(2)(i)
counts what is of the individual). No document of this file has a span.
"""

from __future__ import annotations

from training.generate import pools
from training.generate.abroad import abroad
from training.generate.compose import compose, sentence
from training.generate.markup import Doc, join
from training.generate.world import World

_LISTS = {
    "where": (
        "{city}",
        "{city.2}",
        "{x.city}",
        "{country}",
        "{x.country}",
        "the US",
        "the UK",
        "Europe",
        "the EU",
        "Asia",
    ),
    "firm": ("{bank}", "{org}", "{carrier}", "{insurer}", "{brand}", "{pharmacy}"),
    "paid": (
        "[Swiss|Danish|Turkish|Polish|Canadian|Mexican|Indian|Thai|Czech|Israeli] [francs|krone|lira|zloty|dollars|pesos|rupees|baht|koruna|shekels]",
        "[Visa|Mastercard|Amex|Maestro|PayPal|Apple Pay|Google Pay|SWIFT|SEPA|Zelle|Klarna|Western Union|Revolut|Wise]",
        "[pounds|euros|dollars|yen|AUD|GBP|CHF|bitcoin]",
    ),
    "thing": (
        "my card",
        "the app",
        "this card",
        "a transfer",
        "contactless",
        "the virtual card",
        "your card",
        "online banking",
        "my order",
        "the parcel",
        "a refund",
        "your policy",
        "the voucher",
        "the plan",
    ),
    "ask": (
        "[does|will|can] {thing} work in {where}?",
        "[do you|can you|will you] [deliver|ship|send cards|offer accounts] [to|in] {where}?",
        "[which|what] [cash machines|ATMs|shops|branches|stations] [in|near|around] {where} [take|accept] {thing}?",
        "[why|how come] {thing} [was|is] [declined|blocked|slow|late] in {where}?",
        "[can|may|how do] I [top up|pay in|transfer|send money] from {firm}?",
        "[is|are] {firm} [transfers|cards|payments] [free|supported|allowed]?",
        "a [payment|charge|fee] [from|by|to] {firm} that I [don't know|did not make|can't explain]",
        "[there is|I see] a [withdrawal|charge|pending payment] in {where}, [but it wasn't me|what is it|why]",
        "[I am|I'm|we are] [now in|abroad in|stuck in] {where} [and|;] {thing} [doesn't work|is blocked|got stolen]",
        "[exchange|swap|convert] {paid} [in {where}|to {paid}|]: [which rate|any fee|what limit]?",
        "[do you|can I|will you] [take|use|hold|accept|pay with] {paid} [in {where}|at {firm}|]?",
        "[where is|how far is] the [nearest|closest] [ATM|branch|shop] [to|from] {where}[ and does it take {paid}|]?",
        "[is|was] a {paid} [payment|transfer|top-up|refund] [free|slow|possible] [in {where}|from {firm}|]?",
        "[can|could] {thing} be [used|opened|delivered] [outside|inside] {where}?",
        "how long does [a transfer|delivery|a refund] [from|to] {where} take?",
        "[I bought|I returned|I ordered] something at {firm} and the refund is [missing|pending|late]",
        "[is|was] the {firm} [app|site|branch|hotline] [down|closed] [today|again|]?",
        "the [machine|ATM|till] at {where} [swallowed|kept|rejected] my card",
        "[my|the] money from {firm} [hasn't|has not|didn't] [arrive|arrived|show up]",
    ),
}


def asked(world: World) -> Doc:
    """One or two such questions, as typed."""
    own = abroad(world) | {"brand": lambda: Doc(world.random.choice(pools.dictionary()).capitalize())}
    docs = [compose("{ask}", world, _LISTS, own) for _ in range(world.random.choice((1, 1, 1, 2)))]
    if world.random.random() < 0.7:
        docs = [sentence(doc) for doc in docs]
    return Doc(join(*docs, sep=" ").text)


GENERATORS = ((1.0, asked),)
