"""What the API answers with: calls, texts, recordings, rooms, numbers and the account as its JSON."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from tests.doubles.phone.records import Call, Json, Recording, Text
from tests.doubles.phone.rooms import Room, Seat
from tests.doubles.phone.state import Number, State

_GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_LONG = set("^{}\\[~]|€")


def call_of(state: State, call: Call) -> Json:
    return {
        "sid": call.sid,
        "date_created": _date(call.made_at),
        "date_updated": _date(call.ended_at or call.made_at),
        "parent_call_sid": call.parent or None,
        "account_sid": state.account,
        "to": call.to,
        "to_formatted": call.to,
        "from": call.sender,
        "from_formatted": call.sender,
        "phone_number_sid": None,
        "status": call.status,
        "start_time": _date(call.started_at),
        "end_time": _date(call.ended_at),
        "duration": _seconds(call),
        "price": None,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by or None,
        "api_version": "2010-04-01",
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"/2010-04-01/Accounts/{state.account}/Calls/{call.sid}.json",
        "subresource_uris": {},
    }


def text_of(state: State, text: Text) -> Json:
    sent = text.status in ("sent", "delivered", "undelivered")
    return {
        "body": text.body,
        "num_segments": str(segments(text.body)),
        "direction": "inbound" if text.inbound else "outbound-api",
        "from": text.sender,
        "to": text.to,
        "date_updated": _date(text.at),
        "price": None,
        "error_message": None,
        "uri": f"/2010-04-01/Accounts/{state.account}/Messages/{text.sid}.json",
        "account_sid": state.account,
        "num_media": "0",
        "status": text.status,
        "messaging_service_sid": None,
        "sid": text.sid,
        "date_sent": _date(text.at) if sent else None,
        "date_created": _date(text.at),
        "error_code": text.error,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "subresource_uris": {},
    }


def recording_of(state: State, recording: Recording, media: str) -> Json:
    return {
        "account_sid": state.account,
        "api_version": "2010-04-01",
        "call_sid": recording.call or None,
        "conference_sid": recording.room or None,
        "date_created": _date(recording.made_at),
        "date_updated": _date(recording.made_at),
        "start_time": _date(recording.made_at),
        "duration": str(recording.seconds),
        "sid": recording.sid,
        "price": None,
        "price_unit": "USD",
        "status": "completed",
        "channels": 1,
        "source": recording.source,
        "error_code": None,
        "uri": f"/2010-04-01/Accounts/{state.account}/Recordings/{recording.sid}.json",
        "encryption_details": None,
        "subresource_uris": {},
        "media_url": media,
    }


def room_of(state: State, room: Room) -> Json:
    return {
        "account_sid": state.account,
        "date_created": _date(room.made_at),
        "date_updated": _date(room.made_at),
        "api_version": "2010-04-01",
        "friendly_name": room.name,
        "region": "us1",
        "sid": room.sid,
        "status": room.status,
        "uri": f"/2010-04-01/Accounts/{state.account}/Conferences/{room.sid}.json",
        "subresource_uris": {},
        "reason_conference_ended": room.reason or None,
        "call_sid_ending_conference": room.ended_by or None,
    }


def seat_of(state: State, room: Room, seat: Seat) -> Json:
    call = seat.leg.call.sid
    return {
        "account_sid": state.account,
        "call_sid": call,
        "label": seat.label or None,
        "call_sid_to_coach": None,
        "coaching": False,
        "conference_sid": room.sid,
        "date_created": _date(room.made_at),
        "date_updated": _date(room.made_at),
        "end_conference_on_exit": seat.ends,
        "muted": seat.muted,
        "hold": seat.held,
        "start_conference_on_enter": seat.starts,
        "status": "connected",
        "queue_time": "0",
        "uri": f"/2010-04-01/Accounts/{state.account}/Conferences/{room.sid}/Participants/{call}.json",
    }


def number_of(state: State, number: Number) -> Json:
    return {
        "account_sid": state.account,
        "address_requirements": "none",
        "api_version": "2010-04-01",
        "beta": False,
        "capabilities": {"voice": number.voice, "sms": number.texts, "mms": False, "fax": False},
        "date_created": _date(state.now()),
        "date_updated": _date(state.now()),
        "friendly_name": number.number,
        "phone_number": number.number,
        "origin": "twilio",
        "sid": number.sid,
        "sms_method": "POST",
        "sms_url": number.text_url,
        "status_callback": number.status_url,
        "status_callback_method": "POST",
        "status": "in-use",
        "voice_method": "POST",
        "voice_url": number.voice_url,
        "voice_receive_mode": "voice",
        "uri": f"/2010-04-01/Accounts/{state.account}/IncomingPhoneNumbers/{number.sid}.json",
    }


def account_of(state: State) -> Json:
    return {
        "auth_token": "kept",
        "date_created": _date(state.now()),
        "date_updated": _date(state.now()),
        "friendly_name": "Northwind Support",
        "owner_account_sid": state.account,
        "sid": state.account,
        "status": state.account_status,
        "subresource_uris": {},
        "type": "Trial" if state.trial else "Full",
        "uri": f"/2010-04-01/Accounts/{state.account}.json",
    }


def page_of(name: str, rows: list[Json], number: int, size: int, path: str) -> Json:
    """One page of a list."""
    part = rows[number * size : (number + 1) * size]
    more = len(rows) > (number + 1) * size
    return {
        name: part,
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(0, len(part) - 1),
        "uri": path,
        "first_page_uri": path,
        "previous_page_uri": None,
        "next_page_uri": f"{path}?Page={number + 1}&PageSize={size}&PageToken=PT{number + 1}" if more else None,
    }


def segments(body: str) -> int:
    """How many texts the carrier makes of it."""
    if set(body) <= _GSM7 | _GSM7_LONG:
        length = len(body) + sum(one in _GSM7_LONG for one in body)
        return 1 if length <= 160 else -(-length // 153)
    length = len(body.encode("utf-16-le")) // 2
    return 1 if length <= 70 else -(-length // 67)


def _date(at: datetime | None) -> str | None:
    return None if at is None else format_datetime(at)


def _seconds(call: Call) -> str | None:
    if call.ended_at is None:
        return None
    return str(round((call.ended_at - call.started_at).total_seconds())) if call.started_at else "0"
