//! Results kept from one build to the next, each in one file under the digest of its key.
//!
//! Many builds may use one folder at once: a file is written under another name and renamed when it is whole, so
//! that readers see all of it or nothing. A file says its key and ends with a digest of everything before; one that
//! was cut off, changed, or belongs to another key is as good as none. It knows neither what it keeps nor where the
//! folder is: that is for the caller to say, who must not put it into a book's `src` or `build-dir`.
//!
//! ```text
//! "mdbook-qed result 1\n" · length of the key (u64) · key · content · digest of all that (u128), little-endian
//! ```

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::num::digest;

const MAGIC: &[u8] = b"mdbook-qed result 1\n";

/// A folder of results. It need not exist.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The results in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// What was kept under `key`, if it is there and whole.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let bytes = fs::read(self.path(key)).ok()?;
        let (body, check) = bytes.split_last_chunk::<16>()?;
        let content = body.strip_prefix(header(key).as_slice())?;
        (u128::from_le_bytes(*check) == digest(body)).then(|| content.to_vec())
    }

    /// Keeps `content` under `key`, in place of what was there. A caller may ignore the error: the result is then
    /// computed again the next time.
    ///
    /// # Errors
    /// When the folder cannot be made or written to.
    pub fn put(&self, key: &str, content: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut bytes = header(key);
        bytes.extend(content);
        bytes.extend(digest(&bytes).to_le_bytes());
        let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(&self.folder)?;
        file.write_all(&bytes)?;
        file.persist(self.path(key))?;
        Ok(())
    }

    /// What is kept under `key`, else what `compute` gives, which is kept from then on. `read` makes sense of kept
    /// bytes; what it cannot read is computed again.
    ///
    /// # Errors
    /// That of `compute`. A folder that cannot be written to is none.
    pub fn get_or<T, E>(
        &self,
        key: &str,
        read: impl FnOnce(&[u8]) -> Option<T>,
        write: impl FnOnce(&T) -> Vec<u8>,
        compute: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(value) = self.get(key).and_then(|bytes| read(&bytes)) {
            return Ok(value);
        }
        let value = compute()?;
        // Without a cache the next build takes longer; that is no reason for this one to fail.
        drop(self.put(key, &write(&value)));
        Ok(value)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{:032x}.result", digest(key.as_bytes())))
    }
}

fn header(key: &str) -> Vec<u8> {
    [MAGIC, &(key.len() as u64).to_le_bytes(), key.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn temporary() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("not yet/there"));
        (folder, cache)
    }

    #[test]
    fn what_was_put_comes_back() {
        let (_folder, cache) = temporary();
        assert_eq!(cache.get("a"), None);
        cache.put("a", b"one").unwrap();
        cache.put("b", b"").unwrap();
        assert_eq!((cache.get("a"), cache.get("b")), (Some(b"one".to_vec()), Some(Vec::new())));
        cache.put("a", b"two").unwrap();
        assert_eq!(cache.get("a"), Some(b"two".to_vec()));
        assert_eq!(fs::read_dir(cache.folder()).unwrap().count(), 2);
    }

    #[test]
    fn broken_files_are_as_good_as_none() {
        let (_folder, cache) = temporary();
        cache.put("key", b"content").unwrap();
        let whole = fs::read(cache.path("key")).unwrap();
        for length in 0..whole.len() {
            fs::write(cache.path("key"), &whole[..length]).unwrap();
            assert_eq!(cache.get("key"), None, "cut off after {length} bytes");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(cache.path("key"), &changed).unwrap();
            assert_eq!(cache.get("key"), None, "byte {at} changed");
        }
        fs::write(cache.path("other"), &whole).unwrap();
        assert_eq!(cache.get("other"), None);
        let again =
            cache.get_or("key", |_| None, |text: &String| text.clone().into(), || Ok::<_, ()>("new".into()));
        assert_eq!((again, cache.get("key")), (Ok("new".into()), Some(b"new".to_vec())));
    }

    #[test]
    fn builds_at_the_same_time_see_whole_results() {
        let (_folder, cache) = temporary();
        let content = |writer: u8| vec![writer; 50_000];
        thread::scope(|scope| {
            for writer in 0..4 {
                let cache = &cache;
                scope.spawn(move || {
                    for _ in 0..20 {
                        cache.put("key", &content(writer)).unwrap();
                        let read = cache.get("key").unwrap();
                        assert!(read == content(read[0]));
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(cache.folder()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_is_no_reason_to_fail() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let cache = Cache::new(folder.path().join("file/below"));
        assert!(cache.put("a", b"one").is_err());
        let value = cache.get_or("a", |_| Some(0), |_| Vec::new(), || Ok::<_, ()>(7));
        assert_eq!(value, Ok(7));
    }
}
