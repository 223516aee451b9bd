//! What the API server does with an object before it stores it: decode, default, validate.
//!
//! Everything is a function of the object, the profile and an [`AdmissionContext`]; nothing is stored here. Fields come
//! from `api::schema`, texts of refusals are the API server's. Objects are expected as [`decode`] returns them: in the
//! form Go writes back.

pub mod defaults;
pub mod revision;
pub mod validation;

#[cfg(test)]
mod tests;

pub use defaults::{AdmissionContext, default_object};
pub use revision::{prepare_template_for_revision, revision_data};
pub use validation::{validate_create, validate_status, validate_update, warnings};

use super::{Reason, Status};
use crate::api::schema::{self, DecodeError, FieldProblem};
use crate::api::{Kind, Object, Value};

/// Reads a document as the body of a request: the object, and the fields the server does not know.
pub fn decode(doc: &Value) -> Result<(Object, Vec<FieldProblem>), Status> {
    schema::decode(doc).map_err(Status::from)
}

/// Refuses unknown fields as strict decoding does; `Ok` if there are none.
pub fn strict(kind: Kind, problems: &[FieldProblem]) -> Result<(), Status> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(Status::new(Reason::BadRequest, schema::strict_error(kind, problems)))
}

impl From<DecodeError> for Status {
    fn from(error: DecodeError) -> Status {
        Status::new(Reason::BadRequest, error.to_string())
    }
}
