"""What OpenAPI says beyond the routes themselves: who may ask, every refusal in one shape, 304, examples."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import compile_path

from api.auth import PublicRule, rules_of
from api.examples import BODIES, FILES, made_of

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457; `reference` finds the line in the operator's log",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reference": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}},
            },
        },
    },
}
SCHEMES: dict[str, Any] = {
    "key": {"type": "http", "scheme": "bearer", "description": "an API key: dini_..."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "dini_sesi",
        "description": "the pages' cookie; unsafe methods then need X-CSRF-Token",
    },
    "feed_key": {
        "type": "http",
        "scheme": "basic",
        "description": "feed readers only: any name, an API key as the password",
    },
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once an application; a drop-in for `app.openapi`."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes, openapi_version="3.1.0"
    )
    parts = made.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    parts["securitySchemes"] = SCHEMES
    rules = ruled(app)
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            finish(operation, method, rules.get((path, method), ()))
            illustrate(operation, f"{method} {path}", parts["schemas"])
    exact(made)
    app.openapi_schema = made
    return made


def exact(part: Any) -> None:
    """Bounds of whole numbers as whole numbers: written as floats, 2**63 - 1 would come out one too large."""
    for inner in part if isinstance(part, list) else part.values() if isinstance(part, dict) else ():
        exact(inner)
    if isinstance(part, dict) and part.get("type") == "integer":
        for bound in ("minimum", "maximum"):
            if isinstance(part.get(bound), float):
                part[bound] = min(int(part[bound]), 2**63 - 1)


def finish(operation: dict[str, Any], method: str, rules: tuple[Any, ...]) -> None:
    open_to_all = not rules or all(isinstance(rule, PublicRule) for rule in rules)
    if not open_to_all:
        scopes = sorted({rule.scope.value for rule in rules if getattr(rule, "scope", None)})
        keys = ["key"] + (["feed_key"] if any(getattr(r, "basic", False) for r in rules) else [])
        operation["security"] = [*({name: scopes} for name in keys), {"session": []}]
    answers = operation["responses"]
    for status in ("400", "413") if "requestBody" in operation else ():
        answers.setdefault(status, {"description": "Unreadable" if status == "400" else "Too large"})
    if not open_to_all:
        answers.setdefault("503", {"description": "The database is not ready"})
        answers.setdefault("429", {"description": "This key asks too fast; see Retry-After"})
    for status, said in answers.items():
        if int(status) >= 400 and not (open_to_all and status == "503"):
            said["content"] = {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
    if method == "get" and not open_to_all:
        answers["304"] = {"description": "You have it: If-None-Match names its ETag"}
        answers["200"].setdefault("headers", {})["ETag"] = {
            "description": "strong; send it back in If-None-Match",
            "schema": {"type": "string"},
        }


def illustrate(operation: dict[str, Any], name: str, parts: dict[str, Any]) -> None:
    """An example of the body and of each good answer."""
    for said in operation.get("requestBody", {}).get("content", {}).values():
        said["example"] = BODIES.get(name) or made_of(said.get("schema", {}), parts)
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            for media, said in answer.get("content", {}).items():
                shown = FILES.get(media) or made_of(said.get("schema", {}), parts)
                said["example"] = "(berkas)" if shown in (None, "contoh") else shown


def ruled(app: FastAPI) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The rules of each operation by (path, method in lower case)."""
    return {
        (compile_path(context.path or "")[1], method.lower()): tuple(
            rules_of(context.original_route.dependant)
        )
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.original_route.methods or ()
    }


def allowed(app: FastAPI, path: str) -> str:
    """Every method of an address: the routing knows the first route that fits only."""
    found = {
        method
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and compile_path(context.path or "")[0].match(path)
        for method in context.original_route.methods or ()
    }
    return ", ".join(sorted(found))
