// Which candidates are listed, and in which order: found, filtered, sorted, or as a tree.

const order = { tree: false, by: "number", down: false, kind: "all", words: [] };
const unfolded = new Set([0, ...path.map((number) => rowOf.get(number))]);
let listed = []; // [row, level] of what is listed, from the top

const KINDS = [
  ["all", "all", () => true],
  ["better", "better than at first", better],
  ["led", "new best", (row) => columns.leads[row] === 1],
  ["path", "the winner's path", (row) => onPath.has(columns.number[row])],
  ["whole", "judged in full", whole],
  ["early", "stopped early", (row) => !failed(row) && !columns.complete[row]],
  ["failed", "no verdict", failed],
];

const KEYS = {
  number: (row) => row,
  score: (row) => value(row),
  state: (row) => stateOf(row),
  note: (row) => text("note", row),
  parent: (row) => columns.parent[row] ?? -1,
  proposer: (row) => text("proposer", row),
  cases: (row) => (columns.cases[row] ? columns.passed[row] / columns.cases[row] : -1),
  seconds: (row) => columns.seconds[row],
  cpu: (row) => columns.cpu[row],
  memory: (row) => columns.memory[row],
};

// What is searched of a text that many candidates may share; made once.
const lowered = [];
function has(name, row, word) {
  const number = columns[name][row];
  lowered[number] ??= texts[number].toLowerCase();
  return lowered[number].includes(word);
}

const SEARCHED = ["note", "reason", "proposer", "status", "feedback", "step"];
const matches = (row, word) =>
  /^#\d+$/.test(word)
    ? columns.number[row] === Number(word.slice(1))
    : SEARCHED.some((name) => has(name, row, word));

function chosen() {
  const wanted = KINDS.find(([key]) => key === order.kind)[2];
  const rows = [];
  for (let row = 0; row < size; row++) {
    if (wanted(row) && order.words.every((word) => matches(row, word))) rows.push(row);
  }
  return rows;
}

function relist() {
  const rows = chosen();
  if (order.tree) {
    listed = asTree(rows);
  } else {
    const key = KEYS[order.by];
    const keys = new Map(rows.map((row) => [row, key(row)]));
    const turn = order.down ? -1 : 1;
    rows.sort((a, b) => turn * compare(keys.get(a), keys.get(b)) || a - b);
    listed = rows.map((row) => [row, 0]);
  }
  return rows.length;
}

// Those chosen and what they were made of; without a filter only what is unfolded.
function asTree(rows) {
  let kept = null;
  if (rows.length < size) {
    kept = new Set();
    for (let row of rows) {
      while (row !== undefined && !kept.has(row)) {
        kept.add(row);
        row = parentOf(row);
      }
    }
  }
  const lines = [];
  const stack = [];
  for (let row = size - 1; row >= 0; row--) {
    if (parentOf(row) === undefined) stack.push([row, 0]);
  }
  while (stack.length) {
    const [row, level] = stack.pop();
    if (kept && !kept.has(row)) continue;
    lines.push([row, level]);
    if (kept ? false : !unfolded.has(row)) continue;
    for (let index = children[row].length - 1; index >= 0; index--) {
      stack.push([children[row][index], level + 1]);
    }
  }
  return lines;
}
