// The run panel of a notebook. It draws the state that nbflow.views.live.state describes, and asks nothing of any other
// machine. Every text is set as text: nothing a run says becomes markup.

const SVG = "http://www.w3.org/2000/svg";
// milliseconds: until an unanswered cancel interrupts; until silence is told; between ticks of the clock
const PATIENCE = 1200, SILENCE = 15000, TICK = 500;
// sections whose entries come one by one
const BY_KEY = ["boxes", "steps", "tasks"];
const STOPS = "what is finished is kept, and %flow resume goes on from it";

// ---- state

/** Return `state` with `changes` taken in; null stands for an entry that is gone. */
export function merged(state, changes) {
  const next = { ...state };
  for (const [section, value] of Object.entries(changes)) {
    if (!BY_KEY.includes(section) || !state[section]) { next[section] = value; continue; }
    const entries = { ...state[section], ...value };
    for (const key of Object.keys(entries)) if (entries[key] === null) delete entries[key];
    next[section] = entries;
  }
  return next;
}

/** Return seconds as nbflow.cards.figures.duration says them. */
export function duration(seconds) {
  const s = Math.max(0, seconds);
  if (s < 0.0995) return `${Math.round(s * 1000)} ms`;
  if (s < 9.95) return s < 0.995 ? `${s.toFixed(2)} s` : `${s.toFixed(1)} s`;
  const whole = Math.round(s), two = n => String(n).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

/** Return the name of the task at `place` in a step's strip. */
export function taskAt(name, step, place) {
  if (step.each > 1) return null;
  return name + (step.paths ? step.paths[place] : `[${place}]`);
}

/** What is known of a run, and what a person has chosen: one for all views of a widget. */
class Run {
  constructor(model) {
    this.model = model;
    this.look = model.get("look");
    this.views = new Set();
    this.number = -1;
    this.chosen = null;
    this.strips = new Map();
    this.unfolded = new Map();
    this.cancelling = 0;
    this.take(model.get("snapshot"));
    model.on("change:snapshot", () => this.take(model.get("snapshot")));
    model.on("msg:custom", message => this.hear(message));
    // its kernel is gone
    model.on("comm_live_update", () => { this.gone = true; this.show(); });
  }
  take({ number, at, state }) {
    if (number < this.number) return;
    this.number = number;
    this.state = state;
    this.news(at);
  }
  hear(message) {
    if (message.type !== "changes" || message.number <= this.number) return;
    // one is missing: ask for the whole state
    if (message.number !== this.number + 1) { this.model.send({ type: "hello" }); return; }
    this.number = message.number;
    this.state = merged(this.state, message.changes);
    this.news(message.at);
  }
  news(at) {
    this.at = at;
    this.heard = performance.now();
    this.gone = false;
    this.show();
  }
  show() { for (const view of this.views) view.schedule(); }
  // without news the clock stands still: nobody knows whether the run goes on
  get now() { return this.at + (this.silent ? 0 : (performance.now() - this.heard) / 1000); }
  get going() { return ["running", "cancelling", "pending"].includes(this.state.run.status); }
  get silent() { return this.going && (this.gone || performance.now() - this.heard > SILENCE); }
  colour(status) { return this.look.colours[status] || this.look.colours[""]; }
  mark(status) { return this.look.marks[status] || this.look.marks[""]; }
  choose(task) {
    this.chosen = this.chosen === task ? null : task;
    if (this.chosen && !this.state.tasks[this.chosen] && !this.gone) this.model.send({ type: "look", task: this.chosen });
    this.show();
  }
  cancel() {
    this.cancelling = performance.now();
    this.model.send({ type: "cancel" });
    // a kernel that runs the run's own cell may hear an interrupt only
    setTimeout(() => { if (this.state.run.status === "running" && this.state.run.waited) this.interrupt(); }, PATIENCE);
    this.show();
  }
  interrupt() {
    const config = document.getElementById("jupyter-config-data"), kernel = this.model.get("kernel");
    if (!config || !kernel) return;
    const { baseUrl, token } = JSON.parse(config.textContent);
    const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
    const headers = { ...(token && { Authorization: `token ${token}` }), ...(xsrf && { "X-XSRFToken": xsrf[1] }) };
    fetch(`${baseUrl}api/kernels/${kernel}/interrupt`, { method: "POST", headers }).catch(() => undefined);
  }
}

// ---- elements

/** Return an element with a class and children; strings become text. */
function el(tag, cls = "", ...children) {
  const made = document.createElement(tag);
  if (cls) made.className = cls;
  made.append(...children);
  return made;
}
/** Return a name in pieces that may stand on lines of their own: it is broken behind `_`, `.` and `/`. */
const broken = name => name.split(/(?<=[_./])(?=[^_./])/).flatMap((each, place) => place ? [el("wbr"), each] : [each]);
/** Return an element of a picture: its tag, attributes, and text or further shapes. */
const shape = ([tag, attributes, held]) => svg(tag, attributes, ...(Array.isArray(held) ? held.map(shape) : [held]));
function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
const text = (node, value) => { if (node.textContent !== value) node.textContent = value; };
const attr = (node, name, value) => { if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value); };
const css = (node, name, value) => node.style.setProperty(name, value);
const show = (node, visible) => { if (node.hidden === visible) node.hidden = !visible; };
const faint = value => el("span", "nbf-faint", value);
/** Fill `node` with what `make` returns, only when `value` is another than last time. */
function fill(node, value, make) {
  const key = JSON.stringify(value);
  if (node.nbfKey === key) return;
  node.nbfKey = key;
  node.replaceChildren(...make());
}
function button(cls, label, title, act) {
  const made = el("button", cls, label);
  made.type = "button";
  made.title = title;
  made.addEventListener("click", act);
  return made;
}

// ---- the panel

/** One view of a run: its elements, brought up to date once a frame at most. */
class Panel {
  constructor(run, root) {
    this.run = run;
    this.root = root;
    this.frame = 0;
    this.rows = new Map();
    this.boxes = new Map();
    root.classList.add("nbf-run");
    root.dataset.nbflow = "run";
    this.head = el("div", "nbf-head");
    this.mark = el("b"); this.name = el("b", "nbf-name"); this.status = el("b"); this.facts = el("span", "nbf-facts");
    this.stop = button("nbf-stop", "Cancel run", STOPS, () => run.cancel());
    this.head.append(this.mark, this.name, this.status, this.facts, this.stop);
    this.bar = el("div", "nbf-progress");
    this.bar.setAttribute("role", "progressbar");
    this.given = el("div", "nbf-given");
    this.silence = el("div", "nbf-silence");
    this.failures = el("div");
    this.graph = svg("svg", { class: "nbf-graph", role: "img" });
    this.ways = svg("g");
    this.graph.append(this.ways);
    this.scroll = el("div", "nbf-scroll", this.graph);
    this.table = el("table", "nbf-steps");
    this.body = el("tbody");
    this.table.append(el("thead", "", el("tr", "", ...["step", "tasks", "time", "kept"].map(each => el("th", "", each)))), this.body);
    this.log = new Log(run);
    this.notices = el("div");
    root.replaceChildren(this.head, this.bar, this.silence, this.given, this.failures, this.scroll, this.table, this.log.root, this.notices);
    this.clock = setInterval(() => { if (run.going) this.schedule(); }, TICK);
    this.paint();
    root.dataset.ready = "1";
  }
  schedule() { this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); }); }
  close() { clearInterval(this.clock); cancelAnimationFrame(this.frame); }

  paint() {
    const { run, root } = this, { state } = run;
    this.paintHead(state.run);
    this.paintProgress(state.run);
    fill(this.given, [state.run.given, state.run.reason, state.failures.length], () => given(state));
    fill(this.failures, state.failures, () => state.failures.map(each => this.failure(each, state.failures.length === 1)));
    this.paintGraph(state);
    this.paintSteps(state);
    this.log.paint(state);
    fill(this.notices, state.notices, () => state.notices.map(each => el("div", "", el("b", "nbf-faint", "! "), each)));
    attr(root, "data-status", state.run.status);
    root.toggleAttribute("data-live", !run.gone || run.going);
    attr(root, "data-number", run.number);
  }
  paintHead(head) {
    const { run } = this, colour = run.colour(head.status);
    css(this.root, "--nbf-status", colour);
    text(this.mark, run.mark(head.status)); text(this.name, head.name); text(this.status, head.status);
    attr(this.name, "title", head.when);
    const took = head.took ?? (head.began === null ? null : run.now - head.began);
    const said = [took === null ? "" : duration(took), head.counted, run.silent ? "" : head.left, head.origin && `from run ${head.origin}`];
    fill(this.facts, [said, head.tags], () => [
      ...said.filter(Boolean).flatMap(each => [faint(" · "), each]),
      ...head.tags.map(each => el("span", "nbf-tag", each)),
    ]);
    const clicked = head.asked || run.cancelling, unheard = !head.asked && clicked && performance.now() - clicked > 2 * PATIENCE;
    const waiting = unheard && head.status === "running";
    show(this.stop, head.cancels && !run.gone);
    text(this.stop, waiting ? "Cancel is queued" : clicked ? "Cancelling…" : "Cancel run");
    attr(this.stop, "title", waiting ? `the kernel answers after its cell; in a terminal,  nbflow cancel ${head.name}  does it now` : STOPS);
    this.stop.disabled = Boolean(clicked);
    show(this.silence, run.silent);
    const why = run.gone ? "its kernel has gone or was restarted" : "no news for a while: its kernel is gone, or too busy to say";
    text(this.silence, `${why}. %flow attach ${head.id}  looks at the run again`);
  }
  paintProgress(head) {
    const { counts, total } = head;
    show(this.bar, total > 1);
    fill(this.bar, [counts, total], () => segments(this.run, counts, total));
    attr(this.bar, "aria-label", head.counted);
  }
  failure(each, only) {
    if (!each.head) return el("div", "nbf-faint", each.who);
    const { run } = this, head = el("div", "nbf-wrap", el("b", "", ...broken(each.who)), " ", el("code", "nbf-mono", each.head));
    const made = el("div", "nbf-failure", head);
    if (each.rest) made.append(el("pre", "nbf-plain", each.rest));
    if (each.trace) {
      const trace = el("details", "", el("summary", "", "where"), el("pre", "nbf-pre", each.trace));
      trace.open = run.unfolded.get(each.who) ?? only;
      trace.addEventListener("toggle", () => run.unfolded.set(each.who, trace.open));
      made.append(trace);
    }
    head.append(" ", button("nbf-link", "log", "the end of its log", () => { run.chosen = null; run.choose(each.task); }));
    return made;
  }
  paintGraph({ graph, boxes, words }) {
    show(this.scroll, Boolean(graph));
    if (!graph) return;
    fill(this.ways, graph.ways, () => graph.ways.map(shape));
    const size = { width: graph.width, height: graph.height, viewBox: `0 0 ${graph.width} ${graph.height}`, "aria-label": words };
    for (const [name, value] of Object.entries(size)) attr(this.graph, name, value);
    for (const [name, box] of Object.entries(boxes)) {
      if (!this.boxes.has(name)) { this.boxes.set(name, svg("g", { "data-step": name })); this.graph.append(this.boxes.get(name)); }
      fill(this.boxes.get(name), box, () => [shape(box)]);
    }
  }
  paintSteps(state) {
    const now = this.run.now, { order, steps } = state;
    const ran = order.map(name => steps[name]).filter(step => step.first !== null);
    const start = Math.min(...ran.map(step => step.first), now), span = Math.max(...ran.map(step => (step.last ?? now) - start), 1e-6);
    for (const name of order) {
      let row = this.rows.get(name);
      if (!row) { row = new Row(this.run, name); this.rows.set(name, row); this.body.append(row.line, row.under); }
      row.paint(steps[name], start, span, now);
    }
  }
}

/** The parts of a bar: tasks by status. */
function segments(run, counts, total) {
  return Object.entries(counts).map(([status, count]) => {
    const part = el("span");
    part.style.cssText = `width:${(100 * count) / total}%;background:${run.colour(status)}`;
    part.title = `${count} ${status}`;
    return part;
  });
}

/** The parameters on one line, and the reason of the run's end where no failure tells it. */
function given({ run, failures }) {
  const parts = run.given.flatMap(([name, value, title], number) => {
    const pair = el("span", "nbf-pair", faint(name), el("span", "nbf-mono", value));
    pair.title = title;
    return [faint(number ? " · " : ""), pair];
  });
  return [...parts, run.reason && !failures.length ? el("div", "nbf-faint", run.reason) : ""];
}

/** One step's row in the table, and the strip of its tasks below it. */
class Row {
  constructor(run, name) {
    this.run = run;
    this.name = name;
    this.title = el("td", "nbf-step");
    this.tasks = el("td"); this.time = el("td", "nbf-time"); this.kept = el("td", "nbf-kept");
    this.line = el("tr", "", this.title, this.tasks, this.time, this.kept);
    this.mark = el("span"); this.fold = el("span", "nbf-fold");
    const label = button("nbf-label", "", "", () => this.open());
    label.append(el("b", "", ...broken(name)), " ", this.fold);
    this.title.append(this.mark, " ", label);
    this.axis = el("span", "nbf-axis"); this.span = el("span"); this.took = el("span");
    this.axis.append(this.span);
    this.time.append(this.axis, " ", this.took);
    this.strip = el("div", "nbf-strip");
    this.under = el("tr", "nbf-under", Object.assign(el("td", "", this.strip), { colSpan: 4 }));
    this.strip.addEventListener("click", event => this.pick(event.target));
    this.line.dataset.step = name;
  }
  get unfolded() { return this.run.strips.get(this.name) ?? (this.step.signs.length >= 8); }
  /** Show or hide the tasks of a step that has many, else the log of its one. */
  open() {
    const { run, name, step } = this;
    if (step.signs.length > 1) run.strips.set(name, !this.unfolded);
    else if (step.total) run.choose(step.signs ? taskAt(name, step, 0) : name);
    run.show();
  }
  pick(cell) {
    const place = [...this.strip.children].indexOf(cell), task = place < 0 ? null : taskAt(this.name, this.step, place);
    if (task) this.run.choose(task);
  }
  paint(step, start, span, now) {
    const { run } = this;
    this.step = step;
    css(this.line, "--nbf-status", run.colour(step.status));
    text(this.mark, run.mark(step.status));
    attr(this.title, "title", step.place);
    const many = step.signs.length > 1, ran = step.first !== null, end = step.last ?? now;
    show(this.fold, many);
    text(this.fold, this.unfolded ? "▾" : "▸");
    fill(this.tasks, [step.words, step.idle, step.done, step.of, step.counts, many], () => this.counts(step, many));
    fill(this.kept, [step.all, step.kept, step.dropped], () => {
      const said = el("div", "", ...broken(step.kept), step.dropped ? faint(`${step.kept && " · "}not kept: ${step.dropped}`) : "");
      said.title = step.all;
      return [said];
    });
    show(this.axis, ran);
    text(this.took, ran ? duration(end - step.first) : "");
    if (ran) {
      const share = Math.min(1, Math.max(0.02, (end - step.first) / span)), before = Math.min(Math.max(0, (step.first - start) / span), 1 - share);
      css(this.span, "margin-left", `${(100 * before).toFixed(1)}%`); css(this.span, "width", `${(100 * share).toFixed(1)}%`);
      attr(this.axis, "title", `${duration(step.first - start)} after the start, ${duration(end - step.first)} long`);
    }
    show(this.under, many && this.unfolded);
    if (!this.under.hidden) this.paintStrip(step);
  }
  counts(step, many) {
    if (step.idle) return [faint(step.idle)];
    const words = step.words.map(([said, title], number) => {
      const word = el("span", "nbf-word", said);
      if (title) word.title = title;
      return number || many ? [faint(many ? " · " : " "), word] : [word];
    }).flat();
    if (!many) return words;
    return [el("span", "nbf-bar", ...segments(this.run, step.counts, step.total)), " ", el("span", "nbf-word", `${step.done} of ${step.of ?? step.total}`), ...words];
  }
  paintStrip({ signs, each }) {
    const { run, strip } = this, names = Object.fromEntries(Object.entries(run.look.signs).map(([status, sign]) => [sign, status]));
    while (strip.children.length > signs.length) strip.lastChild.remove();
    while (strip.children.length < signs.length) strip.append(el("i"));
    const before = this.signs || "";
    for (let place = 0; place < signs.length; place++) {
      if (signs[place] === before[place]) continue;
      const cell = strip.children[place], status = names[signs[place]];
      cell.style.background = signs[place] === "w" ? "" : run.colour(status);
      cell.title = each > 1 ? `tasks ${place * each} to ${(place + 1) * each - 1}: ${status}` : `${taskAt(this.name, this.step, place)}: ${status}`;
    }
    this.signs = signs;
    for (const cell of strip.querySelectorAll(".nbf-chosen")) cell.classList.remove("nbf-chosen");
    if (run.chosen) [...strip.children].find((_, place) => taskAt(this.name, this.step, place) === run.chosen)?.classList.add("nbf-chosen");
  }
}

/** The end of one task's log, with a choice of those most worth a look. */
class Log {
  constructor(run) {
    this.run = run;
    this.tabs = el("div", "nbf-tabs");
    this.facts = el("div", "nbf-faint nbf-facts");
    this.pre = el("pre", "nbf-pre nbf-log");
    this.root = el("div", "nbf-logs", this.tabs, this.facts, this.pre);
  }
  paint(state) {
    const { run } = this, names = Object.keys(state.tasks);
    // the log that is read stays while its task goes on, whatever else starts; a failure comes before
    const first = state.tasks[names[0]], going = state.tasks[this.read]?.status === "running" && first?.status === "running";
    const chosen = this.read = run.chosen ?? (going ? this.read : names[0]), task = state.tasks[chosen];
    const all = run.chosen && !task ? [run.chosen, ...names] : names;
    // once there it stays, as high as it was, while the run goes on: what is below must not jump
    this.there = (this.there && run.going) || run.chosen || names.length > 1 || names.some(name => state.tasks[name].log);
    show(this.root, Boolean(this.there));
    if (!all.length) return;
    fill(this.tabs, [all.map(name => [name, state.tasks[name]?.status]), chosen], () => [faint("log of "), ...all.map(name => {
      const status = state.tasks[name]?.status ?? "", tab = button("nbf-tab", "", status, () => run.choose(name));
      const sign = el("span", "", run.mark(status));
      sign.style.color = run.colour(status);
      tab.append(sign, ` ${name}`);
      tab.setAttribute("aria-pressed", name === chosen);
      return tab;
    })]);
    const facts = task
      ? [task.item && `item ${task.item}`, ...task.words.map(([said]) => said), task.took, task.kept && `kept ${task.kept}`]
      : ["the kernel is asked; it may answer only after its cell"];
    text(this.facts, facts.filter(Boolean).join(" · "));
    const follows = this.pre.scrollTop + this.pre.clientHeight >= this.pre.scrollHeight - 8;
    const log = task ? task.log || "it has written nothing" : "";
    show(this.pre, Boolean(task));
    if (this.pre.textContent !== log) {
      this.pre.textContent = log;
      if (follows) this.pre.scrollTop = this.pre.scrollHeight;
    }
    this.pre.classList.toggle("nbf-faint", Boolean(task) && !task.log);
    css(this.pre, "min-height", run.going ? `${this.pre.clientHeight}px` : "");
  }
}

export default () => {
  let run;
  return {
    initialize({ model }) {
      run = new Run(model);
      // what was sent before is lost, and the kernel wants to know whether anybody draws
      model.send({ type: "hello" });
    },
    render({ el: root }) {
      const panel = new Panel(run, root);
      run.views.add(panel);
      return () => { run.views.delete(panel); panel.close(); };
    },
  };
};
