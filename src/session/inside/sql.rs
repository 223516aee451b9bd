//! The `mysql` client of the MySQL lab (K218): statements to a server in a pod, whose data lies in the first server's
//! volume, so that what is written there can be read from every replica.

use super::web::{self, Late, PATIENCE, Reached};
use super::{Desk, Inside, Started};
use crate::api::{Kind, Object, Text, Value};
use crate::kubectl::output::fill::sort_by;
use crate::sim::SimDuration;
use std::net::IpAddr;

/// What MySQL has by itself.
const OWN: &[&str] = &["information_schema", "mysql", "performance_schema", "sys"];

/// A connection and how its results are shown.
struct Client {
    /// What every database and table is kept under.
    store: String,
    is_primary: bool,
    ordinal: i64,
    database: String,
    /// Somebody types the statements.
    talks: bool,
    /// Results begin with the names of their columns (`-N` leaves them out).
    has_names: bool,
    /// Results are drawn with lines; `-s` and `-B` put tabs between the fields instead.
    is_table: bool,
    out: String,
}

/// `mysql -h HOST -u USER [-D DATABASE] [-e SQL]`, statements on standard input, or a conversation.
pub fn mysql(inside: &mut Inside<'_, '_>, words: &[String], stdin: &str) -> Started {
    let (mut host, mut database, mut text, mut line) = ("localhost", "", None, None);
    let (mut has_names, mut is_batch) = (true, false);
    let mut args = words[1..].iter().map(String::as_str);
    while let Some(arg) = args.next() {
        match arg {
            "-h" | "--host" => host = args.next().unwrap_or(""),
            "-e" | "--execute" => text = args.next(),
            "-D" | "--database" => database = args.next().unwrap_or(""),
            "--line" => line = args.next(),
            "-N" | "--skip-column-names" => has_names = false,
            "-s" | "--silent" | "-B" | "--batch" => is_batch = true,
            "-u" | "-P" => {
                args.next();
            }
            _ if arg.starts_with("-h") => host = &arg[2..],
            _ if arg.starts_with("-D") => database = &arg[2..],
            _ if ["--", "-u", "-p", "-P"].iter().any(|start| arg.starts_with(start)) => {}
            // Short ones may stand together: `-sN`.
            _ if arg.starts_with('-') => {
                has_names &= !arg.contains('N');
                is_batch |= arg.contains(['s', 'B']);
            }
            name => database = name,
        }
    }
    let (ordinal, store) = match server(inside, host) {
        Ok(found) => found,
        Err((message, after)) => {
            let end = Started::Ran(String::new(), message + "\n", 1);
            return if after.0 == 0 { end } else { Late::after(inside.desk, after, end) };
        }
    };
    let mut client = Client {
        store,
        is_primary: ordinal == 0,
        ordinal,
        database: database.to_string(),
        talks: line.is_some(),
        has_names,
        is_table: line.is_some() || (inside.has_terminal && !is_batch),
        out: String::new(),
    };
    let is_piped = !stdin.is_empty() || !inside.has_terminal;
    if line.is_none() && text.is_none() && !is_piped {
        let log = if client.is_primary { "-log" } else { "" };
        inside.desk.processes.turn += 1;
        let banner = format!(
            "Welcome to the MariaDB monitor.  Commands end with ; or \\g.\nYour MySQL connection id is {}\nServer version: \
             5.7.38{log} MySQL Community Server (GPL)\n\nCopyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and \
             others.\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current \
             input statement.\n\n",
            40 + inside.desk.processes.turn
        );
        return Started::Talks(banner, words.to_vec());
    }
    for statement in split(line.or(text).unwrap_or(stdin)) {
        if matches!(statement.to_lowercase().as_str(), "exit" | "quit" | "\\q") {
            return Started::Talks("Bye\n".into(), Vec::new());
        }
        if let Err(message) = client.execute(inside.desk, &statement) {
            if client.talks {
                client.out.push_str(&format!("{message}\n"));
                continue;
            }
            return Started::Ran(client.out, message.replacen("):", ") at line 1:", 1) + "\n", 1);
        }
    }
    if !client.talks {
        return Started::Ran(client.out, String::new(), 0);
    }
    let mut words = words.to_vec();
    for option in ["--line", "-D"] {
        if let Some(at) = words.iter().position(|word| word == option) {
            words.drain(at..(at + 2).min(words.len()));
        }
    }
    if !client.database.is_empty() {
        words.extend(["-D".to_string(), client.database]);
    }
    Started::Talks(client.out, words)
}

/// The prompt of a conversation that these words began.
pub fn prompt(words: &[String]) -> String {
    let at = words.iter().position(|word| word == "-D");
    let database = at.and_then(|at| words.get(at + 1)).map_or("(none)", String::as_str);
    format!("MySQL [{database}]> ")
}

// The server of that name: its ordinal, and where the data of its set is kept. Or what goes wrong, and after how long.
fn server(inside: &mut Inside<'_, '_>, host: &str) -> Result<(i64, String), (String, SimDuration)> {
    let own = inside.pod.clone();
    let ip = match host {
        "localhost" | "127.0.0.1" => own.status().get("podIP").str().parse::<IpAddr>().ok(),
        host => match host.parse() {
            Ok(ip) => Some(ip),
            Err(_) => {
                let found = super::resolve(inside.desk, &own, |net| net.host(host));
                let unknown = |_| format!("ERROR 2005 (HY000): Unknown MySQL server host '{host}' (-2)");
                let found = found.map_err(|failure| (unknown(failure), SimDuration(0)))?;
                found.addresses.first().copied()
            }
        },
    };
    let ip = ip.map_or(String::new(), |ip| ip.to_string());
    let is_server = |pod: &Object| {
        let mut containers = pod.spec().get("containers").items().iter();
        containers.any(|c| {
            c.get("image").str().contains("mysql")
                && c.get("ports").items().iter().any(|p| p.get("containerPort").as_int() == Some(3306))
        })
    };
    let pod = match web::server(inside.desk, &own, &ip, 3306) {
        Reached::Pod(pod, _) if is_server(&pod) => pod,
        Reached::Nobody => {
            let message = format!("ERROR 2002 (HY000): Can't connect to MySQL server on '{host}' (110)");
            return Err((message, PATIENCE));
        }
        _ => {
            let message = format!("ERROR 2002 (HY000): Can't connect to MySQL server on '{host}' (115)");
            return Err((message, SimDuration(0)));
        }
    };
    let (set, ordinal) = pod.name().rsplit_once('-').unwrap_or((pod.name(), "0"));
    // The first server's claim of the same template.
    let volumes = pod.spec().get("volumes").items();
    let claim = volumes.iter().find_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]).as_str());
    let first = claim.and_then(|claim| claim.strip_suffix(ordinal)).map(|claim| format!("{claim}0"));
    let claim = first.and_then(|name| {
        inside.desk.cluster.store().get(Kind::PersistentVolumeClaim, pod.namespace(), &name).cloned()
    });
    let place = claim.map_or(set.to_string(), |claim| claim.spec().get("volumeName").str().to_string());
    Ok((ordinal.parse().unwrap_or(0), format!("sql/{place}")))
}

// Statements between semicolons.
fn split(text: &str) -> Vec<String> {
    let mut done = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (None, ';') => {
                done.push(String::new());
                continue;
            }
            (None, '\'' | '"' | '`') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        if let Some(last) = done.last_mut() {
            last.push(c);
        }
    }
    done.iter().map(|text| text.trim().to_string()).filter(|text| !text.is_empty()).collect()
}

// Words, signs and quoted texts of a statement.
fn tokens(text: &str) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut token = String::from(c);
        if matches!(c, '\'' | '"') {
            for c in chars.by_ref().take_while(|next| *next != c) {
                token.push(c);
            }
        } else if c.is_alphanumeric() || "_@.`*".contains(c) {
            while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || "_@.`*".contains(*c)) {
                token.push(c);
            }
            token.retain(|c| c != '`');
        }
        done.push(token);
    }
    done
}

impl Client {
    fn tables<'a>(&self, desk: &'a Desk<'_>) -> impl Iterator<Item = (&'a Text, &'a Value)> {
        desk.cluster.world().files.get(&*self.store).into_iter().flat_map(|tables| tables.iter())
    }

    fn has(&self, desk: &Desk<'_>, name: &str) -> bool {
        OWN.contains(&name) || self.tables(desk).any(|(known, _)| known.as_str() == name)
    }

    // `table` or `database.table`, whole.
    fn table(&self, desk: &Desk<'_>, name: &str, exists: bool) -> Result<String, String> {
        let whole = match name.contains('.') {
            true => name.to_string(),
            false if self.database.is_empty() => {
                return Err("ERROR 1046 (3D000): No database selected".into());
            }
            false => format!("{}.{name}", self.database),
        };
        let database = whole.split('.').next().unwrap_or_default();
        match (self.has(desk, database), self.has(desk, &whole)) {
            (false, _) => Err(format!("ERROR 1049 (42000): Unknown database '{database}'")),
            (_, false) if exists => Err(format!("ERROR 1146 (42S02): Table '{whole}' doesn't exist")),
            (_, true) if !exists => Err(format!("ERROR 1050 (42S01): Table '{name}' already exists")),
            _ => Ok(whole),
        }
    }

    fn execute(&mut self, desk: &mut Desk<'_>, statement: &str) -> Result<(), String> {
        let tokens = tokens(statement);
        let words: Vec<String> = tokens.iter().map(|token| token.to_lowercase()).collect();
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        // `IF [NOT] EXISTS` makes what stands in the way no error.
        let lenient = words.iter().position(|word| *word == "if");
        let mut named = tokens.clone();
        if let Some(at) = lenient {
            let end = words.iter().position(|word| *word == "exists").unwrap_or(at) + 1;
            words.drain(at..end);
            named.drain(at..end);
        }
        let name = |at: usize| named.get(at).cloned().unwrap_or_default();
        if !self.is_primary
            && matches!(words.first(), Some(&("create" | "drop" | "insert" | "delete" | "update")))
        {
            return Err("ERROR 1290 (HY000): The MySQL server is running with the --super-read-only option so it cannot \
                        execute this statement"
                .into());
        }
        let text = |value: &str| value.trim_start_matches(['\'', '"']).to_string();
        let mut rows = 0;
        match words[..] {
            ["use", _] => {
                if !self.has(desk, &name(1)) {
                    return Err(format!("ERROR 1049 (42000): Unknown database '{}'", name(1)));
                }
                self.database = name(1);
                if self.talks {
                    self.out.push_str("Database changed\n");
                }
                return Ok(());
            }
            ["show", "databases"] => {
                let mut names: Vec<String> = OWN.iter().map(|name| (*name).to_string()).collect();
                names.extend(
                    self.tables(desk).map(|(name, _)| name.to_string()).filter(|name| !name.contains('.')),
                );
                names.push("xtrabackup_backupfiles".into());
                sort_by(&mut names, |a, b| a < b);
                self.show(&["Database".into()], names.into_iter().map(|name| vec![name]).collect());
                return Ok(());
            }
            ["show", "tables"] => {
                if self.database.is_empty() {
                    return Err("ERROR 1046 (3D000): No database selected".into());
                }
                let start = format!("{}.", self.database);
                let names = self.tables(desk).filter_map(|(name, _)| name.strip_prefix(start.as_str()));
                let rows = names.map(|name| vec![name.to_string()]).collect();
                self.show(&[format!("Tables_in_{}", self.database)], rows);
                return Ok(());
            }
            ["create", "database", _] if self.has(desk, &name(2)) => {
                if lenient.is_none() {
                    let name = name(2);
                    return Err(format!(
                        "ERROR 1007 (HY000): Can't create database '{name}'; database exists"
                    ));
                }
            }
            ["create", "database", _] => {
                self.put(desk, &name(2), Some(Value::Null));
                rows = 1;
            }
            ["drop", "database", _] => {
                if !self.has(desk, &name(2)) {
                    let name = name(2);
                    return Err(format!(
                        "ERROR 1008 (HY000): Can't drop database '{name}'; database doesn't exist"
                    ));
                }
                let start = format!("{}.", name(2));
                let inside = self.tables(desk).map(|(name, _)| name.to_string());
                let inside: Vec<String> = inside.filter(|table| table.starts_with(&start)).collect();
                inside.iter().for_each(|table| self.put(desk, table, None));
                self.put(desk, &name(2), None);
                self.database.clear();
            }
            ["create", "table", _, "(", ..] => match self.table(desk, &name(2), false) {
                Ok(table) => {
                    // The word behind the bracket and behind each comma outside a type names a column.
                    let (mut columns, mut depth, mut begins) = (Vec::new(), 0, false);
                    for token in &named[3..] {
                        match token.as_str() {
                            "(" => depth += 1,
                            ")" => depth -= 1,
                            _ if begins => columns.push(Value::from(token.clone())),
                            _ => {}
                        }
                        begins = depth == 1 && matches!(token.as_str(), "(" | ",");
                    }
                    self.put(desk, &table, Some(Value::list(vec![Value::list(columns)])));
                }
                Err(message) if lenient.is_none() || !message.contains("exists") => return Err(message),
                Err(_) => {}
            },
            ["insert", "into", ..] if words.contains(&"values") => {
                let table = self.table(desk, &name(2), true)?;
                let at = words.iter().position(|word| *word == "values").unwrap_or(0);
                let mut content = self.get(desk, &table);
                let mut row = Vec::new();
                for token in &named[at + 1..] {
                    match token.as_str() {
                        "(" | "," => {}
                        ")" => {
                            content.push(Value::list(std::mem::take(&mut row)));
                            rows += 1;
                        }
                        value => row.push(Value::from(text(value))),
                    }
                }
                self.put(desk, &table, Some(Value::list(content)));
            }
            ["select", "*", "from", _, ..] => {
                let table = self.table(desk, &name(3), true)?;
                let content = self.get(desk, &table);
                let mut lists =
                    content.iter().map(|row| row.items().iter().map(|v| v.str().to_string()).collect());
                let columns: Vec<String> = lists.next().unwrap_or_default();
                let rows = lists.collect();
                self.show(&columns, rows);
                return Ok(());
            }
            ["select", ..] if !words.contains(&"from") => {
                let head = &statement[6..];
                let columns: Vec<String> = head.split(',').map(|column| column.trim().to_string()).collect();
                let stamp = desk.cluster.now().rfc3339();
                let value = |column: &String| match column.to_lowercase().as_str() {
                    "@@server_id" => (100 + self.ordinal).to_string(),
                    "@@hostname" => format!("mysql-{}", self.ordinal),
                    "now()" => stamp.replace('T', " ").trim_end_matches('Z').to_string(),
                    other => text(other.trim_end_matches(['\'', '"'])),
                };
                let row = columns.iter().map(value).collect();
                self.show(&columns, vec![row]);
                return Ok(());
            }
            _ => {
                return Err(format!(
                    "ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that corresponds to your \
                     MySQL server version for the right syntax to use near '{statement}' at line 1"
                ));
            }
        }
        if self.talks {
            let s = if rows == 1 { "" } else { "s" };
            self.out.push_str(&format!("Query OK, {rows} row{s} affected (0.010 sec)\n\n"));
        }
        Ok(())
    }

    fn get(&self, desk: &Desk<'_>, table: &str) -> Vec<Value> {
        let found = self.tables(desk).find(|(name, _)| name.as_str() == table);
        found.map_or(Vec::new(), |(_, content)| content.items().to_vec())
    }

    fn put(&self, desk: &mut Desk<'_>, name: &str, content: Option<Value>) {
        let tables = desk.cluster.world_mut().files.entry(self.store.clone().into()).or_default();
        match content {
            Some(content) if tables.len() < 200 && content.items().len() < 1000 => {
                tables.insert(name.to_string().into(), content);
            }
            Some(_) => {}
            None => drop(tables.remove(name)),
        }
    }

    // A result: as a table for somebody who looks, between tabs otherwise.
    fn show(&mut self, columns: &[String], rows: Vec<Vec<String>>) {
        if !self.is_table {
            let names = self.has_names.then_some(columns);
            for row in names.into_iter().chain(rows.iter().map(Vec::as_slice)) {
                self.out.push_str(&(row.join("\t") + "\n"));
            }
            return;
        }
        let count = rows.len();
        if count > 0 {
            let longest = |i: usize| rows.iter().filter_map(|row| Some(row.get(i)?.chars().count())).max();
            let named = |i: usize| if self.has_names { columns[i].chars().count() } else { 0 };
            let width = |i: usize| named(i).max(longest(i).unwrap_or(0));
            let rule: String = (0..columns.len()).map(|i| format!("+{}", "-".repeat(width(i) + 2))).collect();
            let line = |row: &[String]| -> String {
                let cell = |i: usize| format!("| {:<1$} ", row.get(i).map_or("", String::as_str), width(i));
                (0..columns.len()).map(cell).collect()
            };
            self.out.push_str(&format!("{rule}+\n"));
            if self.has_names {
                self.out.push_str(&format!("{}|\n{rule}+\n", line(columns)));
            }
            for row in &rows {
                self.out.push_str(&format!("{}|\n", line(row)));
            }
            self.out.push_str(&format!("{rule}+\n"));
        }
        if self.talks {
            self.out.push_str(&match count {
                0 => "Empty set (0.001 sec)\n\n".to_string(),
                1 => "1 row in set (0.001 sec)\n\n".to_string(),
                n => format!("{n} rows in set (0.001 sec)\n\n"),
            });
        }
    }
}
