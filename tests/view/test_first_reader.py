"""The server's own first visit asks for what readers ask for, and ends with the connection."""

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine.claims import decay_per_epoch
from view import first_reader
from view.controls import CONTROLS, text


def finished():
    message = ForwardMsg()
    message.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    return {"type": "websocket.send", "bytes": message.SerializeToString()}


def visits(answers):
    """What an application is asked that gives these answers to a page and then waits for the reader to leave."""
    asked = []

    async def app(scope, receive, send):
        assert (await receive())["type"] == "websocket.connect"
        opening = BackMsg.FromString((await receive())["bytes"]).rerun_script
        asked.append((scope["path"], opening.page_name, opening.query_string))
        for answer in answers:
            await send(answer)
        if answers:
            assert (await receive())["type"] == "websocket.disconnect"

    asyncio.run(asyncio.wait_for(first_reader.read(app), 20))
    return asked


@pytest.mark.parametrize("answers", [[finished()], [{"type": "websocket.accept"}, finished()], []])
def test_every_page_is_opened_and_every_lambda_of_those_with_runs(answers):
    """By an application that answers, and by one that ends every connection."""
    asked = visits(answers)
    assert {stream for stream, *_ in asked} == {"/_stcore/stream"}
    opened = [(page, query) for _, page, query in asked]
    assert opened[:10] == [(page, "") for page in first_reader.PLACES]
    moved = [query for page, query in opened[10:] if page == decay_per_epoch.NAME]
    assert moved == [f"c2_lambda={text(lam)}" for lam in CONTROLS["l2"].options]
    assert len(opened) == 10 + 5 * len(moved)
