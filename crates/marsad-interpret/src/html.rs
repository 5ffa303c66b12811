//! A page of HTML as a flat tree: elements and texts in the order in which they stand.
//!
//! The tokens are the standard's (html5gum); the tree is our own and as simple as a generated page
//! allows: an end tag closes the nearest element of its name. A browser's tree builder repairs
//! more, and takes memory beyond all bounds on pages that are made for it; this one is linear.

use std::borrow::Cow;
use std::collections::BTreeMap;

use compact_str::CompactString;
use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};
use memchr::memchr_iter;

/// Elements deeper than this have no children of their own; browsers stop at the same depth.
const DEPTH_MAX: usize = 512;

/// Elements that have no end tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 5] = ["blockquote", "div", "li", "p", "pre"];

/// A page read.
#[derive(Debug, Default)]
pub(crate) struct Page {
    nodes: Vec<Node>,
    cut: bool,
}

#[derive(Debug)]
struct Node {
    what: What,
    /// The first node that is not inside of this one any more.
    end: usize,
    line: u64,
    /// Whether some of it was not UTF-8.
    broken: bool,
    /// Whether the page ends before it does.
    cut: bool,
}

#[derive(Debug)]
enum What {
    Element { name: CompactString, attributes: Vec<(CompactString, String)> },
    Text(String),
    Comment(String),
}

/// An element of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'p> {
    page: &'p Page,
    at: usize,
    node: &'p Node,
}

impl Page {
    /// Reads a page; whatever the bytes are, there is one.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let mut builder = Builder {
            bytes,
            page: Self::default(),
            open: Vec::new(),
            depths: BTreeMap::new(),
            seen: 0,
            line: 1,
        };
        for Ok(token) in Tokenizer::new_with_emitter(bytes, emitter) {
            match token {
                Token::StartTag(tag) => builder.start(&tag),
                Token::EndTag(tag) => builder.end(&tag.name),
                Token::String(text) => builder.leaf(text.span.start, &text.value, What::Text),
                Token::Comment(text) => {
                    builder.leaf(text.span.start, &text.value, What::Comment);
                }
                Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        let Builder { mut page, open, .. } = builder;
        page.close(&open, true);
        page.cut = !open.is_empty();
        page
    }

    /// All elements in order.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0..self.nodes.len()).filter_map(|at| self.element(at))
    }

    /// The first element of a class.
    pub(crate) fn find(&self, class: &str) -> Option<Element<'_>> {
        self.elements().find(|element| element.has_class(class))
    }

    /// All comments in order.
    pub(crate) fn comments(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| match &node.what {
            What::Comment(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// What `pick` takes of the elements, and nothing inside of those.
    pub(crate) fn pick<'p, T>(&'p self, pick: impl FnMut(Element<'p>) -> Option<T>) -> Vec<T> {
        self.pick_between((0, self.nodes.len()), pick)
    }

    fn pick_between<'p, T>(
        &'p self,
        (mut at, end): (usize, usize),
        mut pick: impl FnMut(Element<'p>) -> Option<T>,
    ) -> Vec<T> {
        let mut picked = Vec::new();
        while at < end {
            let element = self.element(at);
            match element.and_then(|element| Some((pick(element)?, element.node.end))) {
                Some((taken, end)) => {
                    picked.push(taken);
                    at = end;
                }
                None => at += 1,
            }
        }
        picked
    }

    fn element(&self, at: usize) -> Option<Element<'_>> {
        let node = self.nodes.get(at)?;
        matches!(node.what, What::Element { .. }).then_some(Element { page: self, at, node })
    }

    /// Whether it ends before its elements do.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    fn close(&mut self, open: &[(usize, CompactString)], cut: bool) {
        let end = self.nodes.len();
        for (at, _) in open {
            if let Some(node) = self.nodes.get_mut(*at) {
                (node.end, node.cut) = (end, cut);
            }
        }
    }
}

struct Builder<'b> {
    bytes: &'b [u8],
    page: Page,
    /// Elements whose end has not come yet, the outermost first.
    open: Vec<(usize, CompactString)>,
    /// Where among them elements of a name stand, the outermost first.
    depths: BTreeMap<CompactString, Vec<usize>>,
    /// Bytes whose line breaks are counted.
    seen: usize,
    line: u64,
}

impl Builder<'_> {
    fn start(&mut self, tag: &StartTag<usize>) {
        let mut broken = false;
        let mut text = |bytes: &HtmlString| {
            let text = String::from_utf8_lossy(bytes);
            broken |= matches!(text, Cow::Owned(_));
            text.into_owned()
        };
        let name = CompactString::from(text(&tag.name));
        let attributes = tag.attributes.iter();
        let attributes = attributes.map(|(key, value)| (text(key).into(), text(value))).collect();
        let is_leaf = tag.self_closing || VOID.contains(&name.as_str());
        let opened = name.clone();
        let at = self.push(tag.span.start, What::Element { name, attributes }, broken);
        if !is_leaf && self.open.len() < DEPTH_MAX {
            self.depths.entry(opened.clone()).or_default().push(self.open.len());
            self.open.push((at, opened));
        }
    }

    fn end(&mut self, name: &[u8]) {
        let depths = std::str::from_utf8(name).ok().and_then(|name| self.depths.get(name));
        let Some(from) = depths.and_then(|depths| depths.last()).copied() else { return };
        let closed = self.open.split_off(from.min(self.open.len()));
        for (_, name) in &closed {
            if let Some(depths) = self.depths.get_mut(name) {
                depths.pop();
            }
        }
        self.page.close(&closed, false);
    }

    fn leaf(&mut self, start: usize, bytes: &[u8], what: fn(String) -> What) {
        let text = String::from_utf8_lossy(bytes);
        let broken = matches!(text, Cow::Owned(_));
        self.push(start, what(text.into_owned()), broken);
    }

    fn push(&mut self, start: usize, what: What, broken: bool) -> usize {
        let passed = self.bytes.get(self.seen..start).unwrap_or_default();
        self.line += memchr_iter(b'\n', passed).count() as u64;
        self.seen = self.seen.max(start);
        let at = self.page.nodes.len();
        self.page.nodes.push(Node { what, end: at + 1, line: self.line, broken, cut: false });
        at
    }
}

impl<'p> Element<'p> {
    /// Its name, in small letters.
    pub(crate) fn name(self) -> &'p str {
        match &self.node.what {
            What::Element { name, .. } => name,
            What::Text(_) | What::Comment(_) => "",
        }
    }

    /// The value of an attribute, its entities decoded once.
    pub(crate) fn attribute(self, name: &str) -> Option<&'p str> {
        let What::Element { attributes, .. } = &self.node.what else { return None };
        attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether it is of a class.
    pub(crate) fn has_class(self, class: &str) -> bool {
        let classes = self.attribute("class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|own| own == class)
    }

    /// Line of the page on which it begins, from 1.
    pub(crate) fn line(self) -> u64 {
        self.node.line
    }

    /// Whether something in it was not UTF-8.
    pub(crate) fn is_broken(self) -> bool {
        let inside = self.page.nodes.get(self.at..self.node.end).unwrap_or_default();
        inside.iter().any(|node| node.broken)
    }

    /// Whether the page ends inside of it.
    pub(crate) fn is_cut(self) -> bool {
        self.node.cut
    }

    /// The elements inside of it, in order.
    pub(crate) fn inside(self) -> impl Iterator<Item = Element<'p>> {
        (self.at + 1..self.node.end).filter_map(|at| self.page.element(at))
    }

    /// The first element of a class inside of it.
    pub(crate) fn find(self, class: &str) -> Option<Element<'p>> {
        self.inside().find(|element| element.has_class(class))
    }

    /// What `pick` takes of the elements inside of it, and nothing inside of those.
    pub(crate) fn pick<T>(self, pick: impl FnMut(Element<'p>) -> Option<T>) -> Vec<T> {
        self.page.pick_between((self.at + 1, self.node.end), pick)
    }

    /// What a reader sees of it: line breaks where there are some, no space around it.
    pub(crate) fn text(self) -> String {
        let mut text = String::new();
        let (mut blocks, mut at, mut breaks) = (Vec::new(), self.at + 1, false);
        while let Some(node) = self.page.nodes.get(at).filter(|_| at < self.node.end) {
            while blocks.last().is_some_and(|end| *end <= at) {
                blocks.pop();
                breaks = true;
            }
            at += 1;
            let piece = match &node.what {
                What::Text(piece) => piece.as_str(),
                What::Element { name, .. } if name == "br" => "\n",
                What::Element { name, .. } if name == "script" || name == "style" => {
                    at = node.end;
                    continue;
                }
                What::Element { name, .. } => {
                    if BLOCKS.contains(&name.as_str()) {
                        blocks.push(node.end);
                        breaks = true;
                    }
                    continue;
                }
                What::Comment(_) => continue,
            };
            if breaks && !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            breaks = false;
            text.push_str(piece);
        }
        text.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text_of(html: &str) -> String {
        let page = Page::parse(html.as_bytes());
        page.find("t").map(Element::text).unwrap_or_default()
    }

    #[test]
    fn text_is_what_a_reader_sees() {
        let check = |html: &str, expected: &str| assert_eq!(text_of(html), expected, "{html}");
        check("<div class=t>Gale <b>at</b> noon</div>", "Gale at noon");
        check(
            "<p class='a t'>one<br/>two<br>three &lt;b&gt; &amp; four</p>",
            "one\ntwo\nthree <b> & four",
        );
        check("<div class=t><i class=emoji style=\"a\"><b>⌚️</b></i></div>", "⌚️");
        check("<div class=t>said:<blockquote>rain</blockquote>so</div>", "said:\nrain\nso");
        check("<div class=t>a<br><pre>x\n  y</pre></div>", "a\nx\n  y");
        check("<div class=t>a<script>b < c</script>d<!-- e --></div>", "ad");
        check("<div class=t>a<div>b</div><div>c", "a\nb\nc");
    }

    #[test]
    fn the_tree_knows_what_stands_where() {
        let html = "<div class=a>\n<img class=x><a class=b>1<span class=c>2</span></a></wrong></div>\n<a class=d>3</a>";
        let page = Page::parse(html.as_bytes());
        let a = page.find("a").unwrap();
        let inside: Vec<_> = a.inside().map(Element::name).collect();
        assert_eq!(inside, ["img", "a", "span"]);
        assert_eq!((page.find("b").unwrap().line(), page.find("d").unwrap().line()), (2, 3));
        let picked = a.pick(|e| e.has_class("b").then(|| e.text()));
        assert_eq!(picked, ["12"]);
        assert!(!page.is_cut());
        let cut = Page::parse(b"<div class=a>1</div><div class=b>2<p class=c>3</p>");
        assert!(cut.is_cut() && cut.find("b").unwrap().is_cut());
        assert!(!cut.find("a").unwrap().is_cut() && !cut.find("c").unwrap().is_cut());
    }

    #[test]
    fn what_is_not_utf8_is_known_by_its_place() {
        let page = Page::parse(
            b"<p class=a>rain</p><p class=b>r\xffin</p><p class=c title=\"\xff\">x</p>",
        );
        let broken = |class| page.find(class).unwrap().is_broken();
        assert_eq!((broken("a"), broken("b"), broken("c")), (false, true, true));
    }

    #[test]
    fn depth_costs_no_stack_and_no_time() {
        let deep = "<i class=t>".repeat(20_000) + "x" + &"</b>".repeat(20_000);
        let page = Page::parse(deep.as_bytes());
        assert_eq!(page.elements().count(), 20_000);
        assert_eq!(page.find("t").unwrap().text(), "x");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_page(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let page = Page::parse(&bytes);
            for element in page.elements() {
                drop((element.text(), element.name(), element.is_broken(), element.inside().count()));
                prop_assert!(element.line() <= 1 + bytes.len() as u64);
            }
        }
    }
}
