// The graph, as columns. A node is its position in the order in which things happened; files and
// the whole are nodes too, past the last: what is in no call is in a file.

const data = JSON.parse(document.getElementById("graph").textContent);
const count = data.place.length;
const places = data.places.map(
  ([kind, file, line, endLine, where, module, code, names, parameter, note]) => ({
    kind,
    file,
    line,
    endLine,
    function: where,
    module,
    code,
    names,
    parameter,
    note,
  }),
);
const fileNames = [...new Set(places.map((place) => place.file))];
const WHOLE = count + fileNames.length;
const placeIndex = Int32Array.from(data.place);
const valueIndex = Int32Array.from(data.value);
const parent = parents();
const { first: firstInput, sources, control, assumed } = edges();
const { first: firstKid, kids, position } = children();
const { size, callsBefore } = measures();
const ordinal = new Map(data.ids.map((id, node) => [id, node]));
const judged = data.outputs.length ? data.outputs[data.outputs.length - 1] : -1;
const failure = data.failure ?? -1;

function parents() {
  const files = new Map(fileNames.map((name, index) => [name, count + index]));
  const home = Int32Array.from(places, (where) => files.get(where.file));
  const found = new Int32Array(WHOLE + 1).fill(WHOLE);
  for (let node = 0; node < count; node++) {
    const distance = data.parent[node];
    found[node] = distance ? node - distance : home[placeIndex[node]];
  }
  return found;
}

// The inputs of node n are sources[first[n]] up to sources[first[n + 1]].
function edges() {
  const first = new Int32Array(count + 1);
  const sources = new Int32Array(data.inputs.length);
  const control = new Uint8Array(data.inputs.length);
  const assumed = new Uint8Array(data.inputs.length);
  let at = 0;
  for (let node = 0; node < count; node++) {
    first[node] = at;
    for (let left = data.degree[node]; left > 0; left--, at++) {
      sources[at] = node - (data.inputs[at] >> 2);
      control[at] = data.inputs[at] & 1;
      assumed[at] = (data.inputs[at] >> 1) & 1;
    }
  }
  first[count] = at;
  return { first, sources, control, assumed };
}

// The edges turned round: the users of n are targets[first[n]] up to targets[first[n + 1]].
let turned = null;
function users() {
  if (turned) return turned;
  const first = new Int32Array(count + 2);
  for (const source of sources) first[source + 2]++;
  for (let node = 0; node < count; node++) first[node + 2] += first[node + 1];
  const targets = new Int32Array(sources.length);
  const edges = new Int32Array(sources.length);
  for (let node = 0; node < count; node++) {
    for (let edge = firstInput[node]; edge < firstInput[node + 1]; edge++) {
      const at = first[sources[edge] + 1]++;
      targets[at] = node;
      edges[at] = edge;
    }
  }
  turned = { first, targets, edges };
  return turned;
}

// What is directly in n is kids[first[n]] up to kids[first[n + 1]]; `position` is the way back.
function children() {
  const first = new Int32Array(WHOLE + 3);
  for (let node = 0; node < WHOLE; node++) first[parent[node] + 2]++;
  for (let node = 0; node <= WHOLE; node++) first[node + 2] += first[node + 1];
  const kids = new Int32Array(WHOLE);
  const position = new Int32Array(WHOLE + 1);
  for (let node = 0; node < WHOLE; node++) {
    const at = first[parent[node] + 1]++;
    kids[at] = node;
    position[node] = at;
  }
  return { first, kids, position };
}

// How many nodes are in n, itself counted; how many of kids[0..i] are calls that can be opened.
function measures() {
  const size = new Int32Array(WHOLE + 1).fill(1, 0, count);
  for (let node = count - 1; node >= 0; node--) size[parent[node]] += size[node];
  for (let node = count; node < WHOLE; node++) size[WHOLE] += size[node];
  const callsBefore = new Int32Array(kids.length + 1);
  for (let at = 0; at < kids.length; at++)
    callsBefore[at + 1] = callsBefore[at] + hasKids(kids[at]);
  return { size, callsBefore };
}

function hasKids(node) {
  return firstKid[node + 1] > firstKid[node] ? 1 : 0;
}
function spot(node) {
  return places[placeIndex[node]];
}
function valueOf(node) {
  return valueIndex[node] < 0 ? null : data.values[valueIndex[node]];
}
function base(path) {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
function oneLine(text) {
  return text.slice(0, 500).replace(/\s+/g, " ").trim();
}
function plural(number, word, words = `${word}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? word : words}`;
}

// Whether a call came from code that is not recorded: it stands at its `def`, not at a call.
function fromOutside(node) {
  return spot(node).kind === "call" && spot(node).code.startsWith("call ");
}

// What a call gave back, as it is rendered.
function result(call) {
  for (let index = firstKid[call + 1] - 1; index >= firstKid[call]; index--) {
    if (spot(kids[index]).kind === "return") return valueOf(kids[index]);
  }
  return valueOf(call);
}

// All that nodes depend on, themselves counted.
function backward(start) {
  const seen = new Uint8Array(count);
  const stack = start.filter((node) => node < count);
  for (const node of stack) seen[node] = 1;
  while (stack.length) {
    const node = stack.pop();
    for (let edge = firstInput[node]; edge < firstInput[node + 1]; edge++) {
      if (!seen[sources[edge]]) {
        seen[sources[edge]] = 1;
        stack.push(sources[edge]);
      }
    }
  }
  return seen;
}
