"""The site's messages in Welsh, by their English words: those of the pages that are written in Welsh."""

from __future__ import annotations

MONTHS = (
    *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
    *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
)

_EVERY_PAGE = {
    "Skip to main content": "Neidio i'r prif gynnwys",
    "Safer streets grants": "Grantiau strydoedd saffach",
    "Pages": "Tudalennau",
    "Please note:": "Sylwch:",
    "Overview": "Trosolwg",
    "Funds and grants": "Cronfeydd a grantiau",
    "What it pays for": "Yr hyn y telir amdano",
    "Places": "Lleoedd",
    "Who leads and delivers": "Pwy sy'n arwain ac yn cyflawni",
    "Grants made": "Grantiau a wnaed",
    "Spending over £500": "Gwariant dros £500",
    "Years and quarters": "Blynyddoedd a chwarteri",
    "What changed": "Yr hyn a newidiodd",
    "All publications": "Pob cyhoeddiad",
    "Downloads": "Lawrlwytho",
    "Check the figures": "Gwirio'r ffigurau",
    "How to read this": "Sut i ddarllen hyn",
    "Publication {id}, made on {day} from {records} records in the ledger.": (
        "Cyhoeddiad {id}, a wnaed ar {day} o {records} o gofnodion yn y cyfriflyfr."
    ),
    "A publication is never changed: later figures are published as another one.": (
        "Ni newidir cyhoeddiad byth: cyhoeddir ffigurau diweddarach fel cyhoeddiad arall."
    ),
    "The ledger's position and a SHA-256 for every file (JSON)": "Safle'r cyfriflyfr a SHA-256 ar gyfer pob ffeil (JSON)",
    "See which entries a figure is the sum of, and check it": "Gweld pa gofnodion y mae ffigur yn gyfanswm ohonynt, a'i wirio",
    "new publications": "cyhoeddiadau newydd",
    "Subscribe: be told of new publications (Atom feed)": "Tanysgrifio: cael gwybod am gyhoeddiadau newydd (ffrwd Atom)",
    "All of it may be used freely under the": "Gellir defnyddio'r cyfan yn rhydd o dan yr",
}

_READING = {
    "Every figure here is worked out from the same ledger by the same sums, whether it stands on a page, in a chart or in a file.": (
        "Cyfrifir pob ffigur yma o'r un cyfriflyfr trwy'r un symiau, boed ar dudalen, mewn siart neu mewn ffeil."
    ),
    "What each figure means": "Ystyr pob ffigur",
    "The amount awarded is the sum of five others: unallocated, available, committed, accrued and spent.": (
        "Y swm a ddyfarnwyd yw cyfanswm pump arall: heb ei ddyrannu, ar gael, wedi'i ymrwymo, wedi'i groni ac wedi'i wario."
    ),
    "Sum:": "Cyfrifiad:",
    "Amounts that are not known exactly": "Symiau nad ydynt yn hysbys yn union",
    (
        "Some awards were published only in round figures, or as more than an amount. “About” stands before a sum that holds a "
        "rounded one, “at least” before a sum of which only the least amount is known."
    ): (
        "Cyhoeddwyd rhai dyfarniadau mewn ffigurau crwn yn unig, neu fel mwy na swm penodol. Saif “about” o flaen cyfanswm sy'n "
        "cynnwys swm wedi'i dalgrynnu, ac “at least” o flaen cyfanswm y gwyddys ei isafswm yn unig."
    ),
    "Closed quarters": "Chwarteri a gaewyd",
    (
        "When a quarter is closed, its figures are reported and never change. What comes to light later shows beside it: as "
        "reported, as corrected, and the difference."
    ): (
        "Pan gaeir chwarter, adroddir ei ffigurau ac ni newidiant byth. Dangosir yr hyn a ddaw i'r amlwg wedyn wrth ei ochr: fel yr "
        "adroddwyd, fel y cywirwyd, a'r gwahaniaeth."
    ),
    "What is not published": "Yr hyn na chyhoeddir",
    (
        "“Not published” stands where a title, a partner or a place is withheld. The money still counts in every sum. Where "
        "cameras are is withheld as a rule."
    ): (
        "Saif “Not published” lle cedwir teitl, partner neu le yn ôl. Mae'r arian yn dal i gyfrif ym mhob cyfanswm. Fel rheol ni "
        "chyhoeddir lleoliad camerâu."
    ),
    "How to check the figures": "Sut i wirio'r ffigurau",
    (
        "Each publication lists its entries, and which of them each figure is the sum of. A program that comes with it, "
        "verify_publication.py, adds them up, and holds every file against the manifest."
    ): (
        "Mae pob cyhoeddiad yn rhestru ei gofnodion, a pha rai ohonynt sydd ym mhob ffigur. Mae rhaglen a ddaw gydag ef, "
        "verify_publication.py, yn eu hadio, ac yn cymharu pob ffeil â'r maniffest."
    ),
    "Reading by other means": "Darllen mewn ffyrdd eraill",
    (
        "The pages need no scripts. Each chart has its figures in words, as a table and as a file. Wide tables scroll by "
        "themselves, with the keyboard too."
    ): (
        "Nid oes angen sgriptiau ar y tudalennau. Mae gan bob siart ei ffigurau mewn geiriau, fel tabl ac fel ffeil. Mae tablau "
        "llydan yn sgrolio ar eu pennau eu hunain, gyda'r bysellfwrdd hefyd."
    ),
}

_MEASURES = {
    "Awarded": "Dyfarnwyd",
    "Grant money awarded, after every approved variation.": "Arian grant a ddyfarnwyd, ar ôl pob amrywiad a gymeradwywyd.",
    "Allocated": "Dyrannwyd",
    "Awarded money promised to an initiative.": "Arian a ddyfarnwyd ac a addawyd i fenter.",
    "Unallocated": "Heb ei ddyrannu",
    "Awarded money not yet promised to an initiative; negative where a reduction left allocations to be cut.": (
        "Arian a ddyfarnwyd ond nas addawyd eto i fenter; negyddol lle gadawodd gostyngiad ddyraniadau i'w torri."
    ),
    "Committed": "Ymrwymwyd",
    "Orders and onward grants signed and not yet paid or released.": (
        "Archebion a grantiau ymlaen a lofnodwyd ac nas talwyd neu nas rhyddhawyd eto."
    ),
    "Accrued": "Cronnwyd",
    "Cost incurred and not yet invoiced, less what was reversed.": "Cost a achoswyd ac nas anfonebwyd eto, llai'r hyn a wrthdrowyd.",
    "Paid": "Talwyd",
    "Money paid out against documents, credit notes taken off.": "Arian a dalwyd yn erbyn dogfennau, llai nodiadau credyd.",
    "Corrected": "Cywirwyd",
    "What corrections added to payments or took away.": "Yr hyn a ychwanegodd cywiriadau at daliadau neu a dynnwyd ganddynt.",
    "Refunded": "Ad-dalwyd",
    "Money that was paid and came back.": "Arian a dalwyd ac a ddaeth yn ôl.",
    "Spent": "Gwariwyd",
    "Paid, with corrections, less refunds.": "Talwyd, gyda chywiriadau, llai ad-daliadau.",
    "Available": "Ar gael",
    "Allocated money not yet committed, accrued or spent.": "Arian a ddyrannwyd nas ymrwymwyd, nas cronnwyd ac nas gwariwyd eto.",
    "Claimed": "Hawliwyd",
    "What the office has asked the Home Office to pay.": "Yr hyn y gofynnodd y swyddfa i'r Swyddfa Gartref ei dalu.",
    "Received": "Derbyniwyd",
    "What the Home Office has paid to the office.": "Yr hyn a dalodd y Swyddfa Gartref i'r swyddfa.",
    "Match": "Arian cyfatebol",
    "What partners contributed, in cash and in kind.": "Yr hyn a gyfrannodd partneriaid, mewn arian ac mewn nwyddau neu wasanaethau.",
}

_COUNTERS = {
    "awarded": "dyfarnwyd",
    "allocated": "dyrannwyd",
    "committed": "ymrwymwyd",
    "accrued": "cronnwyd",
    "paid": "talwyd",
    "corrected": "cywirwyd",
    "refunded": "ad-dalwyd",
    "claimed": "hawliwyd",
    "received": "derbyniwyd",
    "match_cash": "arian cyfatebol mewn arian parod",
    "match_in_kind": "arian cyfatebol mewn nwyddau neu wasanaethau",
}

MESSAGES = {**_EVERY_PAGE, **_READING, **_MEASURES, **_COUNTERS}
