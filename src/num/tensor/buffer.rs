//! Memory for kernels: slices of f32 that start at a cache line, and scratch that is handed from task to task.

use std::sync::{Mutex, PoisonError};

/// Bytes of a cache line, and of the longest vector.
const LINE: usize = 64;

/// Zeroed f32 values, the first at the start of a cache line.
///
/// The pages of a large buffer are not touched until they are written.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    values: Vec<f32>,
    start: usize,
    len: usize,
}

impl Buffer {
    pub(crate) fn zeroed(len: usize) -> Self {
        let values = vec![0.0; len + LINE / size_of::<f32>()];
        let start = values.as_ptr().align_offset(LINE).min(LINE / size_of::<f32>());
        Self { values, start, len }
    }

    /// Makes room for at least `len` values; what it held is lost if it has to grow.
    pub(crate) fn reserve(&mut self, len: usize) -> &mut [f32] {
        if self.len < len {
            *self = Self::zeroed(len);
        }
        &mut self.as_mut_slice()[..len]
    }

    pub(crate) fn as_slice(&self) -> &[f32] {
        &self.values[self.start..self.start + self.len]
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [f32] {
        &mut self.values[self.start..self.start + self.len]
    }
}

/// Scratch buffers, given to whichever task asks next; the last returned, warm in some cache, goes first.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    free: Mutex<Vec<Buffer>>,
}

impl Scratch {
    /// Runs `task` with a buffer of `len` values of unspecified content.
    pub(crate) fn with<R>(&self, len: usize, task: impl FnOnce(&mut [f32]) -> R) -> R {
        let last = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer = last.unwrap_or_default();
        let result = task(buffer.reserve(len));
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_start_at_a_cache_line_and_grow() {
        let mut buffer = Buffer::zeroed(5);
        assert_eq!(buffer.as_slice(), [0.0; 5]);
        assert_eq!(buffer.as_slice().as_ptr().align_offset(LINE), 0);
        assert_eq!(buffer.reserve(3).len(), 3);
        assert_eq!(buffer.reserve(100).as_ptr().align_offset(LINE), 0);
    }

    #[test]
    fn scratch_is_used_again() {
        let scratch = Scratch::default();
        scratch.with(4, |buffer| buffer.fill(7.0));
        scratch.with(2, |buffer| assert_eq!(buffer, [7.0; 2]));
    }
}
