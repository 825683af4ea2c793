"""Names of parts of programs, and of the model that is spoken to: words that a tagger takes for a person or a firm.

Coding agents send dozens of tools, such as `WebFetch`, and instructions that call the model by its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ringfence.classify.detectors.email_address import is_nobodys
from ringfence.classify.inquiry import Names
from ringfence.classify.merging import Span
from ringfence.classify.wordlists import words
from ringfence.vocabulary.text import Segment

_NAMES = frozenset(("FACILITY", "LOCATION", "ORGANIZATION", "PERSON", "PERSONAL_URL", "PROVIDER_NAME", "USERNAME"))

# Two words or more written as one. `McDonald` and `LaToya` are too, so every word must be one of programs.
_HUMPS = re.compile(r"[A-Z][a-z]{1,14}(?:[A-Z][a-z]{1,14}){1,5}")
_HUMP = re.compile(r"[A-Z][a-z]+")
# No word that is also a first name (mark, will, bill), whatever programs do with it.
_OF_PROGRAMS = words(
    """
    add agent all api apply array ask async back background base batch block body branch browser bulk cache call cancel
    change check clear client close code command commit config connect console container context copy count create cron
    current data database debug default delete deploy diff directory disable document download edit enable encode end
    enter entry env error event exec execute exit export fetch field file find findings finish folder format function
    get git glob grep handler hash header history hook hub import index info init input insert install issue item job
    json key kill label launch layout line link list load local lock log loop make manager map memory merge message
    method mode model module move multi name network new next node note notebook notification object open option output
    package parse patch path pause plan plugin prompt proxy pull push put query question queue read rebase record
    refresh remote remove rename repeat replace report repository request reset resource response restart result
    resume retry review root run save schedule schema scope script search select send server service session set setting
    shell show skill snapshot sort source spawn stack start state status step stop store stream string sub submit switch
    sync system table tag target task template terminal test text thread time timer todo token tool trace tree trigger
    type undo update upload url use user validate value variable version view wait wakeup watch web work worker workflow
    workspace worktree write
    """
)

# Words that a tagger takes for a name where they stand alone, and few people bear: whatever their case where nobody is
# spoken of, and elsewhere in small letters, which an ordinary word has too.
_ALONE = words(
    "bash dom dow github gitlab hook hooks jira mon powershell root rust shell shells workspace worktree zsh"
)
_SMALL = _ALONE | words("effort prompt short skip")
_FILES = words("agents claude codex memory readme skill")
_AMOUNT = re.compile(r"[0-9]{1,6}[kKmMgG][bB]?")
# RFC 2606 section 3: hosts that stand for any other, with no more of a path than a number.
_EXAMPLE = re.compile(r"https?://(?:www\.)?example\.(?:com|net|org)(?:/[0-9]{0,2})?")

_MODEL = "/model"
_HEADER = "/@"
_ADDRESS = re.compile(r"https?://\S{1,200}")
_WORD = re.compile(r"[a-z]{4,}")
_INSTRUCTIONS = frozenset(("system", "developer", "schema"))
_REMINDER = "<system-reminder>"
"""Claude Code begins its own instructions amid a user's message with it."""


def without(names: Names, segments: Sequence[Segment]) -> Names:
    """`names` less words of programs and, in instructions and tools, the words of the model's own name.

    A person who bears the model's name and nothing more is found in what users say and tools answer, and is not found
    in instructions.
    """
    tools = {each.text for each in segments if _names_a_tool(each)}
    model = frozenset(word for each in segments if each.pointer == _MODEL for word in _WORD.findall(each.text.lower()))
    kept = []
    for index, span in names.whole:
        segment = segments[index]
        value = segment.text[span.start : span.end]
        if span.entity == "EMAIL_ADDRESS":
            ours = is_nobodys(value)
        elif span.entity in _NAMES:
            told = segment.role in _INSTRUCTIONS or segment.text.startswith(_REMINDER)
            ours = (
                _is_code(value)
                or segment.pointer == _MODEL
                or (segment.role == "schema" and value in tools)
                or (told and (_is_instruction(value.lower(), model) or _is_about(segment.text, span, model)))
            )
        else:
            ours = False
        if not ours:
            kept.append((index, span))
    # A header goes on with nothing that stands before it.
    parts = tuple((index, span) for index, span in names.parts if not segments[index].pointer.startswith(_HEADER))
    return msgspec.structs.replace(names, whole=tuple(kept), parts=parts)


def _names_a_tool(segment: Segment) -> bool:
    """A tool's or schema's own name, in humps: its description says it again, and it is no person's there."""
    return segment.role == "schema" and segment.pointer.endswith("/name") and _HUMPS.fullmatch(segment.text) is not None


def _is_code(value: str) -> bool:
    """Written in humps, or words such as `bash` in small letters."""
    return all(word in _SMALL for word in value.split()) or all(
        _HUMPS.fullmatch(each) and all(hump.lower() in _OF_PROGRAMS for hump in _HUMP.findall(each))
        for each in value.split(", ")
    )


def _is_instruction(value: str, model: frozenset[str]) -> bool:
    return (
        all(word in model or word in _ALONE for word in value.split())
        or (re.search(r"/|\.md\Z", value) is not None and value.rpartition("/")[2].removesuffix(".md") in _FILES)
        or _AMOUNT.fullmatch(value) is not None
        or _EXAMPLE.fullmatch(value) is not None
    )


def _is_about(text: str, span: Span, model: frozenset[str]) -> bool:
    """Whether it begins the address of a page about the model, such as where to report a defect."""
    address = _ADDRESS.match(text, span.start)
    return address is not None and not model.isdisjoint(_WORD.findall(address[0]))
