//! Which version of the interpreter made a lake, and whether that is the one in this program.

use std::fmt;

use marsad_interpret::INTERPRETER_VERSION;
use marsad_lake::Lake;

use crate::failure::Failure;

/// A lake whose rows another interpreter read than the one in this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherInterpreter {
    /// Made before lakes said it.
    Unknown,
    /// Made by a version below ours.
    Older(u32),
    /// Made by a version above ours.
    Newer(u32),
}

impl OtherInterpreter {
    /// `None` when the lake is as this program would make it, or holds nothing.
    pub(crate) fn of(lake: &Lake) -> Result<Option<Self>, Failure> {
        if lake.version() == 0 {
            return Ok(None);
        }
        Ok(match lake.interpreter()? {
            None => Some(Self::Unknown),
            Some(found) if found < INTERPRETER_VERSION => Some(Self::Older(found)),
            Some(found) if found > INTERPRETER_VERSION => Some(Self::Newer(found)),
            Some(_) => None,
        })
    }

    /// The way out.
    pub(crate) fn mend(self) -> &'static str {
        match self {
            Self::Unknown | Self::Older(_) => {
                "marsad rebuild reads the kept bytes again, as this program does"
            }
            Self::Newer(_) => {
                "use the newer Marsad, or marsad rebuild to read the kept bytes as this one does"
            }
        }
    }
}

impl fmt::Display for OtherInterpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("the lake does not say which interpreter made it"),
            Self::Older(found) => write!(
                f,
                "the lake was made by an older interpreter (version {found}; this one is {INTERPRETER_VERSION})"
            ),
            Self::Newer(found) => write!(
                f,
                "the lake was made by a newer interpreter (version {found}; this one is {INTERPRETER_VERSION})"
            ),
        }
    }
}
