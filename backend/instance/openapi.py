"""The OpenAPI document, made from the types and the catalogue that run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from backend.instance.bodies import BODIES
from backend.model.vocabulary import Answer, OperationKey
from backend.strategies import all_strategies

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "answer", "code", "parts"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The sentence in English"},
        "code": {"type": "string", "description": "The sentence, for who has words of another language"},
        "parts": {"type": "object", "description": "What the sentence names"},
        "answer": {"type": "string", "enum": [answer.value for answer in Answer]},
    },
}
_REFUSALS = (400, 401, 403, 404, 409, 413, 415, 422, 503)


@cache
def openapi_document() -> dict[str, Any]:
    """OpenAPI 3.1 of one instance."""
    bodies, schemas = msgspec.json.schema_components(BODIES.values(), ref_template="#/components/schemas/{name}")
    paths: dict[str, Any] = {
        f"/operations/{key}": {"post": _operation(key, schema)} for key, schema in zip(BODIES, bodies, strict=True)
    }
    paths["/tokens"] = {"post": _simple("Hand out a form token", 201)}
    paths["/orders/{order_no}"] = {"get": _simple("What the form of an order shows", 200, path="order_no")}
    paths["/goods/{item}"] = {"get": _simple("What the form of a stock change shows", 200, path="item")}
    paths["/health"] = {"get": _simple("Whether the process answers", 200)}
    paths["/openapi.json"] = {"get": _simple("This document", 200)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Submit Twice", "version": "1"},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(key: OperationKey, body: dict[str, Any]) -> dict[str, Any]:
    strategies = all_strategies()
    variants = {variant.key: str(variant.prose.summary) for strategy in strategies for variant in strategy.variants}
    return {
        "summary": f"Submit {key}, guarded by the strategy that the query names",
        "parameters": [
            _query("strategy", {strategy.key: str(strategy.title) for strategy in strategies}, required=True),
            _query("variant", variants, required=False),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"200": _answer("Replayed"), "201": _answer("Created"), **_problems()},
    }


def _simple(summary: str, status: int, path: str = "") -> dict[str, Any]:
    described: dict[str, Any] = {"summary": summary, "responses": {str(status): _answer("Done"), **_problems()}}
    if path:
        described["parameters"] = [{"name": path, "in": "path", "required": True, "schema": {"type": "string"}}]
    return described


def _query(name: str, values: Mapping[str, str], *, required: bool) -> dict[str, Any]:
    described = "\n".join(f"- `{value}`: {about}" for value, about in values.items())
    schema = {"type": "string", "enum": list(values)}
    return {"name": name, "in": "query", "required": required, "description": described, "schema": schema}


def _answer(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}


def _problems() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in _REFUSALS}
