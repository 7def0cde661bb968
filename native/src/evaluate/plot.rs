//! The scatter plot of an evaluation, as SVG: each point a seed, across how well the machine that can only copy predicts
//! the network, upwards how well a local machine does. Points above the diagonal are seeds where locality explains more.

use super::{Record, Report};
use morphogen::metrics::Summary;
use morphogen::theory::Machine;
use std::fmt::Write;

/// Side of the square in which points lie, and the space around it.
const SIDE: f64 = 400.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 24.0;
const WIDTH: f64 = LEFT + SIDE + 240.0;
const HEIGHT: f64 = TOP + SIDE + 64.0;
/// Colours that colour-blind readers tell apart (Okabe & Ito 2008), and a shape for each.
const COLOURS: [&str; 6] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

/// Draws r of `upwards` over r of `across`, one point a seed, one colour a network.
pub fn scatter(report: &Report, across: Machine, upwards: Machine) -> String {
    let r = |record: &Record, machine| record.machines.get(&machine).map(|a| a.r);
    let points = || report.records.iter().filter_map(|n| Some((n, r(n, across)?, r(n, upwards)?)));
    let lowest = points().map(|(_, x, y)| x.min(y)).fold(0.5, f64::min);
    let low = ((lowest * 5.0).floor() / 5.0).max(-1.0);
    let place = |v: f64| (v.clamp(low, 1.0) - low) / (1.0 - low) * SIDE;
    let (x_of, y_of) = (|v: f64| LEFT + place(v), |v: f64| TOP + SIDE - place(v));
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\">\n\
         <title>How well {} and {} predict networks</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        across.name(),
        upwards.name()
    );
    for tick in 0..=10 {
        let v = tick as f64 / 5.0 - 1.0;
        if v < low - 1e-9 {
            continue;
        }
        let (x, y, right, bottom) = (x_of(v), y_of(v), LEFT + SIDE, TOP + SIDE);
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {TOP}V{bottom}M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{v:.1}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{v:.1}</text>",
            bottom + 18.0,
            LEFT - 8.0,
            y + 4.0
        );
    }
    let _ = write!(
        out,
        "<path d=\"M{LEFT} {}L{} {TOP}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">Pearson r of {} with the network</text>\n\
         <text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">Pearson r of {}</text>\n",
        TOP + SIDE,
        LEFT + SIDE,
        LEFT + SIDE / 2.0,
        TOP + SIDE + 44.0,
        across.name(),
        TOP + SIDE / 2.0,
        upwards.name()
    );
    for (n, name) in report.networks.keys().enumerate() {
        let colour = COLOURS[n % COLOURS.len()];
        let _ = writeln!(out, "<g fill=\"{colour}\" fill-opacity=\"0.7\" stroke=\"white\" stroke-width=\"0.5\">");
        let own = || points().filter(|(record, ..)| record.network == *name);
        for (record, x, y) in own() {
            let tip = format!("seed {}: {x:.3}, {y:.3}", record.seed);
            let _ = writeln!(out, "<path d=\"{}\"><title>{tip}</title></path>", mark(n, x_of(x), y_of(y)));
        }
        let median = |values: Vec<f64>| Summary::of(values).map_or(f64::NAN, |s| s.median);
        let (x, y) = (median(own().map(|p| p.1).collect()), median(own().map(|p| p.2).collect()));
        let (left, top) = (LEFT + SIDE + 24.0, TOP + 16.0 + 24.0 * n as f64);
        let label = name.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            out,
            "<path d=\"{}\"/></g><text x=\"{}\" y=\"{}\">{label}: medians {x:.3}, {y:.3}</text>",
            mark(n, left, top),
            left + 12.0,
            top + 4.5
        );
    }
    out.push_str("</svg>\n");
    out
}

/// A small mark around a point: circle, square, diamond or triangle.
fn mark(kind: usize, x: f64, y: f64) -> String {
    match kind % 4 {
        0 => format!("M{:.1} {y:.1}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", x - 4.0),
        1 => format!("M{:.1} {:.1}h7v7h-7z", x - 3.5, y - 3.5),
        2 => format!("M{x:.1} {:.1}l5 5l-5 5l-5 -5z", y - 5.0),
        _ => format!("M{x:.1} {:.1}l4.5 8h-9z", y - 5.0),
    }
}
