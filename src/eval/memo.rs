//! Results that take long to compute: once in a process, whoever asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// So many results are kept; a book has few, a service that reads many books must not grow without end.
const MOST: usize = 64;

/// Results by what they are results of.
pub(super) struct Memo<T> {
    done: Mutex<BTreeMap<String, Arc<T>>>,
}

impl<T: Send + Sync> Memo<T> {
    pub(super) const fn new() -> Self {
        Self { done: Mutex::new(BTreeMap::new()) }
    }

    /// The result for `key`, computed unless it is known. Chapters are judged at the same time: whoever comes second
    /// waits for the first.
    pub(super) fn get_or<E: Send>(
        &self,
        key: &str,
        compute: impl FnOnce() -> Result<T, E> + Send,
    ) -> Result<Arc<T>, E> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = done.get(key) {
            return Ok(Arc::clone(result));
        }
        let result = Arc::new(apart(compute)?);
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

    use super::Memo;

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
