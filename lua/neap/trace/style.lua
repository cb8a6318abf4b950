--- How the page of a trace looks, by day and by night.

return [==[
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f7f9; --line: #d9dfe5; --faint: #eef1f4;
  --text: #1c2733; --quiet: #5d6b79;
  --run: #1668b8; --wait: #b9d3ea; --timer: #dfe4e9; --lock: #f3cf83; --task: #cfc3ee;
  --failed: #c81e2c; --cancelled: #d9730d; --host: #8a97a4; --select: #0b7a5f; --arrow: #5d6b79;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14191f; --raised: #1c232b; --line: #323c47; --faint: #222a33;
    --text: #e4eaf0; --quiet: #98a5b3;
    --run: #5aa9f2; --wait: #2d4a66; --timer: #353f4a; --lock: #74581c; --task: #4a4174;
    --failed: #ff6b70; --cancelled: #f5a04a; --host: #7b8896; --select: #45d0a8; --arrow: #98a5b3;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  display: flex; flex-direction: column; background: var(--ground); color: var(--text);
  font: 13px/1.45 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif;
}
header {
  display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; padding: 8px 12px;
  background: var(--raised); border-bottom: 1px solid var(--line);
}
h1 { font-size: 15px; margin: 0; }
h2 { font-size: 13px; margin: 14px 0 4px; }
h2:first-child { margin-top: 0; }
input, button { font: inherit; color: inherit; }
input {
  width: 12em; padding: 2px 6px; border: 1px solid var(--line); border-radius: 4px;
  background: var(--ground);
}
button {
  padding: 2px 9px; border: 1px solid var(--line); background: var(--ground); cursor: pointer;
}
.choice { display: inline-flex; }
.choice button + button { border-left: 0; }
.choice button:first-child { border-radius: 4px 0 0 4px; }
.choice button:last-child { border-radius: 0 4px 4px 0; }
button[aria-pressed="true"] {
  background: var(--run); border-color: var(--run); color: var(--ground);
}
:focus-visible { outline: 2px solid var(--select); outline-offset: 1px; }
#found, .quiet { color: var(--quiet); }
#found { min-width: 8em; }
#legend {
  display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 0; padding: 0; list-style: none;
  color: var(--quiet); font-size: 12px;
}
#legend li::before {
  content: ""; display: inline-block; width: 11px; height: 9px; margin-right: 4px;
  border-radius: 2px; background: var(--colour);
}
main { flex: 1; display: flex; min-height: 0; }
#scroll { flex: 1; min-width: 0; overflow-x: hidden; overflow-y: scroll; }
#lanes { position: sticky; top: 0; display: block; cursor: grab; touch-action: none; }
#lanes.dragged { cursor: grabbing; }
#lanes:focus-visible { outline-offset: -2px; }
aside {
  width: 340px; padding: 10px 12px; overflow-y: auto; overflow-wrap: anywhere;
  background: var(--raised); border-left: 1px solid var(--line);
}
#details:not(:empty) {
  padding-bottom: 12px; margin-bottom: 12px; border-bottom: 1px solid var(--line);
}
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1px 10px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
ol { margin: 0; padding: 0; list-style: none; }
li.row { display: flex; gap: 8px; padding: 2px 0; border-top: 1px solid var(--faint); }
li.row > :first-child { flex: 1; }
li.row > .length { color: var(--quiet); white-space: nowrap; font-variant-numeric: tabular-nums; }
button.link {
  padding: 0; border: 0; background: none; color: var(--run); text-align: left;
  text-decoration: underline; text-underline-offset: 2px; overflow-wrap: anywhere;
}
code { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; }
.returned { color: var(--select); }
.failed { color: var(--failed); font-weight: 600; }
.cancelled { color: var(--cancelled); font-weight: 600; }
#tip {
  position: fixed; z-index: 1; max-width: 420px; padding: 6px 9px; pointer-events: none;
  background: var(--ground); border: 1px solid var(--line); border-radius: 5px;
  box-shadow: 0 3px 12px #0004; overflow-wrap: anywhere;
}
#tip b { display: block; }
@media (max-width: 800px) {
  main { flex-direction: column; }
  aside { width: auto; max-height: 45%; border-left: 0; border-top: 1px solid var(--line); }
}
]==]
