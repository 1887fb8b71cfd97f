// The candidates: a column per attribute, compressed in the page; a row is a place in the columns.

async function unpacked(id) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

const { columns, texts, path, winner, minimize, calls, pictures } = await unpacked("data");
const size = columns.number.length;
const sign = minimize ? -1 : 1;
const rowOf = new Map(columns.number.map((number, row) => [number, row]));
const onPath = new Set(path);

const text = (name, row) => texts[columns[name][row]];
const parentOf = (row) => rowOf.get(columns.parent[row]);
const failed = (row) => text("status", row) !== "ok";
const whole = (row) => !failed(row) && columns.complete[row] === 1 && columns.score[row] !== null;

// Higher is better; without a full verdict it is worse than anything.
const value = (row) => (whole(row) ? sign * columns.score[row] : -Infinity);

const start = size && whole(0) ? value(0) : -Infinity;
const better = (row) => row > 0 && value(row) > start;

function stateOf(row) {
  if (failed(row)) return text("status", row);
  if (!columns.complete[row]) return "stopped early";
  if (columns.number[row] === winner && row) return "winner";
  return columns.leads[row] && row ? "new best" : "judged";
}

function mark(row) {
  if (failed(row)) return "is-failed";
  if (!columns.complete[row]) return "is-early";
  if (columns.number[row] === winner && row) return "is-won";
  return columns.leads[row] && row ? "is-led" : "is-plain";
}

// Who was made of whom; those that others were made of come first, then the best.
const children = Array.from({ length: size }, () => []);
for (let row = 1; row < size; row++) {
  const parent = parentOf(row);
  if (parent !== undefined) children[parent].push(row);
}
const rank = (row) => (onPath.has(columns.number[row]) ? 2 : children[row].length ? 1 : 0);
for (const list of children) {
  list.sort((a, b) => rank(b) - rank(a) || compare(value(b), value(a)) || a - b);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
