"""Named fields of records, shared by every structured format: what a column, key or form field is called and what it holds."""

from __future__ import annotations

from training.generate.abroad import abroad
from training.generate.compose import Own, some
from training.generate.negatives import numbers
from training.generate.world import World

# Field name -> slot, for tables, dumps and forms. A field whose slot the world leaves unlabelled is a hard negative.
FIELDS: dict[str, tuple[str, ...]] = {
    "{patient.full}": (
        "name",
        "full_name",
        "Patient Name",
        "Customer",
        "Member Name",
        "Client",
        "Name",
        "Insured",
        "Account Holder",
        "cardholder_name",
        "Applicant",
    ),
    "{patient.first}": ("first_name", "First", "given_name", "firstName", "fname"),
    "{patient.last}": ("last_name", "Last", "surname", "lastName", "lname", "Family name"),
    "{patient.inverted}": ("Patient", "NAME", "pt_name", "Subscriber"),
    "{dob}": ("dob", "DOB", "Date of Birth", "birth_date", "birthDate", "Born"),
    "{mrn}": ("mrn", "MRN", "Medical Record No.", "chart_no", "Patient ID"),
    "{ssn}": ("ssn", "SSN", "Social Security Number"),
    "{phone}": ("phone", "Phone", "Tel", "mobile", "Home Phone", "contact_number", "cell"),
    "{fax}": ("fax", "Fax", "Fax No."),
    "{email}": ("email", "E-mail", "Email Address", "contact_email"),
    "{address}": ("address", "Address", "mailing_address", "Home Address", "ship_to"),
    "{street}": ("street", "Address 1", "addr1", "street_address"),
    "{city}": ("city", "City", "Town"),
    "{zip}": ("zip", "ZIP", "postal_code", "Zip Code"),
    "{county}": ("county", "County"),
    "{date}": (
        "date",
        "Date",
        "DOS",
        "visit_date",
        "Admit Date",
        "created_on",
        "Date of Service",
        "hire_date",
        "Effective",
        "last_visit",
    ),
    "{provider}": ("provider", "Provider", "PCP", "attending", "Ordering MD", "Referring Physician", "doctor"),
    "{facility}": ("facility", "Facility", "Hospital", "location", "Clinic", "site"),
    "{employer}": ("employer", "Employer", "company", "Company Name", "organization"),
    "{insurer}": ("payer", "Insurance", "insurer", "Carrier", "Plan"),
    "{plan_id}": ("member_id", "Member ID", "Policy #", "subscriber_id", "Insurance ID"),
    "{account}": ("account", "Account #", "acct_no", "account_number"),
    "{relative}": ("emergency_contact", "Emergency Contact", "Next of Kin", "spouse", "guardian"),
    "{employee_id}": ("employee_id", "Emp ID", "badge"),
    "{username}": ("username", "user", "login"),
    "{ip}": ("ip", "last_ip", "client_ip"),
    "{order}": ("order_id", "Order No.", "order"),
    "{claim}": ("claim_no", "Claim #", "claim"),
    "{x.applicant.full}": ("name", "Name", "recipient", "consignee", "shipper"),
    "{x.address}": ("address", "Address", "delivery_address"),
    "{x.phone}": ("phone", "Tel.", "mobile"),
}
PLAIN_FIELDS: dict[str, tuple[str, ...]] = {
    "{age}": ("age", "Age"),
    "[M|F|male|female]": ("sex", "Sex", "gender"),
    "{state_abbr}": ("state", "State", "ST"),
    "{year}": ("year", "Year", "model_year", "graduated"),
    "{number}": ("qty", "count", "visits", "score", "height_cm", "Rows"),
    "{amount}": ("amount", "Balance", "total", "Copay", "salary"),
    "{percent}": ("rate", "discount", "share"),
    "{drug} {n.dose} mg": ("medication", "Drug", "rx"),
    "{n.icd}": ("dx", "ICD-10", "code"),
    "{n.cpt}": ("cpt", "CPT", "procedure_code"),
    "[active|closed|pending|N/A|yes|no|true|false]": ("status", "Status", "active", "smoker"),
    "{weekday}": ("day", "weekday"),
    "{product}": ("item", "product", "Description"),
    "{n.sku}": ("sku", "SKU", "part"),
    "{n.uuid}": ("trace", "etag", "batch"),
    "{department}": ("department", "Dept", "unit"),
    "{job}": ("occupation", "Job Title", "role"),
    "{n.float}": ("bmi", "temp", "value", "lat"),
    "{n.version}": ("version", "schema"),
}


def draw_fields(world: World, low: int, high: int, plain: float = 0.4) -> list[tuple[str, str]]:
    """Different fields as (name, template), some of which hold nothing of a person."""
    chosen = some(world, list(FIELDS), low, high)
    chosen += some(world, list(PLAIN_FIELDS), 0, max(1, round(high * plain)))
    world.random.shuffle(chosen)
    return [(world.random.choice(FIELDS.get(slot) or PLAIN_FIELDS[slot]), slot) for slot in chosen]


def plain_fields(world: World, low: int, high: int) -> list[tuple[str, str]]:
    """Different fields that hold nothing of a person."""
    return [(world.random.choice(PLAIN_FIELDS[slot]), slot) for slot in some(world, list(PLAIN_FIELDS), low, high)]


def story(world: World) -> Own:
    """The parts that fields may name: people abroad and numbers of nobody."""
    return {**abroad(world), **numbers(world)}
