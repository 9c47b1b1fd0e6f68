"""views.*: modals that open on a trigger, stack up to three deep, and homes."""

from __future__ import annotations

from tests.doubles.slack.limits import view_problems
from tests.doubles.slack.seen import Json, View
from tests.doubles.slack.state import Refused, State

DEEPEST = 3


def open_view(state: State, args: Json) -> Json:
    check_view(state, "views.open", args["view"], "modal")
    trigger = state.exchange(args.get("trigger_id"))
    view = state.view(args["view"], trigger.user)
    keep(state, view)
    state.stacks[trigger.user] = [view.id]
    return {"view": dict(view)}


def push_view(state: State, args: Json) -> Json:
    check_view(state, "views.push", args["view"], "modal")
    trigger = state.exchange(args.get("trigger_id"))
    return {"view": dict(push(state, trigger.user, args["view"]))}


def push(state: State, user: str, given: Json) -> View:
    """Put a view on a person's stack."""
    stack = state.stacks.get(user, [])
    if not stack:
        raise Refused("not_found")
    if len(stack) >= DEEPEST:
        raise Refused("push_limit_reached")
    view = state.view(given, user, previous=stack[-1], root=stack[0])
    keep(state, view)
    stack.append(view.id)
    return view


def update_view(state: State, args: Json) -> Json:
    check_view(state, "views.update", args["view"], "")
    old = _find(state, args)
    if args.get("hash") and args["hash"] != old["hash"]:
        raise Refused("hash_conflict")
    return {"view": dict(renew(state, old, args["view"]))}


def renew(state: State, old: View, given: Json) -> View:
    """Another content for an open view; what was typed into inputs that stay is kept."""
    new = state.view(given, "", old.get("previous_view_id") or "", old["root_view_id"], id=old.id)
    stay = {block["block_id"] for block in new["blocks"]}
    new["state"] = {"values": {id: value for id, value in old["state"]["values"].items() if id in stay}}
    keep(state, new)
    return new


def publish(state: State, args: Json) -> Json:
    user = str(args["user_id"])
    if user not in state.people:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid `user_id`"]})
    check_view(state, "views.publish", args["view"], "home")
    old = state.homes.get(user)
    if args.get("hash") and old is not None and args["hash"] != old["hash"]:
        raise Refused("hash_conflict")
    view = state.view(args["view"], user, id=old.id if old else "")
    state.homes[user] = view
    state.views[view.id] = view
    return {"view": dict(view)}


def check_view(state: State, where: str, view: Json, kind: str) -> None:
    """Raises Refused for a view that Slack would not take."""
    problems, unknown = view_problems(view, kind, knows_new=state.knows_new_blocks)
    for problem in problems:
        state.fault(f"{where}: {problem}")
    if problems or unknown:
        messages = [f"[ERROR] {one}" for one in (*problems, *unknown)]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})


def keep(state: State, view: View) -> None:
    external = view.get("external_id")
    twin = next((one for one in state.views.values() if external and one.get("external_id") == external), None)
    if twin is not None and twin.id != view.id:
        raise Refused("duplicate_external_id")
    state.views[view.id] = view


def close(state: State, user: str, *, all: bool = False) -> None:
    """The top view of a person's stack is gone, or all of them."""
    stack = state.stacks.get(user, [])
    for id in stack if all else stack[-1:]:
        state.views.pop(id, None)
    state.stacks[user] = [] if all else stack[:-1]


def _find(state: State, args: Json) -> View:
    if args.get("view_id"):
        found = state.views.get(str(args["view_id"]))
    else:
        wanted = args.get("external_id")
        found = next((one for one in state.views.values() if wanted and one.get("external_id") == wanted), None)
    if found is None:
        raise Refused("not_found")
    return found
