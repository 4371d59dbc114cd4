"""A mention of a figure, or of an equation, leads to it."""

from playwright.sync_api import expect

from tests.browser.test_browser import reader, visit  # noqa: F401, reader is a fixture


def test_a_mention_leads_to_its_figure(server, reader):  # noqa: F811
    visit(reader, server.url + "/decay_per_epoch?bets=off")
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    caption = reader.get_by_text("Figure 2.1.", exact=True)
    figure = reader.get_by_test_id("stVegaLiteChart").first
    mention = reader.locator("a[href='#figure-2-1']").first
    mention.scroll_into_view_if_needed()
    expect(figure).not_to_be_in_viewport()
    mention.press("Enter")
    expect(caption).to_be_in_viewport()
    expect(figure).to_be_in_viewport(ratio=0.5)
    assert reader.url.endswith("/decay_per_epoch?bets=off#figure-2-1")


def test_a_mention_leads_to_its_equation_also_where_that_is_folded(server, reader):  # noqa: F811
    visit(reader, server.url + "/tail_off?bets=off")
    expect(reader.get_by_role("link", name="Next:")).to_be_visible()
    reader.get_by_text("Layer by layer, and over λ and the fan-in").click()
    equation = reader.locator(".katex-display").filter(has_text="(3.3)")
    expect(equation).not_to_be_visible()
    reader.locator("a[href='#equation-3-3']:visible").first.press("Enter")
    expect(equation).to_be_in_viewport()


def test_an_address_leads_into_a_fold_to_a_figure_that_is_drawn_then(server, reader):  # noqa: F811
    visit(reader, server.url + "/tail_off?bets=off#figure-3-5")
    fold = reader.get_by_test_id("stExpander").filter(has_text="All stages in one unit")
    expect(fold.get_by_test_id("stVegaLiteChart").locator("svg.marks")).to_be_visible()
    expect(reader.locator("#figure-3-5")).to_be_in_viewport()
    assert fold.locator("[inert]").count() == 0  # links in it lead on
    fold.locator("summary").press("Enter")
    expect(reader.locator("#figure-3-5")).not_to_be_visible()
