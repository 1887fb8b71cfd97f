// The drawing answers to the pointer: who is there, and a ring round the chosen one.

const NEAR = 14; // pixels within which a candidate is meant
const SVG = "http://www.w3.org/2000/svg";
const plots = [...document.querySelectorAll(".plot")].map((holder) => {
  const numbers = (name) => holder.dataset[name].split(" ").map(Number);
  const [left, top, width, height] = numbers("box");
  const [x0, x1] = numbers("x");
  const [y0, y1] = numbers("y");
  const drawing = holder.querySelector("svg");
  const rings = [1, 2].map((number) => {
    const ring = document.createElementNS(SVG, "circle");
    ring.setAttribute("r", number === 1 ? "6" : "5");
    ring.setAttribute("class", number === 1 ? "ring" : "ring passing");
    ring.setAttribute("visibility", "hidden");
    drawing.append(ring);
    return ring;
  });
  const tip = element("div", { class: "tip" });
  tip.hidden = true;
  holder.append(tip);
  const x = (row) => left + ((row - x0) / (x1 - x0)) * width;
  const y = (row) => {
    if (!whole(row)) return top + height + (failed(row) ? 23.5 : 10.5);
    const share = (Math.min(Math.max(columns.score[row], y0), y1) - y0) / (y1 - y0);
    return top + height - share * height;
  };
  return { holder, drawing, rings, tip, x, y, left, width, x0, x1 };
});

function place(ring, plot, row) {
  ring.setAttribute("cx", plot.x(row));
  ring.setAttribute("cy", plot.y(row));
  ring.setAttribute("visibility", "visible");
}

function ring(row) {
  for (const plot of plots) place(plot.rings[0], plot, row);
}

// The candidate nearest to the pointer, by looking only at those whose column is near.
function under(plot, event) {
  const box = plot.drawing.getBoundingClientRect();
  const scale = plot.drawing.viewBox.baseVal.width / box.width;
  const [px, py] = [(event.clientX - box.x) * scale, (event.clientY - box.y) * scale];
  const step = (plot.x1 - plot.x0) / plot.width;
  const middle = plot.x0 + (px - plot.left) * step;
  const reach = NEAR * scale * step;
  let found = -1;
  let least = (NEAR * scale) ** 2;
  const last = Math.min(size - 1, Math.floor(middle + reach));
  for (let row = Math.max(0, Math.ceil(middle - reach)); row <= last; row++) {
    const gap = (plot.x(row) - px) ** 2 + (plot.y(row) - py) ** 2;
    if (gap < least) [found, least] = [row, gap];
  }
  return found;
}

function hover(plot, event) {
  const row = under(plot, event);
  plot.tip.hidden = row < 0;
  plot.holder.classList.toggle("over", row >= 0);
  if (row < 0) {
    plot.rings[1].setAttribute("visibility", "hidden");
    return;
  }
  place(plot.rings[1], plot, row);
  const score = failed(row) ? text("status", row) : digits(columns.score[row]);
  plot.tip.replaceChildren(
    element("b", {}, `#${columns.number[row]}`),
    ` ${score} `,
    element("span", {}, text("note", row)),
  );
  const box = plot.holder.getBoundingClientRect();
  const at = event.clientX - box.x;
  plot.tip.style.left = `${Math.max(0, Math.min(at + 12, box.width - plot.tip.offsetWidth))}px`;
  plot.tip.style.top = `${event.clientY - box.y + 16}px`;
}

for (const plot of plots) {
  plot.holder.addEventListener("pointermove", (event) => hover(plot, event));
  plot.holder.addEventListener("pointerleave", () => {
    plot.tip.hidden = true;
    plot.rings[1].setAttribute("visibility", "hidden");
  });
  plot.holder.addEventListener("click", (event) => {
    const row = under(plot, event);
    if (row >= 0) go(row);
  });
}
