//! Builds a book in this process: mdBook as a library, with ourselves in the place of the program that `book.toml`
//! names, so that neither has to be installed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mdbook_driver::MDBook;
use mdbook_driver::errors::{Error, Result};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use super::{Checked, Failure, Request, protocol, shown};

/// A book that was built, or not.
#[derive(Debug)]
pub struct Built {
    /// What checking found, once for each renderer.
    pub checked: Vec<Checked>,
    /// The first page, as messages show paths, if the HTML renderer ran to its end.
    pub page: Option<String>,
}

/// Builds the book in `root` for all its renderers. `destination` replaces its `build-dir`; paths in messages are
/// shown relative to `here`. Numbers that are wrong stop the build: then there is no page, and `checked` says why.
pub fn build(root: &Path, destination: Option<&Path>, here: &Path) -> std::result::Result<Built, Failure> {
    let path = root.join("book.toml");
    let book_toml = std::fs::read_to_string(&path).map_err(|problem| {
        Failure::new(format!("cannot read `{}`: {problem}", path.display()))
            .help("name the folder of a book: `mdbook-qed build DIR`")
    })?;
    let mut book = MDBook::load(root).map_err(|problem| Failure::new(format!("{problem:#}")))?;
    if let Some(destination) = destination {
        book.config.build.build_dir = here.join(destination);
    }
    let found = Arc::new(Mutex::new(Vec::new()));
    book.with_preprocessor(InProcess { book_toml, here: here.to_owned(), found: Arc::clone(&found) });
    let result = book.build();
    let checked = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    match result {
        Ok(()) => {
            let page = book.build_dir_for("html").join("index.html");
            Ok(Built { checked, page: page.is_file().then(|| shown(&page, here)) })
        }
        Err(_) if checked.iter().any(|it: &Checked| it.report.has_errors()) => {
            Ok(Built { checked, page: None })
        }
        Err(problem) => Err(Failure::new(format!("{problem:#}"))),
    }
}

/// Ourselves as a preprocessor of mdBook's library.
struct InProcess {
    book_toml: String,
    here: PathBuf,
    found: Arc<Mutex<Vec<Checked>>>,
}

impl Preprocessor for InProcess {
    fn name(&self) -> &str {
        "qed"
    }

    /// Takes the same way as the protocol, so that a book built here and one built by `mdbook` are the same.
    fn run(&self, context: &PreprocessorContext, book: Book) -> Result<Book> {
        let mut request = Request::new(serde_json::to_value(context)?, serde_json::to_value(book)?)?;
        let checked = protocol::preprocess(&mut request, &self.book_toml, &self.here)?;
        let wrong = checked.report.has_errors();
        self.found.lock().unwrap_or_else(PoisonError::into_inner).push(checked);
        if wrong {
            return Err(Error::msg("the book has errors"));
        }
        Ok(serde_json::from_value(request.into_book())?)
    }
}
