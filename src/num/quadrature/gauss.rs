//! One panel by a Gauss rule of 10 points within a Kronrod rule of 21, for the integrals inside integrals: where both agree,
//! a tenth of the points of tanh-sinh is enough. Where they do not, or where the integrand has no value, nothing is said.

use super::panel::{Found, Panel, Sums};
use crate::num::sample::{Missing, Sampler, point};
use crate::num::{Number, exact};

/// The positive nodes of the Kronrod rule on `[-1, 1]` and their weights (Kronrod, 1965; the values of Piessens and others,
/// QUADPACK, 1983), and the weights of every second one of them, which are those of Gauss.
const NODES: [(f64, f64, f64); 10] = [
    (0.995_657_163_025_808_1, 0.011_694_638_867_371_874, 0.0),
    (0.973_906_528_517_171_7, 0.032_558_162_307_964_725, 0.066_671_344_308_688_14),
    (0.930_157_491_355_708_2, 0.054_755_896_574_351_995, 0.0),
    (0.865_063_366_688_984_5, 0.075_039_674_810_919_96, 0.149_451_349_150_580_6),
    (0.780_817_726_586_416_9, 0.093_125_454_583_697_6, 0.0),
    (0.679_409_568_299_024_4, 0.109_387_158_802_297_64, 0.219_086_362_515_982_04),
    (0.562_757_134_668_604_7, 0.123_491_976_262_065_85, 0.0),
    (0.433_395_394_129_247_2, 0.134_709_217_311_473_34, 0.269_266_719_309_996_35),
    (0.294_392_862_701_460_2, 0.142_775_938_577_060_09, 0.0),
    (0.148_874_338_981_631_22, 0.147_739_104_901_338_49, 0.295_524_224_714_752_87),
];
/// The weight of the middle, which is no node of Gauss.
const MIDDLE: f64 = 0.149_445_554_002_916_9;

/// The integral over a panel, whose error is the difference of the two rules; `None` where the integrand has no value at
/// some node, or the rules are not known to enough digits for the precision.
pub(super) fn kronrod(
    panel: &Panel,
    sampler: &mut Sampler<'_, '_>,
    tolerance: f64,
    size: f64,
) -> Result<Option<Found>, Missing> {
    if !sampler.precision.is_double() {
        return Ok(None);
    }
    let mut sums = Sums::new(panel, sampler, tolerance, size);
    let [left, right] = [&panel.left, &panel.right].map(exact::to_f64);
    let (middle, half) = (left + (right - left) / 2.0, (right - left) / 2.0);
    let mirrored = NODES.into_iter().flat_map(|(node, kronrod, gauss)| {
        [(middle - half * node, kronrod, gauss), (middle + half * node, kronrod, gauss)]
    });
    let mut apart = 0.0;
    for (place, kronrod, gauss) in mirrored.chain([(middle, MIDDLE, 0.0)]) {
        let (Some(place), Some(weight)) = (point(place), point(kronrod / 2.0)) else { return Ok(None) };
        match sums.term(&place, &weight) {
            Ok((term, size)) => {
                sums.add(&term, size)?;
                apart += term.to_f64() * (1.0 - gauss / kronrod);
            }
            Err(Missing::Here) => return Ok(None),
            Err(Missing::Stop) => return Err(Missing::Stop),
        }
    }
    let width = right - left;
    let sum = sums.total.mul(&Number::Exact(&panel.right - &panel.left), sums.precision);
    let sum = sum.map_err(|_| Missing::Here)?;
    let error = apart.abs() * width;
    let error = if error.is_nan() { f64::INFINITY } else { error };
    Ok(Some(Found { sum, error, size: sums.magnitude * width, hole: None, grows: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules are exact for polynomials up to the degrees 31 and 19.
    #[test]
    fn the_rules_integrate_powers() {
        let sum = |degree: i32, weight: fn(&(f64, f64, f64)) -> f64, middle: f64| {
            let power = |node: f64| (0..degree).fold(1.0, |power, _| power * node);
            2.0 * NODES.iter().map(|node| weight(node) * power(node.0)).sum::<f64>() + middle * power(0.0)
        };
        for degree in (0..=30).step_by(2) {
            let exact = 2.0 / (f64::from(degree) + 1.0);
            assert!((sum(degree, |node| node.1, MIDDLE) - exact).abs() < 1e-15, "{degree}");
            assert!(degree > 18 || (sum(degree, |node| node.2, 0.0) - exact).abs() < 1e-15, "{degree}");
        }
    }
}
