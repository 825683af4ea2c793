"""Words of many languages and scripts in which nobody is named, word lists, and quantities; with a name now and then."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache

from training.generate import pools
from training.generate.markup import Doc, fill, join
from training.generate.world import World

_LANGUAGES = "ar_AA az_AZ bn_BD cs_CZ da_DK de_DE el_GR fa_IR fr_FR he_IL hy_AM it_IT ja_JP ka_GE ko_KR la lt_LT nl_NL pl_PL ru_RU th_TH tr_TR uk_UA uz_UZ vi_VN zh_CN zh_TW es_ES pt_BR hr_HR ro_RO sk_SK sl_SI sv_SE fi_FI hu_HU id_ID".split()
_GREETINGS = "Grüße,Viele Grüße,Bonjour,Hola,Ciao,Olá,Hej,Ahoj,Dzień dobry,Merhaba,Привет,Здравствуйте,你好,您好,こんにちは,안녕하세요,مرحبا,שלום,नमस्ते,Γειά σου,Xin chào,สวัสดี,Danke,Merci,Gracias,Obrigado,Dziękuję,Спасибо,谢谢,ありがとう,감사합니다,Salut,Servus,Moin,Hallo,Guten Tag,Buenos días,Bom dia".split(
    ","
)
_UNITS = "rpm kW MHz GB MB ms px kg mm km/h V A Ω °C bar psi Nm lux dB Hz ppm IU mg mL mmHg % k x fps kbps".split()
_NUMBERED = (
    "Order",
    "Ticket",
    "Build",
    "Version",
    "Step",
    "Page",
    "Chapter",
    "Table",
    "Figure",
    "Level",
    "Port",
    "Row",
    "Line",
    "Item",
    "Grade",
    "Phase",
    "Track",
    "Gate",
    "Bus",
    "Route",
    "Highway",
    "Model",
    "Type",
    "Class",
    "Sprint",
    "Issue",
    "PR",
    "RFC",
    "ISO",
    "Section",
)


@cache
def _words_of(language: str) -> list[str]:
    module = f"faker.providers.lorem.{language}"
    if importlib.util.find_spec(module) is None:
        return []
    return list(getattr(importlib.import_module(module).Provider, "word_list", ()))


def listing(world: World) -> Doc:
    """Dictionary words in a row, in a column, as keys, in title case: none of them is a name here."""
    rng = world.random
    words = [rng.choice(pools.dictionary()) for _ in range(rng.choice((1, 2, 4, 8, 20)))]
    if rng.random() < 0.2:
        words = [word + rng.choice(("s", "ed", "ing", "ly", "ness")) for word in words]
    case = rng.random()
    words = [word.capitalize() if case < 0.15 else word.upper() if case < 0.25 else word for word in words]
    text = rng.choice((" ", " ", ", ", "\n", " | ", "_", " and ", ": ", " -> ")).join(words)
    return Doc(text + rng.choice(("", ".", "?", "!")))


def foreign(world: World) -> Doc:
    """A few sentences of another language; sometimes somebody is named in them."""
    rng = world.random
    words = _words_of(rng.choice(_LANGUAGES)) or _GREETINGS
    sentence = " ".join(rng.choice(words) for _ in range(rng.randrange(2, 25)))
    doc = Doc(sentence[0].upper() + sentence[1:] + rng.choice((".", "", "!", "?")))
    kind = rng.random()
    if kind < 0.3:
        return join(Doc(rng.choice(_GREETINGS)), doc, sep=rng.choice((", ", "! ", "\n")))
    if kind < 0.5:
        return join(
            doc,
            fill(rng.choice(("{person.full}", "{person.formal}, {city}", "{person.full} ({date})")), world),
            sep=" ",
        )
    return doc


def greeting(world: World) -> Doc:
    rng = world.random
    some = [rng.choice(_GREETINGS) for _ in range(rng.choice((1, 1, 2, 5)))]
    return Doc(rng.choice((" ", ", ", " / ", "\n", "! ")).join(some) + rng.choice(("", "!", ".", " 😀")))


_TONGUES = "French German Spanish English Italian Dutch Danish Polish Russian Greek Latin Arabic Chinese Japanese Korean Turkish Hindi Welsh Irish Swedish Finnish Portuguese Hebrew".split()
_SCIENCE = "Fibonacci numbers,Euler's formula,Newton's laws,the Gauss distribution,Fourier transform,Bayes' theorem,Pascal's triangle,Turing machine,Dijkstra's algorithm,Kelvin scale,Ohm's law,Markov chain,Monte Carlo method,Richter scale,Moore's law,Boolean algebra,Cartesian product,Gaussian blur,Hamming distance,Huffman coding,Lagrange multiplier,Laplace operator,Maxwell equations,Nash equilibrium,Planck constant,Poisson process,Riemann sum,Taylor series,Venn diagram,Doppler effect,Celsius,Fahrenheit,Morse code,Braille,Bluetooth,Caesar cipher,Pareto chart,Gantt chart,Likert scale,Levenshtein distance,Bloom filter,Merkle tree,Kalman filter".split(
    ","
)
_ASKS = (
    "Translate this into {tongue}: {words}.",
    "Translate the {word} from {tongue} to {tongue2}",
    "How do you say {word} in {tongue}?",
    "Explain {science} to a ten-year-old.",
    "Write a function that computes {science}.",
    "Why is {science} useful for the {word}?",
    "The {word}'s menu in {tongue} needs proofreading.",
    "Summarise {science} in {count} points, in {tongue}.",
    "{science} and {science2}: what is the difference?",
)


def asking(world: World) -> Doc:
    """Requests about languages and about ideas that are named after somebody."""
    rng = world.random
    words = [rng.choice(pools.dictionary()) for _ in range(4)]
    return Doc(
        rng.choice(_ASKS).format(
            tongue=rng.choice(_TONGUES),
            tongue2=rng.choice(_TONGUES),
            words=" ".join(words),
            word=words[0],
            science=rng.choice(_SCIENCE),
            science2=rng.choice(_SCIENCE),
            count=rng.randrange(2, 9),
        )
    )


def quantity(world: World) -> Doc:
    """Numbers with units, and numbered things of which nobody is the owner."""
    rng = world.random
    parts = []
    for _ in range(rng.choice((1, 2, 4))):
        number = rng.choice((str(rng.randrange(1, 20)), str(rng.randrange(20, 3000)), f"{rng.random() * 100:.2f}"))
        word = rng.choice(pools.dictionary())
        parts.append(
            rng.choice(
                (
                    f"the {word} runs at {number} {rng.choice(_UNITS)}",
                    f"{word}: {number}{rng.choice(_UNITS)}",
                    f"{rng.choice(_NUMBERED)} {number} of the {word}",
                    f"set {word} to {number}",
                    f"{number} {word}s",
                    f"{rng.choice(_NUMBERED[3:])} {rng.choice('ABCDEFX')}{rng.randrange(10, 999)} needs a {word}",
                )
            )
        )
    return Doc(rng.choice((", ", "; ", "\n", ". ")).join(parts))


GENERATORS = ((2.0, listing), (1.5, foreign), (0.5, greeting), (1.0, quantity), (1.2, asking))
