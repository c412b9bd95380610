"""Artefacts damaged by chance, and bundles that someone made to do harm."""

import gzip
import io
import json
import os
import pickle
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path

import cloudpickle
import joblib
import skops.io

from tests.models.forging import FILES, manifest_of, sign

Kind = Callable[[bytes, random.Random], bytes]


def flip(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def digit(content: bytes, chance: random.Random) -> bytes:
    """One digit made another."""
    digits = re.compile(rb"[0-9]")
    found = digits.search(content, chance.randrange(len(content))) or digits.search(content)
    assert found is not None
    place = found.start()
    other = chance.choice([number for number in b"0123456789" if number != content[place]])
    return content[:place] + bytes([other]) + content[place + 1 :]


def hole(content: bytes, chance: random.Random) -> bytes:
    """4 kB lost, or less of a smaller file."""
    size = min(4_096, len(content) - 1)
    start = chance.randrange(len(content) - size)
    return content[:start] + content[start + size :]


def zeros(content: bytes, chance: random.Random) -> bytes:
    size = min(4_096, len(content))
    start = chance.randrange(len(content) - size + 1)
    return content[:start] + bytes(size) + content[start + size :]


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def longer(content: bytes, chance: random.Random) -> bytes:
    """Some bytes put in."""
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.randbytes(chance.randint(1, 200)) + content[place:]


def twice(content: bytes, chance: random.Random) -> bytes:
    """A block written over another, as a disk does that mixes up its sectors."""
    start, end = (chance.randrange(max(len(content) - 512, 1)) for _ in range(2))
    return content[:end] + content[start : start + 512] + content[end + 512 :]


def damaged(folder: Path, kinds: Sequence[Kind], count: int) -> Iterator[str]:
    """Damage a folder again and again, saying how each time; it is whole before and after."""
    chance = random.Random(count)  # noqa: S311 - damage need not be unguessable
    whole = {name: (folder / name).read_bytes() for name in FILES}
    for number in range(count):
        name, kind = FILES[number % len(FILES)], kinds[number // len(FILES) % len(kinds)]
        content = whole[name]
        while content == whole[name]:
            content = kind(whole[name], chance)
        (folder / name).write_bytes(content)
        yield f"{number}: {name}, {kind.__name__}"
        (folder / name).write_bytes(whole[name])


def swapped(folder: Path) -> Iterator[str]:
    """Put every file in the place of every other, one at a time."""
    whole = {name: (folder / name).read_bytes() for name in FILES}
    for name, other in permutations(FILES, 2):
        (folder / name).write_bytes(whole[other])
        yield f"{name} is {other}"
        (folder / name).write_bytes(whole[name])


class Harm:
    """What runs a command as soon as it is unpickled."""

    def __init__(self, sign: Path) -> None:
        self.command = f"touch '{sign}'"

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (self.command,)


def hostile(make: Callable[[str], Path], done: Path) -> dict[str, Path]:
    """Twenty and some bundles, each in a folder of its own.

    Parameters
    ----------
    make
        Gives a new copy of an artefact under a name.
    done
        A file that exists once any of them has run what it carries.
    """
    harm = Harm(done)
    pickled = pickle.dumps(harm)
    buffer = io.BytesIO()
    joblib.dump(harm, buffer)
    code = f"import os\nos.system({harm.command!r})\n"
    yaml = f"!!python/object/apply:os.system [{harm.command!r}]\n"
    million = ",".join(f'"k{key}":1' for key in range(1_000_000))
    put: dict[str, tuple[str, bytes]] = {
        "pickle": ("model.txt", pickled),
        "pickle behind the right beginning": ("model.txt", b"tree\n" + pickled),
        "cloudpickle": ("model_subsidised.txt", cloudpickle.dumps(harm)),
        "joblib": ("calibration.json", buffer.getvalue()),
        "skops": ("context.parquet", skops.io.dumps({"a": [1]})),
        "gzip": ("model.txt", gzip.compress(pickled)),
        "pickled manifest": ("manifest.json", pickled),
        "yaml manifest": ("manifest.json", yaml.encode()),
        "a million keys": ("calibration.json", f"{{{million}}}".encode()),
        "a million keys in the manifest": ("manifest.json", f'{{"format":2,{million}}}'.encode()),
        "depth": ("calibration.json", b'{"market":' + b"[" * 1_000_000),
        "MLmodel": ("MLmodel", f"flavors: {{python_function: {{loader_module: {yaml}}}}}".encode()),
        "code": ("code.py", code.encode()),
        "native code": ("native.so", b"\x7fELF" + bytes(4_096)),
        "path hook": ("hook.pth", code.encode()),
        "listed pickle": ("model.pkl", pickled),
    }
    bundles = {}
    for name, (file, content) in put.items():
        bundles[name] = make(name)
        (bundles[name] / file).write_bytes(content)
        if file != "manifest.json" and (file in FILES or name.startswith("listed")):
            sign(bundles[name])  # all digests fit
    return bundles | _damaged_folders(make, code) | _calibrations(make)


def _damaged_folders(make: Callable[[str], Path], code: str) -> dict[str, Path]:
    """Links, pipes, folders and rights."""
    names = ("code folder", "symbolic link", "hard link", "pipe", "open to all", "huge", "crowd", "way up")
    bundles = {name: make(name) for name in names}
    (bundles["code folder"] / "code").mkdir()
    (bundles["code folder"] / "code" / "__init__.py").write_text(code)
    (bundles["symbolic link"] / "model.txt").rename(bundles["symbolic link"].parent / "elsewhere.txt")
    (bundles["symbolic link"] / "model.txt").symlink_to(bundles["symbolic link"].parent / "elsewhere.txt")
    os.link(bundles["hard link"] / "model.txt", bundles["hard link"].parent / "second name.txt")
    (bundles["pipe"] / "model.txt").unlink()
    os.mkfifo(bundles["pipe"] / "model.txt")
    bundles["open to all"].chmod(0o777)
    os.truncate(bundles["huge"] / "model.txt", 64 << 30)
    for number in range(3_000):
        (bundles["crowd"] / f"{number}.txt").touch()
    files = manifest_of(bundles["way up"])["files"]
    sign(bundles["way up"], files={**files, "../model.txt": files["model.txt"]})
    return bundles


def _calibrations(make: Callable[[str], Path]) -> dict[str, Path]:
    """Calibrations that give no probabilities, and other signals; all digests fit."""
    changes: dict[str, Callable[[dict], object]] = {
        "reversed": lambda stored: stored["market"].update(slope=-stored["market"]["slope"]),
        "flat": lambda stored: stored["market"].update(slope=0.0),
        "NaN": lambda stored: stored["market"].update(slope=float("nan")),
        "infinity": lambda stored: stored["market"].update(intercept=float("inf")),
        "negative drift": lambda stored: stored["interval"].update(drift=-0.1),
        "endless drift": lambda stored: stored["interval"].update(drift=float("inf")),
        "no interval": lambda stored: stored.pop("interval"),
    }
    bundles = {name: make(f"calibration {name}") for name in changes}
    for name, change in changes.items():
        path = bundles[name] / "calibration.json"
        plain = json.loads(path.read_text())
        change(plain)
        path.write_text(json.dumps(plain))
        sign(bundles[name])
    bundles["other signals"] = make("other signals")
    features = manifest_of(bundles["other signals"])["features"]
    sign(bundles["other signals"], features=[*features[:-1], "luck"])
    bundles["signals of other meaning"] = make("signals of other meaning")
    versions = manifest_of(bundles["signals of other meaning"])["versions"]
    sign(bundles["signals of other meaning"], versions=versions | {"signals": "2"})
    return bundles
