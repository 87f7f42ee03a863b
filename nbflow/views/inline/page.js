// A page of regions under a cell. The kernel makes the HTML, escaped; this replaces what has changed, and sends back what
// a person does. It asks nothing of any other machine.

// milliseconds: between signs that somebody may look, and from a key to the words it belongs to
const SEEN = 15000, TYPED = 250;
// what no region has; one that had it would be the work of somebody else
const FORBIDDEN = "script, object, embed, link, meta, base, form, iframe:not([sandbox])";
const ADDRESSES = ["href", "src", "action", "formaction", "xlink:href"];
// what ends a press: a menu that opens keeps the release of the button to itself
const RELEASES = ["pointerup", "pointercancel", "contextmenu"];

/** Return the nodes of `html`, without whatever could act by itself. */
export function nodes(html, document) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const each of template.content.querySelectorAll(FORBIDDEN)) each.remove();
  for (const each of template.content.querySelectorAll("*")) {
    for (const { name, value } of [...each.attributes]) if (!harmless(name, value)) each.removeAttribute(name);
  }
  for (const each of template.content.querySelectorAll("iframe[srcdoc]")) each.srcdoc = themed(each.srcdoc, document.body.dataset.jpThemeLight);
  return template.content;
}

/** Return a framed page as light or dark as the notebook, which may not be what the machine prefers. */
export function themed(page, light) {
  return light === undefined ? page : page.replaceAll('<html lang="en">', `<html lang="en" data-theme="${light === "true" ? "light" : "dark"}">`);
}

/** Whether an attribute runs nothing. */
export function harmless(name, value) {
  if (name.startsWith("on")) return false;
  if (name === "sandbox") return !value.includes("allow-same-origin");
  return !ADDRESSES.includes(name) || !/^[\s\0-\x1f]*(javascript|vbscript)\s*:/i.test(value);
}

/** Return which regions of `after` are new or differ from `before`, and which names are gone. */
export function changed(before, after) {
  const known = new Map(before), names = new Set(after.map(([name]) => name));
  return { set: after.filter(([name, html]) => known.get(name) !== html), gone: [...known.keys()].filter(name => !names.has(name)) };
}

/** Return the page that `changes` make of `page`; null where they are not of this one. */
export function merged(page, { number, names, set, message }) {
  if (number !== page.number + 1) return null;
  const known = new Map(page.regions);
  for (const [name, start, end, between, length] of set) {
    const old = known.get(name) ?? "", html = old.slice(0, start) + between + old.slice(old.length - end);
    if (html.length !== length) return null;
    known.set(name, html);
  }
  return { number, message, regions: names.map(name => [name, known.get(name)]) };
}

function render({ model, el }) {
  const root = el.ownerDocument.createElement("div");
  root.className = "nbf-page";
  root.dataset.nbflow = model.get("name");
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", model.get("name"));
  el.append(root);
  const places = new Map();
  let shown = [], typing = 0, gone = false;

  const fields = () => Object.fromEntries([...root.querySelectorAll("[data-field]")].map(each => [each.dataset.field, each.value]));
  const say = message => { if (!gone) model.send(message); };
  const act = (name, argument) => {
    clearTimeout(typing);
    root.dataset.busy = "1";
    say({ type: "act", act: name, argument: argument ?? "", fields: fields() });
  };

  function place(name) {
    if (!places.has(name)) {
      const made = root.ownerDocument.createElement("div");
      made.dataset.region = name;
      places.set(name, made);
    }
    return places.get(name);
  }

  function replace(region, html) {
    const focused = region.contains(root.ownerDocument.activeElement) ? root.ownerDocument.activeElement : null;
    const field = focused?.dataset.field, typed = focused?.value, from = focused?.selectionStart, to = focused?.selectionEnd;
    const unfolded = [...region.querySelectorAll("details")].map(each => [key(each), each.open]);
    const scrolled = [...region.querySelectorAll(".nbf-scrolled")].map(each => [each.scrollTop, each.scrollLeft]);
    region.replaceChildren(nodes(html, root.ownerDocument));
    const states = new Map(unfolded);
    for (const each of region.querySelectorAll("details")) if (states.has(key(each))) each.open = states.get(key(each));
    region.querySelectorAll(".nbf-scrolled").forEach((each, at) => { if (scrolled[at]) [each.scrollTop, each.scrollLeft] = scrolled[at]; });
    const again = field && [...region.querySelectorAll("[data-field]")].find(each => each.dataset.field === field);
    if (again) {
      if (again.tagName === "INPUT") again.value = typed;
      again.focus({ preventScroll: true });
      if (from != null && again.setSelectionRange) again.setSelectionRange(from, to);
    }
  }
  const key = details => details.dataset.key ?? details.querySelector("summary")?.textContent;

  // what is replaced between the press and the release of a button is not clicked
  let pressed = false, waiting = false;
  const press = () => { pressed = true; };
  const release = () => { pressed = false; if (waiting) setTimeout(draw); };

  function draw() {
    waiting = pressed;
    if (pressed) return;
    const { number = 0, regions = [], message = "" } = model.get("page");
    // what another page asked for may be older
    if (number < (root.dataset.seq ?? 0)) return;
    const { set, gone: left } = changed(shown, regions);
    for (const name of left) { places.get(name)?.remove(); places.delete(name); }
    for (const [name, html] of set) replace(place(name), html);
    // in the order of the page, and only where it is another one: what is moved loses its focus
    regions.forEach(([name], at) => { if (root.children[at] !== place(name)) root.insertBefore(place(name), root.children[at] ?? null); });
    shown = regions;
    note.textContent = message;
    note.hidden = !message;
    if (root.lastElementChild !== note) root.append(note);
    delete root.dataset.busy;
    root.dataset.seq = number;
  }

  function hear(changes) {
    const page = model.get("page");
    // the other pages of this model have taken it in already
    if (changes.type !== "changes" || changes.number <= page.number) return;
    const next = merged(page, changes);
    if (next) model.set("page", next);
    else say({ type: "hello" });
  }

  const note = root.ownerDocument.createElement("div");
  note.className = "nbf-message";
  note.setAttribute("role", "alert");
  const target = event => event.target.closest?.("[data-act]");
  root.addEventListener("click", event => {
    const found = target(event);
    if (found && root.contains(found)) act(found.dataset.act, found.dataset.argument);
  });
  root.addEventListener("pointerdown", press);
  for (const name of RELEASES) root.ownerDocument.addEventListener(name, release, true);
  root.addEventListener("input", event => {
    if (event.target.dataset?.field === undefined) return;
    clearTimeout(typing);
    typing = setTimeout(() => act("fields", event.target.dataset.field), event.target.tagName === "SELECT" ? 0 : TYPED);
  });
  root.addEventListener("keydown", event => {
    // the notebook has keys of its own
    if (event.target.dataset?.field === undefined) return;
    event.stopPropagation();
    if (event.key === "Enter") act("fields", event.target.dataset.field);
  });
  const seen = () => { if (root.isConnected && root.offsetParent && !root.ownerDocument.hidden) say({ type: "seen" }); };
  const signs = setInterval(seen, SEEN);
  // a kernel that ends takes the page along, and the picture takes its place
  const live = () => { gone = true; delete root.dataset.live; };
  model.on("change:page", draw);
  model.on("msg:custom", hear);
  model.on("comm_live_update", live);
  root.ownerDocument.addEventListener("visibilitychange", seen);
  root.dataset.live = "1";
  draw();
  say({ type: "hello" });
  return () => {
    clearInterval(signs);
    clearTimeout(typing);
    model.off("change:page", draw);
    model.off("msg:custom", hear);
    model.off("comm_live_update", live);
    root.ownerDocument.removeEventListener("visibilitychange", seen);
    for (const name of RELEASES) root.ownerDocument.removeEventListener(name, release, true);
  };
}

export default { render };
