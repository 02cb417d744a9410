"""`/api/v1/hooks`: webhooks, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_hooks
from api.auth import CheckedHeader, HookKeeper, Number, doors, now_of
from api.rest import documented
from screening import DeliveryState

router = APIRouter(tags=["v1"])


@router.get("/hooks", response_class=Response, responses=documented(wire_hooks.HooksOut))
def hooks(request: Request, visitor: HookKeeper) -> Response:
    """All of them with what waits; never a secret."""
    return wire.answer(wire_hooks.hooks_out(doors(request).desk.hooks.all()))


@router.post(
    "/hooks",
    status_code=201,
    response_class=Response,
    responses=documented(wire_hooks.SecretOut, 201),
    dependencies=[CheckedHeader],
)
def add(request: Request, visitor: HookKeeper, body: wire_hooks.HookIn) -> Response:
    """An address to be told (https, or a host:port of the allow-list); no `kinds` means all of them."""
    made, secret = doors(request).desk.hooks.add(
        body.url, body.office, [kind.value for kind in body.kinds], visitor.account.id, now_of(request)
    )
    return wire.answer({"hook": wire_hooks.hook_out(made), "secret": secret}, 201)


@router.get("/hooks/{hook_id}", response_class=Response, responses=documented(wire_hooks.HookOut))
def hook(request: Request, visitor: HookKeeper, hook_id: Number) -> Response:
    """One hook."""
    return wire.answer(wire_hooks.hook_out(doors(request).desk.hooks.one(hook_id)))


@router.delete(
    "/hooks/{hook_id}",
    response_class=Response,
    responses=documented(wire_hooks.CountedOut),
    dependencies=[CheckedHeader],
)
def remove(request: Request, visitor: HookKeeper, hook_id: Number) -> Response:
    """No more to this one; what waits for it goes too. `count` is how many hooks are left."""
    desk = doors(request).desk
    desk.hooks.remove(hook_id, visitor.account.id, now_of(request))
    return wire.answer({"count": len(desk.hooks.all())})


@router.post(
    "/hooks/{hook_id}/rotate",
    response_class=Response,
    responses=documented(wire_hooks.SecretOut),
    dependencies=[CheckedHeader],
)
def rotate(request: Request, visitor: HookKeeper, hook_id: Number) -> Response:
    """A new secret; for 24 hours each message carries the signatures of both."""
    desk = doors(request).desk
    secret = desk.hooks.rotate(hook_id, visitor.account.id, now_of(request))
    return wire.answer({"hook": wire_hooks.hook_out(desk.hooks.one(hook_id)), "secret": secret})


@router.post(
    "/hooks/{hook_id}/pause",
    response_class=Response,
    responses=documented(wire_hooks.HookOut),
    dependencies=[CheckedHeader],
)
def pause(request: Request, visitor: HookKeeper, hook_id: Number) -> Response:
    """Nothing is sent, what happens is still owed; 409 unless it is active."""
    made = doors(request).desk.hooks.pause(hook_id, visitor.account.id, now_of(request))
    return wire.answer(wire_hooks.hook_out(made))


@router.post(
    "/hooks/{hook_id}/resume",
    response_class=Response,
    responses=documented(wire_hooks.HookOut),
    dependencies=[CheckedHeader],
)
def resume(request: Request, visitor: HookKeeper, hook_id: Number) -> Response:
    """What has waited is due now; 409 unless it is paused (one that 410 ended is made anew)."""
    made = doors(request).desk.hooks.resume(hook_id, visitor.account.id, now_of(request))
    return wire.answer(wire_hooks.hook_out(made))


@router.post(
    "/hooks/{hook_id}/test",
    status_code=201,
    response_class=Response,
    responses=documented(wire_hooks.DeliveryOut, 201),
    dependencies=[CheckedHeader],
)
def test(request: Request, visitor: HookKeeper, hook_id: Number) -> Response:
    """A `hook.test` is owed to it and goes out with the next round; see its deliveries."""
    desk = doors(request).desk
    number = desk.hooks.test(hook_id, visitor.account.id, now_of(request))
    return wire.answer(wire_hooks.delivery_out(desk.hooks.delivery(number)), 201)


@router.post(
    "/hooks/{hook_id}/replay",
    response_class=Response,
    responses=documented(wire_hooks.CountedOut),
    dependencies=[CheckedHeader],
)
def replay(request: Request, visitor: HookKeeper, hook_id: Number, body: wire_hooks.ReplayIn) -> Response:
    """What happened in [since, until) is owed once more, under the same ids; `count` events."""
    count = doors(request).desk.hooks.replay(
        hook_id, body.since, visitor.account.id, now_of(request), body.until
    )
    return wire.answer({"count": count})


@router.get(
    "/hooks/{hook_id}/deliveries", response_class=Response, responses=documented(wire_hooks.DeliveriesOut)
)
def deliveries(
    request: Request,
    visitor: HookKeeper,
    hook_id: Number,
    *,
    state: DeliveryState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Newest event first; it has no cursor."""
    found = doors(request).desk.hooks.deliveries(hook_id, limit, state)
    return wire.answer(wire_hooks.deliveries_out(found))
