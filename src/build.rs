//! Has the crate built again when a Lua file is added, changed or removed.

fn main() {
    println!("cargo::rerun-if-changed=lua");
}
