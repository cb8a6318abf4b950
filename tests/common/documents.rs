//! What is written for users: README.md and all of `docs/`, with the headings, links and blocks of
//! code in them.

#![allow(dead_code, reason = "each test needs a part of it")]

use std::fs;
use std::path::Path;

use libtest_mimic::Failed;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

pub struct Document {
    /// From the package's root, with slashes.
    pub path: String,
    pub text: String,
    pub headings: Vec<String>,
    pub blocks: Vec<Block>,
    /// Where each link leads, and the line that it stands in.
    pub links: Vec<(String, usize)>,
    /// What stands in backticks outside of blocks, and its line.
    pub terms: Vec<(String, usize)>,
}

/// A block of code.
pub struct Block {
    /// The first word after the fence, and what follows it after a comma.
    pub language: String,
    pub mark: String,
    pub code: String,
    /// Of the fence, from 1.
    pub line: usize,
    /// The last heading above it.
    pub heading: String,
    /// The last line of text above it.
    pub before: String,
}

/// All documents, sorted by their paths.
pub fn documents() -> Vec<Document> {
    let mut paths = vec!["CHANGELOG.md".to_owned(), "README.md".to_owned()];
    for entry in fs::read_dir(Path::new(ROOT).join("docs")).expect("the folder can be read") {
        let name = entry.expect("the folder can be read").file_name();
        let name = name.to_str().expect("a name in UTF-8");
        if name.ends_with(".md") {
            paths.push(format!("docs/{name}"));
        }
    }
    paths.sort();
    paths.iter().map(|path| document(path)).collect()
}

/// Reads one of them.
pub fn document(path: &str) -> Document {
    let text = fs::read_to_string(Path::new(ROOT).join(path));
    let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut it = Document {
        path: path.to_owned(),
        text,
        headings: Vec::new(),
        blocks: Vec::new(),
        links: Vec::new(),
        terms: Vec::new(),
    };
    let (mut open, mut before) = (None::<Block>, "");
    for (number, line) in it.text.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (Some(_), Some(_)) => it.blocks.extend(open.take()),
            (Some(block), None) => {
                block.code.push_str(line);
                block.code.push('\n');
            }
            (None, Some(info)) => {
                let (language, mark) = info.split_once(',').unwrap_or((info, ""));
                open = Some(Block {
                    language: language.to_owned(),
                    mark: mark.to_owned(),
                    code: String::new(),
                    line: number + 1,
                    heading: it.headings.last().cloned().unwrap_or_default(),
                    before: before.to_owned(),
                });
            }
            (None, None) => {
                let text = line.trim_start_matches('#');
                if text.len() < line.len() && text.starts_with(' ') {
                    it.headings.push(text.trim().to_owned());
                }
                if !line.is_empty() {
                    before = line;
                }
                // What stands in backticks is the odd parts; a link does not.
                for (index, part) in line.split('`').enumerate() {
                    if index % 2 == 1 {
                        it.terms.push((part.to_owned(), number + 1));
                    }
                }
                for part in without_code(line).split("](").skip(1) {
                    let target = part.split(')').next().unwrap_or_default();
                    it.links.push((target.to_owned(), number + 1));
                }
            }
        }
    }
    assert!(open.is_none(), "{path} ends within a block");
    it
}

/// A line without what stands in backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

impl Document {
    /// What a link says of a heading: as GitHub and mdBook make it.
    pub fn anchors(&self) -> Vec<String> {
        self.headings.iter().map(|it| anchor(it)).collect()
    }

    /// The block of code that follows another, in the same section.
    pub fn next(&self, block: &Block) -> Option<&Block> {
        let next = self.blocks.iter().find(|it| it.line > block.line)?;
        (next.heading == block.heading).then_some(next)
    }
}

fn anchor(heading: &str) -> String {
    let plain = heading.to_lowercase();
    let kept = plain.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
    kept.map(|it| if it == ' ' { '-' } else { it }).collect()
}

/// A block of Lua code below a heading, of whatever document; the first is number 0.
pub fn guide(title: &str, number: usize) -> Result<String, Failed> {
    let mut code = documents()
        .into_iter()
        .flat_map(|it| it.blocks)
        .filter(|it| it.heading == title && it.language == "lua");
    let block = code.nth(number).ok_or(format!("no block of code {number} in {title:?}"))?;
    Ok(block.code)
}
