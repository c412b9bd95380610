"""The browser that the page is looked at with."""

import os
import shutil

from playwright.sync_api import ViewportSize

CHROMIUM = os.environ.get("LITTLEGIANTS_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
# Milliseconds; a browser on a busy machine may take long over a picture.
PATIENCE = 120_000
