// What a person does.

const find = document.getElementById("find");
const kind = document.getElementById("kind");
const buttons = { list: document.getElementById("as-list"), tree: document.getElementById("as-tree") };

document.documentElement.classList.add("scripted");

// Goes to a candidate, wherever it is listed.
function go(row) {
  choose(row);
  document.getElementById("candidates").scrollIntoView({ block: "start" });
  remember();
}

function remember() {
  history.replaceState(null, "", `#c${columns.number[selected]}`);
}

function setOrder(name) {
  order.tree = name === "tree";
  for (const [key, button] of Object.entries(buttons)) {
    button.setAttribute("aria-pressed", key === name);
  }
  redraw();
  if (indexOf(selected) >= 0) bringIn(indexOf(selected));
  drawRows(true);
}

for (const [key, title, wanted] of KINDS) {
  let many = 0;
  for (let row = 0; row < size; row++) many += wanted(row) ? 1 : 0;
  if (many || key === "all") {
    kind.append(element("option", { value: key }, `${title} (${thousands(many)})`));
  }
}

kind.addEventListener("change", () => {
  order.kind = kind.value;
  scroller.scrollTop = 0;
  redraw();
});

let waiting = 0;
find.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    order.words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    scroller.scrollTop = 0;
    redraw();
  }, 80);
});
find.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "Enter") {
    event.preventDefault();
    table.focus();
    if (listed.length) choose(listed[0][0]);
  }
});

buttons.list.addEventListener("click", () => setOrder("list"));
buttons.tree.addEventListener("click", () => setOrder("tree"));
for (const one of document.querySelectorAll("a[data-order]")) {
  one.addEventListener("click", () => setOrder(one.dataset.order));
}

head.addEventListener("click", (event) => {
  const key = event.target.dataset.sort;
  if (!key) return;
  // The best, the longest and the largest are what one looks for first.
  const down = ["score", "cases", "seconds", "cpu", "memory"].includes(key);
  const again = order.by === key && !order.tree;
  Object.assign(order, { by: key, down: again ? !order.down : down });
  scroller.scrollTop = 0;
  setOrder("list");
  scroller.scrollTop = 0;
  drawRows(true);
  head.querySelector(`[data-sort="${key}"]`).focus();
});

body.addEventListener("click", (event) => {
  const line = event.target.closest("tr[data-index]");
  if (!line) return;
  const [row] = listed[Number(line.dataset.index)];
  if ("fold" in event.target.dataset) fold(row, !unfolded.has(row));
  choose(row, { reveal: false });
  remember();
});

function keyed(event) {
  const at = indexOf(selected);
  const page = Math.max(1, Math.floor(scroller.clientHeight / height) - 2);
  const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page };
  const ends = { Home: 0, End: listed.length - 1 };
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !listed.length) return;
  if (key in steps || key in ends) {
    const to = key in ends ? ends[key] : at + steps[key];
    choose(listed[Math.max(0, Math.min(listed.length - 1, to))][0]);
  } else if (key === "Enter") {
    panel.focus();
  } else if (order.tree && (key === "ArrowRight" || key === "ArrowLeft")) {
    const open = unfolded.has(selected) && children[selected].length > 0;
    if (key === "ArrowRight" && children[selected].length && !open) fold(selected, true);
    else if (key === "ArrowRight" && open) choose(children[selected][0]);
    else if (key === "ArrowLeft" && open) fold(selected, false);
    else if (key === "ArrowLeft") choose(parentOf(selected));
  } else {
    return;
  }
  event.preventDefault();
  remember();
}

table.addEventListener("keydown", (event) => {
  if (event.target === table) keyed(event);
});
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") table.focus();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    find.focus();
  }
});

scroller.addEventListener("scroll", () => drawRows(), { passive: true });
addEventListener("resize", () => drawRows(true));

function follow() {
  const number = /^#c(\d+)$/.exec(location.hash);
  if (number && rowOf.has(Number(number[1]))) go(rowOf.get(Number(number[1])));
}
addEventListener("hashchange", follow);

// On paper everything is open.
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details:not([open])")) {
    one.dataset.shut = "";
    one.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const one of document.querySelectorAll("details[data-shut]")) {
    one.open = false;
    delete one.dataset.shut;
  }
});

redraw();
height = body.querySelector("tr[data-index]")?.offsetHeight || height;
if (size) choose(selected);
follow();
document.documentElement.dataset.ready = performance.now().toFixed(0);
