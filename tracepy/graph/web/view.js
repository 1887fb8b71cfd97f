// What is open, and what of it is visible.

const LIMIT = 320; // boxes that are drawn at most, but for what a person asked to see
const READABLE = 150; // boxes that are drawn at first
const DEEP = 9; // boxes round the one that is gone to
const state = { root: whole, opened: new Set(), pages: new Map(), selected: null };

function isOpen(box) {
  return box === state.root || state.opened.has(box.key);
}

// The parts of a box that are on its page, as [first, past the last].
function page(box) {
  const total = contents(box).starts.length;
  if (total <= PAGE + 4) return [0, total];
  const first = Math.min(state.pages.get(box.key) ?? 0, total - 1);
  return [first, Math.min(first + PAGE, total)];
}

function visible(box = state.root) {
  if (!isOpen(box) || !opens(box)) return 1;
  const [first, past] = page(box);
  let sum = 1;
  for (let index = first; index < past; index++) sum += visible(part(contents(box), index));
  return sum;
}

// Opened as far as `level` says and as is readable: what comes first, and of a loop the first turn.
function openTo(level) {
  foldStatements(level === "call");
  Object.assign(state, { root: whole, opened: new Set(), pages: new Map(), selected: null });
  if (level === "module") return;
  const queue = [[whole, 0]];
  let sum = 1;
  for (let next = 0; next < queue.length; next++) {
    const [box, depth] = queue[next];
    const [first, past] = page(box);
    if (box !== whole && (sum + past - first > READABLE || depth > DEEP)) continue;
    sum += past - first;
    state.opened.add(box.key);
    const sample = box.type === "loop" || box.type === "calls";
    for (let index = first; index < (sample ? first + 1 : past); index++) {
      const inner = part(contents(box), index);
      if (level === "call" ? leads(inner) : opens(inner) && inner.type !== "defs")
        queue.push([inner, depth + 1]);
    }
  }
}

// Whether there are calls in a box.
function leads(box) {
  if (isGroup(box)) return box.type !== "steps" && callsBefore[box.to] > callsBefore[box.from];
  return opens(box) && callsBefore[firstKid[box.node + 1]] > callsBefore[firstKid[box.node]];
}

function open(box, keep = [box]) {
  state.opened.delete(box.key);
  state.opened.add(box.key);
  const kept = new Set(keep.map((one) => one.key));
  for (const key of [...state.opened]) {
    if (visible() <= LIMIT) break;
    if (!kept.has(key)) state.opened.delete(key);
  }
}

function close(box) {
  state.opened.delete(box.key);
}

// Opens what is round a box, and draws only a part of the whole where that is too deep.
function reveal(path) {
  const inside = path.indexOf(state.root);
  const start = Math.max(inside, 0, path.length - 1 - DEEP);
  state.root = path[start];
  for (let index = start; index + 1 < path.length; index++) {
    const list = contents(path[index]);
    const where = covering(list, path[index + 1].from);
    const [first, past] = page(path[index]);
    if (where < first || where >= past) state.pages.set(path[index].key, where - (where % PAGE));
    open(path[index], path);
  }
}

// The views of what is visible, in reading order; numbered, each with the number past its last.
function views() {
  const all = [];
  const visit = (box, up, pager = null) => {
    const view = {
      box,
      up,
      pager,
      views: [],
      number: all.length,
      depth: up ? up.depth + 1 : 0,
      open: !pager && opens(box) && isOpen(box),
      title: clip(pager ? pager.title : title(box), LONGEST),
    };
    view.sub = pager ? ["", ""] : clipped(subtitle(box));
    all.push(view);
    if (view.open) inside(view, (...child) => view.views.push(visit(...child)));
    view.past = all.length;
    return view;
  };
  visit(state.root, null);
  return all;
}

function inside(view, visit) {
  const list = contents(view.box);
  const [first, past] = page(view.box);
  const total = list.starts.length;
  if (first > 0)
    visit(rest(view.box, list, 0, first), view, {
      to: Math.max(0, first - PAGE),
      title: `↑ ${more(view.box, first)} before`,
    });
  for (let index = first; index < past; index++) visit(part(list, index), view);
  if (past < total)
    visit(rest(view.box, list, past, total), view, {
      to: past,
      title: `↓ ${more(view.box, total - past)}`,
    });
}

function rest(box, list, first, past) {
  return {
    key: `${first ? "after" : "before"}-${box.key}`,
    type: "pager",
    node: kids[list.starts[first]],
    from: list.starts[first],
    to: end(list, past - 1),
    of: box,
  };
}

function more(box, number) {
  const word = { loop: "turn", calls: "call" }[box.type] ?? "step";
  return `${number.toLocaleString("en")} more ${word}${number === 1 ? "" : "s"}`;
}

function clipped([where, what]) {
  return [where, clip(what, Math.max(6, 44 - where.length))];
}

// Of each node the number of the view that it is seen in, -1 for what is outside.
function seenIn(all) {
  const seen = new Int32Array(WHOLE + 1).fill(-1);
  for (const view of all) {
    if (view.open && isNode(view.box)) seen[view.box.node] = view.number;
    if (view.open) continue;
    if (view.box.type === "whole") seen[WHOLE] = view.number;
    for (let at = view.box.from; at < view.box.to; at++) seen[kids[at]] = view.number;
  }
  const inherit = (node) => {
    if (seen[node] < 0) seen[node] = seen[parent[node]];
  };
  for (let file = count; file < WHOLE; file++) inherit(file);
  for (let node = 0; node < count; node++) inherit(node);
  return seen;
}

// Edges between views, exactly: what several stand for is one. A call that is open needs no edges
// to what is in it.
function exactEdges(all, seen) {
  const found = new Map();
  for (let node = 0; node < count; node++) {
    const to = seen[node];
    if (to < 0) continue;
    for (let edge = firstInput[node]; edge < firstInput[node + 1]; edge++) {
      const from = seen[sources[edge]];
      if (from < 0 || from === to || encloses(all[from], to) || encloses(all[to], from)) continue;
      const key = edgeKey(from, to, control[edge], all.length);
      const known = found.get(key);
      if (known) known.weight++;
      else
        found.set(key, {
          from: all[from],
          to: all[to],
          control: control[edge],
          weight: 1,
          number: found.size,
        });
    }
  }
  return found;
}

// The edges as they are drawn: what lies deep in an open box is tied to that box, or a step
// further in where the other end is beside it. What is chosen shows its own edges as they are.
function drawnEdges(exact, total) {
  const found = new Map();
  for (const edge of exact.values()) {
    const { around } = meet(edge.from, edge.to);
    const level = around.depth + 1;
    const [further, deeper] = [edge.from.depth - level, edge.to.depth - level];
    const from = raised(edge.from, level + (deeper ? 0 : 1));
    const to = raised(edge.to, level + (further ? 0 : 1));
    const key = edgeKey(from.number, to.number, edge.control, total);
    const known = found.get(key);
    if (known) known.weight += edge.weight;
    else found.set(key, { ...edge, from, to, number: found.size });
    edge.drawnAs = found.get(key);
  }
  return found;
}

function raised(view, depth) {
  while (view.depth > depth) view = view.up;
  return view;
}

function encloses(view, number) {
  return view.number < number && number < view.past;
}
function edgeKey(from, to, role, total) {
  return (from * total + to) * 2 + role;
}
