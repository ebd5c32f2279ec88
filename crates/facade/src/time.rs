//! Time on its way out.

use gantry_model::Timestamp;
use gantry_wire::schema;

/// An instant as shapes carry it.
pub(crate) fn shown(instant: Timestamp) -> schema::Timestamp {
    schema::Timestamp::from_epoch_ms(instant.0)
}
