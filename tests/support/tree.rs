//! Folders of files, read and copied whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// All files below a folder, by their paths in it. A folder that is not there is empty.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("it was found there").to_owned();
                found.insert(below, fs::read(&path).expect("the file can be read"));
            }
        }
    }
    found
}

/// Copies everything below `from` into `to`.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let target = to.join(path);
        fs::create_dir_all(target.parent().expect("it lies in a folder")).expect("the folder can be made");
        fs::write(target, bytes).expect("the file can be written");
    }
}
