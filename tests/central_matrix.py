"""Who may come near each endpoint: all of them, by name. One without a line here fails its test."""

from __future__ import annotations

EVERYBODY = frozenset({"nobody", "reviewer", "manager", "operations", "admin"})
STAFF = EVERYBODY - {"nobody"}

# Pages: who may open them. Those behind a student's link are open to all who have it.
LINK = "by a student's link"
REVIEWERS = frozenset({"reviewer", "admin"})
MANAGERS = frozenset({"manager", "admin"})
OPERATORS = frozenset({"operations", "admin"})
ADMINS = frozenset({"admin"})
# Calls of programs.
BOOTH = "by a booth's key"
CODE = "by a one-time code"
PROVIDER = "by a payment provider's signature"
MACHINE = "by machines that watch the service"

Who = frozenset[str] | str

_GROUPS: tuple[tuple[Who, dict[str, str]], ...] = (
    (
        BOOTH,
        {
            "/api/v1/batches/{code}": "GET",
            "/api/v1/heartbeat": "POST",
            "/api/v1/originals/{original_sha256}": "POST",
            "/api/v1/payments": "POST",
            "/api/v1/payments/{reference}": "GET",
            "/api/v1/payments/{reference}/close": "POST",
            "/api/v1/payments/{reference}/vouch": "POST",
            "/api/v1/release": "POST",
            "/api/v1/submissions/{photo_sha256}": "PUT GET",
            "/api/v1/support/{request_id}": "PUT",
        },
    ),
    (
        CODE,
        {
            "/api/v1/enrolment": "POST",
        },
    ),
    (
        PROVIDER,
        {
            "/api/v1/notify/{provider}": "POST",
        },
    ),
    (
        MACHINE,
        {
            "/healthz": "GET",
            "/metrics": "GET",
            "/openapi.json": "GET",
            "/readyz": "GET",
        },
    ),
    (
        EVERYBODY,
        {
            "/": "GET",
            "/b": "GET",
            "/b/{code}": "GET POST",
            "/login": "GET POST",
            "/login/code": "GET POST",
            "/logout": "POST",
            "/my": "GET POST",
            "/pay/back/{reference}": "GET",
            "/sandbox/pay/{reference}": "GET POST",
        },
    ),
    (
        LINK,
        {
            "/r/{receipt_token}": "GET",
            "/r/{receipt_token}/addresses": "GET POST",
            "/r/{receipt_token}/addresses/{name}/remove": "POST",
            "/r/{receipt_token}/contact": "POST",
            "/r/{receipt_token}/download": "GET",
            "/r/{receipt_token}/erase": "POST",
            "/r/{receipt_token}/fee": "GET POST",
            "/r/{receipt_token}/photo": "GET",
            "/r/{receipt_token}/prints": "GET POST",
            "/r/{receipt_token}/prints/{name}": "GET",
            "/r/{receipt_token}/prints/{name}/cancel": "POST",
            "/r/{receipt_token}/prints/{name}/pay": "POST",
            "/r/{receipt_token}/prints/{name}/receive": "POST",
            "/r/{receipt_token}/send": "POST",
            "/r/{receipt_token}/upload": "POST",
            "/r/{receipt_token}/withdraw": "POST",
        },
    ),
    (
        STAFF,
        {
            "/account": "GET",
            "/account/password": "POST",
            "/account/second-factor": "POST",
        },
    ),
    (
        REVIEWERS,
        {
            "/review": "GET",
            "/review/figures": "GET",
            "/review/next": "POST",
            "/review/second": "GET",
            "/review/second/{look_id}": "POST",
            "/review/{order_id}": "GET",
            "/review/{order_id}/approve": "POST",
            "/review/{order_id}/original/{version}": "GET",
            "/review/{order_id}/photo/{version}": "GET",
            "/review/{order_id}/reject": "POST",
            "/review/{order_id}/skip": "POST",
            "/review/{order_id}/undo": "POST",
        },
    ),
    (
        MANAGERS,
        {
            "/batches": "GET",
            "/batches/new": "GET POST",
            "/batches/{code}": "GET",
            "/batches/{code}/deliveries": "GET POST",
            "/batches/{code}/deliveries/proofs": "POST",
            "/batches/{code}/deliveries/{export_id}.zip": "GET",
            "/batches/{code}/deliveries/{export_id}/confirm": "POST",
            "/batches/{code}/edit": "GET POST",
            "/batches/{code}/finish": "POST",
            "/batches/{code}/phone-qr.svg": "GET",
            "/batches/{code}/poster.pdf": "GET",
            "/batches/{code}/prints": "GET POST",
            "/batches/{code}/process": "POST",
            "/batches/{code}/qr.svg": "GET",
            "/batches/{code}/roster": "POST",
            "/batches/{code}/roster/confirm": "POST",
            "/prints": "GET",
            "/prints/{name}": "GET",
            "/prints/{name}/address": "POST",
            "/prints/{name}/paid": "POST",
            "/prints/{name}/photo": "GET",
            "/prints/{name}/sheets.pdf": "GET",
            "/prints/{name}/{action}": "POST",
        },
    ),
    (
        OPERATORS,
        {
            "/fleet": "GET",
            "/fleet/add": "POST",
            "/fleet/alerts": "GET",
            "/fleet/alerts/{number}": "POST",
            "/fleet/booth/{name}": "POST",
            "/fleet/settings": "POST",
            "/fleet/support/{number}": "GET",
            "/rollouts": "GET POST",
            "/rollouts/halt": "POST",
        },
    ),
    (
        ADMINS,
        {
            "/staff": "GET POST",
            "/staff/{name}": "POST",
        },
    ),
)

MATRIX: dict[tuple[str, str], Who] = {
    (method, path): who
    for who, endpoints in _GROUPS
    for path, methods in endpoints.items()
    for method in methods.split()
}
"""(method, path as in the application) to who may."""
