//! Every statistic against values computed by other people's programs (`golden/stats/fixtures.json`).

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

use std::path::PathBuf;

use marsad_stats::{
    Cost, KaplanMeier, Life, Population, benjamini_hochberg, benjamini_yekutieli, clopper_pearson,
    hodges_lehmann, holm, hypergeometric_upper, least_squares, log_rank, pelt, prais_winsten,
    sign_test, wilcoxon, wilson,
};
use serde_json::Value;

fn fixtures() -> Option<Value> {
    let shared = std::env::var_os("MARSAD_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = shared.join("golden/stats/fixtures.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is not there; set MARSAD_SHARED", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn near(found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap();
    let error = (found - expected).abs() / expected.abs().max(1.0);
    assert!(error < tolerance, "{found} is not {expected}");
}

#[test]
fn first_or_not_agrees_with_scipy() {
    let Some(all) = fixtures() else { return };
    let lags = numbers(&all["lags"]["x"]);
    let count =
        |positive: bool| lags.iter().filter(|l| **l != 0.0 && (**l > 0.0) == positive).count();
    let (plus, minus) = (count(true) as u64, count(false) as u64);
    near(sign_test(plus, minus), &all["lags"]["sign_two_sided"], 1e-12);
    let test = wilcoxon(&lags).unwrap();
    near(test.statistic, &all["lags"]["wilcoxon_exact"][0], 1e-12);
    near(test.p, &all["lags"]["wilcoxon_exact"][1], 1e-12);
    let nonzero: Vec<f64> = lags.iter().copied().filter(|l| *l != 0.0).collect();
    near(hodges_lehmann(&nonzero, 0.95).unwrap().estimate, &all["lags"]["hodges_lehmann"], 1e-12);
    let exact = clopper_pearson(plus, plus + minus, 0.95).unwrap();
    near(exact.low, &all["lags"]["clopper_pearson95"][0], 1e-9);
    near(exact.high, &all["lags"]["clopper_pearson95"][1], 1e-9);
    for row in all["sign_min_n"].as_array().unwrap() {
        near(sign_test(row["n"].as_u64().unwrap(), 0), &row["p_all_same"], 1e-12);
    }
    let score = wilson(128, 165, 0.95).unwrap();
    near(score.low, &all["seed"]["wilson95"][0], 1e-9);
    near(score.high, &all["seed"]["wilson95"][1], 1e-9);
}

#[test]
fn corrections_for_many_tests_agree_with_statsmodels() {
    let Some(all) = fixtures() else { return };
    let p = numbers(&all["fdr"]["p"]);
    for (name, found) in
        [("bh", benjamini_hochberg(&p)), ("by", benjamini_yekutieli(&p)), ("holm", holm(&p))]
    {
        for (f, e) in found.iter().zip(all["fdr"][name].as_array().unwrap()) {
            near(*f, e, 1e-12);
        }
    }
}

#[test]
fn shared_items_agree_with_scipy() {
    let Some(all) = fixtures() else { return };
    for row in all["svn_hypergeom"].as_array().unwrap() {
        let n = |name: &str| row[name].as_u64().unwrap();
        let urn = Population { size: n("N"), marked: n("nA"), drawn: n("nB") };
        let found = hypergeometric_upper(n("nAB"), urn);
        let expected = row["p"].as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }
}

fn life_table(block: &Value, group: Option<i64>) -> Vec<Life> {
    let (ages, ends) = (numbers(&block["T"]), numbers(&block["E"]));
    let entries = block.get("entry").map_or(vec![0.0; ages.len()], numbers);
    let groups = block.get("G").map_or(vec![0.0; ages.len()], numbers);
    (0..ages.len())
        .filter(|i| group.is_none_or(|g| groups[*i] == g as f64))
        .map(|i| Life { entry: entries[i], exit: ages[i], ended: ends[i] == 1.0 })
        .collect()
}

#[test]
fn lives_agree_with_lifelines() {
    let Some(all) = fixtures() else { return };
    let curve = KaplanMeier::of(&life_table(&all["km"], Some(1)), 0.95);
    let times = numbers(&all["km"]["group1_times"]);
    for (i, time) in times.iter().enumerate() {
        near(curve.at(*time), &all["km"]["group1_S"][i], 1e-12);
        let step = curve.steps.iter().find(|step| step.age == *time);
        if let Some(interval) = step.and_then(|step| step.interval) {
            near(interval.low, &all["km"]["group1_ci_loglog"][i][0], 1e-9);
            near(interval.high, &all["km"]["group1_ci_loglog"][i][1], 1e-9);
        }
    }
    near(curve.median().unwrap(), &all["km"]["group1_median"], 1e-12);
    let test =
        log_rank(&life_table(&all["km"], Some(1)), &life_table(&all["km"], Some(0))).unwrap();
    near(test.chi_squared, &all["logrank"]["chi2"], 1e-9);
    assert!((test.p / all["logrank"]["p"].as_f64().unwrap() - 1.0).abs() < 1e-9);
    let late = KaplanMeier::of(&life_table(&all["km_left_truncated"], None), 0.95);
    for (time, s) in numbers(&all["km_left_truncated"]["times"])
        .iter()
        .zip(all["km_left_truncated"]["S"].as_array().unwrap())
    {
        near(late.at(*time), s, 1e-12);
    }
}

#[test]
fn change_points_agree_with_ruptures() {
    let Some(all) = fixtures() else { return };
    let x = numbers(&all["pelt"]["x"]);
    for (penalty, ends) in all["pelt"]["l2_jump1_min2"].as_object().unwrap() {
        let expected: Vec<usize> = numbers(ends).into_iter().map(|e| e as usize).collect();
        assert_eq!(pelt(&x, Cost::Squares, penalty.parse().unwrap(), 2), expected, "{penalty}");
    }
}

#[test]
fn an_interrupted_series_agrees_with_statsmodels() {
    let Some(all) = fixtures() else { return };
    let y = numbers(&all["its"]["y"]);
    let start = all["its"]["t0"].as_f64().unwrap();
    let rows: Vec<Vec<f64>> = (0..y.len())
        .map(|t| {
            let after = f64::from(u8::from(t as f64 >= start));
            vec![1.0, t as f64, after, after * (t as f64 - start)]
        })
        .collect();
    let plain = least_squares(&rows, &y).unwrap();
    let remembering = prais_winsten(&rows, &y).unwrap();
    for c in 0..4 {
        near(plain.coefficients[c], &all["its"]["ols"][c], 1e-9);
        near(plain.errors[c], &all["its"]["ols_se"][c], 1e-9);
        near(remembering.coefficients[c], &all["its"]["prais_winsten"][c], 1e-6);
        near(remembering.errors[c], &all["its"]["prais_winsten_se"][c], 1e-6);
    }
    near(remembering.rho, &all["its"]["prais_winsten_rho"], 1e-6);
}
