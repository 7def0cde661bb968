//! Learning through group normalisation on a GPU: `forward.wgsl` leaves its input as it is, `back.wgsl` finds its moments again.

use super::super::OpError;
use super::super::lesson::{Desk, Lesson, Place, Stage, Teach};
use super::super::program::{Dispatch, Names, names, shader};
use super::Norm;

impl Teach for Norm {
    fn lesson(&self, desk: &Desk<'_>) -> Result<Lesson, OpError> {
        let (output, channels) = (desk.site.output, self.channels as u32);
        let share = Place::Share(self.input, output, 0);
        let stage = |text, reads, writes| Stage {
            text,
            names: self.sizes(desk),
            reads,
            writes,
            dispatch: Dispatch::Groups(self.groups),
        };
        let input = Place::Value(self.input);
        let forward =
            stage(shader!("ops/norm/forward.wgsl"), vec![input, Place::Weights], vec![self.finish.sums(output)]);
        let back = stage(
            shader!("ops/norm/back.wgsl"),
            vec![input, Place::Slope(output), Place::Weights],
            vec![share, Place::Columns],
        );
        let mut shares = vec![(self.input, share)];
        shares.extend(self.finish.share(output));
        Ok(Lesson {
            forward: [forward].into_iter().chain(self.finish.forward_stage(desk)).collect(),
            backward: vec![self.finish.backward_stage(desk)?, back],
            shares,
            // What the finish finds for every channel is the gradient of its offset; that of its scale lies behind it.
            columns: (channels..2 * channels).chain(0..channels).collect(),
            ..Lesson::default()
        })
    }
}

impl Norm {
    fn sizes(&self, desk: &Desk<'_>) -> Names {
        let shape = desk.site.shape();
        let (area, per_group) = (shape.height * shape.width, shape.channels / self.groups);
        names([
            ("CHANNELS", shape.channels),
            ("GROUPS", self.groups),
            ("CHANNELS_PER_GROUP", per_group),
            ("AREA", area),
            ("SIZE", per_group * area),
            ("TENSORS", desk.tensors),
            ("OWN", desk.columns + shape.channels),
        ])
    }
}
