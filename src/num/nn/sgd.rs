//! Stochastic gradient descent with momentum and weight decay.
//!
//! g ← g + λ·w, v ← μ·v + g, w ← w − η·v, with v the gradient itself in the first step, as PyTorch does it.
//! Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning"
//! (2013), in PyTorch's form, where the rate multiplies the velocity.

use ndarray::{ArrayD, ArrayViewMutD};

use super::loss::{add_scaled, check_same};
use crate::num::tensor::{Scalar, ShapeError};

/// An optimiser with its velocities.
#[derive(Debug, Clone)]
pub struct Sgd<T> {
    /// η.
    pub rate: T,
    /// μ; 0 for plain descent.
    pub momentum: T,
    /// λ; 0 for none.
    pub decay: T,
    velocities: Vec<ArrayD<T>>,
}

impl<T: Scalar> Sgd<T> {
    /// Plain descent.
    pub fn new(rate: T) -> Self {
        Self { rate, momentum: T::zero(), decay: T::zero(), velocities: Vec::new() }
    }

    /// The same with momentum and weight decay.
    pub fn with_momentum(rate: T, momentum: T, decay: T) -> Self {
        Self { momentum, decay, ..Self::new(rate) }
    }

    /// Moves every parameter one step against its gradient.
    ///
    /// # Errors
    /// When gradients and parameters differ in number or shape; nothing is moved then.
    pub fn step(
        &mut self,
        parameters: Vec<ArrayViewMutD<'_, T>>,
        gradients: &[ArrayD<T>],
    ) -> Result<(), ShapeError> {
        check_same("gradient descent", &parameters, gradients)?;
        if !self.velocities.is_empty() {
            check_same("gradient descent", &parameters, &self.velocities)?;
        }
        let first = self.velocities.is_empty();
        for (index, (parameter, gradient)) in parameters.into_iter().zip(gradients).enumerate() {
            let mut gradient = gradient.clone();
            add_scaled(gradient.view_mut(), self.decay, &parameter.to_owned());
            if first {
                self.velocities.push(gradient);
            } else {
                let momentum = self.momentum;
                self.velocities[index].mapv_inplace(|velocity| momentum * velocity);
                add_scaled(self.velocities[index].view_mut(), T::one(), &gradient);
            }
            add_scaled(parameter, -self.rate, &self.velocities[index]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayD, arr1};

    use super::*;
    use crate::num::tensor::Rule;

    /// Two steps by hand: η = 0.1, μ = 0.5, λ = 0.2.
    #[test]
    fn two_steps_are_those_of_the_formula() {
        let mut weight = arr1(&[1.0, -2.0]).into_dyn();
        let mut descent = Sgd::with_momentum(0.1, 0.5, 0.2);
        let gradient = [arr1(&[0.5, 1.0]).into_dyn()];
        // g = 0.7, 0.6; w = 0.93, −2.06.
        descent.step(vec![weight.view_mut()], &gradient).unwrap();
        // g = 0.686, 0.588; v = 1.036, 0.888; w = 0.8264, −2.1488.
        descent.step(vec![weight.view_mut()], &gradient).unwrap();
        let near = |at: usize, expected: f64| (weight[[at]] - expected).abs() < 1e-15;
        assert!(near(0, 0.8264) && near(1, -2.1488), "{weight}");
    }

    #[test]
    fn gradients_that_do_not_fit_move_nothing() {
        let mut weight = arr1(&[1.0]).into_dyn();
        let mut descent = Sgd::new(0.1);
        let rule = descent.step(vec![weight.view_mut()], &[]).unwrap_err().rule;
        assert_eq!(rule, Rule::Same);
        let wrong = [ArrayD::zeros(vec![2])];
        assert_eq!(descent.step(vec![weight.view_mut()], &wrong).unwrap_err().rule, Rule::Same);
        assert_eq!(weight, arr1(&[1.0]).into_dyn());
    }
}
