//! The run as a link and as text.

use super::Context;
use crate::ui::state::UiAction;
use crate::ui::widgets::{button, icon};
use yew::prelude::*;

/// Links longer than this are cut by some chats.
const LONG: usize = 2000;

/// What stands in the dialog.
pub fn share(context: &Context, link: String, text: &str) -> Html {
    let texts = context.texts;
    html! {
        <div class="share">
            <p>{texts.share_lead}</p>
            <h3>{texts.share_link}</h3>
            <p class="share__row"><input type="text" class="share__link" readonly=true aria-label={texts.share_link} value={link.clone()} />
                {button("button--primary", "copy", context.on(UiAction::Copy(link.clone())), texts.copy_link.into())}</p>
            if link.len() > LONG { <p class="notice notice--warn">{icon("warn")}<span>{texts.share_long}</span></p> }
            <h3>{texts.share_text}</h3>
            <pre class="share__text" tabindex="0" translate="no">{text}</pre>
            <p>{button("button--line", "file", context.on(UiAction::Download("run.scn".into(), text.into())), texts.share_download.into())}</p>
        </div>
    }
}
