//! The only way a text gets into the page.

use std::fmt::{self, Display, Write};

/// HTML under construction.
#[derive(Debug, Default)]
pub(crate) struct Markup(String);

impl Markup {
    /// Appends; use through [`put!`].
    pub(crate) fn put(&mut self, arguments: fmt::Arguments<'_>) {
        let written = self.0.write_fmt(arguments);
        debug_assert!(written.is_ok(), "a String takes everything");
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

impl Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Appends formatted HTML; every argument that is not ours must be a [`Text`] or built from one.
macro_rules! put {
    ($markup:expr, $($format:tt)*) => { $markup.put(format_args!($($format)*)) };
}
pub(crate) use put;

/// A text from outside, escaped for content and for quoted attributes. Control characters become
/// U+FFFD; bidirectional controls stay, because the element around isolates them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(letter)?,
                control if control.is_control() => f.write_char('\u{FFFD}')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A name that must not turn the direction of the sentence around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a>(pub(crate) &'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<bdi class=\"name\">{}</bdi>", Text(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_html_reads_gets_through() {
        let hostile = "<script>\"'&\u{0}\u{7f}\u{85}\n";
        assert_eq!(
            Text(hostile).to_string(),
            "&lt;script&gt;&quot;&#39;&amp;\u{FFFD}\u{FFFD}\u{FFFD}\n"
        );
    }
}
