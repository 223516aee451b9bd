//! Lines and what they print, on a machine that is nothing but files and a clock.

use super::tools::TOOLS;
use super::*;

struct Machine {
    files: SortedMap<String, String>,
    now: SimTime,
}

impl System for Machine {
    fn name(&self) -> &'static str {
        "bash"
    }
    fn now(&self) -> SimTime {
        self.now
    }
    fn is_terminal(&self) -> bool {
        false
    }
    fn read(&self, path: &str) -> Option<String> {
        self.files.get(path.trim_start_matches('/')).cloned()
    }
    fn write(&mut self, path: &str, text: &str, append: bool) -> Result<(), String> {
        let file = self.files.entry(path.trim_start_matches('/').to_string()).or_default();
        if !append {
            file.clear();
        }
        file.push_str(text);
        Ok(())
    }
    fn remove(&mut self, path: &str) -> bool {
        self.files.remove(path.trim_start_matches('/')).is_some()
    }
    fn list(&self, folder: &str) -> Vec<String> {
        let start = match folder.trim_matches('/') {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let names = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&start)?.split('/').find(|p| !p.is_empty()));
        let mut names: Vec<String> = names.map(str::to_string).collect();
        names.dedup();
        names
    }
    fn is_folder(&self, path: &str) -> bool {
        path == "/" || !self.list(path).is_empty() || self.read(&format!("{path}/")).is_some()
    }
    fn start(&mut self, _: &[String], _: &str, _: &Env) -> Started {
        Started::Unknown
    }
    fn poll(&mut self, _: &mut dyn Program, _: &mut Output) -> Progress {
        Progress::Done(0)
    }
}

const ROWS: &str = "NAME READY STATUS\nweb-0 1/1 Running\nweb-1 0/1 Pending\nweb-2 1/1 Running\n";

fn machine() -> Machine {
    let files = [
        ("rows", ROWS),
        ("web.yaml", "kind: StatefulSet\nspec:\n  replicas: 3\n"),
        ("data/x", ""),
        ("data/y", ""),
    ];
    Machine {
        files: files.map(|(name, text)| (name.to_string(), text.to_string())).into_iter().collect(),
        now: SimTime::ZERO,
    }
}

// Runs a script to its end, letting time pass; what it prints, then its status where that is not 0.
fn run_on(machine: &mut Machine, text: &str) -> String {
    let code = match parse(text) {
        Ok(code) => code,
        Err(message) => return format!("{message}\n"),
    };
    let mut shell =
        Shell::new(Env::new(&[("HOME", "/"), ("PWD", "/"), ("USER", "root"), ("HOSTNAME", "box")]));
    shell.run(code);
    let mut out = Output::default();
    let code = loop {
        match shell.poll(machine, &mut out) {
            Progress::Done(code) => break code,
            Progress::Wait { at } => {
                machine.now = at.expect("nothing else happens here").max(machine.now);
                if machine.now.0 > 1_000_000 {
                    shell.interrupt();
                }
            }
        }
    };
    let mut text: String = out.chunks.into_iter().map(|(_, text)| text).collect();
    if code != 0 {
        text.push_str(&format!("# exit {code}\n"));
    }
    text
}

fn run(text: &str) -> String {
    run_on(&mut machine(), text)
}

fn check(cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        assert_eq!(run(line), *expected, "{line}");
    }
}

#[test]
fn k202_to_k208_lines_do_what_a_shell_does() {
    check(&[
        ("echo a; echo b && echo c || echo d", "a\nb\nc\n"),
        ("false && echo a || echo b", "b\n"),
        ("! true; echo $?", "1\n"),
        ("for i in 0 1 2; do echo \"web-$i\"; done", "web-0\nweb-1\nweb-2\n"),
        ("for i in {0..2} x; do echo -n \"$i \"; done; echo", "0 1 2 x \n"),
        ("for i in $(seq 2); do for j in a b; do echo $i$j; done; done", "1a\n1b\n2a\n2b\n"),
        ("for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done", "1\n3\n"),
        ("for i in 1 2 3; do if [ $i -eq 2 ]; then break; fi; echo $i; done; echo end", "1\nend\n"),
        ("i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done", "0\n1\n2\n"),
        ("i=3; until [ $i -eq 0 ]; do i=$((i - 1)); done; echo $i", "0\n"),
        ("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"),
        ("if false; then echo a; else echo c; fi | tr c d", "d\n"),
        ("X=1; Y=\"a  b\"; echo $X $Y \"$Y\" ${X}0 '$X'", "1 a b a  b 10 $X\n"),
        ("X=web-12; echo ${X##*-} ${X%-*} ${#X} ${NONE:-no} ${X/web/db} ${X:0:3}", "12 web 6 no db-12 web\n"),
        ("echo $(echo a; echo b) \"$(echo a; echo b)\"", "a b a\nb\n"),
        ("echo `echo x` $(echo $(echo y))", "x y\n"),
        ("echo $((2*3+1)) $(( 7 / 2 ))", "7 3\n"),
        ("echo {a,b}-{1..2} {{.spec.nodeName}}", "a-1 a-2 b-1 b-2 {{.spec.nodeName}}\n"),
        ("echo *.yaml data/* *.none '*'", "web.yaml data/x data/y *.none *\n"),
        ("cat rows | grep Running | wc -l", "2\n"),
        ("echo a > f; echo b >> f; cat f; cat < f | tail -1", "a\nb\nb\n"),
        ("nope 2>/dev/null; echo $?", "127\n"),
        ("cat nope 2>&1 | sed 's/cat/CAT/'", "CAT: nope: No such file or directory\n"),
        ("{ echo a; nope; } > /dev/null 2>&1; echo $?", "127\n"),
        ("for i in 1 2; do echo $i; done > f; wc -l < f", "2\n"),
        ("cat <<EOF\nhi $USER $(echo x)\nEOF", "hi root x\n"),
        ("cat <<'EOF' | tr a-z A-Z\nhi $USER\nEOF\necho end", "HI $USER\nend\n"),
        ("cat <<-EOF\n\tin\n\tEOF", "in\n"),
        ("cat <<< \"a b\"", "a b\n"),
        ("while read a b; do echo \"$b-$a\"; done < rows | head -1", "READY STATUS-NAME\n"),
        ("(X=2; echo $X); echo \"[$X]\"", "2\n[]\n"),
        ("f() { echo \"$1-$#\"; return 3; }; f a b; echo $?", "a-2\n3\n"),
        ("case web-1 in db*) echo db;; web-[0-9]|x) echo web;; *) echo none;; esac", "web\n"),
        ("echo --\\\n  mysql # comment", "-- mysql\n"),
        ("# only a comment", ""),
        ("A=1 sh -c 'echo $A $1' x y; echo \"[$A]\"", "1 y\n[]\n"),
        ("sh -c 'exit 3'; echo $?; (exit 4); echo $?", "3\n4\n"),
        ("eval 'echo $((1+1))'", "2\n"),
        ("alias ll='ls -1'; ll data", "x\ny\n"),
        ("exit 7; echo never", "# exit 7\n"),
        ("echo a b c | xargs -n 1 echo x", "x a\nx b\nx c\n"),
        ("seq 2 | xargs -I{} echo web-{}.yaml", "web-1.yaml\nweb-2.yaml\n"),
        ("cat rows | while read name rest; do echo $name; done | tail -n 2", "web-1\nweb-2\n"),
        ("((1 > 2)) || echo less", "less\n"),
        ("echo \"a\\\"b\" 'c d'\\ e", "a\"b c d e\n"),
        ("[[ web-0 == web-* ]] && echo fits", "fits\n"),
        ("[[ web-12 =~ -([0-9]+)$ ]] || exit 1; echo ${BASH_REMATCH[1]} ${BASH_REMATCH[0]}", "12 -12\n"),
        ("[[ web =~ ^(db|web)$ && 1 -eq 1 ]] && echo both; [[ a == b || c ]] && echo one", "both\none\n"),
        ("[[ web =~ -([0-9]+)$ ]] || echo no", "no\n"),
    ]);
}

#[test]
fn k211_and_k215_errors_are_those_of_bash() {
    check(&[
        ("ubectl get po", "bash: ubectl: command not found\nDid you mean kubectl?\n# exit 127\n"),
        ("xyzzy", "bash: xyzzy: command not found\n# exit 127\n"),
        ("done", "syntax error near unexpected token `done'\n"),
        ("for i in 1; echo", "syntax error near unexpected token `echo'\n"),
        ("echo a |", "syntax error: unexpected end of file\n"),
        ("| a", "syntax error near unexpected token `|'\n"),
        ("echo a; ; b", "syntax error near unexpected token `;'\n"),
        ("echo 'a", "unexpected EOF while looking for matching `''\n"),
        ("echo \"a", "unexpected EOF while looking for matching `\"'\n"),
        ("echo $(a", "unexpected EOF while looking for matching `)'\n"),
        ("for i in 1; do echo", "syntax error: unexpected end of file\n"),
        ("echo >", "syntax error near unexpected token `newline'\n"),
        ("cat < none", "bash: none: No such file or directory\n# exit 1\n"),
        ("echo $((1/0))", "bash: division by 0\n# exit 1\n"),
        ("cd none", "bash: cd: none: No such file or directory\n# exit 1\n"),
        ("kubectl delete -f <file.yaml>", "<file.yaml> stands for a value: type your own in its place\n"),
        ("sleep 1 & echo b", "only a whole line runs in the background: put `&' at its end\n"),
    ]);
}

#[test]
fn what_would_not_end_is_stopped_with_a_line_that_says_so() {
    check(&[
        (
            "while true; do :; done; echo after",
            "bash: stopped after 10000 steps: this would not end\n# exit 1\n",
        ),
        ("f() { f; }; f", "bash: maximum function nesting level exceeded\n# exit 1\n"),
    ]);
    let said = run("X=aaaaaaaaaa; while true; do X=$X$X; done");
    assert!(said.contains("word too long") && said.len() < 1_000_000, "{}", said.len());
    let said = run("while true; do cat rows; done | wc -l");
    assert!(said.contains("stopped"), "{said}");
}

#[test]
fn a_tool_that_answers_line_by_line_is_one_that_does_not_count() {
    for (line, expected) in [
        ("grep web", true),
        ("grep -c web", false),
        ("sed 's/a/b/'", true),
        ("awk '{ print $1 }'", true),
        ("awk 'NR > 1'", false),
        ("wc -l", false),
        ("nope", false),
    ] {
        let code = parse(line).unwrap();
        let [Op::Run(simple)] = code.ops.as_slice() else { panic!("{line}") };
        assert_eq!(tools::streams(&simple.words), expected, "{line}");
    }
}

#[test]
fn sleeping_lets_time_pass() {
    let mut machine = machine();
    assert_eq!(run_on(&mut machine, "for i in 1 2 3; do sleep 2; done; date +%s; sleep 0.5"), "1767225606\n");
    assert_eq!(machine.now, SimTime(6500));
}

#[test]
fn every_tool_has_a_name_of_its_own_and_runs() {
    let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    assert!(names.is_sorted() && names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    let covered = [include_str!("tests.rs"), include_str!("tests/system.txt")].concat();
    for tool in TOOLS {
        // Without anything it says something or ends; it is never unknown.
        assert!(!run(tool.name).contains("not found"), "{}", tool.name);
        assert!(!BUILTINS.contains(&tool.name), "{} is there twice", tool.name);
        assert!(covered.matches(tool.name).count() > 0, "{}", tool.name);
    }
}

/// Lines and what bash, mawk, GNU sed, grep, coreutils and jq 1.6 printed for them, on the files in front.
#[test]
fn tools_print_what_the_real_ones_printed() {
    let (mut machine, mut cases) = (machine(), Vec::<(&str, String)>::new());
    let mut lines = include_str!("tests/system.txt").lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("file ") {
            let text: String =
                lines.by_ref().take_while(|line| *line != "END").map(|line| format!("{line}\n")).collect();
            machine.files.insert(name.to_string(), text);
        } else if let Some(line) = line.strip_prefix("$ ") {
            cases.push((line, String::new()));
        } else if let Some((_, expected)) = cases.last_mut() {
            *expected += &format!("{line}\n");
        }
    }
    assert!(cases.len() > 250, "{}", cases.len());
    for (line, expected) in cases {
        assert_eq!(run_on(&mut machine, line), expected, "{line}");
    }
}

#[test]
fn tools_print_what_those_of_the_system_print() {
    check(&[
        (
            "mkdir -p d/e; rmdir d; rmdir d/e nope",
            "rmdir: failed to remove 'd': Directory not empty\nrmdir: failed to remove 'nope': No such file or directory\n# exit 1\n",
        ),
        (
            "find . -name 'x' -type f; find data | sort; find nope",
            "./data/x\ndata\ndata/x\ndata/y\nfind: 'nope': No such file or directory\n# exit 1\n",
        ),
        ("A=1 sh -c 'echo $A $0 $1' zero one; x=5; x+=1; echo $x ${x?unset}", "1 zero one\n51 51\n"),
        (
            "set -- a b c; echo $# $2; shift 2; echo $1; IFS=,; v=1,2; for i in $v; do echo $i; done",
            "3 b\nc\n1\n2\n",
        ),
        ("grep -v NAME rows | awk '{print $1}' | head -n 1", "web-0\n"),
        ("grep -c Running rows", "2\n"),
        ("grep -E 'web-[01]|^NAME' rows | wc -l", "3\n"),
        ("grep -i running -n rows", "2:web-0 1/1 Running\n4:web-2 1/1 Running\n"),
        ("grep -o 'web-[0-9]' rows | tr '\\n' ' '", "web-0 web-1 web-2 "),
        ("grep -A1 web-1 rows", "web-1 0/1 Pending\nweb-2 1/1 Running\n"),
        ("grep -B 1 -w 0 rows", "NAME READY STATUS\nweb-0 1/1 Running\nweb-1 0/1 Pending\n"),
        ("grep zzz rows", "# exit 1\n"),
        ("egrep 'x|Pending' rows", "web-1 0/1 Pending\n"),
        ("grep -q web rows && echo yes", "yes\n"),
        ("head -n -3 rows; head -2 rows | tail -1", "NAME READY STATUS\nweb-0 1/1 Running\n"),
        ("tail -n +4 rows", "web-2 1/1 Running\n"),
        ("wc -l rows; echo a b | wc -w; echo a | wc", "4 rows\n2\n      1       1       2\n"),
        ("sort -r rows | head -1; printf '10\\n9\\n' | sort -n", "web-2 1/1 Running\n9\n10\n"),
        ("sort -k3 rows | head -1", "web-1 0/1 Pending\n"),
        ("printf 'a\\na\\nb\\n' | uniq -c", "      2 a\n      1 b\n"),
        ("cut -d ' ' -f 1,3 rows | tail -1; echo abc | cut -c2-", "web-2 Running\nbc\n"),
        ("echo aab | tr -d a; echo aab | tr -s a; echo hi | tr '[:lower:]' '[:upper:]'", "b\nab\nHI\n"),
        ("echo x | tee f g; cat f g", "x\nx\nx\n"),
        ("seq 1 2 5 | tr '\\n' ,", "1,3,5,"),
        ("sed 's/replicas: 3/replicas: 5/' web.yaml | tail -1", "  replicas: 5\n"),
        ("sed -i 's/: 3$/: 4/' web.yaml; tail -1 web.yaml", "  replicas: 4\n"),
        ("sed -n '2,3p' rows", "web-0 1/1 Running\nweb-1 0/1 Pending\n"),
        ("sed -E 's/^([a-z]+)-([0-9]+).*/\\2 \\1/;1d' rows", "0 web\n1 web\n2 web\n"),
        ("sed '/Pending/d;$a end' rows | tail -2", "web-2 1/1 Running\nend\n"),
        ("printf '%-5s|%3d|%s\\n' ab 7 x", "ab   |  7|x\n"),
        ("echo -e 'a\\tb'; echo -n x", "a\tb\nx"),
        ("printf secret | base64; echo c2VjcmV0 | base64 -d", "c2VjcmV0\nsecret"),
        ("test -f rows && [ -d data ] && [ ! -e none ] && echo ok", "ok\n"),
        ("[ a = b ]; echo $?; [ 2 -gt 1 -a x != y ]; echo $?", "1\n0\n"),
        (
            "awk 'NR > 1 && $3 == \"Running\" { print $1, NR; n++ } END { print n }' rows",
            "web-0 2\nweb-2 4\n2\n",
        ),
        (
            "awk -F: '/replicas/ { print $2 * 2 }' web.yaml; echo a b | awk '{ print $NF \"-\" $1 }'",
            "6\nb-a\n",
        ),
        ("awk '!/NAME/ { printf \"%-6s|\", $1 } END { print \"\" }' rows", "web-0 |web-1 |web-2 |\n"),
        (
            "awk 'BEGIN { x = 2; print x / 4, length(\"abc\"), toupper(\"a\") substr(\"hello\", 2, 3) }'",
            "0.5 3 Aell\n",
        ),
        ("awk '{ if ($2 ~ /^1/) { s += 1 } else s += 10 } END { print s }' rows", "22\n"),
        (
            "awk '{ $2 = \"x\" } 1' rows | tail -1; awk 'BEGIN { print 1 +' rows",
            "web-2 x Running\nawk: syntax error: unexpected end\n# exit 2\n",
        ),
        (
            "echo '{\"a\": {\"b\": [1, 2]}, \"c\": \"x\"}' | jq",
            "{\n  \"a\": {\n    \"b\": [\n      1,\n      2\n    ]\n  },\n  \"c\": \"x\"\n}\n",
        ),
        ("printf '{\"a\":1}\\n{\"a\":2}\\n' | jq -c '., .a'", "{\"a\":1}\n1\n{\"a\":2}\n2\n"),
        ("echo '[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":1}]' | jq -r '.[] | select(.v > 1) | .n'", "b\n"),
        (
            "echo '[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":1}]' | jq -c 'sort_by(.v) | map({k: .n}), length'",
            "[{\"k\":\"a\"},{\"k\":\"b\"}]\n2\n",
        ),
        (
            "echo '{\"a\":[1,2]}' | jq '\"\\(.a[0]) of \\(.a | length)\"'; echo '\\n' | jq",
            "\"1 of 2\"\njq: parse error: Invalid literal at line 1, column 1\n# exit 5\n",
        ),
        (
            "echo '{}' | jq '.a.b // \"none\"'; echo 5 | jq .a",
            "\"none\"\njq: error (at <stdin>:1): Cannot index number with \"a\"\n# exit 5\n",
        ),
        (
            "echo '   ' | jq; yq .spec.replicas web.yaml; yq .spec web.yaml; cat web.yaml | yq -o json .kind",
            "3\nreplicas: 3\n\"StatefulSet\"\n",
        ),
        ("basename /a/b.yaml .yaml; dirname /a/b.yaml", "b\n/a\n"),
        (
            "mkdir d; touch d/z; ls d; rm d/z; ls d; rm -r d; ls d",
            "z\nls: cannot access 'd': No such file or directory\n# exit 2\n",
        ),
        (
            "cp rows r2; mv r2 r3; wc -l r3; rm r2",
            "4 r3\nrm: cannot remove 'r2': No such file or directory\n# exit 1\n",
        ),
        ("date; date -u +%Y-%m-%dT%H:%M", "Thu Jan  1 00:00:00 UTC 2026\n2026-01-01T00:00\n"),
        ("whoami; hostname; id; pwd; uname", "root\nbox\nuid=0(root) gid=0(root) groups=0(root)\n/\nLinux\n"),
        ("cd data; pwd; ls; cd; pwd", "/data\nx\ny\n/\n"),
        ("env | grep ^USER; printenv HOME", "USER=root\n/\n"),
        ("df | wc -l; clear; chmod 755 rows; chown root rows; sync", "2\n"),
        ("type grep; which nope", "grep is /usr/bin/grep\n# exit 1\n"),
        ("read x < rows; echo $x", "NAME READY STATUS\n"),
        ("export A=5; sh -c 'echo $A'; unset A; echo \"[$A]\"", "5\n[]\n"),
    ]);
}
