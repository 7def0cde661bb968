//! Several things in one picture, as options of `morphogen sample`: a sum of terms, or two things mixed in one of the ways.

use super::CommandError;
use super::number::number;
use super::subject::{self, Wish, captions};
use clap::Args;
use morphogen::denoiser::{Condition, Conditions};
use morphogen::pack::Pack;
use morphogen::sampler::terms::MAX_WEIGHT;
use morphogen::sampler::terms::SOFT;
use morphogen::sampler::{Region, Side, Term, Way};
use morphogen::session::ask::{Part, Thing};

/// What is mixed; none of it need be given.
#[derive(Debug, Clone, Default, Args)]
pub struct MixArgs {
    /// A term of a sum, in the place of the prompt: words, then what is not usual of `weight` (1), `region` (everywhere, above,
    /// below, left, right, inside, outside), `edge`, `soft`, `from` (1) and `to` (0), as in "cat; weight=2; region=below";
    /// up to eight of them
    #[arg(long = "term", conflicts_with_all = ["prompt", "and", "over", "into", "between"])]
    terms: Vec<String>,
    /// What the prompt is mixed with everywhere: a heart that is a robot
    #[arg(long, requires = "prompt", conflicts_with_all = ["over", "into", "between"])]
    and: Option<String>,
    /// What goes over the prompt, on one side of an edge: a cat with a top hat
    #[arg(long, requires = "prompt", conflicts_with_all = ["into", "between"])]
    over: Option<String>,
    /// What the prompt turns into on the way: the shape of one in the matter of the other
    #[arg(long, requires = "prompt", group = "timed", conflicts_with = "between")]
    into: Option<String>,
    /// What is drawn lies between the prompt and this, as a frame of `morphogen morph` does
    #[arg(long, requires = "prompt")]
    between: Option<String>,
    /// Which side of the edge is for what goes over; above unless given
    #[arg(long, value_parser = super::named::side(), requires = "over")]
    region: Option<Side>,
    /// Where the edge lies, 0 to 1 from above or left; inside, a radius
    #[arg(long, value_parser = number(0.0, 1.0), requires = "over")]
    edge: Option<f64>,
    /// For `--into` the time at which the second takes over, 0 to 1, .75 unless given; for `--from` the time at which to
    /// begin, above 0 and up to 1: at 1 only what is kept stays, below .85 little changes
    #[arg(long, value_parser = number(0.0, 1.0), requires = "timed")]
    pub(super) at: Option<f64>,
    /// How much of the second is in what lies between, 0 to 1; .5 unless given
    #[arg(long, value_parser = number(0.0, 1.0), requires = "between")]
    share: Option<f64>,
    /// How strongly both pull; unless given 1.5 for `--and`, the pack's guidance for `--between` and else 2
    #[arg(long, value_parser = number(-MAX_WEIGHT, MAX_WEIGHT))]
    weight: Option<f64>,
}

/// What is drawn of several things.
pub(super) struct Mixed {
    /// The sum.
    pub terms: Vec<Term>,
    /// What it leads away from.
    pub against: Condition,
    /// The captions that were chosen, as lines for people.
    pub captions: Vec<String>,
}

impl MixArgs {
    /// What is asked for beside or in the place of the prompt of `wish`; nothing where nothing is mixed. `guidance` is how
    /// strongly one thing pulls.
    ///
    /// # Errors
    /// [`CommandError`] where words are not understood or an option of a term cannot be read.
    pub(super) fn of(&self, pack: &Pack, wish: &Wish<'_>, guidance: f64) -> Result<Option<Mixed>, CommandError> {
        if !self.terms.is_empty() {
            return self.sum(pack, wish).map(Some);
        }
        let side = self.region.unwrap_or(Side::Above);
        let over = Way::Over { side, edge: self.edge.unwrap_or(side.usual_edge()) };
        let into = Way::Into { at: self.at.unwrap_or(Way::USUAL_MOMENT) };
        let between = Way::Between { share: self.share.unwrap_or(Way::USUAL_SHARE) };
        let ways = [(&self.and, Way::And), (&self.over, over), (&self.into, into), (&self.between, between)];
        let Some((second, way)) = ways.into_iter().find_map(|(second, way)| Some((second.as_deref()?, way))) else {
            return Ok(None);
        };
        let prompts = [wish.prompt.unwrap_or_default(), second];
        let things = vec![Thing { caption: wish.caption, ..Thing::of(prompts[0]) }, Thing::of(second)];
        let asked = subject::ask(pack, wish, things)?;
        let captions = captions(&asked, &prompts);
        let Ok([first, second]) = <[Part; 2]>::try_from(asked.parts) else { return Ok(None) };
        let weight = self.weight.unwrap_or(way.usual_weight(guidance));
        let terms = way.terms(first.condition, second.condition, weight);
        Ok(Some(Mixed { terms, against: asked.against, captions }))
    }

    fn sum(&self, pack: &Pack, wish: &Wish<'_>) -> Result<Mixed, CommandError> {
        let texts = self.terms.iter().map(|text| text.split_once(';').unwrap_or((text, "")));
        let (prompts, options): (Vec<&str>, Vec<&str>) = texts.unzip();
        let things = prompts.iter().map(|prompt| Thing::of(*prompt)).collect();
        let asked = subject::ask(pack, wish, things)?;
        let captions = captions(&asked, &prompts);
        let terms = asked.parts.into_iter().zip(options).map(|(part, options)| term(part.condition, options));
        Ok(Mixed { terms: terms.collect::<Result<_, _>>()?, against: asked.against, captions })
    }
}

/// A term with its options, `name=value` with semicolons between them.
fn term(condition: Conditions, options: &str) -> Result<Term, CommandError> {
    let mut term = Term::new(condition);
    let (mut side, mut edge, mut soft) = (None, None, SOFT);
    for option in options.split(';').map(str::trim).filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let wrong = || {
            CommandError::Usage(format!(
                "expected weight, edge, soft, from or to of a term with a number, or region with {}, everywhere; found {option}",
                Side::ALL.map(Side::name).join(", ")
            ))
        };
        let number = || value.trim().parse::<f64>().map_err(|_| wrong());
        match name.trim() {
            "weight" => term.weight = number()?,
            "from" => term.from = number()?,
            "to" => term.to = number()?,
            "edge" => edge = Some(number()?),
            "soft" => soft = number()?,
            "region" if value.trim() == "everywhere" => side = None,
            "region" => side = Some(Side::named(value.trim()).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        }
    }
    if let Some(side) = side {
        term.region = Region::Part { side, edge: edge.unwrap_or(side.usual_edge()), soft };
    }
    Ok(term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_term_are_read_or_refused() {
        let read = |options: &str| term(Condition::Class(3).into(), options);
        assert_eq!(read("").unwrap(), Term::new(Condition::Class(3)));
        let found = read(" weight=2; region=left ;from=.8;to=0.25; soft=.1").unwrap();
        let region = Region::Part { side: Side::Left, edge: 0.5, soft: 0.1 };
        assert_eq!(found, Term { weight: 2.0, region, from: 0.8, to: 0.25, ..Term::new(Condition::Class(3)) });
        assert_eq!(read("region=everywhere; edge=.2").unwrap().region, Region::Everywhere);
        for wrong in ["weight", "weight=two", "region=beside", "size=3", "above"] {
            assert!(read(wrong).is_err_and(|error| error.to_string().contains(wrong)), "{wrong}");
        }
    }
}
