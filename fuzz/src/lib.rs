//! What the targets share: tokens that come past the MAC, keys and demands to judge them by, and an oracle of its own.
//!
//! Nothing of the code under attack makes what it is attacked with: tokens are written as text and sealed with `hmac` here.

mod case;
mod mutate;
mod oracle;
mod seal;

pub use case::{Case, Demands, NOW, keys};
pub use mutate::resealed;
pub use oracle::{check_accepted, check_explained, reads_strictly};
pub use seal::{SECRET, is_sealed, seal};
