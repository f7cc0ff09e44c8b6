//! The 1000 logits of VGG-11 on its image, as a JSON array; every number reads back as the same f32.
//!
//! `--depth 16` takes another network of the family.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is what a command is for")]

use std::{error::Error, process::ExitCode};

use mdbook_qed::num::{
    nn::engine::{Engine, Mode, Parameters},
    vgg,
};

const HELP: &str = "\
The 1000 logits of VGG-11 on its image, as a JSON array.

Usage: vgg_logits [OPTIONS]

  --depth N  another network of the family: 11, 13, 16 or 19
  --help     print this";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let depth = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => 11,
        ["--help" | "-h"] => {
            println!("{HELP}");
            return Ok(());
        }
        ["--depth", depth] => depth.parse().map_err(|_| "`--depth` takes a number")?,
        _ => return Err("the one option is `--depth N`".into()),
    };
    let specs = vgg::logit_specs(depth).ok_or("no such VGG: 11, 13, 16 or 19")?;
    // One pass: weights drawn as they are used take less time, and less memory, than weights kept.
    let parameters = Parameters::Drawn(vgg::RULE);
    let mut engine = Engine::new(&vgg::IMAGE, &specs, &parameters, Mode::Fast).ok_or("no engine for it")?;
    let logits: Vec<String> = engine.forward(&vgg::image())?.iter().map(f32::to_string).collect();
    println!("[{}]", logits.join(", "));
    Ok(())
}
