//! Writes a changed file in the place of the old one, whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::Failure;

/// Replaces the file at `path`, which holds `before`, by `after`. A file that is no longer what was read, or that may
/// not be written, stays as it is; so does one during whose writing the machine stops.
pub fn replace(path: &Path, before: &str, after: &str) -> Result<(), Failure> {
    let failed = |problem: &dyn std::fmt::Display| {
        Failure::new(format!("cannot write `{}`: {problem}", path.display()))
    };
    // A link stays a link: what it leads to is replaced.
    let target = path.canonicalize().map_err(|problem| failed(&problem))?;
    let found = fs::read(&target).map_err(|problem| failed(&problem))?;
    if found != before.as_bytes() {
        return Err(failed(&"it has changed since it was read").help("run the command again"));
    }
    let permissions = fs::metadata(&target).map_err(|problem| failed(&problem))?.permissions();
    if permissions.readonly() {
        return Err(failed(&"it is read-only"));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut fresh = tempfile::NamedTempFile::new_in(folder).map_err(|problem| failed(&problem))?;
    fresh.write_all(after.as_bytes()).map_err(|problem| failed(&problem))?;
    fresh.as_file().sync_all().map_err(|problem| failed(&problem))?;
    fs::set_permissions(fresh.path(), permissions).map_err(|problem| failed(&problem))?;
    fresh.persist(&target).map_err(|problem| failed(&problem.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::replace;

    #[test]
    fn a_file_is_replaced_only_if_it_is_what_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(&path, "one\r\n").unwrap();
        let stale = replace(&path, "two", "three").unwrap_err();
        assert!(stale.message.ends_with("it has changed since it was read"), "{stale}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\r\n");
        replace(&path, "one\r\n", "two\r\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\r\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(replace(&folder.path().join("none.md"), "", "").is_err());
    }

    #[test]
    fn a_read_only_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(&path, "one").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(replace(&path, "one", "two").unwrap_err().message.ends_with("it is read-only"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.md"), folder.path().join("b.md"));
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, "one", "two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
