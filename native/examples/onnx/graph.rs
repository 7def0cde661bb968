//! [`Layers`] as an ONNX graph, the way an exporter of a deep-learning framework writes it: inputs `x` `[B, C, H, W]`
//! and `shifts` `[1, S, 1, 1]` (the row that `network::embedding` computes, scales behind the shifts where there are any),
//! output `predicted` `[B, C, H, W]`.

use crate::proto::{Attribute, Message, floats, ints, model, node, value};
use morphogen::denoiser::ImageShape;
use morphogen::network::{Layers, Weights};
use morphogen::ops::{Activation, Attention, Conv, Finish, Norm, Op, Padding, Resample};

const OPSET: i64 = 19;
/// Shared with `network::module`.
const EPSILON: f32 = 1e-5;

struct Graph<'a> {
    layers: &'a Layers,
    weights: &'a Weights,
    nodes: Vec<Message>,
    constants: Vec<Message>,
    made: usize,
}

/// The bytes of a `.onnx` file.
pub fn export(layers: &Layers, weights: &Weights, shape: ImageShape) -> Vec<u8> {
    let mut graph = Graph { layers, weights, nodes: Vec::new(), constants: Vec::new(), made: 0 };
    graph.constants.push(floats("twice", &[4], &[1.0, 1.0, 2.0, 2.0]));
    let mut values = vec![("x".to_string(), [shape.channels, shape.height, shape.width])];
    for layer in &layers.list {
        let result = match &layer.op {
            Op::Conv(conv) => graph.convolve(&layer.name, conv, &values),
            Op::Norm(norm) => graph.normalise(&layer.name, norm, &values),
            Op::Attention(attention) => graph.attend(attention, &values[attention.input]),
        };
        values.push(result);
    }
    let picture = [shape.channels, shape.height, shape.width];
    if let Some((last, _)) = values.last() {
        graph.nodes.push(node("Identity", &[last], &["predicted"], &[]));
    }
    let message =
        graph.nodes.iter().fold(Message::default(), |message, node| message.bytes(1, node)).bytes(2, "denoiser");
    let message = graph.constants.iter().fold(message, |message, tensor| message.bytes(5, tensor));
    let message =
        message.bytes(11, value("x", None, &picture)).bytes(11, value("shifts", Some(1), &[layers.row(), 1, 1]));
    model(message.bytes(12, value("predicted", None, &picture)), OPSET).0
}

type Named = (String, [usize; 3]);

impl Graph<'_> {
    /// Adds a node with one output and gives its name.
    fn add(&mut self, kind: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> String {
        self.made += 1;
        let name = format!("{}_{}", kind.to_lowercase(), self.made);
        self.nodes.push(node(kind, inputs, &[&name], attributes));
        name
    }

    fn constant(&mut self, shape: &[usize], data: &[f32]) -> String {
        self.made += 1;
        let name = format!("constant_{}", self.made);
        self.constants.push(floats(&name, shape, data));
        name
    }

    fn reshape(&mut self, input: &str, shape: &[i64]) -> String {
        self.made += 1;
        let name = format!("shape_{}", self.made);
        self.constants.push(ints(&name, shape));
        self.add("Reshape", &[input, &name], &[])
    }

    /// A tensor of the weight file under its own name.
    fn weight(&mut self, name: String) -> String {
        let array = &self.weights[&name];
        self.constants.push(floats(&name, &array.shape, &array.data));
        name
    }

    /// One `[1, channels, 1, 1]` piece of the row of shifts. Slices, not one split: a split into a dozen pieces asks for
    /// more storage buffers than WebGPU gives a shader.
    fn piece(&mut self, start: usize, channels: usize) -> String {
        let bounds = [("from", start), ("to", start + channels), ("axis", 1)];
        let [from, to, axis] = bounds.map(|(what, value)| {
            let name = format!("shift_{start}_{what}");
            self.constants.push(ints(&name, &[value as i64]));
            name
        });
        self.add("Slice", &["shifts", &from, &to, &axis], &[])
    }

    fn convolve(&mut self, name: &str, conv: &Conv, values: &[Named]) -> Named {
        let (mut x, [_, mut height, mut width]) = values[conv.input].clone();
        if conv.resample == Resample::Double {
            let nearest = [
                ("mode", Attribute::Text("nearest")),
                ("coordinate_transformation_mode", Attribute::Text("asymmetric")),
                ("nearest_mode", Attribute::Text("floor")),
            ];
            x = self.add("Resize", &[&x, "", "twice"], &nearest);
            (height, width) = (2 * height, 2 * width);
        }
        if let Some(skip) = conv.skip {
            x = self.add("Concat", &[&x, &values[skip].0], &[("axis", Attribute::Int(1))]);
        }
        let mut border = (conv.kernel / 2) as i64;
        if self.layers.padding == Padding::Circular && border > 0 {
            let around = format!("{name}.border");
            self.constants.push(ints(&around, &[0, 0, border, border, 0, 0, border, border]));
            x = self.add("Pad", &[&x, &around], &[("mode", Attribute::Text("wrap"))]);
            border = 0;
        }
        (height, width) = (height.div_ceil(conv.stride()), width.div_ceil(conv.stride()));
        let (weight, bias) = (self.weight(format!("{name}.weight")), self.weight(format!("{name}.bias")));
        let attributes = [
            ("kernel_shape", Attribute::Ints(&[conv.kernel as i64; 2])),
            ("pads", Attribute::Ints(&[border; 4])),
            ("strides", Attribute::Ints(&[conv.stride() as i64; 2])),
        ];
        let y = self.add("Conv", &[&x, &weight, &bias], &attributes);
        (self.finish(&conv.finish, y, conv.channels, values), [conv.channels, height, width])
    }

    /// `residual + activation(y·(1 + scale) + shift)`.
    fn finish(&mut self, finish: &Finish, mut y: String, channels: usize, values: &[Named]) -> String {
        if let Some(start) = finish.scale {
            let scale = self.piece(start, channels);
            let one = self.constant(&[1], &[1.0]);
            let factor = self.add("Add", &[&scale, &one], &[]);
            y = self.add("Mul", &[&y, &factor], &[]);
        }
        if let Some(start) = finish.shift {
            let shift = self.piece(start, channels);
            y = self.add("Add", &[&y, &shift], &[]);
        }
        y = match finish.activation {
            Activation::None => y,
            Activation::Relu => self.add("Relu", &[&y], &[]),
        };
        match finish.residual {
            Some(residual) => self.add("Add", &[&y, &values[residual].0], &[]),
            None => y,
        }
    }

    /// Group normalisation as instance normalisation of the groups.
    fn normalise(&mut self, name: &str, norm: &Norm, values: &[Named]) -> Named {
        let (y, shape) = values[norm.input].clone();
        let ([channels, height, width], groups) = (shape, norm.groups);
        let grouped = self.reshape(&y, &[0, groups as i64, -1]);
        let (one, zero) = (self.constant(&[groups], &vec![1.0; groups]), self.constant(&[groups], &vec![0.0; groups]));
        let epsilon = [("epsilon", Attribute::Float(EPSILON))];
        let normal = self.add("InstanceNormalization", &[&grouped, &one, &zero], &epsilon);
        let normal = self.reshape(&normal, &[0, channels as i64, height as i64, width as i64]);
        let data = |part: &str| self.weights[&format!("{name}.{part}")].data.clone();
        let (scale, offset) = (data("scale"), data("offset"));
        let scale = self.constant(&[1, channels, 1, 1], &scale);
        let offset = self.constant(&[1, channels, 1, 1], &offset);
        let scaled = self.add("Mul", &[&normal, &scale], &[]);
        let y = self.add("Add", &[&scaled, &offset], &[]);
        (self.finish(&norm.finish, y, channels, values), shape)
    }

    fn attend(&mut self, attention: &Attention, (input, [_, height, width]): &Named) -> Named {
        let (channels, heads) = (attention.channels, attention.heads);
        let (size, pixels) = (channels / heads, height * width);
        let heads_apart = self.reshape(input, &[0, 3 * heads as i64, size as i64, pixels as i64]);
        self.made += 1;
        let parts = ["query", "key", "value"].map(|part| format!("{part}_{}", self.made));
        let sizes = format!("parts_{}", self.made);
        self.constants.push(ints(&sizes, &[heads as i64; 3]));
        let outputs = parts.each_ref().map(String::as_str);
        self.nodes.push(node("Split", &[&heads_apart, &sizes], &outputs, &[("axis", Attribute::Int(1))]));
        let [query, key, value] = outputs;
        let swap = || [("perm", Attribute::Ints(&[0, 1, 3, 2]))];
        let query = self.add("Transpose", &[query], &swap());
        let scores = self.add("MatMul", &[&query, key], &[]);
        let scale = self.constant(&[1], &[1.0 / (size as f32).sqrt()]);
        let scores = self.add("Mul", &[&scores, &scale], &[]);
        let shares = self.add("Softmax", &[&scores], &[("axis", Attribute::Int(3))]);
        let shares = self.add("Transpose", &[&shares], &swap());
        let mixed = self.add("MatMul", &[value, &shares], &[]);
        (self.reshape(&mixed, &[0, channels as i64, *height as i64, *width as i64]), [channels, *height, *width])
    }
}
