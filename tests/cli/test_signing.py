"""``giants sign``, and ``--require-signature`` of the commands that read a model."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import giants, score
from tests.models.signatures import make_keys, run


@pytest.fixture
def keys(tmp_path):
    return make_keys(tmp_path)


@pytest.fixture
def kept(world, tmp_path) -> Path:
    """A copy of the first model's folder."""
    return Path(shutil.copytree(world.artefact, tmp_path / "kept"))


def test_a_folder_is_signed_and_scored(world, keys, kept):
    done = giants("sign", "kept", "--key", "sign.pem", "--expires", "2999-12-31")
    assert (done.code, done.out, done.err) == (0, "kept is signed: kept/signature.json\n", "")
    assert score(world, "--no-reasons", out="plain.csv").code == 0
    required = score(world, "--no-reasons", "--require-signature", "sign.pub", model="kept", out="signed.csv")
    assert (required.code, required.err) == (0, "")
    assert Path("plain.csv").read_bytes() == Path("signed.csv").read_bytes()
    assert Path("sign.pub.state").exists()
    told = json.loads(giants("sign", "kept", "--key", "sign.pem", "--json").out)
    assert told == {"signed": "kept", "signature": "kept/signature.json"}


def test_a_registered_version_is_signed_and_scored(world, keys, store):
    reference = "models:/littlegiants@champion"
    given = ("--require-signature", "sign.pub", "--store", store)
    refused = score(world, *given, model=reference)
    assert (refused.code, refused.out) == (6, "")
    assert refused.err == f"giants: {reference} is not signed; sign it by `giants sign`\n"
    done = giants("sign", reference, "--key", "sign.pem", "--store", store)
    assert (done.code, done.out, done.err) == (0, "version 1 is signed\n", "")
    assert score(world, *given, model="models:/littlegiants/1").code == 0
    told = giants("sign", "models:/littlegiants/1", "--key", "sign.pem", "--store", store, "--json")
    assert json.loads(told.out) == {"signed": "models:/littlegiants/1", "version": 1}


def test_m06_an_older_model_is_scored_only_when_someone_answers_for_it(world, keys, kept):
    shutil.copytree(kept, "newer")
    for folder in ("kept", "newer"):
        assert giants("sign", folder, "--key", "sign.pem").code == 0
    given = ("--no-reasons", "--require-signature", "sign.pub", "--signature-state", "seen")
    assert score(world, *given, model="newer").code == 0
    Path("scores.csv").unlink()
    refused = score(world, *given, model="kept")
    assert (refused.code, refused.out, refused.err.count("\n")) == (6, "", 1)
    assert "before the newest that was taken" in refused.err
    assert not Path("scores.csv").exists()
    assert score(world, *given, "--allow-rollback", "newer one is off", model="kept").code == 0
    assert json.loads(Path("seen").read_text())["returns"][0]["reason"] == "newer one is off"
    assert score(world, *given, model="kept").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--require-signature", "sign.pub"), 6, "giants: kept: it is not signed; sign it by `giants sign`"),
        (("--require-signature", "absent.pub"), 2, "giants: absent.pub cannot be read: No such file or directory"),
        (("--require-signature", "sign.pem"), 2, "giants: sign.pem holds no public key in PEM form"),
        (("--signature-state", "seen"), 2, "giants: --signature-state and --allow-rollback go with .*"),
        (("--allow-rollback", "so"), 2, "giants: --signature-state and --allow-rollback go with .*"),
        (
            ("--require-signature", "sign.pub", "--allow-rollback", " "),
            2,
            "giants: --allow-rollback is empty; say why an older model is taken",
        ),
    ],
)
def test_score_refuses(world, keys, kept, arguments, code, message):
    done = score(world, *arguments, model="kept")
    assert (done.code, done.out) == (code, "")
    assert re.fullmatch(f"{message}\n", done.err), done.err
    assert not Path("scores.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nowhere", "--key", "sign.pem"), 6, "giants: nowhere is not a folder; .*"),
        (("kept", "--key", "absent.pem"), 2, "giants: there is no key absent.pem; make one by `openssl .*"),
        (("kept", "--key", "sign.pub"), 2, "giants: sign.pub is open to others, mode 0644; .*"),
        (("kept", "--key", "sign.pem", "--expires", "soon"), 2, "giants: 'soon' is not a date; .*"),
        (("models:/littlegiants/999", "--key", "sign.pem"), 6, "giants: models:/littlegiants/999: .*"),
        (("kept",), 2, "giants sign: Missing option '--key'; see giants sign --help"),
    ],
)
def test_sign_refuses(keys, kept, store, arguments, code, message):
    keys[1].chmod(0o644)
    done = giants("sign", *arguments, "--store", store)
    assert (done.code, done.out) == (code, "")
    assert re.fullmatch(f"{message}\n", done.err), done.err
    assert not (kept / "signature.json").exists()


def test_the_password_of_a_key_comes_from_the_environment_and_is_never_told(keys, kept, monkeypatch):
    run("openssl", "ec", "-in", keys[0], "-aes256", "-passout", "pass:sesame", "-out", "locked.pem")
    Path("locked.pem").chmod(0o600)
    done = giants("sign", "kept", "--key", "locked.pem")
    assert (done.code, done.err) == (2, "giants: the key locked.pem needs a password; see LITTLEGIANTS_KEY_PASSWORD\n")
    monkeypatch.setenv("LITTLEGIANTS_KEY_PASSWORD", "sesamum")
    done = giants("sign", "kept", "--key", "locked.pem")
    assert done.code == 2
    assert "sesamum" not in done.err
    monkeypatch.setenv("LITTLEGIANTS_KEY_PASSWORD", "sesame")
    assert giants("sign", "kept", "--key", "locked.pem").code == 0
