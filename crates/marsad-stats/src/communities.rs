//! Communities by Leiden (Traag, Waltman and van Eck 2019) on weighted undirected graphs.
//!
//! Local moving with a queue, refinement inside each community, aggregation by the refined groups;
//! repeated until nothing improves. Single runs can miss the optimum, hence [`leiden_best`].

use crate::partition::{modularity, renumbered};
use crate::random::Random;

/// An undirected weighted graph.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    starts: Vec<usize>,
    targets: Vec<(u32, f64)>,
    own: Vec<f64>,
    strengths: Vec<f64>,
    twice_total: f64,
}

impl Graph {
    /// A graph of `nodes` nodes; an edge is given once, several of a pair are summed in effect,
    /// and edges to nodes that are not there or with a weight not above zero are ignored.
    pub fn new(nodes: usize, edges: &[(u32, u32, f64)]) -> Self {
        let counts = |edge: &&(u32, u32, f64)| {
            (edge.0 as usize) < nodes && (edge.1 as usize) < nodes && edge.2 > 0.0
        };
        let mut own = vec![0.0; nodes];
        let mut degree = vec![0usize; nodes + 1];
        for (a, b, weight) in edges.iter().filter(counts) {
            if a == b {
                own[*a as usize] += weight;
            } else {
                degree[*a as usize + 1] += 1;
                degree[*b as usize + 1] += 1;
            }
        }
        for node in 0..nodes {
            degree[node + 1] += degree[node];
        }
        let starts = degree.clone();
        let mut next = degree;
        let mut targets = vec![(0u32, 0.0f64); starts.last().copied().unwrap_or(0)];
        for (a, b, weight) in edges.iter().filter(counts).filter(|(a, b, _)| a != b) {
            for (from, to) in [(*a, *b), (*b, *a)] {
                targets[next[from as usize]] = (to, *weight);
                next[from as usize] += 1;
            }
        }
        let strengths: Vec<f64> = (0..nodes)
            .map(|node| {
                let around: f64 =
                    targets[starts[node]..starts[node + 1]].iter().map(|(_, w)| w).sum();
                around + 2.0 * own[node]
            })
            .collect();
        let twice_total = strengths.iter().sum();
        Self { starts, targets, own, strengths, twice_total }
    }

    /// Nodes.
    pub fn len(&self) -> usize {
        self.own.len()
    }

    /// No node.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    pub(crate) fn neighbours(&self, node: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.targets[self.starts[node]..self.starts[node + 1]].iter().copied()
    }

    pub(crate) fn own(&self, node: usize) -> f64 {
        self.own[node]
    }

    pub(crate) fn strength(&self, node: usize) -> f64 {
        self.strengths[node]
    }

    pub(crate) fn twice_total(&self) -> f64 {
        self.twice_total
    }
}

/// The best of `restarts` runs by modularity, and every run's labels, best first.
pub fn leiden_best(graph: &Graph, resolution: f64, restarts: usize, seed: u64) -> Vec<Vec<u32>> {
    let mut seeds = Random::new(seed);
    let mut runs: Vec<(f64, Vec<u32>)> = (0..restarts.max(1))
        .map(|_| {
            let labels = leiden(graph, resolution, seeds.bits());
            (modularity(graph, &labels, resolution), labels)
        })
        .collect();
    runs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    runs.into_iter().map(|(_, labels)| labels).collect()
}

/// One run to its end: the community of each node, numbered by first node.
pub fn leiden(graph: &Graph, resolution: f64, seed: u64) -> Vec<u32> {
    let mut random = Random::new(seed);
    let mut labels: Vec<u32> = (0..graph.len() as u32).collect();
    let mut quality = f64::NEG_INFINITY;
    loop {
        labels = pass(graph, resolution, &labels, &mut random);
        let now = modularity(graph, &labels, resolution);
        if now <= quality + 1e-12 {
            return labels;
        }
        quality = now;
    }
}

/// Move, refine, aggregate, until a level brings no smaller graph.
fn pass(graph: &Graph, resolution: f64, labels: &[u32], random: &mut Random) -> Vec<u32> {
    let mut level = graph.clone();
    let mut level_labels = renumbered(labels);
    let mut node_of: Vec<u32> = (0..graph.len() as u32).collect(); // original node -> node of the level
    loop {
        move_nodes(&level, resolution, &mut level_labels, random);
        let refined = refine(&level, resolution, &level_labels, random);
        let groups = refined.iter().max().map_or(0, |most| *most as usize + 1);
        let smaller = groups < level.len();
        if !smaller {
            break;
        }
        let mut next_labels = vec![0u32; groups];
        for (node, group) in refined.iter().enumerate() {
            next_labels[*group as usize] = level_labels[node];
        }
        for node in &mut node_of {
            *node = refined[*node as usize];
        }
        level = aggregate(&level, &refined, groups);
        level_labels = renumbered(&next_labels);
    }
    renumbered(&node_of.iter().map(|node| level_labels[*node as usize]).collect::<Vec<_>>())
}

/// Scratch space for the weights from one node to the communities around it.
struct Around {
    weight: Vec<f64>,
    touched: Vec<u32>,
}

impl Around {
    fn new(size: usize) -> Self {
        Self { weight: vec![0.0; size], touched: Vec::new() }
    }

    fn fill(&mut self, graph: &Graph, node: usize, label: impl Fn(u32) -> Option<u32>) {
        for touched in self.touched.drain(..) {
            self.weight[touched as usize] = 0.0;
        }
        for (other, weight) in graph.neighbours(node) {
            let Some(community) = label(other) else { continue };
            if self.weight[community as usize] == 0.0 {
                self.touched.push(community);
            }
            self.weight[community as usize] += weight;
        }
    }
}

fn move_nodes(graph: &Graph, resolution: f64, labels: &mut [u32], random: &mut Random) {
    let n = graph.len();
    let twice = graph.twice_total();
    if twice == 0.0 {
        return;
    }
    let mut totals = vec![0.0; n];
    for node in 0..n {
        totals[labels[node] as usize] += graph.strength(node);
    }
    let mut order: Vec<u32> = (0..n as u32).collect();
    random.shuffle(&mut order);
    let mut queue: std::collections::VecDeque<u32> = order.into();
    let mut queued = vec![true; n];
    let mut around = Around::new(n);
    while let Some(node) = queue.pop_front() {
        let at = node as usize;
        queued[at] = false;
        let home = labels[at];
        let strength = graph.strength(at);
        totals[home as usize] -= strength;
        around.fill(graph, at, |other| Some(labels[other as usize]));
        let gain = |community: u32, weight: f64| {
            weight - resolution * strength * totals[community as usize] / twice
        };
        let (mut best, mut best_gain) = (home, gain(home, around.weight[home as usize]));
        for community in &around.touched {
            let value = gain(*community, around.weight[*community as usize]);
            if value > best_gain + 1e-12 {
                (best, best_gain) = (*community, value);
            }
        }
        totals[best as usize] += strength;
        if best == home {
            continue;
        }
        labels[at] = best;
        for (other, _) in graph.neighbours(at) {
            if labels[other as usize] != best && !queued[other as usize] {
                queued[other as usize] = true;
                queue.push_back(other);
            }
        }
    }
}

/// Splits each community into well-connected groups: every node starts alone and joins the group
/// inside its community that gains most, when both are well connected to the rest of it.
fn refine(graph: &Graph, resolution: f64, labels: &[u32], random: &mut Random) -> Vec<u32> {
    let n = graph.len();
    let twice = graph.twice_total().max(f64::MIN_POSITIVE);
    let mut community_total = vec![0.0; n];
    for node in 0..n {
        community_total[labels[node] as usize] += graph.strength(node);
    }
    let mut groups: Vec<u32> = (0..n as u32).collect();
    let mut total: Vec<f64> = (0..n).map(|node| graph.strength(node)).collect();
    // Weight from a group to the rest of its community, kept up as groups grow.
    let mut to_rest: Vec<f64> = (0..n)
        .map(|node| {
            let inside = |other: u32| labels[other as usize] == labels[node];
            graph.neighbours(node).filter(|(other, _)| inside(*other)).map(|(_, w)| w).sum()
        })
        .collect();
    let mut alone = vec![true; n];
    let mut around = Around::new(n);
    let mut order: Vec<u32> = (0..n as u32).collect();
    random.shuffle(&mut order);
    for node in order {
        let at = node as usize;
        let all = community_total[labels[at] as usize];
        let well_connected =
            |weight: f64, part: f64| weight + 1e-12 >= resolution * part * (all - part) / twice;
        if !alone[at] || !well_connected(to_rest[at], graph.strength(at)) {
            continue;
        }
        around.fill(graph, at, |other| {
            (labels[other as usize] == labels[at]).then(|| groups[other as usize])
        });
        let (mut best, mut best_gain) = (None, 0.0);
        for group in &around.touched {
            let at_group = *group as usize;
            let weight = around.weight[at_group];
            let value = weight - resolution * graph.strength(at) * total[at_group] / twice;
            if well_connected(to_rest[at_group], total[at_group]) && value > best_gain {
                (best, best_gain) = (Some(*group), value);
            }
        }
        let Some(best) = best else { continue };
        let joined = around.weight[best as usize];
        to_rest[best as usize] += to_rest[at] - 2.0 * joined;
        total[best as usize] += graph.strength(at);
        groups[at] = best;
        alone[at] = false;
        alone[best as usize] = false;
    }
    renumbered(&groups)
}

fn aggregate(graph: &Graph, groups: &[u32], count: usize) -> Graph {
    let mut sums: std::collections::BTreeMap<(u32, u32), f64> = std::collections::BTreeMap::new();
    for (node, group) in groups.iter().enumerate() {
        if graph.own(node) > 0.0 {
            *sums.entry((*group, *group)).or_default() += graph.own(node);
        }
        for (other, weight) in graph.neighbours(node).filter(|(other, _)| *other as usize > node) {
            let other_group = groups[other as usize];
            let key = ((*group).min(other_group), (*group).max(other_group));
            *sums.entry(key).or_default() += weight;
        }
    }
    let edges: Vec<(u32, u32, f64)> = sums.into_iter().map(|((a, b), w)| (a, b, w)).collect();
    Graph::new(count, &edges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::components;
    use proptest::prelude::*;

    /// Zachary's karate club (1977), nodes from 0.
    const KARATE: &str = "0-1 0-2 0-3 0-4 0-5 0-6 0-7 0-8 0-10 0-11 0-12 0-13 0-17 0-19 0-21 0-31 1-2 1-3 \
        1-7 1-13 1-17 1-19 1-21 1-30 2-3 2-7 2-8 2-9 2-13 2-27 2-28 2-32 3-7 3-12 3-13 4-6 4-10 5-6 5-10 \
        5-16 6-16 8-30 8-32 8-33 9-33 13-33 14-32 14-33 15-32 15-33 18-32 18-33 19-33 20-32 20-33 22-32 \
        22-33 23-25 23-27 23-29 23-32 23-33 24-25 24-27 24-31 25-31 26-29 26-33 27-33 28-31 28-33 29-32 \
        29-33 30-32 30-33 31-32 31-33 32-33";

    fn karate() -> Graph {
        let edges: Vec<(u32, u32, f64)> = KARATE
            .split_whitespace()
            .filter_map(|edge| edge.split_once('-'))
            .map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap(), 1.0))
            .collect();
        assert_eq!(edges.len(), 78);
        Graph::new(34, &edges)
    }

    #[test]
    fn the_karate_club_splits_at_the_known_optimum() {
        let graph = karate();
        let runs = leiden_best(&graph, 1.0, 20, 1);
        let quality = modularity(&graph, &runs[0], 1.0);
        assert!((quality - 0.419_789_612_097_304_37).abs() < 1e-12, "{quality}");
        assert_eq!(runs[0].iter().max(), Some(&3));
        assert_eq!(runs, leiden_best(&graph, 1.0, 20, 1));
        let best = runs.iter().filter(|r| modularity(&graph, r, 1.0) > 0.4197).count();
        assert!(best >= 10, "{best} of 20");
    }

    #[test]
    fn a_graph_without_edges_stays_apart() {
        assert_eq!(leiden(&Graph::new(3, &[]), 1.0, 1), [0, 1, 2]);
        assert!(leiden(&Graph::new(0, &[]), 1.0, 1).is_empty());
    }

    proptest! {
        #[test]
        fn communities_never_reach_across_components(
            edges in prop::collection::vec((0u32..30, 0u32..30, 1u32..5), 0..60), seed in 0u64..50
        ) {
            let weighted: Vec<(u32, u32, f64)> =
                edges.iter().map(|(a, b, w)| (*a, *b, f64::from(*w))).collect();
            let labels = leiden(&Graph::new(30, &weighted), 1.0, seed);
            let parts = components(30, edges.iter().map(|(a, b, _)| (*a, *b)));
            for (i, label) in labels.iter().enumerate() {
                for (j, other) in labels.iter().enumerate() {
                    prop_assert!(label != other || parts[i] == parts[j]);
                }
            }
        }
    }
}
