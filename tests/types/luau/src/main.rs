//! Checks `docs/neap.luau` with Luau's own type checker, in strict mode: it finds nothing wrong
//! with the types, nor with the right uses of them in `tests/types/uses.luau`, and each mistake in
//! `tests/types/mistakes.luau`.
//!
//! `cargo run --manifest-path tests/types/luau/Cargo.toml`, in the folder that has `docs/`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

use luau_analyze::Checker;

/// What is told of a text: the lines, from 0, each with its message.
fn check(text: &str) -> Result<Vec<(usize, String)>, Box<dyn Error>> {
    let found = Checker::new()?.check(text)?.diagnostics;
    Ok(found.into_iter().map(|it| (it.line as usize, it.message)).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let types = fs::read_to_string("docs/neap.luau")?;
    let definitions = types.rsplit_once("return ").ok_or("the types end with a return")?.0;
    let with_types = |path: &str| -> Result<String, Box<dyn Error>> {
        Ok(format!("{definitions}{}", fs::read_to_string(path)?))
    };

    let mut wrong = check(&types)?;
    wrong.extend(check(&with_types("tests/types/uses.luau")?)?);

    let text = with_types("tests/types/mistakes.luau")?;
    let found = check(&text)?;
    let marked = |line: &(usize, &str)| line.1.contains(" --> ");
    let made: BTreeSet<usize> = text.lines().enumerate().filter(marked).map(|it| it.0).collect();
    let told: BTreeSet<usize> = found.iter().map(|it| it.0).collect();
    for line in &made - &told {
        wrong.push((line, "nothing is told of this mistake".to_owned()));
    }
    wrong.extend(found.into_iter().filter(|it| !made.contains(&it.0)));

    println!("{} mistakes, {} found", made.len(), (&made & &told).len());
    for (line, message) in &wrong {
        eprintln!("line {}: {message}", line + 1);
    }
    if wrong.is_empty() { Ok(()) } else { Err("the types do not hold".into()) }
}
