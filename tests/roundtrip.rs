//! Properties that hold for every text.

#[path = "roundtrip/chapter_map.rs"]
mod chapter_map;
#[path = "roundtrip/scan.rs"]
mod scan;
