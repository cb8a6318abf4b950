//! The README's picture: what `neap run --trace` tells of the harbour, drawn.
//!
//! `INSTA_UPDATE=always cargo test --test docs` draws it anew.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common;
use crate::programs::{Check, ROOT};

const PICTURE: &str = "docs/harbour.svg";

/// In pixels: of the names, of a millisecond, of a lane and of the bar in it.
const LEFT: f64 = 96.0;
const SCALE: f64 = 1.3;
const LANE: f64 = 22.0;
const BAR: f64 = 14.0;

/// The picture in the README is the one that is drawn now.
pub fn is_what_is_recorded() -> Check {
    let trace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("picture.json");
    let mut command = common::neap_run(["--virtual-time", "--trace"]);
    let outcome = common::finish(command.arg(&trace).arg("tests/examples/harbour.lua"), b"");
    if outcome.code != Some(0) {
        return Err(format!("{outcome:#?}").into());
    }
    let events: Vec<Value> = serde_json::from_str(&fs::read_to_string(trace)?)?;
    let (path, drawn) = (Path::new(ROOT).join(PICTURE), draw(&events)?);
    if env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        fs::write(&path, &drawn)?;
    }
    match common::difference(&fs::read_to_string(&path).unwrap_or_default(), &drawn) {
        None => Ok(()),
        Some(difference) => {
            Err(format!("{PICTURE} is another: INSTA_UPDATE=always draws it\n{difference}").into())
        }
    }
}

/// What one task did: its name, how it ended, its waits and when it ran, in milliseconds.
#[derive(Default)]
struct Lane {
    name: String,
    is_cancelled: bool,
    waits: Vec<(f64, f64, String)>,
    runs: Vec<f64>,
}

fn lanes(events: &[Value]) -> BTreeMap<u64, Lane> {
    let mut lanes: BTreeMap<u64, Lane> = BTreeMap::new();
    for event in events {
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let time = |name: &str| event[name].as_f64().unwrap_or_default() / 1000.0;
        let lane = match event["tid"].as_u64() {
            None | Some(0) => continue, // the host
            Some(id) => lanes.entry(id).or_default(),
        };
        match (&*text("ph"), &*text("name")) {
            ("M", "thread_name") => {
                lane.name = event["args"]["name"].as_str().unwrap_or_default().to_owned();
            }
            ("X", "run") => lane.runs.push(time("ts")),
            ("X", what) => lane.waits.push((time("ts"), time("dur"), what.to_owned())),
            ("i", "cancelled") => lane.is_cancelled = true,
            _ => {}
        }
    }
    lanes
}

fn draw(events: &[Value]) -> Result<String, std::fmt::Error> {
    let lanes = lanes(events);
    let end = lanes.values().flat_map(|it| &it.runs).fold(0.0, |a: f64, b| a.max(*b));
    let bottom = 24.0 + LANE * lanes.len() as f64;
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" \
         viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\">",
        LEFT + end * SCALE + 24.0,
        bottom + 8.0,
    )?;
    writeln!(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>")?;
    for tick in (0..=end as u32).step_by(100) {
        let x = LEFT + f64::from(tick) * SCALE;
        writeln!(svg, "<path d=\"M{x} 20V{bottom}\" stroke=\"#dddddd\"/>")?;
        writeln!(svg, "<text x=\"{x}\" y=\"14\" text-anchor=\"middle\">{tick} ms</text>")?;
    }
    for (index, lane) in lanes.values().enumerate() {
        let top = 24.0 + LANE * index as f64;
        let middle = top + LANE / 2.0;
        writeln!(svg, "<text x=\"8\" y=\"{}\">{}</text>", middle + 4.0, lane.name)?;
        for (start, duration, what) in lane.waits.iter().filter(|it| it.1 > 0.0) {
            let is_job = what == "a deadline";
            let colour = match what {
                _ if is_job && lane.is_cancelled => "#f2a65a",
                _ if is_job => "#c9d3dd",
                it if it.starts_with("task") => "#d9c8ec",
                _ => "#b9d4ee",
            };
            let (x, width) = (LEFT + start * SCALE, duration * SCALE);
            writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"{BAR}\" \
                 fill=\"{colour}\"/>",
                middle - BAR / 2.0,
            )?;
            // An average letter is 6 pixels wide.
            let words = if is_job && lane.is_cancelled { "cancelled" } else { what };
            if width > 6.0 * words.len() as f64 + 10.0 {
                writeln!(svg, "<text x=\"{:.1}\" y=\"{}\">{words}</text>", x + 5.0, middle + 4.0)?;
            }
        }
        let mut runs = lane.runs.clone();
        runs.dedup();
        for time in runs {
            let x = LEFT + time * SCALE - 1.5;
            let y = middle - BAR / 2.0;
            writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y}\" width=\"3\" height=\"{BAR}\" fill=\"#1668bd\"/>"
            )?;
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}
