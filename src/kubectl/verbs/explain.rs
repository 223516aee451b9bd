//! `kubectl explain`: the fields of a type, without their descriptions (K173, K174).

use super::Verb;
use crate::api::schema::{self, Ty};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::resource;
use crate::kubectl::{Cx, Outcome};

/// `kubectl explain`.
pub const VERB: Verb = Verb {
    name: "explain",
    flags: "recursive! api-version= output/o=",
    summary: "Get documentation for a resource",
    help: "kubectl explain TYPE [--recursive=FALSE|TRUE]

Examples:
  # The fields of a set
  kubectl explain sts.spec",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let word = match &cx.args.words[..] {
        [word] => word,
        [] => {
            return Err(Error::client(
                "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of \
                 supported resources.",
            ));
        }
        _ => return Err(Error::client("We accept only this format: explain RESOURCE")),
    };
    let mut path = word.trim_end_matches('.').split('.');
    let name = path.next().unwrap_or("");
    let resource = resource::find(name)
        .map_err(|_| Error::Raw(format!("the server doesn't have a resource type \"{name}\"")))?;
    let (group, version) = resource.api_version.rsplit_once('/').unwrap_or(("", resource.api_version));
    let mut head = String::new();
    if !group.is_empty() {
        head += &format!("GROUP:      {group}\n");
    }
    cx.out.out(format!("{head}KIND:       {}\nVERSION:    {version}\n\n", resource.name));
    let mut ty = schema::find(resource.name);
    let mut field = None;
    for step in path {
        let found = ty.and_then(|ty| ty.field(step));
        let Some(found) = found else {
            return Err(Error::client(format!("field \"{step}\" does not exist")));
        };
        ty = inner(&found.ty).and_then(schema::find);
        field = Some(found);
    }
    if let Some(field) = field {
        cx.out.out(format!("FIELD: {} <{}>\n\n\n", field.name, type_name(&field.ty)));
    }
    if let Some(ty) = ty {
        let mut text = "FIELDS:\n".to_string();
        fields(ty, 1, cx.args.is("recursive"), &mut text);
        cx.out.out(text + "\n");
    }
    Ok(Outcome::Done(0))
}

fn fields(ty: &schema::Type, level: usize, recursive: bool, text: &mut String) {
    for field in &ty.fields {
        *text += &format!("{}{}\t<{}>\n", "  ".repeat(level), field.name, type_name(&field.ty));
        let deeper = inner(&field.ty).and_then(schema::find);
        if let Some(deeper) = deeper.filter(|_| recursive && level < 12) {
            fields(deeper, level + 1, recursive, text);
        }
    }
}

fn inner(ty: &Ty) -> Option<&'static str> {
    match ty {
        Ty::Object(name) => Some(name),
        Ty::List(item) => inner(item),
        _ => None,
    }
}

fn type_name(ty: &Ty) -> String {
    match ty {
        Ty::Bool => "boolean".into(),
        Ty::Int32 | Ty::Int64(_) => "integer".into(),
        Ty::IntOrString => "IntOrString".into(),
        Ty::Quantity => "Quantity".into(),
        Ty::Any => "Object".into(),
        Ty::Map(item, _) => format!("map[string]{}", type_name(item)),
        Ty::List(item) => format!("[]{}", type_name(item)),
        Ty::Object(name) => (*name).into(),
        Ty::Str(_) | Ty::Time | Ty::Bytes => "string".into(),
    }
}
