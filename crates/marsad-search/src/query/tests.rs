use super::*;
use proptest::prelude::*;

fn understood(written: &str) -> String {
    Query::parse(written).map_or_else(|error| format!("error: {error}"), |query| query.to_string())
}

#[test]
fn a_query_is_understood_as_people_mean_it() {
    for (written, expected) in [
        ("storm harbour", "storm AND harbour"),
        ("harbour storm OR rain", "harbour AND (storm OR rain)"),
        ("a OR b OR c", "(a OR b OR c)"),
        ("storm | rain", "(storm OR rain)"),
        ("storm AND rain", "storm AND rain"),
        ("storm -football -\"full time\"", "storm AND NOT football AND NOT \"full time\""),
        ("storm NOT football", "storm AND NOT football"),
        ("--football", "football"),
        ("\"Night  Train\"", "\"night train\""),
        ("«قطار الليل»", "\"قطار الليل\""),
        ("\u{201E}ночной поезд\u{201C}", "\"ночной поезд\""),
        ("fog*", "fog*"),
        ("night-train", "\"night train\""),
        ("example.org/news", "\"example org news\""),
        ("@WeatherDesk", "@weatherdesk"),
        (
            "(storm OR rain) -(football OR -train)",
            "(storm OR rain) AND NOT (football OR NOT train)",
        ),
        ("channel:telegram:desk lang:AR", "channel:telegram:desk AND lang:ar"),
        ("channel:\"my desk\"", "channel:\"my desk\""),
        (
            "since:2019-11-29 until:2019-11-30 rain",
            "since:2019-11-29T00:00:00Z AND until:2019-12-01T00:00:00Z AND rain",
        ),
        ("script:Arab", "script:arab"),
        ("note: rain", "note AND rain"),
        ("الحُكومة", "الحكومه"),
        ("🚆 rain :)", "rain"),
        ("-5", "NOT 5"),
        ("", ""),
    ] {
        assert_eq!(understood(written), expected, "{written}");
    }
}

#[test]
fn what_is_wrong_is_said_in_one_sentence() {
    for (written, expected) in [
        ("a \"night train", "the quotation mark at character 3 of the query is not closed"),
        ("(a OR b", "the bracket at character 1 of the query is not closed"),
        ("OR a", "OR at character 1 of the query needs something on both sides"),
        ("a OR", "OR at character 3 of the query needs something on both sides"),
        ("a OR OR b", "OR at character 6 of the query needs something on both sides"),
        ("a NOT", "the NOT at the end of the query excludes nothing; write -word"),
        ("we*ther", "'we*ther' is not understood: a * stands at the end of one word, as in rain*"),
        ("*", "'*' is not understood: a * stands at the end of one word, as in rain*"),
        ("channel: x", "channel: needs its value right after the colon"),
        ("platform:Tele", "'Tele' is not a platform name; use 1 to 32 of a-z 0-9 _ -"),
        ("since:yesterday", "'yesterday' is not a time; write 2019-11-30T17:55:00Z or 2019-11-30"),
    ] {
        assert_eq!(understood(written), format!("error: {expected}"), "{written}");
    }
    assert_eq!(Query::parse(&"(".repeat(100)), Err(QueryError::Depth));
    assert_eq!(Query::parse(&"-(".repeat(100)), Err(QueryError::Depth));
    assert_eq!(Query::parse(&"-".repeat(1_000_000)), Err(QueryError::Depth));
    assert_eq!(Query::parse(&"a ".repeat(200)), Err(QueryError::Parts));
}

#[test]
fn a_query_that_only_excludes_asks_for_nothing() {
    for (written, asks) in
        [("-rain", false), ("a OR -b", false), ("-a b", true), ("platform:x", true), ("🚆", false)]
    {
        assert_eq!(Query::parse(written).unwrap().asks(), asks, "{written}");
    }
    assert_eq!(Query::parse("🚆 rain").unwrap().ignored(), ["🚆"]);
}

proptest! {
    #[test]
    fn any_text_is_understood_or_refused(written in "\\PC*") {
        drop(Query::parse(&written).map(|query| query.to_string()));
    }

    #[test]
    fn any_mix_of_the_language_s_own_signs_is_understood_or_refused(
        written in r#"( |a|ب|OR|AND|NOT|-|\*|"|«|»|\(|\)|:|\||channel:|lang:|since:2019|@a|https://a\.b/c){0,40}"#
    ) {
        if let Ok(query) = Query::parse(&written) {
            // What was understood is understood again, as the same.
            let again = Query::parse(&query.to_string());
            prop_assert_eq!(again.map(|q| q.to_string()), Ok(query.to_string()), "{}", written);
        }
    }
}
