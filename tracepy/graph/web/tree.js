// The boxes: what a call holds, with loops and repeated calls drawn together. Nothing is made
// before it is looked at.
//
// A box covers kids[from] up to kids[to]. Its type is `whole`, `module`, `call`, `step` (the nodes
// of one statement that ran), or one of the groups `loop`, `turn`, `calls`, `defs` and `steps`.

const PAGE = 30; // boxes of one parent that are drawn at a time
const ALIKE = 4; // calls of one function in a row that are drawn together
const whole = { key: "whole", type: "whole", node: WHOLE, from: 0, to: 0 };
let boxes = new Map();
let folded = false; // at the level of calls statements are drawn together

function foldStatements(fold) {
  if (fold === folded) return;
  folded = fold;
  boxes = new Map();
  delete whole.contents;
}

function boxOf(type, from, to) {
  const node = kids[from];
  const key = `${type}${node < count ? data.ids[node] : `-${node - count}`}`;
  let found = boxes.get(key);
  if (!found) boxes.set(key, (found = { key, type, node, from, to }));
  return found;
}

const GROUPS = new Set(["loop", "turn", "calls", "defs", "steps"]);
function isGroup(box) {
  return GROUPS.has(box.type);
}
function isNode(box) {
  return box.type === "step" || box.type === "call" || box.type === "module";
}
function opens(box) {
  return box.type !== "step";
}
function single(node) {
  return node >= count ? "module" : hasKids(node) ? "call" : "step";
}

// What is in a box, in order: where each part starts, and what type it is.
function contents(box) {
  if (!box.contents) box.contents = box.type === "loop" ? turns(box) : parts(box);
  return box.contents;
}

function parts(box) {
  const list = { starts: [], types: [], to: box.to };
  if (box.type === "calls" || box.type === "steps" || box.type === "defs") {
    split(box.from, box.to, list, false);
  } else if (box.type === "turn") {
    const body = headsEnd(box.from, box.to);
    add(list, box.from, "step");
    split(body, box.to, list, true);
  } else {
    list.to = firstKid[box.node + 1];
    split(firstKid[box.node], list.to, list, true);
  }
  return folded && box.type !== "steps" ? fold(list) : list;
}

function add(list, at, type) {
  list.starts.push(at);
  list.types.push(type);
}

function end(list, index) {
  return index + 1 < list.starts.length ? list.starts[index + 1] : list.to;
}
function part(list, index) {
  return boxOf(list.types[index], list.starts[index], end(list, index));
}

// The index of the part that covers kids[at].
function covering(list, at) {
  let low = 0;
  let high = list.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (list.starts[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function split(from, to, list, group) {
  for (let at = from; at < to;) {
    const node = kids[at];
    let next = at + 1;
    let type = single(node);
    const loop = group && isHead(node) ? loopAt(at, to) : null;
    if (loop && loop.turns.length > 1) {
      [type, next] = ["loop", loop.to];
    } else if (group && type === "call") {
      while (next < to && alike(kids[next], node)) next++;
      if (next - at >= ALIKE) type = "calls";
      else next = at + 1;
    } else if (group && defines(node)) {
      while (next < to && defines(kids[next])) next++;
      if (next - at >= ALIKE) type = "defs";
      else next = statementEnd(at, to);
    } else if (type === "step") {
      next = statementEnd(at, to);
    }
    add(list, at, type);
    at = next;
  }
}

// What one statement left behind: nodes in a row of one place, each of another kind or name.
function statementEnd(from, to) {
  const first = spot(kids[from]);
  const known = new Set();
  let next = isHead(kids[from]) ? headsEnd(from, to) : from;
  for (; next < to && single(kids[next]) === "step"; next++) {
    const { file, line, function: where, code, kind, names } = spot(kids[next]);
    const made = `${kind} ${names}`;
    if (
      line !== first.line ||
      code !== first.code ||
      where !== first.function ||
      file !== first.file ||
      known.has(made)
    )
      break;
    known.add(made);
  }
  return next;
}

function defines(node) {
  return (
    single(node) === "step" &&
    /^\s*(@|def |class |async def |import |from )/.test(spot(node).code) &&
    spot(node).kind !== "branch"
  );
}

function alike(node, other) {
  return (
    hasKids(node) &&
    node < count &&
    other < count &&
    spot(node).function === spot(other).function &&
    spot(node).module === spot(other).module
  );
}

// Parts in a row without a call in them become one.
function fold(list) {
  const plain = (index) =>
    callsBefore[end(list, index)] === callsBefore[list.starts[index]] &&
    kids[list.starts[index]] < count;
  const result = { starts: [], types: [], to: list.to };
  for (let index = 0; index < list.starts.length;) {
    let next = index + 1;
    while (plain(index) && next < list.starts.length && plain(next)) next++;
    const type = next > index + 1 ? "steps" : list.types[index];
    add(result, list.starts[index], type);
    index = next;
  }
  return result;
}

// Loops. A head is logged at the start of every turn, once for each thing that it assigns, and
// once more where the loop is over (what it changed may follow that). A turn ends where the next one starts; the last one ends with
// the last line that an earlier turn has been to.

function isHead(node) {
  return node < count && spot(node).kind === "loop";
}
function sameHead(node, head) {
  return isHead(node) && spot(node).line === spot(head).line && spot(node).file === spot(head).file;
}

function headsEnd(from, to) {
  let next = from + 1;
  while (next < to && goesOn(next, kids[from])) next++;
  return next;
}

// Whether kids[at] belongs to the same head as what is before it: it depends on that, or assigns
// another name.
function goesOn(at, head) {
  const node = kids[at];
  if (!isHead(head) || !sameHead(node, head)) return false;
  for (let edge = firstInput[node]; edge < firstInput[node + 1]; edge++) {
    if (control[edge] && sources[edge] === kids[at - 1]) return true;
  }
  const { names } = spot(node);
  return names.length > 0 && names.join() !== spot(head).names.join();
}

function loopAt(from, to) {
  const head = kids[from];
  const line = spot(head).line;
  const starts = [from];
  let far = line; // the last line of turns that are over
  let reached = line; // the last line of the turn that is not
  let next = headsEnd(from, to);
  let last = next;
  for (; next < to; next++) {
    const node = kids[next];
    if (node >= count || fromOutside(node)) continue;
    if (spot(node).line < line) break;
    if (sameHead(node, head)) {
      far = Math.max(far, reached);
      reached = line;
      starts.push(next);
      next = headsEnd(next, to) - 1;
      last = next + 1;
    } else {
      reached = Math.max(reached, spot(node).line);
    }
  }
  const close = last;
  while (last < to && inBody(kids[last], line, far)) last++;
  const over = last === close && starts.length > 1; // the last head only found that it is over
  return { to: last, turns: over ? starts.slice(0, -1) : starts, over: over ? starts.at(-1) : -1 };
}

function inBody(node, line, far) {
  return node < count && (fromOutside(node) || (spot(node).line > line && spot(node).line <= far));
}

function turns(box) {
  const loop = loopAt(box.from, box.to);
  const list = { starts: loop.turns, types: loop.turns.map(() => "turn"), to: loop.to };
  if (loop.over >= 0) {
    add(list, loop.over, "step");
  }
  return list;
}

// The boxes from the whole down to the one that is this node.
function pathTo(node) {
  const chain = [];
  for (let above = node; above !== WHOLE; above = parent[above]) chain.push(above);
  const path = [whole];
  for (const link of chain.reverse()) {
    do {
      const list = contents(path.at(-1));
      path.push(part(list, covering(list, position[link])));
    } while (!isNode(path.at(-1)));
  }
  return path;
}

// What a box says of itself: a title, what stands under it, and a tint by the kind of thing.

const TINTS = {
  argument: "argument",
  assign: "value",
  augassign: "value",
  global: "value",
  attribute: "value",
  item: "value",
  constant: "value",
  import: "value",
  loop: "decision",
  branch: "decision",
  call: "calling",
  return: "result",
  yield: "result",
  output: "result",
  raise: "failure",
  except: "failure",
};

function tint(box) {
  if (box.type === "step") return TINTS[spot(box.node).kind] ?? "plain";
  return (
    { call: "calling", calls: "calling", loop: "decision", turn: "decision" }[box.type] ?? "plain"
  );
}

function title(box) {
  const node = box.node;
  switch (box.type) {
    case "defs":
      return plural(contents(box).starts.length, "definition");
    case "whole":
      return "Everything";
    case "module":
      return moduleName(node);
    case "call":
      return `${spot(node).function}()`;
    case "calls":
      return `${spot(node).function}() × ${(box.to - box.from).toLocaleString("en")}`;
    case "loop":
      return oneLine(spot(node).code);
    case "turn":
      return turnTitle(box);
    case "steps":
      return plural(contents(box).starts.length, "statement");
    default:
      return oneLine(spot(node).code) || spot(node).kind;
  }
}

function moduleName(file) {
  const name = base(fileNames[file - count]);
  for (let index = firstKid[file]; index < firstKid[file + 1]; index++) {
    const { module } = spot(kids[index]);
    const own = !hasKids(kids[index]) || name === `${module.split(".").at(-1)}.py`;
    if (module && own) return module; // a call may be of another module than the file it stands in
  }
  return name;
}

function turnTitle(box) {
  const told = [];
  for (let at = box.from; at < headsEnd(box.from, box.to); at++) told.push(binding(kids[at]));
  return told.filter(Boolean).join(", ") || "turn";
}

function binding(node) {
  const names = spot(node).names;
  return names.length && valueOf(node) !== null ? `${names[0]} = ${valueOf(node)}` : "";
}

function nodesOf(box) {
  return box.type === "step" ? Array.from(kids.subarray(box.from, box.to)) : [box.node];
}

// The values of a statement: the one that there is, or each with its name.
function bindings(box) {
  const nodes = nodesOf(box).filter((node) => valueOf(node) !== null);
  const values = new Set(nodes.map(valueOf));
  if (values.size < 2) return nodes.length ? `= ${valueOf(nodes[0])}` : null;
  return nodes.map((node) => binding(node) || valueOf(node)).join(", ");
}

// Under the title: [where, what], the second in the colour of values.
function subtitle(box) {
  const node = box.node;
  switch (box.type) {
    case "whole":
    case "module":
      return [plural(size[node], "node"), ""];
    case "call":
      return [`${spot(node).line} · ${plural(size[node] - 1, "node")}`, shown(result(node), "→ ")];
    case "calls":
      return ["calls in a row", ""];
    case "loop":
      return [`${spot(node).line} · ${plural(loopAt(box.from, box.to).turns.length, "turn")}`, ""];
    case "turn":
      return [`turn · ${plural(contents(box).starts.length, "step")}`, ""];
    case "defs":
    case "steps":
      return [`lines ${spot(node).line}–${spot(kids[box.to - 1]).line}`, ""];
    default:
      return [`${spot(node).line}`, shown(bindings(box), "")];
  }
}

function shown(text, sign) {
  return text === null ? "" : sign + oneLine(text);
}
