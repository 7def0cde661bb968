//! A convolution of many pictures on the GPU, alone (`batch.wgsl`) or with the normalisation behind it (`batch_normed.wgsl`): large
//! pieces for each thread, fed from the workgroup's memory. Where pictures are few such pieces would leave a GPU idle, so each way
//! to cut the work says from how many pictures on it is the better one. Chosen by counts, of workgroups and of what threads read
//! for a multiplication, not by time.

use super::super::Norm;
use super::super::program::{Dispatch, Larger, Names, Tuning, add, shader};
use super::Finish;
use super::gpu::{Sizes, rows};

/// Workgroups that a GPU wants: as many as a large one has multiprocessors, nearly.
const BUSY: usize = 128;
/// Columns beside each other in a workgroup: what computes in step on most GPUs, so that all of them read the same weights.
const LANES: usize = 32;
/// Pieces of channels that share columns in a workgroup, times the threads that share a piece.
const BESIDE: usize = 4;
/// Threads of a workgroup, and bytes of its memory, that every GPU of WebGPU has.
const THREADS: usize = 256;
const BYTES: usize = 16_384;
/// Input channels that a workgroup has in its memory at a time: as many of these as there is room for.
const CHUNKS: [usize; 2] = [4, 2];
/// The fewest that are worth it.
const LEAST: usize = 8;
/// Fewest pictures that another pipeline is compiled for; one that is drawn with guidance is two.
const FEWEST: usize = 8;
/// Most rows of a thread.
const ROWS: usize = 8;
/// Blocks of four channels that a thread computes, and threads that share the input channels of such a piece: from most threads
/// to fewest.
const PIECES: [(usize, usize); 6] = [(1, 4), (2, 4), (1, 2), (2, 2), (1, 1), (2, 1)];

/// How the work is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cut {
    /// Pixels below each other that a thread computes, and in how many blocks of four channels.
    rows: usize,
    vectors: usize,
    /// Threads that share the input channels of such a piece.
    split: usize,
    /// Columns of so many pixels that a workgroup has, and pieces of their channels.
    lanes: usize,
    teams: usize,
}

impl Cut {
    fn threads(self) -> usize {
        self.lanes * self.teams * self.split
    }

    /// Rows and columns of its sources that a workgroup has.
    fn span(self, sizes: &Sizes) -> (usize, usize) {
        ((self.rows - 1) * sizes.stride + sizes.kernel, (self.lanes - 1) * sizes.stride + sizes.kernel)
    }

    /// Channels at a time, where it can be: what goes around at the border is not beside its column, and each thread should have work.
    fn chunk(self, sizes: &Sizes) -> Option<usize> {
        let (down, across) = self.span(sizes);
        let kernels = 4 * self.teams * self.vectors * sizes.kernel * sizes.kernel;
        // One more for every sum over the threads of a normalisation.
        let shares = if self.split > 1 { 5 * self.threads() } else { self.threads() };
        let bytes = |chunk: usize| 4 * (chunk * (down * (across + 1) + kernels) + shares);
        let plain = !sizes.circular && !sizes.holes && sizes.inputs() >= LEAST * self.split;
        let room = |chunk: &usize| *chunk >= self.split && bytes(*chunk) <= BYTES;
        CHUNKS.into_iter().find(room).filter(|_| plain && self.threads() <= THREADS)
    }

    /// The names of its piece of WGSL, but for those of what follows the sums.
    fn names(self, sizes: &Sizes, chunk: usize) -> Names {
        let (down, across) = self.span(sizes);
        let mut names = sizes.cut(self.rows, self.split);
        let further = [
            ("THREADS", self.threads()),
            ("TAPS", sizes.kernel * sizes.kernel),
            ("LANES", self.lanes),
            ("TEAMS", self.teams),
            ("VECTORS", self.vectors),
            ("CHUNK", chunk),
            ("ACROSS", across),
            ("BRINGS", (chunk * down * across).div_ceil(self.threads())),
        ];
        add(&mut names, &further);
        names
    }
}

/// The ways to cut the work of a convolution for more and more pictures, with the normalisation behind it where there is one; none
/// where there is no better one.
pub(super) fn larger(sizes: &Sizes, norm: Option<&Norm>, finish: &Finish, tuning: Tuning) -> Vec<Larger> {
    let rows = rows(sizes.output.height, ROWS);
    let columns = sizes.output.width * sizes.output.height.div_ceil(rows);
    let blocks = norm.map_or(sizes.output.channels, |norm| sizes.output.channels / norm.groups).div_ceil(4);
    let (mut found, mut enough): (Vec<Larger>, usize) = (Vec::new(), 0);
    for (vectors, split) in PIECES {
        let (normed, pieces) = (norm.is_some(), blocks.div_ceil(vectors));
        let lanes = if normed { columns } else { LANES };
        let teams = if normed { pieces } else { (BESIDE / split).min(pieces) };
        let cut = Cut { rows, vectors, split, lanes, teams };
        // Pictures that give workgroups enough, and those from which on it is taken; one that is asked for is taken at once.
        let (wanted, from) = match tuning {
            Tuning::ManyThreads => {
                let threads = (BUSY * LANES * BESIDE).div_ceil(columns * pieces * split);
                let wanted = norm.map_or(threads, |norm| BUSY.div_ceil(norm.groups));
                (wanted, wanted.max(FEWEST))
            }
            #[cfg(not(target_arch = "wasm32"))]
            Tuning::Batched { vectors: wanted, split: shared } if (wanted, shared) == (vectors, split) => (1, 1),
            _ => continue,
        };
        let Some(chunk) = cut.chunk(sizes) else { continue };
        if wanted <= enough || normed && !blocks.is_multiple_of(vectors) {
            continue;
        }
        enough = wanted;
        found.pop_if(|last| last.from == from);
        let mut names = cut.names(sizes, chunk);
        finish.names(&mut names);
        let (text, dispatch) = match norm {
            Some(norm) => {
                add(&mut names, &[("GROUPS", norm.groups), ("GROUP_BLOCKS", blocks)]);
                (shader!("ops/convolution/batch_normed.wgsl"), Dispatch::Groups(norm.groups))
            }
            None => {
                let parts = pieces.div_ceil(teams);
                names.insert("PARTS", parts as i64);
                (shader!("ops/convolution/batch.wgsl"), Dispatch::Columns { each: columns, lanes, parts })
            }
        };
        found.push(Larger { from, text, names, dispatch });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Conv, Padding, Resample};
    use super::*;
    use crate::denoiser::ImageShape;
    use crate::ops::Site;
    use crate::ops::testing::{apart, compare, gpu, layers, run_in_turn};
    use crate::ops::{Activation, Op};

    fn sizes(channels: (usize, usize), output: (usize, usize, usize), kernel: usize) -> Sizes {
        let (input, skip_channels) = channels;
        let (channels, height, width) = output;
        Sizes {
            kernel,
            pad: kernel / 2,
            stride: 1,
            double: false,
            holes: false,
            circular: false,
            input: ImageShape { channels: input, height, width },
            skip_channels,
            output: ImageShape { channels, height, width },
        }
    }

    /// What a thread asks of a batch, and from how many pictures on: more work for each where there are more of them.
    #[test]
    fn more_pictures_make_larger_pieces() {
        for (inputs, output, kernel) in [
            ((32, 0), (32, 28, 28), 3),
            ((64, 0), (64, 14, 14), 3),
            ((128, 64), (64, 14, 14), 3),
            ((64, 0), (64, 28, 28), 3),
            ((256, 0), (256, 4, 4), 3),
            ((192, 0), (576, 8, 8), 1),
            ((33, 0), (10, 31, 5), 7),
        ] {
            let sizes = sizes(inputs, output, kernel);
            let cuts = larger(&sizes, None, &Finish::default(), Tuning::ManyThreads);
            assert!(!cuts.is_empty(), "{inputs:?} {output:?}");
            assert!(cuts.is_sorted_by(|one, other| one.from < other.from), "{inputs:?} {output:?}");
            for cut in &cuts {
                let name = |name| cut.names[name] as usize;
                let (lanes, teams, split) = (name("LANES"), name("TEAMS"), name("SPLIT"));
                assert!(lanes * teams * split <= THREADS);
                let Dispatch::Columns { each, parts, .. } = cut.dispatch else { panic!() };
                assert!(parts * teams * name("VECTORS") >= output.0.div_ceil(4), "every channel has somebody");
                assert_eq!(each, output.2 * output.1.div_ceil(name("ROWS")));
                let threads = each * output.0.div_ceil(4 * name("VECTORS")) * split;
                let busy = |pictures: usize| pictures * threads >= BUSY * LANES * BESIDE;
                assert!(cut.from >= FEWEST && busy(cut.from), "{cut:?}");
                assert!(cut.from == FEWEST || !busy(cut.from - 1), "{cut:?}");
                assert!(name("BRINGS") * lanes * teams * split >= name("CHUNK") * name("SPAN") * name("ACROSS"));
            }
        }
    }

    #[test]
    fn what_does_not_fit_stays_as_it_is() {
        let plain = || sizes((32, 0), (32, 28, 28), 3);
        let batched = |sizes: Sizes, tuning| !larger(&sizes, None, &Finish::default(), tuning).is_empty();
        assert!(batched(plain(), Tuning::ManyThreads));
        assert!(!batched(plain(), Tuning::FewCores));
        assert!(!batched(Sizes { circular: true, ..plain() }, Tuning::ManyThreads));
        assert!(!batched(sizes((7, 0), (32, 28, 28), 3), Tuning::ManyThreads), "too little to share");
        assert!(!batched(sizes((64, 0), (64, 28, 28), 31), Tuning::ManyThreads), "too large for a workgroup's memory");
    }

    /// Against the twin, in all cuts; widths that divide nothing, channels that fill no chunk and no block, and more than a workgroup
    /// has; columns of several pictures in one workgroup.
    #[test]
    fn pieces_from_a_workgroups_memory() {
        let gpu = gpu();
        for (channels, hidden, height, width, kernel, pictures) in [
            (9, 10, 28, 28, 3, 2),
            (8, 37, 7, 7, 3, 5),
            (12, 70, 5, 9, 3, 3),
            (33, 9, 12, 34, 1, 2),
            (10, 18, 14, 12, 5, 2),
            (17, 8, 2, 100, 3, 2),
        ] {
            let shape = ImageShape { channels, height, width };
            let fused =
                Finish { shift: Some(2), scale: Some(hidden + 3), activation: Activation::Relu, ..Finish::default() };
            let rest = Finish { residual: Some(0), ..Finish::default() };
            let mut list = vec![
                Conv { finish: fused, ..Conv::new((0, channels), hidden, kernel) },
                Conv { finish: rest.clone(), ..Conv::new((1, hidden), channels, kernel) },
            ];
            if (height | width) & 1 == 0 {
                let halve = Conv { resample: Resample::Halve, ..Conv::new((0, channels), hidden, kernel) };
                let double = Conv {
                    resample: Resample::Double,
                    skip: Some(0),
                    skip_channels: channels,
                    finish: rest,
                    ..Conv::new((1, hidden), channels, kernel)
                };
                list = vec![halve, double];
            }
            let what = format!("{list:?} of {shape:?}");
            let layers = layers(list.into_iter().map(Op::from).collect(), 2 * hidden + 5, Padding::Zeros);
            let shapes = layers.shapes(shape);
            for (op, site) in layers.sites(&shapes) {
                let Op::Conv(conv) = op else { panic!() };
                let cuts =
                    larger(&Sizes::of(conv, &site), None, &Finish::default(), Tuning::Batched { vectors: 2, split: 1 });
                assert!(!cuts.is_empty(), "{what}");
            }
            compare(gpu.as_ref(), &layers, shape, pictures, &what);
        }
    }

    /// The same with a normalisation behind it.
    #[test]
    fn pieces_of_a_group() {
        let gpu = gpu();
        let mut shared = 0;
        for (channels, hidden, groups, height, width, kernel) in
            [(32, 48, 3, 14, 14, 3), (36, 32, 1, 7, 5, 3), (33, 24, 2, 12, 10, 1), (32, 16, 2, 26, 20, 3)]
        {
            let shape = ImageShape { channels, height, width };
            let ending =
                |residual| Finish { activation: Activation::Relu, shift: Some(1), residual, ..Finish::default() };
            let norm = |input, groups, residual| Norm { input, channels: hidden, groups, finish: ending(residual) };
            let mut list: Vec<Op> = vec![
                Conv::new((0, channels), hidden, kernel).into(),
                norm(1, groups, None).into(),
                Conv { skip: Some(0), skip_channels: channels, ..Conv::new((2, hidden), hidden, kernel) }.into(),
                norm(3, groups, Some(2)).into(),
            ];
            if height.is_multiple_of(2) && width.is_multiple_of(2) {
                list[0] = Conv { resample: Resample::Halve, ..Conv::new((0, channels), hidden, kernel) }.into();
                list[2] = Conv {
                    resample: Resample::Double,
                    skip: Some(0),
                    skip_channels: channels,
                    ..Conv::new((2, hidden), hidden, kernel)
                }
                .into();
                list[3] = norm(3, groups, None).into();
            }
            list.push(Conv::new((4, hidden), channels, 1).into());
            let layers = layers(list, hidden + 1, Padding::Zeros);
            let shapes = layers.shapes(shape);
            let sites: Vec<_> = layers.sites(&shapes).collect();
            for [(op, site), (behind, _)] in [0, 2].map(|at| [&sites[at], &sites[at + 1]]) {
                let (Op::Conv(conv), Op::Norm(norm)) = (op, behind) else { panic!() };
                let fits = |split| {
                    let tuning = Tuning::Batched { vectors: 1, split };
                    !larger(&Sizes::of(conv, site), Some(norm), &norm.finish, tuning).is_empty()
                };
                assert!(fits(1), "{conv:?} of {shape:?}");
                shared += usize::from(fits(4));
            }
            compare(gpu.as_ref(), &layers, shape, 3, &format!("{:?} of {shape:?}", layers.list));
        }
        assert!(shared >= 4, "threads that share channels: {shared}");
    }

    /// One network for batches of any size, whatever was drawn before; the same numbers within rounding.
    #[test]
    fn a_batch_changes_the_cut_and_not_the_answer() {
        let Some(gpu) = gpu() else { return };
        let gpu = gpu.tuned_for(Tuning::ManyThreads);
        let shape = ImageShape { channels: 32, height: 16, width: 16 };
        let list = vec![Conv::new((0, 32), 64, 3).into(), Conv::new((1, 64), 32, 3).into()];
        let layers = layers(list, 0, Padding::Zeros);
        let shapes = layers.shapes(shape);
        let of = |(op, site): (&Op, Site<'_>)| match op {
            Op::Conv(conv) => larger(&Sizes::of(conv, &site), None, &conv.finish, Tuning::ManyThreads),
            _ => panic!(),
        };
        let from: Vec<Vec<usize>> =
            layers.sites(&shapes).map(|site| of(site).iter().map(|larger| larger.from).collect()).collect();
        assert_eq!(from, [vec![8, 16, 32, 64], vec![16, 32, 64, 128]]);
        run_in_turn(&gpu, &layers, shape, &[2, 20, 9, 2, 33, 20]);
    }

    /// Products of 16 bits, where the GPU has them: near, and not the same.
    #[test]
    fn halves_are_near() {
        let Some(gpu) = gpu().map(|gpu| gpu.tuned_for(Tuning::Batched { vectors: 1, split: 1 })) else { return };
        let Some(halved) = gpu.clone().halved() else {
            eprintln!("{} has no products of 16 bits", gpu.adapter());
            return;
        };
        let list = vec![Conv::new((0, 32), 64, 3).into(), Conv::new((1, 64), 32, 3).into()];
        let layers = layers(list, 0, Padding::Zeros);
        let off = apart(&gpu, &halved, &layers, ImageShape { channels: 32, height: 16, width: 16 });
        assert!(off > 1e-5 && off < 1e-2, "{off}");
    }
}
