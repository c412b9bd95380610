"""Who and where in the simulated economy: sectors, regions, and the names of firms.

Every name is invented. Websites end in ``.example``, which RFC 2606 keeps free for ever, so that none can be real.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

_T = TypeVar("_T")

# Four sectors to a field. Sectors of one field are often combined in one firm, sectors of two fields seldom.
FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "electronics": (
        ("semiconductors", "半导体"),
        ("sensors", "传感"),
        ("photonics", "光电"),
        ("power-electronics", "电力电子"),
    ),
    "machinery": (
        ("machine-tools", "机床"),
        ("robotics", "机器人"),
        ("additive-manufacturing", "增材制造"),
        ("precision-instruments", "精密仪器"),
    ),
    "materials": (
        ("advanced-materials", "新材料"),
        ("specialty-chemicals", "精细化工"),
        ("composites", "复合材料"),
        ("coatings", "涂层"),
    ),
    "life-sciences": (
        ("biotechnology", "生物科技"),
        ("medical-devices", "医疗器械"),
        ("diagnostics", "诊断"),
        ("pharmaceuticals", "医药"),
    ),
    "energy": (
        ("batteries", "电池"),
        ("solar", "光伏"),
        ("hydrogen", "氢能"),
        ("grid-technology", "电网"),
    ),
    "digital": (
        ("industrial-software", "工业软件"),
        ("artificial-intelligence", "智能科技"),
        ("cybersecurity", "网络安全"),
        ("communications", "通信"),
    ),
}
SECTORS = tuple(sector for field in FIELDS.values() for sector, _ in field)
FIELD_OF_SECTOR = np.repeat(np.arange(len(FIELDS)), [len(field) for field in FIELDS.values()])
_HANZI = tuple(hanzi for field in FIELDS.values() for _, hanzi in field)
# The CPC classes in which a sector's inventions are mostly filed.
CLASSES = (
    ("H01L", "H10D"), ("G01D", "G01L"), ("G02B", "H01S"), ("H02M", "H03K"),
    ("B23Q", "B23B"), ("B25J", "G05B"), ("B33Y", "B22F"), ("G01B", "G01N"),
    ("C01B", "C22C"), ("C07C", "C09K"), ("B29C", "C08J"), ("C09D", "C23C"),
    ("C12N", "C12P"), ("A61B", "A61M"), ("C12Q", "G16H"), ("A61K", "C07D"),
    ("H01M", "H02J"), ("H10F", "H02S"), ("C25B", "F17C"), ("H02H", "H02B"),
    ("G06F", "G05B"), ("G06N", "G06V"), ("H04L", "G06F"), ("H04W", "H04B"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """A cluster: where it is, what it is called, its share of all firms and the sector that it is known for."""

    country: str
    region: str
    city: str
    share: float
    speciality: str


_CN_CITIES = {
    "Suzhou": "苏州", "Shenzhen": "深圳", "Hangzhou": "杭州", "Shanghai": "上海", "Beijing": "北京",
    "Hefei": "合肥", "Wuhan": "武汉", "Chengdu": "成都", "Xi'an": "西安", "Qingdao": "青岛",
}  # fmt: skip
REGIONS = (
    Region("CN", "Jiangsu", "Suzhou", 0.08, "semiconductors"),
    Region("CN", "Guangdong", "Shenzhen", 0.09, "communications"),
    Region("CN", "Zhejiang", "Hangzhou", 0.07, "machine-tools"),
    Region("CN", "Shanghai", "Shanghai", 0.06, "biotechnology"),
    Region("CN", "Beijing", "Beijing", 0.06, "artificial-intelligence"),
    Region("CN", "Anhui", "Hefei", 0.03, "solar"),
    Region("CN", "Hubei", "Wuhan", 0.03, "photonics"),
    Region("CN", "Sichuan", "Chengdu", 0.03, "cybersecurity"),
    Region("CN", "Shaanxi", "Xi'an", 0.02, "composites"),
    Region("CN", "Shandong", "Qingdao", 0.03, "specialty-chemicals"),
    Region("DE", "Bayern", "München", 0.04, "sensors"),
    Region("DE", "Baden-Württemberg", "Stuttgart", 0.05, "machine-tools"),
    Region("DE", "Sachsen", "Dresden", 0.02, "semiconductors"),
    Region("DE", "Nordrhein-Westfalen", "Aachen", 0.03, "batteries"),
    Region("FR", "Île-de-France", "Paris", 0.04, "artificial-intelligence"),
    Region("FR", "Auvergne-Rhône-Alpes", "Grenoble", 0.03, "power-electronics"),
    Region("FR", "Occitanie", "Toulouse", 0.02, "composites"),
    Region("IT", "Emilia-Romagna", "Bologna", 0.02, "robotics"),
    Region("NL", "Noord-Brabant", "Eindhoven", 0.02, "photonics"),
    Region("ES", "Cataluña", "Barcelona", 0.02, "pharmaceuticals"),
    Region("FI", "Uusimaa", "Espoo", 0.01, "communications"),
    Region("US", "California", "San Jose", 0.08, "semiconductors"),
    Region("US", "Massachusetts", "Cambridge", 0.05, "biotechnology"),
    Region("US", "Texas", "Austin", 0.04, "industrial-software"),
    Region("US", "Colorado", "Boulder", 0.03, "precision-instruments"),
)
CURRENCY_OF_COUNTRY = {"CN": "CNY", "US": "USD"}  # every other country of the simulation is in the euro area


_CN_CHARACTERS = (
    "芯 xin,远 yuan,华 hua,科 ke,星 xing,瑞 rui,天 tian,海 hai,光 guang,创 chuang,恒 heng,盛 sheng,宏 hong,"
    "信 xin,达 da,通 tong,力 li,源 yuan,泰 tai,新 xin,宇 yu,晶 jing,微 wei,联 lian,思 si,博 bo,"
    "精 jing,诺 nuo,德 de,凯 kai,智 zhi,云 yun,腾 teng,锐 rui,汇 hui,元 yuan,启 qi,明 ming,东 dong,"
    "方 fang,安 an,康 kang,美 mei,佳 jia,永 yong,兴 xing,金 jin,银 yin,龙 long,凌 ling,飞 fei,翔 xiang,"
    "卓 zhuo,越 yue,广 guang,立 li,合 he,众 zhong,拓 tuo,维 wei,中 zhong,正 zheng,伟 wei,业 ye"
)
_CN_BRAND = tuple((pair[0], pair[2:]) for pair in _CN_CHARACTERS.split(","))
_CN_FORMS = ("有限公司", "股份有限公司", "科技有限公司", "技术有限公司")

# Word stems by country: first part, second part, legal forms.
_LATIN: dict[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    "DE": (
        "Kalt Licht Präz Stahl Berg Rhein Wald Grün Hart Klar Neu Ober Schön Süd Turm Winter Elb Alpen Löwen".split(),
        "werk tronik mess technik optik zeug dynamik stoff bau systeme sensor antrieb maß fluss".split(),
        ("GmbH", "GmbH", "AG", "GmbH & Co. KG"),
    ),
    "FR": (
        "Lumi Néo Hexa Élan Gala Sylva Auré Céle Véri Opti Astré Iso Kalio Méri Nova Ori Pyré Quanta Théo Zéph".split(),
        "lys tech xis vance pole gène dyne matique sonde cité mécane valis phore optique".split(),
        ("SAS", "SA", "SARL"),
    ),
    "IT": (
        "Aero Bello Cima Doro Elio Forza Gemma Idra Luce Mira Nodo Orsa Pietra Rosso Sole Terra".split(),
        "tecnica metrica dinamica logica materia forma chimica robotica ottica sistemi".split(),
        ("S.r.l.", "S.p.A."),
    ),
    "NL": (
        "Amstel Brabant Dijk Eind Fries Haven Kroon Linde Maas Noord Oranje Polder Rijn Veld Water Zee".split(),
        "tech fotonica meet kracht stroom werk systemen optica".split(),
        ("B.V.", "N.V."),
    ),
    "ES": (
        "Alba Brisa Cala Duero Ebro Faro Garza Iber Luz Mar Niña Oro Peña Roca Sierra Viento".split(),
        "tec lab medica gen quimia óptica solar dinámica".split(),
        ("S.L.", "S.A."),
    ),
    "FI": (
        "Aalto Halla Jää Koivu Kuusi Lumi Meri Pohja Revon Sisu Tähti Vesi".split(),
        "tekniikka verkko mittaus voima sähkö data optiikka".split(),
        ("Oy", "Oyj"),
    ),
    "US": (
        "Bright Clear Copper Delta Ever Fair Granite Harbor Iron Juniper Keen Lumen Mesa North Oak Pine Quick River "
        "Stone True Union Vector West Zephyr".split(),
        "field point works light ridge grid path scale forge sense stream logic metrics gen".split(),
        ("Inc.", "Inc.", "LLC", "Corp."),
    ),
}
_US_TRADE = ("", " Labs", " Systems", " Technologies", " Devices", " Bio", " Energy", " Materials")
_ASCII = str.maketrans("äöüéèêáàóíñçôîâø", "aoueeeaaoincoiao")


def name_and_website(region: Region, sector: int, serial: int, rng: np.random.Generator) -> tuple[str, str]:
    """Draw the name and website of one firm.

    Parameters
    ----------
    region
        Where the firm has its seat; the country decides the language.
    sector
        Index into `SECTORS` of its first sector.
    serial
        Number of the firm, which keeps two websites apart when their firms share a name.
    rng
        Source of chance.

    Returns
    -------
    tuple of str
        Such as ``("苏州芯远半导体有限公司", "https://xinyuan-17.example")``.
    """
    if region.country == "CN":
        (first, first_latin), (second, second_latin) = _pick(_CN_BRAND, rng), _pick(_CN_BRAND, rng)
        trade = _HANZI[sector]
        # "智能科技科技有限公司" would say technology twice.
        form = _pick(_CN_FORMS, rng).removeprefix("科技" if trade.endswith("科技") else "")
        return f"{_CN_CITIES[region.city]}{first}{second}{trade}{form}", _website(first_latin + second_latin, serial)
    heads, tails, forms = _LATIN[region.country]
    brand = _pick(heads, rng) + _pick(tails, rng)
    trade = _pick(_US_TRADE, rng) if region.country == "US" else f" {SECTORS[sector].split('-')[0].title()}"
    stem = brand.lower().translate(_ASCII).replace("ß", "ss")
    return f"{brand}{trade} {_pick(forms, rng)}", _website(stem, serial)


def _website(stem: str, serial: int) -> str:
    return f"https://{stem}-{serial}.example"


def _pick(options: Sequence[_T], rng: np.random.Generator) -> _T:
    return options[int(rng.integers(len(options)))]


def region_shares() -> npt.NDArray[np.float64]:
    """Return the probability of each of `REGIONS` to be a new firm's seat; they add up to 1."""
    shares = np.array([region.share for region in REGIONS])
    total: npt.NDArray[np.float64] = shares / shares.sum()
    return total
