//! Figures over rounds and guests: medians and geometric means.

/// The middle of some figures, or 0 of none.
pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// The geometric mean of some ratios, or 0 of none.
pub fn geometric_mean(ratios: &[f64]) -> f64 {
    if ratios.is_empty() {
        return 0.0;
    }
    (ratios.iter().map(|r| r.ln()).sum::<f64>() / ratios.len() as f64).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures() {
        for (figures, middle, mean) in [
            (vec![4.0], 4.0, 4.0),
            (vec![8.0, 2.0, 4.0], 4.0, 4.0),
            (vec![1.0, 16.0], 16.0, 4.0),
            (vec![], 0.0, 0.0),
        ] {
            assert!((geometric_mean(&figures) - mean).abs() < 1e-9, "{figures:?}");
            assert_eq!(median(&mut figures.clone()), middle, "{figures:?}");
        }
    }
}
