"""Keys made by openssl, as the documentation tells to."""

import subprocess
from pathlib import Path


def make_keys(folder: Path, name: str = "sign", curve: str = "prime256v1") -> tuple[Path, Path]:
    """A private key and its public half."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    run("openssl", "ecparam", "-name", curve, "-genkey", "-noout", "-out", private)
    run("openssl", "ec", "-in", private, "-pubout", "-out", public)
    private.chmod(0o600)
    return private, public


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60)
