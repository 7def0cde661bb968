//! The part of protobuf and of the ONNX schema (onnx.proto3) that a graph of tensors needs, written by hand: a message
//! is a byte string of fields, each a tag and a value.

/// A protobuf message being written.
#[derive(Default, Clone)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A whole number.
    pub fn int(mut self, field: u64, value: i64) -> Self {
        self.varint(field << 3);
        self.varint(value as u64);
        self
    }

    /// A 32-bit float.
    pub fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// Text, bytes or a message.
    pub fn bytes(mut self, field: u64, value: impl AsRef<[u8]>) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.as_ref().len() as u64);
        self.0.extend(value.as_ref());
        self
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// An attribute of a node.
pub enum Attribute<'a> {
    /// A number.
    Float(f32),
    /// A whole number.
    Int(i64),
    /// Whole numbers.
    Ints(&'a [i64]),
    /// Text.
    Text(&'a str),
}

/// `AttributeProto`.
fn attribute(name: &str, value: &Attribute) -> Message {
    let message = Message::default().bytes(1, name);
    match value {
        Attribute::Float(value) => message.float(2, *value).int(20, 1),
        Attribute::Int(value) => message.int(3, *value).int(20, 2),
        Attribute::Text(value) => message.bytes(4, value).int(20, 3),
        Attribute::Ints(values) => values.iter().fold(message, |message, &value| message.int(8, value)).int(20, 7),
    }
}

/// `NodeProto`.
pub fn node(kind: &str, inputs: &[&str], outputs: &[&str], attributes: &[(&str, Attribute)]) -> Message {
    let message = inputs.iter().fold(Message::default(), |message, input| message.bytes(1, input));
    let message = outputs.iter().fold(message, |message, output| message.bytes(2, output));
    let message = message.bytes(3, outputs[0]).bytes(4, kind);
    attributes.iter().fold(message, |message, (name, value)| message.bytes(5, attribute(name, value)))
}

/// `TensorProto` of floats.
pub fn floats(name: &str, shape: &[usize], data: &[f32]) -> Message {
    let raw: Vec<u8> = data.iter().flat_map(|value| value.to_le_bytes()).collect();
    tensor(name, shape, 1, &raw)
}

/// `TensorProto` of whole numbers.
pub fn ints(name: &str, data: &[i64]) -> Message {
    let raw: Vec<u8> = data.iter().flat_map(|value| value.to_le_bytes()).collect();
    tensor(name, &[data.len()], 7, &raw)
}

fn tensor(name: &str, shape: &[usize], kind: i64, raw: &[u8]) -> Message {
    let message = shape.iter().fold(Message::default(), |message, &size| message.int(1, size as i64));
    message.int(2, kind).bytes(8, name).bytes(9, raw)
}

/// `ValueInfoProto` of a float tensor `[batch, ...shape]`; the batch is free where `batch` is `None`.
pub fn value(name: &str, batch: Option<usize>, shape: &[usize]) -> Message {
    let size = |size: usize| Message::default().int(1, size as i64);
    let first = batch.map_or_else(|| Message::default().bytes(2, "batch"), size);
    let dims = shape.iter().fold(Message::default().bytes(1, first), |dims, &n| dims.bytes(1, size(n)));
    let tensor = Message::default().int(1, 1).bytes(2, dims);
    Message::default().bytes(1, name).bytes(2, Message::default().bytes(1, tensor))
}

/// `ModelProto` around a `GraphProto`.
pub fn model(graph: Message, opset: i64) -> Message {
    let opset = Message::default().bytes(1, "").int(2, opset);
    Message::default().int(1, 8).bytes(2, "morphogen").bytes(7, graph).bytes(8, opset)
}
