//! The words of lessons and questions; apart, because the first picture does not need them.

use super::Language;

macro_rules! texts {
    ($($name:ident: $kind:ty = $ko:expr, $en:expr;)+) => {
        /// The words of lessons in one language.
        #[allow(missing_docs, reason = "each field is the text itself")]
        pub struct LessonTexts { $(pub $name: $kind,)+ }
        const KO: LessonTexts = LessonTexts { $($name: $ko,)+ };
        const EN: LessonTexts = LessonTexts { $($name: $en,)+ };
    };
}

texts! {
    step: fn(usize, usize) -> String = |n, m| format!("{m}단계 중 {n}"), |n, m| format!("Step {n} of {m}");
    steps: &'static str = "레슨의 단계", "Steps of the lesson";
    next: &'static str = "다음", "Next";
    previous: &'static str = "이전", "Previous";
    skip: &'static str = "끝으로", "To the end";
    preparing: &'static str = "여기까지의 단계를 실행하는 중…", "Carrying out the steps up to here…";
    watch: &'static str = "무대를 본다. 끝나면 설명이 나온다.", "Watch the stage. The explanation follows.";
    predict: &'static str = "예측", "Predict";
    commit: &'static str = "답하고 확인", "Answer and see";
    pick_none: &'static str = "무대에서 고른다: 누르거나 화살표로 옮기고 Enter.", "Pick on the stage: press, or move by arrows and press Enter.";
    picked: &'static str = "고른 것", "Picked";
    number: &'static str = "수", "Number";
    up: fn(&str) -> String = |what| format!("{what} 위로"), |what| format!("{what} up");
    down: fn(&str) -> String = |what| format!("{what} 아래로"), |what| format!("{what} down");
    reveal: &'static str = "정답 보기", "Show the answer";
    your_guess: &'static str = "예측한 답", "Your guess";
    right: &'static str = "맞았다", "Right";
    wrong: &'static str = "다르게 되었다", "It went otherwise";
    answer: &'static str = "정답", "Answer";
    hands: &'static str = "손 든 사람", "Hands raised";
    goal: &'static str = "목표", "Goal";
    goal_open: &'static str = "아직이다", "Not yet";
    goal_reached: &'static str = "이루었다", "Reached";
    goal_how: &'static str = "터미널에 명령을 입력하거나 매니페스트를 고쳐 적용한다.", "Type commands into the terminal, or change the manifest and apply it.";
    hint: &'static str = "힌트", "Hint";
    solution: &'static str = "풀이 보기", "Show the solution";
    run_solution: &'static str = "풀이 실행", "Run the solution";
    again: &'static str = "이 단계를 처음부터", "Start this step again";
    away: &'static str = "레슨의 길에서 벗어나 있다.", "You have left the path of the lesson.";
    back: &'static str = "레슨으로 돌아가기", "Back to the lesson";
    leave: &'static str = "레슨 닫기", "Close the lesson";
    over: &'static str = "레슨을 마쳤다.", "You are through with this lesson.";
    see_next: &'static str = "이어서 볼 것", "What to see next";
    all: &'static str = "모든 레슨", "All lessons";
    source: &'static str = "근거", "Source";
    documents: &'static str = "문서 다섯 편", "The five documents";
    beliefs: &'static str = "흔히 잘못 아는 것", "What people get wrong";
    minutes: fn(u32) -> String = |n| format!("{n}분"), |n| format!("{n} min");
    done: &'static str = "마침", "Done";
    begun: fn(usize) -> String = |n| format!("{n}단계까지"), |n| format!("up to step {n}");
    loading: &'static str = "목록을 받는 중…", "Fetching the list…";
    list_failed: fn(&str) -> String = |why| format!("레슨 목록을 받지 못했다: {why}"), |why| format!("The list of lessons could not be fetched: {why}");
    broken: fn(&str, &str) -> String = |file, why| format!("레슨을 열지 못했다. {file}:{why}"), |file, why| format!("This lesson cannot be opened. {file}:{why}");
    not_fetched: fn(&str) -> String = |why| format!(" 받지 못했다 ({why}). 주소와 연결, 그 서버의 CORS 허용을 확인한다."), |why| format!(" it could not be fetched ({why}). Check the address, the connection, and whether its server allows CORS.");
    not_https: &'static str = " 레슨의 주소는 https://로 시작해야 한다.", " the address of a lesson has to begin with https://.";
}

/// The words in that language.
pub fn lesson(language: Language) -> &'static LessonTexts {
    match language {
        Language::Ko => &KO,
        Language::En => &EN,
    }
}
