"""Legal forms of firms, as they stand at the end or the start of a name.

After ISO 20275 (the code list of entity legal forms that GLEIF keeps), reduced to the forms that firms print in their
names in the United States, Canada, the United Kingdom, Ireland, Australia, India, Singapore, Malaysia, Indonesia,
Germany, Austria, Switzerland, France, Belgium, Luxembourg, the Netherlands, Italy, Spain, Portugal, Brazil, Mexico,
Sweden, Norway, Denmark, Finland, Poland, Czechia, Hungary, Russia, Turkey, Japan, Korea, mainland China and Taiwan.
"""

# One line a form: the one spelling of all, then how it is printed, without case, accents, dots and other marks.
_TABLE = """
inc     inc, incorporated
corp    corp, corporation, corpon
co      co, company
llc     llc, lc, l l c, limited liability company
ltd     ltd, limited, pty ltd, pty limited, pte ltd, pte limited, pvt ltd, private limited, pvt limited
llp     llp, l l p, limited liability partnership
lp      lp, limited partnership
pbc     pbc, public benefit corporation
plc     plc, p l c, public limited company
bhd     bhd, sdn bhd, berhad, sendirian berhad
dac     dac, designated activity company
gmbh    gmbh, ggmbh, mbh, gesellschaft mit beschrankter haftung, gesellschaft mbh, gesmbh
ag      ag, aktiengesellschaft
kg      kg, kommanditgesellschaft
kgaa    kgaa, kg a a, kommanditgesellschaft auf aktien
ug      ug, ug haftungsbeschrankt
ohg     ohg
ev      ev, e v, eingetragener verein
sa      sa, s a, societe anonyme, sociedad anonima, sociedade anonima, sa de cv, sab de cv, s a de c v
sas     sas, s a s, sasu, societe par actions simplifiee, societa in accomandita semplice
sarl    sarl, s a r l, eurl, societe a responsabilite limitee
snc     snc, s n c
srl     srl, s r l, srls, societa a responsabilita limitata
spa     spa, s p a, societa per azioni
sl      sl, s l, slu, sociedad limitada, s de rl, s de rl de cv, srl de cv
lda     lda, ltda, limitada, eireli
bv      bv, b v, bvba, besloten vennootschap
nv      nv, n v, naamloze vennootschap
cv      cva, commanditaire vennootschap
ab      ab, aktiebolag, aktiebolaget, aktiebolag publ, ab publ
asa     asa
aps     aps, anpartsselskab
as      as, a s, aktieselskab, aktieselskabet, aksjeselskap, anonim sirketi
oy      oy, oyj, osakeyhtio, oy ab, oy ltd
zoo     sp zoo, spolka z ograniczona odpowiedzialnoscia, sp z oo, spzoo, spolka z oo
sro     sro, s r o, spol sro, spolecnost s rucenim omezenym
doo     doo, d o o
ooo     ooo, ооо, zao, зао, oao, оао, pao, пао
kft     kft, korlatolt felelossegu tarsasag
nyrt    nyrt, zrt
se      se, societas europaea
sti     ltd sti, limited sirketi
pt      pt tbk
kk      kk, k k, kabushiki kaisha, kabushikikaisha, kabushiki gaisha, godo kaisha, yugen kaisha
tbk     tbk
"""
# Printed before the name as well. Not `as`, `sa` and the like, with which names of other kinds begin.
_LEADING = """
ab, aktiebolaget, aktieselskabet, oy, kabushiki kaisha, yugen kaisha, pt, ooo, ооо, zao, зао, oao, оао, pao, пао,
societe anonyme, sociedad anonima
"""


def _read() -> dict[tuple[str, ...], str]:
    lines = (line.split(maxsplit=1) for line in _TABLE.strip().splitlines())
    return {tuple(spelling.split()): form for form, spellings in lines for spelling in spellings.split(", ")}


TRAILING = _read()
LEADING = frozenset(tuple(spelling.split()) for spelling in _LEADING.replace("\n", " ").strip().split(", "))
LONGEST = max(map(len, TRAILING))
# Without a blank before them. Simplified characters: a name is simplified before its form is looked for. A firm that
# prepares for the stock exchange turns from 有限公司 into 股份有限公司 and stays the same firm.
GLUED = {
    "股份有限公司": "股份有限公司",
    "有限责任公司": "有限公司",
    "有限公司": "有限公司",
    "股份公司": "股份有限公司",
    "公司": "公司",
    "株式会社": "株式会社",
    "有限会社": "有限会社",
    "合同会社": "合同会社",
    "주식회사": "주식회사",
    "유한회사": "유한회사",
}
GLUED_LEADING = ("株式会社", "有限会社", "合同会社", "주식회사", "유한회사")
# ㈱ and ㈜ come apart into these.
ABBREVIATED = {"(株)": "株式会社", "(有)": "有限会社", "(주)": "주식회사", "(유)": "유한회사"}
