--- How the page of a trace draws what is in the lanes, and finds it again under the pointer.

return [==[
/** The first of a list, in order, that does not end before a place. */
function firstAfter(list, axis, place) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][axis][1] < place) low = middle + 1; else high = middle;
  }
  return low;
}

/** How many arrows may be drawn when no task is selected. */
const FEW_ARROWS = 120;

class View extends Sheet {
  drawLanes(lanes) {
    this.drawTicks();
    for (const lane of lanes) this.drawLane(lane, this.y(lane.row));
    this.drawArrows();
  }

  /** Where ticks begin, as long as they can be told apart. */
  drawTicks() {
    const { axis, trace } = this, places = [];
    for (let i = firstAfter(trace.ticks, axis, this.from); i < trace.ticks.length; i++) {
      if (trace.ticks[i][axis][0] > this.to || places.length > 150) break;
      places.push(trace.ticks[i][axis][0]);
    }
    if (places.length > 150) return;
    this.context.fillStyle = this.colours.line;
    for (const place of new Set(places)) {
      this.context.fillRect(this.x(place), RULER, 1, this.height);
    }
  }

  colourOf(slice) {
    const { colours } = this;
    if (slice.colour) return colours[slice.colour];
    if (slice.kind === "run") return colours.run;
    if (slice.kind === "sleep") return colours.host;
    if (/^(mutex|semaphore)/.test(slice.on)) return colours.lock;
    if (slice.task) return colours.task;
    return /^a deadline/.test(slice.name) ? colours.timer : colours.wait;
  }

  drawLane(lane, y) {
    const { context: c, colours, axis } = this, range = lane.range(axis);
    if (lane === this.selected) {
      c.globalAlpha = 0.12;
      c.fillStyle = colours.select;
      c.fillRect(this.names, y, this.width, ROW - 1);
      c.globalAlpha = 1;
    }
    if (range) { // its life: from its making to its end
      c.fillStyle = colours.line;
      const x = Math.max(this.x(range[0]), this.names);
      c.fillRect(x, y + ROW / 2 - 1, Math.min(this.x(range[1]), this.width) - x, 1);
    }
    for (const layer of lane.layers) this.drawSlices(layer, y);
    this.drawMarks(lane, y);
  }

  /** Draws what can be told apart: of several slices within a pixel, one. */
  drawSlices(slices, y) {
    const { axis } = this;
    let i = firstAfter(slices, axis, this.from);
    while (i < slices.length && slices[i][axis][0] <= this.to) {
      const slice = slices[i], x = this.x(slice[axis][0]), end = this.x(slice[axis][1]);
      this.drawSlice(slice, Math.max(x, this.names - 4), Math.min(end, this.width + 4), y);
      i = end - x < 0.5 ? Math.max(i + 1, firstAfter(slices, axis, this.place(x + 0.5))) : i + 1;
    }
  }

  drawSlice(slice, x, end, y) {
    const c = this.context, isRun = slice.kind === "run";
    const width = Math.max(end - x, isRun ? 2.5 : 1), inset = isRun ? 2 : 5;
    c.fillStyle = this.colourOf(slice);
    c.fillRect(x, y + inset, Math.max(width - (width > 4 ? 0.5 : 0), 0.5), ROW - 1 - 2 * inset);
    if (slice === this.hovered) {
      c.strokeStyle = this.colours.text;
      c.strokeRect(x + 0.5, y + inset + 0.5, width - 1, ROW - 2 - 2 * inset);
    }
    if (isRun || width < 50) return;
    c.save();
    c.beginPath();
    c.rect(x, y, width - 4, ROW);
    c.clip();
    c.fillStyle = slice.colour || slice.kind === "sleep" ? this.colours.ground : this.colours.text;
    c.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    c.fillText(slice.on || slice.name, x + 4, y + ROW / 2);
    c.restore();
  }

  /** Failures, cancellations and spawns: a dot each, on top of all. */
  drawMarks(lane, y) {
    const { context: c, axis } = this;
    let before = -9;
    for (let i = firstAfter(lane.marks, axis, this.from); i < lane.marks.length; i++) {
      const mark = lane.marks[i], x = this.x(mark[axis][0]);
      if (x > this.width) return;
      if (mark.kind === "cancel" || x - before < 2 && mark.kind === "spawn") continue;
      before = x;
      const isEnd = mark.kind !== "spawn";
      c.fillStyle = isEnd ? this.colours[mark.kind] : this.colours.select;
      c.beginPath();
      c.arc(x, isEnd ? y + ROW / 2 : y + ROW - 5, isEnd ? 6 : 2.5, 0, 7);
      c.fill();
      if (!isEnd) continue;
      c.strokeStyle = this.colours.ground;
      c.lineWidth = 1.6;
      c.beginPath();
      for (const [dx, dy] of [[-2.5, -2.5], [2.5, -2.5]]) {
        c.moveTo(x + dx, y + ROW / 2 + dy);
        c.lineTo(x - dx, y + ROW / 2 - dy);
      }
      c.stroke();
      c.lineWidth = 1;
    }
  }

  /** Those of the selected task; all of them, if that is not too many. */
  visibleArrows() {
    const { axis } = this;
    const isVisible = (arrow) => arrow[axis][1] >= this.from && arrow[axis][0] <= this.to
      && arrow.from.row >= 0 && arrow.to.row >= 0;
    const arrows = this.selected ? this.selected.arrows : this.trace.arrows;
    if (this.selected) return arrows.filter(isVisible).slice(0, 500);
    const found = [];
    for (let i = firstAfter(arrows, axis, this.from); i < arrows.length; i++) {
      if (arrows[i][axis][0] > this.to) break;
      if (isVisible(arrows[i])) found.push(arrows[i]);
      if (found.length > FEW_ARROWS) return [];
    }
    return found;
  }

  drawArrows() {
    const { context: c, colours, axis } = this;
    c.lineWidth = this.selected ? 1.3 : 1;
    for (const arrow of this.visibleArrows()) {
      const x = this.x(arrow[axis][0]), end = this.x(arrow[axis][1]);
      const y = this.y(arrow.from.row) + ROW / 2, down = arrow.to.row > arrow.from.row ? 1 : -1;
      const endY = this.y(arrow.to.row) + ROW / 2 - down * 9;
      c.strokeStyle = c.fillStyle = arrow.kind === "cancel" ? colours.cancelled : colours.arrow;
      c.globalAlpha = this.selected ? 0.9 : 0.45;
      c.beginPath();
      c.moveTo(x, y);
      c.bezierCurveTo(x, y + down * ROW * 0.7, end, endY - down * ROW * 0.7, end, endY);
      c.stroke();
      c.beginPath();
      c.moveTo(end - 3.5, endY - down * 5);
      c.lineTo(end + 3.5, endY - down * 5);
      c.lineTo(end, endY + down * 1.5);
      c.fill();
    }
    c.globalAlpha = c.lineWidth = 1;
  }

  /** What is at a point of the canvas: its lane, and there a slice, if any. */
  at(x, y) {
    const row = Math.floor((y - RULER + this.scroll.scrollTop) / ROW), lane = this.rows[row];
    if (y < RULER || !lane) return null;
    return { lane, slice: x < this.names ? null : this.sliceAt(lane, x) };
  }

  /** Of those within three pixels the nearest; runs, which may be thin, before waits. */
  sliceAt(lane, x) {
    const { axis } = this;
    for (const layer of [...lane.layers].reverse()) {
      let nearest = null, least = 4;
      for (let i = firstAfter(layer, axis, this.place(x - 3)); i < layer.length; i++) {
        const from = this.x(layer[i][axis][0]), to = this.x(layer[i][axis][1]);
        if (from > x + 3) break;
        const distance = Math.max(from - x, x - Math.max(to, from + 2), 0);
        if (distance < least) [nearest, least] = [layer[i], distance];
        if (least === 0) break;
      }
      if (nearest) return nearest;
    }
    return null;
  }
}
]==]
