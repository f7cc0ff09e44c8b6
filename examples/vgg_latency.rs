//! The latency of one forward pass of VGG-11 in milliseconds, a line for each pass, weights loaded first.
//!
//! `vgg_latency --threads 2 --repeat 20` runs twenty passes. `--serve` prints `ready` with the time taken to load and
//! the error against the float64 logits in the file `VGG_LOGITS` (1000 little-endian f64), then one latency for each
//! line on standard input. `--drawn` draws the weights as they are used instead of keeping them; `--depth 16` takes
//! another network of the family, `--batch 4` several images at once, `--steps` prints the time of each step on
//! standard error. Threads default to the environment's `THREADS`, then to all.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is what a command is for")]

use std::{error::Error, io, process::ExitCode, time::Instant};

use mdbook_qed::num::{
    nn::engine::{Engine, Mode, Parameters},
    vgg,
};

const HELP: &str = "\
The latency of one forward pass of VGG-11 in milliseconds, a line for each pass, weights loaded first.

Usage: vgg_latency [OPTIONS]

  --threads N  how many threads share a pass; all by default, or as many as THREADS says
  --repeat N   how many passes; 10 by default
  --depth N    another network of the family: 11, 13, 16 or 19
  --batch N    how many images a pass takes at once
  --drawn      draw the weights as they are used, instead of keeping them
  --steps      print the time of each step on standard error
  --serve      print a line with the time of loading and the error against the logits in the file VGG_LOGITS,
               then a latency for each line on standard input
  --help       print this";

/// What was asked for.
struct Options {
    threads: usize,
    repeat: usize,
    depth: usize,
    batch: usize,
    drawn: bool,
    serve: bool,
    steps: bool,
}

/// What the arguments ask for; nothing but help if there is none.
fn options() -> Result<Option<Options>, Box<dyn Error>> {
    let threads = std::env::var("THREADS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut options =
        Options { threads, repeat: 10, depth: 11, batch: 1, drawn: false, serve: false, steps: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let number = arguments.next().and_then(|text| text.parse().ok());
            number.ok_or_else(|| format!("`{argument}` takes a number"))
        };
        match argument.as_str() {
            "--threads" => options.threads = number()?,
            "--repeat" => options.repeat = number()?,
            "--depth" => options.depth = number()?,
            "--batch" => options.batch = number()?,
            "--drawn" => options.drawn = true,
            "--serve" => options.serve = true,
            "--steps" => options.steps = true,
            "--help" | "-h" => return Ok(None),
            unknown => return Err(format!("there is no option `{unknown}`; `--help` lists them all").into()),
        }
    }
    Ok(Some(options))
}

/// One pass; its time in milliseconds and the output.
fn pass(engine: &mut Engine, images: &[f32], steps: bool) -> Result<(f64, Vec<f32>), Box<dyn Error>> {
    let start = Instant::now();
    let mut last = start;
    let output = engine.observe(images, |layer, _| {
        if steps {
            eprint!("{layer}: {:.2} ", last.elapsed().as_secs_f64() * 1e3);
            last = Instant::now();
        }
    })?;
    if steps {
        eprintln!();
    }
    Ok((start.elapsed().as_secs_f64() * 1e3, output))
}

/// The largest difference from the logits in the file that `VGG_LOGITS` names, and the relative one in L2.
fn error(logits: &[f32]) -> Option<(f64, f64)> {
    let bytes = std::fs::read(std::env::var("VGG_LOGITS").ok()?).ok()?;
    let (mut largest, mut squares, mut total) = (0.0_f64, 0.0, 0.0);
    for (bytes, &logit) in bytes.as_chunks::<8>().0.iter().zip(logits) {
        let truth = f64::from_le_bytes(*bytes);
        let difference = f64::from(logit) - truth;
        largest = largest.max(difference.abs());
        squares += difference * difference;
        total += truth * truth;
    }
    Some((largest, (squares / total).sqrt()))
}

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
    let start = Instant::now();
    let Some(options) = options()? else {
        println!("{HELP}");
        return Ok(());
    };
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global()?;
    let parameters = if options.drawn { Parameters::Drawn(vgg::RULE) } else { Parameters::Kept(vgg::RULE) };
    let specs = vgg::logit_specs(options.depth).ok_or("no such VGG: 11, 13, 16 or 19")?;
    let mut engine = Engine::new(&vgg::IMAGE, &specs, &parameters, Mode::Fast).ok_or("no engine for it")?;
    let images = vgg::image().repeat(options.batch);
    if options.serve {
        let loaded = start.elapsed().as_secs_f64() * 1e3;
        let (_, logits) = pass(&mut engine, &images, false)?;
        let first = start.elapsed().as_secs_f64() * 1e3;
        let (largest, relative) = error(&logits).unwrap_or((f64::NAN, f64::NAN));
        println!(
            "ready load_ms={loaded:.1} first_done_ms={first:.1} max_abs={largest:.3e} rel_l2={relative:.3e}"
        );
        for line in io::stdin().lines() {
            line?;
            println!("{:.3}", pass(&mut engine, &images, options.steps)?.0);
        }
    }
    for _ in 0..if options.serve { 0 } else { options.repeat } {
        println!("{:.3}", pass(&mut engine, &images, options.steps)?.0);
    }
    Ok(())
}
