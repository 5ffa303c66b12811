//! The tree of RFC 6962 §2.1: hashes, roots, proofs and their verification (RFC 9162 §2.1.3–2.1.4).

use sha2::{Digest, Sha256};

use crate::Error;

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Hash of a leaf: SHA-256(0x00 || entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0u8]);
    hasher.update(entry);
    hasher.finalize().into()
}

/// Hash of an inner node: SHA-256(0x01 || left || right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut joined = [1u8; 65];
    joined[1..33].copy_from_slice(left);
    joined[33..].copy_from_slice(right);
    sha256(&joined)
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    sha256(b"")
}

/// Says whether `leaf` stands at `index` in the tree of `size` leaves with this `root`.
pub fn verify_inclusion(leaf: &Hash, index: u64, proof: &[Hash], head: (u64, &Hash)) -> bool {
    let (size, root) = head;
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Says whether the tree `new` (size, root) begins with the tree `old` (size, root).
///
/// An old size of 0 is refused: an empty tree proves nothing.
pub fn verify_consistency(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((size1, root1), (size2, root2)) = (old, new);
    if size1 == 0 || size2 < size1 {
        return false;
    }
    if size1 == size2 {
        return proof.is_empty() && root1 == root2;
    }
    if proof.is_empty() {
        return false;
    }
    let start = size1.is_power_of_two().then_some(root1);
    let mut path = start.into_iter().chain(proof);
    let Some(first) = path.next() else { return false };
    let (mut node, mut last) = (size1 - 1, size2 - 1);
    while node % 2 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut hash1, mut hash2) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash1 = node_hash(sibling, &hash1);
            hash2 = node_hash(sibling, &hash2);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash2 = node_hash(&hash2, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    hash1 == *root1 && hash2 == *root2 && last == 0
}

/// The roots of the complete subtrees that a growing tree is made of: all that a root needs.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>, // largest subtree first; one for each bit set in `size`
}

impl Frontier {
    /// From the peaks of a tree of `size` leaves, largest first.
    pub(crate) fn from_peaks(size: u64, peaks: Vec<Hash>) -> Self {
        Self { size, peaks }
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(smallest) = peaks.next() else { return empty_root() };
        peaks.fold(*smallest, |right, left| node_hash(left, &right))
    }
}

/// Where the hashes of complete subtrees come from: the tiles on disk, or a list in a test.
pub trait Nodes {
    /// Hash of the complete subtree of 2^`height` leaves that begins at leaf `index << height`.
    fn node(&self, height: u32, index: u64) -> Result<Hash, Error>;
}

/// Hash of the leaves `from..to`; `from` must be a multiple of the largest subtree in the range.
fn range(nodes: &dyn Nodes, from: u64, to: u64) -> Result<Hash, Error> {
    let count = to - from;
    if count == 0 {
        return Ok(empty_root());
    }
    if count.is_power_of_two() {
        let height = count.trailing_zeros();
        return nodes.node(height, from >> height);
    }
    let split = from + split_of(count);
    Ok(node_hash(&range(nodes, from, split)?, &range(nodes, split, to)?))
}

/// The largest power of two smaller than `count` (RFC 6962's k); `count` is at least 2.
fn split_of(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// Root of the first `size` leaves.
pub fn root(nodes: &dyn Nodes, size: u64) -> Result<Hash, Error> {
    range(nodes, 0, size)
}

/// The peaks of a tree of `size` leaves, read from complete subtrees.
pub(crate) fn frontier(nodes: &dyn Nodes, size: u64) -> Result<Frontier, Error> {
    let mut peaks = Vec::new();
    let mut from = 0;
    for height in (0..u64::BITS).rev() {
        if size & (1 << height) != 0 {
            peaks.push(nodes.node(height, from >> height)?);
            from += 1 << height;
        }
    }
    Ok(Frontier::from_peaks(size, peaks))
}

/// Inclusion proof of leaf `index` in the tree of `size` leaves, the leaf's sibling first.
///
/// # Errors
/// `Unknown` when there is no such leaf; whatever reading the nodes gives.
pub fn inclusion(nodes: &dyn Nodes, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
    if index >= size {
        return Err(Error::Unknown { leaf: index, size });
    }
    let (mut from, mut to) = (0, size);
    let mut proof = Vec::new();
    while to - from > 1 {
        let split = from + split_of(to - from);
        if index < split {
            proof.push(range(nodes, split, to)?);
            to = split;
        } else {
            proof.push(range(nodes, from, split)?);
            from = split;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Proof that the tree of `new` leaves begins with the tree of `old` leaves.
///
/// # Errors
/// `Unknown` when `old` is 0 or larger than `new`; whatever reading the nodes gives.
pub fn consistency(nodes: &dyn Nodes, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
    if old == 0 || old > new {
        return Err(Error::Unknown { leaf: old, size: new });
    }
    let (mut from, mut to) = (0, new);
    let mut proof = Vec::new();
    let mut whole = true;
    while old != to {
        let split = from + split_of(to - from);
        if old <= split {
            proof.push(range(nodes, split, to)?);
            to = split;
        } else {
            proof.push(range(nodes, from, split)?);
            from = split;
            whole = false;
        }
    }
    if !whole {
        proof.push(range(nodes, from, to)?);
    }
    proof.reverse();
    Ok(proof)
}
