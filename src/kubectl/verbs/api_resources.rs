//! `kubectl api-resources` and `kubectl api-versions` (K172).

use super::Verb;
use crate::kubectl::output::{fill, table};
use crate::kubectl::resource;
use crate::kubectl::{Cx, Outcome};

/// `kubectl api-resources`.
pub const VERB: Verb = Verb {
    name: "api-resources",
    flags: "api-group= namespaced! verbs, categories, no-headers! sort-by= cached! output/o=",
    summary: "Print the supported API resources on the server",
    help: "kubectl api-resources [flags]

Examples:
  # What there is outside namespaces
  kubectl api-resources --namespaced=false",
    run: |cx: &mut Cx| {
        let args = cx.args;
        let wide = args.text("output") == "wide";
        let names = args.text("output") == "name";
        let mut text = String::new();
        if !args.is("no-headers") && !names {
            text += "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND";
            text += if wide { "\tVERBS\tCATEGORIES\n" } else { "\n" };
        }
        for resource in resource::all() {
            if args.has("namespaced") && args.is("namespaced") != resource.namespaced
                || args.get("api-group").is_some_and(|group| group != resource.group())
            {
                continue;
            }
            if names {
                text += &format!("{}\n", resource.dotted());
                continue;
            }
            let resource::Resource { plural, short, api_version, namespaced, name, .. } = resource;
            text += &format!("{plural}\t{short}\t{api_version}\t{namespaced}\t{name}");
            if wide {
                let all = resource::find_list("all").unwrap_or_default().contains(&resource);
                let verbs = "create,delete,deletecollection,get,list,patch,update,watch";
                text += &format!("\t{verbs}\t{}", if all { "all" } else { "" });
            }
            text.push('\n');
        }
        cx.out.out(if names { text } else { table::Aligner::list().align(&text) });
        Ok(Outcome::Done(0))
    },
};

/// `kubectl api-versions`.
pub const VERSIONS: Verb = Verb {
    name: "api-versions",
    flags: "",
    summary: "Print the supported API versions on the server",
    help: "kubectl api-versions",
    run: |cx: &mut Cx| {
        let mut versions: Vec<&str> = resource::all().map(|resource| resource.api_version).collect();
        versions.push("autoscaling/v1");
        fill::sort_by(&mut versions, |a, b| a < b);
        versions.dedup();
        cx.out.line(versions.join("\n"));
        Ok(Outcome::Done(0))
    },
};
