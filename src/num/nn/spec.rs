//! Layers as they are written down: a kind and its settings, before any input or weight exists.
//!
//! [`LAYERS`] is the one table of the names by which a page builds them.

use super::{
    Layer,
    activation::{Activation, Softmax},
    conv::Convolution,
    linear::Linear,
    pool::{Pool, Reduction},
};
use crate::num::tensor::{Rule, Scalar, ShapeError, elements, window::Window};

/// A layer to be built for whatever input reaches it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LayerSpec {
    /// A convolution to `filters` channels.
    Convolution {
        /// Output channels.
        filters: usize,
        /// Kernel, stride, padding and dilation.
        window: Window,
    },
    /// An elementwise function.
    Activation(Activation),
    /// Maximum or average pooling.
    Pool(Pool),
    /// A fully connected layer to this many features; flattens what it is given.
    FullyConnected(usize),
    /// Softmax or log-softmax.
    Softmax(Softmax),
}

/// One row of [`LAYERS`].
#[derive(Debug, Clone, Copy)]
pub struct LayerEntry {
    /// As a page writes it: `conv3` in `conv3(64)`.
    pub name: &'static str,
    /// What its arguments are called, in order; a name alone has none.
    pub arguments: &'static [&'static str],
    /// Builds it from as many arguments as `arguments` has.
    build: fn(&[f64]) -> LayerSpec,
}

impl LayerEntry {
    /// The layer with these arguments; `None` if their number is wrong, or one that counts something is no natural
    /// number below 2^32.
    pub fn build(&self, arguments: &[f64]) -> Option<LayerSpec> {
        let valid = self.arguments.len() == arguments.len()
            && self.arguments.iter().zip(arguments).all(|(&name, &value)| {
                if name == "slope" { value.is_finite() } else { value == f64::from(value as u32) }
            });
        valid.then(|| (self.build)(arguments))
    }
}

const fn entry(
    name: &'static str,
    arguments: &'static [&'static str],
    build: fn(&[f64]) -> LayerSpec,
) -> LayerEntry {
    LayerEntry { name, arguments, build }
}

/// Every layer a page can name.
pub const LAYERS: &[LayerEntry] = &[
    entry("conv1", &["filters"], |a| LayerSpec::conv(1, a[0] as usize)),
    entry("conv3", &["filters"], |a| LayerSpec::conv(3, a[0] as usize)),
    entry("conv5", &["filters"], |a| LayerSpec::conv(5, a[0] as usize)),
    entry("conv7", &["filters"], |a| LayerSpec::conv(7, a[0] as usize)),
    entry("conv", &["filters", "kernel", "stride", "padding", "dilation"], |a| {
        let [filters, kernel, stride, padding, dilation] = [0, 1, 2, 3, 4].map(|i| a[i] as usize);
        let window = Window { dilation: [dilation; 2], ..Window::square(kernel, stride, padding) };
        LayerSpec::Convolution { filters, window }
    }),
    entry("relu", &[], |_| LayerSpec::RELU),
    entry("leaky_relu", &["slope"], |a| LayerSpec::Activation(Activation::LeakyRelu(a[0]))),
    entry("sigmoid", &[], |_| LayerSpec::Activation(Activation::Sigmoid)),
    entry("tanh", &[], |_| LayerSpec::Activation(Activation::Tanh)),
    entry("pool2", &[], |_| LayerSpec::POOL2),
    entry("pool", &["kernel", "stride"], |a| {
        LayerSpec::pool(Reduction::Max, Window::square(a[0] as usize, a[1] as usize, 0))
    }),
    entry("average_pool2", &[], |_| LayerSpec::pool(Reduction::Average, Window::square(2, 2, 0))),
    entry("average_pool", &["kernel", "stride"], |a| {
        LayerSpec::pool(Reduction::Average, Window::square(a[0] as usize, a[1] as usize, 0))
    }),
    entry("fc", &["outputs"], |a| LayerSpec::FullyConnected(a[0] as usize)),
    entry("softmax", &[], |_| LayerSpec::SOFTMAX),
    entry("log_softmax", &[], |_| LayerSpec::Softmax(Softmax { log: true })),
];

impl LayerSpec {
    /// max(x, 0).
    pub const RELU: Self = Self::Activation(Activation::Relu);
    /// The maximum of each 2×2 block.
    pub const POOL2: Self = Self::Pool(Pool {
        reduction: Reduction::Max,
        window: Window { kernel: [2; 2], stride: [2; 2], padding: [0; 2], dilation: [1; 2] },
    });
    /// Softmax over the features.
    pub const SOFTMAX: Self = Self::Softmax(Softmax { log: false });

    /// The layer that [`LAYERS`] calls `name`; `None` for an unknown name or unfit arguments.
    pub fn by_name(name: &str, arguments: &[f64]) -> Option<Self> {
        LAYERS.iter().find(|entry| entry.name == name)?.build(arguments)
    }

    /// A convolution with a square kernel that keeps height and width: stride 1, padding (kernel − 1)/2.
    pub fn conv(kernel: usize, filters: usize) -> Self {
        Self::Convolution { filters, window: Window::same(kernel) }
    }

    /// A 3×3 convolution that keeps height and width.
    pub fn conv3(filters: usize) -> Self {
        Self::conv(3, filters)
    }

    /// A fully connected layer.
    pub fn fc(outputs: usize) -> Self {
        Self::FullyConnected(outputs)
    }

    /// A pooling layer.
    pub fn pool(reduction: Reduction, window: Window) -> Self {
        Self::Pool(Pool { reduction, window })
    }

    /// The layer's name in a table of layers: `CONV3-64`, `RELU`, `POOL2`, `FC-4096`.
    ///
    /// Settings that differ from the customary ones follow: `CONV7-64/2` has stride 2.
    pub fn name(&self) -> String {
        match self {
            Self::Convolution { filters, window } => {
                format!(
                    "CONV{}-{filters}{}",
                    side(window.kernel),
                    steps(window, 1, [0, 1].map(|a| (window.kernel[a].max(1) - 1) / 2))
                )
            }
            Self::Activation(Activation::Relu) => "RELU".into(),
            Self::Activation(Activation::LeakyRelu(slope)) => format!("LEAKYRELU-{slope}"),
            Self::Activation(Activation::Sigmoid) => "SIGMOID".into(),
            Self::Activation(Activation::Tanh) => "TANH".into(),
            Self::Pool(Pool { reduction, window }) => {
                let prefix = if *reduction == Reduction::Max { "POOL" } else { "AVGPOOL" };
                format!("{prefix}{}{}", side(window.kernel), steps(window, window.kernel[0], [0; 2]))
            }
            Self::FullyConnected(outputs) => format!("FC-{outputs}"),
            Self::Softmax(Softmax { log: false }) => "SOFTMAX".into(),
            Self::Softmax(Softmax { log: true }) => "LOGSOFTMAX".into(),
        }
    }

    /// Allocates the layer, weights zero, for an input of this shape, batch axis first.
    ///
    /// # Errors
    /// When no such layer can take that input.
    pub fn build<T: Scalar>(&self, input: &[usize]) -> Result<Box<dyn Layer<T>>, ShapeError> {
        Ok(match *self {
            Self::Convolution { filters, window } => {
                let &[_, channels, _, _] = input else {
                    return Err(ShapeError::unary("convolution", input, Rule::Rank(4)));
                };
                Box::new(Convolution::zeroed(channels, filters, window)?)
            }
            Self::Activation(activation) => Box::new(activation),
            Self::Pool(pool) => Box::new(pool),
            Self::FullyConnected(outputs) => {
                let features = elements("fully connected layer", input.get(1..).unwrap_or(&[]))?;
                Box::new(Linear::zeroed(features, outputs)?)
            }
            Self::Softmax(softmax) => Box::new(softmax),
        })
    }
}

/// `3` for a square kernel, `3x5` for another.
fn side([height, width]: [usize; 2]) -> String {
    if height == width { height.to_string() } else { format!("{height}x{width}") }
}

/// What of a window is not customary: `/2` stride, `p1` padding, `d2` dilation.
fn steps(window: &Window, stride: usize, padding: [usize; 2]) -> String {
    let mut text = String::new();
    if window.stride != [stride; 2] {
        text += &format!("/{}", side(window.stride));
    }
    if window.padding != padding {
        text += &format!("p{}", side(window.padding));
    }
    if window.dilation != [1; 2] {
        text += &format!("d{}", side(window.dilation));
    }
    text
}
