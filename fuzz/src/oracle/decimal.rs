//! Sums of decimals, exact whatever their exponents.

use std::{cmp::Ordering, collections::BTreeMap};

/// A sum, as the digits that it has at each power of ten. They are never carried.
#[derive(Default)]
pub struct Sum(BTreeMap<i128, i64>);

impl Sum {
    /// Plus a JSON number.
    pub fn plus(self, number: &str) -> Self {
        self.add(number, 1)
    }

    /// Minus a JSON number.
    pub fn minus(self, number: &str) -> Self {
        self.add(number, -1)
    }

    fn add(mut self, number: &str, sign: i64) -> Self {
        let (sign, number) = number.strip_prefix('-').map_or((sign, number), |rest| (-sign, rest));
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // Of exponents with more than 30 digits only the sign is left.
        let beyond = if exponent.starts_with('-') { -(10_i128.pow(30)) } else { 10_i128.pow(30) };
        let exponent = exponent.parse().unwrap_or(beyond).clamp(-(10_i128.pow(30)), 10_i128.pow(30));
        let last = exponent - fraction.len() as i128;
        for (place, digit) in (last..).zip(whole.bytes().chain(fraction.bytes()).rev()).filter(|(_, digit)| *digit != b'0') {
            *self.0.entry(place).or_default() += sign * i64::from(digit - b'0');
        }
        self
    }

    /// The sum beside zero.
    pub fn sign(&self) -> Ordering {
        let (mut sum, mut above) = (0_i64, None);
        for (place, digits) in self.0.iter().rev() {
            let gap = above.map_or(0, |above: i128| above - place);
            sum = sum * 10_i64.pow(gap.min(3) as u32) + digits;
            // No four numbers have digits enough to make up for this at the places below.
            if sum.abs() > 100 {
                break;
            }
            above = Some(*place);
        }
        sum.cmp(&0)
    }
}
