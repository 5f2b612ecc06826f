"""What is written into an installed machine to test it: its places, settings and units.

What is not as on a booth: an X server draws into memory in place of the console, and the cameras
are simulated.
"""

from __future__ import annotations

from kiosk.booth.pin import hash_pin

PROGRAM = "opt/campus-capture-kiosk"
SETTINGS = "etc/campus-capture-kiosk"
UNITS = "usr/local/lib/systemd/system"
PACKAGES = "opt/packages-of-test-releases"
BATCH = "Z3K8F7"
STUDENT = ("2023010208", "李明", "11010120050315629X")
"""Invented: student number, name, ID number."""
PIN = "4711"
WIDTH, HEIGHT = 540, 960
SCENE = "srv/scene"
DISPLAY = ":7"

SCREEN = f"""[Unit]
Description=An X server that draws into memory
[Service]
ExecStart=/usr/bin/Xvfb {DISPLAY} -screen 0 {WIDTH}x{HEIGHT}x24 -ac -nolisten tcp -noreset
"""
_NO_CONSOLE = "StandardInput=null\nTTYPath=\nTTYReset=no\nTTYVHangup=no\nTTYVTDisallocate=no\n"
KIOSK = f"""[Unit]
Wants=screen.service
After=screen.service
[Service]
{_NO_CONSOLE}Environment=DISPLAY={DISPLAY} SDL_VIDEODRIVER=x11
"""
# Two seconds on the fallback screen, not two minutes.
FALLBACK = f"""[Service]
{_NO_CONSOLE}StandardOutput=journal
ExecStart=
ExecStart=-/{PROGRAM}/committed/bin/kiosk fallback --config /{SETTINGS}/kiosk.toml
ExecStart=/bin/sleep 2
"""
BOOTH = f"""
[booth]
name = "booth-1"
data_directory = "/var/lib/campus-capture-kiosk"
batch = "{BATCH}"
staff_pin_hash = "{hash_pin(PIN)}"

[screen]
width_px = {WIDTH}
height_px = {HEIGHT}

[main_camera]
driver = "simulated"
simulated_folder = "/{SCENE}"
open_deadline_s = 20.0
frame_deadline_s = 5.0
frozen_after_s = 5.0

[code_camera]
driver = "simulated"
simulated_folder = "/{SCENE}"
open_deadline_s = 20.0
frame_deadline_s = 5.0
frozen_after_s = 5.0

[codes]
key_file = "capture-code.key"

[central]
url = "http://127.0.0.1:8460"
booth_token_file = "/etc/campus-capture-kiosk/credentials/booth-token"

[outbox]
min_free_bytes = 50_000_000
retry_first_s = 1.0
retry_longest_s = 3.0
"""
