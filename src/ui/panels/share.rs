//! The run as a link and as text.

use super::Context;
use crate::ui::state::UiAction;
use crate::ui::widgets::{Button, Icon};
use yew::prelude::*;

/// Properties of [`Share`].
#[derive(Properties, PartialEq)]
pub struct ShareProps {
    /// Words and way back.
    pub context: Context,
    /// The link.
    pub link: AttrValue,
    /// The run as scenario text.
    pub text: AttrValue,
}

/// Links longer than this are cut by some chats.
const LONG: usize = 2000;

/// What stands in the dialog.
#[component]
pub fn Share(props: &ShareProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    html! {
        <div class="share">
            <p>{texts.share_lead}</p>
            <h3>{texts.share_link}</h3>
            <p class="share__row"><input type="text" class="share__link" readonly=true aria-label={texts.share_link} value={props.link.clone()} />
                <Button class="button--primary" icon="copy" onpress={context.says(UiAction::Copy(props.link.to_string()))}>{texts.copy_link}</Button></p>
            if props.link.len() > LONG { <p class="notice notice--warn"><Icon name="warn" /><span>{texts.share_long}</span></p> }
            <h3>{texts.share_text}</h3>
            <pre class="share__text" tabindex="0" translate="no">{&props.text}</pre>
            <p><Button class="button--line" icon="file" onpress={context.says(UiAction::Download("run.scn".into(), props.text.to_string()))}>{texts.share_download}</Button></p>
        </div>
    }
}
