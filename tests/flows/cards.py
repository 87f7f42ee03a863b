"""What current.card and get_cards do in ordinary and in odd cases."""

from nbflow import FlowSpec, Step, card, catch, current, retry, step
from nbflow.cards import Image, Markdown, MetaflowCard, MetaflowCardComponent, ProgressBar, Table, ValueBox, get_cards


class Badge(MetaflowCardComponent):
    def __init__(self, word):
        self.word = word

    def render(self):
        return f"<b>{self.word}</b>"


class Plan(MetaflowCard):
    type = "plan"
    ALLOW_USER_COMPONENTS = True

    def __init__(self, options={}, components=[], graph=None, flow=None):  # noqa: B006 - as people write it
        self.options, self.components, self.graph, self.flow = options, components, graph, flow

    def render(self, task):
        ways = "; ".join(f"{name} to {' '.join(node['next'])}" for name, node in self.graph.items() if node["next"])
        shown = f"{self.flow.name}: {ways}; {self.options['word']} {task.data.n} {len(self.components)}"
        return f"<p>{shown} [METAFLOW_RELOAD_TOKEN]</p>"


class Broken(MetaflowCard):
    type = "broken"

    def render(self, task):
        raise RuntimeError("no page")


class CardsFlow(FlowSpec):
    @card
    @card(type="blank", id="report")
    @card(type="plan", id="plan", options={"word": "n is"})
    @card(type="broken", id="broken")
    @card(type="broken", id="gone", save_errors=False)
    @card(type="nowhere", id="unknown")
    @step
    def start(self):
        self.n, self.items = 3, ["a", "b"]
        current.card.append(Markdown("# Begun"), id="head")
        current.card.extend([Table([[1, Badge("in a cell")]], headers=["n", "what"]), ValueBox("sum", 12)])
        report = current.card["report"]
        report.append(Markdown("first"), id="one")
        report.append(Markdown("first, anew"), id="one")
        report.components["two"] = Badge("second")
        report.components.append(Image(b"no picture"), id="three")
        del report.components["three"]
        report.append(bar := ProgressBar(max=10, label="done"))
        bar.update(4)
        report.components["one"].update("first, changed")
        current.card["plan"].append("a component")
        print(len(current.card.components), len(report.components), report.components.keys())
        print(bool(report), bool(current.card["nobody"]), len(current.card.get("broken")))
        self.next(self.work, foreach="items")

    @card
    @card
    @retry(times=1, minutes_between_retries=0)
    @step
    def work(self):
        current.card.append("nobody knows where")
        for each in current.card.get("default"):
            each.append(Markdown(f"{self.input}, try {current.retry_count}"))
        if current.retry_count == 0:
            raise ValueError("not yet")
        self.next(self.join)

    @card(type="taskspec_card", id="place")
    @card(id="only")
    @catch(var="failed")
    @step
    def join(self, inputs):
        current.card.append(Markdown("so far so good"))
        current.card.refresh({"a set": {1}})
        raise ValueError("not good")
        self.next(self.end)

    @step
    def end(self):
        run = f"CardsFlow/{current.run_id}"
        cards = get_cards(f"{run}/start/0")
        print([(each.type, each.id, each.failed) for each in cards])
        report = get_cards(Step(f"{run}/start").task, id="report")[0]
        print(report.text.replace("\n\n", " / "))
        print(cards[2].text)
        print(len(get_cards(f"{run}/start/0", type="broken")), "RuntimeError: no page" in cards["broken"].text)
        for task in Step(f"{run}/work"):
            print([each.text.splitlines()[-1] for each in get_cards(task)])
        print(["so far so good" in each.get() for each in get_cards(f"{run}/join/0")])
        print([each.type for each in get_cards(f"{run}/end/0")])


if __name__ == "__main__":
    CardsFlow()
