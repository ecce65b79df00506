//! `cargo xtask test`: runs the parts and says at the end what came of each.

use std::time::{Duration, Instant};

use crate::child;
use crate::failure::{Failure, Result};
use crate::parts::{PARTS, Part};
use crate::repo::Repo;
use crate::{setup, ui};

/// `cargo xtask test [--keep-going] [PART…]`
pub(crate) fn run(repo: &Repo, arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--list") {
        for part in PARTS {
            println!("{:<8} {}", part.name, part.about);
        }
        return Ok(());
    }
    let (flags, names): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with('-'));
    if let Some(unknown) = flags.iter().find(|flag| **flag != "--keep-going") {
        return Err(Failure::usage(format!("test does not know {unknown}")));
    }
    let parts = choose(&names)?;
    let mut needs = Vec::new();
    for part in &parts {
        needs.extend(part.needs.iter().filter(|need| !needs.contains(*need)).copied().collect::<Vec<_>>());
    }
    setup::ensure(repo, &needs)?;
    run_parts(repo, &parts, !flags.is_empty())
}

/// `cargo xtask bench [ARGS]`: measures release builds.
pub(crate) fn bench(repo: &Repo, arguments: &[String]) -> Result<()> {
    setup::ensure(repo, setup::TEST)?;
    ui::ensure_built(repo)?;
    child::run(&mut repo.cargo(&["build", "--release", "--workspace", "--bins"]), Duration::from_secs(1800))?;
    let mut bench = repo.cargo(&["bench", "--workspace", "--bench", "product", "--"]);
    bench.args(arguments).env("BOARDWALK_DESKTOP", repo.built("release", "boardwalk-desktop"));
    child::run(&mut bench, Duration::from_secs(1800))
}

/// The named parts in their own order; all, when none is named.
fn choose(names: &[&str]) -> Result<Vec<&'static Part>> {
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != **name)) {
        let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        return Err(Failure::usage(format!("there is no part {unknown:?}; there are: {}", known.join(", "))));
    }
    Ok(PARTS.iter().filter(|part| names.is_empty() || names.contains(&part.name)).collect())
}

fn run_parts(repo: &Repo, parts: &[&Part], keep_going: bool) -> Result<()> {
    let start = Instant::now();
    let mut results: Vec<(&str, Result<()>, Duration)> = Vec::new();
    for part in parts {
        println!("\n=== {}: {}", part.name, part.about);
        let begun = Instant::now();
        let result = (part.run)(repo);
        if let Err(failure) = &result {
            println!("{}: {failure}", part.name);
        }
        let failed = result.is_err();
        results.push((part.name, result, begun.elapsed()));
        if failed && (!keep_going || child::interrupted()) {
            break;
        }
    }
    summarize(parts, &results, start.elapsed());
    if results.iter().all(|(_, result, _)| result.is_ok()) { Ok(()) } else { Err(Failure::said()) }
}

/// The table, and as the last line what a script would look for.
fn summarize(parts: &[&Part], results: &[(&str, Result<()>, Duration)], took: Duration) {
    println!("\n{:<8}  {:<7}  {:>7}", "part", "result", "seconds");
    for part in parts {
        match results.iter().find(|(name, ..)| *name == part.name) {
            Some((name, result, took)) => {
                let word = if result.is_ok() { "passed" } else { "failed" };
                println!("{name:<8}  {word:<7}  {:>7.1}", took.as_secs_f64());
            }
            None => println!("{:<8}  not run", part.name),
        }
    }
    println!("{:<8}  {:<7}  {:>7.1}\n", "all", "", took.as_secs_f64());
    let passed = results.iter().filter(|(_, result, _)| result.is_ok()).count();
    println!("{passed} passed, {} failed", results.len() - passed);
}
