//! A run that learns, watched, left, gone on with, and kept as a pack.

use super::files::write_data;
use super::shell::{fail, succeed};
use std::fs;

#[test]
fn a_run_is_watched_left_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_data(folder);
    let learn = "learn --data data --size 8 --widths 4,6 --batch 4 --every 10 --json --likeness --copies";
    let said = succeed(
        folder,
        &format!("{learn} --class left --steps 20 --plot curve.svg --run run --sheet sheet.png --pack pack"),
    );
    let reports: Vec<serde_json::Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(reports.iter().map(|report| report["step"].as_u64().unwrap()).collect::<Vec<_>>(), [10, 20], "{said}");
    for report in &reports {
        let foretold = report["foretold"].as_array().unwrap();
        let machines: Vec<_> = foretold.iter().map(|one| one["machine"].as_str().unwrap()).collect();
        assert_eq!(machines, ["bbels", "wiener", "ideal"], "{report}");
        assert!(foretold.iter().all(|one| one["r"].as_f64().unwrap().abs() <= 1.0), "{report}");
        assert!([3, 5, 7].contains(&foretold[0]["window"].as_u64().unwrap()), "{report}");
    }
    let curve = fs::read_to_string(folder.join("curve.svg")).unwrap();
    for name in ["r with bbels", "r with wiener", "r with ideal", "share of copies"] {
        assert!(curve.contains(name), "{curve}");
    }
    succeed(folder, "pack check pack");
    // From where it was left it goes on as one that was never left.
    let further = succeed(folder, &format!("{learn} --class left --steps 30 --run run"));
    assert!(further.contains("\"step\":30") && !further.contains("\"step\":20"), "{further}");
    assert!(fail(folder, &format!("{learn} --steps 20 --class right")).contains("right"));
    assert!(fail(folder, &format!("{learn} --steps 20")).contains("give --class"));
    assert!(fail(folder, "learn --data data --size 8 --steps 5 --plot curve.svg").contains("--likeness"));
}
