//! The changes of the scheduler in `docs/changing.md`: each is a diff that fits, and does what is
//! said of it.

mod common;
#[path = "common/documents.rs"]
mod documents;

use std::fs;
use std::path::{Path, PathBuf};

use common::{finish, neap_run, write_library};
use documents::document;

/// The blocks of code in `language`.
fn blocks(language: &str) -> Vec<String> {
    let blocks = document("docs/changing.md").blocks.into_iter();
    blocks.filter(|it| it.language == language).map(|it| it.code).collect()
}

/// A copy of `lua/` with a diff applied: `--- FILE`, then hunks that begin with `@@`.
fn changed(name: &str, diff: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tinker").join(name);
    write_library(&copy);
    for part in diff.split("--- ").skip(1) {
        let (file, hunks) = part.split_once('\n').unwrap();
        let file = copy.join(file.strip_prefix("lua/").expect("a file of the library"));
        let mut text = fs::read_to_string(&file).unwrap();
        for hunk in hunks.split("@@\n").skip(1) {
            let side = |sign: char| -> String {
                let lines = hunk.lines().filter(|it| it.starts_with([' ', sign]));
                lines.map(|it| format!("{}\n", &it[1..])).collect()
            };
            let (old, new) = (side('-'), side('+'));
            assert_eq!(text.matches(&old).count(), 1, "{} has once:\n{old}", file.display());
            text = text.replace(&old, &new);
        }
        fs::write(&file, text).unwrap();
    }
    copy
}

/// What the script prints with the library in a folder, in one line.
fn prints(library: &Path) -> String {
    let script = &blocks("lua")[0];
    let mut command = neap_run(["--virtual-time", "--lua"]);
    let outcome = finish(command.arg(library).arg("-"), script.as_bytes());
    assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""), "{outcome:#?}");
    outcome.stdout.trim_end().replace('\n', ", ")
}

#[test]
fn the_changes_do_what_is_said_of_them() {
    let diffs = blocks("diff");
    let expected = ["main waits, 3, 2, 1", "main waits, 3, 2, 1", "1, 2, 3, main waits"];
    assert_eq!(prints(&changed("unchanged", "")), "main waits, 1, 2, 3");
    assert_eq!(diffs.len(), expected.len());
    for (number, (diff, expected)) in diffs.iter().zip(expected).enumerate() {
        assert_eq!(prints(&changed(&number.to_string(), diff)), expected, "{diff}");
    }
}
