//! A bundle: one `.wacz` file.

use std::fs::File;
use std::io::BufReader;

use marsad_evidence::check_bundle_with;

use crate::arguments::Arguments;
use crate::report::Report;

/// Checks a bundle.
pub(crate) fn check(arguments: &Arguments) -> Result<Report, String> {
    let name = arguments.path.display();
    let cannot = |error: std::io::Error| format!("cannot read '{name}': {error}");
    let file = File::open(&arguments.path).map_err(cannot)?;
    let key = arguments.key.as_ref();
    let found = check_bundle_with(&mut BufReader::new(file), key, &arguments.witnesses);
    let found = found.map_err(cannot)?;
    let mut report = Report {
        subject: format!("the bundle '{name}'"),
        origin: found.origin,
        head: found.head,
        records: found.records.len() as u64,
        holds: found.holds,
        open: found.open,
        ..Report::default()
    };
    report.listed = found.records;
    report.failures =
        found.failures.into_iter().map(|(file, reason)| format!("{file}: {reason}")).collect();
    for (leaf, reply) in found.tokens {
        report.stamp(arguments, leaf, &reply);
    }
    if arguments.earlier.is_some() {
        let open =
            "whether the log only went on from the earlier checkpoint: that takes the archive";
        report.open.push(open.to_owned());
    }
    Ok(report)
}
