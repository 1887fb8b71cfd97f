// The table: only the rows in sight are in the page, however many there are.

const scroller = document.getElementById("scroll");
const table = document.getElementById("table");
const [head, body] = [table.tHead, table.tBodies[0]];
const SPARE = 12; // rows drawn beyond both ends
let selected = size ? (rowOf.get(winner) ?? 0) : -1;
let height = 26;

const any = (name, empty) => columns[name].some((one) => one !== empty && one !== null);
const COLUMNS = [
  ["number", "#", true, (row) => String(columns.number[row])],
  ["score", "score", true, (row) => (failed(row) ? "" : digits(columns.score[row]))],
  ["state", "state", false, (row) => stateOf(row)],
  ["note", "change", false, (row) => text("note", row)],
  ["parent", "from", true, (row) => (columns.parent[row] === null ? "" : `#${columns.parent[row]}`)],
  any("proposer", 0) && ["proposer", "by", false, (row) => text("proposer", row)],
  any("cases", 0) && ["cases", "cases", true, casesOf],
  ["seconds", "time", true, (row) => seconds(columns.seconds[row])],
  any("cpu", 0) && ["cpu", "CPU", true, (row) => seconds(columns.cpu[row])],
  any("memory", 0) && ["memory", "memory", true, (row) => bytes(columns.memory[row])],
].filter(Boolean);

function drawHead() {
  head.replaceChildren(
    element(
      "tr",
      { "aria-rowindex": "1" },
      ...COLUMNS.map(([key, title, right]) => {
        const on = !order.tree && order.by === key;
        return element(
          "th",
          {
            scope: "col",
            class: `c-${key}${right ? " number" : ""}`,
            "aria-sort": on ? (order.down ? "descending" : "ascending") : "none",
          },
          element("button", { "data-sort": key, title: `Sort by ${title}` }, title),
        );
      }),
    ),
  );
}

function drawRow([row, level], index) {
  const fold = order.tree && children[row].length > 0;
  const open = fold && (unfolded.has(row) || listed.length < size);
  return element(
    "tr",
    {
      id: `c${columns.number[row]}`,
      class: mark(row) + (onPath.has(columns.number[row]) ? " on-path" : ""),
      "data-index": index,
      "aria-rowindex": index + 2,
      "aria-selected": row === selected,
      "aria-level": order.tree ? level + 1 : null,
      "aria-expanded": fold ? unfolded.has(row) : null,
    },
    ...COLUMNS.map(([key, , right, show]) => {
      const cell = element("td", { class: `c-${key}${right ? " number" : ""}` }, show(row));
      if (key === "note") {
        cell.title = show(row);
        if (order.tree) {
          cell.style.paddingLeft = `${8 + 16 * Math.min(level, 12) + (fold ? 0 : 16)}px`;
          if (fold) {
            const many = element("span", { class: "many" }, thousands(children[row].length));
            cell.prepend(element("span", { class: open ? "fold open" : "fold", "data-fold": "" }));
            cell.append(" ", many);
          }
        }
      }
      return cell;
    }),
  );
}

const spacer = (rows) => {
  const row = element("tr", { class: "spacer", "aria-hidden": "true" });
  row.style.height = `${rows * height}px`;
  return row;
};

let drawn = "";
function drawRows(force = false) {
  const first = Math.max(0, Math.floor(scroller.scrollTop / height) - SPARE);
  const last = Math.min(
    listed.length,
    Math.ceil((scroller.scrollTop + scroller.clientHeight) / height) + SPARE,
  );
  const now = `${first}-${last}`;
  if (!force && now === drawn) return;
  drawn = now;
  const rows = listed.slice(first, last).map((line, index) => drawRow(line, first + index));
  body.replaceChildren(spacer(first), ...rows, spacer(listed.length - last));
  const chosenRow = size ? document.getElementById(`c${columns.number[selected]}`) : null;
  if (chosenRow) table.setAttribute("aria-activedescendant", chosenRow.id);
  else table.removeAttribute("aria-activedescendant");
}

function redraw() {
  const found = relist();
  table.setAttribute("role", order.tree ? "treegrid" : "grid");
  table.setAttribute("aria-rowcount", listed.length + 1);
  drawHead();
  drawRows(true);
  const told = found === size ? thousands(size) : `${thousands(found)} of ${thousands(size)}`;
  document.getElementById("shown").textContent = told;
  document.getElementById("told").textContent = `${told} candidates`;
}

const indexOf = (row) => listed.findIndex(([one]) => one === row);

function bringIn(index) {
  const top = index * height;
  const room = scroller.clientHeight - head.offsetHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + height > scroller.scrollTop + room) scroller.scrollTop = top + height - room;
}

function choose(row, { reveal = true } = {}) {
  if (row === undefined || row < 0 || row >= size) return;
  selected = row;
  if (reveal) {
    let index = indexOf(row);
    if (index < 0) {
      index = show(row);
    }
    bringIn(index);
  }
  drawRows(true);
  describe(row);
  ring(row);
}

// Lists a candidate that is filtered out or folded away.
function show(row) {
  for (let above = parentOf(row); above !== undefined; above = parentOf(above)) unfolded.add(above);
  relist();
  if (indexOf(row) < 0) {
    Object.assign(order, { kind: "all", words: [] });
    document.getElementById("find").value = "";
    document.getElementById("kind").value = "all";
  }
  redraw();
  return indexOf(row);
}

function fold(row, open) {
  if (open) unfolded.add(row);
  else unfolded.delete(row);
  redraw();
}
