//! Runs a program within its limits: time, memory, output. When it is stopped, so is everything that it has started.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::confine;
use super::runtime::{Told, VALUES};

/// What a program may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// By the clock on the wall.
    pub(super) time: Duration,
    /// Bytes of address space.
    pub(super) memory: u64,
    /// Bytes of output, values included.
    pub(super) output: u64,
}

/// How a program ended, and what it left.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) end: End,
    pub(super) told: Told,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

/// Why a program is no longer running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By itself.
    Exited(ExitStatus),
    /// It had taken too long.
    OutOfTime,
    /// It had printed too much.
    Flood,
}

/// Runs the program `file` in `scratch`, the only folder that it may write to.
pub(super) fn run(file: &Path, scratch: &Path, limits: Limits) -> io::Result<Finished> {
    let values = scratch.join(".qed-values");
    let mut command = Command::new(file);
    command.current_dir(scratch).env_clear().env(VALUES, &values);
    command.envs([("HOME", scratch), ("TMPDIR", scratch), ("TMP", scratch), ("TEMP", scratch)]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    confine::confine(&mut command, file, scratch, limits.memory)?;
    let mut child = command.spawn()?;
    let output = Output::listen(&mut child, limits.output);
    let end = output.wait(&mut child, Instant::now() + limits.time);
    // Whatever it has started goes with it, however it ended.
    confine::kill(&mut child);
    child.wait()?;
    let (stdout, stderr) = output.finish();
    let (told, end) = read_values(&values, limits.output, end)?;
    Ok(Finished {
        end: end.unwrap_or(End::OutOfTime),
        told,
        stdout,
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    })
}

fn read_values(path: &Path, most: u64, end: Option<End>) -> io::Result<(Told, Option<End>)> {
    let length = fs::metadata(path).map_or(0, |data| data.len());
    if length > most {
        return Ok((Told::default(), Some(End::Flood)));
    }
    Ok((Told::read(&fs::read(path).unwrap_or_default()), end))
}

/// The two streams of a running program.
struct Output {
    stdout: mpsc::Receiver<Vec<u8>>,
    stderr: mpsc::Receiver<Vec<u8>>,
    news: mpsc::Receiver<News>,
}

enum News {
    /// A stream was closed.
    Closed,
    /// More was printed than may be.
    Flood,
}

impl Output {
    fn listen(child: &mut Child, most: u64) -> Self {
        let (sender, news) = mpsc::channel();
        let total = Arc::new(AtomicU64::new(0));
        let stdout = child.stdout.take().map(|stream| collect(stream, most, &total, &sender));
        let stderr = child.stderr.take().map(|stream| collect(stream, most, &total, &sender));
        let nothing = || mpsc::channel().1;
        Self { stdout: stdout.unwrap_or_else(nothing), stderr: stderr.unwrap_or_else(nothing), news }
    }

    /// Waits until the program ends or has to be ended; `None` if its time is up.
    fn wait(&self, child: &mut Child, deadline: Instant) -> Option<End> {
        let mut open = 2;
        while open > 0 {
            match self.news.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(News::Flood) => return Some(End::Flood),
                Ok(News::Closed) => open -= 1,
                Err(_) => return None,
            }
        }
        // A program that has closed its streams may still be running.
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return Some(End::Exited(status));
            }
            if Instant::now() >= deadline {
                return None;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// What was printed. A stream that something else holds open is not waited for.
    fn finish(self) -> (Vec<u8>, Vec<u8>) {
        let patience = Duration::from_secs(1);
        let take = |stream: mpsc::Receiver<Vec<u8>>| stream.recv_timeout(patience).unwrap_or_default();
        (take(self.stdout), take(self.stderr))
    }
}

/// Reads a stream on a thread of its own, up to its end or the limit that it shares with the other.
fn collect(
    mut stream: impl Read + Send + 'static,
    most: u64,
    total: &Arc<AtomicU64>,
    news: &mpsc::Sender<News>,
) -> mpsc::Receiver<Vec<u8>> {
    let (total, news) = (Arc::clone(total), news.clone());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut all, mut piece) = (Vec::new(), [0; 1 << 14]);
        let mut last = News::Closed;
        while let Ok(length @ 1..) = stream.read(&mut piece) {
            if total.fetch_add(length as u64, Ordering::Relaxed) + length as u64 > most {
                last = News::Flood;
                break;
            }
            all.extend(&piece[..length]);
        }
        // Whoever asked may be gone.
        let _ = (sender.send(all), news.send(last));
    });
    receiver
}
