from __future__ import annotations

import copy
import enum
import json
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import ParameterError
from nbflow.flowspec.config import (
    Config,
    ConfigValue,
    Delayed,
    Values,
    config_expr,
    configs_of,
    facts_of,
    has_delayed,
    is_unpacked,
    read,
    recorded,
    resolve,
    resolved,
)
from nbflow.flowspec.config_value import ConfigList
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.parsers import yaml_parser

DATA = {"model": {"alpha": 0.5, "layers": [{"size": 8}, {"size": 4}]}, "name": "Ridge", "items": 3}


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(ParameterError) as caught:
        act()
    return str(caught.value)


def configs(**declared: Config) -> dict[str, Config]:
    return configs_of(type("Flow", (), declared))


def value_of(config: Config, **options: Any) -> Any:
    found = configs(cfg=config)
    return resolve(found, read(found, **options))["cfg"]


# ---- ConfigValue -----------------------------------------------------------------------------------------------------


def test_a_value_is_read_by_attribute_and_by_item() -> None:
    cfg = ConfigValue(DATA)
    assert cfg.model.alpha == cfg["model"]["alpha"] == 0.5
    assert cfg.model.layers[1].size == 4
    assert cfg["items"] == 3


def test_a_value_is_a_dict_for_all_that_asks_for_one() -> None:
    cfg = ConfigValue(DATA)
    assert isinstance(cfg, dict)
    assert cfg == DATA
    assert json.loads(json.dumps(cfg)) == DATA
    assert dict(**cfg.model) == DATA["model"]
    assert list(cfg) == ["model", "name", "items"]
    assert cfg.get("absent", 1) == 1
    assert "model" in cfg
    assert repr(cfg) == repr(DATA)
    assert cfg | {"name": "Lasso"} == {**DATA, "name": "Lasso"}


def test_a_missing_key_names_those_that_are_there() -> None:
    cfg = ConfigValue(DATA)
    with pytest.raises(
        AttributeError, match=r"there is no 'modle' in the config. Did you mean 'model'\? It has: model"
    ):
        _ = cfg.modle
    with pytest.raises(KeyError):
        cfg["modle"]
    assert not hasattr(cfg, "modle")


def set_attribute(cfg: Any) -> None:
    cfg.name = "Lasso"


def delete_attribute(cfg: Any) -> None:
    del cfg.name


def set_item(cfg: Any) -> None:
    cfg["model"]["alpha"] = 1


def delete_item(cfg: Any) -> None:
    del cfg["name"]


def merge(cfg: Any) -> None:
    cfg |= {"name": "Lasso"}


def extend(cfg: Any) -> None:
    cfg.model.layers += [1]


@pytest.mark.parametrize(
    "change",
    [
        set_attribute, delete_attribute, set_item, delete_item, merge, extend,
        lambda cfg: cfg.update(name="Lasso"), lambda cfg: cfg.pop("name"), lambda cfg: cfg.popitem(),
        lambda cfg: cfg.clear(), lambda cfg: cfg.setdefault("new", 1), lambda cfg: cfg.model.layers.append(1),
        lambda cfg: cfg.model.layers.sort(), lambda cfg: cfg.model.layers.pop(), lambda cfg: cfg.model.layers.clear(),
        lambda cfg: cfg.model.layers.__setitem__(0, 1), lambda cfg: cfg.model.layers.insert(0, 1),
    ],
)  # fmt: skip
def test_a_value_cannot_be_changed_and_says_how_to_get_one_that_can(change: Callable[[Any], None]) -> None:
    cfg = ConfigValue(DATA)
    with pytest.raises(TypeError, match=r"ConfigValue is immutable.*Change a copy of it: \S+\("):
        change(cfg)
    assert cfg == DATA


def test_a_copy_can_be_changed_and_is_apart() -> None:
    cfg = ConfigValue(DATA)
    mine = cfg.to_dict()
    mine["model"]["layers"].append(1)
    assert type(mine["model"]) is dict
    assert type(mine["model"]["layers"]) is list
    assert cfg == DATA


@pytest.mark.parametrize("again", [lambda cfg: pickle.loads(pickle.dumps(cfg)), copy.copy, copy.deepcopy])
def test_a_value_survives_pickling_and_copying(again: Callable[[Any], Any]) -> None:
    made = again(ConfigValue(DATA))
    assert (type(made), type(made.model), type(made.model.layers)) == (ConfigValue, ConfigValue, ConfigList)
    assert made == DATA


def test_a_list_of_a_value_survives_pickling() -> None:
    made = pickle.loads(pickle.dumps(ConfigValue(DATA).model.layers))
    assert (type(made), made) == (ConfigList, DATA["model"]["layers"])


def test_a_value_is_wrapped_once_and_in_tuples_too() -> None:
    cfg = ConfigValue({**DATA, "pair": ({"a": 1}, 2)})
    assert ConfigValue(cfg).model is cfg.model
    assert cfg.pair[0].a == 1
    assert cfg.copy() is cfg


class Word(str):
    __slots__ = ()


class Colour(enum.Enum):
    RED = 1


def test_plain_values_are_of_no_class_of_their_own() -> None:
    made = ConfigValue({"word": Word("x"), "flag": True, "colour": Colour.RED, "pair": (1, {2})}).to_dict()
    assert made == {"word": "x", "flag": True, "colour": Colour.RED, "pair": (1, {2})}
    assert type(made["word"]) is str
    assert made["flag"] is True


def test_a_value_lists_its_keys_for_completion() -> None:
    names = dir(ConfigValue({**DATA, "a key": 1, 3: 4}))
    assert {"model", "name", "to_dict"} <= set(names)
    assert not {"a key", "3"} & set(names)


# ---- delayed values --------------------------------------------------------------------------------------------------


class Flow:
    cfg = Config("config", default_value=DATA)
    other = Config("other", default_value={"which": "model"})
    #: named as it is on the command line, and as a class attribute
    texts = (config_expr("config.name.lower()"), config_expr("cfg.name.upper()"))
    parts = [cfg.model.alpha, cfg["model"]["layers"][1]["size"], cfg.name, cfg.items, cfg[other.which].alpha]
    everything = {"all": cfg, "deep": (cfg.model,), cfg.name: 1}
    unpacked = dict(size=1, **cfg.model)


@pytest.fixture
def values() -> Values:
    return resolve(configs_of(Flow))


def test_a_part_of_a_config_is_known_when_the_config_is(values: Values) -> None:
    assert all(isinstance(each, Delayed) for each in Flow.parts)
    assert resolved(Flow.parts, values) == [0.5, 4, "Ridge", 3, 0.5]


def test_a_key_of_a_config_beats_what_the_class_itself_calls_so(values: Values) -> None:
    assert resolved([Flow.cfg.name, Flow.cfg.items], values) == ["Ridge", 3]
    assert Flow.cfg.help.resolve({"cfg": {"help": "me"}}) == "me"


def test_an_expression_names_a_config_by_its_attribute_or_its_own_name(values: Values) -> None:
    assert resolved(Flow.texts, values) == ("ridge", "RIDGE")


def test_an_expression_uses_names_of_its_module(values: Values) -> None:
    assert resolved(config_expr("[double(cfg['items']) for _ in range(2)]"), values) == [6, 6]
    assert resolved(config_expr("cfg").model.alpha, values) == 0.5


def double(number: int) -> int:
    return 2 * number


def test_collections_are_searched_and_values_come_out_plain(values: Values) -> None:
    assert has_delayed(Flow.everything)
    made = resolved(Flow.everything, values)
    assert made == {"all": DATA, "deep": (DATA["model"],), "Ridge": 1}
    assert type(made["all"]["model"]) is dict
    assert type(made["all"]["model"]["layers"]) is list


def test_what_has_nothing_delayed_stays_itself(values: Values) -> None:
    given = {"a": [1], "b": {2}}
    assert not has_delayed(given)
    assert resolved(given, values) is given


def test_two_stars_hand_on_all_of_a_part(values: Values) -> None:
    name = next(key for key in Flow.unpacked if key != "size")
    assert is_unpacked(name)
    assert resolved(Flow.unpacked, values) == {"size": 1, **DATA["model"]}


def test_two_stars_need_a_mapping(values: Values) -> None:
    message = refused(lambda: resolved(dict(**Flow.cfg.items), values))
    assert "config expression 'cfg.items' cannot be evaluated: ** needs a mapping, and it is 3" in message


def compare(cfg: Any) -> bool:
    return bool(cfg.name == "Ridge")


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (lambda cfg: bool(cfg.name), "it is neither true nor false"),
        (lambda cfg: list(cfg.model), "it cannot be gone through"),
        (lambda cfg: f"{cfg.name}", "it cannot be put into a text"),
        (compare, "it cannot be compared"),
        (lambda cfg: cfg.items < 4, "it cannot be compared"),
    ],
)
def test_a_delayed_value_is_not_taken_for_the_value_itself(act: Callable[[Any], Any], what: str) -> None:
    message = refused(lambda: act(Flow.cfg))
    assert " is not known yet: " + what in message
    assert "as the argument, or self.cfg." in message


def test_a_delayed_value_shows_how_it_was_written() -> None:
    assert [repr(each) for each in Flow.parts[:3]] == [
        "cfg.model.alpha",
        "cfg['model']['layers'][1]['size']",
        "cfg.name",
    ]
    assert str(config_expr("cfg.a + 1")) == "cfg.a + 1"


def test_a_delayed_value_has_no_private_attributes_for_those_who_ask_every_object() -> None:
    assert not hasattr(Flow.cfg, "__wrapped__")
    assert not hasattr(Flow.cfg, "_repr_html_")
    part = Flow.cfg.model
    assert copy.deepcopy(part) is part
    assert copy.copy(part) is part
    assert len({Flow.cfg.model, Flow.cfg.name}) == 2


@pytest.mark.parametrize(
    ("delayed", "message"),
    [
        (Flow.cfg.modle.alpha, "there is no 'modle' in the config. Did you mean 'model'? It has: model, name, items"),
        (Flow.cfg["modle"], "there is no 'modle' in the config"),
        (Flow.cfg.model.update, "there is no 'update' in the config"),
        (Flow.cfg.name.first, "cfg.name is 'Ridge'. AttributeError"),
        (Flow.cfg.model.layers[7], "IndexError"),
        (config_expr("cgf.name"), "NameError: name 'cgf' is not defined"),
        (config_expr("cfg.name +"), "SyntaxError"),
        (config_expr("cfg.model.alpha / 0"), "ZeroDivisionError"),
    ],
)
def test_an_expression_that_fails_is_shown_with_the_reason(delayed: Delayed, message: str, values: Values) -> None:
    text = refused(lambda: resolved(delayed, values))
    assert f"config expression '{delayed!r}' cannot be evaluated" in text
    assert message in text


def test_a_config_outside_of_the_class_has_no_value(values: Values) -> None:
    text = refused(lambda: resolved(Config("alone").part, values))
    assert "config expression 'alone' cannot be evaluated: it is no attribute of the flow's class" in text


def test_a_name_that_is_none_leads_to_the_configs(values: Values) -> None:
    text = refused(lambda: resolved(config_expr("cgf.name"), values))
    assert "the flow's configs are: config, other, cfg" in text


def test_a_config_without_a_value_has_no_parts() -> None:
    class Bare:
        cfg = Config("cfg")
        part = cfg.model.alpha

    text = refused(lambda: resolved(Bare.part, resolve(configs_of(Bare))))
    assert "cfg is None" in text


# ---- the declaration -------------------------------------------------------------------------------------------------


def test_a_config_tells_what_it_declares() -> None:
    facts = facts_of(Flow.cfg)
    assert (facts.name, facts.attribute, facts.default_value, facts.required) == ("config", "cfg", DATA, False)
    facts = facts_of(Config("cfg", default="a.json", help="all of it", required=True, show_default=False))
    assert (facts.default, facts.help, facts.required, facts.show_default) == ("a.json", "all of it", True, False)


def test_configs_of_base_classes_come_first_and_can_be_replaced() -> None:
    class Base:
        first = Config("first")
        second = Config("second")
        third = Config("third")

    class Derived(Base):
        fourth = Config("fourth")
        second = Config("other")
        third = None

    found = configs_of(Derived)
    assert [(attribute, facts_of(each).name) for attribute, each in found.items()] == [
        ("first", "first"),
        ("second", "other"),
        ("fourth", "fourth"),
    ]


def test_a_config_has_one_default() -> None:
    text = refused(lambda: Config("cfg", default="a.json", default_value={}))
    assert "for config 'cfg', you can only specify default or default_value, not both" in text


@pytest.mark.parametrize(
    ("name", "message"), [("tags", "Parameter name 'tags' is a reserved word"), ("a b", "cannot be")]
)
def test_a_config_has_a_name_that_can_be_typed(name: str, message: str) -> None:
    assert message in refused(lambda: Config(name))


def test_two_configs_have_two_names() -> None:
    text = refused(lambda: read(configs(a=Config("The-Cfg"), b=Config("the_cfg"))))
    assert "Config *the_cfg* is specified twice" in text
    assert "a and b have the same name" in text


# ---- where a value comes from ----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text('{"from": "a"}')
    (tmp_path / "b.json").write_text('{"from": "b"}')
    return tmp_path


def test_the_default_is_a_file_of_json(folder: Path) -> None:
    value = value_of(Config("cfg", default="a.json"))
    assert (type(value), getattr(value, "from")) == (ConfigValue, "a")


def test_a_file_that_an_editor_of_windows_wrote_is_read(folder: Path) -> None:
    (folder / "a.json").write_bytes(b'\xef\xbb\xbf{"from":\r\n"a"}')
    assert value_of(Config("cfg", default="a.json")) == {"from": "a"}


def test_the_content_itself_may_be_the_default() -> None:
    assert value_of(Config("cfg", default_value={"a": 1})) == {"a": 1}
    assert value_of(Config("cfg", default_value='{"a": 1}')) == {"a": 1}


def test_defaults_may_be_functions(folder: Path) -> None:
    context = ParameterContext(user_name="b")
    assert value_of(Config("cfg", default=lambda ctx: f"{ctx.user_name}.json"), context=context) == {"from": "b"}
    assert value_of(Config("cfg", default_value=lambda ctx: {"name": ctx.parameter_name})) == {"name": "cfg"}
    assert value_of(Config("cfg", default=lambda _: None)) is None
    assert value_of(Config("cfg", default_value=lambda _: None, parser=lambda text: {"text": text})) is None


def test_a_default_function_that_fails_is_named() -> None:
    text = refused(lambda: value_of(Config("cfg", default=lambda ctx: ctx.nothing)))
    assert "parameter 'cfg': its default function failed: AttributeError" in text
    assert "test_config.py, line" in text


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "a"),
        ({"environ": {"METAFLOW_FLOW_CONFIG": '{"cfg": "b.json"}'}}, "b"),
        ({"environ": {"NBFLOW_FLOW_CONFIG": '{"cfg": "b.json"}', "METAFLOW_FLOW_CONFIG": '{"cfg": "a.json"}'}}, "b"),
        ({"environ": {"NBFLOW_FLOW_CONFIG_VALUE": '{"cfg": {"from": "c"}}'}}, "c"),
        ({"environ": {"NBFLOW_FLOW_CONFIG_VALUE": """{"cfg": "{\\"from\\": \\"c\\"}"}"""}}, "c"),
        ({"environ": {"NBFLOW_FLOW_CONFIG_VALUE": "{}", "NBFLOW_FLOW_CONFIG": ""}}, "a"),
        ({"environ": {"NBFLOW_FLOW_CONFIG_VALUE": '{"cfg": {"from": "c"}}'}, "files": {"cfg": "b.json"}}, "b"),
        ({"environ": {"NBFLOW_FLOW_CONFIG": '{"cfg": "b.json"}'}, "contents": {"CFG": '{"from": "d"}'}}, "d"),
        ({"contents": {"cfg": {"from": "d"}}}, "d"),
        ({"files": {"cfg": Path("b.json")}}, "b"),
    ],
)
def test_what_is_given_beats_the_environment_and_that_the_default(
    folder: Path, options: dict[str, Any], expected: str
) -> None:
    assert value_of(Config("cfg", default="a.json"), **options) == {"from": expected}


def test_the_environment_may_speak_of_configs_of_other_flows(folder: Path) -> None:
    assert value_of(Config("cfg"), environ={"NBFLOW_FLOW_CONFIG": '{"another": "x.json"}'}) is None


def test_a_config_may_be_given_by_its_attribute() -> None:
    found = configs(cfg=Config("the-config"))
    assert read(found, contents={"cfg": "{}"}) == read(found, contents={"The_Config": "{}"}) == {"cfg": {}}


def test_without_anything_a_config_is_none() -> None:
    assert value_of(Config("cfg")) is None


# ---- what can be wrong with it ---------------------------------------------------------------------------------------


def test_a_config_that_is_required_is_asked_for() -> None:
    text = refused(lambda: value_of(Config("cfg", required=True)))
    assert "missing configuration for 'cfg'" in text
    assert "--config cfg PATH or --config-value cfg JSON in front of run" in text


def test_a_default_makes_required_needless() -> None:
    assert value_of(Config("cfg", required=True, default_value={})) == {}


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    text = refused(lambda: value_of(Config("cfg", default="aa.json")))
    assert "default configuration file 'aa.json' could not be read for 'cfg': there is no such file" in text
    assert f"it was looked for at {folder}/aa.json. Did you mean 'a.json'?" in text
    text = refused(lambda: value_of(Config("cfg"), files={"cfg": "."}))
    assert "NBF-P031  configuration file '.' could not be read for 'cfg': it is a folder" in text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "a.json").chmod(0)
    assert "reading it is not allowed" in refused(lambda: value_of(Config("cfg", default="a.json")))


def test_a_file_in_a_folder_that_is_not_there_is_named_without_a_guess(folder: Path) -> None:
    text = refused(lambda: value_of(Config("cfg", default="no/a.json")))
    assert f"it was looked for at {folder}/no/a.json.\n" in text


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "a.json").write_bytes(b"\xff\xfe")
    assert "file 'a.json' for 'cfg' is not text in utf-8" in refused(lambda: value_of(Config("cfg", default="a.json")))


@pytest.mark.parametrize(
    ("config", "options", "whence"),
    [
        (Config("cfg", default="bad.json"), {}, "it stands in bad.json"),
        (Config("cfg"), {"contents": {"cfg": "{a"}}, "it comes from the command line"),
        (Config("cfg", default_value="{a"), {}, "it is the default value"),
        (Config("cfg"), {"environ": {"NBFLOW_FLOW_CONFIG_VALUE": '{"cfg": "{a"}'}}, "NBFLOW_FLOW_CONFIG_VALUE"),
    ],
)
def test_what_is_no_json_is_named_with_where_it_stands(
    folder: Path, config: Config, options: dict[str, Any], whence: str
) -> None:
    (folder / "bad.json").write_text("{a")
    text = refused(lambda: value_of(config, **options))
    assert "configuration value for 'cfg' is not valid JSON: Expecting property name" in text
    assert whence in text


def test_a_config_has_a_file_or_a_content() -> None:
    text = refused(lambda: value_of(Config("cfg"), files={"cfg": "a.json"}, contents={"cfg": "{}"}))
    assert "Cannot provide both a value and a file for the same configuration: 'cfg'" in text


def test_an_unknown_config_has_a_suggestion() -> None:
    text = refused(lambda: value_of(Config("config"), files={"confg": "a.json"}))
    assert "unknown config 'confg'. Did you mean 'config'?" in text
    assert "the flow's configs are: config" in text


@pytest.mark.parametrize("text", ["cfg.json", '["cfg"]', '"cfg"'])
def test_an_environment_variable_maps_names(text: str) -> None:
    message = refused(lambda: value_of(Config("cfg"), environ={"METAFLOW_FLOW_CONFIG": text}))
    assert "METAFLOW_FLOW_CONFIG is not a JSON object" in message


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        read(configs(a=Config("a", required=True), b=Config("b", default_value="{"), c=Config("c", default="nowhere")))
    assert [each.code for each in caught.value.problems] == ["P030", "P032", "P031"]


# ---- parsers and what they return ------------------------------------------------------------------------------------


def test_a_parser_reads_the_text(folder: Path) -> None:
    (folder / "a.toml").write_text("[model]\nalpha = 0.5")
    assert value_of(Config("cfg", default="a.toml", parser="tomllib.loads")).model.alpha == 0.5
    assert value_of(Config("cfg", default_value="a: [1]", parser=yaml_parser)).a == [1]


def test_a_parser_is_given_a_dict_as_json() -> None:
    assert value_of(Config("cfg", default_value={"a": 1}, parser=lambda text: {"text": text})).text == '{"a": 1}'
    assert value_of(Config("cfg", default_value="", parser=lambda text: {"text": text})).text == ""


def test_a_parser_that_fails_is_named_with_its_line() -> None:
    def check(text: str) -> dict[str, Any]:
        raise ValueError(f"tastes must be positive: {text}")

    text = refused(lambda: value_of(Config("cfg", default_value="-2", parser=check)))
    assert "config 'cfg': its parser check failed: ValueError: tastes must be positive: -2" in text
    assert "test_config.py, line" in text


def test_a_parser_that_fails_is_named_as_it_was_written() -> None:
    text = refused(lambda: value_of(Config("cfg", default_value="a = ", parser="tomllib.loads")))
    assert "config 'cfg': its parser tomllib.loads failed: TOMLDecodeError" in text


def test_a_parser_that_is_not_there_is_refused() -> None:
    text = refused(lambda: value_of(Config("cfg", default_value="", parser="tomllib.load_all")))
    assert "config 'cfg': the parser 'tomllib.load_all' cannot be loaded: module tomllib has no load_all" in text


def test_a_plain_config_is_what_its_parser_returned() -> None:
    value = value_of(Config("cfg", default_value={"a": [1]}, plain=True))
    assert (type(value), type(value["a"])) == (dict, list)


def test_what_is_no_mapping_is_taken_too() -> None:
    assert value_of(Config("cfg", default_value="[1, {}]")) == [1, {}]
    assert value_of(Config("cfg", default_value="0.5")) == 0.5


def test_dates_and_mappings_of_other_kinds_are_kept() -> None:
    data = OrderedDict(day=date(2026, 3, 1), keys={1: "one"}, pair=(1, 2))
    value = value_of(Config("cfg", default_value="", parser=lambda _: data))
    assert value == {"day": date(2026, 3, 1), "keys": {1: "one"}, "pair": (1, 2)}


def test_what_cannot_be_kept_is_refused() -> None:
    text = refused(lambda: value_of(Config("cfg", default_value="", parser=lambda _: {"a": object()})))
    assert "config 'cfg' cannot be kept" in text


# ---- values on their way to a worker ---------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [DATA, {"$date": "2026"}, {"$odd": 1}, {"when": date(2026, 1, 1)}, None, [1]])
def test_recorded_values_are_json_and_come_back(data: Any) -> None:
    found = configs(cfg=Config("cfg"))
    known = recorded(found, {"cfg": data})
    assert resolve(found, json.loads(json.dumps(known)))["cfg"] == data


def test_a_recorded_value_is_not_read_again(folder: Path) -> None:
    found = configs(cfg=Config("cfg", default="nowhere.json"), new=Config("new", default_value={"b": 1}))
    assert resolve(found, {"cfg": {"a": 1}}) == {"cfg": {"a": 1}, "new": {"b": 1}}


def test_values_are_known_by_attribute_and_by_name() -> None:
    found: Mapping[str, Any] = resolve(configs(cfg=Config("The-Config", default_value={"a": 1}))).scope
    assert set(found) == {"cfg", "The-Config", "the-config", "The_Config"}
