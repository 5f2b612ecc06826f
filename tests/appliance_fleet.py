"""What operations do in a browser on the fleet page, for the machine whose network this runs in.

Called with address, account, password, what to do and the booth's name: ``add`` it and print its
one-time code; ``ask`` it for a support bundle; ``fetch`` the newest one, which is written as it is,
nothing when none has come.
"""

from __future__ import annotations

import re
import sys

import requests
from central_browser import Form


def main() -> None:
    address, account, password, what, booth = sys.argv[1:]
    session = requests.Session()

    def get(page: str) -> requests.Response:
        answer = session.get(address + page, timeout=30)
        answer.raise_for_status()
        return answer

    def submit(page: str, action: str, **values: str) -> str:
        fields = Form(get(page).text, action).fields | values
        answer = session.post(address + action, data=fields, timeout=30)
        answer.raise_for_status()
        return answer.text

    submit("/login", "/login", name=account, password=password)
    if what == "add":
        shown = re.search(r"<code>([0-9A-Z-]+)</code>", submit("/fleet", "/fleet/add", name=booth))
        assert shown is not None, "the page shows no code"
        sys.stdout.write(shown[1] + "\n")
    elif what == "ask":
        submit("/fleet", f"/fleet/booth/{booth}", what="support")
    elif link := re.search(r'href="(/fleet/support/[0-9]+)"', get("/fleet").text):
        sys.stdout.buffer.write(get(link[1]).content)


if __name__ == "__main__":
    main()
