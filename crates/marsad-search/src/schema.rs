//! The fields of the index.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;

use crate::token::{Analyser, Form};

/// Version of everything an index is made by: fields, words, stems. An index of another version is
/// made again.
pub(crate) const INDEX_VERSION: u32 = 2;

const EXACT_ANALYSER: &str = "marsad-exact";
const LOOSE_ANALYSER: &str = "marsad-loose";
/// Name of the column that orders posts by their key.
pub(crate) const POST: &str = "post";
/// Name of the column of times.
pub(crate) const PUBLISHED_AT: &str = "published_at";

/// The fields, by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Words as the matcher compares them, with their places.
    pub(crate) exact: Field,
    /// Stems.
    pub(crate) loose: Field,
    /// The text as published.
    pub(crate) text: Field,
    /// `platform:channel/post`.
    pub(crate) post: Field,
    pub(crate) platform: Field,
    /// `platform:channel`.
    pub(crate) channel: Field,
    /// As stated, in lower case, and its first part; [`UNSTATED`] when not stated.
    pub(crate) lang: Field,
    /// As stated.
    pub(crate) stated_lang: Field,
    pub(crate) script: Field,
    pub(crate) published_at: Field,
    pub(crate) deleted_at: Field,
    pub(crate) edited_at: Field,
    pub(crate) observed_first: Field,
    pub(crate) version: Field,
}

/// The language of a post that states none; no tag has this form.
pub(crate) const UNSTATED: &str = "-";

/// Makes the schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = |analyser: &str, option| {
        let indexing =
            TextFieldIndexing::default().set_tokenizer(analyser).set_index_option(option);
        TextOptions::default().set_indexing_options(indexing)
    };
    let exact = words(EXACT_ANALYSER, IndexRecordOption::WithFreqsAndPositions);
    let loose = words(LOOSE_ANALYSER, IndexRecordOption::WithFreqs);
    let fields = Fields {
        exact: builder.add_text_field("exact", exact),
        loose: builder.add_text_field("loose", loose),
        text: builder.add_text_field("text", STORED),
        post: builder.add_text_field(POST, STRING | STORED | FAST),
        platform: builder.add_text_field("platform", STRING),
        channel: builder.add_text_field("channel", STRING),
        lang: builder.add_text_field("lang", STRING),
        stated_lang: builder.add_text_field("stated_lang", STORED),
        script: builder.add_text_field("script", STRING),
        published_at: builder.add_i64_field(PUBLISHED_AT, FAST | INDEXED | STORED),
        deleted_at: builder.add_i64_field("deleted_at", STORED),
        edited_at: builder.add_i64_field("edited_at", STORED),
        observed_first: builder.add_i64_field("observed_first", STORED),
        version: builder.add_u64_field("version", STORED),
    };
    (builder.build(), fields)
}

/// Our two analysers under their names.
pub(crate) fn analysers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(EXACT_ANALYSER, Analyser { form: Form::Exact });
    manager.register(LOOSE_ANALYSER, Analyser { form: Form::Loose });
    manager
}
