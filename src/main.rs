//! The command line; everything is in [`mdbook_qed::cli`].

fn main() -> std::process::ExitCode {
    mdbook_qed::cli::run()
}
