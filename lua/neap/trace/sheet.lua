--- What the page of a trace draws on: the axis and its ruler, a row for each lane, their names.

return [==[
const RULER = 24, ROW = 22, NAMES = 170;

/** The part of the axis from one place to another, and the rows that are scrolled to. */
class Sheet {
  constructor(trace, canvas, scroll) {
    Object.assign(this, { trace, canvas, scroll, context: canvas.getContext("2d") });
    Object.assign(this, { axis: "time", from: 0, to: 1, rows: [], selected: null, hovered: null });
    this.names = matchMedia("(max-width: 800px)").matches ? 110 : NAMES;
    this.readColours();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.readColours();
      this.redraw();
    });
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    this.colours = {};
    for (const name of ["ground", "raised", "line", "faint", "text", "quiet", "run", "wait",
      "timer", "lock", "task", "failed", "cancelled", "host", "select", "arrow"]) {
      this.colours[name] = style.getPropertyValue("--" + name).trim();
    }
  }

  /** Which lanes have a row, from the top down. */
  show(lanes) {
    for (const lane of this.trace.lanes) lane.row = -1;
    lanes.forEach((lane, row) => { lane.row = row; });
    this.rows = lanes;
    document.getElementById("height").style.height = lanes.length * ROW + RULER + 8 + "px";
    this.redraw();
  }

  get end() { return this.axis === "time" ? this.trace.end || 1 : this.trace.steps || 1; }
  get scale() { return (this.width - this.names - 8) / (this.to - this.from); }
  x(place) { return this.names + (place - this.from) * this.scale; }
  place(x) { return this.from + (x - this.names) / this.scale; }
  y(row) { return RULER + row * ROW - this.scroll.scrollTop; }

  redraw() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.draw();
    });
  }

  fitCanvas() {
    const ratio = devicePixelRatio || 1;
    this.width = this.scroll.clientWidth;
    this.height = this.scroll.clientHeight;
    const width = Math.round(this.width * ratio), height = Math.round(this.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
      Object.assign(this.canvas.style, { width: this.width + "px", height: this.height + "px" });
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  draw() {
    this.fitCanvas();
    const { context: c, colours } = this;
    c.fillStyle = colours.ground;
    c.fillRect(0, 0, this.width, this.height);
    c.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    c.textBaseline = "middle";
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / ROW));
    const last = Math.min(this.rows.length - 1, first + Math.ceil(this.height / ROW));
    this.drawGrid();
    c.save();
    c.beginPath();
    c.rect(this.names, RULER, this.width - this.names, this.height);
    c.clip();
    this.drawLanes(this.rows.slice(first, last + 1));
    c.restore();
    for (let row = first; row <= last; row++) this.drawName(this.rows[row], this.y(row));
    this.drawRuler();
  }

  /** The places of the ruler's marks: so far apart that their texts have room. */
  marks() {
    const rough = 110 / this.scale, power = 10 ** Math.floor(Math.log10(rough));
    let gap = [1, 2, 5, 10].map((it) => it * power).find((it) => it >= rough);
    if (this.axis === "step") gap = Math.max(1, Math.round(gap));
    const places = [];
    for (let i = Math.ceil(this.from / gap); i * gap <= this.to && places.length < 200; i++) {
      places.push(i * gap);
    }
    return places;
  }

  drawGrid() {
    const c = this.context;
    c.fillStyle = this.colours.faint;
    for (const place of this.marks()) c.fillRect(Math.round(this.x(place)), RULER, 1, this.height);
  }

  drawRuler() {
    const { context: c, colours } = this;
    c.fillStyle = colours.raised;
    c.fillRect(0, 0, this.width, RULER);
    c.fillStyle = colours.line;
    c.fillRect(0, RULER - 1, this.width, 1);
    c.fillRect(this.names - 1, 0, 1, this.height);
    c.fillStyle = colours.quiet;
    c.fillText(this.axis === "time" ? "time" : "steps", 8, RULER / 2);
    for (const place of this.marks()) {
      const x = Math.round(this.x(place));
      if (x < this.names) continue;
      c.fillRect(x, RULER - 6, 1, 6);
      c.fillText(this.axis === "time" ? formatTime(place) : String(place), x + 3, RULER / 2);
    }
  }

  drawName(lane, y) {
    const { context: c, colours } = this;
    c.fillStyle = lane === this.selected ? colours.select : colours.raised;
    c.fillRect(0, y, this.names, ROW);
    c.fillStyle = colours.line;
    c.fillRect(0, y + ROW - 1, this.names, 1);
    const colour = colours[lane.outcome] || (lane.tid ? colours.text : colours.quiet);
    c.fillStyle = lane === this.selected ? colours.ground : colour;
    c.save();
    c.beginPath();
    c.rect(0, y, this.names - 6, ROW);
    c.clip();
    const number = (this.trace.several ? lane.pid + "." : "") + lane.tid;
    c.fillText(lane.tid ? number + "  " + lane.title : lane.title, 8, y + ROW / 2);
    c.restore();
  }
}
]==]
