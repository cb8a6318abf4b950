//! Runs every script in `tests/cases` and `tests/examples` on the virtual clock and compares what
//! it prints with its snapshot in `snapshots/`: one test for each script, named after it.
//!
//! A snapshot is the same on every Lua. `INSTA_UPDATE=always cargo test --test cases` accepts what
//! the scripts print now.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// Each folder of scripts, with what its snapshots' names begin with.
const FOLDERS: [(&str, &str); 2] = [("tests/cases", ""), ("tests/examples", "example_")];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let mut names = BTreeSet::new();
    for (folder, prefix) in FOLDERS {
        for script in stems(folder, "lua") {
            let name = format!("{prefix}{script}");
            assert!(names.insert(name.clone()), "two scripts are called {name}");
            let path = format!("{folder}/{script}.lua");
            trials.push(Trial::test(name.clone(), move || check(&name, &path)));
        }
    }
    trials.push(Trial::test("every_snapshot_has_its_script", move || {
        let mut orphans = stems("snapshots", "snap");
        orphans.retain(|name| !names.contains(name));
        if orphans.is_empty() { Ok(()) } else { Err(orphans.join(", ").into()) }
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The names of the files in `folder` that end in `.extension`, without that end, in order.
fn stems(folder: &str, extension: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut stems: Vec<String> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .map(|path| path.file_stem().unwrap().to_str().expect("a name in UTF-8").to_owned())
        .collect();
    stems.sort();
    stems
}

fn check(name: &str, path: &str) -> Result<(), Failed> {
    let outcome = common::finish(&mut common::neap_run(["--virtual-time", path]), b"");
    if outcome.code != Some(0) || !outcome.stderr.is_empty() {
        return Err(
            format!("{path} must end with exit status 0 and say nothing: {outcome:#?}").into()
        );
    }
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, outcome.stdout));
    Ok(())
}
