//! The texts of the web server: a page for people and a document for programs. Pure.

/// What the texts are made from.
pub(crate) struct Facts {
    /// `v1`, `v2` …
    pub(crate) version: String,
    pub(crate) host_name: String,
    /// The task's metadata document, where there is one.
    pub(crate) task: Option<String>,
}

/// The members of the task's document that the page shows.
const SHOWN: [&str; 8] = [
    "Cluster",
    "TaskARN",
    "Family",
    "Revision",
    "LaunchType",
    "AvailabilityZone",
    "DesiredStatus",
    "KnownStatus",
];

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem}\
    table{border-collapse:collapse}td{padding:.2rem 1rem .2rem 0}pre{background:#8881;padding:1rem;overflow:auto}";

/// The page for people.
pub(crate) fn html(facts: &Facts) -> String {
    let Facts { version, host_name, task } = facts;
    let (version, host_name) = (escaped(version), escaped(host_name));
    let details = match task {
        Some(task) => {
            format!("<table>\n{}</table>\n<h2>Metadata</h2>\n<pre>{}</pre>\n", rows(task), escaped(task))
        }
        None => {
            "<p>This process is not in a task: there is no ECS_CONTAINER_METADATA_URI_V4.</p>\n".to_owned()
        }
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>hello {version}</title>\
         <style>{STYLE}</style></head>\n<body>\n<h1>Hello from gantry/hello {version}</h1>\n\
         <p>I am {host_name}.</p>\n{details}</body></html>\n"
    )
}

/// The document for programs.
pub(crate) fn json(facts: &Facts) -> String {
    let task = facts.task.as_deref().unwrap_or("null").trim();
    format!(
        "{{\"version\":{},\"hostname\":{},\"task\":{task}}}\n",
        quoted(&facts.version),
        quoted(&facts.host_name)
    )
}

fn rows(task: &str) -> String {
    let row =
        |key: &&str| Some(format!("<tr><td>{key}</td><td>{}</td></tr>\n", escaped(&text_member(task, key)?)));
    SHOWN.iter().filter_map(row).collect()
}

/// The first member `"key":"text"` of a JSON document. Values of this document are plain names without escapes.
fn text_member(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{key}\""))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    value.split('"').next().map(str::to_owned)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn quoted(text: &str) -> String {
    let escape = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{:04x}", u32::from(letter)),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(task: Option<&str>) -> Facts {
        Facts { version: "v1".into(), host_name: "a<b".into(), task: task.map(str::to_owned) }
    }

    #[test]
    fn the_page_shows_version_and_task() {
        let page =
            html(&facts(Some(r#"{"Cluster":"demo", "Family" : "web","Containers":[{"Name":"<x>"}]}"#)));
        assert!(page.contains("Hello from gantry/hello v1"));
        assert!(
            page.contains("<td>Cluster</td><td>demo</td>") && page.contains("<td>Family</td><td>web</td>")
        );
        assert!(page.contains("&lt;x&gt;") && !page.contains("<x>") && page.contains("a&lt;b"));
    }

    #[test]
    fn without_a_task_it_says_so() {
        assert!(html(&facts(None)).contains("not in a task"));
        assert_eq!(json(&facts(None)), "{\"version\":\"v1\",\"hostname\":\"a<b\",\"task\":null}\n");
    }

    #[test]
    fn texts_are_quoted() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\"");
    }
}
