//! What README.md and `docs/` say holds: each link leads somewhere, each file that is named is
//! there, and each block of code runs.
//!
//! - Lua prints what the block after it says, on the virtual clock; what fails is told below that.
//!   Without such a block it is one of the guides that `tests/ports.rs` and `tests/standalone.rs`
//!   run inside of other programs; or, marked `lua,compile`, code for a program that is not here.
//! - Commands run in a folder where `lua/` and the harbour are, as `harbour.lua`. Of those that
//!   are not neap's only the spelling of neap's part is looked at.
//! - A block below a line that ends with a file's name and a colon stands in that file. So does
//!   each in Rust, in a program or a doc comment that is compiled.
//! - The diffs are `tests/tinker.rs`'s.

mod common;
#[path = "common/documents.rs"]
mod documents;
#[path = "docs/picture.rs"]
mod picture;
#[path = "common/programs.rs"]
mod programs;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use documents::{Block, Document, document, documents};
use libtest_mimic::{Arguments, Trial};
use mlua::Lua;
use programs::{Check, ROOT, add};

/// The sections whose Lua other tests run, in the programs that they are for.
const GUIDES: [(&str, &str); 13] = [
    ("A loop that sleeps", "tests/standalone.rs"),
    ("A frame callback", "tests/standalone.rs"),
    ("A loop with timers", "tests/ports.rs"),
    ("Minetest", "tests/ports.rs"),
    ("LuaSocket", "tests/ports.rs"),
    ("A libuv loop", "tests/ports.rs"),
    ("Neovim", "tests/ports.rs"),
    ("A plugin with a copy of its own", "tests/ports.rs"),
    ("A LÖVE game", "tests/ports.rs"),
    ("nginx", "tests/ports/nginx.rs"),
    ("Tarantool", "tests/ports.rs"),
    ("HAProxy", "tests/ports.rs"),
    ("Changing the scheduler", "tests/tinker.rs"),
];

/// How long the README may be.
const LINES: usize = 250;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("the_readme_is_short", || {
            let lines = document("README.md").text.lines().count();
            if lines > LINES { Err(format!("{lines} lines").into()) } else { Ok(()) }
        }),
        Trial::test("no_line_is_too_long", no_line_is_too_long),
        Trial::test("the_picture_shows_a_run_of_the_harbour", picture::is_what_is_recorded),
        Trial::test("the_readme_has_the_figures_of_the_tables", figures_are_the_same),
        Trial::test("every_guide_is_run_once", every_guide_is_there),
    ];
    add(&mut trials, "the_book_is_built_and_its_links_hold", &["mdbook"], book);
    for document in documents() {
        let path = document.path.clone();
        trials.push(Trial::test(format!("links::{path}"), move || links(&document)));
    }
    for document in documents() {
        for index in 0..document.blocks.len() {
            let path = document.path.clone();
            let name = format!("blocks::{path}::{}", document.blocks[index].line);
            trials.push(Trial::test(name, move || block(&self::document(&path), index)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The tables in a text: each line as its cells.
fn tables(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().filter(|it| it.starts_with('|'));
    rows.map(|it| it.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// Each figure in the README is that of the first table in `docs/performance.md`, in the row that
/// begins with the same words.
fn figures_are_the_same() -> Check {
    let (readme, whole) = (document("README.md").text, document("docs/performance.md").text);
    let (_, few) = readme.split_once("\n## How fast\n").ok_or("no section")?;
    let (few, all) = (tables(few), tables(&whole));
    for row in &few[2..] {
        let same = all.iter().find(|it| it[0].starts_with(row[0]));
        let same = same.ok_or(format!("docs/performance.md has no {:?}", row[0]))?;
        for (column, figure) in row.iter().enumerate().skip(1) {
            let place = all[0].iter().position(|it| *it == few[0][column]);
            let expected = same[place.ok_or(format!("no column {:?}", few[0][column]))?];
            if *figure != expected {
                return Err(format!("{:?}: {figure} and {expected}", row[0]).into());
            }
        }
    }
    Ok(())
}

/// No line is longer than 100 columns, but for rows of tables: in what is read here, and in code,
/// where luacheck and rustfmt leave strings and comments alone.
fn no_line_is_too_long() -> Check {
    let mut folders = vec![PathBuf::from(".ci"), "lua".into(), "src".into(), "tests".into()];
    let mut files: Vec<PathBuf> = documents().into_iter().map(|it| it.path.into()).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(ROOT).join(&folder))? {
            let path = folder.join(entry?.file_name());
            let end = path.extension().and_then(|it| it.to_str());
            match end {
                _ if path.ends_with("target") => {} // of a package that has been built in there
                _ if Path::new(ROOT).join(&path).is_dir() => folders.push(path),
                None | Some("lua" | "rs" | "sh") => files.push(path),
                _ => {}
            }
        }
    }
    let mut wrong = Vec::new();
    for path in files {
        for (number, line) in fs::read_to_string(Path::new(ROOT).join(&path))?.lines().enumerate() {
            if line.chars().count() > 100 && !line.starts_with('|') {
                wrong.push(format!("{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Each link leads to a file that is there, and to a heading of it; each file that is named is
/// there. A link of the book's stays within it, for nothing else is on the site.
fn links(document: &Document) -> Check {
    let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
    let mut wrong = Vec::new();
    for (target, line) in &document.links {
        if target.starts_with("https://") {
            continue;
        }
        let (file, heading) = target.split_once('#').unwrap_or((target, ""));
        let path = match file {
            "" => PathBuf::from(&document.path),
            file => folder.join(file),
        };
        let is_there = Path::new(ROOT).join(&path).is_file();
        let is_within = !document.path.starts_with("docs/") || !file.contains("..");
        let leads = is_there && is_within && {
            let path = path.to_str().ok_or("a path in UTF-8")?;
            heading.is_empty() || self::document(path).anchors().iter().any(|it| it == heading)
        };
        if !leads {
            wrong.push(format!("{}:{line}: {target} leads nowhere", document.path));
        }
    }
    for (term, line) in &document.terms {
        let is_path =
            ["lua/", "src/", "tests/", "docs/", "rockspecs/"].iter().any(|it| term.starts_with(it))
                && !term.contains([' ', '*', '<']);
        if is_path && !Path::new(ROOT).join(term).exists() {
            wrong.push(format!("{}:{line}: there is no {term}", document.path));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What is run elsewhere is there once, and the test that runs it names it.
fn every_guide_is_there() -> Check {
    let headings: Vec<String> = documents().into_iter().flat_map(|it| it.headings).collect();
    for (title, test) in GUIDES {
        let count = headings.iter().filter(|it| *it == title).count();
        let names_it =
            fs::read_to_string(Path::new(ROOT).join(test))?.contains(&format!("{title:?}"));
        if count != 1 || !(names_it || test == "tests/tinker.rs") {
            return Err(format!("{title:?}: {count} of them; named in {test}: {names_it}").into());
        }
    }
    Ok(())
}

fn block(document: &Document, index: usize) -> Check {
    let block = &document.blocks[index];
    let check = match &*block.language {
        _ if named_file(&block.before).is_some() => stands_in_its_file(block),
        "lua" => lua(document, block),
        "sh" => commands(document, block),
        "rust" => is_compiled(block),
        "toml" => names_features(block),
        "" | "diff" => Ok(()),
        other => Err(format!("nobody runs {other}").into()),
    };
    check.map_err(|error| {
        let text = error.message().unwrap_or_default();
        format!("{}:{}: {text}", document.path, block.line).into()
    })
}

/// The file in a line that ends with its name and a colon.
fn named_file(line: &str) -> Option<&str> {
    let name = line.strip_suffix("`:")?.rsplit('`').next()?;
    (name.contains('/') && (name.ends_with(".lua") || name.ends_with(".rs"))).then_some(name)
}

/// Lines without what stands before them, or makes them a comment.
fn trimmed(text: &str) -> String {
    let plain = |line: &str| line.trim().trim_start_matches("--").trim().to_owned() + "\n";
    text.lines().map(plain).collect()
}

/// The file that is named has these lines, in this order; three dots stand for some that are left
/// out.
fn stands_in_its_file(block: &Block) -> Check {
    let name = named_file(&block.before).unwrap_or_default();
    let file = trimmed(&fs::read_to_string(Path::new(ROOT).join(name))?);
    let mut rest = &file[..];
    for part in trimmed(&block.code).split("...\n") {
        let (_, after) = rest.split_once(part).ok_or(format!("{name} has no\n{part}"))?;
        rest = after;
    }
    Ok(())
}

/// A block in Rust stands in an example, or in a doc comment, both of which are compiled.
fn is_compiled(block: &Block) -> Check {
    let mut texts = Vec::new();
    for folder in ["tests/examples", "src"] {
        for entry in fs::read_dir(Path::new(ROOT).join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(path)?;
                let plain = |line: &str| {
                    let line = line.trim();
                    let doc = line.strip_prefix("//!").or_else(|| line.strip_prefix("///"));
                    doc.unwrap_or(line).trim().to_owned() + "\n"
                };
                texts.push(text.lines().map(plain).collect::<String>());
            }
        }
    }
    let code = trimmed(&block.code);
    let found = texts.iter().any(|it| it.contains(&code));
    if found { Ok(()) } else { Err("no example or doc comment has these lines".into()) }
}

/// What an embedder writes into Cargo.toml asks for features that neap has.
fn names_features(block: &Block) -> Check {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml"))?;
    let (_, features) = block.code.split_once("features = [").ok_or("no features")?;
    let (features, _) = features.split_once(']').ok_or("the list does not end")?;
    for feature in features.split(',').map(|it| it.trim().trim_matches('"')) {
        if !manifest.contains(&format!("\n{feature} = [")) {
            return Err(format!("Cargo.toml has no feature {feature}").into());
        }
    }
    Ok(())
}

fn lua(document: &Document, block: &Block) -> Check {
    Lua::new().load(&*block.code).into_function()?;
    if block.mark == "compile" || GUIDES.iter().any(|(title, _)| *title == block.heading) {
        return Ok(());
    }
    let output = document.next(block).filter(|it| it.language.is_empty());
    let folder = folder(document, block)?;
    fs::write(folder.join("script.lua"), &block.code)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
    command.args(["run", "--virtual-time", "script.lua"]).current_dir(folder);
    let outcome = common::finish(&mut command, b"");
    let printed = outcome.stdout + &outcome.stderr;
    let expected = output.map_or("", |it| &it.code);
    match common::difference(expected, &printed) {
        None => Ok(()),
        Some(difference) => Err(difference.into()),
    }
}

/// An empty folder for a block.
fn folder(document: &Document, block: &Block) -> Result<PathBuf, std::io::Error> {
    let name = format!("docs/{}_{}", document.path.replace(['/', '.'], "_"), block.line);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// What stands for the programs that a reader has: `cargo run -- ...` is neap, others do nothing.
const STAND_INS: [(&str, &str); 5] = [
    ("cargo", "[ \"$1 $2\" = 'run --' ] || exit 0\nshift 2\nexec neap \"$@\"\n"),
    ("luarocks", "exit 0\n"),
    ("git", "exit 0\n"),
    ("mdbook", "exit 0\n"),
    ("editor", "exit 0\n"),
];

/// Runs a block of commands; one that fails is an error.
#[cfg(unix)]
fn commands(document: &Document, block: &Block) -> Check {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = folder(document, block)?;
    let programs = folder.join("programs");
    fs::create_dir_all(&programs)?;
    symlink(env!("CARGO_BIN_EXE_neap"), programs.join("neap"))?;
    for (name, text) in STAND_INS {
        fs::write(programs.join(name), format!("#!/bin/sh\n{text}"))?;
        fs::set_permissions(programs.join(name), fs::Permissions::from_mode(0o755))?;
    }
    common::write_library(&folder.join("lua"));
    symlink(Path::new(ROOT).join("tests"), folder.join("tests"))?;
    let harbour = Path::new(ROOT).join("tests/examples/harbour.lua");
    for name in ["harbour.lua", "script.lua"] {
        fs::copy(&harbour, folder.join(name))?;
    }
    let path = format!("{}:{}", programs.display(), env::var("PATH")?);
    let mut command = Command::new("sh");
    command.args(["-e", "-c", &block.code]).current_dir(&folder);
    let outcome = common::finish(command.env("PATH", path).env("EDITOR", "editor"), b"");
    if outcome.code == Some(0) { Ok(()) } else { Err(format!("{outcome:#?}").into()) }
}

#[cfg(not(unix))]
fn commands(_: &Document, _: &Block) -> Check {
    Ok(())
}

/// mdBook takes all of it, and in what it writes each link leads to a file.
fn book() -> Check {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book");
    let _ = fs::remove_dir_all(&out);
    let mut command = Command::new("mdbook");
    command.args(["build", "docs", "--dest-dir"]).arg(&out).current_dir(ROOT);
    let outcome = common::finish(&mut command, b"");
    let said = outcome.stdout + &outcome.stderr;
    if outcome.code != Some(0) || said.contains("ERROR") || said.contains("WARN") {
        return Err(said.into());
    }
    let summary = document("docs/SUMMARY.md");
    for document in documents().iter().filter(|it| it.path.starts_with("docs/")) {
        let name = &document.path["docs/".len()..];
        let is_listed = name == "SUMMARY.md" || summary.links.iter().any(|(it, _)| it == name);
        let page = out.join(name).with_extension("html");
        if !is_listed || name != "SUMMARY.md" && !page.is_file() {
            return Err(format!("{name} is no chapter of docs/SUMMARY.md").into());
        }
        if name == "SUMMARY.md" {
            continue;
        }
        let html = fs::read_to_string(page)?;
        for quote in ["href=\"", "src=\""] {
            for target in html.split(quote).skip(1).filter_map(|it| it.split('"').next()) {
                let file = target.split(['#', '?']).next().unwrap_or_default();
                if !target.contains(':') && !file.is_empty() && !out.join(file).is_file() {
                    return Err(format!("{name}: {target} leads nowhere on the site").into());
                }
            }
        }
    }
    Ok(())
}
