//! The 1000 logits of VGG-11 on its image, as a JSON array; every number reads back as the same f32.
//!
//! `--depth 16` takes another network of the family.

#![expect(clippy::print_stdout, reason = "it is what a command is for")]

use std::error::Error;

use mdbook_qed::num::{
    nn::engine::{Engine, Mode, Parameters},
    vgg,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let depth = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => 11,
        (Some("--depth"), Some(depth)) => depth.parse()?,
        _ => return Err("the one option is --depth N".into()),
    };
    let specs = vgg::logit_specs(depth).ok_or("no such VGG: 11, 13, 16 or 19")?;
    // One pass: weights drawn as they are used take less time, and less memory, than weights kept.
    let parameters = Parameters::Drawn(vgg::RULE);
    let mut engine = Engine::new(&vgg::IMAGE, &specs, &parameters, Mode::Fast).ok_or("no engine for it")?;
    let logits: Vec<String> = engine.forward(&vgg::image())?.iter().map(f32::to_string).collect();
    println!("[{}]", logits.join(", "));
    Ok(())
}
