//! `neap export`: writes the embedded Lua files out, for a host without Rust.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::reason;

/// Write neap's Lua files into a directory, for a program without Rust.
///
/// Files that are there already and differ are not overwritten: then nothing is written at all.
///
/// Exit status: 0; 1 if the files cannot be written; 2 for wrong usage.
#[derive(Args)]
pub struct Export {
    /// Write one file, neap.lua, that holds every module and needs no `require`
    #[arg(long)]
    single_file: bool,

    /// Overwrite files that differ
    #[arg(long)]
    force: bool,

    /// Where to; made if it is not there. With --single-file, a name that ends in .lua is that of
    /// the file
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// A file of the library: its path below `lua/`, with slashes, and its text.
struct Source {
    path: String,
    text: &'static str,
}

impl Export {
    /// Writes what is not there yet; where that cannot be done, says why in one line.
    pub fn execute(&self) -> Result<(), String> {
        let names_file = self.single_file
            && self.directory.extension().is_some_and(|it| it == "lua")
            && !self.directory.is_dir();
        if self.directory.exists() && !self.directory.is_dir() && !names_file {
            let path = self.directory.display();
            return Err(format!("cannot export to {path}: it is there, and no directory"));
        }
        let below = |path: &str| self.directory.join(path);
        let files = match self.single_file {
            true if names_file => vec![(self.directory.clone(), single_file(modules()))],
            true => vec![(below("neap.lua"), single_file(modules()))],
            false => {
                sources().into_iter().map(|it| (below(&it.path), it.text.to_owned())).collect()
            }
        };
        // All is looked at before anything is written.
        let mut missing = Vec::new();
        for (path, text) in files {
            if !self.is_there(&path, &text)? {
                missing.push((path, text));
            }
        }
        if !names_file {
            make_directory(&self.directory)?;
        }
        for (path, text) in missing {
            if let Some(parent) = path.parent() {
                make_directory(parent)?;
            }
            self.write(&path, &text).map_err(|error| cannot_write(&path, &reason(&error)))?;
        }
        Ok(())
    }

    /// Whether the file at `path` has this text already; refuses to lose another one.
    fn is_there(&self, path: &Path, text: &str) -> Result<bool, String> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return match fs::symlink_metadata(path) {
                    Ok(_) => Err(cannot_write(path, "it is a link that leads nowhere")),
                    Err(_) => Ok(false),
                };
            }
            Err(error) => return Err(cannot_write(path, &reason(&error))),
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Err(cannot_write(path, "it is there, and no file")),
        }
        match fs::read(path) {
            Ok(found) if found == text.as_bytes() => Ok(true),
            _ if self.force => Ok(false),
            Ok(_) => {
                let path = path.display();
                Err(format!("{path} is there and differs: nothing written; --force overwrites it"))
            }
            Err(error) => Err(format!("cannot read {}: {}", path.display(), reason(&error))),
        }
    }

    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        match self.force {
            true => options.write(true).create(true).truncate(true),
            // What has come to be there since it was looked for is not overwritten either.
            false => options.write(true).create_new(true),
        };
        options.open(path)?.write_all(text.as_bytes())
    }
}

fn make_directory(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|error| {
        format!("cannot make the directory {}: {}", path.display(), reason(&error))
    })
}

fn cannot_write(path: &Path, reason: &str) -> String {
    format!("cannot write {}: {reason}", path.display())
}

/// Every Lua file of the library, sorted by the names that `require` knows them by.
fn sources() -> Vec<Source> {
    let source = |(path, text)| Source { path, text };
    let mut sources: Vec<_> = neap::files().into_iter().map(source).collect();
    sources.sort_by_key(Source::module);
    sources
}

/// Those that a program may load: the types are for editors.
fn modules() -> Vec<Source> {
    let mut modules = sources();
    modules.retain(|it| it.path != "neap/types.lua");
    modules
}

impl Source {
    /// What `require` calls it.
    fn module(&self) -> String {
        self.path.trim_end_matches(".lua").replace('/', ".")
    }
}

const ABOUT: &str = r#"
Async/await, futures, tasks and channels for Lua: all of neap in one file, for programs that
have no `require`. Written by `neap export --single-file`; the files that it was made of stand
in it unchanged, each below its name. It needs no `package`, `io`, `os` or `debug`, sets no
global, and returns what `require "neap"` gives, and with it

"#;

const USE: &str = r#"
A program with a `require` makes its scripts find them all:

  local neap = dofile "neap.lua"
  package.preload["neap"] = function() return neap end
  package.preload["ward.async"] = function() return neap.faces.ward_async end

Where a file's result goes nowhere, change the last line to put `neap` where your code finds it.
"#;

const REQUIRE: &str = r#"
local modules, loaded = {}, {}

local function require(name)
  local value = loaded[name]
  if value == nil then
    local module = modules[name]
    if not module then error("this neap.lua holds no module '" .. tostring(name) .. "'", 2) end
    value = module(name)
    if value == nil then value = true end
    loaded[name] = value
  end
  return value
end
"#;

/// One Lua file that holds all of `sources`: each is a function, which a `require` of the file's
/// own calls once.
///
/// The modules that no other one leads to are loaded at once, not at their first use: they make
/// but a few functions, and the tables that hold them stay plain, so that `pairs` shows all.
fn single_file(sources: Vec<Source>) -> String {
    let mut exports: Vec<(String, String)> = sources
        .iter()
        .map(Source::module)
        .filter_map(|module| Some((field(&module)?, module)))
        .collect();
    exports.sort();

    let mut text = format!("-- neap {}, MIT license\n--\n", env!("CARGO_PKG_VERSION"));
    comment(&mut text, ABOUT.trim_start());
    for (field, module) in &exports {
        comment(&mut text, &format!("  {field:<24} {module}"));
    }
    comment(&mut text, USE);
    comment(&mut text, &format!("\n{}", include_str!("../LICENSE")));
    text.push_str(REQUIRE);
    for source in &sources {
        let Source { path, text: module } = source;
        let end = if module.ends_with('\n') { "" } else { "\n" };
        text.push_str(&format!(
            "\n-- {path}\nmodules[\"{name}\"] = function(...)\n{module}{end}end\n",
            name = source.module()
        ));
    }
    text.push_str("\nlocal neap = require \"neap\"\nneap.faces, neap.hosts = {}, {}\n");
    for (field, module) in &exports {
        text.push_str(&format!("{field} = require \"{module}\"\n"));
    }
    text.push_str("return neap\n");
    text
}

/// Where a module stands in what the file returns; nowhere if it is not for users.
fn field(module: &str) -> Option<String> {
    match module {
        "neap" => None,
        "neap.explore" | "neap.program" | "neap.trace" => Some(module.to_owned()),
        // What hosts are made of, and what is the Rust crate's.
        "neap.hosts.default"
        | "neap.hosts.notify"
        | "neap.hosts.rust"
        | "neap.hosts.rust_calls"
        | "neap.hosts.rust_senders"
        | "neap.hosts.uv_run" => None,
        host if host.starts_with("neap.hosts.") => Some(host.to_owned()),
        inner if inner.starts_with("neap.") => None,
        face => Some(format!("neap.faces.{}", face.replace('.', "_"))),
    }
}

fn comment(text: &mut String, lines: &str) {
    for line in lines.lines() {
        text.push_str(format!("-- {line}").trim_end());
        text.push('\n');
    }
}
