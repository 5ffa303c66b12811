//! Labels of nodes: components, quality, agreement.

use std::collections::BTreeMap;

use crate::communities::Graph;

/// Connected component of each of `nodes` nodes, numbered by their first node.
pub fn components(nodes: usize, edges: impl IntoIterator<Item = (u32, u32)>) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..nodes as u32).collect();
    for (a, b) in edges {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        let (first, second) = (a.min(b), a.max(b));
        parent[second as usize] = first;
    }
    let roots: Vec<u32> = (0..nodes as u32).map(|node| root(&mut parent, node)).collect();
    renumbered(&roots)
}

fn root(parent: &mut [u32], node: u32) -> u32 {
    let mut at = node;
    while parent[at as usize] != at {
        parent[at as usize] = parent[parent[at as usize] as usize];
        at = parent[at as usize];
    }
    at
}

/// The same grouping with labels 0, 1, 2 ... in order of first appearance.
pub(crate) fn renumbered(labels: &[u32]) -> Vec<u32> {
    let mut seen = BTreeMap::new();
    let mut result = Vec::with_capacity(labels.len());
    for label in labels {
        let next = seen.len() as u32;
        result.push(*seen.entry(*label).or_insert(next));
    }
    result
}

/// Newman and Girvan's modularity of a grouping, with resolution; 0 for a graph without edges.
pub fn modularity(graph: &Graph, labels: &[u32], resolution: f64) -> f64 {
    let twice = graph.twice_total();
    if twice == 0.0 {
        return 0.0;
    }
    let mut inside = 0.0;
    let mut strength: BTreeMap<u32, f64> = BTreeMap::new();
    for (node, label) in labels.iter().enumerate() {
        *strength.entry(*label).or_default() += graph.strength(node);
        inside += 2.0 * graph.own(node);
        for (other, weight) in graph.neighbours(node) {
            if labels.get(other as usize) == Some(label) {
                inside += weight;
            }
        }
    }
    let expected: f64 = strength.values().map(|s| (s / twice).powi(2)).sum();
    inside / twice - resolution * expected
}

/// Agreement of two groupings: mutual information over the mean of the entropies; 1 when equal
/// (also when both are one group), `None` when the lengths differ or there is nothing.
pub fn normalised_mutual_information(one: &[u32], other: &[u32]) -> Option<f64> {
    if one.len() != other.len() || one.is_empty() {
        return None;
    }
    let n = one.len() as f64;
    let mut joint: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let (mut left, mut right): (BTreeMap<u32, f64>, BTreeMap<u32, f64>) = Default::default();
    for (a, b) in one.iter().zip(other) {
        *joint.entry((*a, *b)).or_default() += 1.0;
        *left.entry(*a).or_default() += 1.0;
        *right.entry(*b).or_default() += 1.0;
    }
    let entropy = |counts: &BTreeMap<u32, f64>| -> f64 {
        counts.values().map(|c| -c / n * (c / n).ln()).sum()
    };
    let (one_entropy, other_entropy) = (entropy(&left), entropy(&right));
    if one_entropy + other_entropy == 0.0 {
        return Some(1.0);
    }
    let mut shared = 0.0;
    for ((a, b), count) in &joint {
        let (in_a, in_b) = (left.get(a).copied()?, right.get(b).copied()?);
        shared += count / n * (n * count / (in_a * in_b)).ln();
    }
    Some((2.0 * shared / (one_entropy + other_entropy)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_joined_by_any_path_are_one_component() {
        assert_eq!(components(6, [(4, 5), (0, 2), (2, 3)]), [0, 1, 0, 0, 2, 2]);
        assert!(components(0, []).is_empty());
    }

    #[test]
    fn agreement_ignores_names_and_falls_to_zero() {
        let nmi = normalised_mutual_information;
        assert_eq!(nmi(&[0, 0, 1, 1], &[7, 7, 3, 3]), Some(1.0));
        assert_eq!(nmi(&[0, 0, 1, 1], &[0, 1, 0, 1]), Some(0.0));
        assert_eq!(nmi(&[5, 5], &[1, 1]), Some(1.0));
        assert_eq!(nmi(&[], &[]), None);
    }
}
