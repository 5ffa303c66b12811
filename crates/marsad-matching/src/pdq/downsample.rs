//! A picture of any size to 64×64 values of brightness: two passes of a box filter along rows and
//! columns, then every picked row and column.
//!
//! Streams: rows go through all four filters one after the other, so that what is held is a window of
//! rows (1/128 of the picture) and not the picture as floats. Each sum is made in the order in which
//! the reference makes it over the whole picture, so that every rounding is the same.

use super::SIDE;

/// Brightness, row by row.
pub(super) type Block = [[f32; SIDE]; SIDE];

/// Reduces `width`×`height` pixels of three bytes; `None` when there are fewer bytes than that.
pub(super) fn downsample(rgb: &[u8], width: usize, height: usize) -> Option<Block> {
    let row_bytes = width.checked_mul(3)?;
    let mut rows = rgb.get(..row_bytes.checked_mul(height)?)?.chunks_exact(row_bytes.max(1));
    let mut block = [[0.0; SIDE]; SIDE];
    if (width, height) == (SIDE, SIDE) {
        for (values, row) in block.iter_mut().zip(rows) {
            luma(row, values);
        }
        return Some(block);
    }
    let (columns, lines) = (picks(width), picks(height));
    let (mut first, mut second) = (Columns::new(width, height), Columns::new(SIDE, height));
    let (mut line, mut blurred) = (vec![0.0; width], vec![0.0; width]);
    let (mut picked, mut value) = ([0.0; SIDE], [0.0; SIDE]);
    let mut done = 0;
    // Either filter gives a row as soon as it has seen far enough beyond it.
    for _ in 0..height + 2 * delay(height) {
        let row = rows.next();
        if let Some(row) = row {
            luma(row, &mut line);
            along_row(&line, &mut blurred);
        }
        let once = first.next(row.map(|_| blurred.as_slice()), &mut line);
        if once {
            along_row(&line, &mut blurred);
            picked = columns.map(|column| blurred.get(column).copied().unwrap_or_default());
        }
        if second.next(once.then_some(&picked), &mut value) {
            for (values, _) in block.iter_mut().zip(lines).filter(|(_, line)| *line == done) {
                *values = value;
            }
            done += 1;
        }
    }
    Some(block)
}

/// Brightness of a row of pixels (ITU-R BT.601), in single precision as the reference has it.
fn luma(rgb: &[u8], values: &mut [f32]) {
    for (value, [r, g, b]) in values.iter_mut().zip(rgb.as_chunks::<3>().0) {
        *value = 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b);
    }
}

/// Length of the box along an axis.
fn window(length: usize) -> usize {
    length.div_ceil(2 * SIDE)
}

/// How far the box reaches beyond the value it is for.
fn delay(length: usize) -> usize {
    usize::midpoint(window(length), 2) - 1
}

/// The row or column that each of the 64 is picked from.
fn picks(length: usize) -> [usize; SIDE] {
    std::array::from_fn(|at| (2 * at + 1) * length / (2 * SIDE))
}

/// The mean of each value's box; at the ends the box is cut, not padded.
fn along_row(line: &[f32], out: &mut [f32]) {
    let (window, delay) = (window(line.len()), delay(line.len()));
    let (mut sum, mut count) = (0.0_f32, 0.0_f32);
    let (ahead, rest) = line.split_at(delay.min(line.len()));
    for new in ahead {
        sum += new;
        count += 1.0;
    }
    let (grow, slide) = rest.split_at((window - delay).min(rest.len()));
    let mut out = out.iter_mut();
    for (new, out) in grow.iter().zip(&mut out) {
        sum += new;
        count += 1.0;
        *out = sum / count;
    }
    let mut old = line.iter();
    for ((new, old), out) in slide.iter().zip(&mut old).zip(&mut out) {
        sum += new;
        sum -= old;
        *out = sum / count;
    }
    for (old, out) in old.zip(out) {
        sum -= old;
        count -= 1.0;
        *out = sum / count;
    }
}

/// The box filter along columns, fed row by row.
struct Columns {
    height: usize,
    window: usize,
    delay: usize,
    sums: Vec<f32>,
    /// The last `window` rows, each at its number modulo `window`.
    kept: Vec<f32>,
    /// Rows taken, rows that have left the sums, rows given.
    taken: usize,
    left: usize,
    given: usize,
}

impl Columns {
    fn new(lanes: usize, height: usize) -> Self {
        let (window, delay) = (window(height), delay(height));
        let (sums, kept) = (vec![0.0; lanes], vec![0.0; lanes * window]);
        Self { height, window, delay, sums, kept, taken: 0, left: 0, given: 0 }
    }

    /// Takes the next row, or `None` once there are no more; says whether `out` is the next result.
    fn next(&mut self, row: Option<&[f32]>, out: &mut [f32]) -> bool {
        let lanes = self.sums.len();
        let is_full = self.taken - self.left == self.window;
        let oldest = self.left % self.window * lanes..(self.left % self.window + 1) * lanes;
        if let Some(row) = row {
            let slot = self.taken % self.window * lanes..(self.taken % self.window + 1) * lanes;
            for (sum, new) in self.sums.iter_mut().zip(row) {
                *sum += new;
            }
            if is_full {
                self.leave(oldest);
            }
            self.kept[slot].copy_from_slice(row);
            self.taken += 1;
        } else if self.taken == self.height && self.given < self.height {
            self.leave(oldest);
        } else {
            return false;
        }
        if self.taken <= self.delay {
            return false;
        }
        let count = (self.taken - self.left) as f32;
        for (out, sum) in out.iter_mut().zip(&self.sums) {
            *out = sum / count;
        }
        self.given += 1;
        true
    }

    /// Takes the oldest row out of the sums.
    fn leave(&mut self, oldest: std::ops::Range<usize>) {
        for (sum, old) in self.sums.iter_mut().zip(&self.kept[oldest]) {
            *sum -= old;
        }
        self.left += 1;
    }
}
