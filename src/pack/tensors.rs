//! A strict reader of the safetensors layout: 8 bytes of header length, a JSON header, the values. It looks at the
//! header before anything else sees it, because a duplicate key or a dtype that we do not take is gone once a general
//! reader has folded the header into a map; the tests compare it with the `safetensors` crate, which also writes.

use super::{Limit, PackError, limits};
use crate::json::{self, Fault, Node, Read, names, reads};
use half::f16;
use std::collections::BTreeMap;

/// What is behind a tensor's name in the name of its scales: one f32 for each row.
pub const SCALE: &str = ".scale";

/// Most sizes in a shape.
const MAX_RANK: usize = 8;

/// The types of values that a pack may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    /// Bytes.
    U8,
    /// Whole numbers of 8 bits, each row times a scale of its own ([`SCALE`]).
    I8,
    /// Half precision.
    F16,
    /// Single precision.
    F32,
}

names!(Dtype { "U8" => U8, "I8" => I8, "F16" => F16, "F32" => F32 });

impl Dtype {
    fn size(self) -> u64 {
        match self {
            Dtype::U8 | Dtype::I8 => 1,
            Dtype::F16 => 2,
            Dtype::F32 => 4,
        }
    }
}

/// One tensor of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor<'a> {
    /// Type of its values.
    pub dtype: Dtype,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Its values, little-endian.
    pub bytes: &'a [u8],
}

impl Tensor<'_> {
    /// The values as f32, all finite; those of [`Dtype::I8`] times the scales of their rows. `file` and `name` are for
    /// messages.
    pub fn to_f32(&self, file: &str, name: &str, scales: Option<&[f32]>) -> Result<Vec<f32>, PackError> {
        let fail =
            |message: &str| Err(PackError::Tensor { file: file.into(), tensor: name.into(), message: message.into() });
        let values: Vec<f32> = match self.dtype {
            Dtype::F16 => self.bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
            Dtype::F32 => self.bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
            Dtype::U8 => return fail("expected values of type F16, F32 or I8, found U8"),
            Dtype::I8 => {
                let Some(scales) = scales.filter(|scales| scales.len() == self.shape.first().copied().unwrap_or(0))
                else {
                    return fail("expected one scale for each row of its I8 values");
                };
                let row = (self.bytes.len() / scales.len().max(1)).max(1);
                // Reserved once: a list that grows may take three times as much on its way.
                let mut values = Vec::with_capacity(self.bytes.len());
                for (row, scale) in self.bytes.chunks(row).zip(scales) {
                    values.extend(row.iter().map(|&byte| f32::from(byte as i8) * scale));
                }
                values
            }
        };
        check_finite(file, name, &values)?;
        Ok(values)
    }
}

/// Refuses NaN and infinity.
pub fn check_finite(file: &str, tensor: &str, values: &[f32]) -> Result<(), PackError> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => {
            Err(PackError::NotFinite { file: file.into(), tensor: tensor.into(), index, value: values[index] })
        }
    }
}

/// What the header says of one tensor.
struct Info {
    dtype: Dtype,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

reads!(Info { dtype, shape, data_offsets });

/// The header: tensors by name, no name twice. The free text that a writer may leave under `__metadata__` is dropped.
struct Header(BTreeMap<String, Info>);

impl Read for Header {
    fn read(node: Node) -> Result<Self, Fault> {
        let Node::Object(mut list) = node else { return Err(Fault::expected("an object of tensors", &node)) };
        if let Some(at) = list.iter().position(|(name, _)| name == "__metadata__") {
            BTreeMap::<String, String>::read(list.swap_remove(at).1)?;
        }
        BTreeMap::read(Node::Object(list)).map(Header)
    }
}

/// Reads the tensors of the file `bytes`; `file` is for messages.
///
/// # Errors
/// [`PackError::Truncated`], [`PackError::TooLarge`], [`PackError::Header`] or [`PackError::Tensor`].
pub fn read<'a>(file: &str, bytes: &'a [u8]) -> Result<BTreeMap<String, Tensor<'a>>, PackError> {
    let header_error = |message: String| PackError::Header { file: file.into(), message };
    let truncated = |expected: u64| PackError::Truncated { file: file.into(), expected, found: bytes.len() as u64 };
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return Err(truncated(8)) };
    let length = u64::from_le_bytes(*length);
    if length > limits::HEADER {
        let (limit, most) = (Limit::Header, limits::HEADER);
        return Err(PackError::TooLarge { what: file.into(), limit, most, found: length });
    }
    // At most 1 MiB, so it fits a usize everywhere.
    let Some((header, data)) = rest.split_at_checked(length as usize) else { return Err(truncated(8 + length)) };
    if header.first() != Some(&b'{') {
        return Err(header_error("expected it to start with “{”".into()));
    }
    let Header(entries) = json::parse(header).map_err(header_error)?;

    let mut tensors = BTreeMap::new();
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for (name, info) in entries {
        let [begin, end] = info.data_offsets;
        let tensor_error = |message: String| Err(PackError::Tensor { file: file.into(), tensor: clip(&name), message });
        let size = info.shape.iter().try_fold(info.dtype.size(), |size, &side| size.checked_mul(side));
        if info.shape.len() > MAX_RANK || size.is_none() || end.checked_sub(begin) != size {
            return tensor_error(format!("shape {:?} does not fill the bytes {begin}..{end}", info.shape));
        }
        // Each side divides a size that was checked, or the size is zero and the side is not used.
        let Ok(shape) = info.shape.iter().map(|&side| usize::try_from(side)).collect() else {
            return tensor_error("the shape is too large for this machine".into());
        };
        if end > data.len() as u64 {
            return Err(truncated((8 + length).saturating_add(end)));
        }
        // Both are at most data.len(), and begin is at most end.
        let bytes = &data[begin as usize..end as usize];
        // In order from the start, which most are: a sort would be four kilobytes of code more for whoever opens the page.
        ranges.insert(ranges.partition_point(|range| *range < (begin, end)), (begin, end));
        tensors.insert(name, Tensor { dtype: info.dtype, shape, bytes });
    }
    let mut covered = 0;
    for (begin, end) in ranges {
        if begin != covered {
            return Err(header_error(format!("expected a tensor to begin at byte {covered}, found {begin}")));
        }
        covered = end;
    }
    if covered != data.len() as u64 {
        return Err(header_error(format!("expected {covered} bytes of values, found {}", data.len())));
    }
    Ok(tensors)
}

/// The beginning of an untrusted name, fit for a message.
pub fn clip(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(limits::NAME).collect()
}
