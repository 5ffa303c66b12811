//! The tree against the definition, the public vectors, and itself.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests, outside of #[test]"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use marsad_evidence::merkle::{
    Frontier, Nodes, consistency, empty_root, inclusion, leaf_hash, node_hash, root, sha256,
    verify_consistency, verify_inclusion,
};
use marsad_evidence::{Error, Hash, hex};
use proptest::prelude::*;

/// RFC 6962 §2.1 word for word.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [leaf] => *leaf,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            node_hash(&naive_root(&leaves[..split]), &naive_root(&leaves[split..]))
        }
    }
}

struct List(Vec<Hash>);

impl Nodes for List {
    fn node(&self, height: u32, index: u64) -> Result<Hash, Error> {
        let from = (index << height) as usize;
        Ok(naive_root(&self.0[from..from + (1 << height)]))
    }
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

#[test]
fn the_tree_of_eight_has_the_published_root() {
    let entries = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let bytes = |digits: &str| -> Vec<u8> {
        let pairs = digits.as_bytes().chunks(2);
        pairs.map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
    };
    let mut frontier = Frontier::default();
    assert_eq!(frontier.root(), empty_root());
    for entry in entries {
        frontier.push(leaf_hash(&bytes(entry)));
    }
    let expected = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
    assert_eq!(hex(&frontier.root()), expected);
}

/// Lines of a golden file; `None` when the shared folder is not there.
fn golden(name: &str) -> Option<Vec<serde_json::Value>> {
    let shared = std::env::var_os("MARSAD_SHARED").map(std::path::PathBuf::from);
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = shared.unwrap_or(beside).join("golden/merkle").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is not there; set MARSAD_SHARED", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// A hash of a golden line; `None` when it does not have 32 bytes, which is an error by itself.
fn hash(value: &serde_json::Value) -> Option<Hash> {
    BASE64.decode(value.as_str().unwrap_or("")).unwrap().try_into().ok()
}

/// A root that is only compared may be any bytes in the vectors; equal ones stay equal.
fn any_root(value: &serde_json::Value) -> Hash {
    hash(value).unwrap_or_else(|| sha256(value.as_str().unwrap_or("").as_bytes()))
}

fn proof(value: &serde_json::Value) -> Option<Vec<Hash>> {
    value.as_array().map_or(Some(Vec::new()), |list| list.iter().map(hash).collect())
}

#[test]
fn inclusion_agrees_with_the_public_vectors() {
    let Some(lines) = golden("inclusion.jsonl") else { return };
    assert_eq!(lines.len(), 98);
    for line in lines {
        let (index, size) = (line["leafIdx"].as_u64().unwrap(), line["treeSize"].as_u64().unwrap());
        let (leaf, root) = (hash(&line["leafHash"]), hash(&line["root"]));
        let verified = match (leaf, proof(&line["proof"]), root) {
            (Some(leaf), Some(proof), Some(root)) => {
                verify_inclusion(&leaf, index, &proof, (size, &root))
            }
            _ => false,
        };
        assert_eq!(verified, !line["wantErr"].as_bool().unwrap(), "{line}");
    }
}

#[test]
fn consistency_agrees_with_the_public_vectors() {
    let Some(lines) = golden("consistency.jsonl") else { return };
    assert_eq!(lines.len(), 98);
    for line in lines {
        let (size1, size2) = (line["size1"].as_u64().unwrap(), line["size2"].as_u64().unwrap());
        let (root1, root2) = (any_root(&line["root1"]), any_root(&line["root2"]));
        let verified = proof(&line["proof"])
            .is_some_and(|proof| verify_consistency((size1, &root1), (size2, &root2), &proof));
        assert_eq!(verified, !line["wantErr"].as_bool().unwrap(), "{line}");
    }
}

#[test]
fn every_proof_of_every_small_tree_verifies_and_none_of_its_neighbours() {
    let all = List(leaves(40));
    for size in 1..=40u64 {
        let whole = root(&all, size).unwrap();
        assert_eq!(whole, naive_root(&all.0[..size as usize]));
        for index in 0..size {
            let proof = inclusion(&all, index, size).unwrap();
            let leaf = all.0[index as usize];
            assert!(verify_inclusion(&leaf, index, &proof, (size, &whole)), "{index} of {size}");
            assert!(!verify_inclusion(&leaf, index ^ 1, &proof, (size, &whole)) || size == 1);
            assert!(!verify_inclusion(&leaf, size, &proof, (size, &whole)));
        }
        for old in 1..=size {
            let before = naive_root(&all.0[..old as usize]);
            let proof = consistency(&all, old, size).unwrap();
            assert!(verify_consistency((old, &before), (size, &whole), &proof), "{old} to {size}");
            assert!(!verify_consistency((old, &whole), (size, &before), &proof) || old == size);
        }
        assert!(consistency(&all, 0, size).is_err());
    }
    assert!(inclusion(&all, 5, 5).is_err());
}

proptest! {
    #[test]
    fn the_frontier_gives_the_root_of_any_size(count in 0u64..700) {
        let leaves = leaves(count);
        let mut frontier = Frontier::default();
        for leaf in &leaves {
            frontier.push(*leaf);
        }
        prop_assert_eq!(frontier.root(), naive_root(&leaves));
    }

    #[test]
    fn a_changed_proof_does_not_verify(size in 2u64..300, at in any::<(u64, usize, u8)>()) {
        let all = List(leaves(size));
        let (index, place, bit) = (at.0 % size, at.1, at.2 % 8);
        let whole = root(&all, size).unwrap();
        let mut proof = inclusion(&all, index, size).unwrap();
        let place = place % (proof.len() * 32);
        proof[place / 32][place % 32] ^= 1 << bit;
        prop_assert!(!verify_inclusion(&all.0[index as usize], index, &proof, (size, &whole)));
    }
}
