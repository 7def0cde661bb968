//! Learning through self-attention on a GPU. The way back goes over the queries one by one, a workgroup a head, since every
//! query adds to the gradients of all keys and values, and a number may have one writer only.

use super::super::lesson::{Desk, Lesson, NOTHING, Place, Stage, Teach};
use super::super::program::{Dispatch, names, shader};
use super::super::{Finish, OpError};
use super::{Attention, MAX_TOKENS};

impl Teach for Attention {
    fn lesson(&self, desk: &Desk<'_>) -> Result<Lesson, OpError> {
        let output = desk.site.output;
        let tokens = desk.site.shape().height * desk.site.shape().width;
        if tokens > MAX_TOKENS {
            return Err(OpError::Size(format!("attention takes at most {MAX_TOKENS} pixels, found {tokens}")));
        }
        let share = Place::Share(self.input, output, 0);
        let stage = |text, reads, writes, groups| Stage {
            text,
            names: names([
                ("CHANNELS", self.channels),
                ("HEADS", self.heads),
                ("DEPTH", self.channels / self.heads),
                ("TOKENS", tokens),
                ("QUADS", tokens.div_ceil(4)),
            ]),
            reads,
            writes,
            dispatch: Dispatch::Groups(groups),
        };
        let forward = stage(
            shader!("ops/attention/attention.wgsl"),
            vec![Place::Value(self.input)],
            vec![Place::Value(output)],
            tokens.div_ceil(4) * self.heads,
        );
        let back = stage(
            shader!("ops/attention/back.wgsl"),
            vec![Place::Value(self.input), Place::Slope(output)],
            vec![share],
            self.heads,
        );
        Ok(Lesson {
            forward: vec![forward],
            backward: vec![Finish::default().backward_stage(desk)?, back],
            shares: vec![(self.input, share)],
            // It has no tensors: what is summed for every channel is nobody's gradient.
            columns: vec![NOTHING; self.channels],
            ..Lesson::default()
        })
    }
}
