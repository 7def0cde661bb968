//! Learning through the finish on a GPU: sums become values, and on the way back the gradient of a value that of its sums.

use super::super::lesson::{Desk, Place, Stage};
use super::super::program::{Dispatch, names, shader};
use super::super::{OpError, Value};
use super::Finish;

/// Most who read a value: what a shader may have bound is limited.
const MOST_SHARES: usize = 3;

impl Finish {
    /// Where the operation itself is to put its sums.
    pub fn sums(&self, output: Value) -> Place {
        if self.is_nothing() { Place::Value(output) } else { Place::Sums(output) }
    }

    /// From sums to the value; nothing where nothing follows.
    pub fn forward_stage(&self, desk: &Desk<'_>) -> Option<Stage> {
        if self.is_nothing() {
            return None;
        }
        let (shape, output) = (desk.site.shape(), desk.site.output);
        let mut names = names([
            ("CHANNELS", shape.channels),
            ("AREA", shape.height * shape.width),
            ("SIZE", shape.len()),
            ("START", desk.row),
        ]);
        self.names(&mut names);
        let residual = self.residual.map_or(Place::Weights, Place::Value);
        Some(Stage {
            text: shader!("ops/finish/forward.wgsl"),
            names,
            reads: vec![Place::Sums(output), Place::Rows, residual],
            writes: vec![Place::Value(output)],
            dispatch: Dispatch::Threads(shape.len()),
        })
    }

    /// From the shares of the value's gradient to that of the sums, of shifts and scales, and of what is added to every
    /// pixel of a channel (from [`Desk::columns`] on).
    ///
    /// # Errors
    /// [`OpError::Size`] where more read the value than a shader may have bound.
    pub fn backward_stage(&self, desk: &Desk<'_>) -> Result<Stage, OpError> {
        let (shape, output) = (desk.site.shape(), desk.site.output);
        let shares = desk.shares.len();
        if shares > MOST_SHARES {
            return Err(OpError::Size(format!("expected a value that {MOST_SHARES} layers read, found {shares}")));
        }
        let plain = self.is_nothing();
        // Sums and rows are bound where they are read, the total where somebody asks for it.
        let slope = shares + if plain { 1 } else { 3 } + usize::from(self.residual.is_some());
        let mut names = names([
            ("CHANNELS", shape.channels),
            ("AREA", shape.height * shape.width),
            ("SHARES", shares),
            ("PLAIN", usize::from(plain)),
            ("AT_SUMS", shares + 1),
            ("AT_ROWS", shares + 2),
            ("AT_TOTAL", slope - 1),
            ("AT_SLOPE", slope),
            ("AT_COLUMNS", slope + 1),
            ("START", desk.row),
            ("OWN", desk.columns),
        ]);
        self.names(&mut names);
        let mut reads = desk.shares.clone();
        if !plain {
            reads.extend([Place::Sums(output), Place::Rows]);
        }
        let mut writes = vec![Place::Slope(output), Place::Columns];
        if self.residual.is_some() {
            writes.insert(0, Place::Total(output));
        }
        Ok(Stage {
            text: shader!("ops/finish/back.wgsl"),
            names,
            reads,
            writes,
            dispatch: Dispatch::Groups(shape.channels),
        })
    }

    /// What the residual has of the gradient.
    pub fn share(&self, output: Value) -> Option<(Value, Place)> {
        self.residual.map(|residual| (residual, Place::Total(output)))
    }
}
