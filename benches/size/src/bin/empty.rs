//! Nothing: what the standard library costs.
fn main() {}
