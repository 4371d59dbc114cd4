"""The film of the opening, played, stepped through and left still."""

import numpy as np
import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from engine.studies import film
from tests.browser.serving import answered, session
from tests.browser.test_browser import reader, visit  # noqa: F401

LAST = film.BASE.epochs
PIXELS = """c => {
  const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(c, 0, 0);
  return [...copy.getImageData(0, 0, c.width, c.height).data];
}"""
FRAMES = """() => new Promise(done => {
  const times = [];
  const tick = now => { times.push(now); times.length < 120 ? requestAnimationFrame(tick) : done(times); };
  requestAnimationFrame(tick);
})"""


@pytest.fixture
def player(server, reader):  # noqa: F811
    visit(reader, server.url + "/")
    expect(reader.locator(".player output")).to_have_text(f"epoch {LAST}")  # it has played once, by itself
    return reader.locator(".player")


def assert_shows(canvases, weights):
    """Pictures of weights (count, inputs) in steps: the more solid the larger, blue above 0 and orange below."""
    colours = np.array([canvas.evaluate(PIXELS) for canvas in canvases.all()]).reshape(*weights.shape, 4)
    np.testing.assert_allclose(colours[..., 3], np.abs(weights.astype(float)) * 255 / film.LEVELS, atol=1)
    seen = np.abs(weights) > film.LEVELS / 8  # paler colours are rounded
    assert seen.any()
    assert ((colours[..., 2] > colours[..., 0]) == (weights > 0))[seen].all()


def test_the_pictures_are_the_weights_and_keys_step_through_them(player):
    book, bare = film.results()
    scrubber, output = player.get_by_role("slider", name="Epoch"), player.locator("output")
    expect(player.locator(".sizes .start")).to_have_text("the start, 1.00")
    scrubber.focus()
    for key, epoch in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", LAST)):
        scrubber.press(key)
        expect(output).to_have_text(f"epoch {epoch}")
        assert_shows(player.locator(".film canvas"), book.frames[epoch])
        expect(player.locator(".sizes .output")).to_have_text(f"output weights {book.rms[epoch, 1]:.2f}")
        expect(player.get_by_role("img", name=f"at epoch {epoch} of training with λ = 5")).to_have_count(1)
    player.get_by_role("radio", name="λ = 0").press("Space")
    assert_shows(player.locator(".film canvas"), bare.frames[LAST])
    expect(player.get_by_role("img", name=f"at epoch {LAST} of training with λ = 0")).to_have_count(1)


def test_play_moves_the_epoch_pauses_and_stops_at_the_end(player):
    output, button = player.locator("output"), player.get_by_role("button")
    expect(button).to_have_text("Play")
    button.press("Space")
    expect(button).to_have_text("Pause")
    expect(output).to_have_attribute("aria-live", "off")
    button.press("Space")
    expect(button).to_have_text("Play")
    expect(output).to_have_attribute("aria-live", "polite")
    stopped = output.text_content()
    player.page.wait_for_timeout(500)
    expect(output).to_have_text(stopped)
    button.press("Space")
    intervals = np.diff(player.page.evaluate(FRAMES))
    assert np.median(intervals) < 1000 / 30  # of a machine that is shared; 60 a second on a quiet one
    expect(output).to_have_text(f"epoch {LAST}")
    expect(button).to_have_text("Play")


def test_without_motion_it_stands_still_and_shows_begin_middle_and_end(server, reader):  # noqa: F811
    reader.emulate_media(reduced_motion="reduce")
    visit(reader, server.url + "/")
    player = reader.locator(".player")
    expect(player.locator(".still")).to_be_visible()
    expect(player.locator(".still p")).to_have_text([f"λ = 5, the book’s, epoch {k}" for k in (0, LAST // 2, LAST)])
    reader.wait_for_timeout(1000)
    expect(player.locator("output")).to_have_text("epoch 0")
    expect(player.get_by_role("button")).to_have_count(0)
    book = film.results()[0]
    assert_shows(player.locator(".still canvas"), np.concatenate([book.frames[k] for k in (0, LAST // 2, LAST)]))


def test_on_paper_there_is_the_still(player):
    player.page.emulate_media(media="print")
    expect(player.locator(".still")).to_be_visible()
    for part in (".film", "button", "[type=range]", ".choice"):
        expect(player.locator(part)).to_be_hidden()


def test_it_keeps_its_place_and_its_epoch_when_the_theme_changes(player):
    player.get_by_role("radio", name="λ = 0").press("Space")
    before = player.bounding_box()
    player.page.emulate_media(color_scheme="dark")
    expect(player.locator("path.hidden")).to_have_css("stroke", "rgb(86, 180, 233)")  # the first colour of the dark theme
    expect(player.locator("output")).to_have_text(f"epoch {LAST}")
    expect(player.get_by_role("radio", name="λ = 0")).to_be_checked()
    assert player.bounding_box() == before


@pytest.mark.parametrize("width", [390, 1280])
def test_its_place_is_kept_before_it_is_there(player, width):
    """What article.css keeps for it is as high as it is, within a line."""
    player.page.set_viewport_size({"width": width, "height": 900})
    kept = player.page.locator(".st-key-film").evaluate("e => parseFloat(getComputedStyle(e).minHeight)")
    assert kept == pytest.approx(player.bounding_box()["height"], abs=27)


def test_on_the_wire_it_is_less_than_150_kB(server):
    message = BackMsg()
    message.rerun_script.page_name = ""
    with session(server) as socket:
        (sent,) = (e for e in answered(socket, message) if e.WhichOneof("type") == "bidi_component")
    assert 50e3 < sent.ByteSize() < 150e3
