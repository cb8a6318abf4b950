--- What the page of a trace knows: lanes with their slices, arrows, and a summary, from the events.

return [==[
// A place on the axis is a time in microseconds, or a step: each run is one step wide, in the order
// in which they were. What happens between two runs has the number of runs before it. So every
// slice has both, `time` and `step`: where it begins and where it ends.

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) { // the program was killed: take what is whole, line by line
    const events = [];
    for (const line of text.split("\n")) {
      try { events.push(JSON.parse(line.replace(/,$/, ""))); } catch (error) { /* not an event */ }
    }
    return events.filter((event) => event.ph);
  }
}

class Lane {
  constructor(pid, tid) {
    Object.assign(this, { pid, tid, name: tid ? "task " + tid : "host", code: "", outcome: "" });
    Object.assign(this, { slices: [], marks: [], arrows: [], row: -1 });
    // From the bottom up, what is drawn: the host's own waits, within which it sleeps, or what is
    // no run, and the runs, which may be very thin.
    this.layers = [[], [], []];
    Object.assign(this, { spawn: null, cancel: null, cause: null, error: "", lastStep: null });
  }

  get title() {
    return /[^0-9:]$/.test(this.code) ? this.name + " (the script)" : this.name;
  }

  /** Where its first and last event are, on an axis. */
  range(axis) {
    const all = [this.spawn, this.slices[0], this.slices[this.slices.length - 1],
      this.marks[this.marks.length - 1]].filter(Boolean).map((it) => it[axis]);
    return all.length ? [Math.min(...all.map((it) => it[0])), Math.max(...all.map((it) => it[1]))]
      : null;
  }
}

class Trace {
  constructor(events) {
    Object.assign(this, { lanes: [], byKey: new Map(), arrows: [], ticks: [], steps: 0, end: 0 });
    this.open = new Map(); // arrows that have only begun
    for (const event of events) this.read(event);
    this.lanes.sort((a, b) => a.pid - b.pid || a.tid - b.tid);
    this.several = this.lanes.some((lane) => lane.pid !== 1);
  }

  lane(pid, tid) {
    const key = pid + "." + tid;
    let lane = this.byKey.get(key);
    if (!lane) {
      lane = new Lane(pid, tid);
      this.byKey.set(key, lane);
      this.lanes.push(lane);
    }
    return lane;
  }

  read(event) {
    const lane = this.lane(event.pid, event.tid);
    const reader = { M: "readName", X: "readSlice", i: "readMark", s: "readStart", f: "readEnd" };
    if (event.ts + (event.dur || 0) > this.end) this.end = event.ts + (event.dur || 0);
    if (reader[event.ph]) this[reader[event.ph]](event, lane, event.args || {});
  }

  readName(event, lane, args) {
    if (event.name !== "thread_name") return;
    Object.assign(lane, { name: args.name, code: args.function || "" });
    lane.outcome = args.outcome || "";
  }

  readSlice(event, lane, args) {
    const slice = { lane, kind: event.cat === "host" ? "sleep" : event.cat, name: event.name };
    Object.assign(slice, { where: args.where || "", on: args.on || "", task: args.task || 0 });
    slice.time = [event.ts, event.ts + event.dur];
    slice.colour = { terrible: "failed", bad: "cancelled" }[event.cname] || "";
    if (slice.kind === "run") {
      slice.step = [this.steps, ++this.steps];
      lane.lastStep = this.steps;
      slice.cause = lane.cause;
      lane.cause = null;
    } else {
      const from = lane.lastStep !== null ? lane.lastStep : lane.spawn ? lane.spawn.step[0] : 0;
      slice.step = [slice.kind === "sleep" ? this.steps : Math.min(from, this.steps), this.steps];
    }
    lane.slices.push(slice);
    lane.layers[slice.kind === "run" ? 2 : slice.kind === "wait" && !lane.tid ? 0 : 1].push(slice);
  }

  readMark(event, lane, args) {
    if (event.name === "tick") {
      this.ticks.push({ time: [event.ts, event.ts], step: [this.steps, this.steps] });
      return;
    }
    const step = this.steps + (event.name === "spawn" || event.name === "cancel" ? 0.5 : 0);
    const mark = { lane, kind: event.name, time: [event.ts, event.ts], step: [step, step] };
    Object.assign(mark, { where: args.where || "", by: args.by || 0, error: args.error || "" });
    if (event.name === "spawn") {
      mark.made = this.lane(event.pid, args.task);
      mark.made.spawn = mark;
    }
    if (event.name === "cancel") lane.cancel = mark;
    if (event.name === "failed") lane.error = mark.error;
    lane.marks.push(mark);
  }

  readStart(event, lane) {
    // The arrow of a cancel is written at once, that of a wake when the woken task goes on.
    const step = event.name === "cancel" || lane.lastStep === null ? this.steps + 0.5
      : lane.lastStep - 0.5;
    this.open.set(event.id, { kind: event.name, from: lane, time: [event.ts], step: [step] });
  }

  readEnd(event, lane) {
    const arrow = this.open.get(event.id);
    if (!arrow) return;
    this.open.delete(event.id);
    arrow.to = lane;
    arrow.time.push(event.ts);
    arrow.step.push(this.steps + (arrow.kind === "cancel" ? 0.5 : 0));
    this.arrows.push(arrow);
    arrow.from.arrows.push(arrow);
    lane.arrows.push(arrow);
    if (arrow.kind !== "cancel") lane.cause = arrow;
  }
}

/** The `count` greatest of a list, by a number. */
function greatest(list, count, number) {
  const best = [];
  for (const item of list) {
    const value = number(item);
    if (value <= 0 || best.length === count && value <= number(best[count - 1])) continue;
    best.push(item);
    best.sort((a, b) => number(b) - number(a));
    if (best.length > count) best.pop();
  }
  return best;
}

function lengthOf(slice) { return slice.time[1] - slice.time[0]; }

/** What the whole comes to. Only waits for what several may hold count as contended. */
function summarise(trace) {
  const tasks = trace.lanes.filter((lane) => lane.tid);
  const slices = tasks.reduce((all, lane) => {
    for (const slice of lane.slices) all.push(slice);
    return all;
  }, []);
  const runs = slices.filter((it) => it.kind === "run");
  const waits = slices.filter((it) => it.kind === "wait");
  const things = new Map();
  for (const wait of waits) {
    if (!wait.on) continue;
    const thing = things.get(wait.on) || { name: wait.on, waits: 0, total: 0, longest: wait };
    thing.waits += 1;
    thing.total += lengthOf(wait);
    if (lengthOf(wait) > lengthOf(thing.longest)) thing.longest = wait;
    things.set(wait.on, thing);
  }
  const ended = (outcome) => tasks.filter((lane) => lane.outcome === outcome);
  return {
    tasks: tasks.length, failed: ended("failed"), cancelled: ended("cancelled"),
    alive: ended("").length, switches: runs.length, ticks: trace.ticks.length, time: trace.end,
    runTime: runs.reduce((sum, run) => sum + lengthOf(run), 0),
    longestRuns: greatest(runs, 5, lengthOf), longestWaits: greatest(waits, 5, lengthOf),
    contended: greatest(things.values(), 5, (thing) => thing.total),
  };
}

function formatTime(time) {
  if (time === 0) return "0";
  const [unit, size] = time >= 1e6 ? ["s", 1e6] : time >= 1e3 ? ["ms", 1e3]
    : time >= 1 ? ["\u00b5s", 1] : ["ns", 1e-3];
  return String(Number((time / size).toPrecision(4))) + " " + unit;
}
]==]
