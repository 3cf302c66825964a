"""Every key in the table, and what each way of reaching it costs.

One table, two string keys. A grant's records and standings share its partition; the heads of one kind share another, so that a list is one
query and never a scan; the balances share a third, so that a live summary reads balances and never entries.

    item      pk                          sk                     beside the keys
    --------  --------------------------  ---------------------  ------------------------
    record    grant#<id> (or other kind)  record#0000000042      body, hash
    standing  grant#<id>                  standing#0000000042    about, left, mark
    head      heads#<kind>                <id>                   seq, hash, state
    balance   balances                    <grant id>#<cell>      pence_<counter>, for each
    request   request#<subject>           <key>                  fingerprint, body
    document  document#<its SHA-256>      document               entered_as

What a call costs. `n` is the number of items asked for or written, `rows` of those that come back, `pages` of the megabytes they fill,
begun ones included. Every read is strongly consistent.

    | access pattern                      | operation          | round trips | items read | items written |
    |-------------------------------------|--------------------|-------------|------------|---------------|
    | load one item                       | GetItem            | 1           | 1          | 0             |
    | load up to 100 items                | TransactGetItems   | 1           | n          | 0             |
    | load more than 100 items            | TransactGetItems   | n / 100     | n          | 0             |
    | record a batch                      | TransactWriteItems | 1           | 0          | n             |
    | heads of one kind                   | Query              | pages       | rows       | 0             |
    | heads of one kind, the first few    | Query              | 1           | rows       | 0             |
    | links of one aggregate              | Query              | pages       | rows       | 0             |
    | links of one aggregate, some        | Query              | 1           | rows       | 0             |
    | bodies of one aggregate             | Query              | pages       | rows       | 0             |
    | balances of every grant             | Query              | pages       | rows       | 0             |
    | balances of one grant               | Query              | pages       | rows       | 0             |
    | standings of one grant              | Query              | pages       | rows       | 0             |

Posting a payment is one load and one record: two round trips. Announcing a file of evidence is one query, one load and one record;
checking or withdrawing it one load and one record, showing it one load, listing it one query. For a partner, whose own it must be,
checking and showing take a second load, and listing a second query. Of a return, announcing takes two loads and one record, and a
partner's requests no more than the office's: the file itself says whose it is. Registering, changing or disposing of an asset is one load
and one record, listing the register one query; payments without an asset take one load and three queries, of purchases, standings and
entries.

Showing a return is the balances of every grant and one load; writing, submitting or reviewing one is that and one record, and a
resubmission reads one link more to compare. A list of returns is the heads of returns and those of initiatives from the page's place on,
with one load of that place; of one initiative it is that one's load and the first few heads of returns; of one grant, its balances too; of
a state that is recorded, no initiatives. A return's versions are one load and its links; an initiative's forecasts are its load, the
balances, and the first few heads of returns. A run of reminders is the list of returns, the heads of claims, the balances of every grant
and the heads of grants, and, for each thing whose day has come, one load; one that is sent takes a record before it goes, a load and a
record after. What the office has set no due date for, returns or claims, it does not read. The tests count the calls and hold this table.
Profiles are begun, set and shown as other things are. Announcing an extract is one load and one record; previewing it five loads and one
record, a load more for each hundred documents, and the links since of each grant that has any; committing it two loads and a record, then
a load and a record for each thirty documents. The rows of a preview are one load, suspense the heads of suspense; posting out of it is two
loads and a record, dismissing one load and one record.

Requests about quarters, in those calls. None of them grows with the entries but closing a quarter, drawing its agreement and signing it,
which read all of the grant's. `records` are two for each quarter that was closed, of the grants asked for (its closing and the one
before), and of an agreement its drawing and explanations, which drawing it anew takes, too; totals under codes take a load more.

    | request                    | calls                                                                                          |
    |----------------------------|------------------------------------------------------------------------------------------------|
    | a summary by quarter       | heads of grants, load records, balances, heads of grants, heads of initiatives, heads of imports |
    | the quarters of a grant    | load, balances                                                                                 |
    | one quarter of a grant     | load, balances                                                                                 |
    | a quarter's initiatives    | load, load records, balances                                                                   |
    | hold a quarter             | load, record, balances                                                                         |
    | close a quarter            | heads of imports, load, links, record, balances                                                |
    | how far an office is       | heads of imports, heads of grants                                                              |
    | draw an agreement          | load, links, heads of imports, heads of suspense, record                                       |
    | draw an agreement anew     | load, links, heads of imports, heads of suspense, record, load, balances, load records         |
    | explain a difference       | load, record                                                                                   |
    | withdraw an explanation    | load, load records, record, load, balances, load records                                       |
    | sign an agreement          | load, links, record, load, balances, load records                                              |
    | show an agreement          | load, balances, load records                                                                   |
    | rows of an agreement       | load                                                                                           |
    | agreements of a quarter    | heads of grants                                                                                |

Requests about rules and decisions, in those calls, none of which grows with the entries; `records` are two for each request or decision
that is shown. A rule costs a posting nothing: what it looks at is in the grant's head, or was asked for anyway.

    | request                                | calls                                                                               |
    |----------------------------------------|-------------------------------------------------------------------------------------|
    | post an entry under rules              | load, record                                                                        |
    | a grant's rules                        | load                                                                                |
    | a grant's rules, categories among them | load, balances, load                                                                |
    | set a grant's rules                    | load, record                                                                        |
    | ask for a waiver                       | load, record                                                                        |
    | decide a waiver                        | load, record, load records                                                          |
    | one waiver, or a page of them          | load, load records                                                                  |
    | propose a virement or a write-off      | load, record                                                                        |
    | decide a proposal                      | load, load, record, load records                                                    |
    | one proposal, or a page of them        | load, load records                                                                  |
    | what waits for a decision              | heads of grants, heads of claims, heads of returns, heads of suspense, load records |
    | what waits under one grant             | load, load records                                                                  |
    | let a preparer decide                  | load, record                                                                        |
    | where duties were separated            | heads of grants, heads of claims, heads of returns, heads of suspense, load records |
    | where they were under one grant        | load, load records                                                                  |

Filtered by outcome or person, the last two take a further `load records` for each fifty decisions looked at. Both read each kind of head
when they come to it, from the page's place on, and none that the matter is not under. Of one grant the load has its claims, too.

Requests about claims, in those calls. A claim names its lines by where they stand, so no write grows with them. Drafting reads all of the
grant's records, and so do debtors; lines are read from the first one's record on, as far as the page needs. The second load of drafting
has what the pack names, and for the forecasts each initiative's return of each quarter of the grant that has ended: `n` is two, and for
each initiative one and so many quarters. To put an entry right, or record by hand what was claimed, takes no load more than before: the
claims are looked at in the same one.

    | request                    | calls                                            |
    |----------------------------|--------------------------------------------------|
    | draft a claim              | load, links, load, heads of evidence, record     |
    | draft it anew              | load, links, load, heads of evidence, record     |
    | review a claim             | load, record                                     |
    | certify a claim            | load, record                                     |
    | submit a claim             | load, record                                     |
    | take in a payment          | load, record                                     |
    | query a claim              | load, record                                     |
    | answer a query             | load, record                                     |
    | withdraw a claim           | load, load, record                               |
    | show a claim               | load                                             |
    | claims of a grant          | load                                             |
    | claims of every grant      | heads of claims                                  |
    | what certificates say      | load                                             |
    | set what they say          | load, record                                     |
    | lines of a claim           | load, links                                      |
    | debtors of a grant         | load, links                                      |

Requests about disclosures, in those calls. What keeps the ledger from being published is found by building the publication: it costs what
publishing costs, every record of every grant, initiative, fund, organisation and disclosure.

    | request                    | calls                                            |
    |----------------------------|--------------------------------------------------|
    | state particulars          | load, record                                     |
    | withhold a particular      | load, record                                     |
    | lift a withholding         | load, record                                     |
    | show a disclosure          | load                                             |
    | list disclosures           | heads of disclosures                             |

Requests about publications, in those calls. Publishing and drafting take a load, the heads of publications and of every kind that they
are made of, the returns of the last quarter, fifty in a load, the links of each chain once (of what they are compared with, too), and twice
a load and a record; begun for later they have no links but one load and record. Previewing a draft is one load. Publishing one reads chains
of disclosures and initiatives that moved on since, for what is withheld by now; to publish, show or list one reads its links, too, once
anything was withdrawn. Withdrawing reads the ledger as publishing does where anything is withheld: the reason must not name it.

    | request                | calls                                                                                            |
    |------------------------|--------------------------------------------------------------------------------------------------|
    | show a publication     | load                                                                                             |
    | show a draft           | load, heads of publications                                                                      |
    | list publications      | heads of publications                                                                            |
    | the latest, or the feed | heads of publications                                                                           |
    | preview a draft        | load                                                                                             |
    | publish a draft        | load, heads of publications, heads of disclosures, links, heads of initiatives, load, record     |
    | discard a draft        | load, record                                                                                     |
    | tell, or cancel        | load, load, record                                                                               |
    | withdraw a publication | load, heads of disclosures, load, record                                                         |

Requests about registers and the ledger, in those calls; `heads` are of one kind. A call that is named once in the last four rows is made
for each grant that is looked at, or kind of thing, and again for each further hundred records.

    | request                                   | calls                                                  |
    |-------------------------------------------|--------------------------------------------------------|
    | one thing                                 | load                                                   |
    | things of one kind                        | heads                                                  |
    | begin, amend or move a thing              | load, record                                           |
    | ask for a variation, or decide one        | load, load, record                                     |
    | a grant's variations, or one              | load, links                                            |
    | a grant's allocations                     | load, balances, load, load, heads, heads               |
    | a live summary                            | balances, heads, heads, heads                          |
    | one entry                                 | links, load                                            |
    | allocate, spend, match or settle          | load, record                                           |
    | pay a document                            | load, record                                           |
    | release or reverse an entry               | load, record                                           |
    | correct, refund or recode an entry        | load, load, record                                     |
    | the asset register                        | heads, heads                                           |
    | a history                                 | links                                                  |
    | entries of every grant                    | load, heads, links                                     |
    | verify a grant                            | load, links, load, balances, standings, load           |
    | publish, or draft a publication           | load, heads, load, links, load, record, load, record   |
    | export                                    | load, heads, load, heads, bodies, load, record         |

A payment that settles an accrual of another quarter takes a load more, of that quarter's cell.
Exports begin with a load, the heads of imports and those of grants, then take what the left column says, the position (heads of grants,
initiatives, funds, organisations, disclosures) and what the right one says; of a grant's own, those of each in the scope. A background job
takes a load and a record more whenever it tells how far it is. Cancelling an export is one load and one record.

    | export of         | heads before the position                 | heads after it, and records                         |
    |-------------------|-------------------------------------------|-----------------------------------------------------|
    | entries           |                                           | initiatives, organisations, grants, bodies          |
    | budget_monitoring | returns                                   | grants, initiatives, organisations, returns, bodies |
    | claim_schedule    | claims                                    | grants, claims                                      |
    | commitments       |                                           | grants, initiatives, organisations, links           |
    | match             |                                           | grants, funds, bodies                               |
    | assets            | purchases                                 | grants, organisations, purchases                    |
    | audit_trail       | claims, purchases, balances, initiatives, | links                                               |
    |                   | returns, evidence, disclosures, suspense  |                                                     |
    | journals          |                                           | grants, bodies                                      |

Requests about exports in parts, in those calls. The bodies are a part's own, of each run of records in it, and of its grant's first record
where it begins further on. Where payments are known to be made, exports of entries load each record that says so, too.

    | request                         | calls                                                                                     |
    |---------------------------------|-------------------------------------------------------------------------------------------|
    | cut an export and send workers  | load, load, record, load, record                                                          |
    | send workers again              | load, load, record                                                                        |
    | make a part                     | load, heads of initiatives, heads of organisations, heads of grants, bodies, load, record |
    | finish an export of three parts | load, load, load, load, load, record                                                      |

What a page of `limit` items costs, in those patterns. Where filters leave too few, four times as many are read the next time.

    list                          reads
    ----------------------------  ----------------------------------------------------------------------------------
    heads of one kind             heads of one kind, the first few: limit + 1
    history of one aggregate      links of one aggregate, some: limit + 1, and further on the record before them
    entries of one grant          load one item; links of one aggregate, some: the same
    entries of all, or of a fund  the same for each grant that the page comes to, of which ten heads at a time are read
    any, filtered by an id        load one item for each id, before the list is read
    entries of an initiative      balances of every grant (or of the one that is asked for); then, for each grant that
                                  finances the initiative and that the page comes to, load one item and its links

A history in words reads its links, a hundred a call; where the page tells of a change that needs what was before it, and does not begin at
the first record, all links before that, too. What changed between two days takes, for each forty things from the page's place on, the
heads of their kind (some) and one load of their last records. Each of them that may have changed since takes its history in words from the
first of those days to a hundred records after the last; in a chain of more than a hundred records that day is found by one load of forty
of them, by two from four thousand records on.
"""

from __future__ import annotations

from hashlib import sha256

from chalicelib.domain.chain import Kind, Name
from chalicelib.storage.key_texts import DIGITS, LAST_SEQ, Key, key_of, padded, plain, present

__all__ = ["BALANCES", "COUNTER", "LAST_SEQ", "STANDINGS", "Key"]

BALANCES = "balances"
"""The partition of every balance."""

STANDINGS = "standing#"
"""What the sort key of every standing starts with."""

COUNTER = "pence_"
"""What a counter's attribute name starts with, so that no counter can be called like a key."""


def head(name: Name) -> Key:
    """Where an aggregate's head is."""
    return key_of(heads(name.kind), plain("id", name.id))


def heads(kind: Kind) -> str:
    """The partition of one kind's heads."""
    return f"heads#{kind}"


def aggregate(name: Name) -> str:
    """The partition of an aggregate's records, and a grant's standings."""
    return f"{name.kind}#{plain('id', name.id)}"


def record(name: Name, seq: int) -> Key:
    """Where one record is."""
    return key_of(aggregate(name), record_sk(seq))


def record_sk(seq: int) -> str:
    """A record's sort key. Zero-padded, so that the order of the text is the order of the numbers."""
    return f"record#{padded(seq)}"


def standing(grant_id: str, seq: int) -> Key:
    """Where what is left of an entry is."""
    return key_of(aggregate(Name(Kind.GRANT, grant_id)), STANDINGS + padded(seq))


def balance(grant_id: str, cell: str) -> Key:
    """Where one cell's counters are."""
    return key_of(BALANCES, balances_of(grant_id) + present("cell", cell))


def balances_of(grant_id: str) -> str:
    """What the sort keys of one grant's balances start with."""
    return f"{plain('grant id', grant_id)}#"


def cell_of(balance_sk: str) -> tuple[str, str]:
    """The grant's id and the cell that a balance's sort key names."""
    grant_id, _, cell = balance_sk.partition("#")
    return grant_id, cell


def seq_of(sk: str) -> int:
    """The record's number that a record's or a standing's sort key ends in."""
    return int(sk[-DIGITS:])


def request(subject: str, key: str) -> Key:
    """Where a request's answer is."""
    return key_of(f"request#{present('subject', subject)}", present("idempotency key", key))


def document(key: str) -> Key:
    """Where a document's first entry is named. The key is hashed: it may be any text, of any length."""
    digest = sha256(present("document key", key).encode()).hexdigest()
    return key_of(f"document#{digest}", "document")
