--- What the page of a trace says in words: the summary, the selected task, and what is pointed at.

return [==[
/** How many of a task's slices are listed. */
const LONGEST_LIST = 400;

/** Makes an element: with a class, and with children that are elements or texts. */
function element(name, kind, ...children) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...children.filter((it) => it !== null && it !== ""));
  return made;
}

function definitions(pairs) {
  const list = element("dl", "");
  for (const [term, ...what] of pairs) {
    if (what.every((it) => it === null || it === "")) continue;
    list.append(element("dt", "", term), element("dd", "", ...what));
  }
  return list;
}

function count(number, one) { return number + " " + one + (number === 1 ? "" : "s"); }

function described(slice) {
  if (slice.kind === "run") return "runs";
  if (slice.kind === "sleep") return "the host sleeps";
  return "waits for " + (slice.on ? slice.on + ": " : "") + slice.name;
}

class Panel {
  /** `go(lane, slice)` selects a task, and shows one of its slices. */
  constructor(trace, go) {
    Object.assign(this, { trace, go });
    this.details = document.getElementById("details");
    this.tip = document.getElementById("tip");
    this.writeSummary();
    this.writeLegend();
  }

  link(lane, slice, text) {
    const button = element("button", "link", text || lane.title);
    button.type = "button";
    button.addEventListener("click", () => this.go(lane, slice || null));
    return button;
  }

  code(where) { return where ? element("code", "", where) : ""; }

  list(title, slices, text) {
    if (!slices.length) return [];
    const rows = slices.map((slice) => element("li", "row",
      element("span", "", this.link(slice.lane, slice), " ", text(slice)),
      element("span", "length", formatTime(lengthOf(slice)))));
    return [element("h2", "", title), element("ol", "", ...rows)];
  }

  writeSummary() {
    const all = summarise(this.trace);
    const names = (lanes) => lanes.slice(0, 12).reduce((links, lane) => [...links,
      links.length ? ", " : ": ", this.link(lane)], []).concat(lanes.length > 12 ? " ..." : "");
    const ended = (lanes, outcome) => [element("span", lanes.length ? outcome : "",
      String(lanes.length)), ...names(lanes)];
    const contended = all.contended.map((thing) => element("li", "row",
      element("span", "", this.link(thing.longest.lane, thing.longest, thing.name), " in ",
        count(thing.waits, "wait")),
      element("span", "length", formatTime(thing.total))));
    document.getElementById("summary").append(
      element("h2", "", "Summary"),
      definitions([
        ["tasks", String(all.tasks)], ["failed", ...ended(all.failed, "failed")],
        ["cancelled", ...ended(all.cancelled, "cancelled")],
        ["alive at the end", String(all.alive)], ["switches", String(all.switches)],
        ["ticks", String(all.ticks)], ["time", formatTime(all.time)],
        ["of it, code ran", all.runTime ? formatTime(all.runTime) : "0 (the clock is virtual)"],
      ]),
      ...(contended.length ? [element("h2", "", "Most contended"), element("ol", "", ...contended)]
        : []),
      ...this.list("Longest runs", all.longestRuns, () => ""),
      ...this.list("Longest waits", all.longestWaits, (wait) => described(wait)));
  }

  writeLegend() {
    const kinds = [["run", "runs"], ["wait", "waits"], ["lock", "for a lock"],
      ["task", "for a task"], ["timer", "for a deadline"], ["failed", "failed"],
      ["cancelled", "cancelled"]];
    for (const [name, text] of kinds) {
      const item = element("li", "", text);
      item.style.setProperty("--colour", "var(--" + name + ")");
      document.getElementById("legend").append(item);
    }
  }

  /** Says all of a task; of none, nothing. */
  writeDetails(lane, chosen) {
    this.details.replaceChildren();
    if (!lane) return;
    const { spawn, cancel } = lane, runs = lane.slices.filter((it) => it.kind === "run");
    const made = this.trace.arrows.length ? lane.marks.filter((it) => it.kind === "spawn") : [];
    const rows = lane.slices.slice(0, LONGEST_LIST).map((it) => this.row(it, it === chosen));
    this.details.append(
      element("h2", "", lane.tid ? "Task " + lane.tid + ": " + lane.title : "The host"),
      definitions([
        ["ended", lane.tid ? element("span", lane.outcome, lane.outcome || "not by then") : ""],
        ["error", lane.error],
        ["cancelled by", cancel ? this.task(lane.pid, cancel.by) || "the host" : "",
          cancel && cancel.where ? " at " : "", cancel ? this.code(cancel.where) : ""],
        ["function", this.code(lane.code)],
        ["spawned by", spawn ? this.link(spawn.lane) : "", spawn && spawn.where ? " at " : "",
          spawn ? this.code(spawn.where) : ""],
        ["spawned", made.length ? count(made.length, "task") : ""],
        ["ran", lane.tid ? count(runs.length, "time") + ", "
          + formatTime(runs.reduce((sum, run) => sum + lengthOf(run), 0)) : ""],
      ]),
      element("h2", "", "What it did"), element("ol", "", ...rows));
    if (lane.slices.length > LONGEST_LIST) {
      this.details.append(element("p", "quiet", "The first " + LONGEST_LIST + " of "
        + lane.slices.length + ": the lane shows all."));
    }
    const row = this.details.querySelector("[aria-current]");
    if (row) row.scrollIntoView({ block: "nearest" });
  }

  task(pid, tid) {
    const lane = tid && this.trace.byKey.get(pid + "." + tid);
    return lane ? this.link(lane) : null;
  }

  row(slice, isChosen) {
    const { cause } = slice;
    const row = element("li", "row", element("span", "",
      this.link(slice.lane, slice, "at " + formatTime(slice.time[0])), " ", described(slice),
      slice.where ? " at " : "", this.code(slice.where),
      cause ? cause.kind === "spawn" ? ", spawned by " : ", woken by " : "",
      cause ? this.link(cause.from) : ""),
      element("span", "length", formatTime(lengthOf(slice))));
    if (isChosen) row.setAttribute("aria-current", "true");
    return row;
  }

  /** Says what the pointer is at. */
  point(found, x, y) {
    this.tip.hidden = !found;
    if (!found) return;
    const { lane, slice } = found, cause = slice && slice.cause;
    this.tip.replaceChildren(element("b", "", lane.title));
    if (slice) {
      this.tip.append(definitions([
        [slice.kind === "run" ? "runs" : "waits", slice.kind === "run" ? "step " + slice.step[1]
          : described(slice).replace("waits for ", "for ")],
        ["where", this.code(slice.where)], ["since", formatTime(slice.time[0])],
        ["for", formatTime(lengthOf(slice))],
        ["by", cause ? (cause.kind === "spawn" ? "spawned by " : "woken by ")
          + cause.from.title : ""],
      ]));
    } else {
      this.tip.append(element("span", lane.outcome, lane.outcome || ""), lane.error ? ": " : "",
        lane.error, lane.code ? element("div", "", this.code(lane.code)) : "");
    }
    const box = this.tip.getBoundingClientRect();
    this.tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
    this.tip.style.top = (y + 18 + box.height > innerHeight ? y - box.height - 10 : y + 18) + "px";
  }
}
]==]
