"""Layouts: a header, a field's number or a member's place says what a value is. Texts of our own."""

from __future__ import annotations

import json

import pytest

from ringfence.classify.layouts import tables, tree


def found(classifier, text: str) -> set[tuple[str, str]]:
    return {(text[f.start : f.end], f.entity) for f in classifier.spans(text)}


ROW = {("00482913", "MEDICAL_RECORD_NUMBER"), ("mara okoye", "PERSON"), ("4155552671", "PHONE_NUMBER")}


@pytest.mark.parametrize(
    "text",
    [
        "MRN,Name,Phone\n00482913,mara okoye,4155552671\n",
        'MRN,Name,Phone\r\n"00482913","mara okoye","4155552671"\r\n',
        "Patients of today\n\nMRN;Name;Phone\n00482913;mara okoye;4155552671",
        "MRN\tName\tPhone\n00482913\tmara okoye\t4155552671\n",
        "| MRN | Name | Phone |\n| --- | :-- | --: |\n| 00482913 | mara okoye | 4155552671 |\nThanks",
        "MRN | Name | Phone\n00482913 | mara okoye | 4155552671",
        "MRN         Name          Phone\n----        ----          -----\n00482913    mara okoye    4155552671\n",
    ],
)
def test_a_columns_header_labels_its_cells(classifier, text):
    assert found(classifier, text) == ROW


def test_every_row_is_read_and_a_cell_may_be_missing(classifier):
    rows = "".join(f"9{i:07},4{i:07}\n" for i in range(300))
    assert len(found(classifier, "Account,MRN\n" + rows)) == 600
    assert ("99812345", "ACCOUNT_NUMBER") in found(classifier, "MRN,Name,Account\n,,99812345\n")


def test_prose_with_commas_is_no_table():
    for text in (
        "My name, as you know, is long.\nHer phone, too, is new.",
        "Dear patient, hello\nwe are, as ever, here",
    ):
        assert tables.fields(text) == []
    assert tables.fields("file name,size\nmain.py,4821\n") == [] or all(
        not field.entity for field in tables.fields("file name,size\nmain.py,4821\n")
    )


HL7 = (
    "MSH|^~\\&|LAB|NORTH|EHR|NORTH|20230415103000||ADT^A01|MSG1|P|2.5\r"
    "PID|1||00482913^^^NORTH^MR||OKOYE^MARA^L||19510314|F|||12 BIRCH ST^^BOISE^ID^83702||(208)555-0188|||||99812345|"
    "536228412\r"
    "NK1|1|FREY^TOM|SPO||2085550177\r"
    "PV1|1|I|W^2||||1245319599^BAUER^LENA^^^DR\r"
    "IN1|1|PLAN12|INS|||||GRP4471||||||||OKOYE^MARA"
)


@pytest.mark.parametrize("text", [HL7, HL7.replace("\r", "\n"), json.dumps(HL7), "see:\n" + HL7.replace("\r", "\r\n")])
def test_hl7_fields_are_known_by_their_numbers(classifier, text):
    assert found(classifier, text) >= {
        ("20230415103000", "DATE"),
        ("00482913", "MEDICAL_RECORD_NUMBER"),
        ("OKOYE", "PERSON"),
        ("MARA", "PERSON"),
        ("19510314", "BIRTH_DATE"),
        ("12 BIRCH ST", "STREET_ADDRESS"),
        ("BOISE", "LOCATION"),
        ("83702", "ZIP_CODE"),
        ("(208)555-0188", "PHONE_NUMBER"),
        ("99812345", "ACCOUNT_NUMBER"),
        ("536228412", "US_SSN"),
        ("FREY", "PERSON"),
        ("2085550177", "PHONE_NUMBER"),
        ("BAUER", "PROVIDER_NAME"),
        ("1245319599", "US_NPI"),
        ("GRP4471", "HEALTH_PLAN_ID"),
    }


PATIENT = {
    "resourceType": "Patient",
    "id": "p-4471",
    "identifier": [
        {"type": {"coding": [{"code": "MR"}]}, "value": "a1b2-4471"},
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-41-8171"},
    ],
    "name": [{"family": "Okoye", "given": ["Mara", "Ada"]}],
    "telecom": [{"system": "phone", "value": "2085550188"}],
    "birthDate": "1951-03-14",
    "address": [{"line": ["12 Birch"], "city": "Boise", "state": "ID", "postalCode": "83702"}],
    "generalPractitioner": [{"reference": "Practitioner/7", "display": "Lena Bauer"}],
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PATIENT),
        json.dumps(PATIENT, indent=2),
        "Here it is: " + json.dumps(PATIENT) + " - summarise.",
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": PATIENT}]}),
        json.dumps(json.dumps(PATIENT)),
    ],
)
def test_fhir_members_are_known_by_their_place(classifier, text):
    assert found(classifier, text) >= {
        ("p-4471", "UNIQUE_ID"),
        ("a1b2-4471", "MEDICAL_RECORD_NUMBER"),
        ("999-41-8171", "US_SSN"),
        ("Okoye", "PERSON"),
        ("Mara", "PERSON"),
        ("Ada", "PERSON"),
        ("2085550188", "PHONE_NUMBER"),
        ("1951-03-14", "BIRTH_DATE"),
        ("12 Birch", "STREET_ADDRESS"),
        ("Boise", "LOCATION"),
        ("83702", "ZIP_CODE"),
        ("Lena Bauer", "PROVIDER_NAME"),
    }


def test_other_json_is_read_by_the_names_of_its_members(classifier):
    text = (
        '{"patient": {"name": {"first": "mara", "last": "okoye"}, "ssn": {"value": "536228412"}}, "x": {"name": "y"}}'
    )
    assert found(classifier, text) == {("mara", "PERSON"), ("okoye", "PERSON"), ("536228412", "US_SSN")}


@pytest.mark.parametrize(
    "text", ['{"name": {"first": "', '{"value" : [' * 200, '}}]]{"family":', '{"a":{"name":{"family":"\\"}}']
)
def test_broken_json_does_no_harm(text):
    list(tree.fields(text))


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "left-pad", "version": "1.3.0", "files": [{"name": "index", "value": 12345}]}',
        "epoch  loss  name\n1      0.5   adam\n2      0.4   sgd\n",
        "name,size,date\nmain.py,4821,x\n",
        "PID|USER|COMMAND\n4821|root|worker\n",
    ],
)
def test_nothing_is_found_in_tables_and_json_about_things(classifier, text):
    assert found(classifier, text) == set()
