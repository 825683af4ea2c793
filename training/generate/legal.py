"""Judgments (in the style of Strasbourg and of the United States), contracts, police reports, letters of lawyers."""

from __future__ import annotations

from training.generate.abroad import abroad
from training.generate.compose import Lists, Own, compose, literal, pick, sentence, several, some
from training.generate.markup import Doc, join
from training.generate.words.business import BUSINESS
from training.generate.words.judgments import JUDGMENTS
from training.generate.world import World

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

LISTS: Lists = {
    **BUSINESS,
    **JUDGMENTS,
    "us_caption": (
        "{person.full}, Plaintiff, v. {org}, Defendant. Case No. {case}",
        "UNITED STATES OF AMERICA v. {person.full}, Docket {case}",
        "In re Marriage of {person.last} and {person.last.2}, No. {case}",
        "State of {state} v. {person.full}\nCause No. {case}",
        "Estate of {patient.full}, Deceased; Probate No. {case}",
        "{person.last} v. {person.last.2}, No. {case}",
    ),
    "us_step": (
        "[Plaintiff|Defendant|Petitioner|Appellant] {person.full} [filed|moved|alleges|contends|testified] [this action on {date}|for summary judgment on {date}|that {org} breached the contract|that the {product} was defective].",
        "The [Honorable|Judge] {person.full.3} [presided|denied the motion on {date}|set a hearing for {date} at {time}].",
        "[Attorney|Counsel] {person.4}, of {org.2}, {address}, [appeared for the defense|represents {person.formal}].",
        "On [or about |]{date}, in {county}, {person.formal} [did knowingly take|sold|was stopped while driving] [a {product}|property valued at {amount}|a vehicle, plate {plate}].",
        "[The|A] deposition of {person.5} was taken at {street}, {city}, on {date}.",
        "[Notice|The summons|A copy] was served on {person} at {address} on {date}.",
        "[The|This] Court [finds|concludes|holds] that the statute of limitations [has run|was tolled until {year}].",
        "[Exhibit|Ex.] [A|B|C] is [an email from {person} to {email}|the invoice of {date}|a photograph of the {product}].",
        "The jury [returned a verdict of|awarded] {amount} [to {person.formal}|in damages|].",
        "See Rule 56(c); the moving party bears the burden of showing no genuine dispute of material fact.",
        "The doctrine of [res judicata|estoppel|Miranda|Chevron|stare decisis] [applies|does not apply] here.",
        "The minor child, {relative.first} ([age {age}|born {dob}]), [lives with {person.first}|attends {school}].",
        "Defendant's driver license {license} was suspended on {date}.",
    ),
    "contract": (
        "This [Agreement|Lease|Contract|Addendum] is [made|entered into] [as of|on] {date} [by and |]between {org} (“[Company|Landlord|Seller|Lender]”) and {person.full}, residing at {address} (“[Consultant|Tenant|Buyer|Borrower]”).",
        "The [premises|property] [are|is] located at {address}, {county}.",
        "[Notices|All notices] shall be sent to {person.2}, {org.2}, {address.2}, [e-mail {email}|fax {fax}].",
        "[Rent|The fee|The price] is {amount}[ per month|], payable [to {bank}, account {account}|on the first day of each month].",
        "This Agreement [shall be governed|is governed] by the laws of the State of {state}.",
        "Neither party may assign this Agreement without prior written consent.",
        "The term [begins on|commences] {date} and ends on {date}.",
        "IN WITNESS WHEREOF:\n[By|Name]: {person.full}\n[Title|Its]: {job}\nDate: {date}",
        "Either party may terminate on {number} days' notice.",
        "Force majeure excuses delay for causes beyond a party's control.",
        "[Employee|Consultant] {person.formal} [shall report to|will be supervised by] {person.full.2}, {job}.",
        "Guarantor: {relative.full}, [SSN {ssn}|born {dob}], of {city_state}.",
    ),
    "police": (
        "[Officer|Ofc.|Det.|Sgt.|Deputy] <<PERSON:#NAME#>> responded to {address} at {time} hrs on {date}.",
        "[Victim|V1|Complainant]: {person.full}, DOB {dob}, {phone}.",
        "[Suspect|S1] [identified as|is] {person.2}, [a {age}-year-old male|age {age}|DOB {date.us}], of {city}.",
        "[Witness|W1] {person.3} [stated|said] [he saw|she heard|they saw] the [suspect|vehicle|driver] [flee toward|near|leave] {street}.",
        "Vehicle: [silver|black|red|blue] [Honda Civic|Ford F-150|Toyota Camry], plate {plate}, VIN {vin}.",
        "[Report|Case|Incident] #{case}.",
        "[Suspect|Driver] [was arrested|was cited|fled on foot] [and booked into {county} Jail|at {time}|].",
        "No injuries were reported; [property|a {product}] worth {amount} was taken.",
        "[Driver's license|DL] {license}, [expired|valid].",
        "{person.first} was taken to {facility} [by EMS|with minor injuries].",
        "[The scene|Area] was [photographed|searched] with negative results.",
        "Owner {person.4} of {org} [called 911 at {time}|wishes to press charges].",
    ),
    "matter": (
        "custody",
        "the estate",
        "the lease",
        "unpaid overtime",
        "the settlement",
        "a will",
        "an immigration visa",
        "the deed",
        "bankruptcy",
        "an injury claim",
    ),
    "ask": (
        "[Draft|Write|Review] [a letter|a demand|a motion|an affidavit] for my client {person.full} [of {address}|in {city}|] [against|v.] {org} [about|regarding] {matter}[, case {case}|].",
        "[Summarise|Summarize] the [ruling|judgment|facts] [in|of] {person.last} v. {org} [for|in two lines for] {person.first.2}.",
        "My [landlord|ex-husband|boss|neighbor], {person}, [sued me|served papers] on {date} [over|about] {matter}. What now?",
        "[When|Where] is the hearing of {person.full} at the courthouse in {city}?",
        "[Notarized|Sworn] before me on {date} by {person.full}, [who lives in {city_state}|known to me|license {license}].",
    ),
    "ask_plain": (
        "[What is|Explain|Define] [the statute of limitations|res judicata|adverse possession|a power of attorney|hearsay|the Fourth Amendment|GDPR Article 17|force majeure|a Miranda warning|the Chevron doctrine|Brown v. Board of Education|Roe v. Wade|Marbury v. Madison][ in simple terms|].",
        "[Draft|Give me] a [template|clause] for [an NDA|a lease|a will|confidentiality|liability limits] [under {state} law|without names|].",
        "[May|Can|Will] a [tenant|landlord|employer|judge] [refuse|grant|bill] [this|costs|access] [in May|without notice|]?",
        "Section {n.art}(b) [of the Act|of the policy] [was amended in {year}|does not apply to {job}s].",
        "[The|Each] [party|court|judge] [shall|may] [bear its own costs|mark the exhibit|grant relief].",
    ),
}


def _own(world: World) -> Own:
    """The parts of a story abroad, with days as courts write them and articles that fit."""
    random = world.random
    base = abroad(world)
    start = random.randint(1972, 2018)
    article = "An" if base["x.demonym"]().text[0] in "AEIOU" else "A"

    def month() -> str:
        return f"{random.choice(_MONTHS)} {min(2025, start + random.randint(0, 9))}"

    def day() -> Doc:
        return literal(f"{random.randint(1, 28)} {month()}", "DATE")

    def days() -> Doc:
        first = random.randint(1, 20)
        return literal(
            f"{first}{random.choice((' and ', ', ', ' to ', '-'))}{first + random.randint(1, 8)} {month()}", "DATE"
        )

    return {
        **base,
        "l.day": day,
        "l.days": days,
        "l.month": lambda: literal(month(), "DATE"),
        "n.art": lambda: literal(str(random.randint(2, 46))),
        "x.a": lambda: literal(article.lower()),
        "x.a.cap": lambda: literal(article),
        "x.He": lambda: literal(base["x.he"]().text.capitalize()),
        "x.His": lambda: literal(base["x.his"]().text.capitalize()),
    }


def judgment(world: World) -> Doc:
    """Procedure and facts of a judgment on human rights, as paragraphs, numbered or not, with or without headings."""
    own = _own(world)

    def part(rule: str, low: int, high: int) -> list[Doc]:
        return [sentence(compose(line, world, LISTS, own)) for line in some(world, LISTS[rule], low, high)]

    procedure = part("opening", 1, 1) + part("counsel", 0, 3)
    facts = part("life", 1, 3) + part("step", 1, 10)
    law = part("norm", 0, 4)
    if world.random.random() < 0.5:
        first = iter(range(1, 99))
        procedure, facts, law = (
            [join(literal(f"{next(first)}."), line, sep=" ") for line in lines] for lines in (procedure, facts, law)
        )
    if world.random.random() < 0.5:
        procedure.insert(0, literal("PROCEDURE"))
        facts.insert(0, literal(pick(world, ("THE FACTS", "I. THE CIRCUMSTANCES OF THE CASE", "AS TO THE FACTS"))))
        law = [literal(pick(world, ("THE LAW", "AS TO THE LAW", "II. RELEVANT DOMESTIC LAW"))), *law] if law else law
    return join(*procedure, *facts, *law, sep=pick(world, ("\n\n", "\n", " ")))


def fragment(world: World) -> Doc:
    """One or two sentences of a judgment."""
    own = _own(world)
    rule = pick(world, ("opening", "counsel", "life", "step", "step", "step"))
    return sentence(several(world, LISTS, rule, 1, 3, own=own))


def norms(world: World) -> Doc:
    """Legal prose that names nobody."""
    return several(world, LISTS, pick(world, ("norm", "ask_plain")), 1, 5, own=_own(world))


def american(world: World) -> Doc:
    """Caption and facts of a case in the United States."""
    own = _own(world)
    return join(
        compose("{us_caption}", world, LISTS, own),
        several(world, LISTS, "us_step", 2, 8, sep=pick(world, (" ", "\n", "\n\n")), own=own),
        sep="\n\n",
    )


def contract(world: World) -> Doc:
    """Parties and clauses."""
    own = _own(world)
    clauses = [compose(part, world, LISTS, own) for part in some(world, LISTS["contract"], 2, 8)]
    if world.random.random() < 0.5:
        clauses = [join(literal(f"{number}."), clause, sep=" ") for number, clause in enumerate(clauses, 1)]
    return join(*clauses, sep=pick(world, ("\n", "\n\n", " ")))


def police(world: World) -> Doc:
    """An incident report."""
    own = _own(world)
    officer, _ = world.value("person.last.7")
    lines = [compose(part.replace("#NAME#", officer), world, LISTS, own) for part in some(world, LISTS["police"], 2, 9)]
    return join(*lines, sep=pick(world, (" ", "\n", " ")))


def question(world: World) -> Doc:
    """A lawyer or a client asks an assistant."""
    return several(world, LISTS, "ask", 1, 2, own=_own(world))


GENERATORS = (
    (3.0, judgment),
    (2.0, fragment),
    (1.0, norms),
    (1.5, american),
    (1.5, contract),
    (1.5, police),
    (1.0, question),
)
