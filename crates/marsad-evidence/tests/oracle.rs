//! Another implementation of RFC 6962 (ct-merkle) must give the same roots and the same proofs.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of #[test]")]

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use marsad_evidence::merkle::{
    Nodes, consistency, inclusion, leaf_hash, node_hash, root, sha256, verify_consistency,
    verify_inclusion,
};
use marsad_evidence::{Error, Hash, NewRecord, RecordKind, Store, entry_of, prepare};
use marsad_types::Timestamp;
use proptest::prelude::*;
use sha2::Sha256;

type Theirs = MemoryBackedTree<Sha256, Vec<u8>>;

/// Our tree over a plain list of leaf hashes, row by row.
struct Ours(Vec<Vec<Hash>>);

impl Ours {
    fn of(entries: &[Vec<u8>]) -> Self {
        let mut rows = vec![entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>()];
        while rows.last().unwrap().len() > 1 {
            let row = rows.last().unwrap().as_chunks::<2>().0;
            rows.push(row.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self(rows)
    }
}

impl Nodes for Ours {
    fn node(&self, height: u32, index: u64) -> Result<Hash, Error> {
        Ok(self.0[height as usize][index as usize])
    }
}

fn theirs(entries: &[Vec<u8>]) -> Theirs {
    let mut tree = Theirs::new();
    for entry in entries {
        tree.push(entry.clone());
    }
    tree
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks::<32>().0.to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn roots_and_both_proofs_agree_with_ct_merkle(
        size in 1usize..600,
        at in any::<(usize, usize)>(),
        entry in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let entries: Vec<Vec<u8>> =
            (0..size).map(|n| [entry.as_slice(), &n.to_be_bytes()].concat()).collect();
        let (ours, tree) = (Ours::of(&entries), theirs(&entries));
        let whole = root(&ours, size as u64).unwrap();
        let their_root = tree.root();
        prop_assert_eq!(whole.as_slice(), their_root.as_bytes().as_slice());

        let index = at.0 % size;
        let proof = inclusion(&ours, index as u64, size as u64).unwrap();
        let their_proof = tree.prove_inclusion(index);
        prop_assert_eq!(&proof, &hashes(their_proof.as_bytes()));
        let leaf = leaf_hash(&entries[index]);
        prop_assert!(verify_inclusion(&leaf, index as u64, &proof, (size as u64, &whole)));

        let old = at.1 % size + 1;
        let old_root = root(&ours, old as u64).unwrap();
        let proof = consistency(&ours, old as u64, size as u64).unwrap();
        let their_proof = tree.prove_consistency(size - old);
        prop_assert_eq!(&proof, &hashes(their_proof.as_bytes()));
        let heads = ((old as u64, &old_root), (size as u64, &whole));
        prop_assert!(verify_consistency(heads.0, heads.1, &proof));

        // What one refuses, the other refuses too.
        let mut wrong = inclusion(&ours, index as u64, size as u64).unwrap();
        if let Some(first) = wrong.first_mut() {
            first[at.1 % 32] ^= 1;
            let theirs = ct_merkle::InclusionProof::<Sha256>::from_bytes(wrong.concat());
            let refused = their_root.verify_inclusion(&entries[index], index as u64, &theirs);
            prop_assert!(refused.is_err());
            prop_assert!(!verify_inclusion(&leaf, index as u64, &wrong, (size as u64, &whole)));
        }
    }
}

#[test]
fn the_log_on_disk_is_the_tree_that_ct_merkle_builds_from_its_entries() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let mut sizes = Vec::new();
    for n in 0..700u32 {
        let payload = format!("train {n} is late\n");
        let record = NewRecord {
            kind: RecordKind::Chunk,
            target: format!("urn:marsad:import:trains#{n}"),
            content_type: "text/plain",
            at: Timestamp(1_575_136_500_000),
            fields: vec![],
            payload: payload.as_bytes(),
        };
        store.append(prepare(&record)).unwrap();
        if n % 90 == 0 {
            sizes.push(store.commit(Timestamp(i64::from(n))).unwrap());
        }
    }
    store.commit(Timestamp(1_575_136_500_000)).unwrap();
    let reader = Store::open_read(dir.path()).unwrap();
    let entries: Vec<Vec<u8>> = reader
        .records(0)
        .map(|record| {
            let record = record.unwrap();
            let header = sha256(record.header_block());
            entry_of(&reader.salt(record.leaf).unwrap(), &header).to_vec()
        })
        .collect();
    let tree = theirs(&entries);
    assert_eq!(tree.root().as_bytes().as_slice(), reader.head().root);
    for leaf in (0..entries.len()).step_by(37) {
        let theirs = tree.prove_inclusion(leaf);
        assert_eq!(hashes(theirs.as_bytes()), reader.inclusion(leaf as u64).unwrap());
    }
    for head in sizes {
        let theirs = tree.prove_consistency(entries.len() - head.size as usize);
        assert_eq!(hashes(theirs.as_bytes()), reader.consistency(head.size).unwrap());
        assert_eq!(reader.head_at(head.size).unwrap(), head);
    }
    assert!(reader.head_at(entries.len() as u64 + 1).is_err());
}
