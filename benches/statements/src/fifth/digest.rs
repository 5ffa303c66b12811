//! Digests: several statements in one post.

use super::changes;
use super::texts::Lang;
use super::words;
use crate::chance::Chance;

/// Items under a heading, whole or by their first words.
pub(super) fn write(items: &[&str], lang: Lang, chance: &mut Chance) -> String {
    let style = chance.below(6);
    let sign = chance.word(&["🔸", "•", "—", "✔️", "▪️"]);
    let shortens = chance.one_in(3);
    let mut lines: Vec<String> = Vec::new();
    if !chance.one_in(6) {
        lines.push(chance.word(words::HEADINGS[lang as usize]).to_owned());
        lines.push(String::new());
    }
    for (number, item) in items.iter().enumerate() {
        let long = item.split_whitespace().count() > if shortens { 24 } else { 60 };
        let item = if long { changes::cut(item, lang, chance) } else { (*item).to_owned() };
        let item = item.replace('\n', " ");
        lines.push(match style {
            0 => format!("{}. {item}", number + 1),
            1 => format!("{}) {item}\n", number + 1),
            2 => format!("{sign} {item}"),
            3 => format!("{sign} {item}\n"),
            4 => format!("{item}\n"),
            _ => format!("{sign} {item} https://t.me/desk/{}\n", chance.below(9000)),
        });
    }
    lines.join("\n").trim_end().to_owned()
}
