//! What the API server answers when it says no: the parts of a `metav1.Status`.

use crate::api::Kind;
use std::fmt;

/// Why a request was refused; the API server's reason, each with its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// 404: no such object.
    NotFound,
    /// 409: an object of that name exists.
    AlreadyExists,
    /// 409: the resource version sent is not the stored one, or a precondition failed.
    Conflict,
    /// 422: validation failed.
    Invalid,
    /// 403: admission refused it.
    Forbidden,
    /// 400: the request cannot be understood, unknown fields included.
    BadRequest,
    /// 405: the resource has no such verb.
    MethodNotAllowed,
    /// 429: not now.
    TooManyRequests,
    /// 500: the simulator was asked for something it cannot do.
    InternalError,
}

impl Reason {
    /// The HTTP code.
    pub fn code(self) -> u16 {
        match self {
            Reason::NotFound => 404,
            Reason::AlreadyExists | Reason::Conflict => 409,
            Reason::Invalid => 422,
            Reason::Forbidden => 403,
            Reason::BadRequest => 400,
            Reason::MethodNotAllowed => 405,
            Reason::TooManyRequests => 429,
            Reason::InternalError => 500,
        }
    }

    /// As kubectl prints it in `Error from server (REASON): …`.
    pub fn name(self) -> &'static str {
        match self {
            Reason::NotFound => "NotFound",
            Reason::AlreadyExists => "AlreadyExists",
            Reason::Conflict => "Conflict",
            Reason::Invalid => "Invalid",
            Reason::Forbidden => "Forbidden",
            Reason::BadRequest => "BadRequest",
            Reason::MethodNotAllowed => "MethodNotAllowed",
            Reason::TooManyRequests => "TooManyRequests",
            Reason::InternalError => "InternalError",
        }
    }
}

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Why.
    pub reason: Reason,
    /// The whole message, as the API server words it: `statefulsets.apps "web" not found`.
    pub message: String,
    /// For `Invalid`: the single causes, `spec.replicas: Invalid value: -1: must be …`.
    pub causes: Vec<String>,
}

impl Status {
    /// A refusal with one message.
    pub fn new(reason: Reason, message: impl Into<String>) -> Status {
        Status { reason, message: message.into(), causes: Vec::new() }
    }

    /// `statefulsets.apps "web" not found`.
    pub fn not_found(kind: Kind, name: &str) -> Status {
        Status::new(Reason::NotFound, format!("{} \"{name}\" not found", kind.resource()))
    }

    /// `statefulsets.apps "web" already exists`.
    pub fn already_exists(kind: Kind, name: &str) -> Status {
        Status::new(Reason::AlreadyExists, format!("{} \"{name}\" already exists", kind.resource()))
    }

    /// `StatefulSet.apps "web" is invalid: CAUSE`, several causes in brackets.
    pub fn invalid(kind: Kind, name: &str, causes: Vec<String>) -> Status {
        let info = kind.info();
        let dotted = if info.group.is_empty() {
            info.name.to_string()
        } else {
            format!("{}.{}", info.name, info.group)
        };
        let list = if causes.len() == 1 { causes[0].clone() } else { format!("[{}]", causes.join(", ")) };
        Status { reason: Reason::Invalid, message: format!("{dotted} \"{name}\" is invalid: {list}"), causes }
    }

    /// The optimistic-lock conflict.
    pub fn conflict(kind: Kind, name: &str) -> Status {
        Status::new(
            Reason::Conflict,
            format!(
                "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please apply your \
                 changes to the latest version and try again",
                kind.resource()
            ),
        )
    }

    /// The HTTP code.
    pub fn code(&self) -> u16 {
        self.reason.code()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
