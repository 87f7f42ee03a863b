"use strict";
const byId = (id) => document.getElementById(id);
const list = byId("list"), caption = byId("caption"), frames = byId("frames"), state = byId("state"), newest = byId("newest");
let chosen = decodeURIComponent(location.hash.slice(1)), shown = "", drawn = "", cards = [];
if (chosen) newest.checked = false;

function made(kind, text, more) {
  const element = document.createElement(kind);
  if (text) element.textContent = text;
  return Object.assign(element, more || {});
}

function sign(of) {
  const found = made("span", of.mark, { className: "sign", title: of.status });
  found.style.color = of.colour;
  return found;
}

function fill(runs) {
  const told = JSON.stringify(runs);
  if (told === drawn) return;
  drawn = told;
  cards = runs.flatMap((run) => run.tasks.flatMap((task) => task.cards));
  const parts = [];
  for (const run of runs) {
    const title = made("h2", "", { title: run.status });
    title.append(sign(run), run.run);
    parts.push(title);
    for (const task of run.tasks) for (const card of task.cards) {
      const button = made("button", "", { type: "button" });
      button.dataset.place = card.place;
      button.append(sign(task), task.task, made("small", card.failed ? `${card.name} · could not be made` : card.name));
      button.addEventListener("click", () => { newest.checked = false; choose(card.place); });
      parts.push(button);
    }
  }
  const focused = document.activeElement && document.activeElement.dataset.place;
  list.replaceChildren(...(parts.length ? parts : [made("p", "There are no cards yet. A step asks for one with --card or @card.")]));
  if (focused) for (const each of list.querySelectorAll("button")) if (each.dataset.place === focused) each.focus();
}

function choose(place) {
  chosen = place;
  history.replaceState(null, "", newest.checked ? "#" : `#${encodeURIComponent(place)}`);
  show();
}

function show() {
  if (newest.checked || !cards.some((card) => card.place === chosen)) {
    const latest = cards.reduce((best, card) => (!best || card.made > best.made ? card : best), null);
    chosen = latest ? latest.place : "";
  }
  for (const each of list.querySelectorAll("button")) {
    if (each.dataset.place !== chosen) each.removeAttribute("aria-current");
    else if (!each.hasAttribute("aria-current")) {
      each.setAttribute("aria-current", "true");
      each.scrollIntoView({ block: "nearest" });
    }
  }
  const card = cards.find((each) => each.place === chosen);
  caption.replaceChildren();
  if (!card) { frames.replaceChildren(); shown = ""; return; }
  if (card.live) caption.append(made("span", "● live", { className: "live" }));
  caption.append(card.caption);
  if (shown === card.place + card.hash) return;
  shown = card.place + card.hash;
  // the old one stays until the new one is drawn: no white flash
  const frame = made("iframe", "", { className: "coming", title: card.caption });
  frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox allow-scripts");
  frame.src = `card/${card.place.split("/").map(encodeURIComponent).join("/")}?${encodeURIComponent(card.hash)}`;
  frame.addEventListener("load", () => {
    for (const each of [...frames.children]) if (each !== frame) each.remove();
    frame.className = "";
  });
  for (const each of frames.querySelectorAll(".coming")) each.remove();
  frames.append(frame);
}

async function look() {
  try {
    const answer = await fetch("data", { cache: "no-store" });
    if (!answer.ok) throw new Error((await answer.text()).trim());
    fill(await answer.json());
    state.className = "";
    state.textContent = `as of ${new Date().toLocaleTimeString()}`;
    show();
  } catch (error) {
    state.className = "lost";
    state.textContent = error instanceof TypeError ? "the server has ended" : String(error.message).split("\n")[0];
  }
  setTimeout(look, poll);
}

newest.addEventListener("change", () => choose(chosen));
addEventListener("hashchange", () => { chosen = decodeURIComponent(location.hash.slice(1)); newest.checked = !chosen; show(); });
look();
