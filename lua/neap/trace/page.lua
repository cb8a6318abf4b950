--- The page that shows a trace: all in one file, which needs nothing from elsewhere.
--
-- The events stand in it as any other viewer reads them, so the page is what comes before them and
-- what comes after. All that shows them comes before, so that the page of a program that was killed
-- shows what had been written by then.

local control = require "neap.trace.control"
local model = require "neap.trace.model"
local panel = require "neap.trace.panel"
local sheet = require "neap.trace.sheet"
local style = require "neap.trace.style"
local view = require "neap.trace.view"

local HEAD = [==[
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>neap timeline</title>
<style>
]==]

local SCRIPT = [==[
</style>
<script>
"use strict";
]==]

local BODY = [==[
</script>
</head>
<body>
<header>
<h1>neap timeline</h1>
<label class="find">Find a task
<input id="search" type="search" placeholder="name or number" autocomplete="off"></label>
<span id="found" role="status"></span>
<span class="choice" role="group" aria-label="What the axis counts">
<button id="by-time" type="button">Time</button><button id="by-steps" type="button">Steps</button>
</span>
<span class="choice" role="group" aria-label="Zoom">
<button id="zoom-out" type="button" aria-label="Zoom out">&minus;</button><button id="zoom-in"
 type="button" aria-label="Zoom in">+</button><button id="fit" type="button">All</button>
</span>
<ul id="legend" aria-label="Colours"></ul>
</header>
<main>
<div id="scroll"><div id="height"><canvas id="lanes" tabindex="0" role="img"
 aria-label="A lane for each task: arrow keys move, plus and minus zoom, 0 shows all. The panel
 beside it tells in words of the task that you click or find."></canvas></div></div>
<aside aria-label="In words">
<section id="details" aria-live="polite"></section>
<section id="summary"></section>
</aside>
</main>
<div id="tip" role="tooltip" hidden></div>
<noscript>This page needs JavaScript to show its events.</noscript>
<script type="application/json" id="trace">
]==]

local TAIL = "</script>\n</body>\n</html>\n"

return {
  head = HEAD .. style .. SCRIPT .. model .. sheet .. view .. panel .. control .. BODY,
  tail = TAIL,
}
