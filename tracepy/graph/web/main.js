// What a person does.

const field = document.getElementById("search");
let level = data.level;

function select(box) {
  state.selected = box;
  highlight();
  describe();
  remember();
}

// Goes to a node, wherever it is.
function go(node) {
  const path = pathTo(node);
  reveal(path);
  state.selected = path.at(-1);
  draw();
  centre(viewOf(state.selected));
  describe();
  remember();
  svg.focus({ preventScroll: true });
}

function toggle(box) {
  if (!opens(box) || box === state.root) return;
  if (isOpen(box)) close(box);
  else open(box, lineOf(box));
  redraw(box);
  describe();
}

// A box and the boxes round it.
function lineOf(box) {
  const line = [];
  for (let view = viewOf(box); view; view = view.up) line.push(view.box);
  return line.length ? line : [box];
}

function turnPage(view) {
  state.pages.set(view.box.of.key, view.pager.to);
  redraw(view.box.of);
  bringIn(viewOf(view.box.of));
}

// Draws only what is in a box.
function enter(box) {
  if (!opens(box)) return;
  state.root = box;
  draw();
  fit(true);
  describe();
}

function trail() {
  const path = state.root === whole ? [] : pathTo(state.root.node);
  const past = path.findIndex((box) => box.key === state.root.key);
  const line = past < 0 ? path : path.slice(0, past + 1);
  const ends = line.length > 8 ? [...line.slice(0, 2), null, ...line.slice(-5)] : line;
  document
    .getElementById("trail")
    .replaceChildren(
      ...ends.map((box) =>
        box ? button(clip(title(box), 28), () => enter(box)) : html("span", {}, "…"),
      ),
    );
}

function setLevel(name) {
  level = name;
  openTo(level);
  draw();
  fit(true);
  describe();
  for (const one of ["module", "call", "statement"]) {
    document.getElementById(`level-${one}`).setAttribute("aria-pressed", one === level);
  }
}

let turn = -1;
function nextParameter() {
  const known = parameters();
  if (!known.length) return;
  turn = (turn + 1) % known.length;
  go(known[turn][1][0]);
}

// The pointer: a press that moves drags the drawing, one that does not chooses a box.

let press = null;
svg.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  press = { x: event.clientX, y: event.clientY, moved: false };
});
svg.addEventListener("pointermove", (event) => {
  if (!press) return;
  const [dx, dy] = [event.clientX - press.x, event.clientY - press.y];
  if (!press.moved && Math.hypot(dx, dy) < 4) return;
  if (!press.moved && event.isTrusted) svg.setPointerCapture(event.pointerId);
  svg.classList.add("dragged");
  camera.x += dx;
  camera.y += dy;
  press = { x: event.clientX, y: event.clientY, moved: true };
  look();
});
for (const name of ["pointerup", "pointercancel"]) {
  svg.addEventListener(name, () => {
    svg.classList.remove("dragged");
    svg.dataset.moved = press?.moved ? "yes" : "";
    press = null;
  });
}
svg.addEventListener("click", (event) => {
  if (svg.dataset.moved) return;
  const view = pointed(event);
  if (!view) select(null);
  else if (view.pager) turnPage(view);
  else if (event.target.closest(".toggle")) toggle(view.box);
  else select(view.box);
});
svg.addEventListener("dblclick", (event) => {
  const view = pointed(event);
  if (view && !view.pager && !event.target.closest(".toggle")) toggle(view.box);
});
svg.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const pinch = event.ctrlKey ? 6 : 1;
    const frame = svg.getBoundingClientRect();
    zoom(
      Math.exp(-event.deltaY * unit * pinch * 0.0015),
      event.clientX - frame.left,
      event.clientY - frame.top,
    );
  },
  { passive: false },
);
svg.addEventListener("pointerover", (event) => near(pointed(event)));

function pointed(event) {
  const element = event.target.closest?.(".box");
  return element ? drawn.all[element.dataset.view] : undefined;
}

// The edges of what the pointer is over stand out.
function near(view) {
  for (const edge of drawn.edges.values())
    edge.element.classList.toggle("near", edge.from === view || edge.to === view);
}

// The keyboard.

function step(by) {
  const views = drawn.all;
  const here = viewOf(state.selected);
  const start = views[0].box === whole && views.length > 1 ? 1 : 0; // the whole has no box of its own
  choose(views[here ? Math.min(views.length - 1, Math.max(start, here.number + by)) : start]);
}

function choose(view) {
  if (!view) return;
  if (view.box === whole) return;
  select(view.box);
  bringIn(view);
}

function into() {
  const view = viewOf(state.selected);
  if (!view) step(1);
  else if (view.pager || !opens(view.box)) return;
  else if (view.open) choose(view.views[0]);
  else toggle(view.box);
}

function out() {
  const view = viewOf(state.selected);
  if (!view) return;
  if (view.open && view.up) toggle(view.box);
  else choose(view.up);
}

function act() {
  const view = viewOf(state.selected);
  if (view?.pager) turnPage(view);
  else if (view) toggle(view.box);
}

const KEYS = {
  "+": () => zoom(1.25),
  "=": () => zoom(1.25),
  "-": () => zoom(0.8),
  0: () => fit(),
  "/": () => field.focus(),
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: into,
  ArrowLeft: out,
  Enter: act,
  Escape: () => select(null),
  c: () => centre(viewOf(state.selected)),
  r: () => state.selected && enter(state.selected),
  p: nextParameter,
  o: () => judged >= 0 && go(judged),
  e: () => failure >= 0 && go(failure),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === field) return;
  if (
    event.target !== svg &&
    ["Enter", "ArrowDown", "ArrowUp"].includes(event.key) &&
    event.target !== document.body
  )
    return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
field.addEventListener("input", () => (field.value.trim() ? showFound(field.value) : describe()));
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") panel.querySelector(".link")?.click();
  else if (event.key === "ArrowDown") panel.querySelector(".link")?.focus();
  else if (event.key === "Escape") {
    field.value = "";
    describe();
    svg.focus();
  }
});
panel.addEventListener("keydown", (event) => {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!move) return;
  const all = [...panel.querySelectorAll(".link")];
  all[all.indexOf(document.activeElement) + move]?.focus();
  event.preventDefault();
});

// What the address says after the #: level=call, open=n8,n12, node=n70, root=n6, q=words. The
// numbers are those of nodes in tracepy's other exports.

function remember() {
  const box = state.selected;
  const text =
    box && isNode(box) && box.node < count
      ? `#node=n${data.ids[box.node]}`
      : location.pathname + location.search;
  try {
    history.replaceState(null, "", text);
  } catch {
    // A page that is shown within another may have no address of its own.
  }
}

function numbered(text) {
  return ordinal.get(Number((text ?? "").replace(/^n/, "")));
}

function follow() {
  const wish = new URLSearchParams(location.hash.slice(1));
  if (wish.has("level") && ["module", "call", "statement"].includes(wish.get("level")))
    setLevel(wish.get("level"));
  const root = numbered(wish.get("root") ?? "none");
  if (root !== undefined && hasKids(root)) enter(pathTo(root).at(-1));
  for (const name of (wish.get("open") ?? "").split(",").filter(Boolean)) {
    const path = pathTo(numbered(name) ?? WHOLE);
    reveal(path);
    if (opens(path.at(-1))) open(path.at(-1), path);
  }
  if (wish.has("open")) draw();
  const node = numbered(wish.get("node") ?? "none");
  if (node !== undefined) go(node);
  if (wish.has("q")) {
    field.value = wish.get("q");
    showFound(field.value);
  }
}

function legend() {
  const rows = [
    ["calling", "call"],
    ["argument", "argument"],
    ["value", "assignment"],
    ["decision", "loop, branch"],
    ["result", "return, output"],
    ["failure", "raise, except"],
    ["slice", "depended on"],
    ["users", "uses it"],
  ];
  const list = document.getElementById("legend");
  for (const [name, text] of rows) list.append(html("li", {}, html("i", { class: name }), text));
  for (const role of ["data", "control"]) {
    const box = html("input", { type: "checkbox", id: `show-${role}` });
    box.checked = true;
    box.addEventListener("change", () => svg.classList.toggle(`without-${role}`, !box.checked));
    list.append(
      html("li", {}, html("label", {}, box, html("i", { class: role }), `${role} edges`)),
    );
  }
}

function on(id, act) {
  document.getElementById(id).addEventListener("click", act);
}

function start() {
  tips();
  legend();
  for (const name of ["module", "call", "statement"]) on(`level-${name}`, () => setLevel(name));
  on("zoom-in", () => zoom(1.25));
  on("zoom-out", () => zoom(0.8));
  on("zoom-fit", () => fit());
  on("go-output", () => go(judged));
  on("go-error", () => go(failure));
  on("go-parameter", nextParameter);
  document.getElementById("go-output").disabled = judged < 0;
  document.getElementById("go-error").disabled = failure < 0;
  document.getElementById("go-parameter").disabled = !parameters().length;
  setLevel(level);
  follow();
  addEventListener("hashchange", follow);
  document.documentElement.dataset.drawn = Math.round(performance.now());
}

start();
