//! The passes that pages ask for: each is run once in a process, and kept for the next where a [`Keeper`] says so.
//!
//! It knows neither where the folder is nor whether anybody watches: that is for the caller to say.

use std::sync::{Arc, OnceLock};

use super::error::Failure;
use super::memo::Memo;
use super::value::NetworkValue;
use crate::cache::Cache;
use crate::num::MathError;
use crate::num::nn::record::{Record, Request};

/// What a process does with the passes that its pages ask for.
#[derive(Debug)]
pub struct Keeper {
    /// Where their results are kept from one build to the next.
    pub cache: Option<Cache>,
    /// Is told how many layers are done, of how many.
    pub progress: fn(usize, usize),
}

/// Sets the keeper of this process up, before the first pass. Without one, results are kept in memory only.
pub fn keep(keeper: Keeper) {
    // A second one changes nothing: passes may have been run under the first.
    let _ = KEEPER.set(keeper);
}

static KEEPER: OnceLock<Keeper> = OnceLock::new();
static DONE: Memo<Record> = Memo::new();

/// Products of one pass; more are refused. VGG-19 has 2·10¹⁰.
const MOST_PRODUCTS: u64 = 200_000_000_000;

/// The result of a pass: from memory, from the cache, or computed.
pub(super) fn run(request: &Request, network: &NetworkValue) -> Result<Arc<Record>, Failure> {
    let products = network.layers.iter().map(|layer| {
        let outputs = layer.shape.iter().map(|&extent| extent as u64).product::<u64>();
        outputs.saturating_mul(layer.fan_in as u64 + 1)
    });
    if products.fold(0, u64::saturating_add) > MOST_PRODUCTS {
        return Err(MathError::Limit("a pass through this network takes too long".into()).into());
    }
    let key = request.key();
    DONE.get_or(&key, || kept(&key, request)).map_err(Failure::Type)
}

fn kept(key: &str, request: &Request) -> Result<Record, String> {
    let Some(Keeper { cache: Some(cache), .. }) = KEEPER.get() else { return computed(request) };
    cache.get_or(key, Record::from_bytes, Record::to_bytes, || computed(request))
}

fn computed(request: &Request) -> Result<Record, String> {
    let progress = KEEPER.get().map_or((|_, _| ()) as fn(usize, usize), |keeper| keeper.progress);
    request.run(progress).map_err(|error| error.to_string())
}
