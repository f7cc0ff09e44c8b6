//! Results that take long to compute: once in a process, whoever asks, and kept for the next where a [`Keeper`] says
//! so. It knows neither where the folder is nor whether anybody watches: that is for the caller to say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::cache::Cache;

/// What a process does with results that take long.
#[derive(Debug)]
pub struct Keeper {
    /// Where they are kept from one build to the next.
    pub cache: Option<Cache>,
    /// Is told how many layers of a pass are done, of how many.
    pub progress: fn(usize, usize),
}

/// Sets the keeper of this process up, before the first result. Without one, results are kept in memory only.
pub fn keep(keeper: Keeper) {
    // A second one changes nothing: some results may have been kept by the first.
    let _ = KEEPER.set(keeper);
}

/// The keeper, if there is one.
pub(super) fn keeper() -> Option<&'static Keeper> {
    KEEPER.get()
}

static KEEPER: OnceLock<Keeper> = OnceLock::new();

/// Something that survives as bytes.
pub(super) trait Bytes: Sized {
    fn write(&self) -> Vec<u8>;
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// So many results are kept; a book has few, a service that reads many books must not grow without end.
const MOST: usize = 64;

/// Results by what they are results of.
pub(super) struct Memo<T> {
    done: Mutex<BTreeMap<String, Arc<T>>>,
}

impl<T: Bytes + Send + Sync> Memo<T> {
    pub(super) const fn new() -> Self {
        Self { done: Mutex::new(BTreeMap::new()) }
    }

    /// The result for `key`: from memory, from the cache, or computed. Chapters are judged at the same time: whoever
    /// comes second waits for the first.
    pub(super) fn get_or<E: Send>(
        &self,
        key: &str,
        compute: impl FnOnce() -> Result<T, E> + Send,
    ) -> Result<Arc<T>, E> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = done.get(key) {
            return Ok(Arc::clone(result));
        }
        let result = Arc::new(match keeper() {
            Some(Keeper { cache: Some(cache), .. }) => {
                cache.get_or(key, T::read, T::write, || apart(compute))?
            }
            _ => apart(compute)?,
        });
        if done.len() >= MOST {
            done.clear();
        }
        done.insert(key.to_owned(), Arc::clone(&result));
        Ok(result)
    }
}

/// Runs `compute` on threads of its own. A thread that waits for work of the common pool may be given another chapter
/// to judge meanwhile, and that chapter would wait for the lock that its own thread holds.
fn apart<T: Send>(compute: impl FnOnce() -> T + Send) -> T {
    let threads = rayon::current_num_threads();
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else {
        // Without threads nobody else can wait.
        return compute();
    };
    // `install` alone would let this thread steal as well while it waits.
    let result = std::thread::scope(|scope| scope.spawn(|| pool.install(compute)).join());
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rayon::prelude::*;

    use super::{Bytes, Memo};

    impl Bytes for usize {
        fn write(&self) -> Vec<u8> {
            self.to_le_bytes().into()
        }

        fn read(bytes: &[u8]) -> Option<Self> {
            Some(Self::from_le_bytes(bytes.try_into().ok()?))
        }
    }

    /// Every task of the pool asks for a result that itself needs the pool.
    #[test]
    fn tasks_that_wait_for_each_other_end() {
        static MEMO: Memo<usize> = Memo::new();
        let runs = AtomicUsize::new(0);
        let sum = || -> Result<usize, Infallible> {
            runs.fetch_add(1, Ordering::Relaxed);
            Ok((0..10_000usize).into_par_iter().with_max_len(1).map(|number| number % 7).sum())
        };
        let sums: Vec<usize> = (0..64usize)
            .into_par_iter()
            .with_max_len(1)
            .map(|task| MEMO.get_or(&(task % 4).to_string(), sum).map_or(0, |sum| *sum))
            .collect();
        assert!(sums.iter().all(|sum| *sum == sums[0] && *sum > 0));
        assert_eq!(runs.into_inner(), 4);
    }
}
