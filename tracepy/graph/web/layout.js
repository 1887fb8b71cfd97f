// Where the visible boxes are. A view is a box as it is drawn now: { box, open, views, up, depth }
// with a place {x, y, w, h} and the row that it is in. What is in an open box flows in rows, in
// the order in which it happened; what depends on something in a row goes to a row below, so that
// edges point down. An open box has a row of its own.

const ROW = 30; // between rows: room for edges
const GAP = 18;
const HEAD = 30; // the title of an open box
const PAD = 16;
const GUTTER = 36; // room on the left for edges that are longer than to the next row
const HEIGHT = 44;
const CHARACTER = 7.25;
const SMALL = 6.35;
const LONGEST = 36;

function clip(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function measure(view) {
  const [where, what] = view.sub;
  const wide = Math.max(view.title.length * CHARACTER, (where.length + what.length + 2) * SMALL);
  view.w = Math.min(310, Math.max(104, wide + (opens(view.box) && !view.pager ? 50 : 34)));
  view.h = view.pager ? 28 : HEIGHT;
}

// `needs` has for each view the siblings that it depends on.
function arrange(view, needs) {
  if (!view.open) {
    measure(view);
    return;
  }
  const grid = view.box.type === "loop" || view.box.type === "calls";
  const limit = Math.max(560, 1120 - view.depth * 50);
  const [gutter, head, pad] = view.box === whole ? [GUTTER, 0, 0] : [GUTTER, HEAD, PAD];
  const rows = [];
  let x = gutter;
  let row = [];
  for (const inner of view.views) {
    arrange(inner, needs);
    const below = !grid && row.some((other) => needs.get(inner)?.has(other));
    const wide = inner.open || inner.pager;
    if (!row.length || below || wide || x + inner.w > limit) {
      rows.push((row = []));
      x = gutter;
    }
    inner.x = x;
    row.push(inner);
    x = wide ? limit : x + inner.w + GAP;
  }
  let y = head + pad / 2;
  for (const row of rows) {
    const high = Math.max(...row.map((inner) => inner.h));
    for (const inner of row) Object.assign(inner, { y, row: rows.indexOf(row), rowHeight: high });
    y += high + ROW;
  }
  const right = Math.max(0, ...view.views.map((inner) => inner.x + inner.w));
  const titled =
    view.title.length * CHARACTER + (view.sub[0].length + view.sub[1].length) * SMALL + 80;
  view.w = Math.max(right + pad, view.box === whole ? 0 : titled);
  view.h = y - ROW + pad;
}

// From places within the box above to places in the drawing.
function settle(view, x, y) {
  Object.assign(view, { x, y, rowTop: y, rowBottom: y + (view.rowHeight ?? view.h) });
  if (view.open) view.views.forEach((inner) => settle(inner, x + inner.x, y + inner.y));
}

// The closest box round two views, and the two boxes directly in it.
function meet(from, to) {
  let [a, b] = [from, to];
  while (a.depth > b.depth) a = a.up;
  while (b.depth > a.depth) b = b.up;
  while (a.up !== b.up) [a, b] = [a.up, b.up];
  return { around: a.up, a, b };
}

function siblings(edges) {
  const needs = new Map();
  for (const { from, to } of edges) {
    const { a, b } = meet(from, to);
    if (!needs.has(b)) needs.set(b, new Set());
    needs.get(b).add(a);
  }
  return needs;
}

// Edges. To the next row they are curves. Others go down a track in the gutter of the box that
// both ends are in; all edges from one box share theirs.

const TIP = 5; // the length of an arrow's head
const TURN = 6; // the radius of corners

function routes(edges) {
  spread(edges);
  const long = edges.filter((edge) => !(edge.path = short(edge)));
  tracks(long);
  for (const edge of long) edge.path = around(edge);
}

// Where along the side of its box each edge is tied, so that they do not lie on each other.
function spread(edges) {
  const ends = new Map();
  const tie = (view, side, edge, toward) => {
    const key = `${view.number}${side}`;
    if (!ends.has(key)) ends.set(key, { view, side, ties: [] });
    ends.get(key).ties.push({ edge, toward });
  };
  for (const edge of edges) {
    const near = isNext(edge);
    tie(edge.from, near ? "start" : "trunk", edge, edge.to.x);
    tie(edge.to, "finish", edge, near ? edge.from.x : -Infinity);
  }
  for (const { view, side, ties } of ends.values()) {
    if (side === "trunk") {
      // all leave from one place
      for (const { edge } of ties) edge.start = view.x + 16;
      continue;
    }
    const middle = Math.min(view.w / 2, 56);
    const step = Math.min(10, (2 * middle - 20) / ties.length);
    ties.sort((a, b) => a.toward - b.toward || a.edge.number - b.edge.number);
    ties.forEach(({ edge }, index) => {
      edge[side] = view.x + middle + (index - (ties.length - 1) / 2) * step;
    });
  }
}

function isNext({ from, to }) {
  const drop = to.y - from.y - from.h;
  return drop > 4 && drop <= 2 * ROW + HEAD && to.rowTop >= from.rowBottom - 1;
}

function short(edge) {
  const { from, to, start, finish } = edge;
  if (isNext(edge)) {
    const [top, bottom] = [from.y + from.h, to.y - TIP];
    const bend = Math.max(12, (bottom - top) / 2);
    return `M${start} ${top}C${start} ${top + bend} ${finish} ${bottom - bend} ${finish} ${bottom}`;
  }
  if (from.up !== to.up || from.row !== to.row || to.x < from.x) return null;
  if (to.x - from.x - from.w < GAP + 4) {
    const y = from.y + HEIGHT / 2 + (edge.control ? 5 : -5);
    return `M${from.x + from.w} ${y}L${to.x - TIP} ${y}`;
  }
  return corners([
    [start, from.y],
    [start, from.y - 9],
    [finish, from.y - 9],
    [finish, to.y - TIP],
  ]);
}

// Gives each source a track that is free from where its edges start to where they end.
function tracks(edges) {
  const wanted = new Map();
  for (const edge of edges) {
    const { around } = meet(edge.from, edge.to);
    const key = `${around.number} ${edge.from.number}`;
    const [top, bottom] = [
      Math.min(edge.from.rowBottom, edge.to.rowTop),
      Math.max(edge.from.rowBottom, edge.to.rowTop),
    ];
    const known = wanted.get(key);
    if (known) {
      known.edges.push(edge);
      [known.top, known.bottom] = [Math.min(known.top, top), Math.max(known.bottom, bottom)];
    } else {
      wanted.set(key, { around, top, bottom, edges: [edge] });
    }
  }
  const taken = new Map();
  for (const track of [...wanted.values()].sort((a, b) => a.bottom - a.top - (b.bottom - b.top))) {
    if (!taken.has(track.around)) taken.set(track.around, []);
    const columns = taken.get(track.around);
    const free = columns.findIndex((column) =>
      column.every((other) => other.bottom < track.top || other.top > track.bottom),
    );
    track.column = free < 0 ? columns.push([]) - 1 : free;
    columns[track.column].push(track);
  }
  for (const { around, column, edges } of wanted.values()) {
    const step = Math.min(5, (GUTTER - 10) / taken.get(around).length);
    for (const edge of edges) {
      edge.track = around.x + GUTTER - 7 - column * step;
      edge.lane = column % 5;
    }
  }
}

function around({ from, to, start, finish, track, lane }) {
  const out = from.rowBottom + 6 + lane * 3;
  const back = to.rowTop - 18 + lane * 2;
  return corners([
    [start, from.y + from.h],
    [start, out],
    [track, out],
    [track, back],
    [finish, back],
    [finish, to.y - TIP],
  ]);
}

// A line through points, with its corners rounded.
function corners(points) {
  let path = `M${points[0].join(" ")}`;
  for (let index = 1; index + 1 < points.length; index++) {
    const [x, y] = points[index];
    const toward = ([u, v]) => {
      const length = Math.hypot(u - x, v - y) || 1;
      const part = Math.min(TURN, length / 2) / length;
      return `${x + (u - x) * part} ${y + (v - y) * part}`;
    };
    path += `L${toward(points[index - 1])}Q${x} ${y} ${toward(points[index + 1])}`;
  }
  return `${path}L${points.at(-1).join(" ")}`;
}
