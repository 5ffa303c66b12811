//! The version of the interpreter is raised when it reads the same bytes otherwise: an archive knows by
//! it that its lake was made by an older one.

use std::fmt::{Debug, Write as _};

use marsad_interpret::{Format, INTERPRETER_VERSION, Manifest, Reading, prepare, read_document};

use crate::common::fixture;

/// The version that gave the digests below. When a reading changes, both are raised together.
const VERSION: u32 = 3;

/// One small file of each format, good and broken lines among them, and the digest of its reading.
const READINGS: [(Format, u64); 19] = [
    (Format::MarsadNdjson, 0x0e82_f67d_2d47_f776),
    (Format::Csv, 0xe536_6dcb_4159_9313),
    (Format::TelegramDesktop, 0x7c99_d30b_cc63_4221),
    (Format::Telethon, 0x9dcf_b9dd_ac90_8831),
    (Format::Coortweet, 0xd349_7730_564d_0a50),
    (Format::Cnt, 0x0df6_98a2_1791_4aa1),
    (Format::Tgdataset, 0xb7cf_93dc_7ead_0a0a),
    (Format::FourCat, 0x7f13_9be9_b2c3_1a60),
    (Format::Zeeschuimer, 0xa68b_a74d_21ca_3ed3),
    (Format::Twitter, 0x2110_40d5_f52a_e741),
    (Format::TwitterPages, 0xb8b8_ec41_148a_6254),
    (Format::Crowdtangle, 0x4772_3d06_ccb3_d4f9),
    (Format::Discord, 0x587d_9534_4a18_b078),
    (Format::Matrix, 0x11b5_2652_d57a_ced3),
    (Format::Rocketchat, 0x503c_c01d_8cf2_4447),
    (Format::Tamtam, 0x64bc_7bee_c59b_6880),
    (Format::TelegramWeb, 0x4174_e8a0_96c3_2e13),
    (Format::Warc, 0x4a12_42a4_abf6_1938),
    (Format::Wacz, 0xd936_eca4_3897_fa20),
];

/// FNV-1a, 64 bits.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn add(written: &mut String, rows: &[impl Debug]) {
    for row in rows {
        writeln!(written, "{row:?}").unwrap();
    }
}

fn reading(format: Format) -> String {
    let file = fixture(&format!("../readings/{format}"));
    let mut settings = Manifest::new(format);
    settings.stated_public = true;
    if format == Format::Csv {
        settings.platform = Some(marsad_types::Platform::new("telegram").unwrap());
        let map =
            [("channel", "channel"), ("id", "id"), ("published_at", "time"), ("text", "text")];
        settings.csv_map = map.map(|(field, name)| (field.to_owned(), name.to_owned())).to_vec();
    }
    if format == Format::Rocketchat {
        settings.channel = Some("chat.example.org/notices".to_owned());
    }
    let settings = prepare(settings, &file).unwrap();
    let mut written = String::new();
    read_document(&settings, &mut file.as_slice(), &mut |part| {
        let Reading { posts, channels, coverage, events, removals, taken, retold, problems, rows } =
            part;
        assert!(rows > 0, "{format}");
        add(&mut written, &posts);
        add(&mut written, &channels);
        add(&mut written, &coverage);
        add(&mut written, &events);
        add(&mut written, &removals);
        add(&mut written, &taken);
        assert!(retold.is_empty(), "{format}");
        add(&mut written, &problems);
    });
    // What a format does not tell is left out, so that a new column of the rows changes no digest.
    let told = |field: &&str| !field.ends_with(": None") && !field.ends_with(": []");
    written.split(", ").filter(told).collect::<Vec<_>>().join(", ")
}

#[test]
fn another_reading_of_the_same_bytes_is_another_version_of_the_interpreter() {
    assert_eq!(INTERPRETER_VERSION, VERSION, "the digests below are of another version");
    assert_eq!(READINGS.map(|(format, _)| format), Format::ALL);
    let mut changed = Vec::new();
    for (format, expected) in READINGS {
        let reading = reading(format);
        assert!(reading.contains("Post {") && reading.contains("Problem {"), "{format}: {reading}");
        let found = digest(&reading);
        if found != expected {
            changed.push(format!("{format} is read otherwise, {found:#018x}:\n{reading}"));
        }
    }
    let way_out =
        "raise INTERPRETER_VERSION, so that archives are told to rebuild, and note the digests";
    assert!(changed.is_empty(), "{way_out}\n{}", changed.join("\n"));
}
