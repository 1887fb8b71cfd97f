// Numbers as people read them, and elements whose content is text, whatever it holds.

function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...content.filter((part) => part !== null && part !== undefined));
  return made;
}

// Four significant digits, whole numbers as such.
function digits(number) {
  if (number === null) return "";
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return String(number).replace("-", "−");
  return String(Number(number.toPrecision(4))).replace("-", "−");
}

const signed = (number) => (number > 0 ? "+" : "") + digits(number);

function seconds(number) {
  if (!number) return "";
  if (number < 0.9995) return `${Number((number * 1000).toPrecision(number < 0.1 ? 2 : 3))} ms`;
  return number < 99.5 ? `${number.toPrecision(3)} s` : `${thousands(Math.round(number))} s`;
}

function bytes(number) {
  if (!number) return "";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (number >= 999.5 && unit < units.length - 1) {
    number /= 1024;
    unit++;
  }
  return `${unit && number < 9.95 ? number.toFixed(1) : number.toFixed(0)} ${units[unit]}`;
}

const thousands = (number) => number.toLocaleString("en-US");
const casesOf = (row) =>
  columns.cases[row] ? `${columns.passed[row] ?? 0}/${columns.cases[row]}` : "";

// The lines of a diff as the page's first one has them.
function diffOf(written) {
  const block = element("pre", { class: "diff", tabindex: "0" });
  let before = 0;
  let after = 0;
  for (const line of written.split("\n")) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    let kind = "same";
    let number = null;
    let shown = line;
    if (head) {
      kind = "hunk";
      [before, after] = [Number(head[1]), Number(head[2])];
    } else if (line.startsWith("=== ")) {
      kind = "file";
      shown = line.slice(4);
    } else if (line.startsWith("+")) {
      kind = "add";
      number = after++;
    } else if (line.startsWith("-")) {
      kind = "gone";
      number = before++;
    } else if (line.startsWith(" ")) {
      number = after++;
      before++;
    }
    block.append(element("span", { class: kind, "data-n": number }, `${shown}\n`));
  }
  return block;
}
