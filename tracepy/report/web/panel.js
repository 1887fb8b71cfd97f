// The chosen candidate: what it changes, what was said of it, what it cost, where it comes from.

const panel = document.getElementById("panel");
const CHILDREN_SHOWN = 12;
let against = "step";

const link = (row) =>
  element("a", { href: `#c${columns.number[row]}`, class: "id" }, `#${columns.number[row]}`);

function apart(row, other, words) {
  if (other === undefined || !whole(row) || !whole(other)) return "";
  const gap = columns.score[row] - columns.score[other];
  return gap ? ` (${signed(gap)} ${words})` : "";
}

function factsOf(row) {
  const parent = parentOf(row);
  const score = columns.score[row];
  const told = [
    ["state", stateOf(row)],
    [
      columns.complete[row] ? "score" : "score so far",
      score === null || failed(row) ? "" : digits(score) + apart(row, parent, "against its parent"),
    ],
    ["cases passed", casesOf(row)],
    ["made of", parent === undefined ? "" : element("span", {}, link(parent), ` ${text("note", parent)}`)],
    ["proposed by", text("proposer", row)],
    ["time", seconds(columns.seconds[row])],
    ["CPU", seconds(columns.cpu[row])],
    ["memory", bytes(columns.memory[row])],
    ["judged", columns.created[row] ? `${seconds(columns.created[row])} into the run` : ""],
    ["verdict from", text("reused", row)],
  ];
  const list = element("dl", { class: "facts" });
  for (const [name, shown] of told) {
    if (shown) list.append(element("dt", {}, name), element("dd", {}, shown));
  }
  return list;
}

function changesOf(row) {
  const [step, all] = [text("step", row), text("whole", row)];
  if (!step && !all) {
    const why = row && !text("step", row) ? "No diff is kept of it here." : "The program as it stood.";
    return [element("p", { class: "quiet" }, why)];
  }
  const shown = against === "whole" && all ? all : step;
  const parts = [];
  if (all) {
    const pick = (name, title) =>
      element(
        "button",
        {
          "aria-pressed": (shown === all) === (name === "whole"),
          onclick: () => {
            against = name;
            describe(row);
            panel.querySelector(`.set button:nth-child(${name === "whole" ? 2 : 1})`).focus();
          },
        },
        title,
      );
    parts.push(
      element(
        "div",
        { class: "set", role: "group", "aria-label": "Changes against" },
        pick("step", `Against #${columns.parent[row]}`),
        pick("whole", "Against the start"),
      ),
    );
  }
  parts.push(diffOf(shown));
  return parts;
}

// Those of the first and of the best stand in the page already.
function picturesOf(row) {
  const number = columns.number[row];
  const there = document.querySelectorAll(`#result img[data-of="${number}"]`);
  if (there.length) return [...there].map((picture) => picture.cloneNode());
  return (pictures[number] ?? []).map((src, index) =>
    element("img", { src, alt: `Picture ${index + 1} that the objective gave of #${number}` }),
  );
}

function askedFor(row) {
  const call = calls[columns.number[row]];
  if (!call) return [];
  const folded = (title, said) =>
    element(
      "details",
      {},
      element("summary", {}, title),
      element("pre", { class: "said", tabindex: "0" }, said),
    );
  return [
    element("h4", {}, `Asked in call ${call.number}`),
    element("p", { class: "quiet call" }, call.facts),
    folded("What the model was sent", call.prompt),
    folded("What it answered", call.answer),
    element("p", { class: "quiet call" }, "All of it: ", element("code", {}, call.whole)),
  ];
}

function madeOfIt(row) {
  const made = children[row];
  if (!made.length) return [];
  const items = made
    .slice(0, CHILDREN_SHOWN)
    .map((child) =>
      element(
        "li",
        { class: mark(child) },
        link(child),
        " ",
        element("span", { class: "score" }, failed(child) ? text("status", child) : digits(columns.score[child])),
        " ",
        text("note", child),
      ),
    );
  const more = made.length - items.length;
  if (more > 0) items.push(element("li", { class: "quiet" }, `and ${thousands(more)} more`));
  return [
    element("h4", {}, `Made of it: ${thousands(made.length)}`),
    element("ul", { class: "made" }, ...items),
  ];
}

function describe(row) {
  const said = text("feedback", row);
  const why = text("reason", row);
  const seen = picturesOf(row);
  panel.replaceChildren(
    element("h3", {}, `#${columns.number[row]} `, element("span", {}, text("note", row))),
    factsOf(row),
    ...(why ? [element("h4", {}, "Why"), element("p", { class: "reason" }, why)] : []),
    element("h4", {}, "What it changes"),
    ...changesOf(row),
    ...(said ? [element("h4", {}, "What was said of it"), element("pre", { class: "said", tabindex: "0" }, said)] : []),
    ...(seen.length ? [element("h4", {}, "What the objective showed"), ...seen] : []),
    ...askedFor(row),
    ...madeOfIt(row),
  );
  panel.scrollTop = 0;
}
