--- What the page of a trace does with the pointer, the keys and its buttons.

return [==[
class Control {
  constructor(trace) {
    const get = (id) => document.getElementById(id);
    Object.assign(this, { trace, canvas: get("lanes"), scroll: get("scroll") });
    this.found = get("found");
    this.view = new View(trace, this.canvas, this.scroll);
    this.panel = new Panel(trace, (lane, slice) => this.go(lane, slice));
    this.view.show(trace.lanes);
    get("by-time").addEventListener("click", () => this.setAxis("time"));
    get("by-steps").addEventListener("click", () => this.setAxis("step"));
    get("zoom-in").addEventListener("click", () => this.zoom(0.5));
    get("zoom-out").addEventListener("click", () => this.zoom(2));
    get("fit").addEventListener("click", () => this.fit());
    get("search").addEventListener("input", (event) => this.search(event.target.value));
    this.scroll.addEventListener("scroll", () => this.view.redraw());
    new ResizeObserver(() => this.view.redraw()).observe(this.scroll);
    this.listenToPointer();
    this.canvas.addEventListener("keydown", (event) => this.press(event));
    // Where code takes no time, as on a virtual clock, only their order tells runs apart.
    const takesTime = (lane) => lane.layers[2].some((run) => lengthOf(run) > 0);
    this.setAxis(trace.lanes.some(takesTime) ? "time" : "step");
  }

  /** Has the axis show "time", or "step"s. */
  setAxis(axis) {
    this.view.axis = axis;
    document.getElementById("by-time").setAttribute("aria-pressed", axis === "time");
    document.getElementById("by-steps").setAttribute("aria-pressed", axis === "step");
    this.fit();
  }

  /** Shows the axis from one place to another: at least a bit of it, and never far from all. */
  show(from, to) {
    const { view } = this, least = view.axis === "time" ? 0.02 : 4;
    const length = Math.min(Math.max(to - from, least), view.end * 1.1);
    const middle = (from + to) / 2, spare = length * 0.05;
    view.from = Math.min(Math.max(middle - length / 2, -spare), view.end - length + spare);
    if (length >= view.end) view.from = (view.end - length) / 2;
    view.to = view.from + length;
    view.redraw();
  }

  fit() { this.show(-this.view.end * 0.01, this.view.end * 1.01); }

  /** Zooms around a place, by default the middle. */
  zoom(factor, place) {
    const { from, to } = this.view, fixed = place === undefined ? (from + to) / 2 : place;
    this.show(fixed - (fixed - from) * factor, fixed + (to - fixed) * factor);
  }

  pan(places) { this.show(this.view.from + places, this.view.to + places); }

  search(text) {
    const words = text.trim().toLowerCase(), tasks = this.trace.lanes.filter((it) => it.tid);
    const matches = tasks.filter((lane) => String(lane.tid) === words
      || lane.title.toLowerCase().includes(words) || lane.code.toLowerCase().includes(words));
    this.view.show(words ? matches : this.trace.lanes);
    this.found.textContent = words ? count(matches.length, "task") + " of " + tasks.length : "";
    this.scroll.scrollTop = 0;
    if (words && matches.length) this.select(matches[0], null);
  }

  select(lane, slice) {
    this.view.selected = lane;
    this.panel.writeDetails(lane, slice);
    this.view.redraw();
  }

  /** Selects a task, and brings it, and one of its slices, into view. */
  go(lane, slice) {
    const { view, scroll } = this;
    if (lane.row < 0) {
      document.getElementById("search").value = "";
      this.search("");
    }
    this.select(lane, slice);
    const y = lane.row * ROW, space = scroll.clientHeight - RULER - ROW;
    if (y < scroll.scrollTop || y > scroll.scrollTop + space) scroll.scrollTop = y - space / 2;
    if (!slice) return;
    const [from, to] = slice[view.axis], length = view.to - view.from;
    if (from < view.from || to > view.to) {
      const wanted = Math.max(length, (to - from) * 1.2), middle = (from + to) / 2;
      this.show(middle - wanted / 2, middle + wanted / 2);
    }
    view.hovered = slice;
  }

  listenToPointer() {
    const { canvas, view } = this;
    let drag = null;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      if (event.shiftKey) {
        this.scroll.scrollTop += event.deltaY || event.deltaX;
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        this.pan(event.deltaX / view.scale);
      } else {
        this.zoom(1.0015 ** event.deltaY, view.place(event.offsetX));
      }
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX, y: event.clientY, isClick: true };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drag) return this.point(event);
      const x = event.clientX - drag.x, y = event.clientY - drag.y;
      if (drag.isClick && Math.abs(x) + Math.abs(y) < 4) return;
      canvas.classList.add("dragged");
      this.panel.point(null);
      this.pan(-x / view.scale);
      this.scroll.scrollTop -= y;
      drag = { x: event.clientX, y: event.clientY, isClick: false };
    });
    const drop = (event) => {
      if (drag && drag.isClick && event.type === "pointerup") this.click(event);
      drag = null;
      canvas.classList.remove("dragged");
    };
    canvas.addEventListener("pointerup", drop);
    canvas.addEventListener("pointercancel", drop);
    canvas.addEventListener("pointerleave", () => this.panel.point(null));
  }

  point(event) {
    const found = this.view.at(event.offsetX, event.offsetY);
    const slice = found && found.slice;
    if (slice !== this.view.hovered) {
      this.view.hovered = slice;
      this.view.redraw();
    }
    const isNamed = found && (slice || event.offsetX < this.view.names);
    this.panel.point(isNamed ? found : null, event.clientX, event.clientY);
  }

  click(event) {
    const found = this.view.at(event.offsetX, event.offsetY);
    this.select(found && found.lane, found && found.slice);
  }

  press(event) {
    const { view } = this, step = (view.to - view.from) * 0.1;
    const actions = {
      ArrowLeft: () => this.pan(-step), ArrowRight: () => this.pan(step),
      ArrowUp: () => this.move(-1), ArrowDown: () => this.move(1),
      "+": () => this.zoom(0.7), "=": () => this.zoom(0.7), "-": () => this.zoom(1 / 0.7),
      0: () => this.fit(), Home: () => this.fit(), Escape: () => this.select(null, null),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  /** Selects the next lane, or the one before. */
  move(rows) {
    const { view } = this, row = view.selected ? view.selected.row + rows : 0;
    const lane = view.rows[Math.min(Math.max(row, 0), view.rows.length - 1)];
    if (lane) this.go(lane, null);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  new Control(new Trace(parse(document.getElementById("trace").textContent)));
});
]==]
