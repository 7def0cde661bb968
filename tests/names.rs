//! Names that JavaScript must know before any wasm is there are written from Rust's tables: `pkg/names.js` (what options
//! may say) and `www/machines.js` (what the page says of each machine). Where a table has changed, write them anew with
//! `MORPHOGEN_WRITE=1 cargo test --test names`.

use morphogen::sampler::{Side, Solver};
use morphogen::schedule::Grid;
use morphogen::theory::{Answer, Machine, TABLE};
use std::fmt::Write;
use std::path::Path;

const WRITTEN: &str = "// Written from Rust's tables by `MORPHOGEN_WRITE=1 cargo test --test names`; change those.";

/// Compares a file of the checkout with what it should be, or writes it where asked to.
fn agree(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("MORPHOGEN_WRITE").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{file} is not what the tables say: MORPHOGEN_WRITE=1 cargo test --test names");
}

/// `["a", "b"]`, as a constant whose members are literal types.
fn list(name: &str, members: impl IntoIterator<Item = &'static str>) -> String {
    let members: Vec<String> = members.into_iter().map(|member| format!("{member:?}")).collect();
    format!("export const {name} = /** @type {{const}} */ ([{}]);\n", members.join(", "))
}

#[test]
fn the_package_knows_the_names() {
    let mut out = format!("{WRITTEN}\n\n/** What options may say. */\n");
    out += &list("MACHINES", TABLE.map(|entry| entry.name));
    out += &list("SOLVERS", Solver::ALL.map(Solver::name));
    out += &list("GRIDS", Grid::ALL.map(Grid::name));
    out += &list("SIDES", Side::ALL.map(Side::name));
    agree("pkg/names.js", &out);
}

#[test]
fn the_page_knows_what_to_say_of_each_machine() {
    let mut out = format!("{WRITTEN}\n\n");
    out += "/**\n * The machines that the page offers, the one that foretells best first: title, what it does, whether its pixels see a\n * window, the machine for which that was calibrated, and whether pieces may come from elsewhere.\n */\nexport const MACHINES = {\n";
    let mut offered: Vec<_> = TABLE.iter().filter(|entry| entry.place.is_some()).collect();
    offered.sort_by_key(|entry| entry.place);
    for entry in offered {
        let anywhere = entry.machine.choices().is_some_and(|choices| choices.answer != Answer::SamePlace);
        let (window, machine, as_) = (entry.machine.is_local(), entry.name, entry.machine.sees_as().name());
        writeln!(
            out,
            "  {machine}: {{ title: {:?}, says: {:?}, window: {window}, as: {as_:?}, anywhere: {anywhere} }},",
            entry.title, entry.says
        )
        .unwrap();
    }
    out += "};\n";
    agree("www/machines.js", &out);
}

#[test]
fn the_table_is_in_the_order_of_the_machines() {
    for machine in Machine::ALL {
        assert_eq!(machine.entry().machine, machine);
        assert_eq!(Machine::named(machine.name()), Some(machine));
        assert_eq!(machine.sees_as(), if machine == Machine::Blend { Machine::Bbels } else { machine });
        // What packs and reports hold is the same name.
        assert_eq!(serde_json::to_value(machine).unwrap(), machine.name());
    }
}
