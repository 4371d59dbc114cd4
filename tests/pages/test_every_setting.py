"""The settings of the sweep over all pages; a part of them is visited by the tests of the pages themselves."""

from scripts import every_setting
from view.frame import PAGES


def test_the_sweep_visits_every_page_at_every_value_of_every_control():
    settings = every_setting.settings(5)
    for name, values in every_setting.OFFERED.items():
        visited = {setting[name] for setting in settings if name in setting}
        assert visited == set(values)
    assert settings == every_setting.settings(5)
    assert len(every_setting.settings(9)) == len(settings) + 4
    assert {name for name, _ in every_setting.visits(0)} == set(PAGES)
    assert {key.split("_")[0] for _, address in every_setting.visits(0) for key in address} == {
        *every_setting.PREFIX.values(),
        "book",
        "today",
    }


def test_a_kind_of_complaint_is_told_once():
    assert every_setting.kind("from 7.3 % to −1,440 × 10⁻⁵.") == every_setting.kind("from 2 % to 3.")
