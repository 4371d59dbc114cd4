"""The server's own first visit asks for what readers ask for, and ends with the connection."""

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine.claims import decay_per_epoch
from tests.coroutines import completed
from view import first_reader
from view.controls import CONTROLS, text

FINISHED, EARLY = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN


def sent(**told):
    return {"type": "websocket.send", "bytes": ForwardMsg(**told).SerializeToString()}


@pytest.fixture(autouse=True)
def ready(monkeypatch):
    monkeypatch.setattr(first_reader, "READY", asyncio.Event())
    settled = []  # and no more: these tests are not all that this process does
    monkeypatch.setattr(first_reader, "_settle", lambda: settled.append(first_reader.READY.is_set()))
    return settled


def visits(*answers):
    """What an application is asked that gives these answers to a page, and then waits for the reader to leave."""
    asked = []

    async def app(scope, receive, send):
        assert (await receive())["type"] == "websocket.connect"
        opening = BackMsg.FromString((await receive())["bytes"]).rerun_script
        asked.append((scope["path"], opening.page_name, opening.query_string))
        left = asyncio.create_task(receive())
        for answer in answers:
            await asyncio.sleep(0)
            assert not left.done()
            await send(answer)
        if answers:
            assert (await left)["type"] == "websocket.disconnect"

    completed(asyncio.wait_for(first_reader.read(app), 20))
    return asked


def test_every_page_is_opened_and_every_lambda_of_those_with_runs(ready, caplog):
    asked = visits(
        {"type": "websocket.accept"}, sent(script_finished=EARLY), sent(session_event={}), sent(script_finished=FINISHED)
    )
    assert {stream for stream, *_ in asked} == {"/_stcore/stream"}
    opened = [(page, query) for _, page, query in asked]
    assert opened[:10] == [(page, "") for page in first_reader.PLACES]
    moved = [query for page, query in opened[10:] if page == decay_per_epoch.NAME]
    assert moved == [f"c2_lambda={text(lam)}" for lam in CONTROLS["l2"].options]
    assert len(opened) == 10 + 5 * len(moved)
    assert ready == [False]  # before others are told
    assert first_reader.READY.is_set()
    assert not caplog.records


@pytest.mark.parametrize("answers", [[], [{"type": "websocket.accept"}], [sent(script_finished=EARLY)]])
def test_a_page_that_is_not_drawn_to_its_end_is_told_and_the_server_is_not_ready(ready, monkeypatch, caplog, answers):
    """Because the connection is ended, or nothing comes."""
    monkeypatch.setattr(first_reader, "PATIENCE", 0.05)
    assert len(visits(*answers)) == 1
    assert not ready
    assert not first_reader.READY.is_set()
    assert "the pages were not all opened" in caplog.text
