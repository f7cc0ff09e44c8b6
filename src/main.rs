//! The command line; everything is in [`mdbook_qed::cli`].

/// Reading mathematics makes and drops many small trees, which this allocator does in two thirds of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    mdbook_qed::cli::run()
}
