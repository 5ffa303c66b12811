//! How a verb fails: one sentence on stderr and an exit code of the contract.

use std::process::ExitCode;

/// Exit code of wrong usage.
const USAGE: u8 = 2;
/// Exit code of evidence that does not verify.
const EVIDENCE: u8 = 3;
/// Exit code of `--strict` when some input was not understood.
pub(crate) const NOT_UNDERSTOOD: u8 = 4;

/// A failure, by what its reader can do.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command was wrong; the sentence names the way out. Exit code 2.
    Usage(String),
    /// The evidence does not verify. Exit code 3.
    Evidence(String),
    /// It could not be done. Exit code 1.
    Failed(anyhow::Error),
    /// Whoever reads our output has gone. Not worth a word.
    PipeClosed,
}

impl Failure {
    /// A sentence for wrong usage.
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self::Usage(sentence.into())
    }

    /// A sentence for what could not be done.
    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self::Failed(anyhow::Error::msg(sentence.into()))
    }

    /// What it says, in one sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Usage(sentence) | Self::Evidence(sentence) => sentence.clone(),
            Self::Failed(error) => {
                without_repeats(&error.chain().map(ToString::to_string).collect::<Vec<_>>())
            }
            Self::PipeClosed => "nobody reads what is said".to_owned(),
        }
    }

    /// Prints the sentence and gives the exit code.
    #[expect(clippy::print_stderr, reason = "the one place that prints an error")]
    pub(crate) fn report(self) -> ExitCode {
        let code = match self {
            Self::Usage(_) => ExitCode::from(USAGE),
            Self::Evidence(_) => ExitCode::from(EVIDENCE),
            Self::Failed(_) => ExitCode::FAILURE,
            Self::PipeClosed => return ExitCode::SUCCESS,
        };
        eprintln!("error: {}", self.sentence());
        code
    }
}

/// Joins causes, leaving out a cause that the sentence before already ends with.
fn without_repeats(causes: &[String]) -> String {
    let mut sentence = String::new();
    for cause in causes {
        if sentence.is_empty() {
            sentence.push_str(cause);
        } else if !sentence.contains(cause.as_str()) {
            sentence.push_str(": ");
            sentence.push_str(cause);
        }
    }
    sentence.replace('\n', " ")
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        let broken = error.chain().find_map(|cause| cause.downcast_ref::<marsad_evidence::Error>());
        if let Some(broken @ marsad_evidence::Error::Broken(_)) = broken {
            return Self::Evidence(broken.to_string());
        }
        let is_closed_pipe = error
            .chain()
            .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
            .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe);
        if is_closed_pipe { Self::PipeClosed } else { Self::Failed(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_sentence_without_repeats() {
        let causes = ["cannot read 'a.csv': no such file".to_owned(), "no such file".to_owned()];
        assert_eq!(without_repeats(&causes), "cannot read 'a.csv': no such file");
    }
}
