//! The passes that pages ask for.

use std::sync::Arc;

use super::super::error::Failure;
use super::super::memo::{Bytes, Memo, keeper};
use super::super::value::NetworkValue;
use crate::num::MathError;
use crate::num::nn::record::{Record, Request};

static DONE: Memo<Record> = Memo::new();

/// Products of one pass; more are refused. VGG-19 has 2·10¹⁰.
const MOST_PRODUCTS: u64 = 200_000_000_000;

/// The result of a pass: from memory, from the cache, or computed.
pub(super) fn run(request: &Request, network: &NetworkValue) -> Result<Arc<Record>, Failure> {
    if products(network) > MOST_PRODUCTS {
        return Err(MathError::Limit("a pass through this network takes too long".into()).into());
    }
    let key = request.key();
    DONE.get_or(&key, || computed(request)).map_err(Failure::Type)
}

/// How many products a pass takes.
pub(super) fn products(network: &NetworkValue) -> u64 {
    let products = network.layers.iter().map(|layer| {
        let outputs = layer.shape.iter().map(|&extent| extent as u64).product::<u64>();
        outputs.saturating_mul(layer.fan_in as u64 + 1)
    });
    products.fold(0, u64::saturating_add)
}

fn computed(request: &Request) -> Result<Record, String> {
    let progress = keeper().map_or((|_, _| ()) as fn(usize, usize), |keeper| keeper.progress);
    request.run(progress).map_err(|error| error.to_string())
}

impl Bytes for Record {
    fn write(&self) -> Vec<u8> {
        self.to_bytes()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::from_bytes(bytes)
    }
}
