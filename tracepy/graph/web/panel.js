// The panel on the right: what is chosen, what was found, or what there is.

const panel = document.getElementById("panel");
const SHOWN = 40; // links of a list at first

function html(name, attributes = {}, ...inner) {
  const element = document.createElement(name);
  for (const [key, text] of Object.entries(attributes)) {
    if (key === "onclick") element.addEventListener("click", text);
    else element.setAttribute(key, text);
  }
  element.append(...inner);
  return element;
}

function heading(text, name = "") {
  return html("h3", { class: name }, text);
}
function button(text, act, attributes = {}) {
  return html("button", { onclick: act, ...attributes }, text);
}

function describe() {
  panel.scrollTop = 0;
  if (state.selected) panel.replaceChildren(...about(state.selected));
  else panel.replaceChildren(...overview());
}

function about(box) {
  const { node } = box;
  if (box.type === "module" || box.type === "whole") return aboutMany(box);
  const place = spot(node);
  const rows = [
    html("h2", {}, isNode(box) ? oneLine(place.code) || place.kind : title(box)),
    html("p", { class: "where" }, `${base(place.file)}:${lines(place)}  ·  ${place.function}`),
    actions(box),
    heading("Code"),
    code(place),
  ];
  if (box.type === "call") rows.push(...told("Returned", result(node)));
  else if (box.type === "step") rows.push(...values(box));
  rows.push(facts(box, place));
  rows.push(...linked("Depends on", inputsOf(box)), ...linked("Used by", usersOf(box)));
  return rows;
}

function aboutMany(box) {
  const name = box.type === "whole" ? "Everything" : fileNames[box.node - count];
  return [
    html("h2", {}, title(box)),
    html("p", { class: "where" }, `${name}  ·  ${plural(size[box.node], "node")}`),
    actions(box),
    ...linked("Depends on", inputsOf(box)),
    ...linked("Used by", usersOf(box)),
  ];
}

function lines(place) {
  return place.endLine > place.line ? `${place.line}–${place.endLine}` : `${place.line}`;
}

function actions(box) {
  const row = html("div", { class: "actions" });
  if (opens(box) && box !== state.root)
    row.append(button(isOpen(box) ? "Close (Enter)" : "Open (Enter)", () => toggle(box)));
  if (opens(box) && box !== state.root) row.append(button("Show only this (r)", () => enter(box)));
  row.append(button("Centre (c)", () => centre(viewOf(box))));
  return row;
}

function code(place) {
  const text = html("pre", { class: "code" });
  place.code.split("\n").forEach((line, index) => {
    text.append(html("span", { class: "number" }, `${place.line + index}`), `${line}\n`);
  });
  return text;
}

function values(box) {
  const text = bindings(box);
  return text === null ? [] : told("Value", text.replace(/^= /, ""));
}

function told(name, text) {
  return text === null ? [] : [heading(name), html("pre", { class: "value" }, text)];
}

function facts(box, place) {
  const list = html("dl");
  const fact = (name, text) => {
    if (text) list.append(html("dt", {}, name), html("dd", {}, html("code", {}, text)));
  };
  if (isNode(box)) {
    const nodes = nodesOf(box);
    const each = (get) => [...new Set(nodes.flatMap(get))].filter(Boolean).join(", ");
    fact(
      nodes.length > 1 ? "nodes" : "node",
      each((node) => `n${data.ids[node]}`),
    );
    fact(
      "kind",
      each((node) => spot(node).kind),
    );
    fact(
      "names",
      each((node) => spot(node).names),
    );
    fact(
      "parameter",
      each((node) => spot(node).parameter),
    );
    if (box.type === "call") fact("inside", plural(size[box.node] - 1, "node"));
    fact(
      "output",
      nodes.includes(judged)
        ? "the judged one"
        : nodes.some((node) => data.outputs.includes(node))
          ? "handed out"
          : "",
    );
    if (nodes.includes(failure)) fact("error", data.error);
    fact(
      "note",
      each((node) => spot(node).note),
    );
  } else {
    fact("holds", plural(membersOf(box).length, "node"));
  }
  fact("module", place.module);
  fact("file", place.file);
  return list;
}

// Of a box what is outside and tied to something inside: [[node, role], …].
function inputsOf(box) {
  const mine = membersOf(box).sort((a, b) => a - b);
  const own = new Set(mine);
  const found = new Map();
  for (const node of mine) {
    for (let edge = firstInput[node]; edge < firstInput[node + 1]; edge++) {
      if (!own.has(sources[edge])) note(found, sources[edge], edge);
    }
  }
  return ordered(found);
}

function usersOf(box) {
  const mine = membersOf(box).sort((a, b) => a - b);
  const own = new Set(mine);
  const back = users();
  const found = new Map();
  for (const node of mine) {
    for (let edge = back.first[node]; edge < back.first[node + 1]; edge++) {
      if (!own.has(back.targets[edge])) note(found, back.targets[edge], back.edges[edge]);
    }
  }
  return ordered(found);
}

function note(found, node, edge) {
  const roles = found.get(node) ?? new Set();
  roles.add(`${control[edge] ? "control" : "data"}${assumed[edge] ? ", assumed" : ""}`);
  found.set(node, roles);
}

// Data first, then in the order in which things happened.
function ordered(found) {
  const last = (roles) => (roles.has("data") || roles.has("data, assumed") ? 0 : 1);
  return [...found]
    .sort(([a, roles], [b, others]) => last(roles) - last(others) || a - b)
    .map(([node, roles]) => [node, [...roles].sort().reverse().join(" and ")]);
}

function linked(name, ties) {
  if (!ties.length) return [];
  return [heading(`${name} (${ties.length.toLocaleString("en")})`), links(ties)];
}

// A list of links, by pages.
function links(ties, from = 0, list = html("ul", { class: "links" })) {
  for (const [node, role] of ties.slice(from, from + SHOWN))
    list.append(html("li", {}, link(node, role)));
  const next = from + SHOWN;
  if (next < ties.length) {
    const row = html(
      "li",
      {},
      button(`${(ties.length - next).toLocaleString("en")} more`, () => {
        row.remove();
        links(ties, next, list);
      }),
    );
    list.append(row);
  }
  return list;
}

function link(node, role = "") {
  const { code, file, line, kind, function: where } = spot(node);
  const text = valueOf(node);
  return html(
    "button",
    { class: `link ${TINTS[kind] ?? "plain"}`, "data-node": node, onclick: () => go(node) },
    html("code", {}, oneLine(code) || kind),
    html("span", { class: "role" }, role),
    html(
      "small",
      {},
      `${base(file)}:${line} · ${where}${text === null ? "" : ` · ${text.slice(0, 80)}`}`,
    ),
  );
}

// With nothing chosen: what there is, and the ways in.

function overview() {
  const rows = [heading("Summary"), html("p", {}, document.getElementById("summary").textContent)];
  if (judged >= 0) rows.push(heading("Judged output"), link(judged));
  if (failure >= 0) rows.push(heading("Error"), link(failure));
  const known = parameters();
  if (known.length)
    rows.push(heading(`Parameters (${known.length.toLocaleString("en")})`), named(known));
  const others = data.outputs.filter((node) => node !== judged);
  if (others.length) rows.push(heading("Also handed out"), links(others.map((node) => [node, ""])));
  rows.push(heading("Keys"), keys());
  return rows;
}

// The parameters by name, with the nodes of each.
let byName = null;
function parameters() {
  if (byName) return byName;
  const found = new Map();
  for (let node = 0; node < count; node++) {
    const name = spot(node).parameter;
    if (name === null) continue;
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(node);
  }
  byName = [...found];
  return byName;
}

function named(known, from = 0, list = html("ul", { class: "links" })) {
  for (const [name, nodes] of known.slice(from, from + SHOWN)) {
    list.append(
      html(
        "li",
        {},
        html(
          "button",
          { class: "link argument", onclick: () => go(nodes[0]) },
          html("code", {}, name),
          html(
            "span",
            { class: "role" },
            nodes.length > 1 ? `× ${nodes.length.toLocaleString("en")}` : "",
          ),
        ),
      ),
    );
  }
  const next = from + SHOWN;
  if (next < known.length) {
    const row = html(
      "li",
      {},
      button(`${(known.length - next).toLocaleString("en")} more`, () => {
        row.remove();
        named(known, next, list);
      }),
    );
    list.append(row);
  }
  return list;
}

function keys() {
  const list = html("div", { class: "keys" });
  for (const [key, does] of [
    ["Enter", "open or close"],
    ["j k ↓ ↑", "next, previous"],
    ["→ ←", "into, out of"],
    ["r", "show only what is chosen"],
    ["/", "search"],
    ["o p e", "judged output, next parameter, error"],
    ["+ - 0", "zoom, fit"],
    ["c", "centre"],
    ["Esc", "choose nothing"],
  ]) {
    list.append(html("kbd", {}, key), html("span", {}, does));
  }
  return list;
}

// Search: each word must be in the code, the names, the function, the place or the value.

function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 30);
  if (!words.length) return [];
  const bits = (hay) =>
    words.reduce((sum, word, index) => (hay.includes(word) ? sum | (1 << index) : sum), 0);
  const inPlace = places.map((place) =>
    bits(
      [
        place.code,
        place.names.join("\n"),
        place.function,
        place.kind,
        place.module,
        place.parameter ?? "",
        `${place.file}:${place.line}`,
      ]
        .join("\n")
        .toLowerCase(),
    ),
  );
  const inValue = data.values.map((value) => bits(value.toLowerCase()));
  const all = 2 ** words.length - 1;
  const found = [];
  for (let node = 0; node < count; node++) {
    if (
      (inPlace[placeIndex[node]] | (valueIndex[node] < 0 ? 0 : inValue[valueIndex[node]])) ===
      all
    )
      found.push(node);
  }
  return found;
}

function showFound(text) {
  const found = search(text);
  panel.scrollTop = 0;
  panel.replaceChildren(
    heading(`${plural(found.length, "node")} with “${text.trim()}”`, "words"),
    links(found.map((node) => [node, spot(node).kind])),
  );
}
