//! The program that docs/rust.md shows first builds and runs in a crate that has nothing but neap.
//! Once is enough: on the default Lua, which is built already.
#![cfg(feature = "luajit")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// What is inside of the first block of `kind` after `heading`.
fn block<'a>(text: &'a str, heading: &str, kind: &str) -> &'a str {
    let after = text.split_once(heading).expect("it has that heading").1;
    let block = after.split_once(&format!("```{kind}\n")).expect("it has such a block").1;
    block.split_once("```").expect("it ends").0
}

#[test]
fn the_first_program_runs_in_a_fresh_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = temporary.join("fresh_crate");
    let text = fs::read_to_string(root.join("docs/rust.md")).unwrap();
    let dependency = block(&text, "# In a Rust program", "toml");
    // The crate is this one, and its Lua the one that is built already.
    let here = format!("path = {root:?}");
    let dependency = dependency.replace("path = \"../neap\"", &here);
    let dependency = dependency.replace("lua54", "luajit");
    assert!(dependency.contains(&here) && dependency.contains("luajit"), "{dependency}");

    fs::create_dir_all(folder.join("src")).unwrap();
    let program = block(&text, "# In a Rust program", "rust");
    fs::write(folder.join("src/main.rs"), program).unwrap();
    let package = "[package]\nname = \"fresh\"\nversion = \"0.0.0\"\nedition = \"2024\"";
    let manifest = format!("{package}\n\n[dependencies]\n{dependency}\n[workspace]\n");
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--offline"]).current_dir(&folder);
    cargo.env("CARGO_TARGET_DIR", temporary.parent().unwrap());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
