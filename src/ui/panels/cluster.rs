//! One's own cluster on the stage: the commands that watch it, and the place to drop what they wrote.

use super::Context;
use crate::ui::cluster_log::ClusterLog;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::widgets::{button, icon};
use yew::prelude::*;

/// The id of the file field and of the text field.
const FILES: &str = "cluster-files";
const TEXT: &str = "cluster-text";

/// Watches every kind that is shown, each into a file of its own: kubectl watches one kind at a time.
const WATCH: &str = "for kind in sts pods pvc pv svc endpointslices controllerrevisions events nodes; do
  kubectl get $kind -o json --watch --output-watch-events --show-managed-fields > $kind.json &
done
read -p 'Enter: stop watching '; kill $(jobs -p)";
/// One look, without history.
const NOW: &str =
    "kubectl get sts,pods,pvc,pv,svc,endpointslices,controllerrevisions,events,nodes -o json > now.json";

/// What stands in the dialog.
pub fn cluster(context: &Context, log: &ClusterLog) -> Html {
    let texts = context.texts;
    let say = |ko: &'static str, en: &'static str| texts.language.lang().pick(ko, en);
    let read = {
        let send = context.send.clone();
        move |files| {
            let send = send.clone();
            dom::read_files(files, move |files| send.emit(UiAction::ClusterLog(files)));
        }
    };
    let ondrop = {
        let read = read.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            read(dom::dropped_files(&event));
        })
    };
    let onchange = Callback::from(move |event: Event| {
        read(dom::chosen_files(&event));
        dom::clear_field(&event);
    });
    let ondragover = Callback::from(|event: DragEvent| event.prevent_default());
    let pasted = context
        .send
        .reform(|_: MouseEvent| UiAction::ClusterLog(vec![("pasted.json".into(), dom::field_text(TEXT))]));
    let code = |text: &'static str| {
        html! {
            <>
                <pre class="share__code" tabindex="0" translate="no">{text}</pre>
                <p>{button("button--line", "copy", context.on(UiAction::Copy(text.into())), texts.share_copy_code.into())}</p>
            </>
        }
    };
    html! {
        <div class="share cluster" {ondrop} {ondragover}>
            <p>{say(
                "kubectl이 지켜본 것을 여기에 놓으면 내 클러스터에서 일어난 일을 같은 무대와 타임라인에서 되감아 본다. 무엇이 컨트롤러를 막고 있었는지도 그 기록에서 계산한다.",
                "Drop what kubectl watched, and see what happened in your own cluster on the same stage and timeline. What held the controller is computed from that record.",
            )}</p>
            <p class="notice notice--plain"><span>{say(
                "파일은 이 브라우저를 떠나지 않고 저장되지도 않는다. Secret, ConfigMap, 환경 변수, 명령과 인자는 읽는 즉시 버린다.",
                "The files never leave this browser and are not stored. Secrets, ConfigMaps, environment variables, commands and arguments are dropped while reading.",
            )}</span></p>
            <h3>{say("1. 지켜본다", "1. Watch")}</h3>
            <p>{say("그 네임스페이스에서 실행하고, 문제가 다시 일어나게 한 다음 끝낸다.", "Run this in that namespace, let the problem happen, then stop.")}</p>
            {code(WATCH)}
            <p class="cluster__next">{say("지금 상태만 보려면:", "To see just how it stands now:")}</p>
            {code(NOW)}
            <h3>{say("2. 여기에 놓는다", "2. Drop it here")}</h3>
            <div id="cluster-error" role="status">
                if let Some(error) = &log.error {
                    <p class="notice notice--warn">{icon("warn")}<span>{error}</span></p>
                }
            </div>
            <p class="cluster__drop">
                <input type="file" id={FILES} class="visually-hidden" multiple=true accept=".json,.yaml,.yml,.txt,.log" tabindex="-1" aria-hidden="true" {onchange} />
                {button("button--primary", "file", Callback::from(|_| dom::press(FILES)), say("파일 고르기 (여럿)", "Choose files").into())}
                <span class="muted">{say("또는 끌어다 놓기", "or drag them here")}</span>
            </p>
            <p><label for={TEXT}>{say("또는 붙여 넣기:", "Or paste:")}</label></p>
            <textarea id={TEXT} class="share__code cluster__text" rows="3" spellcheck="false" autocomplete="off" translate="no"
                aria-invalid={log.error.is_some().to_string()} aria-describedby="cluster-error" />
            <p>{button("button--line", "paste", pasted, say("붙여 넣은 것 보기", "Show what is pasted").into())}</p>
        </div>
    }
}
