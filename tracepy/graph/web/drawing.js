// The drawing: views and edges as SVG, and what is chosen on it.

const NAMESPACE = "http://www.w3.org/2000/svg";
const svg = document.getElementById("drawing");
const scene = document.getElementById("scene");
const camera = { x: 0, y: 0, scale: 1 };
const bare = { all: [], exact: new Map(), edges: new Map(), seen: new Int32Array(0) };
let drawn = { ...bare, size: { w: 0, h: 0 }, extra: null };

function shape(name, attributes = {}, ...inner) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, text] of Object.entries(attributes)) element.setAttribute(key, text);
  element.append(...inner);
  return element;
}

function draw() {
  const all = views();
  const seen = seenIn(all);
  const exact = exactEdges(all, seen);
  arrange(all[0], siblings(exact.values()));
  settle(all[0], 0, 0);
  const edges = drawnEdges(exact, all.length);
  routes([...edges.values()]);
  const marks = marked(all, seen);
  const [nests, lines, cards] = [
    shape("g"),
    shape("g", { class: "edges" }),
    shape("g", { class: "boxes" }),
  ];
  for (const view of all) {
    if (view.box === whole && view.open) {
      view.element = shape("g");
      continue;
    }
    if (view.open) nests.append(nest(view));
    cards.append((view.element = card(view, marks[view.number])));
  }
  for (const edge of edges.values()) lines.append((edge.element = line(edge)));
  const extra = shape("g", { class: "edges" });
  drawn = { all, exact, edges, seen, size: { w: all[0].w, h: all[0].h }, extra };
  scene.replaceChildren(nests, lines, cards, extra);
  document.documentElement.dataset.boxes = all.length;
  document.documentElement.dataset.edges = edges.size;
  highlight();
  trail();
}

function nest(view) {
  return shape("rect", {
    class: `nest${view.depth % 2 ? " odd" : ""}`,
    x: view.x,
    y: view.y,
    width: view.w,
    height: view.h,
    rx: 8,
  });
}

function card(view, marks) {
  const { x, y, w, box } = view;
  const h = view.open ? HEAD : view.h;
  const classes = [
    "box",
    box.type,
    isGroup(box) ? "group" : "",
    tint(box),
    view.open ? "open" : "",
    marks.own,
  ];
  const element = shape("g", {
    class: classes.filter(Boolean).join(" "),
    transform: `translate(${x} ${y})`,
    id: `box-${box.key}`,
    role: "treeitem",
    "aria-level": view.depth + 1,
    "aria-label": `${view.title} ${view.sub.join(" ")}`,
  });
  element.dataset.view = view.number;
  if (opens(box) && !view.pager) element.setAttribute("aria-expanded", view.open);
  if (isGroup(box) && !view.open && !view.pager) {
    element.append(shape("rect", { class: "under", x: 4, y: 4, width: w, height: h, rx: 6 }));
  }
  element.append(shape("rect", { class: "body", width: w, height: h, rx: 6 }));
  if (view.pager) {
    element.append(words("title", 12, 18, view.title));
    return element;
  }
  if (!view.open)
    element.append(shape("path", { class: "side", d: `M6 0H4Q0 0 0 6V${h - 6}Q0 ${h} 4 ${h}H6Z` }));
  let left = 14;
  if (opens(box)) {
    element.append(knob(view.open));
    left = 30;
  }
  element.append(words("title", left, 19, view.title));
  const sub = words(
    "sub",
    view.open ? left + view.title.length * CHARACTER + 14 : left,
    view.open ? 19 : 35,
    view.sub[0],
  );
  const what = shape("tspan", { class: "value", dx: 8 });
  what.textContent = view.sub[1];
  sub.append(what);
  element.append(sub, ...marks.badges.map((mark, index) => badge(mark, w - 10 - index * 17)));
  return element;
}

function words(name, x, y, text) {
  const element = shape("text", { class: name, x, y });
  element.textContent = text;
  return element;
}

function knob(open) {
  const fold = open ? "M13 12h10l-5 6z" : "M15 10l6 5l-6 5z";
  return shape(
    "g",
    { class: "toggle" },
    shape("rect", { class: "knob", x: 8, y: 4, width: 20, height: 22, rx: 4 }),
    shape("path", { class: "fold", d: fold }),
  );
}

const SIGNS = { output: "★", parameter: "θ", error: "!" };
function badge({ kind, inside }, x) {
  return shape(
    "g",
    {},
    shape("circle", { class: `badge ${kind}${inside ? " inside" : ""}`, cx: x, cy: 1, r: 7.5 }),
    words("badge", x, 4.2, SIGNS[kind]),
  );
}

// What is marked in each view: the node itself, or, in a closed box, something inside.
function marked(all, seen) {
  const found = all.map(() => ({ own: "", badges: [] }));
  const mark = (node, kind, own) => {
    const view = all[seen[node]];
    if (!view || view.pager) return;
    const { badges } = found[view.number];
    const inside = !isNode(view.box) || (view.box.type !== "step" && view.box.node !== node);
    const known = badges.find((badge) => badge.kind === kind);
    if (!inside) found[view.number].own ||= own;
    if (!known) badges.push({ kind, inside });
    else known.inside &&= inside;
  };
  if (judged >= 0) mark(judged, "output", "judged");
  if (failure >= 0) mark(failure, "error", "failed");
  for (let node = 0; node < count; node++)
    if (spot(node).parameter !== null) mark(node, "parameter", "");
  return found;
}

function line(edge) {
  const role = edge.control ? "control" : "data";
  const element = shape("path", {
    class: `edge ${role}`,
    d: edge.path,
    "stroke-width": 1.1 + Math.min(1.6, Math.log10(edge.weight)),
    "marker-end": `url(#tip-${role})`,
  });
  element.dataset.edge = edge.number;
  return element;
}

function tips() {
  const tip = (name) =>
    shape(
      "marker",
      {
        id: `tip-${name}`,
        viewBox: "0 0 8 8",
        refX: 3,
        refY: 4,
        markerWidth: 8,
        markerHeight: 8,
        markerUnits: "userSpaceOnUse",
        orient: "auto",
      },
      shape("path", { class: `tip ${name}`, d: "M0 0L8 4L0 8Z" }),
    );
  document
    .getElementById("heads")
    .replaceChildren(...["data", "control", "slice", "users"].map(tip));
}

// What the chosen box depends on and what uses it, over all that there is; shown where it is seen.
function highlight() {
  const view = viewOf(state.selected);
  svg.classList.toggle("chosen", Boolean(view) && view.number > 0);
  for (const { element } of drawn.all) element.classList.remove("selected", "slice", "users");
  for (const edge of drawn.edges.values()) restyle(edge, "");
  drawn.extra?.replaceChildren();
  svg.removeAttribute("aria-activedescendant");
  if (!view) return;
  view.element.classList.add("selected");
  svg.setAttribute("aria-activedescendant", view.element.id);
  if (view.number === 0) return;
  const mine = membersOf(state.selected);
  show(backward(mine), mine);
}

function show(slice, mine) {
  const { all, exact, seen } = drawn;
  const own = new Uint8Array(count);
  for (const node of mine) own[node] = 1;
  const mark = (number, name) => {
    if (number >= 0) all[number].element.classList.add(name);
  };
  const tied = new Map();
  for (let node = 0; node < count; node++) {
    if (slice[node] && !own[node]) mark(seen[node], "slice");
    for (let edge = firstInput[node]; edge < firstInput[node + 1]; edge++) {
      const source = sources[edge];
      const used = own[source] && !own[node];
      if (used) mark(seen[node], "users");
      if (!used && !slice[node]) continue;
      const line = exact.get(edgeKey(seen[source], seen[node], control[edge], all.length));
      if (!line) continue;
      const style = used ? "users" : "slice";
      if (used || !line.drawnAs.style) restyle(line.drawnAs, style);
      if (line.drawnAs.from === line.from && line.drawnAs.to === line.to) continue;
      if (used || own[node]) tied.set(line, style);
    }
  }
  showExactly(tied);
}

// The edges of what is chosen where they really start and end.
function showExactly(tied) {
  const lines = [...tied].map(([edge, style]) => ({ ...edge, style }));
  routes(lines);
  for (const edge of lines) {
    edge.element = line(edge);
    restyle(edge, edge.style);
  }
  drawn.extra.replaceChildren(...lines.map((edge) => edge.element));
}

function restyle(edge, style) {
  const role = edge.control ? "control" : "data";
  edge.style = style;
  edge.element.setAttribute("class", `edge ${role} ${style}`);
  edge.element.setAttribute("marker-end", `url(#tip-${style || role})`);
}

function viewOf(box) {
  return box ? drawn.all.find((view) => view.box.key === box.key) : undefined;
}

// All nodes that a box stands for.
function membersOf(box) {
  const found = [];
  const stack = [];
  for (let at = box.from; at < box.to; at++) stack.push(kids[at]);
  while (stack.length) {
    const node = stack.pop();
    if (node < count) found.push(node);
    for (let at = firstKid[node]; at < firstKid[node + 1]; at++) stack.push(kids[at]);
  }
  return found;
}

// The camera: what of the drawing is in the window.

function look() {
  scene.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.scale})`);
}

function zoom(factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) {
  const scale = Math.min(3, Math.max(0.03, camera.scale * factor));
  camera.x = x - (x - camera.x) * (scale / camera.scale);
  camera.y = y - (y - camera.y) * (scale / camera.scale);
  camera.scale = scale;
  look();
}

// All of it, or at first the top of it, no smaller than can be read.
function fit(readable = false) {
  const { w, h } = drawn.size;
  const [wide, high] = [(svg.clientWidth - 48) / w, (svg.clientHeight - 84) / h];
  const least = readable ? Math.min(0.85, Math.max(0.62, wide)) : 0.03;
  camera.scale = Math.max(least, Math.min(1.15, wide, high));
  camera.x = Math.max(24, (svg.clientWidth - w * camera.scale) / 2);
  camera.y = 42;
  look();
}

function centre(view) {
  if (!view) return;
  camera.scale = Math.max(camera.scale, 0.85);
  const { x, y, w } = view;
  const h = view.open ? HEAD : view.h;
  camera.x = svg.clientWidth / 2 - (x + Math.min(w, 300) / 2) * camera.scale;
  camera.y = svg.clientHeight / 2 - (y + h / 2) * camera.scale;
  look();
}

// Moves the drawing as little as brings a view into the window.
function bringIn(view) {
  if (!view) return;
  const { x, y, w } = view;
  const h = view.open ? HEAD : view.h;
  const nudge = (start, length, offset, room) => {
    const [low, high] = [start * camera.scale + offset, (start + length) * camera.scale + offset];
    if (low < 40) return 40 - low;
    return high > room - 40 ? Math.max(room - 40 - high, 40 - low) : 0;
  };
  camera.x += nudge(x, Math.min(w, 300), camera.x, svg.clientWidth);
  camera.y += nudge(y, h, camera.y, svg.clientHeight);
  look();
}

// Draws again so that a box stays where it is on the screen.
function redraw(box) {
  const before = viewOf(box);
  const [x, y] = before ? [before.x, before.y] : [0, 0];
  draw();
  const after = viewOf(box);
  if (before && after) {
    camera.x += (x - after.x) * camera.scale;
    camera.y += (y - after.y) * camera.scale;
    look();
  }
}
