//! A run that learns as a picture: over its steps, how like its samples are to what each machine of the theory draws from the same
//! noise, and how many of them are copies. Part of `morphogen learn`.

use super::likeness::Foretold;
use std::fmt::Write;

/// The field of the lines, and the space around it.
const SIDE: [f64; 2] = [520.0, 240.0];
const LEFT: f64 = 44.0;
const TOP: f64 = 30.0;
const RIGHT: f64 = 190.0;
const BOTTOM: f64 = 48.0;
/// Colours that colour-blind readers tell apart (Okabe & Ito 2008).
const COLOURS: [&str; 4] = ["#0072B2", "#D55E00", "#009E73", "#555555"];

/// What was seen at each report.
#[derive(Debug, Default)]
pub struct Curve {
    reports: Vec<Seen>,
}

#[derive(Debug)]
struct Seen {
    step: usize,
    foretold: Vec<Foretold>,
    copies: Option<f64>,
}

impl Curve {
    /// Adds a report.
    pub fn add(&mut self, step: usize, foretold: &[Foretold], copies: Option<f64>) {
        self.reports.push(Seen { step, foretold: foretold.to_vec(), copies });
    }

    /// Names of the lines, and their points: step, and r or a share.
    fn lines(&self) -> Vec<(String, Vec<(usize, f64)>)> {
        let names = self.reports.first().into_iter().flat_map(|seen| &seen.foretold).map(|foretold| foretold.machine);
        let of = |name: &str| {
            let r = |seen: &Seen| seen.foretold.iter().find(|one| one.machine == name).map(|one| (seen.step, one.r));
            self.reports.iter().filter_map(r).collect()
        };
        let mut lines: Vec<_> = names.map(|name| (format!("r with {name}"), of(name))).collect();
        let copies: Vec<_> = self.reports.iter().filter_map(|seen| Some((seen.step, seen.copies?))).collect();
        if !copies.is_empty() {
            lines.push(("share of copies".into(), copies));
        }
        lines
    }

    /// The picture, as SVG.
    pub fn drawn(&self, title: &str) -> String {
        let last = self.reports.last().map_or(1, |seen| seen.step).max(1) as f64;
        let (x, y) =
            (|step: usize| LEFT + step as f64 / last * SIDE[0], |v: f64| TOP + (1.0 - v.clamp(0.0, 1.0)) * SIDE[1]);
        let (width, height) = (LEFT + SIDE[0] + RIGHT, TOP + SIDE[1] + BOTTOM);
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\">\n\
             <title>What foretells a network while it learns: {title}</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
             <text x=\"{LEFT}\" y=\"18\">{title}</text>\n"
        );
        axes(&mut out, last, x, y);
        // Names stand beside the ends of their lines, in their order and no closer than they are high.
        let mut lines: Vec<_> = self.lines().into_iter().zip(COLOURS).collect();
        lines.sort_by(|((_, a), _), ((_, b), _)| end(b).total_cmp(&end(a)));
        let mut free = TOP;
        for ((name, points), colour) in &lines {
            let path: Vec<String> = points.iter().map(|&(step, v)| format!("{:.1} {:.1}", x(step), y(v))).collect();
            let dashes = if name.starts_with("share") { " stroke-dasharray=\"5 4\"" } else { "" };
            let place = y(end(points)).max(free);
            free = place + 17.0;
            let _ = writeln!(
                out,
                "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
                path.join("L"),
                LEFT + SIDE[0] + 8.0,
                place + 4.0
            );
        }
        out.push_str("</svg>\n");
        out
    }
}

/// Lines and numbers of both axes: r and shares from 0 to 1, and steps to the last.
fn axes(out: &mut String, last: f64, x: impl Fn(usize) -> f64, y: impl Fn(f64) -> f64) {
    for tick in 0..=5 {
        let v = f64::from(tick) / 5.0;
        let step = (v * last).round() as usize;
        let (right, at, across, below) = (LEFT + SIDE[0], y(v), x(step), TOP + SIDE[1] + 18.0);
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{v:.1}</text>\
             <text x=\"{across:.1}\" y=\"{below:.1}\" text-anchor=\"middle\">{step}</text>",
            LEFT - 8.0,
            at + 4.0
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">steps</text>",
        LEFT + SIDE[0] / 2.0,
        TOP + SIDE[1] + 40.0
    );
}

/// Where a line ends.
fn end(points: &[(usize, f64)]) -> f64 {
    points.last().map_or(0.0, |point| point.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_is_a_line_and_copies_are_another() {
        let foretold = |r: f64| {
            let one = |machine, r| Foretold { machine, window: None, r };
            vec![one("wiener", r), one("ideal", 1.0 - r)]
        };
        let mut curve = Curve::default();
        curve.add(100, &foretold(0.9), Some(0.0));
        curve.add(200, &foretold(0.4), Some(0.5));
        let drawn = curve.drawn("8 pictures");
        assert_eq!(drawn.matches("stroke-width").count(), 3, "{drawn}");
        for (name, end) in [("r with wiener", 0.4), ("r with ideal", 0.6), ("share of copies", 0.5)] {
            let line = drawn.lines().find(|line| line.contains(name)).unwrap();
            let height = format!("L{:.1} {:.1}\"", LEFT + SIDE[0], TOP + (1.0 - end) * SIDE[1]);
            assert!(line.contains(&height), "{name}: {line}");
        }
        assert!(Curve::default().drawn("nothing").ends_with("</svg>\n"));
    }
}
